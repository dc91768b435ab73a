"""Queues around the methods of a stream, for a host whose blocks are no whole latent frames.

A host such as nn~ sends blocks of 2^n samples, and wants 2^n / r values of a signal of ratio r. If the ratio of a model
is no power of two, no such block holds a whole number of its frames. So the host counts in *steps* instead: a step is
`grid` samples, where the grid is the greatest power of two that divides the ratio. A latent is held for ratio / grid
steps.

The input of a method waits in a queue until a latent frame is whole. After T steps, floor(T / hold) frames have been
computed, which are at least T - (hold - 1) steps. So hold - 1 steps of silence before the first frame are enough for
every block to give as many steps as it takes: this is the latency that a queue adds, ratio - grid samples. Both queues
together hold hold - 1 steps between two blocks, and never grow.
"""

import torch
from torch import Tensor, nn


class Queue(nn.Module):
    """The queues of one method: input that is not yet a whole latent frame, and output that is not yet due.

    A change of the batch size or the device begins a fresh stream, as in a `saoctl.streaming.stream.Stream`. No tensor
    of an earlier call is changed in place, so that calls in and out of inference mode can be mixed.

    Args:
        inputs, outputs: the channels of the input and of the output.
        frame: values of the input per latent frame.
        delay: values of the output by which the queue delays it.
    """

    waiting: Tensor
    due: Tensor

    def __init__(self, inputs: int, outputs: int, frame: int, delay: int) -> None:
        super().__init__()
        self.inputs, self.outputs, self.frame, self.delay = inputs, outputs, frame, delay
        self.register_buffer("waiting", torch.zeros(0, inputs, 0))
        self.register_buffer("due", torch.zeros(0, outputs, 0))

    def has_begun(self) -> bool:
        """Return whether a stream has begun: in the middle of one, some steps are always queued."""
        return self.waiting.shape[2] + self.due.shape[2] > 0

    def is_cut_by(self, x: Tensor) -> bool:
        """Return whether a block ends a stream that has begun, because its batch size or its device differs."""
        return self.has_begun() and (self.due.shape[0] != x.shape[0] or self.due.device != x.device)

    def take(self, x: Tensor) -> Tensor:
        """Append a block of input, [B, inputs, T], and return all whole frames, [B, inputs, F * frame]; F may be 0.

        The output gets the dtype of the block.
        """
        if self.is_cut_by(x) or not self.has_begun():
            self.waiting = torch.zeros([x.shape[0], self.inputs, 0], dtype=x.dtype, device=x.device)
            self.due = torch.zeros([x.shape[0], self.outputs, self.delay], dtype=x.dtype, device=x.device)
        every = torch.cat((self.waiting.to(x.dtype), x), dim=2)
        self.due = self.due.to(x.dtype)
        whole = every.shape[2] // self.frame * self.frame
        self.waiting = every.narrow(2, whole, every.shape[2] - whole).clone()
        return every.narrow(2, 0, whole)

    def put(self, y: Tensor) -> None:
        """Append output, [B, outputs, T]."""
        self.due = torch.cat((self.due, y.to(self.due.dtype)), dim=2)

    def give(self, count: int) -> Tensor:
        """Remove the oldest output, [B, outputs, count], and return it."""
        given = self.due.narrow(2, 0, count)
        self.due = self.due.narrow(2, count, self.due.shape[2] - count).clone()
        return given

    def give_all(self) -> Tensor:
        """Return all output that is left, and reset the queues."""
        given = self.due
        self.reset()
        return given

    def reset(self) -> None:
        """Empty the queues: the next block begins a fresh stream."""
        self.waiting = torch.zeros([0, self.inputs, 0], dtype=self.waiting.dtype, device=self.waiting.device)
        self.due = torch.zeros([0, self.outputs, 0], dtype=self.due.dtype, device=self.due.device)
