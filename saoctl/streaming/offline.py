"""The offline model behind the streaming model's interface, for exports without streaming."""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.models.oobleck.model import OobleckAutoencoder, fold_weight_norm
from saoctl.streaming.controls import LatentControls


class OfflineAutoencoder(nn.Module):
    """Each block is a whole signal: no state, no latency, nothing to flush.

    Args:
        model: the offline model; its weight norm is folded in place.

    Attributes:
        noise, controls, latency_encode, latency_decode, latency_forward: as of the streaming model.

    Shape:
        As of the streaming model. What odd strides lose at the end of the audio is filled with silence, so that a host
        gets as many samples as it expects.
    """

    sampling: Final[bool]

    def __init__(self, model: OobleckAutoencoder) -> None:
        super().__init__()
        fold_weight_norm(model)
        self.model = model
        self.sampling = model.sampling
        self.noise = 0.0
        self.ratio, self.latent_dim, self.audio_channels = model.ratio, model.latent_dim, model.audio_channels
        self.controls = LatentControls(model.latent_dim)
        self.latency_encode, self.latency_decode, self.latency_forward = 0, 0, 0

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        self.model.noise = self.noise
        shown: Tensor = self.controls.shown(self.model.encode(audio).transpose(1, 2))
        return shown.transpose(1, 2)

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        bent: Tensor = self.controls(latents.transpose(1, 2))
        audio: Tensor = self.model.decode(bent.transpose(1, 2))
        return F.pad(audio, [0, latents.shape[2] * self.ratio - audio.shape[2]])

    def forward(self, audio: Tensor) -> Tensor:
        return self.decode(self.encode(audio))

    @torch.jit.export
    def flush_encode(self) -> Tensor:
        return torch.zeros([1, self.controls.channels, 0])

    @torch.jit.export
    def flush_decode(self) -> Tensor:
        return torch.zeros([1, self.audio_channels, 0])

    @torch.jit.export
    def flush_forward(self) -> Tensor:
        return torch.zeros([1, self.audio_channels, 0])

    @torch.jit.export
    def warm_up(self, like: Tensor) -> None:
        """Nothing: who gives a whole signal at once does not mind a slow start."""

    @torch.jit.export
    def reset(self) -> None:
        pass
