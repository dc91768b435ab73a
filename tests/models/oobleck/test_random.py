"""Made weights are worth a test: the same everywhere, of a sensible size, and their output follows the input."""

import math

import pytest
import torch
from torch import Tensor

from saoctl import audio
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.oobleck.random import random_state
from saoctl.verify.metrics import energy, input_energy
from saoctl.weights.source import RANDOM_VERSION
from tests.architectures import FULL_SIZE, USUAL, WIDE, offline

MOST_CONSTANT_DB = 6.0
FRAMES = 40


def stable_audio(channels: int, use_snake: bool = True) -> OobleckArchitecture:
    coder = Coder(channels=channels, c_mults=(1, 2, 4, 8, 16), strides=(2, 4, 4, 8, 8), use_snake=use_snake)
    return OobleckArchitecture(sample_rate=44100, audio_channels=2, latent_dim=64, encoder=coder, decoder=coder)


ARCHITECTURES = {
    "tiny": USUAL, "wide": WIDE, "4 channels": stable_audio(4), "24 channels": stable_audio(24),
    "no snakes": stable_audio(8, use_snake=False),
}  # fmt: skip


# The first number of some tensors.
FIRST = {"encoder.layers.0.bias": -0.0206, "encoder.layers.0.weight_g": 2.8026, "decoder.layers.0.weight_v": -0.8381}


def constant_db(output: Tensor, period: int) -> float:
    """By how much an output is louder than the part of it that depends on the input."""
    return 10 * math.log10(energy(output) / input_energy(output, period))


def rms(signal: Tensor) -> float:
    return signal.square().mean().sqrt().item()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES.keys())
def test_the_output_follows_the_input_and_has_its_size(architecture: OobleckArchitecture, seed: int) -> None:
    model, rate = offline(architecture, seed), architecture.sample_rate
    sound = audio.test_signal(rate, 2, FRAMES * architecture.ratio / rate)[None]
    with torch.inference_mode():
        latents = model.encode(sound)
        decoded = model.decode(latents)
    assert constant_db(latents, 1) <= MOST_CONSTANT_DB
    assert constant_db(decoded, architecture.ratio) <= MOST_CONSTANT_DB
    assert 0.1 < rms(latents) < 3
    assert 0.02 < rms(decoded) < 1


@pytest.mark.slow
def test_the_full_size_has_the_same_sizes_layer_by_layer() -> None:
    state = random_state(FULL_SIZE, 0)
    gains = [tensor for name, tensor in state.items() if name.endswith("weight_g")]
    assert all(torch.isfinite(gain).all() for gain in gains)
    assert max(rms(gain) for gain in gains) < 10
    assert min(rms(gain) for gain in gains) > 0.05


def test_a_seed_means_the_same_weights_and_another_seed_others() -> None:
    first, again, other = random_state(USUAL, 0), random_state(USUAL, 0), random_state(USUAL, 1)
    assert all(torch.equal(tensor, again[name]) for name, tensor in first.items())
    assert not any(torch.equal(tensor, other[name]) for name, tensor in first.items())


def test_other_weights_of_a_seed_need_another_version() -> None:
    """Made checkpoints are kept: if this fails, raise RANDOM_VERSION, and write its number and its weights here."""
    state = random_state(USUAL, 0)
    found = [round(state[name].flatten()[0].item(), 4) for name in FIRST]
    assert (RANDOM_VERSION, found) == (2, list(FIRST.values()))
