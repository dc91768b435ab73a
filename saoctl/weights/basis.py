"""A basis of latents as a safetensors file: their mean, the directions in which sounds vary most, and the spreads."""

import json
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from saoctl import filetypes
from saoctl.errors import FileError
from saoctl.files import atomic_file, portable
from saoctl.filetypes import BASIS_METADATA

AGAIN = "Make the basis again: saoctl basis AUDIO."
READER = filetypes.Reader("a basis", (filetypes.BASIS,), give="Make a basis: saoctl basis AUDIO.", again=AGAIN)
FORMAT = 1  # the version of the file; raised when an older saoctl would misunderstand it
TENSORS = ("mean", "directions", "spread", "share")
ORTHOGONAL = 1e-6  # tolerance of the products of directions
# The least spread, relative to the largest, so that coordinates stay finite where the sounds do not vary.
LEAST_SPREAD = 1e-4


@dataclass(frozen=True)
class Basis:
    """Principal directions of latents, the one with the most variance first; all in float64.

    A latent z has the coordinates c = (z - mean) · directionᵀ / spread, in standard deviations of the sounds. It is
    recovered as mean + (c * spread) · direction.

    Args:
        mean: of the latents, [L].
        directions: orthonormal, one in each row, [L, L].
        spread: the standard deviation in each direction, at least LEAST_SPREAD of the largest, [L].
        share: the share of each direction in the variance, [L].
        sample_rate: Hz; with `ratio` it identifies the model.
        ratio: audio samples per latent frame.
        source: the name of the model's weights: a repo, a path or a seed.
        commit: of a repo.
        frames: the number of latent frames that it was computed from.
        audio: the names of the audio files.
        weights: the fingerprint of the weights; see `saoctl.models.checkpoint.fingerprint`.
    """

    mean: Tensor
    directions: Tensor
    spread: Tensor
    share: Tensor
    sample_rate: int
    ratio: int
    source: str
    commit: str | None
    frames: int
    audio: tuple[str, ...]
    weights: str | None = None

    @property
    def latent_dim(self) -> int:
        """Channels of the latents."""
        return len(self.mean)

    def coordinates(self, latents: Tensor) -> Tensor:
        """Return the coordinates of latents, both [..., L, F], in float64."""
        centred = latents.double() - self.mean[:, None]
        return self.directions @ centred / self.spread[:, None]

    def latents(self, coordinates: Tensor) -> Tensor:
        """Return the latents of the first N coordinates, [..., N, F] -> [..., L, F]; the others are 0, the mean."""
        count = coordinates.shape[-2]
        moved = self.directions[:count].T @ (coordinates.double() * self.spread[:count, None])
        return moved + self.mean[:, None]


def principal(mean: Tensor, covariance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return directions, spreads and shares of the variance of a mean [L] and a covariance [L, L]; see `Basis`.

    The largest component of each direction is positive, so that the same sounds give the same basis.
    """
    variances, vectors = torch.linalg.eigh(covariance.double())
    variances, directions = variances.flip(0).clamp(min=0), vectors.T.flip(0)
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    spread = variances.sqrt()
    share = variances / variances.sum()
    return (directions * largest.sign()).contiguous(), spread.clamp(min=LEAST_SPREAD * spread[0].item()), share


def write(basis: Basis, path: Path) -> None:
    """Write a basis.

    Raises:
        FileError: the file cannot be written.
    """
    about = {"format": FORMAT, **{each.name: getattr(basis, each.name) for each in fields(basis)}}
    tensors = {name: about.pop(name).contiguous() for name in TENSORS}
    with atomic_file(path) as temporary:
        save_file(tensors, temporary, {BASIS_METADATA: json.dumps(about)})


def read(path: Path) -> Basis:
    """Read a basis.

    Raises:
        FileError: it is missing, empty, damaged, of another kind, or of a newer saoctl.
    """
    if not path.exists():
        raise FileError(f"The basis {path} does not exist.", READER.give)
    READER.check(path)
    try:
        with safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})[BASIS_METADATA])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise READER.refusal(path) from error
    if not isinstance(about, dict):
        raise READER.refusal(path)
    if about.get("format", 0) > FORMAT:
        raise FileError(f"{path} was written by a newer saoctl.", "Update saoctl, or make the basis again.")
    try:
        basis = Basis(
            **{name: tensors[name].double() for name in TENSORS},
            sample_rate=int(about["sample_rate"]),
            ratio=int(about["ratio"]),
            source=portable(str(about["source"])),
            commit=about["commit"],
            frames=int(about["frames"]),
            audio=tuple(about["audio"]),
            weights=about.get("weights"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(f"{path} is damaged: it lacks a part of a basis, {error}.", AGAIN) from error
    if wrong := _wrong(basis):
        raise FileError(f"{path} is damaged: {wrong}.", AGAIN)
    return basis


def _wrong(basis: Basis) -> str | None:
    """Return what is wrong with the numbers of a basis; None if nothing is."""
    count = basis.mean.numel()
    for name in TENSORS:
        tensor: Tensor = getattr(basis, name)
        shape = [count, count] if name == "directions" else [count]
        if count == 0 or list(tensor.shape) != shape:
            return f"its {name} has the shape {list(tensor.shape)} instead of {shape}"
        if not torch.isfinite(tensor).all():
            return f"its {name} has values that are not finite"
    if (basis.spread <= 0).any():
        return "a spread is not above 0"
    products = basis.directions @ basis.directions.T
    if (products - torch.eye(count, dtype=torch.float64)).abs().max() > ORTHOGONAL:
        return "its directions are not orthonormal"
    return None
