"""The streaming layers, one per offline layer: the same output, block by block, late by a whole number of samples.

Signals are time-major, [B, T, C]: a layer's history is then a run of rows, a dilated window a strided view, and a
transposed convolution an ordinary one whose output rows are cut into shorter ones.

All state of a stream is one tensor [B, S], and every layer reads and writes a slice of it. The layers themselves hold
nothing but weights, so they can serve several streams.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.models.oobleck import model as oobleck
from saoctl.streaming.delay import Grid, Step, convolve, convolve_transposed
from saoctl.streaming.state import Cursor, Rows

# They decide which form a `Product` takes; `python -m benchmarks.page --only products` measures the forms.
FEW_INPUTS = 64  # values per output frame, up to which a matrix product is faster than a convolution at any length
FRAMES_PER_CHANNEL = 2  # a convolution is faster once there are more output frames than half the channels
GROUPS = 4  # groups of outputs, which threads compute in parallel


class Window(Rows):
    """The activated rows before a block and the activated block, [B, T, C] -> [B, rows + needed, C]."""

    def __init__(self, rows: int, channels: int, offset: int, activation: nn.Module) -> None:
        super().__init__(rows, channels, offset)
        self.activation = activation

    def forward(self, x: Tensor, cursor: Cursor, dtype: torch.dtype, settled: int, needed: int) -> Tensor:
        """Return the window, and keep its last settled rows for the next block.

        Args:
            x: the block.
            cursor: where it stands.
            dtype: the dtype of the window.
            settled: the number of rows of x that are not provisional.
            needed: the number of rows of x that the window has; zeros stand for the signal after x.
        """
        batch, time, channels = x.shape
        if needed < time:
            time, x = needed, x.narrow(1, 0, needed)
        history = self.history(cursor)
        window = torch.empty([batch, self.rows + needed, channels], dtype=dtype, device=x.device)
        window.narrow(1, 0, self.rows).copy_(history)
        self.activation(x, window.narrow(1, self.rows, time))
        if needed > time:
            window.narrow(1, self.rows + time, needed - time).zero_()
        history.copy_(window.narrow(1, settled, self.rows))
        return window


class Skip(Rows):
    """A skip connection: adds x, delayed by `rows`, to y in place, both [B, T, C].

    Behind a settled part y is `rows` rows longer than x, because x is delayed by `rows`.
    """

    def forward(self, y: Tensor, x: Tensor, cursor: Cursor, settled: int) -> Tensor:
        time, rows = x.shape[1], self.rows
        history = self.history(cursor)
        if time < rows or cursor.settled >= 0:
            late = torch.cat((history, x), dim=1)
            history.copy_(late.narrow(1, settled, rows))
            return y.add_(late.narrow(1, 0, y.shape[1]))
        y.narrow(1, 0, rows).add_(history)
        y.narrow(1, rows, time - rows).add_(x.narrow(1, 0, time - rows))
        history.copy_(x.narrow(1, time - rows, rows))
        return y


class Edges(nn.Module):
    """A blank: sets to zero, in place, the samples of a block before the offline signal begins and after it ends.

    Offline, every layer pads its own input with zeros. In a stream, the samples before the first one and after the last
    one are what the layers below give for silence, which their biases make different from zero. So every layer blanks
    them. In the middle of a signal this costs two comparisons of integers.
    """

    def __init__(self, grid: Grid, ratio: int) -> None:
        super().__init__()
        self.rate, self.step, self.delay, self.shortfall = grid.rate, ratio // grid.rate, grid.delay, grid.shortfall
        self.surplus = int(grid.surplus * self.step)  # always a whole number of audio samples

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        time = x.shape[1]
        first = cursor.begin // self.step - self.delay
        if first < 0:
            x.narrow(1, 0, min(-first, time)).zero_()
        if cursor.end >= 0:
            inside = min(max((cursor.end + self.surplus) // self.step - self.shortfall - first, 0), time)
            x.narrow(1, inside, time - inside).zero_()
        return x


class Ahead(nn.Module):
    """The number of rows that a layer computes ahead of the settled part of a block.

    The output of a layer is late by its delay. If the signal ended now, all rows up to its end would still be due. Of
    these the layer computes the rows that the output of the stack depends on.

    Args:
        given: the grid of the layer's input.
        gives: the grid of its output.
        ratio: audio samples per latent frame.

    Attributes:
        reach: how many audio samples the layers behind it in the stack look ahead; `Stack` sets it.
    """

    def __init__(self, given: Grid, gives: Grid, ratio: int) -> None:
        super().__init__()
        self.given_step = ratio // given.rate
        self.gives_step, self.gives_delay = ratio // gives.rate, gives.delay
        self.reach = 0

    def always(self, late: int, missing: int) -> int:
        """Return the number of rows ahead of every block, as a number that does not depend on its place.

        Args:
            late: the audio samples by which the input of the stack is late, a whole number of rows.
            missing: the audio samples before the end of a block whose output is not needed.
        """
        return max(late // self.gives_step + self.gives_delay - max(missing - self.reach, 0) // self.gives_step, 0)

    @torch.jit.export
    def settled(self, x: Tensor, cursor: Cursor) -> int:
        """Return the number of rows of an input that are not provisional."""
        return x.shape[1] if cursor.settled < 0 else cursor.settled // self.given_step

    def forward(self, x: Tensor, cursor: Cursor) -> int:
        """Return the number of output rows that are due for an input, including the rows ahead."""
        if cursor.settled < 0:
            return x.shape[1] * self.given_step // self.gives_step
        until = cursor.end
        if cursor.needed >= 0:
            until = min(until, cursor.needed + self.reach)
        first = cursor.begin // self.gives_step - self.gives_delay
        return max((until + self.gives_step - 1) // self.gives_step - first, cursor.settled // self.gives_step)


class Product(nn.Module):
    """A convolution without padding, [B, T, in] -> [B, (T - span) // stride + 1, out].

    Which form is fastest depends on the number of output frames (batch x time) and on the size of the weights. We
    measured the layers of Stable Audio Open on 2 AVX-512 cores:

    - With many frames it is a convolution in the memory format that torch calls channels last. It runs at 190 to 220
      GFLOP/s in float32 and 400 in bfloat16, as fast as a large matrix product. With few frames it would spend its time
      on re-ordering the weights.
    - With few frames, as near the latents, the time is that of reading the weights, and it is a matrix product. In
      float32 it is a batch of groups of outputs, whose weights are read in parallel at up to 34 GB/s; one product reads
      10 to 20 GB/s.
    - With very few channels, as in the first layer of the encoder, it is a matrix product of 150 GFLOP/s; a convolution
      reaches 11.

    Args:
        weight: [out, in, kernel].
        bias: [out] or None; it is copied.
        stride, dilation: as in torch.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.outputs, self.inputs, self.kernel = weight.shape
        self.stride, self.dilation = stride, dilation
        self.span = (self.kernel - 1) * dilation + 1
        self.few_inputs, self.frames_per_channel = self.kernel * self.inputs <= FEW_INPUTS, FRAMES_PER_CHANNEL
        self.groups = math.gcd(self.outputs, GROUPS)
        # [out, kernel * in]: the matrix of the product, and the memory of a channels-last convolution weight.
        matrix = weight.detach().transpose(1, 2).reshape(self.outputs, -1).contiguous()
        self.weight = nn.Parameter(matrix, requires_grad=False)
        bias = weight.new_zeros(self.outputs) if bias is None else bias.detach().clone()
        self.bias = nn.Parameter(bias, requires_grad=False)

    def forward(self, window: Tensor) -> Tensor:
        return self.plain(window)

    def plain(self, window: Tensor) -> Tensor:
        """Compute the product with the plain weights; a subclass that has other forms of them falls back on it."""
        batch, length, channels = window.shape
        time = (length - self.span) // self.stride + 1
        frames = batch * time
        if frames * self.frames_per_channel > channels and not self.few_inputs:
            return self._convolution(window)
        rows = self._rows(window, time)
        if self.weight.dtype == torch.float32 and not self.few_inputs:
            y = self._grouped(rows)
        else:
            y = F.linear(rows, self.weight, self.bias)
        return y.view(batch, time, self.outputs)

    def _grouped(self, rows: Tensor) -> Tensor:
        """Compute the product [N, in] -> [N, out] as a batch of groups of outputs, one group per thread."""
        frames, inputs = rows.shape
        groups = self.groups
        weights = self.weight.view(groups, -1, inputs).transpose(1, 2)
        parts = torch.bmm(rows.unsqueeze(0).expand(groups, frames, inputs), weights)
        y = torch.empty([frames, groups, self.outputs // groups], dtype=rows.dtype, device=rows.device)
        torch.add(parts.transpose(0, 1), self.bias.view(groups, -1), out=y)
        return y

    def _rows(self, window: Tensor, time: int) -> Tensor:
        """Return the input values of each output frame, [B * time, kernel * in]."""
        window = window.contiguous()
        batch, length, channels = window.shape
        size = [batch, time, self.kernel, channels]
        step = [length * channels, self.stride * channels, self.dilation * channels, 1]
        # Where rows overlap, reshape may return a view, with which a matrix product would be far slower.
        return window.as_strided(size, step).reshape(batch * time, self.kernel * channels).contiguous()

    def _convolution(self, window: Tensor) -> Tensor:
        image = window.transpose(1, 2).unsqueeze(2)  # [B, in, 1, T], channels last: no copy
        result = F.conv2d(image, self.image_weight(), self.bias, [1, self.stride], [0, 0], [1, self.dilation])
        return result.squeeze(2).transpose(1, 2)

    def image_weight(self) -> Tensor:
        """Return the weights of a convolution over images of one row, [out, in, 1, kernel], channels last: no copy."""
        return self.weight.view(self.outputs, 1, self.kernel, self.inputs).permute(0, 3, 1, 2)


class Copy(nn.Module):
    """No activation: x is copied to `out`, both [B, T, C]."""

    def forward(self, x: Tensor, out: Tensor) -> None:
        out.copy_(x)


class Snake(nn.Module):
    """x + sin²(αx) / β per channel, written to `out`, both [B, T, C]."""

    def __init__(self, offline: oobleck.SnakeBeta) -> None:
        super().__init__()
        self.frequency = nn.Parameter(offline.frequency().detach(), requires_grad=False)
        self.gain = nn.Parameter(offline.gain().detach(), requires_grad=False)

    def forward(self, x: Tensor, out: Tensor) -> None:
        torch.addcmul(x, (x * self.frequency).sin_().square_(), self.gain, out=out)


class Elu(nn.Module):
    """ELU, written to `out`, both [B, T, C]."""

    def forward(self, x: Tensor, out: Tensor) -> None:
        out.copy_(F.elu(x))


class Conv(nn.Module):
    """A streaming activation and convolution, [B, T, in] -> [B, T / stride, out]."""

    def __init__(
        self, activation: nn.Module, offline: oobleck.Conv1d, grid: Grid, step: Step, offset: int, ratio: int
    ) -> None:
        super().__init__()
        weight = offline.folded_weight()
        self.window = Window(step.history, weight.shape[1], offset, activation)
        self.product = Product(weight, offline.bias, offline.stride, offline.dilation)
        self.edges = Edges(step.grid, ratio)
        self.ahead = Ahead(grid, step.grid, ratio)

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        settled, needed = self.ahead.settled(x, cursor), self.ahead(x, cursor) * self.product.stride
        window = self.window(x, cursor, self.product.weight.dtype, settled, needed)
        y: Tensor = self.edges(self.product(window), cursor)
        return y


class ConvTranspose(nn.Module):
    """A streaming activation and transposed convolution, [B, T, in] -> [B, T * stride, out].

    Output slot j has `stride` samples and is a product of the inputs j - taps + 1 ... j, where the input m places back
    meets the kernel's elements m*stride ... (m+1)*stride - 1. So it is a convolution with stride * out channels.
    """

    def __init__(
        self, activation: nn.Module, offline: oobleck.ConvTranspose1d, grid: Grid, step: Step, offset: int, ratio: int
    ) -> None:
        super().__init__()
        weight = offline.folded_weight()
        inputs, self.outputs, kernel = weight.shape
        self.stride = offline.stride
        taps = -(-kernel // offline.stride)
        weight = F.pad(weight, (0, taps * offline.stride - kernel))
        weight = weight.view(inputs, self.outputs, taps, offline.stride).flip(2)
        weight = weight.permute(3, 1, 0, 2).reshape(offline.stride * self.outputs, inputs, taps)
        self.window = Window(step.history, inputs, offset, activation)
        self.product = Product(weight, offline.bias.repeat(offline.stride))
        self.edges = Edges(step.grid, ratio)
        self.ahead = Ahead(grid, step.grid, ratio)

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        due = self.ahead(x, cursor)
        slots = (due + self.stride - 1) // self.stride
        window = self.window(x, cursor, self.product.weight.dtype, self.ahead.settled(x, cursor), slots)
        y: Tensor = self.product(window).reshape(x.shape[0], slots * self.stride, self.outputs)
        z: Tensor = self.edges(y.narrow(1, 0, due), cursor)
        return z


class Tanh(nn.Module):
    """tanh, [B, T, C] -> [B, T, C]."""

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        return torch.tanh(x)


class Residual(nn.Module):
    """A streaming residual unit, [B, T, C] -> [B, T, C], whose skip branch waits for the delay of the convolution.

    The sum keeps the dtype of x, even where the products have a lower precision.
    """

    def __init__(self, offline: oobleck.ResidualUnit, grid: Grid, step: Step, offset: int, ratio: int) -> None:
        super().__init__()
        first, dilated, second, pointwise = offline.layers
        assert isinstance(dilated, oobleck.Conv1d)
        assert isinstance(pointwise, oobleck.Conv1d)
        channels = dilated.weight_v.shape[1]
        self.window = Window(step.history, channels, offset, _activation(first))
        self.dilated = Product(dilated.folded_weight(), dilated.bias, dilation=dilated.dilation)
        self.second = _activation(second)
        self.pointwise = Product(pointwise.folded_weight(), pointwise.bias)
        self.skip = Skip(step.grid.delay - grid.delay, channels, offset + self.window.size)
        self.edges = Edges(step.grid, ratio)
        self.ahead = Ahead(grid, step.grid, ratio)

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        settled, due = self.ahead.settled(x, cursor), self.ahead(x, cursor)
        y: Tensor = self.dilated(self.window(x, cursor, self.dilated.weight.dtype, settled, due))
        self.second(y, y)
        y = self.pointwise(y).to(x.dtype)
        z: Tensor = self.edges(self.skip(y, x, cursor, settled), cursor)
        return z


@torch.jit.interface
class Layer(nn.Module):
    """The interface of a layer of a `Stack` for TorchScript."""

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:  # type: ignore[empty-body]
        pass


class Link(nn.Module):
    """A layer behind its interface.

    TorchScript inlines what it can and then optimises the whole graph during the first two calls, which a host hears
    as a dropout. A call through an interface is not inlined: each kind of layer is optimised by itself, and once for
    all layers of its kind, before the first block is done. With the demo model on 2 cores at block 4096, where the
    median is 5 ms, the first two blocks take 64 and 11 ms instead of 263 and 144.
    """

    layer: Layer

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer  # type: ignore[assignment] # in Python, a layer is no subclass of the interface

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        return self.layer.forward(x, cursor)


class Stack(nn.Module):
    """Streaming layers in a row, [B, T, in] -> [B, T', out].

    Args:
        offline: the layers of an offline encoder or decoder, see `flatten` and `consumed`.
        grid: the grid of the input.
        ratio: audio samples per latent frame.

    Attributes:
        grid: the grid of the output.
        state_size: values of state per batch row.
    """

    def __init__(self, offline: Iterable[nn.Module], grid: Grid, ratio: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        offset = 0
        activation: nn.Module = Copy()
        for module in offline:
            step = _step(grid, module)
            if step is None and not isinstance(module, nn.Tanh):
                activation = _activation(module)
                continue
            layer: nn.Module = Tanh()
            if step is not None:
                if isinstance(module, oobleck.ResidualUnit):
                    layer = Residual(module, grid, step, offset, ratio)
                elif isinstance(module, oobleck.Conv1d):
                    layer, activation = Conv(activation, module, grid, step, offset, ratio), Copy()
                else:
                    assert isinstance(module, oobleck.ConvTranspose1d)
                    layer, activation = ConvTranspose(activation, module, grid, step, offset, ratio), Copy()
                grid = step.grid
            layers.append(layer)
            offset += sum(part.size for part in layer.modules() if isinstance(part, Rows))
        for layer in layers:
            if isinstance(layer, Conv | ConvTranspose | Residual):
                layer.ahead.reach = grid.delay * (ratio // grid.rate) - layer.ahead.gives_delay * layer.ahead.gives_step
        self.links = nn.ModuleList([Link(layer) for layer in layers])
        self.grid = grid
        self.state_size = offset

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        for link in self.links:
            x = link(x, cursor)
        return x


class AbsentStack(nn.Module):
    """The place of a stack in the stream of a model that does not have it.

    Args:
        offline: what is absent.

    Attributes:
        grid, state_size: see `Stack`; nothing is delayed or kept.
    """

    def __init__(self, offline: oobleck.Absent) -> None:
        super().__init__()
        self.what = offline.what
        self.grid = Grid(1)
        self.state_size = 0

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        raise RuntimeError(f"this model has no {self.what}")


def stack(
    offline: nn.Module, layers: Callable[[nn.Module], Iterable[nn.Module]], grid: Grid, ratio: int
) -> Stack | AbsentStack:
    """Return the stack of an offline encoder or decoder, or what stands in its place.

    Args:
        offline: the encoder, the decoder or `Absent`.
        layers: returns its layers, see `flatten` and `consumed`.
        grid: see `Stack`.
        ratio: see `Stack`.
    """
    return AbsentStack(offline) if isinstance(offline, oobleck.Absent) else Stack(layers(offline), grid, ratio)


def flatten(module: nn.Module) -> list[nn.Module]:
    """Return the layers of a module in the order in which they run; a residual unit is one layer."""
    if isinstance(module, oobleck.Layers | nn.Sequential):
        return [leaf for child in module.children() for leaf in flatten(child)]
    return [] if isinstance(module, nn.Identity) else [module]


def consumed(module: nn.Module) -> Iterator[nn.Module]:
    """Yield the layers of a module as `flatten` does, and free the weights of each when the next one is asked for.

    So the offline weights and the weights of the stream are never all in memory at once.
    """
    for layer in flatten(module):
        yield layer
        for part in layer.modules():
            part._parameters.clear()


def grid_after(offline: Sequence[nn.Module], grid: Grid) -> Grid:
    """Return the grid of the output of offline layers in a row when they stream."""
    for module in offline:
        step = _step(grid, module)
        grid = grid if step is None else step.grid
    return grid


def _step(grid: Grid, layer: nn.Module) -> Step | None:
    """Return the step of a layer; None for an activation, which changes no grid."""
    if isinstance(layer, oobleck.ResidualUnit):
        return _step(grid, layer.layers[1])
    if isinstance(layer, oobleck.ConvTranspose1d):
        return convolve_transposed(grid, kernel=layer.kernel, stride=layer.stride, padding=layer.padding)
    if isinstance(layer, oobleck.Conv1d):
        return convolve(grid, kernel=layer.kernel, stride=layer.stride, dilation=layer.dilation, padding=layer.padding)
    return None


def _activation(module: nn.Module) -> nn.Module:
    if isinstance(module, oobleck.SnakeBeta):
        return Snake(module)
    if isinstance(module, nn.ELU):
        return Elu()
    raise TypeError(f"no streaming form of {type(module).__name__}")
