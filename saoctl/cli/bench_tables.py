"""The tables and the report in which `saoctl bench` shows its timings."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from saoctl.bench.result import BenchResult
from saoctl.bench.timing import Pair, Timing
from saoctl.cli.bench_sentences import (
    answers,
    compared,
    failures,
    fastest,
    labels,
    not_compared,
    offline_speeds,
    pair_name,
    row_name,
    side_by_side,
    slowest,
)
from saoctl.cli.shown import Answer, Hint, Remark, Shown, ends_group, markdown_table, right

# The figures of a row, under the names that they have in the tables and in the report.
Columns = dict[str, Callable[[Timing], str]]

COLUMNS: Columns = {
    "block": lambda row: str(row.block_size),
    "rtf": lambda row: f"{row.realtime_factor:.2f}",
    "median": lambda row: f"{row.median_ms:.1f}",
    "p99": lambda row: f"{row.p99_ms:.1f}",
    "lasts": lambda row: f"{row.budget_ms:.1f}",
    "missed": lambda row: f"{row.missed_deadlines}/{row.blocks}",
}
PEAK: Columns = {"peak": lambda row: f"{row.roofline_fraction:.0%}"}
BEFORE: Columns = {"before": lambda row: _times(row.speedup)}
OFFLINE: Columns = {"offline": lambda row: _times(row.speedup_over_offline)}
CHUNKS: Columns = {"chunks": lambda row: _times(row.speedup_over_overlap)}
FIRST: Columns = {"first": lambda row: _times(row.speedup_over_first)}


def shown(result: BenchResult) -> Iterator[Shown]:
    """Yield the tables, what helps to read them, and the answers."""
    machine = result.machine
    rows_at_once = [row for pair in result.together for row in pair.rows]
    again = any(row.attempts > 1 for row in (*result.results, *rows_at_once))
    yield from _files_side_by_side(result) if len(result.files) > 1 else _tables_of_a_file(result)
    if result.together:
        yield from _together_tables(result)
        yield Hint(
            "At once: both in one process, as in two objects of nn~. They begin together, and each time is from then"
            " until that method is done. threads: of the CPU, for each of the two."
        )
    shows_factors = len(result.files) == 1 or result.together
    yield Hint(
        (
            "rtf: realtime factor, seconds of audio per second of computing; above 1 is faster than realtime. "
            if shows_factors
            else ""
        )
        + "Times in ms per block; one that takes longer than it lasts is missed, and heard as a dropout. Measured after"
        f" {result.warm_up_blocks} blocks to warm up."
        + (" offline: how many times faster than the offline model." if _has_gains(result) and shows_factors else "")
        + (" before: how many times faster than in the baseline." if _has_earlier(result) else "")
        + (" Rows that did not hold were measured again; the best counts." if again else "")
    )
    if any(file.lookahead is not None for file in result.files):
        yield Hint("A file with less lookahead than the model takes more arithmetic, and is less late.")
    cut = [f"{row.method} {row.block_size} ({row.blocks} blocks)" for row in result.results if row.cut_short]
    cut += [f"at once {pair.encode.block_size} ({pair.encode.blocks} blocks)" for pair in _cut_pairs(result)]
    if cut:
        rows_cut = "; ".join(cut)
        yield Remark("Cut short", f"A row may take {result.time_limit:g} s. These had more to compute: {rows_cut}.")
    for line in offline_speeds(result):
        yield Hint(line)
    if result.buffers and not result.together:
        yield Hint("Each buffer is for one nn~ object alone; --together tells it for encode and decode in two objects.")
    processor = f"{machine['processor']} ({machine['instructions']})"
    yield Hint(f"{processor}, threads: {machine['threads']}, torch {machine['torch']}")
    for sentence in (*result.disturbances, *not_compared(result)):
        yield Remark("Warning", sentence)
    failed = [] if result.passed else ["failed:", *failures(result)]
    yield Answer("\n".join([*answers(result), *fastest(result), slowest(result), *compared(result), *failed]))


def _tables_of_a_file(result: BenchResult) -> Iterator[Shown]:
    """Yield a table per device."""
    third = BEFORE if _has_earlier(result) else PEAK  # eighty columns have room for one of the two
    columns = COLUMNS | third | (OFFLINE if _has_gains(result) else {})
    for device, precision in dict.fromkeys((row.device, row.precision) for row in result.results):
        rows = [row for row in result.results if row.device == device]
        table = _table(f"Realtime factor on {device}, {precision}", columns)
        for row, end in zip(rows, ends_group([row.method for row in rows]), strict=True):
            table.add_row(row.method, *_cells(columns, row), end_section=end)
        yield table
        memory, first = max(row.peak_memory_mb for row in rows), max(row.first_block_ms for row in rows)
        peak = f" peak: share of the {rows[0].peak_gflops:.0f} GFLOP/s of a large matrix product."
        yield Hint(
            f"The first block after loading took up to {first:.0f} ms, {memory:.0f} MB of memory were held."
            + (peak if third is PEAK else "")
        )


def _files_side_by_side(result: BenchResult) -> Iterator[Shown]:
    """Yield a table per device, with a column for each file."""
    names = labels(result)
    for device in dict.fromkeys(row.device for row in result.results):
        lines = side_by_side(result, device)
        table = _table(f"Medians in ms per block on {device}", ("block", "lasts", *names.values()))
        for ((method, size), rows), end in zip(lines.items(), ends_group([line[0] for line in lines]), strict=True):
            lasts = next(iter(rows.values())).budget_ms
            figures = (_beside_first(rows[path]) if path in rows else Text("–") for path in names)
            table.add_row(method, str(size), f"{lasts:.1f}", *figures, end_section=end)
        yield table
    yield Hint(
        f"×: how many times as fast as {names[result.artifact]}, in this run; --json and --csv have all figures."
    )


def _beside_first(row: Timing) -> Text:
    gain = "" if row.speedup_over_first in (None, 1.0) else f" {_times(row.speedup_over_first)}"
    return Text(f"{row.median_ms:.1f}{gain}", _style(row))


def _together_tables(result: BenchResult) -> Iterator[Shown]:
    """Yield a table per file and device, the block sizes apart."""
    groups: dict[tuple[str, str, str], list[tuple[int, Timing]]] = {}
    for pair in result.together:
        for row in pair.rows:
            name = f", {labels(result)[row.artifact]}" if len(result.files) > 1 else ""
            groups.setdefault((row.device, row.precision, name), []).append((pair.threads, row))
    for (device, precision, name), rows in groups.items():
        table = _table(f"Encode and decode at once on {device}, {precision}{name}", ("threads", *COLUMNS))
        for (threads, row), end in zip(rows, ends_group([str(row.block_size) for _, row in rows]), strict=True):
            table.add_row(row.method, str(threads), *_cells(COLUMNS, row), end_section=end)
        yield table


def markdown(result: BenchResult) -> str:
    """Return the rows as a report."""
    names = labels(result)
    several = len(names) > 1
    columns: Columns = {"file": lambda row: names[row.artifact]} if several else {}
    columns |= COLUMNS | PEAK | (OFFLINE | CHUNKS if _has_gains(result) else {})
    columns |= (FIRST if several else {}) | (BEFORE if _has_earlier(result) else {})
    rows = [[row.device, row.precision, row.method, *_texts(columns, row)] for row in result.results]
    machine = result.machine
    return "\n".join(
        [
            f"## saoctl bench: {'passed' if result.passed else 'failed'}",
            "",
            f"{machine['processor']} ({machine['instructions']}), threads: {machine['threads']}, torch"
            f" {machine['torch']}. rtf: realtime factor, seconds of audio per second of computing; above 1 is faster"
            " than realtime. Times in ms per block. peak: share of a large matrix product. offline, chunks, before,"
            " first: how many times faster than the offline model, than that in chunks, than the baseline, and than the"
            " first file.",
            "",
            *markdown_table(["device", "precision", "method", *columns], rows),
            "",
            *(_together_markdown(result.together) if result.together else ()),
            *(f"- **{sentence}**" for sentence in failures(result)),
            *(f"- {sentence}." for sentence in (*answers(result), *fastest(result), *compared(result))),
            *(f"- {line}." for line in offline_speeds(result)),
            *(f"- {sentence}" for sentence in (*result.disturbances, *not_compared(result))),
            *(
                f"- {row_name(result, row)}: cut short after {row.blocks} blocks."
                for row in result.results
                if row.cut_short
            ),
            *(
                f"- {pair_name(result, pair)}: cut short after {pair.encode.blocks} blocks."
                for pair in _cut_pairs(result)
            ),
            "",
        ]
    )


def _together_markdown(pairs: Sequence[Pair]) -> list[str]:
    rows = [
        [row.device, row.precision, row.method, str(pair.threads), *_texts(COLUMNS, row)]
        for pair in pairs
        for row in pair.rows
    ]
    return [
        "Encode and decode at once in one process, as in two objects of nn~; threads: of the CPU, for each.",
        "",
        *markdown_table(["device", "precision", "method", "threads", *COLUMNS], rows),
        "",
    ]


def _has_gains(result: BenchResult) -> bool:
    return any(row.speedup_over_offline is not None for row in result.results)


def _has_earlier(result: BenchResult) -> bool:
    return any(row.speedup is not None for row in result.results)


def _cut_pairs(result: BenchResult) -> list[Pair]:
    return [pair for pair in result.together if pair.encode.cut_short]


def _table(title: str, columns: Iterable[str]) -> Table:
    return Table("method", *right(*columns), title=title, title_justify="left")


def _texts(columns: Columns, row: Timing) -> list[str]:
    return [figure(row) for figure in columns.values()]


def _cells(columns: Columns, row: Timing) -> list[Text]:
    return [Text(figure(row), _style(row) if name == "rtf" else "") for name, figure in columns.items()]


def _style(row: Timing) -> str:
    return "green" if row.realtime_factor > 1 and not row.missed_deadlines else "red"


def _times(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}×"
