"""What the controls of latents promise, frame by frame in float64, for those who judge them."""

from dataclasses import dataclass, field

import torch
from torch import Tensor


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
