"""How close a sound stays to the original if only its first coordinates are kept."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from saoctl.verify.metrics import snr_db
from saoctl.weights.basis import Basis

WINDOWS = (512, 1024, 2048)  # samples; as in the spectral loss of Yamamoto et al. (2020, arXiv:1910.11480)
FLOOR = 1e-4  # of the largest magnitude; smaller ones are raised to it


@dataclass(frozen=True)
class Fidelity:
    """What the first directions of a basis keep.

    Args:
        directions: the number of directions.
        variance: their share of the latents' variance.
        snr_db: SNR in dB of the audio decoded from them, against that decoded from all directions; None for all.
        spectral_db: the mean difference of the two spectra in dB, see `spectral_distance`.
    """

    directions: int
    variance: float
    snr_db: float | None
    spectral_db: float


def counts(latent_dim: int) -> list[int]:
    """Return the numbers of directions that are measured: 1, 2, 4 and so on, and all."""
    return [*(count for count in (2**n for n in range(latent_dim)) if count < latent_dim), latent_dim]


def fidelity(basis: Basis, latents: Tensor, decode: Callable[[Tensor], Tensor], count: int, whole: Tensor) -> Fidelity:
    """Measure what the first directions keep.

    Args:
        basis: of the latents.
        latents: of the sound, [1, L, F].
        decode: decodes latents to audio [1, C, T].
        count: the number of directions.
        whole: the audio decoded from all directions, [1, C, T].
    """
    kept = decode(basis.latents(basis.coordinates(latents)[:, :count]).float())
    return Fidelity(
        directions=count,
        variance=basis.share[:count].sum().item(),
        snr_db=None if count == basis.latent_dim else snr_db(whole, kept),
        spectral_db=spectral_distance(whole, kept),
    )


def spectral_distance(sound: Tensor, other: Tensor) -> float:
    """Return the mean difference in dB of the magnitude spectra of two sounds [..., T], over several windows."""
    distances = []
    for window in WINDOWS:
        if sound.shape[-1] < window:
            continue
        one, two = (_magnitudes(signal, window) for signal in (sound, other))
        floor = FLOOR * one.max().clamp(min=torch.finfo(one.dtype).tiny)
        levels = [20 * spectrum.clamp(min=floor).log10() for spectrum in (one, two)]
        distances.append((levels[0] - levels[1]).abs().mean().item())
    return sum(distances) / len(distances) if distances else 0.0


def _magnitudes(signal: Tensor, window: int) -> Tensor:
    """Return the magnitude spectra of windows that overlap by three quarters."""
    shape = torch.hann_window(window, dtype=torch.float64, device=signal.device)
    flat = signal.double().reshape(-1, signal.shape[-1])
    return torch.stft(flat, window, window // 4, window=shape, center=False, return_complex=True).abs()
