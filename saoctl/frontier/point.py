"""A point of the frontier: the latency of a stream, and how near it comes to the offline model."""

from collections.abc import Sequence
from dataclasses import dataclass

from saoctl.vocabulary import Method


@dataclass(frozen=True)
class Point:
    """A method with some lookahead.

    Args:
        method: encode, decode or forward.
        latency_samples, latency_ms: the latency of the method.
        exact: whether the stream has all of the model's lookahead.
        snr_db: the SNR of the stream's output to that of the offline model.
        input_snr_db: the SNR of the output to the input audio, a measure of what the model itself loses; null for
            encode.
        click_ratio: how rough the output is at block borders, see `saoctl.verify.metrics.click_ratio`; null for encode
            and for the exact stream.
        arithmetic: multiplications and additions, relative to the exact stream's.
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
    """Return the point of a method with the least latency from which on the SNR never falls below `snr`."""
    own = sorted((point for point in points if point.method == method), key=lambda point: point.latency_samples)
    good = [index for index, point in enumerate(own) if all(later.snr_db >= snr for later in own[index:])]
    return own[good[0]] if good else None
