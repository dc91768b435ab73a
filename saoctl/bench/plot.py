"""The picture of a bench: the realtime factor over the block size, a line per file and method.

Methods differ in marker and colour, files in line style, so that it can be read in grey too.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from saoctl.bench.offline import OfflineTiming
from saoctl.bench.timing import Timing
from saoctl.drawing import FONT, GREY, LOOKS, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES = ("-", "-.", "--", ":")
OFFLINE = {"offline": ("dashed", "offline model"), "overlap": ("dotted", "offline in chunks")}
TOO_SLOW = "#EFEFEF"
PANEL = (8.0, 4.2)  # inches


def draw(timings: Sequence[Timing], offline: Sequence[OfflineTiming], title: str, path: Path) -> None:
    """Draw one panel per device.

    Raises:
        FileError: the file cannot be written.
    """
    found = list(dict.fromkeys(row.device for row in timings))
    width, height = PANEL
    with drawn(path, width, height * len(found)) as figure:
        figure.suptitle(title, fontsize=FONT + 1, fontweight="bold")
        for axes, device in zip(figure.subplots(len(found), squeeze=False)[:, 0], found, strict=True):
            rows = [row for row in timings if row.device == device]
            _draw_device(axes, device, rows, [each for each in offline if each.device == device])


def _draw_device(axes: "Axes", device: str, rows: Sequence[Timing], offline: Sequence[OfflineTiming]) -> None:
    from matplotlib.ticker import FixedLocator, LogLocator, NullLocator, StrMethodFormatter

    sizes = sorted({row.block_size for row in rows})
    factors = [row.realtime_factor for row in rows] + [each.realtime_factor for each in offline] + [1.0]
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_ylim(min(factors) / 1.3, max(factors) * 1.3)
    axes.axhspan(axes.get_ylim()[0], 1, color=TOO_SLOW, linewidth=0)
    axes.axhline(1, color="black", linewidth=2)
    files = list(dict.fromkeys((row.artifact, row.precision) for row in rows))
    for artifact, precision, method in dict.fromkeys((row.artifact, row.precision, row.method) for row in rows):
        own = [row for row in rows if (row.artifact, row.precision, row.method) == (artifact, precision, method)]
        line = sorted((row.block_size, row.realtime_factor) for row in own)
        colour, marker = LOOKS[method]
        style = STYLES[files.index((artifact, precision)) % len(STYLES)]
        label = f"{method}, {artifact.stem}, {precision}" if len(files) > 1 else f"{method}, {precision}"
        axes.plot(*zip(*line, strict=True), style, color=colour, marker=marker, markersize=6, label=label)
    left = sizes[0] / 1.3
    axes.set_xlim(left / 1.15, sizes[-1] * 1.15)
    for each in offline:
        style, what = OFFLINE[each.kind]
        axes.axhline(each.realtime_factor, color=GREY, linewidth=1.2, linestyle=style, zorder=1)
        # The marker at the left end tells the method of the line.
        (end,) = axes.plot([left], [each.realtime_factor], color=GREY, linestyle=style, markerfacecolor="white")
        end.set(marker=LOOKS[each.method][1], label=f"{each.method}, {what}")
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_title(f"{device}: above the bold line is faster than realtime", loc="left", fontsize=FONT)
    axes.set_xlabel("samples per block")
    axes.set_ylabel("seconds of audio per second")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=FONT - 1, handlelength=2.6)
