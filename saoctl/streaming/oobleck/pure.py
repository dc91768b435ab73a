"""The pure steps of Oobleck streams, for blocks of any size, and for blocks of one size in XNNPACK's operations.

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
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.streaming.oobleck.layers import Edges, Stack
from saoctl.streaming.oobleck.lookahead import LookaheadAutoencoder
from saoctl.streaming.oobleck.pure_layers import PureEdges, PureSnake, PureStack, twin
from saoctl.streaming.pure import Histories, Place, PureStep, Settings, sizes_of
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import Method


class OobleckStep(PureStep):
    """A method of an Oobleck stream as a function; subclasses add `run`.

    Args:
        stream: the stream.
        method: the method of the stream.
        parts: of the stream, in the order in which the method runs them.
    """

    given_edges: PureEdges  # those of the latents

    def __init__(
        self, stream: StreamingAutoencoder | LookaheadAutoencoder, method: Method, parts: list[nn.Module]
    ) -> None:
        super().__init__(stream, method, sizes_of(parts))
        self.scale = stream.scale
        self.takes_noise = method != "decode" and stream.sampling
        self.lag = stream.encoder.grid.delay if method == "forward" else 0
        self.reach: int | None = None

    def _shown(self, moments: Tensor, noise: Tensor | None, place: Place) -> Tensor:
        """Return the output of `encode`, [B, latent_dim, 1, F], zero outside the signal."""
        latents = mean_latents(moments, 1) if noise is None else noisy_latents(moments, 1.0, noise, 1)
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


class ExactStep(OobleckStep):
    """A method of an exact stream; `forward` is `encode` and `decode` in a chain."""

    def __init__(self, stream: StreamingAutoencoder, method: Method) -> None:
        encodes, decodes = method != "decode", method != "encode"
        parts: list[nn.Module] = [stream.encoder] if encodes else []
        parts += [stream.controls, stream.decoder] if decodes else []
        super().__init__(stream, method, parts)
        latents = stream.encode_tail if encodes else 0  # due at the end of a signal
        self.flush_frames = encodes * stream.encode_tail_frames + decodes * stream.decode_tail_frames
        self.flush_values = latents * stream.ratio + stream.decode_tail if decodes else latents
        if encodes:
            self.encoder = twin(stream.encoder)
        if decodes:
            self.decoder = twin(stream.decoder)
        # The input of `decode` has no delay, and the latents of the encoder have its delay.
        self.given_edges = PureEdges(stream.latent_edges if encodes else Edges(Grid(1), self.ratio))

    def run(
        self, x: Tensor, place: Place, histories: Histories, settings: Settings | None, noise: Tensor | None
    ) -> Tensor:
        if self.method != "decode":
            moments = self.encoder(x, place, histories)
            x = self._shown(moments, None if noise is None else noise.unsqueeze(2), place)
        if settings is not None:
            late = place.behind(self.lag)
            x = self.given_edges(self.controls(x, settings, late, histories), place)
            x = self.decoder(x * self.scale, late, histories)
        return x


class AheadStep(OobleckStep):
    """A method of a stream with a shorter lookahead; `lookahead.py` explains what it computes.

    Every block has the same number of provisional rows, so the parts of the stream are cut at the same places.
    """

    chained = False  # `forward` decodes estimates that `encode` does not give out

    def __init__(self, stream: LookaheadAutoencoder, method: Method) -> None:
        encodes, decodes = method != "decode", method != "encode"
        parts: list[nn.Module] = [stream.encoder] if encodes else []
        parts += [stream.kept_noise] if encodes and stream.sampling else []
        parts += [stream.controls, stream.core, stream.middle, stream.rest] if decodes else []
        super().__init__(stream, method, parts)
        ratio, ahead, most = stream.ratio, stream.ahead_decode, stream.most_decode
        if method == "forward":
            ahead, most = stream.ahead_forward, stream.most_forward
        handed, core_missing, missing = stream.plan(ahead, most)
        self.latents_ahead = 0
        if encodes:
            assert isinstance(stream.encoder, Stack)  # halves have no shorter lookahead
            self.encoder = PureStack(stream.encoder, missing=missing if decodes else stream.ahead_encode * ratio)
            self.latents_ahead = self.encoder.gives
        self.given_edges = PureEdges(
            stream.latent_edges if encodes else Edges(Grid(1), ratio), ahead=self.latents_ahead
        )
        self.first_latent = stream.most_encode - stream.ahead_encode
        self.flush_frames = self.flush_values = stream.ahead_encode
        if decodes:
            late, before = ahead * stream.step, self.lag * ratio
            self.core = PureStack(stream.core, before, core_missing, self.latents_ahead)
            self.first_row = stream.core_delay + (before - handed) // stream.core_step
            self.middle = PureStack(stream.middle, handed, late, self.core.gives - self.first_row)
            self.first_handed = stream.middle_delay + (handed - late) // stream.step
            self.rest, self.rows_per_frame = PureStack(stream.rest, late), ratio // stream.step
            self.flush_values = late + stream.rest_tail
            self.flush_frames = -(-self.flush_values // ratio)

    def run(
        self, x: Tensor, place: Place, histories: Histories, settings: Settings | None, noise: Tensor | None
    ) -> Tensor:
        frames = x.shape[3] // (1 if self.method == "decode" else self.ratio)
        now = place.as_if_last(frames)
        if self.method != "decode":
            moments = self.encoder(x, now, histories)
            if noise is not None:
                # A frame that is estimated again keeps its noise.
                noise = histories.before(noise.unsqueeze(2)).narrow(3, 0, frames + self.latents_ahead)
            x = self._shown(moments, noise, now)
        if settings is None:
            return x.narrow(3, self.first_latent, frames)
        played = self.controls(x, settings, now.behind(self.lag), histories, self.latents_ahead)
        rows = self.core(self.given_edges(played, now) * self.scale, now, histories)
        rows = rows.narrow(3, self.first_row, rows.shape[3] - self.first_row)
        rows = self.middle(rows, now, histories).narrow(3, self.first_handed, frames * self.rows_per_frame)
        audio: Tensor = self.rest(rows, place, histories)
        return audio


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
        index = torch.arange(frames * like.rate + like.ahead, dtype=torch.float32).view(1, 1, 1, -1)
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
    """Return a method of a stream, which computes in one dtype, as a function."""
    step: PureStep
    if isinstance(stream, LookaheadAutoencoder):
        step = AheadStep(stream, method)
    else:
        assert isinstance(stream, StreamingAutoencoder)
        step = ExactStep(stream, method)
    return step.eval().requires_grad_(False)
