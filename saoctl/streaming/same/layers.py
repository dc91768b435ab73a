"""The two directions of SAME as streams of chunks: each chunk is computed once, and the chunks of a block together.

Signals are [B, rows, C]. All counts of time are latent frames from the first frame of the signal, because the chunks
count so; frames before the signal are negative.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.models.same.model import Downsampling, Mapping1d, Resampling, SoftNorm, Upsampling, Windowed
from saoctl.streaming.same.structure import Structure
from saoctl.streaming.same.windows import Delayed
from saoctl.streaming.state import Cursor, Rows

GROUP = 384  # outputs of a group at most


def blanked(rows: Tensor, first: int, end: int) -> Tensor:
    """Return rows, of which those before 0, and those from `end` on, are zero; the first has the index `first`.

    Args:
        rows: [B, rows, C].
        first: may be negative.
        end: -1: the signal goes on.
    """
    count = rows.shape[1]
    before = min(max(-first, 0), count)
    inside = min(max(end - first, before), count) if end >= 0 else count
    if before == 0 and inside == count:
        return rows
    return F.pad(rows.narrow(1, before, inside - before), [0, 0, before, count - inside])


class Grouped(nn.Module):
    """A linear layer as a batch of products, one for each group of outputs, whose weights lie as they are read.

    Blocks of a chunk have few rows, and the time is that of reading the weights. Measured with the layers of SAME-S on
    AVX-512: 34 rows take 0.8 of the time of one product, 136 rows take 0.8 too, and 340 rows as long.
    """

    bias: Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.inputs, self.outputs = linear.in_features, linear.out_features
        size = next(size for size in range(min(GROUP, self.outputs), 0, -1) if self.outputs % size == 0)
        self.groups = self.outputs // size
        weight = linear.weight.detach().view(self.groups, size, self.inputs).transpose(1, 2).contiguous()
        bias = None if linear.bias is None else linear.bias.detach().clone().view(self.groups, 1, size)
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.register_parameter("bias", None if bias is None else nn.Parameter(bias, requires_grad=False))

    def forward(self, x: Tensor) -> Tensor:
        rows = x.reshape(x.shape[0] * x.shape[1], self.inputs).unsqueeze(0).expand(self.groups, -1, -1)
        bias = self.bias
        parts = torch.bmm(rows, self.weight) if bias is None else torch.baddbmm(bias, rows, self.weight)
        return parts.transpose(0, 1).reshape(x.shape[0], x.shape[1], self.outputs)


def regroup(module: nn.Module) -> None:
    """Replace the linear layers in a module, in place, and copy its other tensors.

    One tensor of a memory-mapped checkpoint would keep the whole file in memory.
    """
    for parent in list(module.modules()):
        if not isinstance(parent, nn.Linear):
            for tensor in (*parent.parameters(recurse=False), *parent.buffers(recurse=False)):
                tensor.data = tensor.data.clone()
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear):
                setattr(parent, name, Grouped(child))


class Chunked(nn.Module):
    """Which frames a stream has computed when so many have come; see `saoctl.streaming.same.structure.Structure`."""

    def __init__(self, structure: Structure) -> None:
        super().__init__()
        self.chunk, self.step, self.lead = structure.frames, structure.step, structure.lead
        self.half_chunk, self.slack, self.delay = structure.half, structure.slack, structure.delay

    @torch.jit.export
    def done(self, frames: int) -> int:
        """Return how many frames are in chunks that can be computed when the signal has so many, or ends with them."""
        whole = -(-frames // self.step) * self.step - self.lead
        return (whole + self.chunk) // self.chunk * self.chunk - self.chunk

    @torch.jit.export
    def waiting(self, frames: int) -> int:
        """Return how many frames of the output are computed when so many have come, and are not yet due."""
        return self.slack - frames + self.done(frames)


@torch.jit.interface
class TokenLayer(nn.Module):
    """The interface of a transformer block for TorchScript."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[empty-body]
        pass


class TokenLink(nn.Module):
    """A transformer block behind its interface.

    TorchScript inlines what it can, and optimises the whole graph of a method during its first two calls. Behind an
    interface the blocks are optimised by themselves, all as one, and the warm-up does it before a host's first block.
    """

    layer: TokenLayer

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer  # type: ignore[assignment] # in Python, a block is no subclass of the interface

    def forward(self, x: Tensor) -> Tensor:
        return self.layer.forward(x)


