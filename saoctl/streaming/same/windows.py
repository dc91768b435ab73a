"""Transformer blocks with sliding windows as a stack of delays: each token is computed once in each block.

A token attends to those of some latent frames on each side. So a block is late by that many frames, and keeps the
projections of the frames that later ones see: their queries, keys and values.
"""

import torch
from torch import Tensor, nn

from saoctl.models.same.model import Resampling, WindowBlock
from saoctl.streaming.state import Cursor, Rows


class DelayedBlock(nn.Module):
    """A transformer block, [B, T, width] -> [B, T, width], late by its window.

    Args:
        block: the offline block.
        width: channels of the tokens.
        offset: the beginning of its state.
    """

    def __init__(self, block: WindowBlock, width: int, offset: int) -> None:
        super().__init__()
        self.block, self.window, around = block, block.window, block.window * block.tokens
        self.late = Rows(around, width, offset)
        projections = 2 * block.self_attn.maps + 1
        self.seen = Rows(2 * around, projections * width, offset + self.late.size)

    @property
    def size(self) -> int:
        """The number of values of its state."""
        return self.late.size + self.seen.size

    def forward(self, x: Tensor, first: int, end: int, cursor: Cursor) -> Tensor:
        """Return the output from `window` latent frames before `first` on.

        Args:
            x: the tokens of whole latent frames.
            first: the index of the first of these frames.
            end: the number of latent frames of the signal; more than that while it goes on.
            cursor: has the state.
        """
        length = x.shape[1]
        late, seen = self.late.history(cursor), self.seen.history(cursor)
        given = torch.cat((seen, self.block.given(x)), dim=1)
        seen.copy_(given.narrow(1, length, self.seen.rows))
        x = torch.cat((late, x), dim=1)
        late.copy_(x.narrow(1, length, self.late.rows))
        y: Tensor = self.block.joined(x.narrow(1, 0, length), given, first - self.window, end)
        return y


class Delayed(nn.Module):
    """The transformer blocks of one direction, with the interface of `saoctl.streaming.same.layers.Shifted`."""

    def __init__(self, resampling: Resampling, offset: int) -> None:
        super().__init__()
        self.tokens, self.window = resampling.tokens, 0
        layers: list[DelayedBlock] = []
        for block in resampling.transformers:
            assert isinstance(block, WindowBlock)
            self.window = block.window
            layers.append(DelayedBlock(block, resampling.width, offset + sum(layer.size for layer in layers)))
        self.layers, self.size = nn.ModuleList(layers), sum(layer.size for layer in layers)

    def forward(self, x: Tensor, begin: int, end: int, cursor: Cursor) -> Tensor:
        """Return the tokens from as many latent frames before `begin` on as all blocks are late.

        Args:
            x: the tokens of whole latent frames.
            begin: the index of the first of them.
            end: the number of tokens of the signal; -1 while it goes on.
            cursor: has the state.
        """
        first, frames = begin // self.tokens, x.shape[1] // self.tokens
        last = end // self.tokens if end >= 0 else first + frames + 1
        for layer in self.layers:
            x = layer(x, first, last, cursor)
            first -= self.window
        return x
