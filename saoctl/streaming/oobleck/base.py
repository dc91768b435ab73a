"""What the streams of an Oobleck autoencoder have in common: the encoder, the controls, and the checks of blocks."""

from collections.abc import Callable, Iterable
from typing import Final

from torch import Tensor, nn

from saoctl.models.oobleck.model import OobleckAutoencoder, mean_latents
from saoctl.streaming.base import BlockStream
from saoctl.streaming.controls import LatentControls
from saoctl.streaming.delay import Grid
from saoctl.streaming.oobleck.layers import Edges, flatten, stack
from saoctl.streaming.state import Cursor, StreamState


class OobleckStream(BlockStream):
    """A `saoctl.streaming.stream.Stream` without a decoder; subclasses add the decoder, the states and the methods.

    Args:
        offline: the model to follow; its weights are folded and copied.
        layers: returns the layers of its encoder or decoder; `consumed` frees their weights on the way.
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
        self.encoder = stack(offline.encoder, layers, Grid(self.ratio), self.ratio)
        self.latent_edges = Edges(self.encoder.grid, self.ratio)
        self.play_by(LatentControls(self.latent_dim, self.ratio, architecture.sample_rate))

    def play_by(self, controls: LatentControls) -> None:
        """Give `decode` and `forward` other controls, before the module is scripted."""
        self.controls = controls
        self.decode_controls_state = StreamState(controls.state_size)
        self.forward_controls_state = StreamState(controls.state_size, lag=self.encoder.grid.delay * self.ratio)

    def _encode(self, audio: Tensor, cursor: Cursor) -> Tensor:
        """Encode audio [B, audio_channels, T] to latents [B, F, latent_dim], zero outside the signal."""
        moments: Tensor = self.encoder(audio.transpose(1, 2).contiguous(), cursor)
        if self.sampling:
            # Outside the signal mean and scale are zero, but the noise of scale zero is not.
            latents: Tensor = self.latent_edges(self._sample(moments, cursor), cursor)
        else:
            latents = mean_latents(moments, 2)
        return latents / self.scale

    def _shown(self, audio: Tensor, cursor: Cursor) -> Tensor:
        """Return the output of `encode` for audio, [B, F, C], zero outside the signal."""
        shown: Tensor = self.latent_edges(self.controls.shown(self._encode(audio, cursor)), cursor)
        return shown

    def _played(self, audio: Tensor, cursor: Cursor, settled: int) -> Tensor:
        """Return the input of the decoder in `forward`, [B, F, latent_dim], zero outside the signal.

        Args:
            audio: the block.
            cursor: its position.
            settled: see `Cursor`.
        """
        shown = self._shown(audio, cursor)
        within = self.forward_controls_state.next(shown, audio.shape[2], -1, settled)
        played: Tensor = self.latent_edges(self.controls(shown, within), cursor)
        return played

    def _given(self, latents: Tensor) -> Tensor:
        """Return the input of the decoder in `decode`, [B, F, latent_dim], for latents [B, C, F]."""
        within = self.decode_controls_state.next(latents, latents.shape[2] * self.ratio, -1, -1)
        given: Tensor = self.controls(latents.transpose(1, 2).contiguous(), within)
        return given

    def _sample(self, moments: Tensor, cursor: Cursor) -> Tensor:
        """Return latents [B, F, latent_dim] from moments [B, F, 2 * latent_dim], with noise if it is set."""
        raise NotImplementedError
