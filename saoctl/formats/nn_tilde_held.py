"""nn~'s protocol around a stream whose ratio is no power of two: latents are held, and audio is queued.

`saoctl.streaming.queues` explains the grid, the steps and the latency that the queues add.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from saoctl.formats.nn_tilde import NnTilde
from saoctl.streaming.queues import Queue
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import METHODS, Method


class HeldNnTilde(NnTilde):
    """A stream for blocks of any multiple of the grid, with latents that are held for `hold` steps.

    `encode` gives each latent frame `hold` times. `decode` takes every `hold`-th step of its input, which is each
    latent frame of an encoder exactly once, in whatever step its own blocks began.

    Args:
        model: the stream.
        dtype: see `NnTilde`.
        grid: audio samples per step.
        labels: see `NnTilde`.
        methods: see `NnTilde`.

    Attributes:
        delay: the latency that the queues add to each method, in audio samples.
    """

    def __init__(
        self,
        model: Stream,
        dtype: torch.dtype,
        grid: int,
        labels: Sequence[str] | None = None,
        methods: Sequence[Method] = METHODS,
    ) -> None:
        super().__init__(model, dtype, labels, grid, methods)
        audio, latents, ratio = model.audio_channels, model.controls.channels, model.ratio
        self.grid, self.ratio, self.hold = grid, ratio, ratio // grid
        self.delay = ratio - grid
        self.encode_queue = Queue(audio, latents, ratio, self.hold - 1)
        self.decode_queue = Queue(latents, audio, self.hold, self.delay)
        self.forward_queue = Queue(audio, audio, ratio, self.delay)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        if self.encode_queue.is_cut_by(x):
            self.model.encode(self._empty(x, self.ratio))
        audio = self.encode_queue.take(x)
        if audio.shape[2] > 0:
            self.encode_queue.put(self._held(self.model.encode(self._cast(audio))))
        return self.encode_queue.give(x.shape[2] // self.grid)

    @torch.jit.export
    def decode(self, x: Tensor) -> Tensor:
        if self.decode_queue.is_cut_by(x):
            self.model.decode(self._empty(x, 1))
        latents = self.decode_queue.take(x)
        if latents.shape[2] > 0:
            self.decode_queue.put(self.model.decode(self._cast(latents[:, :, self.hold - 1 :: self.hold])))
        return self.decode_queue.give(x.shape[2] * self.grid)

    def forward(self, x: Tensor) -> Tensor:
        if self.forward_queue.is_cut_by(x):
            self.model(self._empty(x, self.ratio))
        audio = self.forward_queue.take(x)
        if audio.shape[2] > 0:
            self.forward_queue.put(self.model(self._cast(audio)))
        return self.forward_queue.give(x.shape[2])

    @torch.jit.export
    def flush_encode(self) -> Tensor:
        """Return the latents still due at the end of a signal of `encode`; silence fills up its last frame."""
        audio = self._filled(self.encode_queue.waiting)
        if audio.shape[2] > 0:
            self.encode_queue.put(self._held(self.model.encode(self._cast(audio))))
        if self.encode_queue.has_begun():
            self.encode_queue.put(self._held(self.model.flush_encode()))
        return self.encode_queue.give_all()

    @torch.jit.export
    def flush_decode(self) -> Tensor:
        """Return the audio still due at the end of a signal of `decode`; its last latent fills up its last frame."""
        latents = self.decode_queue.waiting
        if latents.shape[2] > 0:
            self.decode_queue.put(self.model.decode(self._cast(latents[:, :, -1:])))
        if self.decode_queue.has_begun():
            self.decode_queue.put(self.model.flush_decode())
        return self.decode_queue.give_all()

    @torch.jit.export
    def flush_forward(self) -> Tensor:
        """Return the audio still due at the end of a signal of `forward`; silence fills up its last frame."""
        rest = self._filled(self.forward_queue.waiting)
        if rest.shape[2] > 0:
            self.forward_queue.put(self.model(self._cast(rest)))
        if self.forward_queue.has_begun():
            self.forward_queue.put(self.model.flush_forward())
        return self.forward_queue.give_all()

    @torch.jit.export
    def reset(self) -> None:
        """Reset the stream of every method; the attributes keep their values."""
        self.model.reset()
        self.encode_queue.reset()
        self.decode_queue.reset()
        self.forward_queue.reset()

    @torch.jit.export
    def get_latency_encode(self) -> list[int]:
        return [self.model.latency_encode + self.delay]

    @torch.jit.export
    def get_latency_decode(self) -> list[int]:
        return [self.model.latency_decode + self.delay]

    @torch.jit.export
    def get_latency_forward(self) -> list[int]:
        return [self.model.latency_forward + self.delay]

    def _cast(self, x: Tensor) -> Tensor:
        """Return an input in the dtype of the computation."""
        return x.to(self.like.dtype)

    def _held(self, latents: Tensor) -> Tensor:
        """Repeat each latent frame for as many steps as it is held, [B, C, F] -> [B, C, F * hold]."""
        return latents.unsqueeze(3).expand(-1, -1, -1, self.hold).reshape(latents.shape[0], latents.shape[1], -1)

    def _filled(self, audio: Tensor) -> Tensor:
        """Append silence up to a whole latent frame, or nothing if there is no audio."""
        return F.pad(audio, [0, self.ratio - audio.shape[2] if audio.shape[2] > 0 else 0])

    def _empty(self, x: Tensor, values: int) -> Tensor:
        """Return an input without batch rows.

        It begins a fresh stream of a method, because its batch size differs. Otherwise the stream would go on if blocks
        of less than a frame had another batch size, and it never saw them.
        """
        return torch.zeros([0, x.shape[1], values], dtype=self.like.dtype, device=x.device)
