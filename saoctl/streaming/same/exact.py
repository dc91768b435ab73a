"""The streaming autoencoder: encode, decode and both, block by block, equal to the offline model on every sample."""

from typing import Any, Final

import torch
from torch import Tensor

from saoctl.models.same.model import SameAutoencoder
from saoctl.streaming.base import BlockStream
from saoctl.streaming.controls import LatentControls
from saoctl.streaming.same.layers import ChunkedDecoder, ChunkedEncoder, blanked, regroup
from saoctl.streaming.same.structure import decoder_structure, encoder_structure, latencies
from saoctl.streaming.state import Cursor, StreamState


class StreamingSame(BlockStream):
    """Exact streaming form of an offline autoencoder, see `saoctl.streaming.stream.Stream`.

    Args:
        offline: the model to follow. Its transformer blocks become part of the stream, with copies of their weights.
        block_frames: latent frames of which each block is a multiple, except for the last one of a signal; None: blocks
            have any size. Blocks of whole chunks have the shortest latency.

    Example:
        >>> from saoctl.models.same.architecture import SameArchitecture, Transformer
        >>> from saoctl.models.same.model import offline_model
        >>> from saoctl.models.same.random import random_state
        >>> coder = Transformer(width=16, depth=2, dim_heads=8)
        >>> cut = {"patch": 4, "stride": 2, "chunk": 4}
        >>> architecture = SameArchitecture(
        ...     sample_rate=8000, audio_channels=1, latent_dim=2, encoder=coder, decoder=coder, **cut
        ... )
        >>> offline = offline_model(architecture, random_state(architecture, seed=0))
        >>> streaming = StreamingSame(offline)
        >>> audio = torch.randn(1, 1, 800)
        >>> blocks = [streaming(block) for block in audio.split([8, 80, 712], dim=2)]
        >>> streamed = torch.cat([*blocks, streaming.flush_forward()], dim=2)
        >>> torch.allclose(streamed[:, :, streaming.latency_forward :], offline(audio), atol=1e-5)
        True
    """

    sampling: Final[bool]

    def __init__(self, offline: SameAutoencoder, block_frames: int | None = None) -> None:
        super().__init__()
        architecture = offline.architecture
        self.sampling, self.noise, self.deviation = offline.sampling, 0.0, offline.deviation
        self.ratio, self.patch, self.stride = architecture.ratio, architecture.patch, architecture.stride
        self.audio_channels, self.latent_dim = architecture.audio_channels, architecture.latent_dim
        encoding = encoder_structure(architecture, block_frames)
        decoding = decoder_structure(architecture, block_frames)
        regroup(offline)
        down: Any = offline.encoder.layers
        up: Any = offline.decoder.layers
        self.encoder = ChunkedEncoder(down[0], down[2], offline.bottleneck, encoding)
        held = max(encoding.held, decoding.held)
        self.decoder = ChunkedDecoder(up[3], up[1], offline.bottleneck, decoding, held)
        # The encoder in `forward` begins with a chunk that it hands over half too early, and with one before it if it
        # waits for what follows a chunk.
        early = (encoding.half - self.encoder.done(0)) * self.ratio
        latency = latencies(architecture, block_frames)
        self.latency_encode, self.latency_decode = latency["encode"], latency["decode"]
        self.latency_forward = latency["forward"]
        self.encode_state = StreamState(self.encoder.state_size)
        self.decode_state = StreamState(self.decoder.state_size)
        self.forward_encode_state = StreamState(self.encoder.state_size)
        self.forward_decode_state = StreamState(self.decoder.state_size, lag=early)
        self.early = early
        self.play_by(LatentControls(self.latent_dim, self.ratio, architecture.sample_rate))

    def play_by(self, controls: LatentControls) -> None:
        """Give `decode` and `forward` other controls, before the module is scripted."""
        self.controls = controls
        self.decode_controls_state = StreamState(controls.state_size)
        self.forward_controls_state = StreamState(controls.state_size, lag=self.early)

    def _end(self, begin: int, frames: int, end: int) -> int:
        """Return the number of frames of the signal, or -1: a block that is no multiple of the step is the last one."""
        if end < 0:
            if begin % self.encoder.step != 0:
                raise ValueError(f"blocks must be multiples of {self.encoder.step} frames, except for the last one")
            if frames % self.encoder.step != 0:
                end = begin + frames
        return end

    def _encoded(self, audio: Tensor, begin: int, end: int, cursor: Cursor) -> Tensor:
        """Return the latents that the encoder completes, [B, F', latent_dim]."""
        batch, patches = audio.shape[0], audio.shape[2] // self.patch
        rows = audio.reshape(batch, self.audio_channels, patches, self.patch).transpose(1, 2)
        latents: Tensor = self.encoder(
            rows.reshape(batch, patches, self.audio_channels * self.patch), begin, end, cursor
        )
        return latents

    def _shown(self, audio: Tensor, end: int) -> Tensor:
        """Return the output of `encode` for a block of audio, [B, F, C], zero outside the signal."""
        frames, cursor = audio.shape[2] // self.ratio, self.encode_state.next(audio, audio.shape[2], end, -1)
        begin = cursor.begin // self.ratio
        end = self._end(begin, frames, end)
        latents = self._encoded(audio, begin, end, cursor)
        latents = self.encoder.queue(latents, self.encoder.waiting(begin), frames, cursor)
        return blanked(self.controls.shown(latents), begin - self.encoder.delay, end)

    def _decoded(self, latents: Tensor, state: StreamState, end: int) -> Tensor:
        """Return the output of `decode` for a block of latents, [B, audio_channels, F * ratio]."""
        frames = latents.shape[1]
        cursor = state.next(latents, frames * self.ratio, end, -1)
        begin = cursor.begin // self.ratio
        end = self._end(begin, frames, end)
        first, last = self.decoder.done(begin), self.decoder.done(begin + frames)
        patches = self.decoder(self._noisy(latents), begin, first, last, end, cursor)
        return self._due(patches, self.decoder.waiting(begin), begin, frames, end, self.latency_decode, cursor)

    def _through(self, audio: Tensor, end: int) -> Tensor:
        """Return the output of `forward` for a block of audio, shape unchanged."""
        frames, chunk = audio.shape[2] // self.ratio, self.encoder.chunk
        cursor = self.forward_encode_state.next(audio, audio.shape[2], end, -1)
        begin = cursor.begin // self.ratio
        end = self._end(begin, frames, end)
        latents = self._encoded(audio, begin, end, cursor)
        completed = latents.shape[1] * self.ratio
        if completed > 0:
            within = self.forward_controls_state.next(latents, completed, -1, -1)
            latents = self._noisy(self.controls(self.controls.shown(latents), within))
        given = self.forward_decode_state.next(latents, completed, end, -1)
        # Here the decoder is given whole chunks, which do not begin where its own do.
        at = given.begin // self.ratio
        first = (at + 4 * chunk) // chunk * chunk - 4 * chunk
        patches = self.decoder(latents, at, first, first + latents.shape[1], end, given)
        return self._due(patches, self.encoder.waiting(begin), begin, frames, end, self.latency_forward, given)

    def _due(
        self, patches: Tensor, waiting: int, begin: int, frames: int, end: int, latency: int, cursor: Cursor
    ) -> Tensor:
        """Return the audio of so many frames that is due, from the patches that the decoder has completed."""
        rows = self.decoder.queue(patches, waiting * self.stride, frames * self.stride, cursor)
        first = begin * self.stride - latency // self.patch
        rows = blanked(rows, first, end * self.stride if end >= 0 else -1)
        batch, count = rows.shape[0], frames * self.stride
        parted = rows.reshape(batch, count, self.audio_channels, self.patch).transpose(1, 2)
        return parted.reshape(batch, self.audio_channels, count * self.patch)

    def _noisy(self, latents: Tensor) -> Tensor:
        """Return latents with as much of the bottleneck's noise as is set, [B, F, latent_dim]."""
        if self.sampling and self.noise > 0.0:
            latents = latents + self._normal(latents, latents.shape[1]) * (self.noise * self.deviation)
        return latents

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        """Encode audio [B, audio_channels, F * ratio] to latents [B, latent_dim, F], late by `latency_encode`."""
        self._check_audio(audio)
        return self._shown(audio, -1).transpose(1, 2)

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents [B, latent_dim, F] to audio [B, audio_channels, F * ratio], late by `latency_decode`."""
        self._check_latents(latents)
        within = self.decode_controls_state.next(latents, latents.shape[2] * self.ratio, -1, -1)
        return self._decoded(self.controls(latents.transpose(1, 2).contiguous(), within), self.decode_state, -1)

    def forward(self, audio: Tensor) -> Tensor:
        """Encode audio and decode it, shape unchanged, late by `latency_forward`."""
        self._check_audio(audio)
        return self._through(audio, -1)

    @torch.jit.export
    def warm_up(self, like: Tensor) -> None:
        """Compute some silence and forget it, unless a stream has begun already; see `StreamingAutoencoder`."""
        begun = self.encode_state.samples() + self.decode_state.samples() + self.forward_encode_state.samples()
        if begun == 0:
            for _ in range(2):
                self.decode(self.encode(self._silence(like, self.encoder.chunk)))
            self.reset()

    @torch.jit.export
    def flush_encode(self) -> Tensor:
        """Return the latents due at the end of the signal, [B, C, frames]; then the stream is fresh.

        If there was no block since the reset, nothing is due, and the result has batch 0.
        """
        state = self.encode_state
        latents = self._shown(self._rest(state, self.latency_encode), state.samples() // self.ratio)
        state.reset()
        return latents.transpose(1, 2)

    @torch.jit.export
    def flush_decode(self) -> Tensor:
        """Return the audio due at the end of the signal, [B, audio_channels, samples]; see `flush_encode`."""
        state = self.decode_state
        frames = (self.latency_decode + self.ratio - 1) // self.ratio
        nothing = self._zeros(state.values, frames, self.latent_dim)
        audio = self._decoded(nothing, state, state.samples() // self.ratio)
        state.reset()
        self.decode_controls_state.reset()
        return audio.narrow(2, 0, self.latency_decode)

    @torch.jit.export
    def flush_forward(self) -> Tensor:
        """Return the audio due at the end of the signal, [B, audio_channels, samples]; see `flush_encode`."""
        state = self.forward_encode_state
        audio = self._through(self._rest(state, self.latency_forward), state.samples() // self.ratio)
        state.reset()
        self.forward_decode_state.reset()
        self.forward_controls_state.reset()
        return audio.narrow(2, 0, self.latency_forward)

    @torch.jit.export
    def reset(self) -> None:
        """Clear all state: the next block of each method begins a fresh stream."""
        self.encode_state.reset()
        self.decode_state.reset()
        self.forward_encode_state.reset()
        self.forward_decode_state.reset()
        self.decode_controls_state.reset()
        self.forward_controls_state.reset()

    def _rest(self, state: StreamState, latency: int) -> Tensor:
        """Return silence of whole frames behind the signal of a state, after which its output has come."""
        samples = (latency + self.ratio - 1) // self.ratio * self.ratio
        return self._zeros(state.values, self.audio_channels, samples)
