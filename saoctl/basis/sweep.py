"""Decodes the mean of the latents while one direction moves, and compares the spectra: what each direction does."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from saoctl.progress import Progress
from saoctl.weights.basis import Basis

SPREADS = 2.0  # to each side of the mean, about the range of the sounds
SECONDS = 3.0
# Length of a window of the spectrum. Constant latents decode to a sound that repeats with each frame, so its spectrum
# has lines, 21.5 Hz apart under Stable Audio Open, which a shorter window would not resolve.
WINDOW_SECONDS = 0.2
LOWEST = 40.0  # Hz
BANDS_PER_OCTAVE = 3
SOFTEST_DB = -60.0  # below the loudest band; softer ones are raised to it


@dataclass(frozen=True)
class Sweeps:
    """Audio decoded from the mean of the latents, of which one direction moves from -SPREADS to SPREADS.

    Args:
        sample_rate: Hz.
        at_rest: the audio of the mean alone, [C, T].
        moved: the audio of each direction, [N, C, T].
    """

    sample_rate: int
    at_rest: Tensor
    moved: Tensor


@dataclass(frozen=True)
class Changes:
    """How the spectrum changes while a direction moves, over P positions from -SPREADS to SPREADS.

    Args:
        edges: of the frequency bands, in Hz, [B + 1].
        from_mean: the change from the decoded mean, in dB, [N, P, B].
        from_others: `from_mean` less its average over the directions, which tells them apart, in dB, [N, P, B].
    """

    edges: Tensor
    from_mean: Tensor
    from_others: Tensor


def sweeps(basis: Basis, count: int, decode: Callable[[Tensor], Tensor], reach: int, progress: Progress) -> Sweeps:
    """Decode the mean at rest, and with each of the first directions moved.

    Args:
        basis: the directions.
        count: how many of them.
        decode: decodes latents [1, L, F] to audio [1, C, T].
        reach: half the decoder's receptive field, in latent frames; as many more are decoded and cut off at each end.
        progress: a listener.
    """
    frames = max(round(SECONDS * basis.sample_rate / basis.ratio), 2)
    path = torch.linspace(-SPREADS, SPREADS, frames, dtype=torch.float64)
    path = torch.cat((path[:1].expand(reach), path, path[-1:].expand(reach)))
    progress.start("Moving the directions", total=count + 1)

    def sound(direction: int, positions: Tensor) -> Tensor:
        coordinates = torch.zeros(basis.latent_dim, len(positions), dtype=torch.float64)
        coordinates[direction] = positions
        decoded = decode(basis.latents(coordinates)[None].float())[0]
        progress.advance()
        return decoded[:, reach * basis.ratio : (reach + frames) * basis.ratio]

    at_rest = sound(0, torch.zeros_like(path))
    return Sweeps(basis.sample_rate, at_rest, torch.stack([sound(direction, path) for direction in range(count)]))


def changes(found: Sweeps) -> Changes:
    """Compare the spectra of sweeps with that of the mean, in bands of equal ratio."""
    highest = found.sample_rate / 2
    lowest = min(LOWEST, highest / 2)
    octaves = math.log2(highest / lowest)
    edges = lowest * torch.linspace(0, octaves, round(octaves * BANDS_PER_OCTAVE) + 1, dtype=torch.float64).exp2()
    moved = torch.stack([_band_powers(sound, found.sample_rate, edges) for sound in found.moved])
    at_rest = _band_powers(found.at_rest, found.sample_rate, edges).mean(0)
    floor = max(moved.max().item(), at_rest.max().item(), torch.finfo(moved.dtype).tiny) * 10 ** (SOFTEST_DB / 10)
    from_mean = 10 * (moved.clamp(min=floor).log10() - at_rest.clamp(min=floor).log10())
    return Changes(edges, from_mean, from_mean - from_mean.mean(0))


def _band_powers(sound: Tensor, sample_rate: int, edges: Tensor) -> Tensor:
    """Return the power of audio [C, T] in bands between edges in Hz, over time, [P, B], in float64."""
    window = 1 << (round(WINDOW_SECONDS * sample_rate).bit_length() - 1)
    shape = torch.hann_window(window, dtype=torch.float64)
    spectra = torch.stft(sound.double(), window, window // 2, window=shape, center=False, return_complex=True)
    powers = spectra.abs().square().mean(0).T
    # A bin covers half a bin to each side. Where an edge cuts a bin, the two bands share its power.
    below = torch.nn.functional.pad(powers.cumsum(1), (1, 0))
    at = (edges / sample_rate * window + 0.5).clamp(max=powers.shape[1])
    whole = at.long().clamp(max=powers.shape[1] - 1)
    summed = below[:, whole] + (at - whole) * powers[:, whole]
    return summed.diff(dim=1)
