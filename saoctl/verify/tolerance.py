"""What is rounding and what is an error: a bound of the SNR, or if that is more, what the offline model loses."""

from dataclasses import dataclass

import torch
from torch import Tensor

from saoctl.verify.metrics import FEW, FEW_TOLERANCE, energy, input_energy, max_abs_error, snr_db

# How much larger than the offline model's rounding error a stream's may be, in amplitude. Both add up the same products
# in another order: over many values their errors are alike in size, over the few of a short time less so.
OVERALL = 3.0
OVER_TIME = 6.0
SHARE_VALUES = 64  # at least, in each share of the time, so that its mean power says something
# Relative to the root mean square of the output: one lucky order of sums can round less than any other.
LEAST_ROUNDING = 4 * torch.finfo(torch.float32).eps
# Rounding errors peak at four to five times their mean; a sample that is further above the bound is bad.
PEAK = 5.0


@dataclass(frozen=True)
class Tolerance:
    """How far a stream may be from its expected output.

    A stream is equal within rounding error if its SNR reaches the bound. If `rounding` is known, it is equal too if its
    errors are at most a small multiple of the offline model's own rounding error, over all of the output and over any
    short time: with weights that amplify rounding no stream comes nearer, and an error stands out from rounding.

    Args:
        min_snr_db: the bound, for the part of the output that depends on the input; see `metrics.input_energy`.
        period: samples of the output per latent frame.
        rounding: the difference of the offline model's float32 to its float64, [B, C, T]; the expected output is in
            float64 then.
    """

    min_snr_db: float
    period: int
    rounding: Tensor | None = None

    def item(self, index: int) -> "Tolerance":
        """Return the tolerance of one item of the batch."""
        return self._of(slice(index, index + 1), slice(None))

    def until(self, length: int) -> "Tolerance":
        """Return the tolerance of the first `length` samples."""
        return self._of(slice(None), slice(length))

    def snr_db(self, expected: Tensor, streamed: Tensor) -> float:
        """Return the SNR in dB of the part that depends on the input."""
        return snr_db(expected, streamed, self.period)

    def own_snr_db(self, expected: Tensor) -> float | None:
        """Return the SNR in dB of the offline model's float32, if its rounding error is known."""
        return None if self.rounding is None else self.snr_db(expected, expected - self.rounding)

    def holds(self, expected: Tensor, streamed: Tensor) -> bool:
        """Return whether a stream equals its expected output within rounding error, both [B, C, T]."""
        if expected.numel() <= FEW and max_abs_error(expected, streamed) <= FEW_TOLERANCE:
            return True
        return self.allows(expected, streamed.double() - expected.double())

    def allows(self, expected: Tensor, error: Tensor) -> bool:
        """Return whether the errors of an output are within rounding error, both [B, C, T]."""
        if energy(error) <= self._bound(expected):
            return True
        return self.rounding is not None and self._is_rounding(expected, error)

    def allowed_energy(self, expected: Tensor) -> float:
        """Return the largest energy that the errors of an output [B, C, T] may have."""
        return max(self._bound(expected), OVERALL**2 * self._rounding_energy(expected))

    def limit(self, expected: Tensor) -> Tensor:
        """Return the largest error, [T], that a sample of an output [B, C, T] may have without being a bad one."""
        power = torch.full(expected.shape[2:], self._bound(expected) / expected.numel(), dtype=torch.float64)
        if self.rounding is not None:
            over_time = self._over_time(expected).repeat_interleave(self._share(expected))
            power = power.maximum(over_time[: expected.shape[2]])
        return PEAK * power.sqrt()

    def _of(self, items: slice, time: slice) -> "Tolerance":
        rounding = None if self.rounding is None else self.rounding[items, :, time]
        return Tolerance(self.min_snr_db, self.period, rounding)

    def _bound(self, expected: Tensor) -> float:
        return input_energy(expected, self.period) * 10 ** (-self.min_snr_db / 10)

    def _rounding_energy(self, expected: Tensor) -> float:
        """Return the energy of the offline model's rounding error."""
        return 0.0 if self.rounding is None else max(energy(self.rounding), LEAST_ROUNDING**2 * energy(expected))

    def _is_rounding(self, expected: Tensor, error: Tensor) -> bool:
        overall = energy(error) <= OVERALL**2 * self._rounding_energy(expected)
        return overall and bool((self._powers(error) <= self._over_time(expected)).all())

    def _over_time(self, expected: Tensor) -> Tensor:
        """Return the largest mean power of errors in each share of the time, [N]: by the rounding there or overall."""
        assert self.rounding is not None
        near = torch.nn.functional.max_pool1d(self._powers(self.rounding)[None], 3, stride=1, padding=1)[0]
        return OVER_TIME**2 * near.clamp(min=self._rounding_energy(expected) / expected.numel())

    def _powers(self, signal: Tensor) -> Tensor:
        """Return the mean power of each share of the time, [B, C, T] -> [N]."""
        power = signal.double().square().mean((0, 1))
        return torch.stack([part.mean() for part in torch.split(power, self._share(signal))])

    def _share(self, signal: Tensor) -> int:
        """Return the samples of a share: the fewest whole frames that have enough values."""
        values = self.period * signal.shape[0] * signal.shape[1]
        return -(-SHARE_VALUES // values) * self.period
