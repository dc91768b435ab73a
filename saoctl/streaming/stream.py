"""The contract of a stream: what a file, a host and verify may expect of an autoencoder that runs block by block."""

from typing import Any, Protocol

from torch import Tensor

from saoctl.streaming.controls import LatentControls


class Stream(Protocol):
    """An autoencoder whose methods take a signal block by block; a module that TorchScript can compile.

    The output of a method, advanced by its latency, is that of the offline model for the whole signal. Blocks are any
    whole number of latent frames and may change from call to call, unless the stream was built for multiples of a
    larger block. Each method is a stream of its own. A change of the batch size or the device begins a fresh stream.

    Attributes:
        ratio: audio samples per latent frame.
        audio_channels, latent_dim: channels on both sides.
        sampling: whether the model can add the noise of its bottleneck.
        noise: the amount of that noise: 1 as trained, 0 for none.
        controls: what is done to the latents that enter the decoder.
        latency_encode, latency_decode, latency_forward: the latency of each method in audio samples.

    Shape:
        audio [B, audio_channels, F * ratio], latents [B, latent_dim, F].
    """

    ratio: int
    audio_channels: int
    latent_dim: int
    noise: float
    latency_encode: int
    latency_decode: int
    latency_forward: int

    @property
    def sampling(self) -> bool: ...

    @property
    def controls(self) -> LatentControls: ...

    def play_by(self, controls: LatentControls) -> None:
        """Give `decode` and `forward` other controls, before the module is scripted."""

    def encode(self, audio: Tensor) -> Tensor:
        """Encode a block of audio to latents."""

    def decode(self, latents: Tensor) -> Tensor:
        """Decode a block of latents to audio."""

    def __call__(self, audio: Tensor) -> Any:
        """Encode a block of audio, and decode it."""

    def flush_encode(self) -> Tensor:
        """Return the latents still due at the end of the signal; afterwards the stream of the method is fresh."""

    def flush_decode(self) -> Tensor:
        """Return the audio still due at the end of the signal of `decode`; see `flush_encode`."""

    def flush_forward(self) -> Tensor:
        """Return the audio still due at the end of the signal of `forward`; see `flush_encode`."""

    def warm_up(self, like: Tensor) -> None:
        """Do once what delays every first block, for blocks of the dtype and on the device of `like`."""

    def reset(self) -> None:
        """Clear all state: the next block of each method begins a fresh stream."""
