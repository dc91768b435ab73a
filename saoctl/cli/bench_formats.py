"""What `bench` shows of formats side by side."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saoctl.bench.step import BenchResult
    from saoctl.cli.shown import Shown


def fastest_formats(result: "BenchResult") -> list[str]:
    """A sentence for each device and precision in which formats were compared: which is the fastest there."""
    from statistics import geometric_mean

    sentences = []
    for (device, precision), rows in _groups(result).items():
        means = {name: geometric_mean([times[name] for times in rows.values()]) for name in next(iter(rows.values()))}
        first, second, *_ = sorted(means, key=lambda name: means[name])
        wins = sum(min(times, key=lambda name: times[name]) == first for times in rows.values())
        sentences.append(
            f"fastest format ({device}, {precision}): {first}, {means[second] / means[first]:.2f} times as fast as"
            f" {second} on average, ahead in {wins} of {len(rows)} rows"
        )
    return sentences


def _groups(result: "BenchResult") -> "dict[tuple[str, str], dict[tuple[str, int], dict[str, float]]]":
    """The median of each format in ms, by device and precision, then by method and block size."""
    groups: dict[tuple[str, str], dict[tuple[str, int], dict[str, float]]] = {}
    own = {row.key: row for row in result.results}
    for each in result.formats:
        row = each.timing
        rows = groups.setdefault((row.device, row.precision), {})
        times = rows.setdefault((row.method, row.block_size), {result.format: own[row.key].median_ms})
        times[each.format] = row.median_ms
    return groups


def format_tables(result: "BenchResult") -> "Iterator[Shown]":
    """A table for each device and precision."""
    from rich.table import Table

    from saoctl.cli.shown import ends_group, right

    for (device, precision), rows in _groups(result).items():
        names = list(next(iter(rows.values())))
        table = Table(
            "method",
            *right("block", *names),
            title=f"Formats on {device}, {precision}",
            title_justify="left",
        )
        for (method, size), end in zip(rows, ends_group([method for method, _ in rows]), strict=True):
            times = rows[method, size]
            table.add_row(method, str(size), *(f"{times[name]:.1f}" for name in names), end_section=end)
        yield table


def formats_markdown(result: "BenchResult") -> list[str]:
    """The same for a report."""
    from saoctl.cli.shown import markdown_table

    lines = ["Formats, medians in ms per block; files of other formats have random weights, which take as long.", ""]
    for (device, precision), rows in _groups(result).items():
        names = list(next(iter(rows.values())))
        cells = [
            [device, precision, method, str(size), *(f"{times[name]:.1f}" for name in names)]
            for (method, size), times in rows.items()
        ]
        lines += [*markdown_table(["device", "precision", "method", "block", *names], cells), ""]
    return lines
