"""Sweeps move one direction from end to end, and their changes are what a listener's analyser would show."""

import math

import pytest
import torch
from torch import Tensor

from saoctl.basis.sweep import SECONDS, SPREADS, Sweeps, changes, sweeps
from saoctl.progress import Silent
from tests.weights.test_basis import made

RATE = 8000


def noise(seconds: float = 3.0, seed: int = 0) -> Tensor:
    return torch.randn(2, round(RATE * seconds), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def tone(frequency: float, level: float = 1.0) -> Tensor:
    return level * torch.sin(2 * math.pi * frequency / RATE * torch.arange(3 * RATE, dtype=torch.float64)).expand(2, -1)


def test_one_direction_moves_evenly_from_end_to_end_and_the_others_rest() -> None:
    (basis, _), reach = made(), 3
    heard: list[Tensor] = []

    def decode(latents: Tensor) -> Tensor:
        heard.append(basis.coordinates(latents[0]))
        return latents[:, :1].repeat_interleave(basis.ratio, dim=2)

    found = sweeps(basis, 2, decode, reach, Silent())
    frames = round(SECONDS * basis.sample_rate / basis.ratio)
    assert found.at_rest.shape == found.moved[0].shape == (1, frames * basis.ratio)
    assert len(found.moved) == 2
    at_rest, *moved = heard
    assert at_rest.abs().max() < 1e-5
    for direction, coordinates in enumerate(moved):
        path = coordinates[direction, reach:-reach]
        assert torch.allclose(path, torch.linspace(-SPREADS, SPREADS, frames, dtype=torch.float64), atol=1e-5)
        # It stands still on both sides, for as far as the decoder looks.
        assert torch.allclose(coordinates[direction, :reach], path[:1].expand(reach), atol=1e-5)
        assert torch.allclose(coordinates[direction, -reach:], path[-1:].expand(reach), atol=1e-5)
        others = [each for each in range(basis.latent_dim) if each != direction]
        assert coordinates[others].abs().max() < 1e-5


def test_a_gain_is_a_change_of_as_many_db_in_every_band() -> None:
    rest = noise()
    found = changes(Sweeps(RATE, rest, torch.stack((2 * rest, rest / 2))))
    louder, softer = found.from_mean.mean(1)
    assert louder == pytest.approx(6.02, abs=1.0)
    assert softer == pytest.approx(-6.02, abs=1.0)
    # Both are random from moment to moment by as much: their average is no change.
    assert torch.allclose(found.from_others[0] - found.from_others[1], torch.full_like(louder, 12.04), atol=0.01)
    assert torch.allclose(found.from_others.sum(0), torch.zeros(()).double(), atol=1e-9)


@pytest.mark.parametrize("frequency", [60.0, 440.0, 3500.0])
def test_a_tone_changes_the_band_that_it_is_in(frequency: float) -> None:
    rest = 0.01 * noise()
    found = changes(Sweeps(RATE, rest, torch.stack((rest + tone(frequency), rest))))
    band = found.from_mean[0].mean(0).argmax()
    assert found.edges[band] <= frequency <= found.edges[band + 1]
    assert found.from_mean[0][:, band].min() > 10
    far = (found.edges[1:] < frequency / 1.5) | (found.edges[:-1] > frequency * 1.5)
    assert found.from_mean[0][:, far].abs().max() < 10


def test_bands_have_one_ratio_and_end_at_half_the_sample_rate() -> None:
    edges = changes(Sweeps(RATE, noise(), noise()[None])).edges
    assert edges[-1] == pytest.approx(RATE / 2)
    assert torch.allclose(edges[1:] / edges[:-1], (edges[1] / edges[0]).expand(len(edges) - 1))


def test_what_is_too_soft_beside_the_loudest_changes_nothing() -> None:
    rest = tone(1000)
    found = changes(Sweeps(RATE, rest, torch.stack((rest, rest + tone(100, level=1e-5)))))
    assert found.from_mean.abs().max() < 0.1


def test_silence_has_no_changes() -> None:
    silence = torch.zeros(2, 3 * RATE)
    found = changes(Sweeps(RATE, silence, silence[None]))
    assert torch.equal(found.from_mean, torch.zeros_like(found.from_mean))
