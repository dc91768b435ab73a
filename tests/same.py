"""SAME autoencoders for tests: small ones, random ones, the published cases, and the judge."""

import math
from pathlib import Path

import pytest
import safetensors.torch
import torch
from hypothesis import strategies as st
from torch import Tensor

from saoctl.models.checkpoint import load, locate
from saoctl.models.family import Reference
from saoctl.models.same import reference
from saoctl.models.same.architecture import SameArchitecture, Transformer
from saoctl.models.same.model import SameAutoencoder, offline_model
from saoctl.models.same.random import random_state

GOLDEN = Path(__file__).parent / "fixtures" / "same"

# Chunks of two frames as in the published model, with a mapping of 1 in the encoder and of 3 in the decoder.
TINY_SAME = SameArchitecture(
    sample_rate=8000,
    audio_channels=2,
    latent_dim=6,
    patch=4,
    stride=4,
    chunk=8,
    encoder=Transformer(width=16, depth=2, dim_heads=8, ff_mult=2),
    decoder=Transformer(width=16, depth=2, dim_heads=8, ff_mult=2, conv_mapping=True),
)

# The same with sliding windows of one frame, and with blocks of both kinds.
TINY_WINDOWS = SameArchitecture.model_validate(
    {**TINY_SAME.model_dump(), "chunk": None, "window": 1, "decoder": {**TINY_SAME.decoder.model_dump(), "depth": 3}}
)

needs_judge = pytest.mark.skipif(not reference.installed(), reason="stable-audio-tools 0.0.20 is not installed")


@st.composite
def same_architectures(draw: st.DrawFn) -> SameArchitecture:
    """Architectures with everything free that configs have; both directions differ in all that may differ."""
    channels, patch, stride = draw(st.integers(1, 2)), draw(st.integers(1, 5)), draw(st.integers(1, 4))

    def coder() -> Transformer:
        heads, dim_heads = draw(st.integers(1, 3)), 4 * draw(st.integers(2, 4))
        width = heads * dim_heads
        return Transformer(
            width=width + dim_heads * (width == channels * patch),
            depth=draw(st.integers(1, 4)),
            dim_heads=dim_heads,
            ff_mult=draw(st.sampled_from([1.0, 2.5, 3.0])),
            differential=draw(st.booleans()),
            conv_mapping=draw(st.booleans()),
        )

    decoder = coder()
    return SameArchitecture(
        sample_rate=draw(st.sampled_from([8000, 44100])),
        audio_channels=channels,
        latent_dim=draw(st.integers(1, 5)),
        patch=patch,
        stride=stride,
        chunk=2 * stride * draw(st.integers(1, 3)),
        encoder=coder(),
        decoder=decoder.model_copy(update={"sinusoidal_blocks": draw(st.integers(0, decoder.depth))}),
        noise_regularize=draw(st.booleans()),
    )


@st.composite
def windowed_architectures(draw: st.DrawFn) -> SameArchitecture:
    """The same with sliding windows in the place of chunks."""
    numbers = draw(same_architectures()).model_dump()
    return SameArchitecture.model_validate({**numbers, "chunk": None, "window": draw(st.integers(1, 2))})


def same_offline(architecture: SameArchitecture, seed: int = 0) -> SameAutoencoder:
    """An offline model with random weights."""
    return offline_model(architecture, random_state(architecture, seed))


def same_judge(architecture: SameArchitecture, seed: int = 0) -> Reference:
    """stable-audio-tools' own model with the same random weights."""
    return reference.stable_audio_tools(architecture, random_state(architecture, seed))


def golden(case: str) -> tuple[SameArchitecture, dict[str, Tensor], dict[str, Tensor]]:
    """The architecture, the weights and the signals of a published case."""
    architecture, state = load(locate(GOLDEN / case))
    assert isinstance(architecture, SameArchitecture)
    return architecture, state, safetensors.torch.load_file(GOLDEN / case / "golden.safetensors")


def sound(architecture: SameArchitecture, frames: int, batch: int = 1) -> Tensor:
    """Noise, [batch, audio_channels, frames * ratio]."""
    return 0.3 * torch.randn(batch, architecture.audio_channels, frames * architecture.ratio)


def whole_chunks(architecture: SameArchitecture, frames: int) -> int:
    """The number of frames that the model pads a signal to."""
    return math.ceil(frames / architecture.frames) * architecture.frames
