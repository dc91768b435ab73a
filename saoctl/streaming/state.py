"""The state of a stream: one tensor that all layers share, the rows that each keeps in it, and its position."""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Cursor(NamedTuple):
    """The position of a stream at a block: what a layer must know besides the samples. All numbers are audio samples.

    It can be that only the first part of a block is *settled*. The rest is provisional: an estimate, which the next
    block replaces. Then every layer computes the output that it would have if the signal ended with the block, as far
    as it is needed, and keeps its history as it is after the settled part.

    Args:
        state: the histories of all layers, [B, S]; changed in place.
        begin: the offline index of the block's first sample; negative before the signal.
        end: the length of the whole signal, or -1 while it goes on.
        settled: the number of samples of the block that are settled; -1 if all are, and nothing is computed ahead.
        needed: the sample up to which the output of the stack is needed, if that is less than all; else -1.
    """

    state: Tensor
    begin: int
    end: int
    settled: int
    needed: int


class Rows(nn.Module):
    """Rows of a signal that are kept from block to block, in a slice of the state.

    Args:
        rows: the number of rows.
        channels: of the signal.
        offset: the beginning of the slice.
    """

    def __init__(self, rows: int, channels: int, offset: int) -> None:
        super().__init__()
        self.rows, self.channels, self.offset = rows, channels, offset

    @property
    def size(self) -> int:
        """The number of values in the slice."""
        return self.rows * self.channels

    def history(self, cursor: Cursor) -> Tensor:
        """Return the rows as the block before has left them, [B, rows, C]; changing them changes the state."""
        slots = cursor.state.narrow(1, self.offset, self.rows * self.channels)
        return slots.view(slots.shape[0], self.rows, self.channels)


class StreamState(nn.Module):
    """The histories of the layers of a stack, and the index of the next audio sample.

    No tensor of an earlier call is changed in place, so that calls in and out of inference mode can be mixed.

    Args:
        size: values of state per batch row.
        lag: the audio samples by which the input is late already.
    """

    values: Tensor

    def __init__(self, size: int, lag: int = 0) -> None:
        super().__init__()
        self.size, self.lag = size, lag
        self.register_buffer("values", torch.zeros(0, size))
        self.position = -lag

    @torch.jit.export
    def next(self, x: Tensor, samples: int, end: int, settled: int) -> Cursor:
        """Return the position of a block, and advance; the stream is fresh if the batch or the device of x is new.

        Args:
            x: the input of the stack.
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
        """Return the position of a block as if the signal ended with it, and advance.

        Args:
            x: the input of the stack.
            samples: of audio, by which the stream advances.
            end: of the signal in this case; -1: the end of the block, if the stream has no lag.
            needed: the samples before the end of which the output is not needed; -1: all of it is needed.
        """
        cursor = self.next(x, samples, -1, samples)
        end = self.position if end < 0 else end
        return Cursor(cursor.state, cursor.begin, end, samples, -1 if needed < 0 else max(end - needed, 0))

    @torch.jit.export
    def samples(self) -> int:
        """Return the number of audio samples since the reset."""
        return self.position + self.lag

    @torch.jit.export
    def reset(self) -> None:
        self.values = torch.zeros([0, self.size], dtype=self.values.dtype, device=self.values.device)
        self.position = -self.lag
