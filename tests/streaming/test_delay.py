"""The integer arithmetic agrees with what torch's convolutions do."""

import math
from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given
from hypothesis import strategies as st

from saoctl.streaming.delay import Grid, convolve, convolve_transposed


@given(
    kernel=st.integers(1, 9),
    stride=st.integers(1, 9),
    dilation=st.integers(1, 9),
    padding=st.integers(0, 30),
    delay=st.integers(0, 50),
    frames=st.integers(1, 6),
)
def test_a_convolution_reads_just_what_has_come_and_is_remembered(
    kernel: int, stride: int, dilation: int, padding: int, delay: int, frames: int
) -> None:
    assume(padding <= (kernel - 1) * dilation)
    assume(kernel >= stride)
    step = convolve(
        Grid(rate=stride * 2, delay=delay), kernel=kernel, stride=stride, dilation=dilation, padding=padding
    )
    # Output slot n is offline sample n - delay', which reads offline inputs up to `last`, i.e. stream index + delay.
    first = -step.grid.delay * stride - padding + delay
    last = first + (kernel - 1) * dilation
    assert last <= stride - 1, "slot 0 reads no input later than its own"
    assert last > -1, "a delay shorter by one slot would have been enough"
    assert first == -step.history, "the history is what it reads of the past, no more"

    length = 2 * stride * frames + 80 * stride  # long enough for torch to accept any of these kernels
    offline = F.conv1d(torch.zeros(1, 1, length), torch.zeros(1, 1, kernel), None, stride, padding, dilation)
    assert length // stride - step.grid.shortfall == offline.shape[2]


@given(strides=st.lists(st.integers(2, 9), min_size=1, max_size=4), samples=st.integers(1, 20_000))
def test_a_signal_of_any_length_has_as_many_samples_after_each_stride_as_in_torch(
    strides: list[int], samples: int
) -> None:
    grid = Grid(rate=math.prod(strides))
    signal = torch.zeros(1, 1, samples)
    for stride in strides:
        kernel, padding = 2 * stride, -(-stride // 2)
        assume(signal.shape[2] + 2 * padding >= kernel)
        grid = convolve(grid, kernel=kernel, stride=stride, padding=padding).grid
        signal = F.conv1d(signal, torch.zeros(1, 1, kernel), None, stride, padding)
        slots = Fraction(samples * grid.rate, math.prod(strides))
        assert int(slots + grid.surplus) - grid.shortfall == signal.shape[2]
        assert grid.surplus < 1


@given(stride=st.integers(1, 9), taps=st.integers(1, 3), frames=st.integers(1, 9), data=st.data())
def test_a_transposed_convolution_has_the_length_and_the_offset_of_torchs(
    stride: int, taps: int, frames: int, data: st.DataObject
) -> None:
    kernel = data.draw(st.integers(stride, taps * stride), label="kernel")
    padding = data.draw(st.integers(0, kernel - stride), label="padding")
    assume((frames - 1) * stride + kernel > 2 * padding)  # there is any output
    step = convolve_transposed(Grid(rate=1), kernel=kernel, stride=stride, padding=padding)
    impulse = torch.zeros(1, 1, frames)
    impulse[..., 0] = 1
    offline = F.conv_transpose1d(impulse, torch.arange(1.0, kernel + 1)[None, None], None, stride, padding)
    assert step.grid.rate * frames - step.grid.shortfall == offline.shape[2]
    assert step.history == -(-kernel // stride) - 1
    # Streamed, the impulse's answer begins at index 0; offline it begins `delay` samples before the signal does.
    assert offline[0, 0, 0] == 1 + step.grid.delay


def test_a_stride_that_does_not_divide_the_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="does not divide"):
        convolve(Grid(rate=8), kernel=3, stride=3)


def test_a_padding_beyond_the_kernel_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond a kernel"):
        convolve(Grid(rate=8), kernel=3, padding=5)


def test_the_tail_is_pushed_out_by_whole_frames() -> None:
    assert Grid(rate=2048, delay=18981).tail_frames == 10
    assert Grid(rate=2048, delay=20480).tail_frames == 10
    assert Grid(rate=2048, delay=20481, shortfall=1).tail_frames == 10
