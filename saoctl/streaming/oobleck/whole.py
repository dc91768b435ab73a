"""An encoder or a decoder for whole signals, computed block by block in memory that does not grow with the signal."""

import math
from collections.abc import Iterator
from fractions import Fraction

import torch
from torch import Tensor, nn

from saoctl.models.oobleck import foreign
from saoctl.models.oobleck.model import Conv1d, ConvTranspose1d
from saoctl.streaming.base import block_of
from saoctl.streaming.delay import Grid
from saoctl.streaming.family import Adapter, Follower
from saoctl.streaming.oobleck.layers import Stack, flatten
from saoctl.streaming.state import StreamState
from saoctl.vocabulary import Direction


class OobleckAdapter(Adapter):
    """The adapter for the autoencoders that `saoctl.models.oobleck.foreign` reads."""

    classes = "diffusers' AutoencoderOobleck, an autoencoder of stable-audio-tools, ComfyUI's AudioOobleckVAE"

    def recognises(self, encoder: object, decoder: object) -> bool:
        return foreign.recognises(encoder, "encoder") and foreign.recognises(decoder, "decoder")

    def check(self, coder: nn.Module, direction: Direction) -> None:
        foreign.read(coder, direction)

    def follow(self, coder: nn.Module, direction: Direction) -> Follower:
        return WholeSignal(foreign.read(coder, direction), direction)


class WholeSignal(nn.Module):
    """A `saoctl.streaming.family.Follower` of an encoder or a decoder.

    The output has no latency: its delay is cut off, and silence follows the signal until the whole output has come.
    Each call has a state of its own; calls may be interleaved.

    Args:
        offline: the layers to follow; their weights are folded and copied.
        direction: whether they are an encoder or a decoder.

    Attributes:
        channels, gives: the channels of the input, and those of the output.

    Shape:
        encoder: audio [B, channels, T] -> [B, C, F]; T may be any number, as offline.
        decoder: latents [B, channels, F] -> audio [B, C, T].
    """

    def __init__(self, offline: nn.Module, direction: Direction) -> None:
        super().__init__()
        convolutions = [layer for layer in offline.modules() if isinstance(layer, Conv1d | ConvTranspose1d)]
        self.ratio = math.prod(layer.stride for layer in convolutions)
        self.rate = self.ratio if direction == "encoder" else 1
        self.stack = Stack(flatten(offline), Grid(self.rate), self.ratio)
        self.channels, self.gives = convolutions[0].weight_v.shape[1], convolutions[-1].weight_v.shape[0]

    def length(self, samples: int) -> int:
        """Return the offline length of the output, in frames or samples; not positive if the input is too short."""
        grid = self.stack.grid
        return int(Fraction(samples * grid.rate, self.rate) + grid.surplus) - grid.shortfall

    def pieces(self, signal: Tensor, frames: int) -> Iterator[Tensor]:
        """Yield the output piece by piece, without gradients; the pieces side by side are the whole output.

        Args:
            signal: with the dtype and the device of the weights.
            frames: latent frames that are computed at a time.
        """
        grid = self.stack.grid
        due = grid.delay + self.length(signal.shape[2])  # samples of the stream, until all has come
        blocks = -(-due // grid.rate)
        end = signal.shape[2] * self.ratio // self.rate
        state = StreamState(self.stack.state_size).to(signal)
        for first in range(0, blocks, frames):
            count = min(frames, blocks - first)
            # These contexts do not surround the loop, because the caller's code runs between two pieces.
            with torch.no_grad(), torch.autocast(signal.device.type, enabled=False):
                block = block_of(signal, first * self.rate, count * self.rate)
                given: Tensor = self.stack(block, state.next(block, count * self.ratio, end, -1))
                begin, stop = (min(max(at - first * grid.rate, 0), given.shape[1]) for at in (grid.delay, due))
                piece = given[:, begin:stop].transpose(1, 2).contiguous()
            if stop > begin:
                yield piece
