"""The offline model behind the streaming model's interface, for exports without streaming."""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.models.oobleck.model import OobleckAutoencoder, fold_weight_norm
from saoctl.streaming.controls import LatentControls
from saoctl.streaming.state import StreamState


class OfflineAutoencoder(nn.Module):
    """Each block is a whole signal: no latency, nothing to flush, and no state but that of the controls.

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
        self.latency_encode, self.latency_decode, self.latency_forward = 0, 0, 0
        self.play_by(LatentControls(model.latent_dim, model.ratio, model.architecture.sample_rate))

    def play_by(self, controls: LatentControls) -> None:
        """Give `decode` and `forward` other controls; to do before it is scripted."""
        self.controls = controls
        self.decode_controls_state = StreamState(controls.state_size)
        self.forward_controls_state = StreamState(controls.state_size)

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        self.model.noise = self.noise
        shown: Tensor = self.controls.shown(self.model.encode(audio).transpose(1, 2))
        return shown.transpose(1, 2)

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        return self._decode(latents, self.decode_controls_state)

    def forward(self, audio: Tensor) -> Tensor:
        return self._decode(self.encode(audio), self.forward_controls_state)

    def _decode(self, latents: Tensor, state: StreamState) -> Tensor:
        cursor = state.next(latents, latents.shape[2] * self.ratio, -1, -1)
        given: Tensor = self.controls(latents.transpose(1, 2), cursor)
        audio: Tensor = self.model.decode(given.transpose(1, 2))
        return F.pad(audio, [0, latents.shape[2] * self.ratio - audio.shape[2]])

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
        self.decode_controls_state.reset()
        self.forward_controls_state.reset()
