"""Find the phase of an encoder within a latent frame: by how many audio samples its strided layers are off.

A strided layer whose window is off by one sample of its input gives the same as a right encoder for audio that is moved
by one such sample, which is the product of the strides before it in audio samples. Errors of several layers add up. So
their sum is found by moving a probe by every candidate and encoding it with the offline model.
"""

import functools
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from saoctl.verify.metrics import measured_delay

# The probe's longest period in latent frames: at first so slow that its phase is unambiguous within a frame, and then
# fast enough to tell single samples in low precision too.
PERIODS = (4.0, 0.25)
SLOW = 12.0  # longest period in latent frames of a probe that tells whole frames
SHORTEST = 8.0  # longest period in samples; with a shorter one, overtones would lie above half the sample rate
OVERTONES = (1.0, 1.31, 1.73)  # relative to the probe's frequency; no two have a common period
PARTS = 8  # candidates to each side, in the first pass
CLEARLY = 0.1  # a move explains the errors if their power falls to this share


def find_phase(
    streamed: Callable[[Tensor], Tensor],
    offline: Callable[[Tensor], Tensor],
    channels: int,
    ratio: int,
    context: int,
) -> int | None:
    """Return by how many audio samples, up to a frame, an encoder is late; None if no move explains its errors.

    Args:
        streamed: the encoder that is off, without its latency, from audio [1, C, T] to latents [1, L, T / ratio].
        offline: the encoder of the offline model.
        channels: channels of the audio.
        ratio: audio samples per latent frame.
        context: latent frames from an edge of the signal in which the edge changes the latents.
    """
    frames = 2 * context + PARTS
    slow, fast = (max(period * ratio, SHORTEST) for period in PERIODS)

    @functools.cache  # each pass tries the best candidate of the one before again
    def encoded(encode: Callable[[Tensor], Tensor], wave: float, shift: int = 0) -> Tensor:
        return encode(_probe(channels, frames * ratio, wave, shift))[..., context : frames - context].double()

    right = encoded(offline, slow)
    change = encoded(offline, slow, 1) - right
    if (encoded(streamed, slow) - right).square().sum() < CLEARLY * change.square().sum():
        return None  # the smallest move changes more
    found, reach = 0, ratio
    for wave in (slow, fast):
        given = encoded(streamed, wave)

        def error(shift: int, wave: float = wave, given: Tensor = given) -> float:
            return (encoded(offline, wave, shift) - given).square().sum().item()

        step = max(reach // PARTS, 1)
        found = min(range(found - reach, found + reach + 1, step), key=error)
        reach = step
    while step > 1:
        step = -(-step // 2)
        found = min((found - step, found, found + step), key=error)
    return found if found and error(found) <= CLEARLY * error(0) else None


def find_latency(
    encode: Callable[[Tensor], Tensor], offline: Callable[[Tensor], Tensor], channels: int, ratio: int, frames: int
) -> int | None:
    """Return by how many whole latent frames an encoder is late, whatever its phase; None if that cannot be told.

    The probe is so slow that its latents hardly change within a frame.

    Args:
        encode: the encoder, with its latency, from audio [1, C, T] to latents [1, L, T / ratio].
        offline: the encoder of the offline model.
        channels: channels of the audio.
        ratio: audio samples per latent frame.
        frames: the length of the probe, and the longest latency that can be found.
    """
    probe = _probe(channels, frames * ratio, SLOW * ratio, 0)
    return measured_delay(offline(probe), encode(torch.nn.functional.pad(probe, (0, frames * ratio))))


def strided_layer(shift: int, strides: Sequence[int]) -> int | None:
    """Return the strided layer, counted from the audio, whose phase alone can explain a shift; None if several can.

    Args:
        shift: in audio samples.
        strides: the strides of the layers, from the audio end.
    """
    steps = [math.prod(strides[:number]) for number in range(len(strides))]  # audio samples per sample of its input
    fits = [n for n, step in enumerate(steps) if shift % step == 0 and 0 < abs(shift) // step < strides[n]]
    return fits[0] if len(fits) == 1 else None


def _probe(channels: int, length: int, wave: float, shift: int) -> Tensor:
    """Return slow tones that are `shift` samples late, each channel with a phase of its own, [1, C, T]."""
    time = torch.arange(length, dtype=torch.float64)[None] - shift
    phase = torch.arange(channels)[:, None]
    tones = [torch.sin(2 * math.pi * tone * time / wave + phase + 2 * tone) for tone in OVERTONES]
    return 0.2 * torch.stack(tones).sum(0)[None].float()
