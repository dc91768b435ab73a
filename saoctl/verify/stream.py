"""One method streamed through an artifact in one schedule: what goes in, and all that comes out."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from saoctl.formats.format import Artifact
from saoctl.models.family import Architecture
from saoctl.verify.diagnosis import Kind
from saoctl.verify.schedules import Schedule
from saoctl.verify.tolerance import Tolerance
from saoctl.vocabulary import Method, Signature, signatures

# What a TorchScript file raises: errors of operations, and those that it raises itself.
RAISED = (RuntimeError, torch.jit.Error)


@dataclass(frozen=True)
class Case:
    """What is streamed, and what must come out.

    Args:
        architecture: of the offline model.
        method: encode, decode or forward.
        schedule: in which blocks.
        given: the method's input, [B, C, T].
        offline: the output of the offline model, [B, C', T'].
        before: an input that is streamed first and cut off by a reset, [1, C, T''], if the schedule has one.
        begins: the latent frame of the whole signal at which each item of the batch begins.
        estimate: of a stream with less lookahead, what it should give in these blocks, [B, C', T'].
        rounding: by how much the offline model's own float32 is off what is due, if that is known, [B, C', T'].
    """

    architecture: Architecture
    method: Method
    schedule: Schedule
    given: Tensor
    offline: Tensor
    before: Tensor | None = None
    begins: tuple[int, ...] = (0,)
    estimate: Tensor | None = None
    rounding: Tensor | None = None

    @property
    def due(self) -> Tensor:
        """What the stream should give, without its latency."""
        return self.offline if self.estimate is None else self.estimate

    def tolerance(self, min_snr_db: float) -> Tolerance:
        """What is but rounding."""
        return Tolerance(min_snr_db, self.architecture.ratio // self.signature.out_ratio, self.rounding)

    @property
    def signature(self) -> Signature:
        """Of the method."""
        its = self.architecture
        return signatures(its.audio_channels, its.latent_dim, its.ratio)[self.method]

    @property
    def input_sizes(self) -> list[int]:
        """The blocks, in samples of the input."""
        return [self.signature.input_values(frames * self.architecture.ratio) for frames in self.schedule.sizes]

    @property
    def output_sizes(self) -> list[int]:
        """What is due for each block, in samples of the output."""
        return [self.signature.output_values(frames * self.architecture.ratio) for frames in self.schedule.sizes]

    @property
    def ends(self) -> list[int]:
        """Where each block ends in the stream of the output."""
        return list(itertools.accumulate(self.output_sizes))


@dataclass(frozen=True)
class Streamed:
    """What came out.

    Args:
        signal: all of it, on the CPU, [B, C', T'']; empty if it broke off.
        failure: how it broke off, if it did: in a word and in a sentence.
    """

    signal: Tensor
    failure: tuple[Kind, str] | None = None


class OutputError(Exception):
    """A block came out in another form than its method has."""


def stream(artifact: Artifact, case: Case) -> Streamed:
    """Stream a case through an artifact whose streams are at their beginning."""
    nothing = case.due[:, :, :0]
    try:
        return Streamed(_everything(artifact, case))
    except OutputError as error:
        return Streamed(nothing, ("shape", str(error)))
    except RAISED as error:
        reason = str(error).strip().splitlines()[-1].removeprefix("builtins.")
        return Streamed(nothing, ("crash", f"the method raised an error: {reason}"))


def _everything(artifact: Artifact, case: Case) -> Tensor:
    """The output of all blocks, and of the flush where there is one, [B, C', T''].

    Raises:
        OutputError: a block has not the length that is due, or not the batch and the channels of the offline output.
    """
    fresh = artifact.fresh()
    sizes, due = case.input_sizes, case.output_sizes
    if case.before is not None:
        for block in torch.split(case.before.to(artifact.device), max(sizes), dim=2):
            fresh.call(case.method, block)
        fresh.reset()
    came: list[Tensor] = []
    for block in fresh.blocks(case.method, case.given.to(artifact.device), sizes):
        came.append(_checked(block, case.due, due[len(came)] if len(came) < len(due) else None))
    return torch.cat(came, dim=2)


def _checked(block: Tensor, offline: Tensor, due: int | None) -> Tensor:
    """A block of the right form, on the CPU; one without `due` length, as what is flushed, has any."""
    shape: Sequence[int] = list(block.shape) if isinstance(block, Tensor) else []
    wanted = [*offline.shape[:2], *(shape[2:3] if due is None else [due])]
    if shape != wanted or not block.is_floating_point():
        what = f"{block.dtype} of shape {shape}".removeprefix("torch.") if shape else type(block).__name__
        raise OutputError(f"a block came out as {what}, where floating-point numbers of shape {wanted} are due")
    return block.cpu()
