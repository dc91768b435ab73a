"""A method of a stream as a function of its state, for runtimes that keep nothing between calls.

(block, state, position, end, controls) -> (output, state). `torch.export` can trace it for any batch and any number of
frames: nothing is changed in place, and no Python branch or loop depends on a value.

Signals are images of one row, [B, C, 1, T]: onnxruntime has a faster convolution for images than for signals.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn

from saoctl.streaming.controls import DirectionControls, LatentControls
from saoctl.streaming.noise import normal_of
from saoctl.streaming.state import Rows
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import Method

ENDLESS = 1 << 40  # latent frames; the end of a signal that goes on


@dataclass(frozen=True)
class Place:
    """Where a block stands.

    Args:
        frame: the offline index of its first latent frame, [1]; negative before the signal begins.
        end: the number of latent frames of the whole signal, [1].
    """

    frame: Tensor
    end: Tensor

    def behind(self, frames: int) -> Self:
        """Return the place `frames` latent frames earlier in the same signal."""
        return replace(self, frame=self.frame - frames)

    def as_if_last(self, frames: int) -> Self:
        """Return the place as if the signal ended with the block, which has `frames` latent frames."""
        return replace(self, end=torch.minimum(self.end, self.frame + frames))


class Histories:
    """The rows that layers keep from block to block: those of the block before, and those for the next one.

    Args:
        state: [B, S].
        sizes: rows and channels of each part of the state, in the order in which the layers run.
    """

    def __init__(self, state: Tensor, sizes: list[tuple[int, int]]) -> None:
        self._sizes = sizes
        self._given = list(torch.split(state, [rows * channels for rows, channels in sizes], dim=-1))
        self._left: list[Tensor] = []

    def take(self) -> Tensor:
        """Return the next part, [B, C, 1, rows]; `keep` must follow."""
        rows, channels = self._sizes[len(self._left)]
        return self._given[len(self._left)].reshape(-1, rows, channels).transpose(1, 2).unsqueeze(2)

    def keep(self, x: Tensor) -> None:
        """Keep [B, C, 1, rows] for the next block, in the place of the part that was taken."""
        self._left.append(x.squeeze(2).transpose(1, 2).flatten(1))

    def before(self, x: Tensor, ahead: int = 0) -> Tensor:
        """Return the next part followed by x, [B, C, 1, T] -> [B, C, 1, rows + T], and keep its last rows.

        Args:
            x: the rows of this block.
            ahead: how many rows of x, at its end, are provisional; those that are kept come before them.
        """
        history = self.take()
        both = torch.cat((history, x), dim=3)
        self.keep(both.narrow(3, x.shape[3] - ahead, history.shape[3]))
        return both

    def state(self) -> Tensor:
        """Return the state for the next block, [B, S]."""
        return torch.cat(self._left, dim=-1)


class Settings(NamedTuple):
    """The settings of the latent controls.

    Args:
        gain, offset: of each channel, with those that all channels share, [C].
        motion: freeze (1 or 0), glide in ms, and rest, [3].
    """

    gain: Tensor
    offset: Tensor
    motion: Tensor


class PureControls(nn.Module):
    """What a player does to latents, [B, C, 1, F] -> [B, latent_dim, 1, F]; see `controls.LatentControls`."""

    def __init__(self, like: LatentControls) -> None:
        super().__init__()
        self.channels, self.rest = like.channels, like.held.channels - like.channels
        self.frame_ms, self.arrived = like.frame_ms, like.arrived
        self.along = isinstance(like, DirectionControls)
        if isinstance(like, DirectionControls):
            self.mean, self.to_coordinates, self.to_latents = like.mean, like.to_coordinates, like.to_latents

    def forward(
        self, latents: Tensor, settings: Settings, place: Place, histories: Histories, ahead: int = 0
    ) -> Tensor:
        """Play latents, of which the last `ahead` are provisional."""
        gain, offset, motion = settings
        frozen, glide, rest = motion[0:1] > 0, motion[1:2], motion[2:3]
        # The share of the frame before. A slow glide keeps nearly all of it, and float32 would lose the remainder.
        kept = torch.pow(self.arrived, self.frame_ms / glide.double())
        frames = latents.shape[3]
        frame = torch.arange(frames, device=latents.device) + place.frame
        within = frame >= 0  # nothing glides in from before the signal
        if self.rest:
            noise = normal_of(frame, latents.new_zeros(1, 1, self.rest).expand(latents.shape[0], 1, self.rest))
            noise = torch.where(within, noise.transpose(1, 2).unsqueeze(2), 0.0)
            latents = torch.cat((latents, noise), dim=1)
        held = histories.take()
        histories.keep(torch.where(frozen, held, latents.narrow(3, frames - 1, 1)))
        played = torch.where(frozen, held, latents)
        if self.rest:
            # Gliding smooths the noise, which then varies less; `DirectionControls` explains the factor.
            wide = rest * torch.sqrt((1.0 + kept) / (1.0 - kept)).to(rest.dtype)
            gain = torch.cat((gain, wide.expand(self.rest)))
            offset = torch.cat((offset, torch.zeros_like(gain.narrow(0, 0, self.rest))))
        played = torch.where(within, played * gain.view(-1, 1, 1) + offset.view(-1, 1, 1), 0.0)
        before = histories.take()
        played = torch.where(glide > 0, self._slowed(played, before, kept), played)
        histories.keep(played.narrow(3, frames - ahead - 1, 1))
        if self.along:
            turned = torch.matmul(played.squeeze(2).transpose(1, 2), self.to_latents) + self.mean
            played = turned.transpose(1, 2).unsqueeze(2)
        return played

    def shown(self, latents: Tensor) -> Tensor:
        """Return the encoder's latents as `encode` gives them out, [B, latent_dim, 1, F] -> [B, C, 1, F]."""
        if not self.along:
            return latents
        rows = latents.squeeze(2).transpose(1, 2)
        return torch.matmul(rows - self.mean, self.to_coordinates).transpose(1, 2).unsqueeze(2)

    def _slowed(self, latents: Tensor, before: Tensor, kept: Tensor) -> Tensor:
        """Apply the one-pole low-pass y[t] = kept * y[t-1] + (1 - kept) * x[t], as one product over all frames.

        Written out it is y[t] = kept^(t+1) * y[-1] + (1 - kept) * sum of kept^(t-s) * x[s] over s <= t. All weights are
        between 0 and 1, so nothing is divided by a power that has become too small.
        """
        frame = torch.arange(latents.shape[3], device=latents.device)
        age = frame - frame.unsqueeze(1)  # [s, t]
        weights = torch.where(age >= 0, torch.pow(kept, age.clamp(min=0).double()) * (1.0 - kept), 0.0)
        finite = torch.where(torch.isfinite(before), before, 0.0)  # a NaN must not stay in the state for ever
        fading = torch.pow(kept, (frame + 1).double()).to(latents.dtype)
        return finite * fading + torch.matmul(latents, weights.to(latents.dtype))


