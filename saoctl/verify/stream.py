"""Stream one method through an artifact in one schedule: what goes in, and everything that comes out."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from saoctl.formats.format import Artifact
from saoctl.models.family import Architecture
from saoctl.verify.causes import Cause
from saoctl.verify.schedules import Schedule
from saoctl.vocabulary import Method, Signature, signatures

# A TorchScript file raises the first where an operation fails, and the second where its own code raises.
RAISED = (RuntimeError, torch.jit.Error)


@dataclass(frozen=True)
class Case:
    """An input that is streamed, and the output that is expected.

    Args:
        architecture: the numbers of the offline model.
        method: encode, decode or forward.
        schedule: the blocks of the input.
        given: the method's input, [B, C, T].
        offline: the output of the offline model, [B, C', T'].
        before: an input that is streamed first and ended by a reset, [1, C, T'']; None if the schedule has no reset.
        begins: for each item of the batch, the latent frame of the whole signal at which it begins.
        estimate: what a stream with less lookahead should give for these blocks, [B, C', T']; None if the stream is
            exact.
    """

    architecture: Architecture
    method: Method
    schedule: Schedule
    given: Tensor
    offline: Tensor
    before: Tensor | None = None
    begins: tuple[int, ...] = (0,)
    estimate: Tensor | None = None

    @property
    def expected(self) -> Tensor:
        """The output that the stream should give, without its latency."""
        return self.offline if self.estimate is None else self.estimate

    @cached_property
    def signature(self) -> Signature:
        """The channels and the ratios of the method."""
        its = self.architecture
        return signatures(its.audio_channels, its.latent_dim, its.ratio)[self.method]

    @cached_property
    def period(self) -> int:
        """Samples of the output per latent frame."""
        return self.architecture.ratio // self.signature.out_ratio

    @property
    def grid(self) -> str:
        """The name of a sample of the output."""
        return "frame on the encoder's grid" if self.method == "encode" else "sample on the decoder's grid"

    @property
    def input_sizes(self) -> list[int]:
        """The sizes of the blocks, in samples of the input."""
        return [self.signature.input_values(frames * self.architecture.ratio) for frames in self.schedule.sizes]

    @property
    def output_sizes(self) -> list[int]:
        """The sizes of the blocks, in samples of the output."""
        return [self.signature.output_values(frames * self.architecture.ratio) for frames in self.schedule.sizes]

    @property
    def ends(self) -> list[int]:
        """The place in the output where each block ends."""
        return list(itertools.accumulate(self.output_sizes))


class ShapeError(Exception):
    """The error of a block whose shape or dtype is not that of its method's output."""


def stream(artifact: Artifact, case: Case) -> Tensor | Cause:
    """Stream a case through an artifact, from the beginning of its streams.

    Returns:
        The whole output, on the CPU, [B, C', T'']; or the cause, if the method failed.
    """
    try:
        return _everything(artifact, case)
    except ShapeError as error:
        return Cause("shape", str(error))
    except RAISED as error:
        reason = str(error).strip().splitlines()[-1].removeprefix("builtins.")
        return Cause("crash", f"the method raised an error: {reason}")


def _everything(artifact: Artifact, case: Case) -> Tensor:
    """Return the output of all blocks, and of the flush if the artifact has one, [B, C', T''].

    Raises:
        ShapeError: a block has another length than its input asks for, or another batch or other channels than the
            expected output.
    """
    fresh = artifact.fresh()
    sizes, lengths = case.input_sizes, case.output_sizes
    if case.before is not None:
        for block in torch.split(case.before.to(artifact.device), max(sizes), dim=2):
            fresh.call(case.method, block)
        fresh.reset()
    outputs: list[Tensor] = []
    for block in fresh.blocks(case.method, case.given.to(artifact.device), sizes):
        length = lengths[len(outputs)] if len(outputs) < len(lengths) else None  # the flush has any length
        outputs.append(_checked(block, case.expected, length))
    return torch.cat(outputs, dim=2)


def _checked(block: Tensor, expected: Tensor, length: int | None) -> Tensor:
    """Return a block on the CPU if it has the shape and the dtype of its method's output.

    Raises:
        ShapeError: it has not.
    """
    shape: Sequence[int] = list(block.shape) if isinstance(block, Tensor) else []
    wanted = [*expected.shape[:2], *(shape[2:3] if length is None else [length])]
    if shape != wanted or not block.is_floating_point():
        what = f"{block.dtype} of shape {shape}".removeprefix("torch.") if shape else type(block).__name__
        raise ShapeError(f"a block came out as {what}, where floating-point numbers of shape {wanted} are due")
    return block.cpu()
