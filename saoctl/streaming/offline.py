"""The offline model with the interface of a stream, for exports without streaming."""

from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.streaming.controls import LatentControls
from saoctl.streaming.state import StreamState


class OfflineAutoencoder(nn.Module):
    """A `saoctl.streaming.stream.Stream` to which each block is a whole signal.

    It has no latency, nothing to flush, and no state except that of the controls. If the offline model gives less audio
    than its latents stand for, as odd strides do, silence fills the end, so that a host gets as many samples as it
    expects.

    Args:
        model: the offline model, see `saoctl.models.family.Family.offline`. TorchScript must be able to compile it.
    """

    sampling: Final[bool]

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.sampling = model.sampling
        self.noise = 0.0
        self.ratio, self.latent_dim, self.audio_channels = model.ratio, model.latent_dim, model.audio_channels
        self.latency_encode, self.latency_decode, self.latency_forward = 0, 0, 0
        self.play_by(LatentControls(model.latent_dim, model.ratio, model.architecture.sample_rate))

    def play_by(self, controls: LatentControls) -> None:
        """Give `decode` and `forward` other controls, before the module is scripted."""
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
        self.model.noise = self.noise
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
        """Do nothing: whoever gives a whole signal at once does not mind a slow start."""

    @torch.jit.export
    def reset(self) -> None:
        self.decode_controls_state.reset()
        self.forward_controls_state.reset()
