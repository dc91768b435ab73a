"""The arithmetic of Oobleck for a second of audio."""

import functools

import torch
from torch.utils.flop_counter import FlopCounterMode

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder
from saoctl.vocabulary import Method


@functools.cache  # bench asks for each row, and counting takes most of a second
def gigaflop_per_second_of_audio(architecture: OobleckArchitecture) -> dict[Method, float]:
    """Return the 10⁹ operations of the convolutions for a second of audio, per method, counted on the offline model."""
    frames = 16
    samples = frames * architecture.ratio
    with torch.device("meta"), torch.no_grad():
        model = OobleckAutoencoder(architecture)
        with FlopCounterMode(display=False) as encoding:
            model.encode(torch.empty(1, architecture.audio_channels, samples))
        with FlopCounterMode(display=False) as decoding:
            model.decode(torch.empty(1, architecture.latent_dim, frames))
    seconds = samples / architecture.sample_rate
    encode, decode = (counter.get_total_flops() / seconds / 1e9 for counter in (encoding, decoding))
    return {"encode": encode, "decode": decode, "forward": encode + decode}
