"""The sentences in which `saoctl bench` says what its timings mean."""

from pathlib import Path
from statistics import geometric_mean

from saoctl.bench.buffers import HEADROOM, BufferChoice, PairBufferChoice
from saoctl.bench.offline import CHUNK, OVERLAP, OfflineTiming
from saoctl.bench.regressions import Regression
from saoctl.bench.result import BenchResult, TimedFile
from saoctl.bench.tasks import BenchRow
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
        return [sentence for file in result.files for sentence in _answers_of(result, file)]
    if result.no_buffers is not None:
        return [f"nn~ buffer: {result.no_buffers}"]
    return list(map(_answer, _choices(result)))


def _choices(result: BenchResult) -> list[BufferChoice | PairBufferChoice]:
    return [*result.buffers, *result.together_buffers]


def _answers_of(result: BenchResult, file: TimedFile) -> list[str]:
    """Return a sentence for each device about one file of several."""
    name = labels(result)[file.artifact]
    if file.no_buffers is not None:
        return [f"{name}: no nn~ buffer, because {file.no_buffers}"]
    told: dict[str, list[str]] = {}
    for choice in _choices(result):
        if choice.artifact == file.artifact:
            what = choice.method if isinstance(choice, BufferChoice) else "both in two objects"
            answer = "none" if choice.buffer is None else f"{choice.buffer} ({choice.total_latency_ms:.0f} ms)"
            told.setdefault(choice.device, []).append(f"{what} {answer}")
    return [
        f"{name} ({device}, {file.precision}): nn~ buffer (latency) for {', '.join(each)}"
        for device, each in told.items()
    ]


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
    return f"{_of_file(result, row)}{_case(row, row.method)}"


def pair_name(result: BenchResult, pair: Pair) -> str:
    """Return what encode and decode at once are called in a sentence."""
    each = f", {_threads_each(pair.threads)}" if pair.encode.device == "cpu" else ""
    return f"{_of_file(result, pair.encode)}{_case(pair.encode, 'encode and decode at once')}{each}"


def _case(row: BenchRow, what: str) -> str:
    return f"{what}, block {row.block_size}, {row.device}, {row.precision}"


def _of_file(result: BenchResult, row: Timing) -> str:
    """Return the beginning of a row's name that tells it from those of other files."""
    return f"{labels(result)[row.artifact]}, " if len(result.files) > 1 else ""


def _fallen(row: Regression, tolerance: float) -> str:
    if row.measure == "clock":
        loss = f"{row.now:.2f} x realtime, which is {row.loss:.0%} below the {row.before:.2f} of the baseline"
    else:
        loss = f"{row.loss:.0%} slower than in the baseline, by processor time beside the offline model"
    return f"{_case(row, row.method)}: {loss}; the tolerance is {tolerance:.0%}."


def _answer(choice: BufferChoice | PairBufferChoice) -> str:
    """Return which buffer to set for one use of a file, and with how many threads if that matters."""
    use, threads, setting = "encode and decode in two objects", "", ""
    if isinstance(choice, BufferChoice):
        use = choice.method
    elif choice.device == "cpu":  # the number of CPU threads matters on the CPU alone
        threads = f", {_threads_each(choice.threads)}"
        setting = " (OMP_NUM_THREADS=1)" if choice.threads == 1 else ""
    what = f"nn~ buffer for {use} ({choice.device}, {choice.precision})"
    if choice.buffer is None:
        return (
            f"{what}: none of those measured holds realtime with {HEADROOM:.0%} headroom;"
            f" at best{threads and threads + ','} 99 % of the blocks need up to {choice.load:.0%} of the time that they"
            f" last, and {choice.missed} took longer than that; larger blocks or a lower precision may do"
        )
    return (
        f"{what}: {choice.buffer}, latency {choice.total_latency_ms:.0f} ms"
        f" (model {choice.model_latency_ms:.0f}, nn~ {choice.host_latency_ms:.0f}){threads}{setting};"
        f" 99 % of the blocks need up to {choice.load:.0%} of the time that they last"
    )


def _threads_each(threads: int) -> str:
    return "one thread each" if threads == 1 else f"{threads} threads each"
