"""The sentences in which `saoctl bench` says what its timings mean."""

from pathlib import Path
from statistics import geometric_mean

from saoctl.bench.buffers import HEADROOM, BufferChoice, PairBufferChoice
from saoctl.bench.offline import CHUNK, OVERLAP, OfflineTiming
from saoctl.bench.regressions import Regression
from saoctl.bench.result import BenchResult
from saoctl.bench.timing import Pair, Timing


def labels(result: BenchResult) -> dict[Path, str]:
    """Return what each file is called: its name, or its path if two have the same name."""
    names = [file.artifact.name for file in result.files]
    return {
        file.artifact: name if names.count(name) == 1 else str(file.artifact)
        for file, name in zip(result.files, names, strict=True)
    }


def answers(result: BenchResult) -> list[str]:
    """Return which buffer to set in nn~ and what it costs, or why none can be named.

    There is a sentence for each method, and for two at once; of several files, one for each file and device.
    """
    if len(result.files) > 1:
        return [sentence for file in result.files for sentence in _answers_of(result, file.artifact)]
    if result.no_buffers is not None:
        return [f"nn~ buffer: {result.no_buffers}"]
    return [*map(_answer, result.buffers), *map(_answer_together, result.together_buffers)]


def _answers_of(result: BenchResult, artifact: Path) -> list[str]:
    """Return a sentence for each device about one file of several."""
    name = labels(result)[artifact]
    (reason,) = (file.no_buffers for file in result.files if file.artifact == artifact)
    if reason is not None:
        return [f"{name}: no nn~ buffer, because {reason}"]
    buffers = [buffer for buffer in result.buffers if buffer.artifact == artifact]
    pairs = [buffer for buffer in result.together_buffers if buffer.artifact == artifact]
    sentences = []
    for device, precision in dict.fromkeys((buffer.device, buffer.precision) for buffer in buffers):
        choices: list[tuple[str, BufferChoice | PairBufferChoice]] = [
            *((each.method, each) for each in buffers if each.device == device),
            *(("both in two objects", each) for each in pairs if each.device == device),
        ]
        told = (
            f"{what} none" if each.buffer is None else f"{what} {each.buffer} ({each.total_latency_ms:.0f} ms)"
            for what, each in choices
        )
        sentences.append(f"{name} ({device}, {precision}): nn~ buffer (latency) for {', '.join(told)}")
    return sentences


def fastest(result: BenchResult) -> list[str]:
    """Return a sentence for each device on which several files were compared: which is the fastest there."""
    names = labels(result)
    sentences = []
    for device in dict.fromkeys(row.device for row in result.results):
        lines = [rows for rows in side_by_side(result, device).values() if len(rows) == len(names) > 1]
        if lines:
            means = {path: geometric_mean([rows[path].median_ms for rows in lines]) for path in names}
            first, second, *_ = sorted(means, key=lambda path: means[path])
            wins = sum(min(rows.values(), key=lambda row: row.median_ms).artifact == first for rows in lines)
            sentences.append(
                f"fastest on {device}: {names[first]}, {means[second] / means[first]:.2f} times as fast as"
                f" {names[second]} on average, ahead in {wins} of {len(lines)} rows"
            )
    return sentences


def side_by_side(result: BenchResult, device: str) -> dict[tuple[str, int], dict[Path, Timing]]:
    """Return the rows of all files on a device, by method and block size; the methods stay together."""
    found: dict[tuple[str, int], dict[Path, Timing]] = {}
    methods = list(dict.fromkeys(row.method for row in result.results))
    for row in sorted(result.results, key=lambda row: methods.index(row.method)):
        if row.device == device:
            found.setdefault((row.method, row.block_size), {})[row.artifact] = row
    return found


def failures(result: BenchResult) -> list[str]:
    """Return a sentence for each row that is slower than it may be."""
    below = [
        f"{row_name(result, row)}: {row.realtime_factor:.2f} x realtime is below the {result.min_rtf:g} asked for."
        for row in result.too_slow
    ]
    below += [
        f"{pair_name(result, pair)}: {pair.slower.realtime_factor:.2f} x realtime ({pair.slower.method}) is below the"
        f" {result.min_rtf:g} asked for."
        for pair in result.together_too_slow
    ]
    return below + [_fallen(each, result.tolerance) for each in result.regressions]


def compared(result: BenchResult) -> list[str]:
    """Return by what the rows were compared with the baseline, and which loss that finds; empty without a baseline."""
    found = result.comparison
    if found is None or found.compared == 0:
        return []
    by = [
        name
        for name, count in (("processor time", found.by_processor), ("realtime factor", found.by_clock))
        if count == found.compared
    ]
    how = f"{found.compared} of {found.rows} rows compared by {' and '.join(by) or 'processor time or realtime factor'}"
    if found.visible_loss is None:
        return [f"baseline: {how}; how small a loss can be seen here is not known"]
    return [f"baseline: {how}; a loss of less than {found.visible_loss:.0%} cannot be seen here with certainty"]


