"""What the streams of an Oobleck autoencoder have in common: the encoder, and what they may be given."""

from collections.abc import Callable, Iterable
from typing import Final

import torch
from torch import Tensor, nn

from saoctl.models.oobleck.model import OobleckAutoencoder, mean_latents
from saoctl.streaming.controls import LatentControls
from saoctl.streaming.delay import Grid
from saoctl.streaming.oobleck.layers import Edges, Stack, flatten
from saoctl.streaming.state import Cursor, StreamState


class OobleckStream(nn.Module):
    """The beginning of a `saoctl.streaming.stream.Stream`; a form adds its decoder, its states and its methods.

    Args:
        offline: the model to follow; its weights are folded and copied.
        layers: gives those of its encoder and its decoder; `consumed` takes their weights away as it goes.
    """

    sampling: Final[bool]

    def __init__(
        self, offline: OobleckAutoencoder, layers: Callable[[nn.Module], Iterable[nn.Module]] = flatten
    ) -> None:
        super().__init__()
        architecture = offline.architecture
        self.sampling = offline.sampling
        self.noise = 0.0
        self.ratio = architecture.ratio
        self.audio_channels = architecture.audio_channels
        self.latent_dim = architecture.latent_dim
        self.scale = architecture.scale
        self.encoder = Stack(layers(offline.encoder), Grid(self.ratio), self.ratio)
        self.latent_edges = Edges(self.encoder.grid, self.ratio)
        self.play_by(LatentControls(self.latent_dim, self.ratio, architecture.sample_rate))

    def play_by(self, controls: LatentControls) -> None:
        """Give `decode` and `forward` other controls; to do before it is scripted."""
        self.controls = controls
        self.decode_controls_state = StreamState(controls.state_size)
        self.forward_controls_state = StreamState(controls.state_size, lag=self.encoder.grid.delay * self.ratio)

    def _encode(self, audio: Tensor, cursor: Cursor) -> Tensor:
        """Audio [B, audio_channels, T] to latents [B, F, latent_dim], zero outside of the signal."""
        moments: Tensor = self.encoder(audio.transpose(1, 2).contiguous(), cursor)
        if self.sampling:
            # Outside of the signal mean and scale are zero, but the noise of scale zero is not.
            latents: Tensor = self.latent_edges(self._sample(moments, cursor), cursor)
        else:
            latents = mean_latents(moments, 2)
        return latents / self.scale

    def _shown(self, audio: Tensor, cursor: Cursor) -> Tensor:
        """What `encode` gives of audio, [B, F, C], zero outside of the signal."""
        shown: Tensor = self.latent_edges(self.controls.shown(self._encode(audio, cursor)), cursor)
        return shown

    def _played(self, audio: Tensor, cursor: Cursor, settled: int) -> Tensor:
        """What `forward` gives the decoder of audio, [B, F, latent_dim], zero outside of the signal.

        Args:
            audio: the block.
            cursor: where it stands.
            settled: as of a `Cursor`.
        """
        shown = self._shown(audio, cursor)
        within = self.forward_controls_state.next(shown, audio.shape[2], -1, settled)
        played: Tensor = self.latent_edges(self.controls(shown, within), cursor)
        return played

    def _given(self, latents: Tensor) -> Tensor:
        """What `decode` gives the decoder of latents [B, C, F], [B, F, latent_dim]."""
        within = self.decode_controls_state.next(latents, latents.shape[2] * self.ratio, -1, -1)
        given: Tensor = self.controls(latents.transpose(1, 2).contiguous(), within)
        return given

    def _sample(self, moments: Tensor, cursor: Cursor) -> Tensor:
        """Moments [B, F, 2 * latent_dim] to latents [B, F, latent_dim] with as much noise as is set."""
        raise NotImplementedError

    def _normal(self, like: Tensor, frames: int) -> Tensor:
        """Normal noise, [B, frames, latent_dim].

        torch draws it sixteen numbers at a time. So each frame takes whole sixteens, and the noise of one signal is the
        same in blocks of any size.
        """
        wide = (self.latent_dim + 15) // 16 * 16
        drawn = torch.randn_like(torch.zeros([like.shape[0], frames, wide], dtype=like.dtype, device=like.device))
        return drawn.narrow(2, 0, self.latent_dim)

    def _check_audio(self, audio: Tensor) -> None:
        if audio.dim() != 3 or audio.shape[1] != self.audio_channels:
            raise ValueError(f"audio must be [batch, {self.audio_channels}, samples], not {audio.shape}")
        if audio.shape[2] == 0 or audio.shape[2] % self.ratio != 0:
            raise ValueError(f"a block must be a multiple of {self.ratio} samples, not {audio.shape[2]}")

    def _check_latents(self, latents: Tensor) -> None:
        if latents.dim() != 3 or latents.shape[1] != self.controls.channels or latents.shape[2] == 0:
            raise ValueError(f"latents must be [batch, {self.controls.channels}, frames], not {latents.shape}")

    def _zeros(self, like: Tensor, rows: int, columns: int) -> Tensor:
        return torch.zeros([like.shape[0], rows, columns], dtype=like.dtype, device=like.device)

    def _silence(self, like: Tensor, frames: int) -> Tensor:
        """A block of silent audio, [1, audio_channels, frames * ratio], of the dtype and on the device of `like`."""
        return torch.zeros([1, self.audio_channels, frames * self.ratio], dtype=like.dtype, device=like.device)
