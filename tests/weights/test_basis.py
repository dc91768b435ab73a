"""A basis is what its file says, and a file that is none is refused in a sentence."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from saoctl.errors import FileError
from saoctl.weights import basis as bases
from saoctl.weights.basis import Basis, principal


def made(size: int = 4, seed: int = 0, frames: int = 500) -> tuple[Basis, torch.Tensor]:
    """A basis, and the latents that it is from."""
    generator = torch.Generator().manual_seed(seed)
    # In each direction varies what is far above rounding; a random matrix can be nearly singular.
    turn, _ = torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.float64))
    mix = turn * torch.arange(1, size + 1)
    latents = mix @ torch.randn(size, frames, generator=generator, dtype=torch.float64) + 3
    directions, spread, share = principal(latents.mean(1), torch.cov(latents, correction=0).reshape(size, size))
    return Basis(latents.mean(1), directions, spread, share, 8000, 8, "seed 0", None, frames, ("a.wav",)), latents


@given(size=st.integers(1, 8), seed=st.integers(0, 1000))
def test_coordinates_are_uncorrelated_of_unit_variance_and_lead_back(size: int, seed: int) -> None:
    basis, latents = made(size, seed)
    coordinates = basis.coordinates(latents)
    found = torch.cov(coordinates, correction=0).reshape(size, size)
    assert torch.allclose(found, torch.eye(size, dtype=torch.float64), atol=1e-6)
    assert torch.allclose(coordinates.mean(1), torch.zeros(size, dtype=torch.float64), atol=1e-8)
    assert torch.allclose(basis.latents(coordinates), latents, atol=1e-9)
    assert basis.share.sum().item() == pytest.approx(1)
    assert (basis.share.diff() <= 0).all()


def test_the_first_coordinates_lose_what_the_other_directions_had() -> None:
    basis, latents = made(6)
    for count in range(1, 7):
        kept = basis.latents(basis.coordinates(latents)[:count])
        lost = (latents - kept).square().sum(0).mean() / latents.var(1, correction=0).sum()
        assert lost.item() == pytest.approx(1 - basis.share[:count].sum().item(), abs=1e-9)


def test_signs_are_repeatable() -> None:
    mean, covariance = torch.zeros(5), torch.cov(torch.randn(5, 40, generator=torch.Generator().manual_seed(1)))
    directions, _, _ = principal(mean, covariance)
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    assert (largest > 0).all()


def test_a_direction_in_which_nothing_varies_stays_finite() -> None:
    directions, spread, share = principal(torch.zeros(3), torch.diag(torch.tensor([4.0, 0.0, 0.0])))
    assert spread.tolist() == pytest.approx([2.0, 2 * bases.LEAST_SPREAD, 2 * bases.LEAST_SPREAD])
    assert share.tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert torch.allclose(directions @ directions.T, torch.eye(3, dtype=torch.float64))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    basis, _ = made()
    bases.write(basis, tmp_path / "b.safetensors")
    again = bases.read(tmp_path / "b.safetensors")
    for name in ("mean", "directions", "spread", "share"):
        assert torch.equal(getattr(again, name), getattr(basis, name))
    assert (again.source, again.frames, again.audio, again.ratio) == ("seed 0", 500, ("a.wav",), 8)
    assert [path.name for path in tmp_path.iterdir()] == ["b.safetensors"]


def spoilt(**changes: Any) -> Basis:
    return replace(made()[0], **changes)


NAN = torch.tensor([torch.nan, 0, 0, 0], dtype=torch.float64)


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (spoilt(mean=NAN), "its mean has values that are not finite"),
        (spoilt(directions=2 * torch.eye(4, dtype=torch.float64)), "not orthonormal"),
        (spoilt(directions=torch.ones(4, 4, dtype=torch.float64) / 2), "not orthonormal"),
        (spoilt(directions=torch.eye(3, dtype=torch.float64)), r"shape \[3, 3\] instead of \[4, 4\]"),
        (spoilt(spread=torch.tensor([1.0, 1, 0, 1], dtype=torch.float64)), "a spread is not above 0"),
    ],
)
def test_numbers_that_are_no_basis_are_refused(tmp_path: Path, basis: Basis, words: str) -> None:
    bases.write(basis, tmp_path / "b.safetensors")
    with pytest.raises(FileError, match=words):
        bases.read(tmp_path / "b.safetensors")


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.safetensors"
    with pytest.raises(FileError, match="does not exist"):
        bases.read(path)
    path.write_text("a text")
    with pytest.raises(FileError, match="is a text file, and cannot be read as a basis"):
        bases.read(path)
    save_file({"weight": torch.ones(2)}, path)
    with pytest.raises(FileError, match="is a checkpoint, and cannot be read as a basis"):
        bases.read(path)
    bases.write(made()[0], path)
    save_file({"mean": load_file(path)["mean"]}, path, {"saoctl.basis": '{"format": 1}'})
    with pytest.raises(FileError, match="is damaged: it lacks a part of a basis, 'directions'"):
        bases.read(path)
    save_file({"mean": torch.ones(2)}, path, {"saoctl.basis": '{"format": 2}'})
    with pytest.raises(FileError, match="newer saoctl"):
        bases.read(path)