def not_compared(result: BenchResult) -> list[str]:
    """Return a sentence for each thing that could not be compared with the baseline."""
    found = result.comparison
    if found is None:
        return []
    sentences = []
    if found.by_clock == 0:
        lost = (
            "no row could be compared with the baseline. Stop other programs and repeat."
            if found.compared == 0
            else "a loss that shows with several threads only is not found."
        )
        sentences.append(f"Other work on this machine disturbs its realtime factors, or may: {lost}")
    if found.noise is not None and found.noise > result.tolerance:
        sentences.append(
            f"Noise explains a loss of up to {found.noise:.0%} here, so a tolerance of {result.tolerance:.0%} cannot"
            " be judged."
        )
    return sentences


def offline_speeds(result: BenchResult) -> list[str]:
    """Return a line for each way to run the offline model on each device."""
    groups: dict[tuple[str, str], list[OfflineTiming]] = {}
    for each in result.offline:
        groups.setdefault((each.device, each.kind), []).append(each)
    lines = []
    for (device, kind), rows in groups.items():
        how = "as a whole" if kind == "offline" else f"in chunks of {CHUNK} frames, {OVERLAP} of them overlap"
        factors = ", ".join(
            f"{row.method} {row.realtime_factor:.2f}"
            + (f" ({row.latency_ms / 1e3:.1f} s late)" if row.latency_ms is not None else "")
            for row in rows
        )
        lines.append(f"offline model on {device}, {how}: {factors} x realtime")
    return lines


def slowest(result: BenchResult) -> str:
    """Return the slowest row in a sentence."""
    row = min(result.results, key=lambda row: row.realtime_factor)
    return f"slowest: {row.realtime_factor:.2f} x realtime ({row_name(result, row)})"


def row_name(result: BenchResult, row: Timing) -> str:
    """Return what a row is called in a sentence."""
    return f"{_of_file(result, row)}{row.method}, block {row.block_size}, {row.device}, {row.precision}"


def pair_name(result: BenchResult, pair: Pair) -> str:
    """Return what encode and decode at once are called in a sentence."""
    row = pair.encode
    each = f", {_threads_each(pair.threads)}" if row.device == "cpu" else ""
    file = _of_file(result, row)
    return f"{file}encode and decode at once, block {row.block_size}, {row.device}, {row.precision}{each}"


def _of_file(result: BenchResult, row: Timing) -> str:
    """Return the beginning of a row's name that tells it from those of other files."""
    return f"{labels(result)[row.artifact]}, " if len(result.files) > 1 else ""


def _fallen(row: Regression, tolerance: float) -> str:
    what = f"{row.method}, block {row.block_size}, {row.device}, {row.precision}"
    if row.measure == "clock":
        loss = f"{row.now:.2f} x realtime, which is {row.loss:.0%} below the {row.before:.2f} of the baseline"
    else:
        loss = f"{row.loss:.0%} slower than in the baseline, by processor time beside the offline model"
    return f"{what}: {loss}; the tolerance is {tolerance:.0%}."


def _answer(buffer: BufferChoice) -> str:
    return _answer_for(buffer.method, buffer, "")


def _answer_together(buffer: PairBufferChoice) -> str:
    # The number of CPU threads matters on the CPU alone.
    threads = f", {_threads_each(buffer.threads)}" if buffer.device == "cpu" else ""
    if buffer.buffer is not None and threads and buffer.threads == 1:
        threads += " (OMP_NUM_THREADS=1)"
    return _answer_for("encode and decode in two objects", buffer, threads)


def _answer_for(what: str, buffer: BufferChoice | PairBufferChoice, setting: str) -> str:
    """Return the sentence of an answer.

    Args:
        what: the use that it is for.
        buffer: the answer.
        setting: what else must be set; can be empty.
    """
    what = f"nn~ buffer for {what} ({buffer.device}, {buffer.precision})"
    if buffer.buffer is None:
        return (
            f"{what}: none of those measured holds realtime with {HEADROOM:.0%} headroom;"
            f" at best{setting and setting + ','} 99 % of the blocks need up to {buffer.load:.0%} of the time that they"
            f" last, and {buffer.missed} took longer than that; larger blocks or a lower precision may do"
        )
    return (
        f"{what}: {buffer.buffer}, latency {buffer.total_latency_ms:.0f} ms"
        f" (model {buffer.model_latency_ms:.0f}, nn~ {buffer.host_latency_ms:.0f}){setting};"
        f" 99 % of the blocks need up to {buffer.load:.0%} of the time that they last"
    )


def _threads_each(threads: int) -> str:
    return "one thread each" if threads == 1 else f"{threads} threads each"