def sizes_of(modules: Iterable[nn.Module]) -> list[tuple[int, int]]:
    """Return the rows and channels of every history (`Rows`) in these modules, in the order in which they run."""
    kept = (part for module in modules for part in module.modules() if isinstance(part, Rows))
    return [(part.rows, part.channels) for part in kept if part.size]


class Repeated(nn.Module):
    """A method of a module. The step contains several such modules, which have the same graph and other weights.

    A format may trace one of them and repeat its graph. The output has the dtype and the shape of the first input, with
    `channels` in the last dimension.

    Args:
        module: the module.
        channels: the size of the last dimension of the output.
        method: the name of the method, whose inputs are tensors.
    """

    def __init__(self, module: nn.Module, channels: int, method: str = "forward") -> None:
        super().__init__()
        self.module, self.channels, self.method = module, channels, method

    def forward(self, *inputs: Tensor) -> Tensor:
        y: Tensor = getattr(self.module, self.method)(*inputs)
        return y


class PureStep(nn.Module, ABC):
    """The contract of a pure step: what a format may expect of a method of a stream.

    The state is one tensor [B, S], zeros at first. If `forward` is `encode` and `decode` in a chain, its state is that
    of `encode` followed by that of `decode`.

    To add the pure step of a family, write a subclass whose `run` computes the method, and set the attributes which
    are declared here without a value.

    Args:
        stream: the stream whose output it reproduces and whose weights it shares.
        method: the method of the stream.
        sizes: rows and channels of each part of the state, in the order in which `run` takes them.

    Attributes:
        state_size: S.
        controls: what a player does to the latents.
        plays: whether the method decodes, and so takes `gain`, `offset` and `motion`.
        takes_noise: whether the method takes `noise`. `encode` and `decode` of a model never both do.
        lag: latent frames by which `forward` decodes later than it encodes; 0 for the other methods.
        chained: whether `forward` is `encode` and `decode` in a chain, as in every exact stream.
        block_frames: latent frames of which each block is a multiple.
        flush_frames: latent frames of silence that push out what is due at the end of a signal.
        flush_values: values per channel that are due then; what follows them is no part of the signal.

    Inputs of `forward`, besides the block [B, C, T] and the state:
        position: audio samples of the signal before this block, int64 [1].
        end: audio samples of the whole signal, a whole number of latent frames, int64 [1]; -1 while it goes on. Blocks
            of silence, with `end` set, return the output that is still due.
        gain, offset, motion: see `Settings`; ones, zeros and zeros change nothing.
        noise: [B, latent_dim, F] normal numbers times their amount; zeros for the model's mean.
    """

    takes_noise: bool
    lag: int
    flush_frames: int
    flush_values: int
    chained = True
    block_frames = 1

    def __init__(self, stream: Stream, method: Method, sizes: list[tuple[int, int]]) -> None:
        super().__init__()
        self.method, self.ratio = method, stream.ratio
        self.audio_channels, self.latent_dim = stream.audio_channels, stream.latent_dim
        self.controls, self.plays = PureControls(stream.controls), method != "encode"
        self.sizes = sizes
        self.state_size = sum(rows * channels for rows, channels in sizes)

    @abstractmethod
    def run(
        self, x: Tensor, place: Place, histories: Histories, settings: Settings | None, noise: Tensor | None
    ) -> Tensor:
        """Return the output of the method for a block, late by the stream's latency.

        Args:
            x: the block, [B, C, 1, T].
            place: where it stands.
            histories: the state, every part of which is taken and kept in order.
            settings: of the controls, if the method plays.
            noise: [B, latent_dim, F], if the method takes it.
        """

    def place(self, position: Tensor, end: Tensor) -> Place:
        """Return the place of a block by audio samples, see the inputs of `forward`."""
        return Place(position // self.ratio, torch.where(end < 0, ENDLESS, end // self.ratio))

    def fixed(self, frames: int) -> Self:
        """Return the step for batch size 1 and blocks of `frames` latent frames, with operations of XNNPACK alone.

        It takes over the modules of this step, which is then unusable. Only ExecuTorch needs it.
        """
        raise NotImplementedError

    def forward(
        self,
        block: Tensor,
        state: Tensor,
        position: Tensor,
        end: Tensor,
        gain: Tensor | None = None,
        offset: Tensor | None = None,
        motion: Tensor | None = None,
        noise: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Return the output of the method for a block, and the state for the next block."""
        histories, settings = Histories(state, self.sizes), None
        if gain is not None and offset is not None and motion is not None:
            settings = Settings(gain, offset, motion)
        output = self.run(block.unsqueeze(2), self.place(position, end), histories, settings, noise)
        return output.squeeze(2), histories.state()
