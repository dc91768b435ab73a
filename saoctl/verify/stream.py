"""Stream one method through an artifact in one schedule: what goes in, and everything that comes out."""

import itertools
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
        exact: the output of the offline model in float64, [B, C', T'], if that was computed; None with an estimate.
        rounding: what the offline model's float32 loses to rounding, [B, C', T'], if that was computed.
    """

    architecture: Architecture
    method: Method
    schedule: Schedule
    given: Tensor
    offline: Tensor
    before: Tensor | None = None
    begins: tuple[int, ...] = (0,)
    estimate: Tensor | None = None
    exact: Tensor | None = None
    rounding: Tensor | None = None

    @property
    def expected(self) -> Tensor:
        """The output that the stream should give, without its latency."""
        return next(output for output in (self.estimate, self.exact, self.offline) if output is not None)

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


def stream(artifact: Artifact, case: Case) -> Tensor | Cause:
    """Stream a case through an artifact, from the beginning of its streams.

    Returns:
        The output of all blocks, and of the flush if the artifact has one, on the CPU, [B, C', T'']; or the cause, if
        the method failed, or gave a block of another shape than its input asks for.
    """
    outputs: list[Tensor] = []
    try:
        fresh = artifact.fresh()
        if case.before is not None:
            for block in torch.split(case.before.to(artifact.device), max(case.input_sizes), dim=2):
                fresh.call(case.method, block)
            fresh.reset()
        lengths = iter(case.output_sizes)
        for block in fresh.blocks(case.method, case.given.to(artifact.device), case.input_sizes):
            shape = list(block.shape) if isinstance(block, Tensor) else []
            # The flush, which comes after the last block, has any length.
            wanted = [*case.expected.shape[:2], next(lengths, shape[2] if shape[2:] else 0)]
            if shape != wanted or not block.is_floating_point():
                what = f"{block.dtype} of shape {shape}".removeprefix("torch.") if shape else type(block).__name__
                return Cause(
                    "shape", f"a block came out as {what}, where floating-point numbers of shape {wanted} are due"
                )
            outputs.append(block.cpu())
    except RAISED as error:
        reason = str(error).strip().splitlines()[-1].removeprefix("builtins.")
        return Cause("crash", f"the method raised an error: {reason}")
    return torch.cat(outputs, dim=2)
