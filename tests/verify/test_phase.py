"""A phase error of an encoder is measured to the sample."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder
from saoctl.verify.phase import find_phase, strided_layer
from tests.architectures import REACH, TINY, offline

WIDE_STRIDES = Coder(channels=4, c_mults=(1, 2, 2), strides=(4, 4, 8), dilations=REACH)
CONTEXT = 20  # frames, more than an edge of either model reaches


def found(architecture: OobleckArchitecture, shift: int, noise: float = 0.0) -> int | None:
    """What is measured of an encoder whose audio is late by `shift` samples."""
    model = offline(architecture)

    @torch.inference_mode()
    def late(audio: Tensor) -> Tensor:
        latents = model.encode(torch.roll(audio, shift, dims=2))
        return latents + noise * latents.std() * torch.randn(latents.shape, generator=torch.Generator().manual_seed(0))

    with torch.inference_mode():
        return find_phase(late, model.encode, architecture.audio_channels, architecture.ratio, CONTEXT)


@pytest.mark.slow
@settings(max_examples=6)
@given(shift=st.integers(-127, 127).filter(bool))
def test_any_move_within_a_frame_is_found(shift: int) -> None:
    wide = OobleckArchitecture(
        sample_rate=8000, audio_channels=1, latent_dim=3, encoder=WIDE_STRIDES, decoder=WIDE_STRIDES
    )
    assert found(wide, shift) == shift


@pytest.mark.parametrize("shift", [-5, 3])
def test_it_is_found_beneath_the_rounding_of_low_precisions(shift: int) -> None:
    assert found(TINY, shift, noise=0.01) == shift


def test_a_sound_encoder_and_one_that_is_wrong_otherwise_have_no_phase_error() -> None:
    assert found(TINY, 0) is None
    assert found(TINY, 0, noise=1.0) is None


def test_errors_smaller_than_those_of_any_move_are_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search encodes fifty probes, which takes a minute at full size."""
    encoded: list[Tensor] = []
    encode = OobleckAutoencoder.encode
    monkeypatch.setattr(OobleckAutoencoder, "encode", lambda *given: encoded.append(given[1]) or encode(*given))
    assert found(TINY, 0, noise=1e-5) is None
    assert len(encoded) == 3


def test_the_strided_layer_is_named_where_only_one_can_be_it() -> None:
    strides = (2, 4, 4, 8, 8)
    assert [strided_layer(shift, strides) for shift in (1, -2, 6, 16, -32, 1792)] == [0, 1, 1, 2, 3, 4]
    assert strided_layer(3, strides) is None
    assert strided_layer(2048, strides) is None
