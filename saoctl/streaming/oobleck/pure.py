"""The pure step of an exact Oobleck stream, for blocks of any size, and for blocks of one size in XNNPACK's operations.

XNNPACK computes in float32 and has few operations, and each other operation in between costs a hand-over. So a step for
blocks of one size blanks edges by a product with a mask, and converts the integers of a place to floats once per rate.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import torch
from torch import Tensor, nn

from saoctl.models.oobleck.model import mean_latents, noisy_latents
from saoctl.streaming.delay import Grid
from saoctl.streaming.oobleck import layers
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.streaming.oobleck.pure_layers import PureEdges, PureSnake, twin
from saoctl.streaming.pure import Histories, Place, PureStep, Settings, sizes_of
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import Method


class OobleckStep(PureStep):
    """A method of an exact stream as a function; see `PureStep`."""

    def __init__(self, stream: StreamingAutoencoder, method: Method) -> None:
        encodes, decodes = method != "decode", method != "encode"
        parts: list[nn.Module] = [stream.encoder] if encodes else []
        parts += [stream.controls, stream.decoder] if decodes else []
        super().__init__(stream, method, sizes_of(parts))
        self.scale = stream.scale
        self.takes_noise = encodes and stream.sampling
        self.lag = stream.latency_encode // stream.ratio if method == "forward" else 0
        latents = stream.encode_tail if encodes else 0  # due at the end of a signal
        self.flush_frames = encodes * stream.encode_tail_frames + decodes * stream.decode_tail_frames
        self.flush_values = latents * stream.ratio + stream.decode_tail if decodes else latents
        if encodes:
            self.encoder = twin(stream.encoder)
        if decodes:
            self.decoder = twin(stream.decoder)
        # The input of `decode` has no delay, and the latents of the encoder have its delay.
        self.given_edges = twin(stream.latent_edges if encodes else layers.Edges(Grid(1), self.ratio))
        self.reach: int | None = None

    def run(
        self, x: Tensor, place: Place, histories: Histories, settings: Settings | None, noise: Tensor | None
    ) -> Tensor:
        if self.method != "decode":
            x = self._encode(x, noise, place, histories)
        if settings is not None:
            late = place.behind(self.lag)
            x = self.given_edges(self.controls(x, settings, late, histories), place)
            x = self.decoder(x * self.scale, late, histories)
        return x

    def _encode(self, audio: Tensor, noise: Tensor | None, place: Place, histories: Histories) -> Tensor:
        moments = self.encoder(audio, place, histories)
        latents = mean_latents(moments, 1) if noise is None else noisy_latents(moments, 1.0, noise.unsqueeze(2), 1)
        shown: Tensor = self.given_edges(self.controls.shown(latents / self.scale), place)
        return shown

    def place(self, position: Tensor, end: Tensor) -> Place:
        place = super().place(position, end)
        return place if self.reach is None else NearPlace(place.frame, place.end, self.reach)

    def fixed(self, frames: int) -> Self:
        for module in list(self.modules()):
            if isinstance(module, PureSnake):
                # With fewer dimensions than the signal has, XNNPACK would copy the signal into another layout.
                module.frequency.data, module.gain.data = module.frequency[None], module.gain[None]
            for name, child in list(module.named_children()):
                if isinstance(child, PureEdges):
                    setattr(module, name, Mask(child, frames))
        for parameter in self.parameters():
            parameter.data = parameter.data.contiguous()  # as XNNPACK packs them
        # No mask depends on an edge that is farther away; numbers up to here are exact in float32.
        self.reach = frames + max(part.reach for part in self.modules() if isinstance(part, Mask))
        return self


@dataclass(frozen=True)
class NearPlace(Place):
    """A place that also gives its distances to the edges of the signal in float32.

    Args:
        reach: the largest distance in latent frames; larger ones are clamped to it.
    """

    reach: int
    _distances: dict[int, tuple[Tensor, Tensor]] = field(init=False, default_factory=dict)

    @cached_property
    def _frames(self) -> tuple[Tensor, Tensor]:
        """The first latent frame of the block and how many are left, int64 [1]."""
        first, left = self.frame, self.end - self.frame
        return first.clamp(-self.reach, self.reach), left.clamp(-self.reach, self.reach)

    def distances(self, rate: int) -> tuple[Tensor, Tensor]:
        """Return the offline index of the block's first value and how many values are left, float32 [1, 1, 1, 1].

        Args:
            rate: values per latent frame.
        """
        if rate not in self._distances:
            first, left = ((each * rate).to(torch.float32).view(1, 1, 1, 1) for each in self._frames)
            self._distances[rate] = first, left
        return self._distances[rate]


class Mask(nn.Module):
    """The form of `PureEdges` for blocks of one size, in float32 alone, [1, C, 1, T]."""

    since: Tensor
    until: Tensor

    def __init__(self, like: PureEdges, frames: int) -> None:
        super().__init__()
        index = torch.arange(frames * like.rate, dtype=torch.float32).view(1, 1, 1, -1)
        self.rate = like.rate
        self.register_buffer("since", index - (like.delay - 1))
        self.register_buffer("until", index + (like.shortfall - like.delay))

    @property
    def reach(self) -> int:
        """How many latent frames away from the block an edge can change the mask."""
        return int(torch.maximum(self.since.abs().max(), self.until.abs().max())) // self.rate + 1

    def forward(self, x: Tensor, place: NearPlace) -> Tensor:
        first, left = place.distances(self.rate)
        inside = torch.minimum(first + self.since, left - self.until)  # whole numbers, positive inside
        return x * torch.clamp(inside, 0.0, 1.0)


def pure_step(stream: Stream, method: Method) -> PureStep:
    """Return a method of an exact stream, which computes in one dtype, as a function."""
    assert isinstance(stream, StreamingAutoencoder)
    return OobleckStep(stream, method).eval().requires_grad_(False)
