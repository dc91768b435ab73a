"""The pure steps of SAME streams, for blocks of whole chunks: then each block computes as many chunks as it brings.

With sliding windows there are no chunks, and blocks are any whole number of latent frames.

Inside, signals are rows, [B, T, C]. All counts of time are latent frames from the first frame of the signal.
`layers.py` explains what is computed; here the edges are masks, because they depend on values.
"""

import copy
from typing import Any, Self

import torch
from torch import Tensor, nn

from saoctl.models.same.model import Block, WindowBlock
from saoctl.streaming.pure import Histories, Place, PureStep, Repeated, Settings, sizes_of
from saoctl.streaming.same.exact import StreamingSame
from saoctl.streaming.same.layers import ChunkedDecoder, ChunkedEncoder, Grouped, Shifted
from saoctl.streaming.same.windows import Delayed
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import Method


def rows(image: Tensor) -> Tensor:
    """Return an image of one row as rows, [B, C, 1, T] -> [B, T, C]."""
    return image.squeeze(2).transpose(1, 2)


def image(x: Tensor) -> Tensor:
    """Return rows as an image of one row, [B, T, C] -> [B, C, 1, T]."""
    return x.transpose(1, 2).unsqueeze(2)


def before(histories: Histories, x: Tensor) -> Tensor:
    """Return the next part of the state followed by x, [B, rows + T, C], and keep its last rows."""
    history = rows(histories.take())
    both = torch.cat((history, x), dim=1)
    histories.keep(image(both.narrow(1, x.shape[1], history.shape[1])))
    return both


def masked(x: Tensor, first: Tensor, end: Tensor) -> Tensor:
    """Return rows, of which those before 0, and those from `end` on, are zero; the first has the index `first`."""
    index = torch.arange(x.shape[1], device=x.device) + first
    inside = (index >= 0) & (index < end)
    return x * inside.to(x.dtype).unsqueeze(1)


def plain(module: nn.Module) -> nn.Module:
    """Return a module that shares the tensors of another, with linear layers in the place of grouped ones."""
    if isinstance(module, Grouped):
        linear = nn.Linear(module.inputs, module.outputs, device="meta")
        linear.weight = nn.Parameter(module.weight.transpose(1, 2).reshape(module.outputs, module.inputs))
        linear.register_parameter("bias", None if module.bias is None else nn.Parameter(module.bias.flatten()))
        return linear
    twin = copy.copy(module)
    twin._modules = {name: child and plain(child) for name, child in module._modules.items()}
    return twin


def blocks_of(module: nn.Module) -> list[Any]:
    """Return the transformer blocks within a module, in their order, with plain linear layers."""
    return [plain(part) for part in module.modules() if isinstance(part, Block | WindowBlock)]


class PureShifted(nn.Module):
    """The twin of `Shifted`, [B, T, width] -> [B, T, width].

    Args:
        like: the blocks.
        chunk: latent frames per chunk.
    """

    def __init__(self, like: Shifted, chunk: int) -> None:
        super().__init__()
        self.tokens, self.width, self.shift, self.chunk = like.tokens, like.width, like.rows, chunk
        self.first, self.second = (
            nn.ModuleList(Repeated(block, like.width) for block in blocks_of(half))
            for half in (like.first, like.second)
        )

    def forward(self, x: Tensor, first: Tensor, end: Tensor, histories: Histories) -> Tensor:
        """Return the tokens from half a chunk before `first` on.

        Args:
            x: the tokens of whole chunks.
            first: the index of their first latent frame.
            end: the number of latent frames of the signal, padded to whole chunks.
            histories: the state.
        """
        batch, length = x.shape[0], x.shape[1]
        x = x.reshape(-1, self.tokens, self.width)
        for block in self.first:
            x = block(x)
        x = before(histories, x.reshape(batch, length, self.width)).narrow(1, 0, length)
        earlier, later = x.reshape(batch, -1, 2, self.shift, self.width).unbind(2)
        begin = (torch.arange(later.shape[1], device=x.device) * self.chunk + first).view(-1, 1, 1)  # of the later half
        # Where the signal begins and ends, a shifted chunk would be half empty, and its other half is repeated.
        pair = torch.where(begin == 0, later, earlier), torch.where(begin == end, earlier, later)
        x = torch.stack(pair, dim=2).reshape(-1, self.tokens, self.width)
        for block in self.second:
            x = block(x)
        return x.reshape(batch, length, self.width)


