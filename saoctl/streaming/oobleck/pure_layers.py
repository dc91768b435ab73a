"""Oobleck's layers as functions of their state: the twins of `layers.py`, for images of one row, [B, C, 1, T].

A twin takes the rows that its layer keeps from `Histories`. It shares the weights, the delays and the order of the
state with its layer; `TWINS` lists all twins.

A layer is written twice because no form of it is fast in both runtimes. We timed the architecture of Stable Audio Open,
encode, decode and forward in blocks of 2048, 4096 and 16384, by turns, in CPU time of one core. The core was shared, so
a ratio of medians is good to about 0.05. Speed relative to the two forms that we have:

    TorchScript, images, channels first                       float32 0.47 to 0.84   bfloat16 0.26 to 0.40
    TorchScript, images, channels last                        float32 0.50 to 0.81   bfloat16 0.41 to 0.75
    TorchScript, time before channels, state in and out       float32 0.85 to 1.00   bfloat16 0.94 to 1.09
    onnxruntime, time before channels                         float32 0.95 to 1.08

The last two come near, but then `layers.py` still chooses the form of a product and computes edges and lookahead by
branches on integers, which `torch.export` would specialise the graph on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.streaming.oobleck import layers
from saoctl.streaming.pure import Histories, Place


class PureEdges(nn.Module):
    """Zeroes the samples of a block before the offline signal begins and after it ends, [B, C, 1, T].

    Args:
        like: the edges of a layer.
        late: the audio samples by which the input of the stack is late.
        ahead: the provisional rows at the end of its input.
    """

    def __init__(self, like: layers.Edges, late: int = 0, ahead: int = 0) -> None:
        super().__init__()
        self.rate, self.delay, self.shortfall = like.rate, like.delay + late // like.step, like.shortfall
        self.ahead = ahead

    def forward(self, x: Tensor, place: Place) -> Tensor:
        index = torch.arange(x.shape[3], device=x.device) + (place.frame * self.rate - self.delay)
        inside = (index >= 0) & (index < place.end * self.rate - self.shortfall)
        return x * inside.to(x.dtype)  # runtimes take several times as long for a `where`


class PureProduct(nn.Module):
    """A convolution without padding, [B, in, 1, T] -> [B, out, 1, (T - span) // stride + 1]."""

    def __init__(self, like: layers.Product) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(like.image_weight(), requires_grad=False), like.bias
        self.stride, self.dilation = [1, like.stride], [1, like.dilation]

    def forward(self, window: Tensor) -> Tensor:
        return F.conv2d(window, self.weight, self.bias, self.stride, 0, self.dilation)


class PureSnake(nn.Module):
    """x + sin²(αx) / β per channel, [B, C, 1, T]."""

    def __init__(self, like: layers.Snake) -> None:
        super().__init__()
        self.frequency = nn.Parameter(like.frequency.view(-1, 1, 1), requires_grad=False)
        self.gain = nn.Parameter(like.gain.view(-1, 1, 1), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        sine = torch.sin(x * self.frequency)
        return x + sine * sine * self.gain


@dataclass(frozen=True)
class Provisional:
    """The provisional rows at the ends of a layer's input and output, and what `PureEdges` must know.

    An exact stream has none. A stream with a shorter lookahead has as many in every block, whatever its size and place:
    rows that the block does not need at the beginning or at the end of a signal are blanked by the edges.

    Args:
        given: the provisional rows of the input.
        gives: the provisional rows of the output.
        late: the audio samples by which the input of the stack is late.
    """

    given: int = 0
    gives: int = 0
    late: int = 0

    def window(self, x: Tensor, needed: int) -> Tensor:
        """Return x with `needed` provisional rows; zeros stand for the signal after x."""
        if needed < self.given:
            return x.narrow(3, 0, x.shape[3] - self.given + needed)
        return F.pad(x, (0, needed - self.given)) if needed > self.given else x


class PureConv(nn.Module):
    """Activation and convolution, [B, in, 1, T] -> [B, out, 1, T / stride]."""

    def __init__(self, like: layers.Conv | layers.ConvTranspose, ahead: Provisional) -> None:
        super().__init__()
        self.activation, self.remembers = twin(like.window.activation), like.window.size > 0
        self.product, self.edges = twin(like.product), twin(like.edges, ahead.late, ahead.gives)
        self.ahead, self.needed = ahead, ahead.gives * like.product.stride  # provisional rows of the window

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        y: Tensor = self.edges(self._convolved(x, histories), place)
        return y

    def _convolved(self, x: Tensor, histories: Histories) -> Tensor:
        x = self.ahead.window(self.activation(x), self.needed)
        y: Tensor = self.product(histories.before(x, self.needed) if self.remembers else x)
        return y


class PureConvTranspose(PureConv):
    """Activation and transposed convolution, [B, in, 1, T] -> [B, out, 1, T * stride]; see `layers.ConvTranspose`."""

    def __init__(self, like: layers.ConvTranspose, ahead: Provisional) -> None:
        super().__init__(like, ahead)
        self.stride, self.outputs = like.stride, like.outputs
        self.needed = -(-ahead.gives // like.stride)

    def _convolved(self, x: Tensor, histories: Histories) -> Tensor:
        y = super()._convolved(x, histories)
        y = y.reshape(-1, self.stride, self.outputs, y.shape[3]).permute(0, 2, 3, 1)
        y = y.reshape(x.shape[0], self.outputs, 1, -1)
        surplus = self.needed * self.stride - self.ahead.gives
        return y.narrow(3, 0, y.shape[3] - surplus) if surplus else y


class PureResidual(nn.Module):
    """Residual unit, [B, C, 1, T] -> [B, C, 1, T]."""

    def __init__(self, like: layers.Residual, ahead: Provisional) -> None:
        super().__init__()
        self.first, self.second = twin(like.window.activation), twin(like.second)
        self.dilated, self.pointwise = twin(like.dilated), twin(like.pointwise)
        self.edges, self.ahead = twin(like.edges, ahead.late, ahead.gives), ahead

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        given, gives = self.ahead.given, self.ahead.gives
        y = self.dilated(histories.before(self.ahead.window(self.first(x), gives), gives))
        y = self.pointwise(self.second(y))
        late = histories.before(x, given).narrow(3, 0, x.shape[3] - given + gives)
        z: Tensor = self.edges(y + late, place)
        return z


class PureTanh(nn.Module):
    """tanh, [B, C, 1, T] -> [B, C, 1, T]."""

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        return torch.tanh(x)


class PureStack(nn.Module):
    """Layers in a row, [B, in, 1, T] -> [B, out, 1, T'].

    Args:
        like: the stack.
        late: the audio samples by which its input is late.
        missing: the audio samples before the end of a block whose output is not needed; None: nothing is computed
            ahead.
        given: the provisional rows of the input.

    Attributes:
        gives: the provisional rows of the output.
    """

    def __init__(self, like: layers.Stack, late: int = 0, missing: int | None = None, given: int = 0) -> None:
        super().__init__()
        self.layers = nn.ModuleList()
        for link in like.links:
            layer: Any = link.layer
            gives = layer.ahead.always(late, missing) if missing is not None and hasattr(layer, "ahead") else given
            self.layers.append(twin(layer, Provisional(given, gives, late)))
            given = gives
        self.gives = given

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        for layer in self.layers:
            x = layer(x, place, histories)
        return x


TWINS: dict[type, Callable[..., nn.Module]] = {
    layers.Conv: PureConv,
    layers.ConvTranspose: PureConvTranspose,
    layers.Copy: lambda _: nn.Identity(),
    layers.Edges: PureEdges,
    layers.Elu: lambda _: nn.ELU(),
    layers.Product: PureProduct,
    layers.Residual: PureResidual,
    layers.Snake: PureSnake,
    layers.Stack: PureStack,
    layers.Tanh: lambda _, ahead: PureTanh(),
}


def twin(like: object, *more: Any) -> nn.Module:
    """Return the twin of a layer, or of a part of one; `more` is what the twin must know besides.

    Raises:
        TypeError: it has none in `TWINS`.
    """
    if type(like) not in TWINS:
        raise TypeError(f"{type(like).__name__} has no twin without state")
    return TWINS[type(like)](like, *more)
