"""`stream_vae` gives what stable-audio-tools' SAME autoencoder gave, piece by piece."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

import saoctl
from saoctl.errors import ConfigError
from saoctl.models.same.architecture import SameArchitecture
from saoctl.verify.metrics import snr_db
from tests.examples import examples
from tests.same import TINY_SAME, needs_judge, same_architectures, same_judge, sound

FLOAT32_SNR_DB = 100.0


@pytest.mark.slow
@needs_judge
@examples(6)
@given(
    architecture=same_architectures(),
    frames=st.integers(1, 12),
    block_frames=st.integers(1, 9),
    batch=st.integers(1, 2),
)
def test_it_gives_what_the_autoencoder_gave(
    architecture: SameArchitecture, frames: int, block_frames: int, batch: int
) -> None:
    judge: Any = same_judge(architecture)
    model = judge.model
    audio = sound(architecture, frames, batch)[:, :, : frames * architecture.ratio - architecture.ratio // 3]

    def results() -> list[Tensor]:
        latents = model.encode(audio)
        return [latents, model.decode(latents), model.decode(latents[:, :, :-1])] if frames > 1 else [latents]

    with torch.inference_mode():
        before = results()
        with saoctl.stream_vae(model, block_frames=block_frames):
            for expected, streamed in zip(before, results(), strict=True):
                assert streamed.shape == expected.shape
                assert snr_db(expected, streamed) >= FLOAT32_SNR_DB
        assert snr_db(before[0], results()[0]) >= FLOAT32_SNR_DB  # undone


@needs_judge
def test_what_cannot_be_followed_is_refused_by_name() -> None:
    judge: Any = same_judge(TINY_SAME)
    judge.model.encoder.layers[0].chunk_midpoint_shift = False
    with pytest.raises(ConfigError, match="chunks without a midpoint shift"):
        saoctl.stream_vae(judge.model)
