"""What a player does to latents on their way into the decoder: scale and bias, of all of them and of each."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

MAX_SCALE = 10.0
MAX_BIAS = 10.0


class LatentControls(nn.Module):
    """(latents * gain) * scale + offset + bias, with gain and offset per channel, [B, F, C] -> [B, F, C].

    As built, it changes no bit. Setters answer whether they took the value; what is out of range changes nothing.
    They assign new tensors rather than change old ones in place, which may have been made in inference mode.
    """

    gain: Tensor
    offset: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.max_scale, self.max_bias = MAX_SCALE, MAX_BIAS
        self.scale, self.bias = 1.0, 0.0
        self.register_buffer("gain", torch.ones(channels))
        self.register_buffer("offset", torch.zeros(channels))

    def forward(self, latents: Tensor) -> Tensor:
        return self.bent(latents)

    def bent(self, latents: Tensor) -> Tensor:
        """Scaled and shifted."""
        gain = (self.gain * self.scale).to(latents.dtype)
        return latents * gain + (self.offset + self.bias).to(latents.dtype)

    @torch.jit.export
    def shown(self, latents: Tensor) -> Tensor:
        """What the encoder's latents are given out as, [B, F, latent_dim] -> [B, F, C]."""
        return latents

    @torch.jit.export
    def set_scale(self, scale: float) -> bool:
        """Scale of all channels, -MAX_SCALE to MAX_SCALE."""
        good = abs(scale) <= self.max_scale
        if good:
            self.scale = scale
        return good

    @torch.jit.export
    def set_bias(self, bias: float) -> bool:
        """Bias of all channels, -MAX_BIAS to MAX_BIAS."""
        good = abs(bias) <= self.max_bias
        if good:
            self.bias = bias
        return good

    @torch.jit.export
    def set_channel(self, channel: int, gain: float, offset: float) -> bool:
        """Gain and offset of one channel, counted from 1, in the ranges of scale and bias."""
        good = 1 <= channel <= self.channels and abs(gain) <= self.max_scale and abs(offset) <= self.max_bias
        if good:
            gains, offsets = self.gain.clone(), self.offset.clone()
            gains[channel - 1] = gain
            offsets[channel - 1] = offset
            self.gain, self.offset = gains, offsets
        return good


@dataclass(frozen=True)
class Directions:
    """The first directions of a basis of latents, see `saoctl.weights.basis`.

    Args:
        mean: of the latents, [L].
        directions: a row each, of length 1, [N, L].
        spread: standard deviation in each, [N].
    """

    mean: Tensor
    directions: Tensor
    spread: Tensor


class DirectionControls(LatentControls):
    """The same for coordinates along directions, [B, F, N], which become latents [B, F, L] behind it.

    It computes in float32 whatever the precision of the model: the few products cost nothing.
    """

    mean: Tensor
    to_latents: Tensor
    to_coordinates: Tensor

    def __init__(self, basis: Directions) -> None:
        super().__init__(len(basis.spread))
        along = basis.directions.double()
        self.register_buffer("mean", basis.mean.float())
        self.register_buffer("to_latents", (along * basis.spread.double()[:, None]).float())
        self.register_buffer("to_coordinates", (along / basis.spread.double()[:, None]).T.float().contiguous())

    def forward(self, latents: Tensor) -> Tensor:
        coordinates = self.bent(latents).to(torch.float32)
        return (torch.matmul(coordinates, self.to_latents) + self.mean).to(latents.dtype)

    @torch.jit.export
    def shown(self, latents: Tensor) -> Tensor:
        """The coordinates of the encoder's latents."""
        return torch.matmul(latents.to(torch.float32) - self.mean, self.to_coordinates).to(latents.dtype)
