"""Integer arithmetic of strides and delays: the position in time of the samples of each layer.

Every signal between two layers lives on its own grid. A streaming layer cannot see the future that a non-causal
layer needs, so its output is late by a whole number of samples, its *delay*: the sample at stream index n is the
offline sample n - delay. Delays add up through the layers, and through strides they do so only if the phase is kept.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Grid:
    """The sampling grid of one signal, seen from the latent frames.

    Args:
        rate: samples per latent frame.
        delay: the sample at stream index n is the offline sample n - delay.
        shortfall: the offline signal of F latent frames has F * rate - shortfall samples (odd transposed strides
            lose some at the end).
        surplus: of an input that is no whole number of frames and so has n samples on this grid, where n is a
            fraction, the offline signal has floor(n + surplus) - shortfall samples (odd strides read beyond their
            slots). Less than 1, so that it says nothing of whole frames.
    """

    rate: int
    delay: int = 0
    shortfall: int = 0
    surplus: Fraction = Fraction(0)

    @property
    def tail(self) -> int:
        """Samples that are still due when the last input has been streamed."""
        return self.delay - self.shortfall

    @property
    def tail_frames(self) -> int:
        """Whole latent frames of silence after which the tail has come."""
        return -(-self.tail // self.rate)


@dataclass(frozen=True)
class Step:
    """What a streaming layer makes of its input's grid.

    Args:
        history: input samples to remember from the blocks before.
        grid: the grid of the layer's output.
    """

    history: int
    grid: Grid


def convolve(grid: Grid, *, kernel: int, stride: int = 1, dilation: int = 1, padding: int = 0) -> Step:
    """Return the step of a convolution with `padding` zeros on both sides.

    Offline, output m reads the inputs m*stride - padding + i*dilation. Streamed, output slot n is computed when the
    input slot n*stride ... n*stride + stride - 1 has come, and is delayed by `delay`: it can read nothing later than
    the newest input, so delay*stride >= need below. The slack is what rounding up to a whole slot leaves over: each
    window ends that many samples before its slot does, which keeps the window on the offline phase.

    Raises:
        ValueError: the stride does not divide the input's rate, or the padding is wider than what the kernel reaches.
    """
    if grid.rate % stride:
        raise ValueError(f"a stride of {stride} does not divide a rate of {grid.rate}")
    reach = (kernel - 1) * dilation
    need = reach - padding + grid.delay - stride + 1
    delay = -(-need // stride)
    slack = delay * stride - need
    history = reach + slack - (stride - 1)
    if history < 0 or delay < 0:
        raise ValueError(f"a padding of {padding} reaches beyond a kernel of {kernel}")
    rate = grid.rate // stride
    offline_last, read_beyond = divmod(2 * padding - reach - 1 - grid.shortfall, stride)
    return Step(history, Grid(rate, delay, -offline_last - 1, (grid.surplus + read_beyond) / stride))


def convolve_transposed(grid: Grid, *, kernel: int, stride: int, padding: int = 0) -> Step:
    """Return the step of a transposed convolution that drops `padding` samples on both sides.

    Offline, input n adds to the outputs n*stride - padding ... n*stride - padding + kernel - 1. So the `stride`
    outputs of a slot need the slot's own input and ceil(kernel / stride) - 1 inputs before it. A decoder is given whole
    frames, so its grids have no surplus.
    """
    delay = grid.delay * stride + padding
    shortfall = grid.shortfall * stride + 2 * padding + stride - kernel
    return Step(-(-kernel // stride) - 1, Grid(grid.rate * stride, delay, shortfall))
