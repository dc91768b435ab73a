"""Measure a stream against its expected output. These are the facts; `diagnosis` judges them."""

from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from saoctl.formats.format import Capabilities
from saoctl.verify import metrics
from saoctl.verify.causes import Cause
from saoctl.verify.stream import Case
from saoctl.verify.tolerance import Tolerance


@dataclass(frozen=True)
class Facts:
    """A stream and its expected output. Lengths and delays are in samples of the output unless stated otherwise.

    Args:
        case: what was streamed.
        can: what the file can do.
        failure: the cause, if the method failed; then the stream is empty.
        stream: everything that came out, [B, C, T'].
        expected: the part of the expected output that is compared, [B, C, T].
        delay: the latency that was measured; None if the signal cannot tell it.
        latency: the latency that is taken off, in audio samples; it need not be a whole number of latent frames. None
            if the file declares none and none could be measured.
        tolerance: how far the stream may be from the expected output.
    """

    case: Case
    can: Capabilities
    failure: Cause | None
    stream: Tensor
    expected: Tensor
    delay: int | None
    latency: int | None
    tolerance: Tolerance

    @property
    def measured_latency(self) -> int | None:
        """The latency that was measured, in audio samples."""
        return None if self.delay is None else self.delay * self.case.signature.out_ratio

    @property
    def late(self) -> int:
        """The latency that is taken off."""
        return (self.latency or 0) // self.case.signature.out_ratio

    @cached_property
    def streamed(self) -> Tensor:
        """The stream without its latency, as long as the expected output, [B, C, T]."""
        return aligned(self.stream, self.late, self.expected.shape[2])

    @cached_property
    def error(self) -> Tensor:
        """The stream minus the expected output, [B, C, T]."""
        return self.streamed - self.expected

    @property
    def borders(self) -> tuple[int, ...]:
        """Where blocks end in the stream without its latency; some lie before or after what is compared."""
        return tuple(end - self.late for end in self.case.borders)

    @cached_property
    def snr_db(self) -> float:
        """The SNR to the expected output."""
        return self.tolerance.snr_db(self.expected, self.streamed)

    @cached_property
    def price_db(self) -> float | None:
        """The SNR to the offline model, of a stream with less lookahead."""
        return None if self.case.estimate is None else self.tolerance.snr_db(self._offline, self.streamed)

    @property
    def click_ratio(self) -> float | None:
        """How rough a stream with less lookahead is at block borders, see `metrics.click_ratio`; None for latents."""
        if self.case.estimate is None or self.case.method == "encode":
            return None
        return metrics.click_ratio(self._offline, self.streamed, self.borders)

    @property
    def seam_error_ratio(self) -> float | None:
        """The error power near block borders over that elsewhere; None if every sample is near one."""
        block = max(self.case.schedule.block // self.case.hold, 1) * self.case.period
        if block <= 2 * self.seam_reach:
            return None
        return metrics.seam_error_ratio(self.expected, self.streamed, self.borders, self.seam_reach)

    @property
    def seam_reach(self) -> int:
        """The samples on each side of a block border that count as the seam."""
        return -(-metrics.SEAM_REACH // self.case.signature.out_ratio)

    @cached_property
    def equal(self) -> bool:
        """Whether the stream equals the expected output within rounding error."""
        return self.tolerance.holds(self.expected, self.streamed)

    @property
    def in_time(self) -> bool:
        """Whether the measured latency is the one that is taken off; True if it cannot be measured."""
        return self.measured_latency in (self.latency or 0, None)

    @property
    def missing(self) -> int:
        """How many samples are missing at the end; a negative number if there are too many."""
        if not (self.can.flushes and self.can.keeps_state):
            return 0
        return self.expected.shape[2] + self.late - self.stream.shape[2]

    @property
    def preroll_is_finite(self) -> bool:
        """Whether the output before the signal begins has no NaN and no infinity in it."""
        return bool(torch.isfinite(self.stream[:, :, : self.late]).all())

    @property
    def preroll_is_silent(self) -> bool:
        """Whether the output before the signal begins is silent; a host plays it too."""
        loudest = self.tolerance.allowed_energy(self.expected)
        silent = not self.can.flushes or metrics.energy(self.stream[:, :, : self.late]) <= loudest
        return silent and self.preroll_is_finite

    @cached_property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        right = self.equal and self.in_time and not self.missing and self.preroll_is_silent
        return self.failure is None and right

    @cached_property
    def worst(self) -> "Facts":
        """The item of the batch with the lowest SNR, by itself."""
        count = len(self.expected)
        item = min(range(count), key=lambda item: metrics.snr_db(self.expected[item], self.streamed[item]))
        part = slice(item, item + 1)
        tolerance = self.tolerance.item(item)
        return replace(self, stream=self.stream[part], expected=self.expected[part], tolerance=tolerance)

    @property
    def _offline(self) -> Tensor:
        return self.case.output(self.case.offline)[:, :, : self.expected.shape[2]]


def measure(case: Case, stream: Tensor | Cause, can: Capabilities, min_snr_db: float, latency: int | None) -> Facts:
    """Line a stream up with its expected output, from the first sample on.

    If the file cannot flush, the end of the signal never comes out and is not compared.

    Args:
        case: what was streamed.
        stream: the output, see `stream`.
        can: what the artifact can do.
        min_snr_db: the bound.
        latency: of the method, in audio samples; None if the file declares none and none could be measured.
    """
    signal = case.expected[:, :, :0] if isinstance(stream, Cause) else stream
    length = case.expected.shape[2]
    rounding = None if case.rounding is None else case.output(case.rounding)
    if not can.flushes:
        length = max(min(length, signal.shape[2]) - (latency or 0) // case.signature.out_ratio, 1)
    return Facts(
        case=case,
        can=can,
        failure=stream if isinstance(stream, Cause) else None,
        stream=signal,
        expected=case.expected[:, :, :length],
        delay=measure_delay(case, stream, can, latency),
        latency=latency,
        tolerance=Tolerance(min_snr_db, case.period, rounding).until(length),
    )


def measure_delay(case: Case, stream: Tensor | Cause, can: Capabilities, latency: int | None = None) -> int | None:
    """Measure by how many samples of the output a stream is late; None if it failed or the signal cannot tell.

    Args:
        case: what was streamed.
        stream: the output, see `stream`.
        can: what the artifact can do.
        latency: the one that is expected, in audio samples, if one is.
    """
    if isinstance(stream, Cause):
        return None
    length = case.expected.shape[2]
    if not can.flushes:
        length = (length + 1) // 2  # the rest may not have come
    # A stream that is later than it should be has lost its end.
    longer = torch.nn.functional.pad(stream, (0, length // 2))
    expected_delay = None if latency is None else latency // case.signature.out_ratio
    return metrics.measured_delay(case.expected[:, :, :length], longer, expected_delay)


def aligned(stream: Tensor, late: int, length: int) -> Tensor:
    """Return `length` samples of a stream [..., T'] from sample `late` on; silence follows where it is too short."""
    stream = stream[..., late : late + length]
    return torch.nn.functional.pad(stream, (0, length - stream.shape[-1]))
