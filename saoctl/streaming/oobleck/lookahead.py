"""The stream with a shorter lookahead than the offline model has: values that need later input are estimated.

The offline model looks far ahead, and it does so mostly at the lowest rates, where little is computed. So the layers of
low rate are computed anew for every block as if the signal ended there: the encoder as far as it looks ahead, and the
*core*, which is the decoder up to the end of its first block. The estimates up to the chosen lookahead before the end
of the block are handed on to the *middle*, the next block of the decoder. The middle keeps its state, but it is also
computed ahead: where its lookahead is missing, it takes the estimates that have not been handed on yet. The *rest* of
the decoder is an exact stream of its input. Output is never taken back; before the middle, everything is estimated
again while it can still change.

With the whole lookahead the estimates are final, and the stream is the exact one. At the end of a signal the estimates
are right, because the signal does end there.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from saoctl.models.oobleck import model as oobleck
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder, mean_latents, noisy_latents
from saoctl.streaming.delay import Grid
from saoctl.streaming.oobleck.base import OobleckStream
from saoctl.streaming.oobleck.layers import Stack, flatten, grid_after
from saoctl.streaming.state import Cursor, Rows, StreamState
from saoctl.vocabulary import Method

CORE_BLOCKS, MIDDLE_BLOCKS = 1, 1  # of the decoder, from the latents on


@dataclass(frozen=True)
class Lookahead:
    """How far each method looks ahead.

    Args:
        encode: the lookahead of `encode` in latent frames.
        decode, forward: the lookaheads of these methods in steps.
        step: audio samples per step.
        core_step: audio samples per sample of the core's output.
        least: the least number of steps for `decode` and `forward`.
        rest: the latency of the rest of the decoder in audio samples.
        ratio: audio samples per latent frame.
    """

    encode: int
    decode: int
    forward: int
    step: int
    core_step: int
    least: int
    rest: int
    ratio: int

    def late(self, method: Method, ahead: int) -> int:
        """Return the latency in audio samples of a method with a lookahead."""
        return ahead * self.ratio if method == "encode" else ahead * self.step + self.rest

    @property
    def latency_samples(self) -> dict[Method, int]:
        """The latency of each method, in audio samples."""
        aheads: dict[Method, int] = {"encode": self.encode, "decode": self.decode, "forward": self.forward}
        return {method: self.late(method, ahead) for method, ahead in aheads.items()}

    @property
    def described(self) -> dict[str, int]:
        """What the description of an exported file holds of it."""
        return {name: getattr(self, name) for name in ("encode", "decode", "forward", "step", "core_step")}


def most_lookahead(architecture: OobleckArchitecture) -> Lookahead:
    """Return the lookahead with which a model is exact."""
    offline, ratio = without_weights(architecture), architecture.ratio
    core, middle, rest = split(offline.decoder)
    encoded = grid_after(flatten(offline.encoder), Grid(ratio))
    # As if the decoder up to the end of the middle were one stack: then nothing is left to estimate.
    handed = grid_after([*core, *middle], Grid(1))
    last = grid_after(rest, Grid(handed.rate, 0, handed.shortfall))
    estimated = grid_after(core, Grid(1))
    least = 0
    if handed.shortfall:
        # Odd strides lose samples at the end: these cannot be handed on, nor can the middle's output that needs them.
        stride = handed.rate // estimated.rate
        own = grid_after(middle, Grid(estimated.rate, 0, estimated.shortfall))
        least = max(handed.shortfall, estimated.shortfall * stride + own.delay if estimated.shortfall else 0)
    return Lookahead(
        encode=encoded.delay,
        decode=handed.delay,
        forward=handed.delay + encoded.delay * handed.rate,
        step=ratio // handed.rate,
        core_step=ratio // estimated.rate,
        least=least,
        rest=last.delay,
        ratio=ratio,
    )


def without_weights(architecture: OobleckArchitecture) -> OobleckAutoencoder:
    """Return a model whose tensors have shapes, but no memory."""
    with torch.device("meta"):
        return OobleckAutoencoder(architecture)


def context_frames(architecture: OobleckArchitecture) -> int:
    """Return an upper bound of the receptive field of `forward`, in latent frames on each side of a sample."""
    late = most_lookahead(architecture).latency_samples["forward"]
    # The model looks as far back as ahead, except for less than a frame in each direction.
    return -(-late // architecture.ratio) + 2


class KeptNoise(Rows):
    """Normal noise for latents: a frame that is estimated again keeps its noise.

    Moments [B, F + rows, 2C] and noise of new frames [B, F, C] -> noise [B, F + rows, C], whose first `rows` frames are
    those of the block before.
    """

    def forward(self, moments: Tensor, new: Tensor, cursor: Cursor) -> Tensor:
        kept = self.history(cursor)
        frames = new.shape[1]
        noise = torch.cat((kept, new), dim=1)
        kept.copy_(noise.narrow(1, frames, self.rows))
        return noise.narrow(1, 0, moments.shape[1])


class LookaheadAutoencoder(OobleckStream):
    """A stream of an offline autoencoder with a chosen lookahead; a `saoctl.streaming.stream.Stream`.

    Args:
        offline: the model to follow; its weights are folded and copied.
        encode: the lookahead of `encode` in latent frames.
        decode, forward: the lookaheads of these methods in steps.

    Attributes:
        step: audio samples per step.
        most_encode, most_decode, most_forward: the lookaheads with which the methods are exact.
        least: the least number of steps for `decode` and `forward`.
        latency_encode, latency_decode, latency_forward: latency of each method in audio samples.
    """

    def __init__(self, offline: OobleckAutoencoder, encode: int, decode: int, forward: int) -> None:
        super().__init__(offline)
        core, middle, rest = split(offline.decoder)
        self.core = Stack(core, Grid(1), self.ratio)
        encoded, estimated = self.encoder.grid, self.core.grid
        self.middle = Stack(middle, Grid(estimated.rate, 0, estimated.shortfall), self.ratio)
        handed = self.middle.grid
        self.rest = Stack(rest, Grid(handed.rate, 0, handed.shortfall), self.ratio)
        whole = most_lookahead(offline.architecture)
        self.core_step, self.step = whole.core_step, whole.step
        self.core_delay, self.middle_delay = estimated.delay, handed.delay
        self.most_encode, self.most_decode, self.most_forward = whole.encode, whole.decode, whole.forward
        self.least = whole.least
        for name, chosen, least, most in (
            ("encode", encode, 0, self.most_encode),
            ("decode", decode, self.least, self.most_decode),
            ("forward", forward, self.least, self.most_forward),
        ):
            if not least <= chosen <= most:
                raise ValueError(f"a lookahead of {chosen} for {name} is not within {least} and {most}")
        self.ahead_encode, self.ahead_decode, self.ahead_forward = encode, decode, forward
        self.latency_encode = whole.late("encode", encode)
        self.latency_decode = whole.late("decode", decode)
        self.latency_forward = whole.late("forward", forward)
        self.rest_tail = self.rest.grid.tail
        self.kept_noise = KeptNoise(encoded.delay, self.latent_dim, self.encoder.state_size)
        encoder_size = self.encoder.state_size + self.kept_noise.size
        self.encode_state = StreamState(encoder_size)
        self.decode_core_state = StreamState(self.core.state_size)
        self.decode_middle_state = StreamState(self.middle.state_size, lag=self.plan(decode, self.most_decode)[0])
        self.decode_rest_state = StreamState(self.rest.state_size, lag=decode * self.step)
        self.forward_encode_state = StreamState(encoder_size)
        self.forward_core_state = StreamState(self.core.state_size, lag=encoded.delay * self.ratio)
        self.forward_middle_state = StreamState(self.middle.state_size, lag=self.plan(forward, self.most_forward)[0])
        self.forward_rest_state = StreamState(self.rest.state_size, lag=forward * self.step)

    @torch.jit.export
    def plan(self, ahead: int, most: int) -> tuple[int, int, int]:
        """Return what a lookahead means for the core, in audio samples before the end of a block.

        Args:
            ahead: the lookahead in steps.
            most: the lookahead with which all estimates are final.

        Returns:
            The ends of the core's rows that are handed on, of those that are needed, and of the latents that are
            needed.
        """
        late = ahead * self.step
        # In whole rows of the core, and not before the first row that the core returns.
        whole = (most * self.step - self.middle_delay * self.step) // self.core_step
        handed = min((late + self.core_step - 1) // self.core_step, whole) * self.core_step
        core_needed = max(late - self.middle_delay * self.step, 0)
        # In whole latent frames, because the strides of the encoder count in them.
        needed = max(core_needed - self.core_delay * self.core_step, 0) // self.ratio * self.ratio
        return handed, core_needed, needed

    def _sample(self, moments: Tensor, cursor: Cursor) -> Tensor:
        if self.noise == 0.0:
            latents = mean_latents(moments, 2)
        else:
            new = self._normal(moments, cursor.settled // self.ratio)
            latents = noisy_latents(moments, self.noise, self.kept_noise(moments, new, cursor), 2)
        return latents.contiguous()

    def _rest(self, rows: Tensor, cursor: Cursor) -> Tensor:
        """Decode rows of the middle [B, T, C] to audio [B, audio_channels, T * step]."""
        audio: Tensor = self.rest(rows, cursor)
        return audio.transpose(1, 2)

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        """Encode audio [B, audio_channels, F * ratio] to latents [B, latent_dim, F], late by `latency_encode`."""
        self._check_audio(audio)
        needed = self.ahead_encode * self.ratio
        latents = self._shown(audio, self.encode_state.next_as_if_last(audio, audio.shape[2], -1, needed))
        return latents.narrow(1, self.most_encode - self.ahead_encode, audio.shape[2] // self.ratio).transpose(1, 2)

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents [B, latent_dim, F] to audio [B, audio_channels, F * ratio], late by `latency_decode`."""
        self._check_latents(latents)
        samples = latents.shape[2] * self.ratio
        given = self._given(latents) * self.scale
        handed, core_needed, _ = self.plan(self.ahead_decode, self.most_decode)
        cursor = self.decode_core_state.next_as_if_last(given, samples, -1, core_needed)
        rows = self._core(given, cursor, 0, handed)
        middle, rest = self.decode_middle_state, self.decode_rest_state
        return self._next(rows, samples, handed, self.ahead_decode, cursor.end, middle, rest)

    def forward(self, audio: Tensor) -> Tensor:
        """Encode audio and decode it, shape unchanged, late by `latency_forward`."""
        self._check_audio(audio)
        rows, handed, end = self._estimated(audio, False)
        middle, rest = self.forward_middle_state, self.forward_rest_state
        return self._next(rows, audio.shape[2], handed, self.ahead_forward, end, middle, rest)

    def _estimated(self, audio: Tensor, last: bool) -> tuple[Tensor, int, int]:
        """Return the rows of the core for a block of audio; see `_core`.

        Args:
            audio: the block; without samples at the end of the signal.
            last: the signal ends, so all estimates are needed.

        Returns:
            The rows, `handed` of `plan`, and the length of the signal if it ended with this block.
        """
        samples = audio.shape[2]
        handed, core_needed, needed = self.plan(self.ahead_forward, self.most_forward)
        if last:
            core_needed, needed = 0, 0
        cursor = self.forward_encode_state.next_as_if_last(audio, samples, -1, needed)
        latents = self._played(audio, cursor, samples) * self.scale
        cursor = self.forward_core_state.next_as_if_last(latents, samples, cursor.end, core_needed)
        return self._core(latents, cursor, self.most_encode * self.ratio, handed), handed, cursor.end

    @torch.jit.export
    def warm_up(self, like: Tensor) -> None:
        """Compute some silence and forget it, unless a stream has begun already; see `StreamingAutoencoder`."""
        begun = self.encode_state.samples() + self.decode_core_state.samples() + self.forward_encode_state.samples()
        if begun == 0:
            for frames in [1, 2]:  # the smallest block, and one in which the stride of a window matters
                silence = self._silence(like, frames)
                self.decode(self.encode(silence))
                self.forward(silence)
            self.reset()

    @torch.jit.export
    def flush_encode(self) -> Tensor:
        """Return the latents due at the end of the signal, [B, latent_dim, frames]; then the stream is fresh.

        If there was no block since the reset, nothing is due, and the result has batch 0.
        """
        nothing = self._zeros(self.encode_state.values, self.audio_channels, 0)
        latents = self._shown(nothing, self.encode_state.next_as_if_last(nothing, 0, -1, -1))
        self.encode_state.reset()
        return latents.narrow(1, self.most_encode - self.ahead_encode, self.ahead_encode).transpose(1, 2)

    @torch.jit.export
    def flush_decode(self) -> Tensor:
        """Return the audio due at the end of the signal, [B, audio_channels, samples]; see `flush_encode`."""
        core, middle, rest = self.decode_core_state, self.decode_middle_state, self.decode_rest_state
        nothing = self._zeros(core.values, 0, self.latent_dim)
        handed, _, _ = self.plan(self.ahead_decode, self.most_decode)
        cursor = core.next_as_if_last(nothing, 0, -1, -1)
        rows = self._core(nothing, cursor, 0, handed)
        audio = self._last(rows, handed, self.ahead_decode, cursor.end, middle, rest)
        core.reset()
        self.decode_controls_state.reset()
        return audio

    @torch.jit.export
    def flush_forward(self) -> Tensor:
        """Return the audio due at the end of the signal, [B, audio_channels, samples]; see `flush_encode`."""
        nothing = self._zeros(self.forward_encode_state.values, self.audio_channels, 0)
        rows, handed, end = self._estimated(nothing, True)
        middle, rest = self.forward_middle_state, self.forward_rest_state
        audio = self._last(rows, handed, self.ahead_forward, end, middle, rest)
        self.forward_encode_state.reset()
        self.forward_core_state.reset()
        self.forward_controls_state.reset()
        return audio

    def _core(self, latents: Tensor, cursor: Cursor, late: int, handed: int) -> Tensor:
        """Return the core's rows, beginning with the first one that this block hands on, [B, T, C].

        Args:
            latents: [B, F, latent_dim], scaled for the decoder.
            cursor: their position.
            late: the audio samples by which they are late.
            handed: see `plan`.
        """
        rows: Tensor = self.core(latents, cursor)
        begin = self.core_delay + (late - handed) // self.core_step
        return rows.narrow(1, begin, rows.shape[1] - begin)

    def _next(
        self, rows: Tensor, samples: int, handed: int, ahead: int, end: int, middle: StreamState, rest: StreamState
    ) -> Tensor:
        """Return the audio that is due for the core's rows, with as many samples as the block has."""
        late = ahead * self.step
        rows = self.middle(rows, middle.next_as_if_last(rows, samples, end, late))
        rows = rows.narrow(1, self.middle_delay + (handed - late) // self.step, samples // self.step)
        return self._rest(rows, rest.next(rows, samples, -1, -1))

    def _last(self, rows: Tensor, handed: int, ahead: int, end: int, middle: StreamState, rest: StreamState) -> Tensor:
        """Return the audio of the core's last rows, which are all settled now."""
        late = ahead * self.step
        rows = self.middle(rows, middle.next_as_if_last(rows, handed, end, -1))
        begin = self.middle_delay + (handed - late) // self.step
        rows = rows.narrow(1, begin, ahead)
        audio = self._rest(rows, rest.next_as_if_last(rows, late, end, -1))
        middle.reset()
        rest.reset()
        return audio.narrow(2, 0, late + self.rest_tail)

    @torch.jit.export
    def reset(self) -> None:
        """Clear all state: the next block of each method begins a fresh stream."""
        self.encode_state.reset()
        self.decode_core_state.reset()
        self.decode_middle_state.reset()
        self.decode_rest_state.reset()
        self.forward_encode_state.reset()
        self.forward_core_state.reset()
        self.forward_middle_state.reset()
        self.forward_rest_state.reset()
        self.decode_controls_state.reset()
        self.forward_controls_state.reset()


def split(decoder: nn.Module) -> tuple[list[nn.Module], list[nn.Module], list[nn.Module]]:
    """Return the layers of a decoder in three parts: the core, the middle and the rest.

    Each part ends with a block or with the decoder; an activation belongs to the layer after it.
    """
    layers = flatten(decoder)
    strided = [index for index, layer in enumerate(layers) if isinstance(layer, oobleck.ConvTranspose1d)]

    def end(blocks: int) -> int:
        after = strided[blocks] if blocks < len(strided) else len(layers)
        return 1 + max(index for index, layer in enumerate(layers[:after]) if isinstance(layer, oobleck.ResidualUnit))

    first, second = end(CORE_BLOCKS), end(CORE_BLOCKS + MIDDLE_BLOCKS)
    return layers[:first], layers[first:second], layers[second:]
