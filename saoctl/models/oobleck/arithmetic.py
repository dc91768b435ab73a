"""The arithmetic of Oobleck for a second of audio."""

import functools
from collections.abc import Callable

import torch
from torch import Tensor
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
        found: dict[Method, float] = {}
        if architecture.encoder is not None:
            found["encode"] = _counted(model.encode, torch.empty(1, architecture.audio_channels, samples))
        if architecture.decoder is not None:
            found["decode"] = _counted(model.decode, torch.empty(1, architecture.latent_dim, frames))
    seconds = samples / architecture.sample_rate
    found = {method: operations / seconds / 1e9 for method, operations in found.items()}
    return found if len(found) < 2 else {**found, "forward": found["encode"] + found["decode"]}


def _counted(call: Callable[[Tensor], Tensor], given: Tensor) -> int:
    with FlopCounterMode(display=False) as counter:
        call(given)
    return int(counter.get_total_flops())