class PureDelayed(nn.Module):
    """The twin of `Delayed`, with the interface of `PureShifted`."""

    def __init__(self, like: Delayed) -> None:
        super().__init__()
        self.window, blocks = like.window, blocks_of(like)
        self.given = nn.ModuleList(Repeated(block, block.self_attn.to_qkv.out_features, "given") for block in blocks)
        self.joined = nn.ModuleList(Repeated(block, block.self_attn.to_out.out_features, "joined") for block in blocks)

    def forward(self, x: Tensor, first: Tensor, end: Tensor, histories: Histories) -> Tensor:
        """Return the tokens from as many latent frames before `first` on as all blocks are late."""
        for given, joined in zip(self.given, self.joined, strict=True):
            first = first - self.window
            late = before(histories, x).narrow(1, 0, x.shape[1])
            x = joined(late, before(histories, given(x)), first, end)
        return x


def pure_blocks(like: Shifted | Delayed, chunk: int) -> PureShifted | PureDelayed:
    """Return the twin of the transformer blocks of a direction."""
    return PureDelayed(like) if isinstance(like, Delayed) else PureShifted(like, chunk)


class PureEncoder(nn.Module):
    """The twin of `ChunkedEncoder`, [B, F * stride, patched] -> [B, F, latent_dim]."""

    def __init__(self, like: ChunkedEncoder) -> None:
        super().__init__()
        self.chunk, self.slack, self.stride, self.width = like.chunk, like.slack, like.stride, like.width
        self.remembers = like.unused.size > 0
        self.mapping, self.new_tokens = like.mapping, like.new_tokens
        self.blocks, self.linear = pure_blocks(like.blocks, like.chunk), plain(like.linear)
        self.scale, self.shift, self.deviation = like.scale, like.shift, like.deviation
        self.sizes = sizes_of([like.unused, like.blocks])

    def forward(self, patches: Tensor, place: Place, histories: Histories) -> Tensor:
        """Return the latents of a block, late by the delay of the encoder."""
        batch, length = patches.shape[0], patches.shape[1]
        if self.remembers:
            patches = before(histories, patches).narrow(1, 0, length + 2 * self.mapping.wide)
        x = self.mapping(patches).reshape(batch, -1, self.stride, self.width)
        x = torch.cat((x, self.new_tokens.expand(batch, x.shape[1], 1, self.width)), dim=2)
        end = (place.end + self.chunk - 1) // self.chunk * self.chunk
        x = self.blocks(x.reshape(batch, -1, self.width), place.frame - self.slack, end, histories)
        x = x.reshape(batch, -1, self.stride + 1, self.width).select(2, self.stride)
        latents: Tensor = (self.linear(x) * self.scale + self.shift) / self.deviation
        return latents


