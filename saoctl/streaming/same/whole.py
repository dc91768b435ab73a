"""An encoder or a decoder for whole signals, computed chunk by chunk in memory that does not grow with the signal."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from saoctl.models.same import foreign
from saoctl.models.same.architecture import SameArchitecture
from saoctl.models.same.model import Chain, SoftNorm
from saoctl.streaming.base import block_of
from saoctl.streaming.family import Adapter, Follower
from saoctl.streaming.same.layers import ChunkedDecoder, ChunkedEncoder, regroup
from saoctl.streaming.same.structure import decoder_structure, encoder_structure
from saoctl.streaming.state import StreamState
from saoctl.vocabulary import Direction


class SameAdapter(Adapter):
    """The adapter for the autoencoders that `saoctl.models.same.foreign` reads."""

    classes = "a SAME autoencoder of stable-audio-tools, diffusers' AutoencoderSAME"

    def recognises(self, encoder: object, decoder: object) -> bool:
        return foreign.recognises(encoder, "encoder") and foreign.recognises(decoder, "decoder")

    def check(self, coder: nn.Module, direction: Direction) -> None:
        foreign.read(coder, direction)

    def follow(self, coder: nn.Module, direction: Direction) -> Follower:
        return ChunkedSignal(*foreign.read(coder, direction), direction)


class ChunkedSignal(nn.Module):
    """A `saoctl.streaming.family.Follower` of an encoder or a decoder, without the bottleneck.

    The output is as long as that of the original, which pads a signal to whole chunks, or frames with sliding windows.

    Args:
        architecture: the numbers of the direction.
        layers: its offline layers, whose blocks become part of it.
        direction: whether they are an encoder or a decoder.

    Shape:
        encoder: patches [B, channels, T] -> [B, latent_dim, F]; T may be any number.
        decoder: [B, latent_dim, F] -> patches [B, channels, T].
    """

    def __init__(self, architecture: SameArchitecture, layers: Chain, direction: Direction) -> None:
        super().__init__()
        regroup(layers)
        norm = SoftNorm(architecture.latent_dim)
        for tensor in norm.parameters():
            tensor.data.fill_(1.0)
        norm.bias.data.zero_()
        self.frames, self.stride = architecture.frames, architecture.stride
        self.encodes = direction == "encoder"
        parts = [layers.layers[0], layers.layers[2]] if self.encodes else [layers.layers[3], layers.layers[1]]
        coder = architecture.encoder if self.encodes else architecture.decoder
        self.coder: ChunkedEncoder | ChunkedDecoder
        if self.encodes:
            structure = encoder_structure(architecture, self.frames)
            self.coder = ChunkedEncoder(parts[0], parts[1], norm, structure)  # type: ignore[arg-type]
            self.channels, self.gives, self.late = architecture.patched, architecture.latent_dim, 0
        else:
            structure = decoder_structure(architecture, self.frames)
            self.coder = ChunkedDecoder(parts[0], parts[1], norm, structure, 0)  # type: ignore[arg-type]
            self.channels, self.gives, self.late = (
                architecture.latent_dim,
                architecture.patched,
                int(coder.conv_mapping),
            )
        # How many values of the input, and of the output, a latent frame has.
        self.taken, self.given = (self.stride, 1) if self.encodes else (1, self.stride)

    def length(self, samples: int) -> int:
        """Return the length of the output for an input of so many patches or frames."""
        return self._padded(samples) * self.given

    def _padded(self, samples: int) -> int:
        """Return the frames of a signal, padded to whole chunks."""
        return -(-samples // (self.frames * self.taken)) * self.frames

    def pieces(self, signal: Tensor, frames: int) -> Iterator[Tensor]:
        """Yield the output piece by piece, without gradients; the pieces side by side are the whole output.

        Args:
            signal: with the dtype and the device of the weights.
            frames: latent frames that are computed at a time, at least a chunk.
        """
        coder, size = self.coder, max(frames // self.frames, 1) * self.frames
        due, whole = self.length(signal.shape[2]), self._padded(signal.shape[2])
        state = StreamState(coder.state_size).to(signal)
        begin, got = 0, (coder.done(0) - coder.half_chunk) * self.given - self.late
        while got < due:
            # These contexts do not surround the loop, because the caller's code runs between two pieces.
            with torch.no_grad(), torch.autocast(signal.device.type, enabled=False):
                block = block_of(signal, begin * self.taken, size * self.taken)
                cursor = state.next(block, 0, -1, -1)
                if isinstance(coder, ChunkedEncoder):
                    rows = coder(block, begin, whole, cursor)
                else:
                    rows = coder(block, begin, begin, begin + size, signal.shape[2], cursor)
                first, last = max(-got, 0), min(due - got, rows.shape[1])
                piece = rows[:, first : max(first, last)].transpose(1, 2).contiguous()
            begin, got = begin + size, got + rows.shape[1]
            if piece.shape[2]:
                yield piece
