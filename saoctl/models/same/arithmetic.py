"""The arithmetic of SAME for a second of audio."""

import functools

import torch
from torch.utils.flop_counter import FlopCounterMode

from saoctl.models.same.architecture import SameArchitecture
from saoctl.models.same.model import SameAutoencoder
from saoctl.vocabulary import Method


@functools.cache  # bench asks for each row
def gigaflop_per_second_of_audio(architecture: SameArchitecture) -> dict[Method, float]:
    """Return the 10⁹ operations of all products for a second of audio, per method, counted on the offline model.

    The shifted half of the blocks has one chunk more than the other, which is left out: a stream has no end.
    """

    def counted(chunks: int) -> dict[Method, int]:
        frames = chunks * architecture.frames
        with torch.device("meta"), torch.no_grad():
            model = SameAutoencoder(architecture)
            with FlopCounterMode(display=False) as encoding:
                model.encode(torch.empty(1, architecture.audio_channels, frames * architecture.ratio))
            with FlopCounterMode(display=False) as decoding:
                model.decode(torch.empty(1, architecture.latent_dim, frames))
        encode, decode = encoding.get_total_flops(), decoding.get_total_flops()
        return {"encode": encode, "decode": decode, "forward": encode + decode}

    few, many = counted(1), counted(2)
    seconds = architecture.frames * architecture.ratio / architecture.sample_rate
    return {method: (many[method] - few[method]) / seconds / 1e9 for method in many}
