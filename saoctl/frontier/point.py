"""A point of the frontier: how late a method is, and how near the offline model it comes then."""

from collections.abc import Sequence
from dataclasses import dataclass

from saoctl.vocabulary import Method


@dataclass(frozen=True)
class Point:
    """A method with some lookahead.

    Args:
        method: encode, decode or forward.
        latency_samples, latency_ms: by how much it is late.
        exact: with all of the lookahead that the model has.
        snr_db: of what the stream gives to what the offline model gives.
        input_snr_db: of the audio to the input, as a measure of what the model itself loses; null for encode.
        click_ratio: of the same, see `saoctl.verify.metrics.click_ratio`; null for encode and for the exact stream.
        arithmetic: multiplications and additions, in terms of the exact stream's.
    """

    method: Method
    latency_samples: int
    latency_ms: float
    exact: bool
    snr_db: float
    input_snr_db: float | None
    click_ratio: float | None
    arithmetic: float


def at_most(points: Sequence[Point], method: Method, snr: float) -> Point | None:
    """The point of a method with the least latency from which on its SNR is always at least so much."""
    own = sorted((point for point in points if point.method == method), key=lambda point: point.latency_samples)
    good = [index for index, point in enumerate(own) if all(later.snr_db >= snr for later in own[index:])]
    return own[good[0]] if good else None
