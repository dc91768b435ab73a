"""Rounding passes, however much of it a model has; what stands out from it is an error."""

import pytest
import torch
from torch import Tensor

from saoctl.verify.tolerance import OVER_TIME, OVERALL, Tolerance

PERIOD, FRAMES = 32, 100


def noise(level: float, seed: int, length: int = PERIOD * FRAMES) -> Tensor:
    return level * torch.randn(1, 2, length, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


DUE, ROUNDING = noise(1.0, 0), noise(1e-4, 1)  # 80 dB
FIXED = Tolerance(100.0, PERIOD)
KNOWN = Tolerance(100.0, PERIOD, ROUNDING)


def test_without_rounding_the_bound_alone_decides() -> None:
    assert FIXED.holds(DUE, DUE + noise(0.9e-5, 2))
    assert not FIXED.holds(DUE, DUE + noise(1.1e-5, 2))


def test_errors_like_the_models_own_rounding_pass() -> None:
    assert KNOWN.own_snr_db(DUE) == pytest.approx(80, abs=0.2)
    assert FIXED.own_snr_db(DUE) is None
    assert KNOWN.holds(DUE, DUE + noise(1e-4, 2))
    assert KNOWN.holds(DUE, DUE + noise(0.95 * OVERALL * 1e-4, 2))
    assert not KNOWN.holds(DUE, DUE + noise(1.05 * OVERALL * 1e-4, 2))


def test_rounding_far_below_the_bound_changes_nothing() -> None:
    little = Tolerance(100.0, PERIOD, noise(1e-7, 1))
    assert little.holds(DUE, DUE + noise(0.9e-5, 2))
    assert not little.holds(DUE, DUE + noise(1.1e-5, 2))


@pytest.mark.parametrize("frame", [0, 37, FRAMES - 1])
def test_an_error_that_stands_out_at_one_time_is_found(frame: int) -> None:
    error = noise(1e-4, 2)
    error[:, :, frame * PERIOD : (frame + 1) * PERIOD] *= 2 * OVER_TIME
    assert error.square().sum() < OVERALL**2 * ROUNDING.square().sum()
    assert not KNOWN.holds(DUE, DUE + error)
    limit = KNOWN.limit(DUE)
    assert limit.shape == DUE.shape[2:]
    bad = (error.abs() > limit).any(1)[0].nonzero()
    assert set((bad // PERIOD).flatten().tolist()) <= {frame}


def test_rounding_that_is_larger_at_some_times_is_allowed_there_alone() -> None:
    rounding, error = noise(1e-6, 1), noise(1e-6, 2)
    loud = slice(50 * PERIOD, 52 * PERIOD)
    rounding[:, :, loud] *= 3000
    error[:, :, loud] *= 3000
    varying = Tolerance(100.0, PERIOD, rounding)
    assert varying.holds(DUE, DUE + error)
    assert not varying.holds(DUE, DUE + error.roll(30 * PERIOD, dims=2))


def test_errors_that_a_constant_output_would_hide_are_found() -> None:
    constant = 1e4 + DUE
    assert not FIXED.holds(constant, constant + noise(1.1e-5, 2))
    assert not FIXED.holds(constant, 1e4 + 0.99 * DUE)


def test_what_is_not_finite_is_no_rounding() -> None:
    for value in (torch.nan, torch.inf):
        streamed = DUE.clone()
        streamed[0, 0, 5] = value
        assert not KNOWN.holds(DUE, streamed)
        assert not FIXED.holds(DUE, streamed)


def test_each_signal_of_a_batch_has_its_own_rounding() -> None:
    both = Tolerance(100.0, PERIOD, torch.cat((ROUNDING, 1e-3 * ROUNDING)))
    assert both.item(0).holds(DUE, DUE + noise(1e-4, 2))
    assert not both.item(1).holds(DUE, DUE + noise(1e-4, 2))
    assert both.item(0).until(PERIOD).holds(DUE[:, :, :PERIOD], DUE[:, :, :PERIOD] + noise(1e-4, 2, PERIOD))


def test_a_few_values_that_cancel_to_nearly_nothing_are_equal_by_their_rounding() -> None:
    tiny = torch.full((1, 1, 3), 1e-4)
    assert FIXED.snr_db(tiny, tiny + 5e-7) < 50
    assert FIXED.holds(tiny, tiny + 5e-7)
    assert not FIXED.holds(tiny, tiny + 2e-6)
    many = torch.full((1, 1, 300), 1e-4)
    assert not FIXED.holds(many, many + 5e-7)
    assert FIXED.holds(many, many)
