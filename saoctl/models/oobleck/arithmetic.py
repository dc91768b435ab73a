"""The arithmetic of Oobleck for a second of audio."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder
from saoctl.vocabulary import Method


def gigaflop_per_second_of_audio(architecture: OobleckArchitecture) -> dict[Method, float]:
    """Return the 10⁹ operations of the convolutions for a second of audio, per method, counted on the offline model."""
    frames = 16
    with torch.device("meta"), torch.no_grad():
        model = OobleckAutoencoder(architecture)
        counts: dict[Method, float] = {}
        shapes: dict[Method, tuple[int, ...]] = {
            "encode": (1, architecture.audio_channels, frames * architecture.ratio),
            "decode": (1, architecture.latent_dim, frames),
        }
        for method, shape in shapes.items():
            with FlopCounterMode(display=False) as counter:
                getattr(model, method)(torch.empty(shape))
            seconds = frames * architecture.ratio / architecture.sample_rate
            counts[method] = counter.get_total_flops() / seconds / 1e9
    return {**counts, "forward": counts["encode"] + counts["decode"]}
