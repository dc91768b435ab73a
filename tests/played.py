"""What the controls of latents promise, frame by frame in float64, for those who judge them, and what they do."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from saoctl.streaming.stream import Stream


def given_to_the_decoder(model: Stream, latents: Tensor, sizes: list[int]) -> Tensor:
    """Return what `decode` of an exact stream makes of latents before it decodes them, [B, F, latent_dim]."""
    played: list[Tensor] = []
    with model.controls.register_forward_hook(lambda module, given, result: played.append(result)):
        for block in latents.split(sizes, dim=2):
            model.decode(block)
    return torch.cat(played, dim=1)


@dataclass(frozen=True)
class Settings:
    """Of scale and bias per channel [C], freeze, and glide in ms, as they were when a frame came."""

    scale: Tensor
    bias: Tensor
    freeze: int = 0
    glide: float = 0.0


@dataclass
class Player:
    """Frozen, bent, and slowed down: 95 % of a jump are over after the time of the glide. At first all is zero."""

    frame_ms: float
    held: Tensor = field(default_factory=lambda: torch.zeros(()))
    arrived: Tensor = field(default_factory=lambda: torch.zeros(()))

    def frame(self, latents: Tensor, settings: Settings) -> Tensor:
        """The next frame, [B, C], as the decoder is to have it."""
        if not settings.freeze:
            self.held = latents.double()
        aim = self.held * settings.scale.double() + settings.bias.double()
        left = 0.05 ** (self.frame_ms / settings.glide) if settings.glide else 0.0
        self.arrived = aim + (self.arrived - aim) * left
        return self.arrived.expand(latents.shape)

    def frames(self, latents: Tensor, settings: list[Settings]) -> Tensor:
        """Frames [B, C, F], each with the settings of its own."""
        return torch.stack([self.frame(*each) for each in zip(latents.unbind(2), settings, strict=True)], dim=2)
