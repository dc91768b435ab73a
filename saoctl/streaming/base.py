"""What the streams of all families do with blocks: checks, silence, and noise that does not depend on the blocks."""

import torch
from torch import Tensor, nn

from saoctl.streaming.controls import LatentControls


class BlockStream(nn.Module):
    """The base of a `saoctl.streaming.stream.Stream`, whose attributes the subclass sets."""

    ratio: int
    audio_channels: int
    latent_dim: int
    controls: LatentControls

    def _normal(self, like: Tensor, frames: int) -> Tensor:
        """Return normal noise, [B, frames, latent_dim].

        torch draws sixteen numbers at a time. Each frame draws a multiple of sixteen, so the noise of one signal is the
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
        """Return silent audio, [1, audio_channels, frames * ratio], with the dtype and the device of `like`."""
        return torch.zeros([1, self.audio_channels, frames * self.ratio], dtype=like.dtype, device=like.device)


def block_of(signal: Tensor, begin: int, length: int) -> Tensor:
    """Return a part of a signal [B, channels, T] as [B, length, channels], with silence after its end."""
    block = signal.new_zeros(signal.shape[0], length, signal.shape[1])
    part = signal[:, :, begin : begin + length].transpose(1, 2)
    block[:, : part.shape[1]] = part
    return block
