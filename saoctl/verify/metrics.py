"""Measures of how a streamed signal differs from the offline one: how much, where, and how late it is."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

SEAM_REACH = 64  # audio samples on each side of a block border that count as the seam

CLICK_REACH = 4  # audio samples on each side of a border that a step there can reach
CLICK_SURROUNDINGS = range(40, 600)  # audio samples from the border that a step is compared with

# Errors are measured in float64; those below its resolution look like none.
MAX_SNR_DB = -20 * math.log10(torch.finfo(torch.float64).eps)

# So few values can all be near zero by chance, as sums whose terms cancel, and their SNR then says nothing. They are
# equal if they differ by at most the rounding error of a few terms around 1.
FEW = 16
FEW_TOLERANCE = 8 * torch.finfo(torch.float32).eps

# Nothing in an output depends on the input if less than this share of its energy differs from frame to frame.
ALL_ALIKE = 1e-12

# Two delays whose errors differ by less than this share of the signal's energy are equally good; a float64 FFT
# correlation is wrong by about 1e-14 of it.
INDISTINCT = 1e-10

# An expected delay is doubted only if another one has less than half its error: rounding alone can favour a delay that
# is off by the period of a tone.
NEARLY = 2.0

# A stream is another signal if its error at the best delay is more than this share of the signal's energy.
UNFIT = 0.5
# Two signals with at least this mean correlation differ only in the order, the signs and the gains of their channels.
ALIKE = 0.7
FEW_CHANNELS = 8  # the channels that are compared with all others for that


def energy(signal: Tensor) -> float:
    """Return the sum of the squares of a signal."""
    return signal.double().square().sum().item()


def input_energy(signal: Tensor, period: int) -> float:
    """Return the energy of the part of an output that depends on the input, [..., T].

    The part that is constant, or repeats with every latent frame, comes from a model's biases. Beside it, errors of the
    other part would look small. So the mean frame is subtracted, and the estimate made unbiased. If there are fewer
    than two frames, or if all frames are alike, it is the energy of the whole output.

    Args:
        signal: the output of the offline model.
        period: samples per latent frame.
    """
    whole, length = energy(signal), signal.shape[-1]
    frames = length // period
    if frames < 2:
        return whole
    folded = signal.double()[..., : frames * period].reshape(-1, frames, period)
    varying = energy(folded - folded.mean(1, keepdim=True)) * length / (frames - 1) / period
    return varying if varying > ALL_ALIKE * whole else whole


def snr_db(offline: Tensor, streamed: Tensor, period: int | None = None) -> float:
    """Return the signal-to-noise ratio in dB of two signals of one shape, within ±MAX_SNR_DB; NaN counts as the worst.

    Args:
        offline: the signal.
        streamed: the signal with its noise.
        period: samples per latent frame, to count only the part of the signal that depends on the input.
    """
    signal = energy(offline) if period is None else input_energy(offline, period)
    noise = energy(offline.double() - streamed.double())
    if not math.isfinite(signal + noise):
        return -MAX_SNR_DB
    if noise == 0:
        return MAX_SNR_DB
    ratio = 10 * math.log10(signal / noise) if signal > 0 else -MAX_SNR_DB
    return min(max(ratio, -MAX_SNR_DB), MAX_SNR_DB)


def max_abs_error(offline: Tensor, streamed: Tensor) -> float:
    """Return the largest difference of two samples; one that is not finite counts as the largest float32."""
    error = (offline.double() - streamed.double()).abs().max().item()
    return error if math.isfinite(error) else torch.finfo(torch.float32).max


def seam_error_ratio(
    offline: Tensor, streamed: Tensor, borders: Sequence[int], reach: int = SEAM_REACH
) -> float | None:
    """Return the mean error power within `reach` samples of block borders, over that elsewhere, [..., T].

    1 means that borders are no worse than other places. It is None if the signal has no borders or nothing but borders,
    if all errors lie at the borders, or if they are not finite.
    """
    length = offline.shape[-1]
    near = near_borders(length, borders, reach)
    if near.all() or not near.any():
        return None
    power = (offline.double() - streamed.double()).square().reshape(-1, length).mean(0)
    at_seams, elsewhere = power[near].mean().item(), power[~near].mean().item()
    if elsewhere == 0:
        return 1.0 if at_seams == 0 else None
    if not math.isfinite(at_seams + elsewhere):
        return None
    return at_seams / elsewhere


def click_ratio(offline: Tensor, streamed: Tensor, borders: Sequence[int]) -> float | None:
    """Return how much rougher the error is where blocks meet than around there, [..., T]; a step there is a click.

    It is the mean power of the error's second difference within CLICK_REACH samples of the borders, over that in their
    surroundings. It is 1 if borders are as smooth as other places, however large the error is, and None if no border
    has surroundings or there is no error.
    """
    far = CLICK_SURROUNDINGS.stop + 1
    inner = [border for border in borders if far <= border < offline.shape[-1] - far]
    error = (streamed.double() - offline.double()).reshape(-1, offline.shape[-1])
    rough = torch.nn.functional.pad(error.diff(n=2).square().mean(0), (1, 1))
    at, around = 0.0, 0.0
    for border in inner:
        at += rough[border - CLICK_REACH : border + CLICK_REACH].mean().item()
        before = rough[border - CLICK_SURROUNDINGS.stop : border - CLICK_SURROUNDINGS.start]
        after = rough[border + CLICK_SURROUNDINGS.start : border + CLICK_SURROUNDINGS.stop]
        around += torch.cat((before, after)).mean().item()
    return at / around if around > 0 and math.isfinite(at + around) else None


def near_borders(length: int, borders: Sequence[int], reach: int) -> Tensor:
    """Return which of `length` samples lie within `reach` of a border, [length]."""
    near = torch.zeros(length, dtype=torch.bool)
    for border in borders:
        near[max(border - reach, 0) : max(border + reach, 0)] = True
    return near


def measured_delay(offline: Tensor, streamed: Tensor, expected: int | None = None) -> int | None:
    """Return how many samples a stream is later than the offline signal, [..., T] and [..., T'], T' >= T.

    It is the delay d with the least squared difference between streamed[n + d] and offline[n] over the whole offline
    signal, found by cross-correlation: ∑(s - o)² = ∑s² + ∑o² - 2∑so. If no delay fits, as with swapped, inverted or
    louder channels, it is the delay at which every channel is most like some channel of the stream, whatever its sign
    and gain. It is None if it cannot be told: in silence, if the stream is unlike the signal at every delay, or if
    another delay is the best but the `expected` one is nearly as good. NaN and infinity count as silence.
    """
    length, longer = offline.shape[-1], streamed.shape[-1]
    o = offline.double().reshape(-1, length)
    s = streamed.double().reshape(-1, longer).nan_to_num(0.0, 0.0, 0.0)
    if longer < length or not torch.isfinite(o).all():
        return None
    size = 1 << (length + longer - 1).bit_length()
    spectra, sought = torch.fft.rfft(s, size), torch.fft.rfft(o, size).conj()
    products = torch.fft.irfft(spectra * sought, size).sum(0)
    delays = longer - length + 1
    energies = torch.nn.functional.pad(s.square().cumsum(1), (1, 0))
    windows = (energies[:, length:] - energies[:, :delays]).clamp(min=0)
    errors = windows.sum(0) + o.square().sum() - 2 * products[:delays]
    scale = o.square().sum().item() + windows.sum(0).max().item()
    best = int(errors.argmin())
    if errors[best] > UNFIT * o.square().sum():
        pairs = torch.fft.irfft(spectra[None] * sought[:FEW_CHANNELS, None], size)[..., :delays].abs()
        norms = (o[:FEW_CHANNELS].square().sum(1)[:, None, None] * windows[None]).sqrt()
        likeness = torch.where(norms > 0, pairs / norms, 0.0).amax(1).mean(0)
        best = int(likeness.argmax())
        if likeness[best] < ALIKE:
            return None
        errors, scale = 1 - likeness, 1.0
    rivals = (errors <= errors[best] + INDISTINCT * scale).sum().item()
    if rivals > 1:
        return None
    if expected is not None and 0 <= expected < delays and errors[expected] <= NEARLY * errors[best]:
        return best if best == expected else None
    return best
