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
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.streaming.oobleck import layers
from saoctl.streaming.pure import Histories, Place


class PureEdges(nn.Module):
    """Zeroes the samples of a block before the offline signal begins and after it ends, [B, C, 1, T]."""

    def __init__(self, like: layers.Edges) -> None:
        super().__init__()
        self.rate, self.delay, self.shortfall = like.rate, like.delay, like.shortfall

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


class PureConv(nn.Module):
    """Activation and convolution, [B, in, 1, T] -> [B, out, 1, T / stride]."""

    def __init__(self, like: layers.Conv | layers.ConvTranspose) -> None:
        super().__init__()
        self.activation, self.remembers = twin(like.window.activation), like.window.size > 0
        self.product, self.edges = twin(like.product), twin(like.edges)

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        y: Tensor = self.edges(self._convolved(x, histories), place)
        return y

    def _convolved(self, x: Tensor, histories: Histories) -> Tensor:
        x = self.activation(x)
        y: Tensor = self.product(histories.before(x) if self.remembers else x)
        return y


class PureConvTranspose(PureConv):
    """Activation and transposed convolution, [B, in, 1, T] -> [B, out, 1, T * stride]; see `layers.ConvTranspose`."""

    def __init__(self, like: layers.ConvTranspose) -> None:
        super().__init__(like)
        self.stride, self.outputs = like.stride, like.outputs

    def _convolved(self, x: Tensor, histories: Histories) -> Tensor:
        y = super()._convolved(x, histories)
        y = y.reshape(-1, self.stride, self.outputs, x.shape[3]).permute(0, 2, 3, 1)
        return y.reshape(x.shape[0], self.outputs, 1, -1)


class PureResidual(nn.Module):
    """Residual unit, [B, C, 1, T] -> [B, C, 1, T]."""

    def __init__(self, like: layers.Residual) -> None:
        super().__init__()
        self.first, self.second = twin(like.window.activation), twin(like.second)
        self.dilated, self.pointwise = twin(like.dilated), twin(like.pointwise)
        self.edges = twin(like.edges)

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        y = self.dilated(histories.before(self.first(x)))
        y = self.pointwise(self.second(y))
        z: Tensor = self.edges(y + histories.before(x).narrow(3, 0, x.shape[3]), place)
        return z


class PureTanh(nn.Module):
    """tanh, [B, C, 1, T] -> [B, C, 1, T]."""

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        return torch.tanh(x)


class PureStack(nn.Module):
    """Layers in a row, [B, in, 1, T] -> [B, out, 1, T']."""

    def __init__(self, like: layers.Stack) -> None:
        super().__init__()
        self.layers = nn.ModuleList([twin(link.layer) for link in like.links])

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        for layer in self.layers:
            x = layer(x, place, histories)
        return x


TWINS: dict[type, Callable[[Any], nn.Module]] = {
    layers.Conv: PureConv,
    layers.ConvTranspose: PureConvTranspose,
    layers.Copy: lambda _: nn.Identity(),
    layers.Edges: PureEdges,
    layers.Elu: lambda _: nn.ELU(),
    layers.Product: PureProduct,
    layers.Residual: PureResidual,
    layers.Snake: PureSnake,
    layers.Stack: PureStack,
    layers.Tanh: lambda _: PureTanh(),
}


def twin(like: object) -> nn.Module:
    """Return the twin of a layer, or of a part of one.

    Raises:
        TypeError: it has none in `TWINS`.
    """
    if type(like) not in TWINS:
        raise TypeError(f"{type(like).__name__} has no twin without state")
    return TWINS[type(like)](like)
