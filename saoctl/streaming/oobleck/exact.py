"""The streaming autoencoder: encode, decode and both, block by block, equal to the offline model on every sample."""

from collections.abc import Callable, Iterable
from typing import Final

import torch
from torch import Tensor, nn

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder, mean_latents, noisy_latents
from saoctl.streaming.delay import Grid
from saoctl.streaming.oobleck.base import OobleckStream
from saoctl.streaming.oobleck.layers import flatten, grid_after, stack
from saoctl.streaming.state import Cursor, StreamState
from saoctl.vocabulary import Method


class StreamingAutoencoder(OobleckStream):
    """Exact streaming form of an offline autoencoder.

    The stream of a method, advanced by its latency, equals the offline output for the whole signal from the first
    sample on; `flush_*` gives the samples that are still due at the end. Blocks may be any whole number of latent
    frames and change from call to call. The three methods are three streams that do not touch each other; a change of
    batch size or device begins a fresh stream. It can be scripted, and used from Python as it is.

    Args:
        offline: the model to follow; its weights are folded and copied.
        layers: see `OobleckStream`.

    Attributes:
        noise: the amount of sampling noise in `encode` and `forward`, 1 as trained; 0 gives the mean.
        controls: what is done to the latents that enter the decoder, in `decode` and `forward`; nothing at first.
        latency_encode, latency_decode, latency_forward: latency of each method in audio samples.

    Shape:
        audio [B, audio_channels, F * ratio], latents [B, latent_dim, F].

    Example:
        >>> from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
        >>> from saoctl.models.oobleck.random import random_state
        >>> coder = Coder(channels=4, c_mults=(1, 2), strides=(2, 4))
        >>> architecture = OobleckArchitecture(
        ...     sample_rate=8000, audio_channels=1, latent_dim=2, encoder=coder, decoder=coder
        ... )
        >>> offline = OobleckAutoencoder(architecture).eval().requires_grad_(False)
        >>> offline.load_state_dict(random_state(architecture, seed=0))
        <All keys matched successfully>
        >>> streaming = StreamingAutoencoder(offline)
        >>> audio = torch.randn(1, 1, 800)
        >>> blocks = [streaming(block) for block in audio.split([8, 80, 712], dim=2)]
        >>> streamed = torch.cat([*blocks, streaming.flush_forward()], dim=2)
        >>> torch.allclose(streamed[:, :, streaming.latency_forward :], offline(audio), atol=1e-5)
        True
    """

    def __init__(
        self, offline: OobleckAutoencoder, layers: Callable[[nn.Module], Iterable[nn.Module]] = flatten
    ) -> None:
        super().__init__(offline, layers)
        self.decoder = stack(offline.decoder, layers, Grid(1), self.ratio)
        encoded, decoded = self.encoder.grid, self.decoder.grid
        self.latency_encode = encoded.delay * self.ratio
        # In `forward` the latents come late by the encoder's delay; `decode` is given them in time.
        self.encode_state = StreamState(self.encoder.state_size)
        self.decode_state = StreamState(self.decoder.state_size)
        self.forward_encode_state = StreamState(self.encoder.state_size)
        self.forward_decode_state = StreamState(self.decoder.state_size, lag=self.latency_encode)
        self.latency_decode = decoded.delay
        self.latency_forward = self.latency_encode + self.latency_decode
        self.encode_tail, self.decode_tail = encoded.tail, decoded.tail
        self.encode_tail_frames, self.decode_tail_frames = encoded.tail_frames, decoded.tail_frames

    def _sample(self, moments: Tensor, cursor: Cursor) -> Tensor:
        if self.noise == 0.0:
            return mean_latents(moments, 2)
        return noisy_latents(moments, self.noise, self._normal(moments, moments.shape[1]), 2)

    def _decode(self, latents: Tensor, cursor: Cursor) -> Tensor:
        """Decode latents [B, F, latent_dim] to audio [B, audio_channels, T]."""
        audio: Tensor = self.decoder(latents * self.scale, cursor)
        return audio.transpose(1, 2)

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        """Encode audio [B, audio_channels, F * ratio] to latents [B, latent_dim, F], late by `latency_encode`."""
        self._check_audio(audio)
        return self._shown(audio, self.encode_state.next(audio, audio.shape[2], -1, -1)).transpose(1, 2)

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents [B, latent_dim, F] to audio [B, audio_channels, F * ratio], late by `latency_decode`."""
        self._check_latents(latents)
        cursor = self.decode_state.next(latents, latents.shape[2] * self.ratio, -1, -1)
        return self._decode(self._given(latents), cursor)

    def forward(self, audio: Tensor) -> Tensor:
        """Encode audio and decode it, shape unchanged, late by `latency_forward`."""
        self._check_audio(audio)
        samples = audio.shape[2]
        cursor = self.forward_encode_state.next(audio, samples, -1, -1)
        latents = self._played(audio, cursor, -1)
        return self._decode(latents, self.forward_decode_state.next(latents, samples, -1, -1))

    @torch.jit.export
    def warm_up(self, like: Tensor) -> None:
        """Compute some silence and forget it, unless a stream has begun already.

        TorchScript optimises a layer in its first call, and the libraries below it choose and compile their kernels
        then. If that delayed the first block, a host would drop out.

        Args:
            like: a tensor of the dtype and on the device of the blocks to come.
        """
        begun = self.encode_state.samples() + self.decode_state.samples() + self.forward_encode_state.samples()
        if begun == 0:
            for frames in [1, 2]:  # the smallest block, and one in which the stride of a window matters
                silence = self._silence(like, frames)
                self.decode(self.encode(silence))
            self.reset()

    @torch.jit.export
    def flush_encode(self) -> Tensor:
        """Return the latents due at the end of the signal, [B, latent_dim, frames]; then the stream is fresh.

        If there was no block since the reset, nothing is due, and the result has batch 0.
        """
        stream, frames = self.encode_state, self.encode_tail_frames
        silence = self._zeros(stream.values, self.audio_channels, frames * self.ratio)
        latents = self._shown(silence, stream.next(silence, frames * self.ratio, stream.samples(), -1))
        stream.reset()
        return latents.narrow(1, 0, self.encode_tail).transpose(1, 2)

    @torch.jit.export
    def flush_decode(self) -> Tensor:
        """Return the audio due at the end of the signal, [B, audio_channels, samples]; see `flush_encode`."""
        stream, frames = self.decode_state, self.decode_tail_frames
        nothing = self._zeros(stream.values, frames, self.latent_dim)
        audio = self._decode(nothing, stream.next(nothing, frames * self.ratio, stream.samples(), -1))
        stream.reset()
        self.decode_controls_state.reset()
        return audio.narrow(2, 0, self.decode_tail)

    @torch.jit.export
    def flush_forward(self) -> Tensor:
        """Return the audio due at the end of the signal, [B, audio_channels, samples]; see `flush_encode`."""
        encoding, decoding = self.forward_encode_state, self.forward_decode_state
        end, frames = encoding.samples(), self.encode_tail_frames
        silence = self._zeros(encoding.values, self.audio_channels, frames * self.ratio)
        cursor = encoding.next(silence, frames * self.ratio, end, -1)
        latents = self._played(silence, cursor, -1)
        latents = torch.cat((latents, self._zeros(latents, self.decode_tail_frames, self.latent_dim)), dim=1)
        audio = self._decode(latents, decoding.next(latents, latents.shape[1] * self.ratio, end, -1))
        encoding.reset()
        decoding.reset()
        self.forward_controls_state.reset()
        return audio.narrow(2, 0, self.encode_tail * self.ratio + self.decode_tail)

    @torch.jit.export
    def reset(self) -> None:
        """Clear all state: the next block of each method begins a fresh stream."""
        self.encode_state.reset()
        self.decode_state.reset()
        self.forward_encode_state.reset()
        self.forward_decode_state.reset()
        self.decode_controls_state.reset()
        self.forward_controls_state.reset()


class StreamingHalf(StreamingAutoencoder):
    """Exact streaming form of an encoder or a decoder alone; the methods that it does not have raise a RuntimeError.

    Args:
        offline: the model to follow, which has one direction.
        layers: see `OobleckStream`.
    """

    encodes: Final[bool]

    def __init__(
        self, offline: OobleckAutoencoder, layers: Callable[[nn.Module], Iterable[nn.Module]] = flatten
    ) -> None:
        super().__init__(offline, layers)
        self.encodes = offline.architecture.encoder is not None

    @torch.jit.export
    def warm_up(self, like: Tensor) -> None:
        """Compute some silence and forget it, unless a stream has begun already; see `StreamingAutoencoder`."""
        if self.encode_state.samples() + self.decode_state.samples() == 0:
            for frames in [1, 2]:  # the smallest block, and one in which the stride of a window matters
                if self.encodes:
                    self.encode(self._silence(like, frames))
                else:
                    self.decode(torch.zeros([1, self.controls.channels, frames], dtype=like.dtype, device=like.device))
            self.reset()


def latencies(architecture: OobleckArchitecture) -> dict[Method, int]:
    """Return the latency of each method that a model has, in audio samples."""
    with torch.device("meta"):
        offline = OobleckAutoencoder(architecture)
    late: dict[Method, int] = {}
    if architecture.encoder is not None:
        late["encode"] = grid_after(flatten(offline.encoder), Grid(architecture.ratio)).delay * architecture.ratio
    if architecture.decoder is not None:
        late["decode"] = grid_after(flatten(offline.decoder), Grid(1)).delay
    return late if len(late) < 2 else {**late, "forward": late["encode"] + late["decode"]}
