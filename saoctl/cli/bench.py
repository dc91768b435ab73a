"""`saoctl bench`: its options, its step, and what is shown of the result."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saoctl.cli.bench_formats import fastest_formats, format_tables, formats_markdown
from saoctl.cli.command import ReportStep
from saoctl.cli.execute import execute
from saoctl.cli.options import (
    ArtifactOption,
    BlockSizeOption,
    ModelArgument,
    PathOption,
    ReportOptions,
    artifact_flag,
    weights_flags,
)
from saoctl.errors import ConfigError, ExitCode
from saoctl.files import check_output
from saoctl.kinds import PLOT

if TYPE_CHECKING:
    from saoctl.bench.buffers import BufferChoice, PairBufferChoice
    from saoctl.bench.offline import OfflineTiming
    from saoctl.bench.regressions import Regression
    from saoctl.bench.step import BenchResult
    from saoctl.bench.timing import Pair, Timing
    from saoctl.cli.shown import Shown
    from saoctl.config import Config
    from saoctl.progress import Progress

TOLERANCE = 0.15  # finds a file whose blocks take 25 % longer: it has lost 20 % of its speed


def command(
    options: ReportOptions,
    model: ModelArgument = None,
    artifact: ArtifactOption = None,
    path: PathOption = None,
    device: Annotated[
        list[str] | None, typer.Option("--device", metavar="DEVICE", help="cpu, cuda, mps; can be repeated.")
    ] = None,
    block_size: BlockSizeOption = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="METHOD", help="encode, decode, forward; can be repeated.")
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", metavar="N", help="CPU threads; default: all.")] = None,
    min_rtf: Annotated[
        float | None, typer.Option("--min-rtf", metavar="X", help="Exit 1 if any realtime factor is below X.")
    ] = None,
    precision: Annotated[
        list[str] | None,
        typer.Option("--precision", metavar="DTYPE", help="Export and time others too; can be repeated."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="JSON of an earlier bench; exit 1 if a row is slower now."),
    ] = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="X", help="Share of its speed that a row may lose.")
    ] = TOLERANCE,
    offline: Annotated[
        bool | None,
        typer.Option(
            "--offline/--no-offline",
            "--baselines/--no-baselines",
            help="Time the offline model too, to show the gain; --baselines is its old name.",
        ),
    ] = None,
    exact: Annotated[
        bool | None,
        typer.Option(
            "--exact/--no-exact", help="Beside a file with less lookahead, time the exact one, to show the cost."
        ),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="NAME", help="Time it as torchscript, onnx, executorch too; can be repeated."),
    ] = None,
    together: Annotated[
        bool | None,
        typer.Option(
            "--together/--no-together", help="Time encode and decode at once too, as two objects of nn~ run them."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the realtime factors (.png, .svg or .pdf).")
    ] = None,
) -> None:
    """Measure the speed, and tell the buffer to set in nn~.

    The speed is the realtime factor: seconds of audio that a second of computing gives. It is told for each device,
    precision, method and block size.

    Examples: saoctl bench -c demo --plot speed.png, or saoctl bench --device cpu --method decode --min-rtf 1
    """

    def flags() -> dict[str, object]:
        return {
            **weights_flags(path),
            "artifact": artifact_flag(model, artifact),
            "bench.devices": "auto" if device == ["auto"] else device,
            "bench.block_sizes": block_size,
            "bench.methods": method,
            "bench.threads": threads,
            "bench.precisions": precision,
            "bench.offline": offline,
            "bench.exact": exact,
            "bench.formats": form,
            "bench.together": together,
        }

    execute(options, flags, [Bench(baseline, tolerance, min_rtf, plot, options.overwrite)])


class Bench(ReportStep["BenchResult"]):
    """Time the artifact.

    Args:
        baseline: JSON of an earlier bench.
        tolerance: the share of its speed that a row may lose.
        min_rtf: realtime factor that no row may fall below.
        plot: a file for a drawing of the realtime factors.
        overwrite: whether the drawing may take the place of a file of another kind.
    """

    name = "bench"
    sleeps = False

    def __init__(
        self,
        baseline: Path | None = None,
        tolerance: float = TOLERANCE,
        min_rtf: float | None = None,
        plot: Path | None = None,
        overwrite: bool = False,
    ) -> None:
        self.baseline, self.tolerance, self.min_rtf = baseline, tolerance, min_rtf
        self.plot, self.overwrite = plot, overwrite

    @staticmethod
    def result_type() -> type[Any]:
        from saoctl.bench.step import BenchResult

        return BenchResult

    def check(self, config: "Config") -> None:
        if not 0 <= self.tolerance < 1:
            raise ConfigError(f"A tolerance of {self.tolerance:g} is impossible.", "Give 0 or more and less than 1.")
        if self.min_rtf is not None and not 0 < self.min_rtf < math.inf:
            raise ConfigError(f"A realtime factor of {self.min_rtf:g} is impossible.", "Give a number above 0.")
        if self.plot is not None:
            check_output(self.plot, PLOT, overwrite=self.overwrite, make_folder=True)

    def run(self, config: "Config", progress: "Progress") -> "BenchResult":
        from saoctl.bench import step

        return step.run(config, progress, self.baseline, self.tolerance, self.min_rtf, self.plot)

    def exit_code(self, result: "BenchResult") -> ExitCode:
        return ExitCode.GOOD if result.passed else ExitCode.CHECK_FAILED

    def problems(self, result: "BenchResult") -> Sequence[str]:
        return failures(result)

    def shown(self, result: "BenchResult") -> "Iterator[Shown]":
        return shown(result)

    def markdown(self, result: "BenchResult") -> str:
        return markdown(result)


@dataclass(frozen=True)
class Column:
    """A figure of a row, under the name that it has in the table and in the report.

    Args:
        name: of the column.
        cell: the figure of a row as text.
    """

    name: str
    cell: "Callable[[Timing], str]"


COLUMNS = (
    Column("block", lambda row: str(row.block_size)),
    Column("rtf", lambda row: f"{row.realtime_factor:.2f}"),
    Column("median", lambda row: f"{row.median_ms:.1f}"),
    Column("p99", lambda row: f"{row.p99_ms:.1f}"),
    Column("lasts", lambda row: f"{row.budget_ms:.1f}"),
    Column("missed", lambda row: f"{row.missed_deadlines}/{row.blocks}"),
)
PEAK = Column("peak", lambda row: f"{row.roofline_fraction:.0%}")
BEFORE = Column("before", lambda row: _times(row.speedup))
OFFLINE = Column("offline", lambda row: _times(row.speedup_over_offline))
COST = Column("cost", lambda row: _times(row.cost_over_exact))
CHUNKS = Column("chunks", lambda row: _times(row.speedup_over_overlap))


def shown(result: "BenchResult") -> "Iterator[Shown]":
    """The rows as a table per device and precision, what helps to read them, and the answers."""
    from rich.table import Table
    from rich.text import Text

    from saoctl.cli.shown import Answer, Hint, Remark, ends_group, right

    machine = result.machine
    gains, earlier = _has_gains(result), _has_earlier(result)
    rows_at_once = [row for pair in result.together for row in pair.rows]
    again = any(row.attempts > 1 for row in (*result.results, *rows_at_once))
    # Eighty columns have room for one of the three.
    third = BEFORE if earlier else COST if result.exact else PEAK
    columns = (*COLUMNS, third, *((OFFLINE,) if gains else ()))
    for device, precision in dict.fromkeys((row.device, row.precision) for row in result.results):
        rows = [row for row in result.results if (row.device, row.precision) == (device, precision)]
        table = Table(
            "method",
            *right(*(column.name for column in columns)),
            title=f"Realtime factor on {device}, {precision}",
            title_justify="left",
        )
        for row, end in zip(rows, ends_group([row.method for row in rows]), strict=True):
            cells = [Text(column.cell(row), _style(row) if column.name == "rtf" else "") for column in columns]
            table.add_row(row.method, *cells, end_section=end)
        yield table
        memory, first = max(row.peak_memory_mb for row in rows), max(row.first_block_ms for row in rows)
        peak = f" peak: share of the {rows[0].peak_gflops:.0f} GFLOP/s of a large matrix product."
        yield Hint(
            f"The first block after loading took up to {first:.0f} ms, {memory:.0f} MB of memory were held."
            + (peak if third is PEAK else "")
        )
    if result.formats:
        yield from format_tables(result)
        yield Hint("Times are medians in ms per block. Files of other formats have random weights, which take as long.")
    if result.together:
        yield from _together_tables(result.together)
        yield Hint(
            "At once: both in one process, as in two objects of nn~. They begin together, and each time is from then"
            " until that method is done. threads: of the CPU, for each of the two."
        )
    yield Hint(
        "rtf: realtime factor, seconds of audio per second of computing; above 1 is faster than realtime. Times in"
        " ms per block; one that takes longer than it lasts is missed, and heard as a dropout. Measured after"
        f" {result.warm_up_blocks} blocks to warm up."
        + (" offline: how many times faster than the offline model." if gains else "")
        + (" before: how many times faster than in the baseline." if earlier else "")
        + (" Rows that did not hold were measured again; the best counts." if again else "")
    )
    if result.lookahead is not None:
        yield Hint(
            "The file has less lookahead than the model: it takes more arithmetic, and is less late."
            + (" cost: its time for a block over that of the exact file, in this run." if result.exact else "")
        )
    cut = [f"{row.method} {row.block_size} ({row.blocks} blocks)" for row in result.results if row.cut_short]
    cut += [f"at once {pair.encode.block_size} ({pair.encode.blocks} blocks)" for pair in _cut_pairs(result)]
    if cut:
        rows_cut = "; ".join(cut)
        yield Remark("Cut short", f"A row may take {result.time_limit:g} s. These had more to compute: {rows_cut}.")
    for line in comparisons(result):
        yield Hint(line)
    if result.buffers and not result.together:
        yield Hint("Each buffer is for one nn~ object alone; --together tells it for encode and decode in two objects.")
    if result.weights is not None:
        yield Hint(f"weights of the other precisions: {result.weights.summary()}")
    processor = f"{machine['processor']} ({machine['instructions']})"
    yield Hint(f"{processor}, threads: {machine['threads']}, torch {machine['torch']}")
    for sentence in (*result.disturbances, *not_compared(result)):
        yield Remark("Warning", sentence)
    failed = [] if result.passed else ["failed:", *failures(result)]
    yield Answer("\n".join([*answers(result), *fastest_formats(result), slowest(result), *compared(result), *failed]))


def markdown(result: "BenchResult") -> str:
    """The rows as a report."""
    from saoctl.cli.shown import markdown_table

    columns = (
        *COLUMNS,
        PEAK,
        *((OFFLINE, CHUNKS) if _has_gains(result) else ()),
        *((COST,) if result.exact else ()),
        *((BEFORE,) if _has_earlier(result) else ()),
    )
    rows = [
        [row.device, row.precision, row.method, *(column.cell(row) for column in columns)] for row in result.results
    ]
    machine = result.machine
    return "\n".join(
        [
            f"## saoctl bench: {'passed' if result.passed else 'failed'}",
            "",
            f"{machine['processor']} ({machine['instructions']}), threads: {machine['threads']}, torch"
            f" {machine['torch']}. rtf: realtime factor, seconds of audio per second of computing; above 1 is faster"
            " than realtime. Times in ms per block. peak: share of a large matrix product. offline, chunks, before: how"
            " many times faster than the offline model, than that in chunks, and than the baseline. cost: time of a"
            " block over that of the exact file.",
            "",
            *markdown_table(["device", "precision", "method", *(column.name for column in columns)], rows),
            "",
            *(formats_markdown(result) if result.formats else ()),
            *(_together_markdown(result.together) if result.together else ()),
            *(f"- **{sentence}**" for sentence in failures(result)),
            *(f"- {sentence}." for sentence in (*answers(result), *fastest_formats(result), *compared(result))),
            *(f"- {line}." for line in comparisons(result)),
            *(f"- {sentence}" for sentence in (*result.disturbances, *not_compared(result))),
            *(f"- {_name(row)}: cut short after {row.blocks} blocks." for row in result.results if row.cut_short),
            *(f"- {_pair_name(pair)}: cut short after {pair.encode.blocks} blocks." for pair in _cut_pairs(result)),
            "",
        ]
    )


def answers(result: "BenchResult") -> list[str]:
    """A sentence for each method, and for two at once: which buffer to set in nn~, and what it costs; or why none."""
    if result.no_buffers is not None:
        return [f"nn~ buffer: {result.no_buffers}"]
    exact = {(each.device, each.precision, each.method): each for each in result.exact_buffers}
    sentences = []
    for buffer in result.buffers:
        beside = exact.get((buffer.device, buffer.precision, buffer.method))
        sentences.append(_answer(buffer) + (f"; {_beside(beside)}" if beside else ""))
    return sentences + [_answer_together(buffer) for buffer in result.together_buffers]


def failures(result: "BenchResult") -> list[str]:
    """A sentence for each row that is slower than it may be."""
    below = [
        f"{_name(row)}: {row.realtime_factor:.2f} x realtime is below the {result.min_rtf:g} asked for."
        for row in result.too_slow
    ]
    below += [
        f"{_pair_name(pair)}: {pair.slower.realtime_factor:.2f} x realtime ({pair.slower.method}) is below the"
        f" {result.min_rtf:g} asked for."
        for pair in result.together_too_slow
    ]
    return below + [_fallen(each, result.tolerance) for each in result.regressions]


def compared(result: "BenchResult") -> list[str]:
    """A sentence about the comparison with the baseline: by what, and which loss it finds; none without a baseline."""
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


def not_compared(result: "BenchResult") -> list[str]:
    """A sentence for each thing that the baseline could not be held against."""
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


def comparisons(result: "BenchResult") -> list[str]:
    """A line for each way to run the offline model on each device."""
    from saoctl.bench.offline import CHUNK, OVERLAP

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


def slowest(result: "BenchResult") -> str:
    """The slowest row in a sentence."""
    row = min(result.results, key=lambda row: row.realtime_factor)
    return f"slowest: {row.realtime_factor:.2f} x realtime ({_name(row)})"


def _fallen(row: "Regression", tolerance: float) -> str:
    what = f"{row.method}, block {row.block_size}, {row.device}, {row.precision}"
    if row.measure == "clock":
        loss = f"{row.now:.2f} x realtime, which is {row.loss:.0%} below the {row.before:.2f} of the baseline"
    else:
        loss = f"{row.loss:.0%} slower than in the baseline, by processor time beside the offline model"
    return f"{what}: {loss}; the tolerance is {tolerance:.0%}."


def _has_gains(result: "BenchResult") -> bool:
    return any(row.speedup_over_offline is not None for row in result.results)


def _has_earlier(result: "BenchResult") -> bool:
    return any(row.speedup is not None for row in result.results)


def _answer(buffer: "BufferChoice") -> str:
    return _answer_for(buffer.method, buffer, "")


def _answer_together(buffer: "PairBufferChoice") -> str:
    # Elsewhere than on the CPU its threads have little to do.
    threads = f", {_threads_each(buffer.threads)}" if buffer.device == "cpu" else ""
    if buffer.buffer is not None and threads and buffer.threads == 1:
        threads += " (OMP_NUM_THREADS=1)"
    return _answer_for("encode and decode in two objects", buffer, threads)


def _answer_for(what: str, buffer: "BufferChoice | PairBufferChoice", setting: str) -> str:
    """The sentence of an answer.

    Args:
        what: it is for.
        buffer: the answer.
        setting: what else must be so; can be empty.
    """
    from saoctl.bench.buffers import HEADROOM

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


def _together_tables(pairs: "Sequence[Pair]") -> "Iterator[Shown]":
    """A table per device and precision, the block sizes apart."""
    from rich.table import Table
    from rich.text import Text

    from saoctl.cli.shown import ends_group, right

    for device, precision in dict.fromkeys((pair.encode.device, pair.encode.precision) for pair in pairs):
        rows = [
            (pair.threads, row)
            for pair in pairs
            for row in pair.rows
            if (row.device, row.precision) == (device, precision)
        ]
        table = Table(
            "method",
            *right("threads", *(column.name for column in COLUMNS)),
            title=f"Encode and decode at once on {device}, {precision}",
            title_justify="left",
        )
        for (threads, row), end in zip(rows, ends_group([str(row.block_size) for _, row in rows]), strict=True):
            cells = [Text(column.cell(row), _style(row) if column.name == "rtf" else "") for column in COLUMNS]
            table.add_row(row.method, str(threads), *cells, end_section=end)
        yield table


def _together_markdown(pairs: "Sequence[Pair]") -> list[str]:
    from saoctl.cli.shown import markdown_table

    rows = [
        [row.device, row.precision, row.method, str(pair.threads), *(column.cell(row) for column in COLUMNS)]
        for pair in pairs
        for row in pair.rows
    ]
    header = ["device", "precision", "method", "threads", *(column.name for column in COLUMNS)]
    return [
        "Encode and decode at once in one process, as in two objects of nn~; threads: of the CPU, for each.",
        "",
        *markdown_table(header, rows),
        "",
    ]


def _cut_pairs(result: "BenchResult") -> "list[Pair]":
    return [pair for pair in result.together if pair.encode.cut_short]


def _style(row: "Timing") -> str:
    return "green" if row.realtime_factor > 1 and not row.missed_deadlines else "red"


def _beside(exact: "BufferChoice") -> str:
    """What the exact file would need in its place."""
    if exact.buffer is None:
        return "the exact file holds in none of them"
    return (
        f"the exact file: {exact.buffer}, latency {exact.total_latency_ms:.0f} ms (model"
        f" {exact.model_latency_ms:.0f}, nn~ {exact.host_latency_ms:.0f})"
    )


def _name(row: "Timing") -> str:
    return f"{row.method}, block {row.block_size}, {row.device}, {row.precision}"


def _pair_name(pair: "Pair") -> str:
    row = pair.encode
    each = f", {_threads_each(pair.threads)}" if row.device == "cpu" else ""
    return f"encode and decode at once, block {row.block_size}, {row.device}, {row.precision}{each}"


def _threads_each(threads: int) -> str:
    return "one thread each" if threads == 1 else f"{threads} threads each"


def _times(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}×"
