"""A method of the exact stream as a module that keeps its state, of the operations that XNNPACK has.

ExecuTorch keeps buffers from call to call, and takes blocks of one size. What it gives to XNNPACK must be float32 and
of XNNPACK's operations, and each operation between them that is not costs a hand-over. So edges are blanked by a
product with a mask, and the integers of a place are turned to floats once, beforehand.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from saoctl.models.oobleck.model import mean_latents, noisy_latents
from saoctl.streaming.oobleck import pure
from saoctl.streaming.oobleck.pure import ENDLESS, Edges, Place, PureStep, Snake

# Per rate, in values of it, float32 [1, 1, 1, 1]: where the block begins, and how much is left of the signal.
Near = Mapping[int, tuple[Tensor, Tensor]]


class Histories(pure.Histories):
    """Those of one stream, whose state is [S]; each part lies as it is used, [C, rows]."""

    def take(self) -> Tensor:
        rows, channels = self._sizes[len(self._left)]
        return self._given[len(self._left)].reshape(1, channels, 1, rows)

    def keep(self, x: Tensor) -> None:
        self._left.append(x.reshape(-1))


class Mask(nn.Module):
    """Zeroes the samples of a block that lie outside of the signal, as `pure.Edges`, [1, C, 1, T]; numbers alone."""

    since: Tensor
    until: Tensor

    def __init__(self, like: Edges, frames: int) -> None:
        super().__init__()
        index = torch.arange(frames * like.rate, dtype=torch.float32).view(1, 1, 1, -1)
        self.rate = like.rate
        self.register_buffer("since", index - (like.delay - 1))
        self.register_buffer("until", index + (like.shortfall - like.delay))

    def forward(self, x: Tensor, near: Near) -> Tensor:
        first, left = near[self.rate]
        inside = torch.minimum(first + self.since, left - self.until)  # whole numbers, positive inside
        return x * torch.clamp(inside, 0.0, 1.0)


class StatefulStep(nn.Module):
    """A method that keeps its state, for blocks of one size and one stream.

    Args:
        step: the method; its parts become this module's, and it can no more be used itself.
        frames: latent frames of a block.

    Attributes:
        names: of the inputs, in their order; see `example`.

    Inputs, each [1] but for the block and `normal`:
        block: [1, C, T].
        reset: not 0: the block begins a signal.
        end: audio samples of the whole signal, a whole number of frames; -1 while it goes on. See `PureStep`.
        latent_scale, latent_bias, freeze, glide, rest: see `NnTilde`. Of decode and forward; rest with a basis.
        noise: how much of the VAE's sampling noise there is. Of encode and forward, if the model samples.
        normal: normal numbers, [1, latent_dim, frames]. With `noise`.
    """

    state: Tensor
    position: Tensor

    def __init__(self, step: PureStep, frames: int) -> None:
        super().__init__()
        self.step, self.frames = _prepared(step, frames), frames
        masks = [part for part in self.step.modules() if isinstance(part, Mask)]
        self.rates = sorted({mask.rate for mask in masks})
        # In frames; what is farther from an edge is as good as this far. Small enough to be exact in float32.
        self.reach = frames + max(int(_farthest(mask)) // mask.rate + 1 for mask in masks)
        self.register_buffer("state", torch.zeros(step.state_size))
        self.register_buffer("position", torch.zeros(1, dtype=torch.int64))
        self.names = ["block", "reset", "end"]
        if step.plays:
            self.names += ["latent_scale", "latent_bias", "freeze", "glide"]
            self.names += ["rest"] if step.controls.rest else []
        if step.takes_noise:
            self.names += ["noise", "normal"]

    def example(self) -> tuple[Tensor, ...]:
        """Inputs of the shapes and dtypes that it takes."""
        step = self.step
        channels, length = step.audio_channels, self.frames * step.ratio
        if step.method == "decode":
            channels, length = step.controls.channels, self.frames
        shapes = {"block": (1, channels, length), "normal": (1, step.latent_dim, self.frames)}
        whole = ("reset", "end", "freeze")
        dtypes = {name: torch.int64 if name in whole else torch.float32 for name in self.names}
        return tuple(torch.zeros(shapes.get(name, (1,)), dtype=dtypes[name]) for name in self.names)

    def forward(self, *inputs: Tensor) -> Tensor:
        """The output of the method for a block, late by the stream's latency."""
        step, given = self.step, dict(zip(self.names, inputs, strict=True))
        position = torch.where(given["reset"] == 0, self.position, 0)
        # A stream at its beginning has a state of zeros, whatever was there.
        histories = Histories(torch.where(position > 0, self.state, 0.0), step.sizes)
        frame, end = position // step.ratio, given["end"]
        place = Place(frame, torch.where(end < 0, ENDLESS, end // step.ratio))
        near = self._near(place)
        x = given["block"].unsqueeze(2)
        if step.method != "decode":
            moments = step.encoder(x, near, histories)
            if step.takes_noise:
                x = noisy_latents(moments, 1.0, (given["normal"] * given["noise"]).unsqueeze(2), 1)
            else:
                x = mean_latents(moments, 1)
            x = step.given_edges(step.controls.shown(x / step.scale), near)
        if step.plays:
            late = Place(frame - step.lag, place.end)
            x = self._played(x, given, late, histories)
            near_late = self._near(late)
            x = step.decoder(step.given_edges(x, near) * step.scale, near_late, histories)
        self.state.copy_(histories.state())
        self.position.copy_(position + self.frames * step.ratio)
        return x.squeeze(2)

    def _played(self, latents: Tensor, given: dict[str, Tensor], place: Place, histories: Histories) -> Tensor:
        channels = self.step.controls.channels
        rest = given.get("rest", torch.zeros(1))
        motion = torch.cat((given["freeze"].to(torch.float32), given["glide"], rest))
        gain, offset = (given[name].expand(channels) for name in ("latent_scale", "latent_bias"))
        played: Tensor = self.step.controls(latents, gain, offset, motion, place, histories)
        return played

    def _near(self, place: Place) -> Near:
        first = place.frame.clamp(-self.reach, self.reach)
        left = (place.end - place.frame).clamp(-self.reach, self.reach)
        return {
            rate: tuple((each * rate).to(torch.float32).view(1, 1, 1, 1) for each in (first, left))  # type: ignore[misc]
            for rate in self.rates
        }


def _prepared(step: PureStep, frames: int) -> PureStep:
    """A step whose edges are masks, and whose weights lie as XNNPACK's packing wants them."""
    for module in list(step.modules()):
        if isinstance(module, Snake):
            # Of as many dimensions as the signal, or XNNPACK lays the signal out anew for each of them.
            module.frequency.data, module.gain.data = module.frequency[None], module.gain[None]
        for name, child in list(module.named_children()):
            if isinstance(child, Edges):
                setattr(module, name, Mask(child, frames))
    for parameter in step.parameters():
        parameter.data = parameter.data.contiguous()
    return step


def _farthest(mask: Mask) -> Tensor:
    return torch.maximum(mask.since.abs().max(), mask.until.abs().max())
