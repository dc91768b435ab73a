"""The picture of a basis: what the first directions keep, and what each of them does to the sound."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from saoctl.basis.fidelity import Fidelity
from saoctl.drawing import FONT, LOOKS, look, save
from saoctl.weights.basis import Basis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 8  # directions
STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # spreads
FRAMES = 48  # that are decoded with the latents at rest, of which the middle is drawn
DRAWN = 8
WINDOW = 4096  # samples
LOWEST, BANDS = 40.0, 96  # Hz, and from there to the highest; as an ear hears them, each a step of the same ratio
FLOOR_DB = -80.0
WIDTH, CURVES, ROW = 9.0, 3.2, 0.85  # inches


def draw(basis: Basis, results: Sequence[Fidelity], decode: Callable[[Tensor], Tensor], path: Path) -> None:
    """Draw what directions keep and do.

    Args:
        basis: the directions.
        results: what they keep.
        decode: latents [1, L, F] to audio [1, C, T].
        path: the file.

    Raises:
        FileError: it cannot be written.
    """
    from matplotlib.figure import Figure  # takes a second to import, for plots alone

    count = min(SHOWN, basis.latent_dim)
    at_rest = _spectrum(basis, decode, 0, 0.0)  # of the mean, which all directions have in common
    spectra = [
        [_spectrum(basis, decode, direction, step) if step else at_rest for step in STEPS] for direction in range(count)
    ]
    loudest = max(level.max().item() for row in spectra for level in row)
    with look():
        figure = Figure(figsize=(WIDTH, CURVES + 0.6 + ROW * count), layout="constrained", facecolor="white")
        parts: Any = figure.subfigures(2, height_ratios=(CURVES, 0.6 + ROW * count))
        above, below = parts
        variance, sound = above.subplots(1, 2)
        _draw_kept(variance, sound, results)
        panels = below.subplots(count, len(STEPS), sharex=True, sharey=True, squeeze=False)
        top = basis.sample_rate / 2000
        for direction, (row, levels) in enumerate(zip(panels, spectra, strict=True)):
            for axes, level in zip(row, levels, strict=True):
                image = axes.imshow(
                    (level - loudest).clamp(FLOOR_DB, 0).numpy(),
                    origin="lower",
                    aspect="auto",
                    cmap="cividis",
                    vmin=FLOOR_DB,
                    vmax=0,
                    extent=(0, 1, 0, 1),
                )
                axes.set_xticks([])
                axes.set_yticks([])
            row[0].set_ylabel(
                f"{direction + 1}\n{basis.share[direction]:.0%}", rotation=0, ha="right", va="center", fontsize=FONT - 1
            )
        for axes, step in zip(panels[0], STEPS, strict=True):
            axes.set_title("mean" if step == 0 else f"{step:+.0f} spreads", fontsize=FONT)
        what = f"What each direction does to latents at rest: spectra, {LOWEST:.0f} Hz to {top:.0f} kHz, logarithmic"
        below.suptitle(what, fontsize=FONT, x=0.01, ha="left")
        below.colorbar(image, ax=panels, label="dB", aspect=40)
    save(figure, path)


def _draw_kept(variance: "Axes", sound: "Axes", results: Sequence[Fidelity]) -> None:
    """The share of the variance, and how far the sound is off, over the number of directions."""
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
    sound.legend(frameon=False)
    for axes in (variance, sound):
        axes.set_xscale("log", base=2)
        axes.set_xticks(numbers, [str(number) for number in numbers])
        axes.set_xlabel("directions")
        axes.grid(color="#E5E5E5")


def _spectrum(basis: Basis, decode: Callable[[Tensor], Tensor], direction: int, step: float) -> Tensor:
    """Power in dB of what the decoder makes of latents at rest, one direction moved, [BANDS, T]."""
    coordinates = torch.zeros(basis.latent_dim, 1, dtype=torch.float64)
    coordinates[direction] = step
    latents = basis.latents(coordinates).float().expand(1, -1, FRAMES)
    middle = (FRAMES - DRAWN) // 2 * basis.ratio
    sound = decode(latents)[0, :, middle : middle + DRAWN * basis.ratio].double()
    window = min(WINDOW, 1 << max(sound.shape[-1].bit_length() - 1, 1))
    shape = torch.hann_window(window, dtype=torch.float64)
    spectra = torch.stft(sound, window, window // 4, window=shape, center=False, return_complex=True)
    levels = 10 * spectra.abs().square().mean(0).clamp(min=1e-30).log10()
    highest = basis.sample_rate / 2
    lowest = min(LOWEST, highest / 2)
    frequencies = lowest * (highest / lowest) ** torch.linspace(0, 1, BANDS, dtype=torch.float64)
    return levels[(frequencies / highest * (len(levels) - 1)).round().long()]