class Shifted(Rows):
    """The transformer blocks on the tokens of whole chunks, [B, T, width] -> [B, T, width], half a chunk late.

    The state is what the first half of the blocks made of the last half chunk.
    """

    def __init__(self, resampling: Resampling, offset: int) -> None:
        super().__init__(resampling.tokens // 2, resampling.width, offset)
        self.tokens, self.width = resampling.tokens, resampling.width
        blocks = [TokenLink(block) for block in resampling.transformers]
        self.first, self.second = nn.ModuleList(blocks[: resampling.split]), nn.ModuleList(blocks[resampling.split :])

    def forward(self, x: Tensor, begin: int, end: int, cursor: Cursor) -> Tensor:
        """Return the tokens from half a chunk before `begin` on.

        Args:
            x: the tokens.
            begin: the index of the first of them.
            end: the number of tokens of the signal, padded to whole chunks; -1 while it goes on.
            cursor: has the state.
        """
        batch, length, half = x.shape[0], x.shape[1], self.rows
        count = batch * length // self.tokens
        x = x.reshape(count, self.tokens, self.width)
        for block in self.first:
            x = block(x)
        history = self.history(cursor)
        x = torch.cat((history, x.reshape(batch, length, self.width)), dim=1)
        history.copy_(x.narrow(1, length, half))
        # Where the signal begins and ends, a shifted chunk would be half empty, and its other half is repeated.
        before, after = -begin, end - begin + half
        if before >= 0 and before + 2 * half <= length:
            x = self._repeated(x, before, before + half)
        if end >= 0 and after >= half and after + half <= length:
            x = self._repeated(x, after, after - half)
        x = x.narrow(1, 0, length).reshape(count, self.tokens, self.width)
        for block in self.second:
            x = block(x)
        return x.reshape(batch, length, self.width)

    def _repeated(self, x: Tensor, to: int, of: int) -> Tensor:
        """Return the tokens with the half chunk that begins at `of` also in the place of that which begins at `to`."""
        rest = x.narrow(1, to + self.rows, x.shape[1] - to - self.rows)
        return torch.cat((x.narrow(1, 0, to), x.narrow(1, of, self.rows), rest), dim=1)


def token_blocks(resampling: Resampling, offset: int) -> Shifted | Delayed:
    """Return the transformer blocks of a direction as a stream; `offset` is where its state begins."""
    return Delayed(resampling, offset) if isinstance(resampling, Windowed) else Shifted(resampling, offset)


class Due(Rows):
    """Rows that come in whole chunks, and are due in the rhythm of the blocks."""

    def forward(self, x: Tensor, waiting: int, count: int, cursor: Cursor) -> Tensor:
        """Return `count` rows, the first of which are the last `waiting` rows of the state."""
        if self.rows == 0:
            return x
        history = self.history(cursor)
        window = torch.cat((history, x), dim=1)
        history.copy_(window.narrow(1, x.shape[1], self.rows))
        return window.narrow(1, self.rows - waiting, count)


class Mapping(nn.Module):
    """The convolution between patches and tokens, [B, T + kernel - 1, in] -> [B, T, out], with its weight folded."""

    def __init__(self, mapping: Mapping1d) -> None:
        super().__init__()
        weight = mapping.folded_weight().detach()
        self.wide = weight.shape[2] // 2  # the patches that it looks back, and ahead
        self.weight = nn.Parameter(weight.transpose(1, 2).flatten(1).contiguous(), requires_grad=False)
        self.bias = nn.Parameter(mapping.bias.detach(), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        if self.wide == 1:
            count = x.shape[1] - 2
            x = torch.cat((x.narrow(1, 0, count), x.narrow(1, 1, count), x.narrow(1, 2, count)), dim=2)
        return F.linear(x, self.weight, self.bias)


class ChunkedEncoder(Chunked):
    """Patches to latents, [B, F * stride, patched] -> [B, F', latent_dim], where F' is a whole number of chunks.

    Args:
        resampling, linear, norm: the parts of the offline model.
        structure: the rhythm of the chunks.
    """

    def __init__(self, resampling: Downsampling, linear: Grouped, norm: SoftNorm, structure: Structure) -> None:
        super().__init__(structure)
        self.stride, self.width = resampling.stride, resampling.width
        self.mapping, self.new_tokens = Mapping(resampling.mapping), resampling.new_tokens
        patched = resampling.mapping.weight_v.shape[1]
        self.unused = Rows(structure.slack * self.stride + self.mapping.wide, patched, 0)
        self.blocks = token_blocks(resampling, self.unused.size)
        self.linear = linear
        self.scale = nn.Parameter(norm.scaling_factor.detach().flatten(), requires_grad=False)
        self.shift = nn.Parameter(norm.bias.detach().flatten(), requires_grad=False)
        self.deviation = nn.Parameter(norm.running_std.detach().clone(), requires_grad=False)
        self.queue = Due(structure.held, linear.outputs, self.unused.size + self.blocks.size)
        self.state_size = self.unused.size + self.blocks.size + self.queue.size

    def forward(self, patches: Tensor, begin: int, end: int, cursor: Cursor) -> Tensor:
        """Return the latents of the chunks that this block completes, from `done(begin) - half` on.

        Args:
            patches: the block.
            begin: the index of its first frame.
            end: the number of frames of the signal, or -1.
            cursor: has the state.
        """
        batch, stride, wide = patches.shape[0], self.stride, self.mapping.wide
        after = begin + patches.shape[1] // stride
        first, last = self.done(begin), self.done(after)
        frames = last - first
        history = self.unused.history(cursor)
        window = torch.cat((history, patches), dim=1)
        history.copy_(window.narrow(1, patches.shape[1], self.unused.rows))
        window = F.pad(window, [0, 0, 0, max((last - after) * stride + wide, 0)])  # the end of a signal
        begins = self.unused.rows + (first - begin) * stride - wide
        x = self.mapping(window.narrow(1, begins, frames * stride + 2 * wide))
        x = x.reshape(batch, frames, stride, self.width)
        x = torch.cat((x, self.new_tokens.expand(batch, frames, 1, self.width)), dim=2)
        x = x.reshape(batch, frames * (stride + 1), self.width)
        padded = -(-end // self.chunk) * self.chunk * (stride + 1) if end >= 0 else -1
        if frames > 0:
            x = self.blocks(x, first * (stride + 1), padded, cursor)
        x = x.reshape(batch, frames, stride + 1, self.width).select(2, stride)
        latents: Tensor = (self.linear(x) * self.scale + self.shift) / self.deviation
        return latents


class ChunkedDecoder(Chunked):
    """Latents to patches, [B, F, latent_dim] -> [B, F' * stride, patched], where F' is a whole number of chunks.

    Args:
        resampling, linear, norm: the parts of the offline model.
        structure: the rhythm of the chunks.
        held: frames of the output that the queue must hold.
    """

    def __init__(
        self, resampling: Upsampling, linear: Grouped, norm: SoftNorm, structure: Structure, held: int
    ) -> None:
        super().__init__(structure)
        self.stride, self.width = resampling.stride, resampling.width
        self.deviation = nn.Parameter(norm.running_std.detach().clone(), requires_grad=False)
        self.linear, self.new_tokens = linear, resampling.new_tokens
        # In `forward` half a chunk waits between the encoder and the decoder.
        self.unused = Rows(max(structure.slack, structure.frames // 2), linear.inputs, 0)
        self.blocks = token_blocks(resampling, self.unused.size)
        self.mapping = Mapping(resampling.mapping)
        kept = self.unused.size + self.blocks.size
        self.neighbours = Rows(2 * self.mapping.wide, self.width, kept)
        kept += self.neighbours.size
        patched = resampling.mapping.weight_v.shape[0]
        self.queue = Due(held * self.stride, patched, kept)
        self.state_size = kept + self.queue.size

    def forward(self, latents: Tensor, begin: int, first: int, last: int, end: int, cursor: Cursor) -> Tensor:
        """Return the patches of the chunks from frame `first` to `last`, from half a chunk and one patch earlier on.

        Args:
            latents: the block.
            begin: the index of its first frame.
            first: where the chunks begin that this block completes.
            last: where they end.
            end: the number of frames of the signal, or -1.
            cursor: has the state.
        """
        batch, stride, frames = latents.shape[0], self.stride, last - first
        after = begin + latents.shape[1]
        history = self.unused.history(cursor)
        window = torch.cat((history, latents), dim=1)
        history.copy_(window.narrow(1, latents.shape[1], self.unused.rows))
        window = F.pad(window, [0, 0, 0, max(last - after, 0)])  # the end of a signal
        x = self.linear(window.narrow(1, self.unused.rows + first - begin, frames) * self.deviation)
        x = blanked(x, first, end).unsqueeze(2)
        x = torch.cat((x, self.new_tokens.expand(batch, frames, stride, self.width)), dim=2)
        x = x.reshape(batch, frames * (stride + 1), self.width)
        whole = -(-end // self.chunk) * self.chunk if end >= 0 else -1
        if frames > 0:
            x = self.blocks(x, first * (stride + 1), whole * (stride + 1) if end >= 0 else -1, cursor)
        x = x.reshape(batch, frames, stride + 1, self.width).narrow(2, 1, stride)
        x = x.reshape(batch, frames * stride, self.width)
        if self.mapping.wide > 0:
            x = blanked(x, (first - self.half_chunk) * stride, whole * stride if end >= 0 else -1)
            neighbours = self.neighbours.history(cursor)
            x = torch.cat((neighbours, x), dim=1)
            neighbours.copy_(x.narrow(1, frames * stride, 2))
        y: Tensor = self.mapping(x)
        return y
