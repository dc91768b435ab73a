"""Stream one method through an artifact in one schedule: what goes in, and everything that comes out."""

import itertools
import operator
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
        grid: audio samples per step of the schedule, if the file holds latents for several steps; None: a step is a
            latent frame. Latents have one value per frame here; `held` gives each its steps.
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
    grid: int | None = None

    @property
    def step(self) -> int:
        """Audio samples per step of the schedule."""
        return self.grid or self.architecture.ratio

    @property
    def hold(self) -> int:
        """Steps of the schedule per latent frame."""
        return self.architecture.ratio // self.step

    def input(self, given: Tensor) -> Tensor:
        """Return an input of the offline model as the file takes it."""
        return self.held(given) if self.method == "decode" else given

    def output(self, output: Tensor) -> Tensor:
        """Return an output of the offline model as the file gives it."""
        return self.held(output) if self.method == "encode" else output

    def held(self, latents: Tensor) -> Tensor:
        """Return latents with a value per step."""
        return latents if self.hold == 1 else latents.repeat_interleave(self.hold, dim=2)

    @cached_property
    def expected(self) -> Tensor:
        """The output that the stream should give, without its latency."""
        return self.output(next(each for each in (self.estimate, self.exact, self.offline) if each is not None))

    @cached_property
    def signature(self) -> Signature:
        """The channels and the ratios of the method."""
        its = self.architecture
        return signatures(its.audio_channels, its.latent_dim, self.step)[self.method]

    @cached_property
    def period(self) -> int:
        """Samples of the output per latent frame."""
        return self.architecture.ratio // self.signature.out_ratio

    @property
    def unit(self) -> str:
        """The name of a sample of the output."""
        latent = "frame" if self.hold == 1 else "step"
        return f"{latent} on the encoder's grid" if self.method == "encode" else "sample on the decoder's grid"

    @property
    def input_sizes(self) -> list[int]:
        """The sizes of the blocks, in samples of the input."""
        return [self.signature.input_values(steps * self.step) for steps in self.schedule.sizes]

    @property
    def output_sizes(self) -> list[int]:
        """The sizes of the blocks, in samples of the output."""
        return [self.signature.output_values(steps * self.step) for steps in self.schedule.sizes]

    @property
    def ends(self) -> list[int]:
        """The place in the output where each block ends."""
        return list(itertools.accumulate(self.output_sizes))

    @property
    def frames(self) -> list[int]:
        """The latent frames that the model computes at a time: queued input waits until a frame is whole."""
        return frames_at_once(self.schedule, self.hold)

    @property
    def borders(self) -> list[int]:
        """The places in the output where the blocks that the model computes end; queues delay them."""
        queued = self.period - self.signature.output_values(self.step)
        return [queued + end * self.period for end in itertools.accumulate(self.frames)]


def frames_at_once(schedule: Schedule, hold: int) -> list[int]:
    """Return the latent frames that become whole in each block of a schedule, without blocks in which none does."""
    whole = [steps // hold for steps in itertools.accumulate(schedule.sizes)]
    return [frames for frames in itertools.starmap(operator.sub, zip(whole, [0, *whole], strict=False)) if frames]


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
            for block in torch.split(case.input(case.before).to(artifact.device), max(case.input_sizes), dim=2):
                fresh.call(case.method, block)
            fresh.reset()
        lengths = iter(case.output_sizes)
        for block in fresh.blocks(case.method, case.input(case.given).to(artifact.device), case.input_sizes):
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
