"""The offline model is the published one: by its own cases, and by stable-audio-tools for any architecture."""

import logging

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from saoctl.models.registry import family_of
from saoctl.models.same.architecture import SameArchitecture
from saoctl.models.same.known import SAME_S
from saoctl.models.same.model import offline_model
from saoctl.models.same.random import random_state
from saoctl.verify.metrics import energy, input_energy, snr_db
from tests.examples import examples
from tests.same import TINY_SAME, TINY_WINDOWS, golden, needs_judge, same_architectures, same_judge, same_offline, sound

ROUNDING_DB = 110
MOST_CONSTANT_DB = 8.0


@pytest.mark.parametrize("case", ["b", "c"])
def test_it_gives_what_the_published_code_gave(case: str) -> None:
    architecture, state, cases = golden(case)
    model = offline_model(architecture, state)
    frames = cases["audio"].shape[2] // architecture.ratio
    assert snr_db(cases["latents"][:, :, :frames], model.encode(cases["audio"])) >= ROUNDING_DB
    assert snr_db(cases["decoded"], model.decode(cases["latents"])) >= ROUNDING_DB


@pytest.mark.slow
@needs_judge
@examples(10)
@given(architecture=same_architectures(), frames=st.integers(1, 9), batch=st.integers(1, 2))
def test_it_gives_what_stable_audio_tools_gives(architecture: SameArchitecture, frames: int, batch: int) -> None:
    model, judge = same_offline(architecture), same_judge(architecture)
    audio = sound(architecture, frames, batch)
    latents = judge.encode(audio)
    assert snr_db(latents, model.encode(audio)) >= ROUNDING_DB - 10
    assert snr_db(judge.decode(latents), model.decode(latents)) >= ROUNDING_DB - 10


@pytest.mark.slow
@needs_judge
def test_stable_audio_tools_windows_in_float64_are_computed_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    """They are computed if weights amplify rounding; torch cannot compile heads of this size on a processor."""
    tree = TINY_WINDOWS.model_dump()
    for side in ("encoder", "decoder"):
        tree[side] |= {"width": 64, "dim_heads": 64}
    architecture = SameArchitecture.model_validate(tree)
    judge, model = same_judge(architecture), same_offline(architecture).double()
    judge.model.double()
    audio = sound(architecture, 40).double()
    latents = judge.encode(audio)
    assert snr_db(latents, model.encode(audio)) >= ROUNDING_DB
    assert snr_db(judge.decode(latents), model.decode(latents)) >= ROUNDING_DB
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_noise_is_added_to_the_latents_before_they_are_decoded() -> None:
    model = same_offline(TINY_SAME)
    latents = torch.randn(1, TINY_SAME.latent_dim, 40)
    quiet = model.decode(latents)
    model.noise = 1.0
    assert 20 < snr_db(quiet, model.decode(latents)) < 80
    silent = offline_model(TINY_SAME, random_state(TINY_SAME, 0), sampling=False)
    silent.noise = 1.0
    assert torch.equal(silent.decode(latents), quiet)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("case", ["tiny", "b", "c"])
def test_the_output_of_made_weights_follows_the_input(case: str, seed: int) -> None:
    architecture = TINY_SAME if case == "tiny" else golden(case)[0]
    model = same_offline(architecture, seed)
    with torch.inference_mode():
        latents = model.encode(sound(architecture, 40))
        decoded = model.decode(latents)
    assert 10 * torch.log10(torch.tensor(energy(latents) / input_energy(latents, 1))) <= MOST_CONSTANT_DB
    period = architecture.ratio * architecture.frames
    assert 10 * torch.log10(torch.tensor(energy(decoded) / input_energy(decoded, period))) <= MOST_CONSTANT_DB
    assert 0.1 < latents.std() < 3
    assert 0.01 < decoded.std() < 1


def test_a_seed_means_the_same_weights_and_another_seed_others() -> None:
    first, again, other = (random_state(TINY_SAME, seed) for seed in (0, 0, 1))
    assert all(torch.equal(tensor, again[name]) for name, tensor in first.items())
    assert not torch.equal(first["encoder.layers.2.weight"], other["encoder.layers.2.weight"])


@pytest.mark.slow
def test_the_published_model_has_the_size_and_the_arithmetic_that_are_told_of_it() -> None:
    family = family_of(SAME_S)
    assert SAME_S.ratio == 4096
    assert family.parameters(SAME_S) == pytest.approx(108e6, rel=0.01)
    found = family.arithmetic(SAME_S)
    assert found["encode"] == pytest.approx(20.0, rel=0.02)
    assert found["forward"] == pytest.approx(found["encode"] + found["decode"])
