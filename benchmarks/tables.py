"""Results of the benchmarks as markdown: what they hold for, and the tables."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.kernels import CHOSEN, FORMS, Block, Layers, Limits
from saoctl.bench.result import BenchResult
from saoctl.cli.shown import markdown_table

FEW_FRAMES = 16  # up to which a product of a large layer waits for its weights

FILE_COLUMNS = ("precision", "method", "block", "x realtime", "x offline", "of peak")
PRODUCT_COLUMNS = ("layers", "outputs x inputs", "frames", *FORMS, "GFLOP/s", "GB/s")


def head(title: str, machine: dict[str, Any], seconds: float, disturbances: Sequence[str]) -> str:
    """Return the head of the page.

    Args:
        title: names the model.
        machine: as `saoctl bench` describes it.
        seconds: how long the measurement took, which has just ended.
        disturbances: what made the figures worse than the machine is, a sentence each.
    """
    rows = [
        ("model", title),
        ("processor", f"{machine['processor']}, {machine['instructions']}"),
        ("threads", f"{machine['threads']} on {machine['cores']} processors"),
        ("torch", machine["torch"]),
        ("measured", f"{datetime.now(UTC).date().isoformat()}, in {seconds / 60:.1f} minutes"),
    ]
    return paragraphs(
        "# Results of the benchmarks",
        "Written by `make bench`. The [README](README.md) says what is measured and how, and what the figures mean.",
        table(("", ""), rows),
        "\n".join(f"- {sentence}" for sentence in disturbances),
    )


def files(runs: Sequence[BenchResult]) -> str:
    """Return the section about the exported files, over all runs."""
    rows = []
    peaks: dict[str, list[float]] = defaultdict(list)
    for repeats in zip(*(run.results for run in runs), strict=True):
        case = (repeats[0].precision, repeats[0].method, repeats[0].block_size)
        figures = [[each.realtime_factor, each.speedup_over_offline or 0.0, each.roofline_fraction] for each in repeats]
        rows.append((*case, *(_spread(values) for values in zip(*figures, strict=True))))
        peaks[case[0]] = [each.peak_gflops for each in repeats]
    factors: dict[str, list[float]] = defaultdict(list)
    for each in (each for run in runs for each in run.offline if each.kind == "offline"):
        factors[each.method].append(each.realtime_factor)
    offline = [f"{method} {_spread(found)}" for method, found in factors.items()]
    best = [f"{precision} {_spread(found, digits=0)}" for precision, found in peaks.items()]
    return paragraphs(
        "## Exported files",
        f"Medians of {len(runs)} runs, lowest and highest in brackets.",
        f"- Offline, by stable-audio-tools in float32, x realtime: {', '.join(offline)}\n"
        f"- Peak, GFLOP/s: {', '.join(best)}",
        table(FILE_COLUMNS, rows),
    )


def products(limits: Limits, blocks: Sequence[Block]) -> str:
    """Return the section about the forms of products in one precision."""
    precision = blocks[0].precision
    parts = [
        f"## Forms of products, {precision}",
        f"Peak {limits.gflops:.0f} GFLOP/s, memory {limits.gigabytes:.0f} GB/s. Milliseconds of all layers of a shape,"
        " the fastest form in bold; GFLOP/s and GB/s as chosen.",
    ]
    for block in blocks:
        sums = {form: sum(layers.milliseconds[form] for layers in block.layers) for form in FORMS}
        few = [layers for layers in block.layers if layers.frames <= FEW_FRAMES]
        waiting = sum(layers.milliseconds[CHOSEN] for layers in few)
        work = sum(layers.gigaflop for layers in few) / sum(layers.gigaflop for layers in block.layers)
        last = ("all", "", "", *(f"{total:.1f}" for total in sums.values()), "", "")
        parts += [
            f"### {precision}, {block.method}, block {block.block_size}",
            f"A block takes {block.milliseconds:.1f} ms, its products {sums[CHOSEN]:.1f} ms; those of at most"
            f" {FEW_FRAMES} frames take {waiting:.1f} ms for {work:.0%} of the arithmetic.",
            table(PRODUCT_COLUMNS, [*map(_layers, block.layers), last]),
        ]
    return paragraphs(*parts)


def paragraphs(*parts: str) -> str:
    """Return the parts that are not empty, with an empty line between them."""
    return "\n\n".join(part for part in parts if part)


def _layers(layers: Layers) -> tuple[object, ...]:
    times = [layers.milliseconds[form] for form in FORMS]
    cells = [f"**{each:.2f}**" if each == min(times) else f"{each:.2f}" for each in times]
    seconds = layers.milliseconds[CHOSEN] / 1e3
    rates = (f"{layers.gigaflop / seconds:.0f}", f"{layers.gigabytes / seconds:.0f}")
    return layers.count, f"{layers.outputs} x {layers.inputs}", layers.frames, *cells, *rates


def _spread(values: Sequence[float], digits: int = 2) -> str:
    """Return the median, with the lowest and the highest if there are several values."""
    median, low, high = (f"{value:.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return f"{median} ({low} - {high})" if len(values) > 1 else median


def table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in markdown."""
    return "\n".join(markdown_table(titles, rows))
