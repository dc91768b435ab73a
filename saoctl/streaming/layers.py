"""One streaming layer per offline layer: the same numbers, block by block, late by a whole number of samples.

Signals are time-major, [B, T, C]: a layer's history is then a run of rows, a dilated window a strided view, and a
transposed convolution an ordinary one whose output rows are cut into shorter ones.

All state of a stream is one tensor [B, S] that every layer reads and writes a slice of; the layers themselves hold
weights alone and can serve several streams.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl import oobleck
from saoctl.streaming.delay import Grid, Step, convolve, convolve_transposed

# At most this many output frames (batch x time) are computed as one matrix product on gathered windows; more as a
# convolution. Deep layers run on few frames, and a convolution spends its time there on re-ordering the weights:
# measured on 2 AVX-512 cores for the layers of Stable Audio Open, the product is up to 1.9 (float32) and 12 (bfloat16)
# times as fast up to 64 frames, equal at 128, and slower by up to a half above.
GATHERED_FRAMES = 128


class Block(NamedTuple):
    """What a layer must know of a block besides its samples.

    Args:
        state: the histories of all layers, [B, S]; changed in place.
        frame: the offline index of the block's first latent frame; negative for what precedes the signal.
        end: how many latent frames the whole signal has, or -1 while it goes on.
    """

    state: Tensor
    frame: int
    end: int


class History(nn.Module):
    """Puts a block behind the rows that came before it, [B, T, C] -> [B, rows + T, C], and remembers its last rows."""

    def __init__(self, rows: int, channels: int, offset: int) -> None:
        super().__init__()
        self.rows, self.channels, self.offset = rows, channels, offset

    @property
    def size(self) -> int:
        """How many values of the state it owns, from `offset` on."""
        return self.rows * self.channels

    def forward(self, x: Tensor, block: Block) -> Tensor:
        batch, time, channels = x.shape
        history = block.state.narrow(1, self.offset, self.rows * channels).view(batch, self.rows, channels)
        window = torch.cat((history.to(x.dtype), x), dim=1)
        history.copy_(window.narrow(1, time, self.rows))
        return window


class Edges(nn.Module):
    """Zeroes, in place, the samples of a block that lie before the offline signal begins or after it ends.

    Offline every layer pads its own input with zeros. Streamed, what stands before the first sample and after the last
    is what the layers below made of silence, which is not zero (biases), so it has to be blanked layer by layer. In
    between, this is two comparisons of integers.
    """

    def __init__(self, grid: Grid) -> None:
        super().__init__()
        self.rate, self.delay, self.shortfall = grid.rate, grid.delay, grid.shortfall

    def forward(self, x: Tensor, block: Block) -> Tensor:
        time = x.shape[1]
        first = block.frame * self.rate - self.delay
        if first < 0:
            x.narrow(1, 0, min(-first, time)).zero_()
        if block.end >= 0:
            kept = min(max(block.end * self.rate - self.shortfall - first, 0), time)
            x.narrow(1, kept, time - kept).zero_()
        return x


class Product(nn.Module):
    """The arithmetic of a convolution without padding, [B, T, in] -> [B, (T - span) // stride + 1, out].

    Args:
        weight: [out, in, kernel].
        bias: [out] or None.
        stride, dilation: as in torch.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        outputs, self.inputs, self.kernel = weight.shape
        self.stride, self.dilation = stride, dilation
        self.span = (self.kernel - 1) * dilation + 1
        self.gathered_frames = GATHERED_FRAMES
        # [out, kernel * in]: the matrix of the product, and the memory of a channels-last convolution weight.
        matrix = weight.detach().transpose(1, 2).reshape(outputs, -1).contiguous()
        self.weight = nn.Parameter(matrix, requires_grad=False)
        self.bias = None if bias is None else nn.Parameter(bias.detach(), requires_grad=False)

    def forward(self, window: Tensor) -> Tensor:
        window = window.to(self.weight.dtype)
        batch, length, channels = window.shape
        if self.kernel == 1:
            return F.linear(window, self.weight, self.bias)
        time = (length - self.span) // self.stride + 1
        if batch * time <= self.gathered_frames:
            window = window.contiguous()
            size = [batch, time, self.kernel, channels]
            step = [length * channels, self.stride * channels, self.dilation * channels, 1]
            gathered = window.as_strided(size, step).reshape(batch * time, self.kernel * channels)
            return F.linear(gathered, self.weight, self.bias).view(batch, time, self.weight.shape[0])
        image = window.transpose(1, 2).unsqueeze(2)  # [B, in, 1, T], channels last: no copy
        weight = self.weight.view(self.weight.shape[0], 1, self.kernel, channels).permute(0, 3, 1, 2)
        result = F.conv2d(image, weight, self.bias, [1, self.stride], [0, 0], [1, self.dilation])
        return result.squeeze(2).transpose(1, 2)


class Conv(nn.Module):
    """Streaming convolution, [B, T, in] -> [B, T / stride, out]."""

    def __init__(self, offline: oobleck.Conv1d, step: Step, offset: int) -> None:
        super().__init__()
        weight = offline.folded_weight()
        self.history = History(step.history, weight.shape[1], offset)
        self.product = Product(weight, offline.bias, offline.stride, offline.dilation)
        self.edges = Edges(step.grid)

    def forward(self, x: Tensor, block: Block) -> Tensor:
        y: Tensor = self.edges(self.product(self.history(x, block)), block)
        return y


class ConvTranspose(nn.Module):
    """Streaming transposed convolution, [B, T, in] -> [B, T * stride, out].

    Output slot j, of `stride` samples, is a product of the inputs j - taps + 1 ... j, where tap m back in time meets
    the kernel's elements m*stride ... (m+1)*stride - 1. So it is a convolution with stride * out channels.
    """

    def __init__(self, offline: oobleck.ConvTranspose1d, step: Step, offset: int) -> None:
        super().__init__()
        weight = offline.folded_weight()
        inputs, self.outputs, kernel = weight.shape
        self.stride = offline.stride
        taps = -(-kernel // offline.stride)
        weight = F.pad(weight, (0, taps * offline.stride - kernel))
        weight = weight.view(inputs, self.outputs, taps, offline.stride).flip(2)
        weight = weight.permute(3, 1, 0, 2).reshape(offline.stride * self.outputs, inputs, taps)
        self.history = History(step.history, inputs, offset)
        self.product = Product(weight, offline.bias.repeat(offline.stride))
        self.edges = Edges(step.grid)

    def forward(self, x: Tensor, block: Block) -> Tensor:
        slots: Tensor = self.product(self.history(x, block))
        y: Tensor = self.edges(slots.reshape(x.shape[0], x.shape[1] * self.stride, self.outputs), block)
        return y


class Snake(nn.Module):
    """x + sin²(αx) / β per channel, [B, T, C] -> [B, T, C]."""

    def __init__(self, offline: oobleck.SnakeBeta) -> None:
        super().__init__()
        self.frequency = nn.Parameter(offline.frequency().detach(), requires_grad=False)
        self.gain = nn.Parameter(offline.gain().detach(), requires_grad=False)

    def forward(self, x: Tensor, block: Block) -> Tensor:
        x = x.to(self.gain.dtype)
        return torch.addcmul(x, (x * self.frequency).sin_().square_(), self.gain)


class Elu(nn.Module):
    """ELU, [B, T, C] -> [B, T, C]."""

    def forward(self, x: Tensor, block: Block) -> Tensor:
        return F.elu(x)


class Tanh(nn.Module):
    """tanh, [B, T, C] -> [B, T, C]."""

    def forward(self, x: Tensor, block: Block) -> Tensor:
        return torch.tanh(x)


class Residual(nn.Module):
    """Streaming residual unit, [B, T, C] -> [B, T, C]: the skip branch waits for the delay of the convolution."""

    def __init__(self, offline: oobleck.ResidualUnit, grid: Grid, offset: int) -> None:
        super().__init__()
        first, wide, second, narrow = offline.layers
        assert isinstance(wide, oobleck.Conv1d)
        assert isinstance(narrow, oobleck.Conv1d)
        step = _step(grid, wide)
        channels = wide.weight_v.shape[1]
        self.first, self.second = _pointwise(first), _pointwise(second)
        self.history = History(step.history, channels, offset)
        self.wide = Product(wide.folded_weight(), wide.bias, dilation=wide.dilation)
        self.narrow = Product(narrow.folded_weight(), narrow.bias)
        self.skip = History(step.grid.delay - grid.delay, channels, offset + self.history.size)
        self.edges = Edges(step.grid)

    def forward(self, x: Tensor, block: Block) -> Tensor:
        y: Tensor = self.wide(self.history(self.first(x, block), block))
        y = self.narrow(self.second(y, block))
        late = self.skip(x.to(y.dtype), block).narrow(1, 0, x.shape[1])
        z: Tensor = self.edges(y.add_(late), block)
        return z


@torch.jit.interface
class Layer(nn.Module):
    """What all layers have in common, as TorchScript sees it."""

    def forward(self, x: Tensor, block: Block) -> Tensor:  # type: ignore[empty-body]
        pass


class Link(nn.Module):
    """A layer behind its interface.

    TorchScript inlines what it can and then optimises the whole graph during the first two calls, which a host hears
    as a dropout. A call through an interface is not inlined: each kind of layer is optimised by itself and once for all
    layers of its kind, before the first block is done. Measured on 2 cores with the demo model at block 4096, where
    the median is 5 ms: first and second block 64 and 11 ms instead of 263 and 144.
    """

    layer: Layer

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer  # type: ignore[assignment] # an interface has no subclasses in Python

    def forward(self, x: Tensor, block: Block) -> Tensor:
        return self.layer.forward(x, block)


class Stack(nn.Module):
    """Streaming layers in a row, [B, T, in] -> [B, T', out].

    Args:
        offline: the layers of an encoder or a decoder of `oobleck.py`.
        grid: the grid of the input.

    Attributes:
        grid: the grid of the output.
        state_size: values of state per batch row.
    """

    def __init__(self, offline: nn.Module, grid: Grid) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        offset = 0
        for module in _flatten(offline):
            layer: nn.Module
            if isinstance(module, oobleck.Conv1d | oobleck.ConvTranspose1d):
                step = _step(grid, module)
                layer = (
                    Conv(module, step, offset)
                    if isinstance(module, oobleck.Conv1d)
                    else ConvTranspose(module, step, offset)
                )
                grid = step.grid
            elif isinstance(module, oobleck.ResidualUnit):
                layer = Residual(module, grid, offset)
                grid = _step(grid, module.layers[1]).grid
            else:
                layer = _pointwise(module)
            layers.append(layer)
            offset += sum(part.size for part in layer.modules() if isinstance(part, History))
        self.links = nn.ModuleList([Link(layer) for layer in layers])
        self.grid = grid
        self.state_size = offset

    def forward(self, x: Tensor, block: Block) -> Tensor:
        for link in self.links:
            x = link(x, block)
        return x


def _flatten(module: nn.Module) -> list[nn.Module]:
    """The layers in the order in which they run; residual units stay whole."""
    if isinstance(module, oobleck.Layers | nn.Sequential):
        return [leaf for child in module.children() for leaf in _flatten(child)]
    return [] if isinstance(module, nn.Identity) else [module]


def _step(grid: Grid, layer: nn.Module) -> Step:
    if isinstance(layer, oobleck.ConvTranspose1d):
        return convolve_transposed(grid, kernel=layer.kernel, stride=layer.stride, padding=layer.padding)
    assert isinstance(layer, oobleck.Conv1d)
    return convolve(grid, kernel=layer.kernel, stride=layer.stride, dilation=layer.dilation, padding=layer.padding)


def _pointwise(module: nn.Module) -> nn.Module:
    if isinstance(module, oobleck.SnakeBeta):
        return Snake(module)
    if isinstance(module, nn.ELU):
        return Elu()
    if isinstance(module, nn.Tanh):
        return Tanh()
    raise TypeError(f"no streaming form of {type(module).__name__}")
