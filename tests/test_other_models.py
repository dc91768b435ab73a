"""The other public models that a config is shipped for: their architectures, narrower, with random weights."""

from pathlib import Path

import pytest

from saoctl import config
from saoctl.formats import export
from saoctl.models.oobleck import tensors
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.registry import read_config
from saoctl.verify import verify
from saoctl.weights.source import write_random
from tests.architectures import STABLE_AUDIO_OPEN
from tests.models.oobleck.test_architecture import DIFFUSERS

# Sample rate and strides, as their configs on the hub have them; else they are like Stable Audio Open 1.0.
MODELS = {
    "stable-audio-open-1.0": (44100, (2, 4, 4, 8, 8)),
    "stable-audio-open-small": (44100, (2, 4, 4, 8, 8)),
    "ace-step-1.5": (48000, (2, 4, 4, 6, 10)),
}
ACE_STEP_VAE = {**DIFFUSERS, "downsampling_ratios": [2, 4, 4, 6, 10], "sampling_rate": 48000}


def architecture(name: str, width: int, latents: int) -> OobleckArchitecture:
    sample_rate, strides = MODELS[name]
    coder = Coder(channels=width, c_mults=STABLE_AUDIO_OPEN.c_mults, strides=strides)
    return OobleckArchitecture(
        sample_rate=sample_rate, audio_channels=2, latent_dim=latents, encoder=coder, decoder=coder
    )


def test_ace_steps_config_is_read_as_what_it_is() -> None:
    read = read_config(ACE_STEP_VAE)
    assert read == architecture("ace-step-1.5", 128, 64)
    assert read.ratio == 1920
    assert len(tensors.expected_shapes(read)) == 365


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_its_config_exports_and_verifies_made_weights(tmp_path: Path, name: str) -> None:
    write_random(tmp_path / "weights", architecture(name, 4, 4), seed=0)
    flags = {
        "model": {"path": str(tmp_path / "weights")},
        "artifact": str(tmp_path / "model.ts"),
        "device": "cpu",
        "verify.seconds": 1,
        "verify.schedules": ["fixed", "random"],
    }
    loaded = config.load(name, flags=flags)
    exported = export.run(loaded)
    result = verify.run(loaded)
    assert result.passed
    assert result.reference.startswith("stable-audio-tools")
    assert {row.block_size % exported.methods["decode"].in_ratio for row in result.results} == {0}
    assert all(row.latency_measured == row.latency_samples for row in result.results)
