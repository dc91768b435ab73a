"""The measures of verify are what their names say, on signals whose answer is known."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from saoctl.verify.metrics import (
    MAX_SNR_DB,
    click_ratio,
    energy,
    input_energy,
    max_abs_error,
    measured_delay,
    seam_error_ratio,
    snr_db,
)


def test_snr_is_that_of_the_whole_signal() -> None:
    signal = torch.ones(2, 1000)
    assert snr_db(signal, signal * 1.01) == pytest.approx(40, abs=1e-3)
    assert snr_db(signal, -signal) == pytest.approx(-6.02, abs=0.01)


def test_snr_is_finite_whatever_comes() -> None:
    signal = torch.ones(1, 10)
    assert snr_db(signal, signal) == MAX_SNR_DB
    assert snr_db(torch.zeros(1, 10), torch.zeros(1, 10)) == MAX_SNR_DB
    assert snr_db(torch.zeros(1, 10), signal) == -MAX_SNR_DB
    assert snr_db(signal, signal * torch.nan) == -MAX_SNR_DB
    assert snr_db(signal, signal * torch.inf) == -MAX_SNR_DB


def test_what_is_constant_or_repeats_with_every_frame_is_no_signal() -> None:
    generator = torch.Generator().manual_seed(0)
    varying = torch.randn(2, 8 * 200, generator=generator)
    repeating = 30 * torch.randn(2, 8, generator=generator).repeat(1, 200) + 50
    signal = varying + repeating
    assert input_energy(signal, 8) == pytest.approx(energy(varying), rel=0.02)
    assert snr_db(signal, signal + 0.01 * varying, 8) == pytest.approx(40, abs=0.2)
    assert snr_db(signal, signal + 0.01 * varying) > 70


def test_where_no_two_frames_differ_all_of_an_output_counts() -> None:
    repeating = torch.randn(2, 8, generator=torch.Generator().manual_seed(0))
    assert input_energy(repeating, 8) == energy(repeating)
    assert input_energy(repeating.repeat(1, 5), 8) == energy(repeating.repeat(1, 5))
    assert input_energy(torch.zeros(1, 40), 8) == 0
    assert input_energy(torch.zeros(1, 0), 8) == 0


@given(length=st.integers(16, 200), period=st.integers(1, 8), seed=st.integers(0, 1000))
def test_a_signal_that_does_not_repeat_keeps_its_energy(length: int, period: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    signal = torch.randn(400, length, generator=generator)
    assert input_energy(signal, period) == pytest.approx(energy(signal), rel=0.35)


def test_the_largest_error_is_found() -> None:
    signal = torch.zeros(2, 100)
    other = signal.clone()
    other[1, 37] = -0.5
    assert max_abs_error(signal, other) == 0.5


@given(delay=st.integers(0, 300), channels=st.integers(1, 3), seed=st.integers(0, 1000))
def test_delay_is_measured_whatever_it_is(delay: int, channels: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    signal = torch.randn(channels, 400, generator=generator)
    stream = torch.nn.functional.pad(signal, (delay, 300 - delay))
    assert measured_delay(signal, stream) == delay
    noisy = stream + 0.3 * torch.randn(stream.shape, generator=generator)
    assert measured_delay(signal, noisy) == delay


def test_a_constant_offset_does_not_hide_the_delay() -> None:
    signal = 5 + 0.01 * torch.randn(1, 500)
    assert measured_delay(signal, torch.nn.functional.pad(signal, (41, 59))) == 41


def test_a_delay_is_not_doubted_for_one_that_is_hardly_better() -> None:
    tone = torch.sin(torch.arange(400) * 2 * torch.pi / 20)[None]
    stream = torch.nn.functional.pad(tone, (60, 200))
    noisy = stream + 0.1 * torch.randn(stream.shape, generator=torch.Generator().manual_seed(0))
    assert measured_delay(tone, noisy, expected=60) in (60, None)
    assert measured_delay(tone, stream, expected=60) == 60
    assert measured_delay(tone, stream, expected=63) == 60


@pytest.mark.parametrize("change", ["swapped", "inverted", "soft", "one soft", "with NaN"])
def test_delay_is_measured_of_channels_that_are_not_as_they_should_be(change: str) -> None:
    offline = torch.randn(3, 500, generator=torch.Generator().manual_seed(1))
    stream = torch.nn.functional.pad(offline, (37, 100))
    changed = {
        "swapped": stream.flip(0),
        "inverted": -stream,
        "soft": 0.1 * stream,
        "one soft": stream * torch.tensor([0.01, 1.0, 1.0])[:, None],
        "with NaN": torch.where(torch.arange(637) % 100 == 99, torch.nan, stream),
    }[change]
    assert measured_delay(offline, changed) == 37
    assert measured_delay(offline, changed, expected=37) == 37


def test_delay_of_another_signal_cannot_be_told() -> None:
    generator = torch.Generator().manual_seed(2)
    assert measured_delay(torch.randn(2, 400, generator=generator), torch.randn(2, 700, generator=generator)) is None


def test_delay_of_silence_and_of_nonsense_cannot_be_told() -> None:
    assert measured_delay(torch.zeros(1, 100), torch.zeros(1, 150)) is None
    assert measured_delay(torch.ones(1, 100) * torch.nan, torch.ones(1, 150)) is None
    assert measured_delay(torch.ones(1, 100), torch.ones(1, 50)) is None


def test_seams_that_are_worse_show() -> None:
    signal = torch.zeros(1, 4000)
    even = signal + 0.1
    assert seam_error_ratio(signal, even, [1000, 2000, 3000]) == pytest.approx(1)
    worse = even.clone()
    worse[:, 1990:2010] = 1.0
    assert seam_error_ratio(signal, worse, [1000, 2000, 3000]) > 5  # type: ignore[operator]


def test_seams_without_an_elsewhere_have_no_ratio() -> None:
    signal = torch.zeros(1, 100)
    assert seam_error_ratio(signal, signal + 1, [50]) is None
    assert seam_error_ratio(signal, signal + 1, []) is None
    assert seam_error_ratio(torch.zeros(1, 1000), torch.zeros(1, 1000), [500]) == 1.0


def drifting(length: int, seed: int) -> torch.Tensor:
    """A smooth error, as a stream's estimates have: noise without its highest frequencies."""
    noise = torch.randn(2, length + 64, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    kernel = torch.hann_window(65, periodic=False, dtype=torch.float64).expand(2, 1, 65)
    return torch.nn.functional.conv1d(noise[None], kernel, groups=2)[0] * 1e-3


BORDERS = list(range(0, 20_000, 2000))


def test_a_smooth_error_has_no_clicks_however_large_it_is() -> None:
    signal, error = torch.randn(2, 20_000, dtype=torch.float64), drifting(20_000, 0)
    assert click_ratio(signal, signal + error, BORDERS) == pytest.approx(1, abs=0.7)
    assert click_ratio(signal, signal + 100 * error, BORDERS) == pytest.approx(1, abs=0.7)


def test_a_step_at_the_borders_is_a_click() -> None:
    signal, error = torch.randn(2, 20_000, dtype=torch.float64), drifting(20_000, 0)
    for border in BORDERS:
        error[:, border : border + 1000] += 0.5 * error.std()
    ratio = click_ratio(signal, signal + error, BORDERS)
    assert ratio is not None
    assert ratio > 100


def test_without_an_error_or_a_border_nothing_is_told_of_clicks() -> None:
    signal = torch.randn(2, 20_000)
    assert click_ratio(signal, signal, BORDERS) is None
    assert click_ratio(signal, signal + 1, []) is None
    assert click_ratio(signal[:, :100], signal[:, :100] * 2, [50]) is None
