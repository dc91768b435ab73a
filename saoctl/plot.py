"""Plots of what verify found: the error over time beside the signal, on a dB scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from saoctl.errors import ConfigError
from saoctl.files import atomic_file

SUFFIXES = (".png", ".svg", ".pdf")
POINTS = 400  # of a curve; each is the power of its share of the signal
FLOOR_DB = -200.0  # silence, for the eye
MOST_BORDERS = 60  # more lines than this would be a grey area

# Okabe and Ito's colours, which remain apart for the colour-blind; line styles keep them apart in grey.
SIGNAL, ERROR = ("#999999", "-"), (("#0072B2", "-"), ("#D55E00", "--"), ("#009E73", ":"), ("#CC79A7", "-."))


@dataclass(frozen=True)
class Trace:
    """A method streamed in blocks of one size, on the grid of its output.

    Args:
        method, block_size, snr_db: what was streamed, and how well.
        offline: output of the offline model, [C, T].
        error: how the streamed output differs from it, [C, T].
        rate: samples of the grid per second.
        borders: where blocks meet, in samples of the grid.
    """

    method: str
    block_size: int
    snr_db: float
    offline: Tensor
    error: Tensor
    rate: float
    borders: list[int]


def check_suffix(path: Path) -> None:
    """Refuse a plot of a kind that cannot be drawn.

    Raises:
        ConfigError: the file name does not end in one of SUFFIXES.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"A plot cannot be written as {path.name}.", f"Let it end in {', '.join(SUFFIXES)}.")


def draw(traces: Sequence[Trace], path: Path) -> None:
    """One panel per method: power of the offline output and of each block size's error over time.

    Raises:
        FileError: the file cannot be written.
    """
    from matplotlib.figure import Figure  # takes a second to import, for plots alone

    methods = list(dict.fromkeys(trace.method for trace in traces))
    figure = Figure(figsize=(8, 1 + 2.2 * len(methods)), layout="constrained", facecolor="white")
    for axes, method in zip(figure.subplots(len(methods), sharex=True, squeeze=False)[:, 0], methods, strict=True):
        panel = [trace for trace in traces if trace.method == method]
        axes.plot(*_power_db(panel[0].offline, panel[0].rate), SIGNAL[1], color=SIGNAL[0], label="offline output")
        for number, trace in enumerate(panel):
            color, style = ERROR[number % len(ERROR)]
            label = f"error, block {trace.block_size} ({trace.snr_db:.0f} dB)"
            axes.plot(*_power_db(trace.error, trace.rate), style, color=color, label=label, linewidth=1.2)
        widest = max(panel, key=lambda trace: trace.block_size)
        for border in widest.borders if len(widest.borders) <= MOST_BORDERS else []:
            if border > 0:
                axes.axvline(border / widest.rate, color="#dddddd", linewidth=0.6, zorder=0)
        axes.set_title(method, loc="left", fontsize=10)
        axes.set_ylabel("power, dB")
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8, frameon=False)
    axes.set_xlabel("seconds; thin lines are the borders of the largest blocks")
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:].lower(), dpi=150)


def _power_db(signal: Tensor, rate: float) -> tuple[list[float], list[float]]:
    """Times in seconds and mean power in dB of equal shares of a signal [C, T]."""
    power = signal.double().square().mean(0)
    share = max(-(-power.shape[0] // POINTS), 1)
    means = [part.mean().item() for part in torch.split(power, share)]
    levels = [10 * torch.tensor(max(mean, 1e-30)).log10().item() for mean in means]
    return [(index + 0.5) * share / rate for index in range(len(means))], [max(level, FLOOR_DB) for level in levels]
