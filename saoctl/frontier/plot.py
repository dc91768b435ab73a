"""The picture of the frontier: how near the offline model a stream comes, over how late it is."""

from collections.abc import Sequence
from pathlib import Path

from saoctl.files import atomic_file
from saoctl.frontier.point import Point

SUFFIXES = (".png", ".svg", ".pdf")
# Okabe and Ito's colours, which remain apart for the colour-blind; markers for print in grey.
LOOKS = {"encode": ("#0072B2", "o"), "decode": ("#D55E00", "s"), "forward": ("#000000", "^")}
SIZE = (8.0, 4.6)  # inches
FONT = 10


def draw(points: Sequence[Point], title: str, path: Path) -> None:
    """Draw the points of all methods.

    Raises:
        FileError: the file cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure  # takes a second to import, for plots alone

    with mpl.rc_context(
        {"font.size": FONT, "axes.spines.top": False, "axes.spines.right": False, "text.parse_math": False}
    ):
        figure = Figure(figsize=SIZE, layout="constrained", facecolor="white")
        axes = figure.subplots()
        for method, (colour, marker) in LOOKS.items():
            own = sorted((p for p in points if p.method == method), key=lambda p: p.latency_ms)
            if own:
                times, levels = [p.latency_ms for p in own], [p.snr_db for p in own]
                axes.plot(times, levels, color=colour, marker=marker, markersize=5, label=method)
        audible = sorted((p for p in points if p.method == "forward"), key=lambda p: p.latency_ms)
        if audible:
            times, levels = [p.latency_ms for p in audible], [p.input_snr_db or 0.0 for p in audible]
            axes.plot(times, levels, color="#777777", linestyle="--", label="forward, to the input")
        axes.set_xlabel("latency, ms, without the block and the host")
        axes.set_ylabel("SNR to the offline model, dB")
        axes.set_xlim(left=0)
        axes.grid(color="#E5E5E5")
        axes.set_title(title, loc="left", fontsize=FONT + 1)
        axes.legend(frameon=False, loc="center right")
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:].lower(), dpi=150)
