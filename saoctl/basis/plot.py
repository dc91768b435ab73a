"""Draws what the first directions of a basis keep, and what each of them changes in the sound.

Diverging colours need two hues. The colour-blind can tell them apart, but not a print in grey: both ends are dark.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from saoctl.basis.fidelity import Fidelity
from saoctl.basis.sweep import SPREADS, Changes
from saoctl.drawing import FONT, LOOKS, blank, drawn, inline, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

WIDTH, CURVES, ROW = 9.0, 3.2, 0.72  # inches
AROUND = 1.9  # inches around the rows, for titles, frequencies and colour bars
ALONE = (7.5, 1.25)  # inches, the size of the picture of one direction
COLOURS = "RdBu_r"
WITHIN = 0.98  # of the changes lie within the colour scale; the rest are clipped to its ends
TICKS = {50: "50", 100: "100", 200: "200", 500: "500", 1_000: "1k", 2_000: "2k", 5_000: "5k", 10_000: "10k"}  # Hz


def draw(shares: Sequence[float], results: Sequence[Fidelity], changes: Changes, path: Path) -> None:
    """Draw what directions keep and change.

    Args:
        shares: each direction's share of the variance.
        results: what the first directions keep.
        changes: what each of them changes.
        path: the file.

    Raises:
        FileError: the file cannot be written.
    """
    count = len(changes.from_mean)
    with drawn(path, WIDTH, CURVES + AROUND + ROW * count) as figure:
        parts: Any = figure.subfigures(2, height_ratios=(CURVES, AROUND + ROW * count))
        above, below = parts
        variance, sound = above.subplots(1, 2)
        _draw_kept(variance, sound, results)
        below.suptitle(
            f"What each direction changes, from {-SPREADS:.0f} spreads, at the bottom of its row, to {SPREADS:+.0f}, at"
            " the top"
            "\nBeside each row: the number of the direction, and its share of the variance",
            fontsize=FONT,
        )
        panels = below.subplots(count, 2, sharex=True, sharey=True, squeeze=False)
        for direction, row in enumerate(panels):
            images = _draw_direction(row, changes, direction)
            label = f"{direction + 1}\n{shares[direction]:.0%}"
            row[0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=FONT)
        for column, (image, title) in enumerate(zip(images, titles(count), strict=True)):
            panels[0, column].set_title(title, fontsize=FONT)
            below.colorbar(
                image, ax=panels[:, column], location="bottom", extend="both", aspect=50, pad=0.01, label="dB"
            )


def titles(count: int) -> tuple[str, str]:
    """Return the titles of the two pictures of a direction, one of `count`."""
    return "the change from the mean of the sounds", f"the same less the average of these {count} directions"


def draw_direction(changes: Changes, direction: int) -> bytes:
    """Draw what one direction changes, as a PNG, on the colour scale of all directions."""
    with look():
        figure = blank(*ALONE)
        _draw_direction(figure.subplots(1, 2, sharey=True), changes, direction)
        return inline(figure, "png")


def _draw_direction(row: Sequence["Axes"], changes: Changes, direction: int) -> "list[AxesImage]":
    """Draw both changes of a direction: frequency to the right, position from the bottom to the top."""
    images = []
    for axes, change in zip(row, (changes.from_mean, changes.from_others), strict=True):
        limit = end_of_scale(change)
        # Bands have the same ratio, so they are equally wide on an axis in octaves.
        low, high = (changes.edges[end].log2().item() for end in (0, -1))
        images.append(
            axes.imshow(
                change[direction].numpy(), cmap=COLOURS, vmin=-limit, vmax=limit, extent=(low, high, -SPREADS, SPREADS)
            )
        )
        ticks = {math.log2(frequency): text for frequency, text in TICKS.items() if low < math.log2(frequency) < high}
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.set_yticks((-SPREADS, 0, SPREADS))
        axes.set_xlabel("Hz")
        axes.label_outer()
    return images


def end_of_scale(change: Tensor) -> float:
    """Return the limit of the colour scale, a whole number of dB, at least 1, that most changes stay within."""
    return max(math.ceil(torch.quantile(change.abs().flatten(), WITHIN).item()), 1)


def _draw_kept(variance: "Axes", sound: "Axes", results: Sequence[Fidelity]) -> None:
    """Draw the share of the variance and the error of the sound, over the number of directions."""
    numbers = [result.directions for result in results]
    (blue, circle), (orange, square) = LOOKS["encode"], LOOKS["decode"]
    variance.plot(numbers, [100 * result.variance for result in results], color=blue, marker=circle)
    variance.set_ylabel("variance kept, %")
    variance.set_ylim(0, 104)
    some = [result for result in results if result.snr_db is not None]
    known = [result.directions for result in some]
    sound.plot(known, [result.snr_db or 0.0 for result in some], color=blue, marker=circle, label="SNR")
    sound.plot(known, [result.spectral_db for result in some], color=orange, marker=square, label="spectra differ by")
    sound.set_ylabel("against all directions, dB")
    sound.legend()
    for axes in (variance, sound):
        axes.set_xscale("log", base=2)
        axes.set_xticks(numbers, [str(number) for number in numbers])
        axes.set_xlabel("directions")
        axes.grid()
