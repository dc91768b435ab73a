"""The comparison of a stream with the offline model, and the signals behind it: made once, from facts and a cause."""

from dataclasses import dataclass

import torch
from torch import Tensor

from saoctl.verify.causes import Cause, Diagnosis
from saoctl.verify.diagnosis import find_place
from saoctl.verify.measure import Facts
from saoctl.verify.metrics import max_abs_error
from saoctl.vocabulary import ScheduleKind


@dataclass(frozen=True)
class Comparison:
    """A method streamed in one schedule, against the offline model.

    Args:
        method: encode, decode or forward.
        schedule: fixed, frames, random, whole, reset or batch.
        block_size: audio samples per block, or of the largest block if they differ; the last one may be shorter.
        passed: whether the output is equal within rounding error, as late as declared, and as long as it should be.
        snr_db: the SNR of what was compared, by the power of the part that depends on the input.
        max_abs_error: the largest error of a single sample.
        samples_compared: samples per channel; latent frames for encode, or steps if the file holds latents; audio
            samples for the other methods.
        first_sample_compared: always 0, the very first sample.
        latency_samples: the declared latency in audio samples; the measured one if the file declares none.
        latency_measured: the latency by cross-correlation, in audio samples; None if the signal cannot tell it.
        seam_error_ratio: the error power within 64 audio samples of block borders, over that elsewhere; None if one of
            these places does not exist.
        diagnosis: what is wrong, if the comparison failed.
        price_db: the SNR to the offline model, for a stream with less lookahead; `snr_db` is then the SNR to what such
            a stream should give.
        click_ratio: for such a stream, see `metrics.click_ratio`; None for latents.
        rounding_db: the SNR of the offline model's float32 to its float64. It is measured if the SNR to float32 is too
            low; then the stream is compared with float64, and its error may be a small multiple of this one.
    """

    method: str
    schedule: ScheduleKind
    block_size: int
    passed: bool
    snr_db: float
    max_abs_error: float
    samples_compared: int
    first_sample_compared: int
    latency_samples: int
    latency_measured: int | None
    seam_error_ratio: float | None
    diagnosis: Diagnosis | None
    price_db: float | None = None
    click_ratio: float | None = None
    rounding_db: float | None = None

    @property
    def blocks(self) -> str:
        """The name of its blocks in reports."""
        return {"fixed": str(self.block_size), "frames": "1 frame"}.get(self.schedule, self.schedule)


@dataclass(frozen=True)
class Trace:
    """The signals behind a comparison, on the grid of the output; those of a batch stand one after the other.

    Args:
        comparison: what was found.
        offline: the expected output, [C, T].
        streamed: the stream without its latency, [C, T].
        rate: samples per second.
        borders: where blocks meet, in samples.
        begins: where each item of the batch begins in the whole signal, in samples.
        allowed: the largest mean error power that is allowed.
    """

    comparison: Comparison
    offline: Tensor
    streamed: Tensor
    rate: float
    borders: tuple[int, ...]
    begins: tuple[int, ...] = (0,)
    allowed: float = 0.0


def freeze(measured: Facts, cause: Cause | None) -> Trace:
    """Return what was measured, and the cause of what is wrong with it, as a comparison with its signals."""
    case, expected = measured.case, measured.expected
    items, length = len(expected), expected.shape[2]
    comparison = Comparison(
        method=case.method,
        schedule=case.schedule.kind,
        block_size=case.schedule.block * case.step,
        passed=cause is None,
        snr_db=measured.snr_db,
        max_abs_error=max_abs_error(expected, measured.streamed),
        samples_compared=length,
        first_sample_compared=0,
        latency_samples=measured.latency or 0,
        latency_measured=measured.measured_latency,
        seam_error_ratio=measured.seam_error_ratio,
        diagnosis=None if cause is None else Diagnosis(cause.kind, cause.message, *find_place(measured), cause.shift),
        price_db=measured.price_db,
        click_ratio=measured.click_ratio,
        rounding_db=measured.tolerance.own_snr_db(expected),
    )
    return Trace(
        comparison,
        torch.cat(list(expected), dim=1),
        torch.cat(list(measured.streamed), dim=1),
        case.architecture.sample_rate / case.signature.out_ratio,
        tuple(item * length + end for item in range(items) for end in measured.borders if 0 < end < length),
        tuple(begin * case.period for begin in case.begins),
        measured.tolerance.allowed_energy(expected) / expected.numel(),
    )