class PureDecoder(nn.Module):
    """The twin of `ChunkedDecoder`, [B, F, latent_dim] -> [B, F * stride, patched].

    A block may begin within a chunk, as in `forward`, where the encoder is late by half a chunk. The output is then
    later by the frames that must wait for the rest of their chunk.
    """

    def __init__(self, like: ChunkedDecoder) -> None:
        super().__init__()
        self.chunk, self.half_chunk, self.stride, self.width = like.chunk, like.half_chunk, like.stride, like.width
        self.linear, self.new_tokens, self.deviation = plain(like.linear), like.new_tokens, like.deviation
        self.blocks, self.mapping = pure_blocks(like.blocks, like.chunk), like.mapping
        waiting = [(like.chunk - 1, like.unused.channels)] if like.chunk > 1 else []
        self.sizes = waiting + sizes_of([like.blocks, like.neighbours])

    def forward(self, latents: Tensor, place: Place, histories: Histories) -> Tensor:
        """Return the patches of a block, late by the delay of the decoder."""
        batch, frames, stride = latents.shape[0], latents.shape[1], self.stride
        first = place.frame
        if self.chunk > 1:
            waiting = (first + 4 * self.chunk) % self.chunk  # ExecuTorch's remainder of a negative number is negative
            first = first - waiting
            index = torch.arange(frames, device=latents.device) + (self.chunk - 1 - waiting)
            latents = before(histories, latents).index_select(1, index)
        x = masked(self.linear(latents * self.deviation), first, place.end).unsqueeze(2)
        x = torch.cat((x, self.new_tokens.expand(batch, frames, stride, self.width)), dim=2)
        end = (place.end + self.chunk - 1) // self.chunk * self.chunk
        x = self.blocks(x.reshape(batch, -1, self.width), first, end, histories)
        x = x.reshape(batch, frames, stride + 1, self.width).narrow(2, 1, stride)
        x = x.reshape(batch, frames * stride, self.width)
        index = (first - self.half_chunk) * stride
        if self.mapping.wide:
            x = before(histories, masked(x, index, end * stride))
        return masked(self.mapping(x), index - self.mapping.wide, place.end * stride)


class SameStep(PureStep):
    """A method of a stream of whole chunks; `forward` is `encode` and `decode` in a chain."""

    def __init__(self, stream: StreamingSame, method: Method) -> None:
        encodes, decodes = method != "decode", method != "encode"
        encoder = PureEncoder(stream.encoder) if encodes else None
        decoder = PureDecoder(stream.decoder) if decodes else None
        sizes = [] if encoder is None else list(encoder.sizes)
        if decoder is not None:
            sizes += sizes_of([stream.controls]) + decoder.sizes
        super().__init__(stream, method, sizes)
        self.block_frames, self.patch, self.delay = stream.encoder.chunk, stream.patch, stream.encoder.delay
        self.takes_noise, self.deviation = decodes and stream.sampling, stream.deviation
        self.lag = self.delay if method == "forward" else 0
        self.flush_values = getattr(stream, f"latency_{method}") // (1 if decodes else self.ratio)
        frames = -(-getattr(stream, f"latency_{method}") // self.ratio)
        self.flush_frames = -(-frames // self.block_frames) * self.block_frames
        if encoder is not None:
            self.encoder = encoder
        if decoder is not None:
            self.decoder = decoder

    def fixed(self, frames: int) -> Self:
        return self

    def run(
        self, x: Tensor, place: Place, histories: Histories, settings: Settings | None, noise: Tensor | None
    ) -> Tensor:
        batch, channels = x.shape[0], self.audio_channels
        if self.method != "decode":
            patches = x.reshape(batch, channels, -1, self.patch).transpose(1, 2)
            latents = self.encoder(patches.reshape(batch, -1, channels * self.patch), place, histories)
            shown = rows(self.controls.shown(image(latents)))
            x = image(masked(shown, place.frame - self.delay, place.end))
        if settings is None:
            return x
        late = place.behind(self.lag)
        latents = rows(self.controls(x, settings, late, histories))
        if noise is not None:
            latents = latents + noise.transpose(1, 2) * self.deviation
        audio: Tensor = self.decoder(latents, late, histories).reshape(batch, -1, channels, self.patch)
        return audio.transpose(1, 2).reshape(batch, channels, 1, -1)


def pure_step(stream: Stream, method: Method) -> SameStep:
    """Return a method of a stream, whose blocks are whole chunks, as a function."""
    assert isinstance(stream, StreamingSame)
    assert stream.encoder.step == stream.encoder.chunk
    return SameStep(stream, method).eval().requires_grad_(False)
