"""What is rounding and what is an error: a bound of the SNR, or where that is more, what the offline model loses."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from saoctl.verify.metrics import FEW, FEW_TOLERANCE, energy, input_energy, max_abs_error, snr_db

# How much more than the offline model's own rounding a stream's may be, in amplitude. Both add up the same products in
# another order: over many values their errors are alike in size, over the few of a short time less so.
OVERALL = 3.0
OVER_TIME = 6.0
SHARE_VALUES = 64  # at least, of a share of the time that is looked at by itself, so that its power says something
# Of the root mean square of the output: the rounding of one lucky order of sums can be less than any other's.
LEAST_ROUNDING = 4 * torch.finfo(torch.float32).eps
# Rounding errors peak at four to five times their mean; what is larger than this above the bound is a bad sample.
PEAK = 5.0


@dataclass(frozen=True)
class Tolerance:
    """How far a stream may be from what is due.

    It is near enough if its SNR reaches the bound. With `rounding`, it is so too if its errors are no larger than those
    of the offline model's own float32 times a small factor, over all of the output and over any short time: no stream
    comes nearer with weights that amplify rounding, and an error is found where it stands out.

    Args:
        min_snr_db: the bound, of the part of the output that depends on the input; see `metrics.input_energy`.
        period: samples of the output per latent frame.
        rounding: by how much the offline model's float32 is off its float64, [B, C, T]; what is due is in float64 then.
    """

    min_snr_db: float
    period: int
    rounding: Tensor | None = None

    def of(self, item: int) -> "Tolerance":
        """That of one signal of a batch."""
        return replace(self, rounding=None if self.rounding is None else self.rounding[item : item + 1])

    def until(self, length: int) -> "Tolerance":
        """That of the first `length` samples."""
        return replace(self, rounding=None if self.rounding is None else self.rounding[:, :, :length])

    def snr_db(self, due: Tensor, streamed: Tensor) -> float:
        """SNR in dB of the part that depends on the input."""
        return snr_db(due, streamed, self.period)

    def own_snr_db(self, due: Tensor) -> float | None:
        """Of the offline model's float32, if its rounding is known."""
        return None if self.rounding is None else self.snr_db(due, due - self.rounding)

    def holds(self, due: Tensor, streamed: Tensor) -> bool:
        """Whether a stream is what is due but for rounding, both [B, C, T]."""
        if due.numel() <= FEW and max_abs_error(due, streamed) <= FEW_TOLERANCE:
            return True
        return self.allows(due, streamed.double() - due.double())

    def allows(self, due: Tensor, error: Tensor) -> bool:
        """Whether errors are but rounding, both [B, C, T]."""
        if energy(error) <= self._bound(due):
            return True
        return self.rounding is not None and self._is_rounding(due, error)

    def allowed_energy(self, due: Tensor) -> float:
        """The most energy that the errors of an output [B, C, T] may have."""
        return max(self._bound(due), OVERALL**2 * self._rounding_energy(due))

    def limit(self, due: Tensor) -> Tensor:
        """The largest error that a single sample of an output [B, C, T] may have without being a bad one, [T]."""
        power = torch.full(due.shape[2:], self._bound(due) / due.numel(), dtype=torch.float64)
        if self.rounding is not None:
            power = power.maximum(self._over_time(due).repeat_interleave(self._share(due))[: due.shape[2]])
        return PEAK * power.sqrt()

    def _bound(self, due: Tensor) -> float:
        return input_energy(due, self.period) * 10 ** (-self.min_snr_db / 10)

    def _rounding_energy(self, due: Tensor) -> float:
        """Of the offline model."""
        return 0.0 if self.rounding is None else max(energy(self.rounding), LEAST_ROUNDING**2 * energy(due))

    def _is_rounding(self, due: Tensor, error: Tensor) -> bool:
        overall = energy(error) <= OVERALL**2 * self._rounding_energy(due)
        return overall and bool((self._powers(error) <= self._over_time(due)).all())

    def _over_time(self, due: Tensor) -> Tensor:
        """The largest mean power of errors in each share of the time, [N]: by the rounding there, or by its mean."""
        assert self.rounding is not None
        near = torch.nn.functional.max_pool1d(self._powers(self.rounding)[None], 3, stride=1, padding=1)[0]
        return OVER_TIME**2 * near.clamp(min=self._rounding_energy(due) / due.numel())

    def _powers(self, signal: Tensor) -> Tensor:
        """Mean power of each share of the time, [B, C, T] -> [N]."""
        power = signal.double().square().mean((0, 1))
        return torch.stack([part.mean() for part in torch.split(power, self._share(signal))])

    def _share(self, signal: Tensor) -> int:
        """Samples of a share: whole frames with enough values."""
        values = self.period * signal.shape[0] * signal.shape[1]
        return -(-SHARE_VALUES // values) * self.period
