"""Small models of the shapes that people play, exported for a host that loads nn~'s files."""

from pathlib import Path

import torch
from torch import Tensor

from saoctl.blocks import grid_of
from saoctl.formats import artifact, export
from saoctl.models.family import Architecture
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.registry import family_of
from saoctl.vocabulary import Method
from tests.architectures import REACH, description


def shape(strides: tuple[int, ...], rate: int, latents: int) -> OobleckArchitecture:
    coder = Coder(channels=4, c_mults=(1, 2, 2, 2, 2)[: len(strides)], strides=strides, dilations=REACH)
    return OobleckArchitecture(sample_rate=rate, audio_channels=2, latent_dim=latents, encoder=coder, decoder=coder)


SHAPES = {
    "Stable Audio Open's": shape((2, 4, 4, 8, 8), 44100, 4),
    "ACE-Step's": shape((2, 4, 4, 6, 10), 48000, 4),
    "EzAudio's": shape((2, 4, 6, 10), 24000, 2),
}


def exported(file: Path, architecture: Architecture, block_frames: int | None = None) -> dict[Method, int]:
    """Write a file with random weights, and return the latencies that it tells, in samples."""
    grid, family = grid_of(architecture.ratio), family_of(architecture)
    made = family.offline(architecture, family.random_state(architecture, 0))
    model = export.build(made, "float32", streaming=True, grid=grid, block_frames=block_frames)
    artifact.save(model, file, description(architecture, export.latency_samples(model), grid))
    return artifact.describe(file).latency_samples


def audio_of(architecture: Architecture, frames: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return 0.3 * torch.randn(architecture.audio_channels, frames * architecture.ratio, generator=generator)
