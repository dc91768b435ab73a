"""The picture of the frontier: how near a stream comes to the offline model, over its latency."""

from collections.abc import Sequence
from pathlib import Path

from saoctl.drawing import FONT, GREY, LOOKS, blank, look, save
from saoctl.frontier.point import Point

SIZE = (8.0, 4.6)  # inches


def draw(points: Sequence[Point], title: str, path: Path) -> None:
    """Draw the points of all methods.

    Raises:
        FileError: the file cannot be written.
    """
    with look():
        figure = blank(*SIZE)
        axes = figure.subplots()
        for method, (colour, marker) in LOOKS.items():
            own = sorted((p for p in points if p.method == method), key=lambda p: p.latency_ms)
            if own:
                times, levels = [p.latency_ms for p in own], [p.snr_db for p in own]
                axes.plot(times, levels, color=colour, marker=marker, markersize=5, label=method)
        audible = sorted((p for p in points if p.method == "forward"), key=lambda p: p.latency_ms)
        if audible:
            times, levels = [p.latency_ms for p in audible], [p.input_snr_db or 0.0 for p in audible]
            axes.plot(times, levels, color=GREY, linestyle="--", label="forward, to the input")
        axes.set_xlabel("latency, ms, without the block and the host")
        axes.set_ylabel("SNR to the offline model, dB")
        axes.set_xlim(left=0)
        axes.grid(color="#E5E5E5")
        axes.set_title(title, loc="left", fontsize=FONT + 1)
        axes.legend(frameon=False, loc="center right")
    save(figure, path)
