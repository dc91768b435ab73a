"""The contract of a stream: what a file, a host and verify may expect of an autoencoder that runs block by block."""

from typing import TYPE_CHECKING, Any, Protocol

from torch import Tensor

if TYPE_CHECKING:
    from saoctl.streaming.controls import LatentControls


class Stream(Protocol):
    """An autoencoder whose methods take a signal block by block.

    The output of a method, advanced by its latency, is that of the offline model for the whole signal. Blocks are any
    whole number of latent frames and may change from call to call; each method is a stream of its own. A change of
    batch size or device begins a fresh stream.

    To add the streaming form of a family: build its layers on the parts of `layers.py`, each of which owns a slice of
    one state tensor [B, S] and is late by a whole number of samples that `delay.py` derives; give it these attributes
    and methods, all of which TorchScript must be able to compile; and name it in `build.py`. `tests/streaming` holds
    every form to the offline model in all schedules, from the first sample to what it flushes.

    Attributes:
        ratio: audio samples per latent frame.
        audio_channels, latent_dim: channels on both sides.
        sampling: whether `encode` can add the sampling noise of a VAE.
        noise: how much of it is added, 1 as trained; 0 gives the mean.
        controls: what is done to the latents that enter the decoder.
        latency_encode, latency_decode, latency_forward: by how many audio samples each method is late.

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
    def controls(self) -> "LatentControls": ...

    def encode(self, audio: Tensor) -> Tensor:
        """Audio to latents."""

    def decode(self, latents: Tensor) -> Tensor:
        """Latents to audio."""

    def __call__(self, audio: Tensor) -> Any:
        """Audio to latents to audio."""

    def flush_encode(self) -> Tensor:
        """The latents still due at the end of the signal; afterwards the stream is fresh. So for the two below."""

    def flush_decode(self) -> Tensor:
        """The audio that `decode` still owes."""

    def flush_forward(self) -> Tensor:
        """The audio that `forward` still owes."""

    def warm_up(self, like: Tensor) -> None:
        """Run once what every first block has to wait for, for blocks of the dtype and the device of `like`."""

    def reset(self) -> None:
        """Forget everything: each method's next block begins a fresh stream."""
