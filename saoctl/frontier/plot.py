"""The picture of the frontier: how near a stream comes to the offline model, over its latency."""

from collections.abc import Sequence
from pathlib import Path

from saoctl.drawing import FONT, GREY, LOOKS, drawn
from saoctl.frontier.point import Point

SIZE = (8.0, 4.6)  # inches


def draw(points: Sequence[Point], title: str, path: Path) -> None:
    """Draw the points of all methods, each from the least latency on.

    Raises:
        FileError: the file cannot be written.
    """
    with drawn(path, *SIZE) as figure:
        axes = figure.subplots()
        for method, (colour, marker) in LOOKS.items():
            own = [point for point in points if point.method == method]
            times, levels = [point.latency_ms for point in own], [point.snr_db for point in own]
            axes.plot(times, levels, color=colour, marker=marker, markersize=5, label=method)
        # The last method is forward, which alone has audio at both ends.
        to_input = [point.input_snr_db or 0.0 for point in own]
        axes.plot(times, to_input, color=GREY, linestyle="--", label="forward, to the input")
        axes.set_xlabel("latency, ms, without the block and the host")
        axes.set_ylabel("SNR to the offline model, dB")
        axes.set_xlim(left=0)
        axes.grid()
        axes.set_title(title, loc="left", fontsize=FONT + 1)
        axes.legend(loc="center right")
