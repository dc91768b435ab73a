"""Writes the sound of each direction as an audio file, all equally loud, and a page that plays them."""

from pathlib import Path

import torch
from torch import Tensor

from saoctl import recording
from saoctl.basis.page import PAGE, SOUND, Row, page, sound_name
from saoctl.basis.plot import draw_direction, end_of_scale, titles
from saoctl.basis.sweep import SECONDS, SPREADS, Changes, Sweeps
from saoctl.files import atomic_file
from saoctl.kinds import Bits
from saoctl.progress import Progress
from saoctl.weights.basis import Basis

PEAK_DB = -3.0  # below full scale, for the highest peak of all files: converters overshoot between samples
FADE_SECONDS = 0.01  # at both ends, where a cut would click
BITS: Bits = 16  # which all players and browsers can play


def save(folder: Path, basis: Basis, sweeps: Sweeps, changes: Changes, progress: Progress) -> tuple[Path, ...]:
    """Write a WAV file for each direction, and the page.

    Args:
        folder: is made if it is missing. Files of an earlier run that are not written again are removed.
        basis: the directions.
        sweeps: their sounds.
        changes: of the spectrum, for the pictures on the page.
        progress: a listener.

    Returns:
        The audio files, and the page.

    Raises:
        FileError: a file cannot be written.
    """
    count, channels, length = sweeps.moved.shape
    progress.start("Writing sounds", total=count)
    names = [sound_name(direction, count) for direction in range(count)]
    rate = sweeps.sample_rate
    rows = []
    for direction, (name, sound) in enumerate(zip(names, equally_loud(faded(sweeps.moved, rate), rate), strict=True)):
        recording.write(folder / name, iter([sound.float()]), (rate, rate), channels, BITS, lambda: length)
        rows.append(Row(name, basis.share[direction].item(), draw_direction(changes, direction)))
        progress.advance()
    with atomic_file(folder / PAGE) as temporary:
        temporary.write_text(page(rows, basis.audio, _about(changes)), encoding="utf-8")
    for old in folder.iterdir():
        if SOUND.fullmatch(old.name) and old.name not in names:
            old.unlink()
    return (*(folder / name for name in names), folder / PAGE)


def faded(sounds: Tensor, sample_rate: int) -> Tensor:
    """Fade sounds [..., T] in and out."""
    steps = max(round(FADE_SECONDS * sample_rate), 1)
    rising = torch.arange(steps, dtype=torch.float64) / steps
    gain = torch.ones(sounds.shape[-1], dtype=torch.float64)
    gain[:steps], gain[-steps:] = rising, rising.flip(0)
    return sounds.double() * gain


def equally_loud(sounds: Tensor, sample_rate: int) -> Tensor:
    """Return sounds [N, C, T] at the same loudness, as loud as PEAK_DB allows; silence stays silent."""
    loudness = torch.stack([a_weighted(sound, sample_rate) for sound in sounds])
    tiny = torch.finfo(loudness.dtype).tiny
    levelled = torch.where(loudness > tiny, 1 / loudness.clamp(min=tiny), 0.0)[:, None, None] * sounds
    return levelled * (10 ** (PEAK_DB / 20) / levelled.abs().max().clamp(min=tiny))


def a_weighted(sound: Tensor, sample_rate: int) -> Tensor:
    """Return the root mean square of a sound [C, T], A-weighted (IEC 61672-1) as the ear weights frequencies."""
    spectrum = torch.fft.rfft(sound.double())
    squares = (torch.arange(spectrum.shape[-1], dtype=torch.float64) * (sample_rate / sound.shape[-1])).square()
    low, middle, high, highest = (corner**2 for corner in (20.6, 107.7, 737.9, 12194.0))  # Hz
    weights = (
        highest
        * squares.square()
        / ((squares + low) * ((squares + middle) * (squares + high)).sqrt() * (squares + highest))
    )
    weighted: Tensor = torch.fft.irfft(spectrum * weights, n=sound.shape[-1])
    return weighted.square().mean().sqrt()


def _about(changes: Changes) -> tuple[str, ...]:
    """Return sentences that explain the sounds and the pictures."""
    limits = (end_of_scale(change) for change in (changes.from_mean, changes.from_others))
    left, right = (
        f"{title} (darkest at {limit:.0f} dB)"
        for title, limit in zip(titles(len(changes.from_mean)), limits, strict=True)
    )
    return (
        f"Each sound is decoded from the mean of the latents, while one direction moves from {-SPREADS:.0f} to"
        f" {SPREADS:+.0f} spreads within {SECONDS:.0f} seconds. Half-way it is at the mean. All sounds are equally"
        " loud.",
        "The pictures show how the spectrum changes: frequency to the right, the direction's position from"
        f" {-SPREADS:.0f} spreads at the bottom to {SPREADS:+.0f} at the top. Red is louder, blue is softer. On the"
        f" left is {left}. On the right is {right}: this is what tells the direction from the others.",
    )
