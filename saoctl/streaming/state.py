"""The state of a stream: one tensor that all layers share, the rows that each keeps in it, and its position."""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Cursor(NamedTuple):
    """Where a stream stands at a block: what a layer must know besides the samples. All numbers are audio samples.

    A block can be *settled* in its first part alone. What follows is provisional: an estimate that the next block makes
    anew. Every layer then computes what it would give if the signal ended with the block (see `flush`), as far as it
    reaches ahead, and keeps its history as of the settled part.

    Args:
        state: the histories of all layers, [B, S]; changed in place.
        begin: the offline index of the block's first sample; negative for what precedes the signal.
        end: how many samples the whole signal has, or -1 while it goes on.
        settled: how many of the block are; -1 for all of them, and then nothing is computed ahead.
        needed: up to which sample the output of the stack is wanted, where that is less than all; or -1.
    """

    state: Tensor
    begin: int
    end: int
    settled: int
    needed: int


class Rows(nn.Module):
    """Rows of a signal that outlast a block, kept in a slice of the state.

    Args:
        rows: how many.
        channels: of the signal.
        offset: where the slice begins.
    """

    def __init__(self, rows: int, channels: int, offset: int) -> None:
        super().__init__()
        self.rows, self.channels, self.offset = rows, channels, offset

    @property
    def size(self) -> int:
        """How many values of the state it owns, from `offset` on."""
        return self.rows * self.channels

    def history(self, cursor: Cursor) -> Tensor:
        """The rows as the block before has left them, [B, rows, C]; changing them changes the state."""
        slots = cursor.state.narrow(1, self.offset, self.rows * self.channels)
        return slots.view(slots.shape[0], self.rows, self.channels)


class StreamState(nn.Module):
    """The histories of a stack's layers, and the index of the next audio sample.

    Nothing here is ever changed in place between calls, so that calls in and out of inference mode can be mixed.

    Args:
        size: values of state per batch row.
        lag: audio samples of the stream that precede the signal, if the input is already late.
    """

    values: Tensor

    def __init__(self, size: int, lag: int = 0) -> None:
        super().__init__()
        self.size, self.lag = size, lag
        self.register_buffer("values", torch.zeros(0, size))
        self.position = -lag

    @torch.jit.export
    def next(self, x: Tensor, samples: int, end: int, settled: int) -> Cursor:
        """Where a block of `samples` stands; in a fresh stream if the batch or the device of x is new.

        Args:
            x: what the stack is given.
            samples: of audio, by which the stream advances.
            end: see `Cursor`.
            settled: see `Cursor`.
        """
        if self.values.shape[0] != x.shape[0] or self.values.device != x.device:
            self.values = torch.zeros([x.shape[0], self.size], dtype=self.values.dtype, device=x.device)
            self.position = -self.lag
        else:
            self.values = self.values.clone()
        cursor = Cursor(self.values, self.position, end, settled, -1)
        self.position += samples
        return cursor

    @torch.jit.export
    def next_as_if_last(self, x: Tensor, samples: int, end: int, needed: int) -> Cursor:
        """The same for a block of which all is wanted that it would give if the signal ended with it.

        Args:
            x: what the stack is given.
            samples: of audio, by which the stream advances.
            end: of the signal then; -1: where the block ends, if the stream has no lag.
            needed: by how many samples the output may stay behind the end; -1: all of it is wanted.
        """
        cursor = self.next(x, samples, -1, samples)
        end = self.position if end < 0 else end
        return Cursor(cursor.state, cursor.begin, end, samples, -1 if needed < 0 else max(end - needed, 0))

    @torch.jit.export
    def samples(self) -> int:
        """Audio samples streamed since the reset."""
        return self.position + self.lag

    @torch.jit.export
    def reset(self) -> None:
        self.values = torch.zeros([0, self.size], dtype=self.values.dtype, device=self.values.device)
        self.position = -self.lag
