"""The offline model with coordinates in a basis in the place of its latents, as a file with a basis has them."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from saoctl.formats.description import BasisDescription
from saoctl.models.family import Reference


class InBasis:
    """A judge whose latents are the first coordinates in a basis; the other directions stay at the mean.

    Args:
        reference: the offline model.
        basis: of a file's description.

    Shape:
        audio [B, C, F * ratio], coordinates [B, N, F], of the dtype that the reference computes in. The basis itself is
        applied in float64.
    """

    def __init__(self, reference: Reference, basis: BasisDescription) -> None:
        self._reference = reference
        count = basis.latents
        self._mean = torch.tensor(basis.mean, dtype=torch.float64)[:, None]
        self._directions = torch.tensor(basis.directions, dtype=torch.float64)[:count]
        self._spread = torch.tensor(basis.spread, dtype=torch.float64)[:count, None]

    @property
    def name(self) -> str:
        """As of the offline model."""
        return self._reference.name

    @property
    def model(self) -> Any:
        """The module itself."""
        return self._reference.model

    def encode(self, audio: Tensor) -> Tensor:
        """Audio to coordinates."""
        latents = self._reference.encode(audio)
        return (self._directions @ (latents.double() - self._mean) / self._spread).to(latents.dtype)

    def decode(self, latents: Tensor) -> Tensor:
        """Coordinates to audio."""
        return self._reference.decode(self._latents(latents))

    def split_decoder(self, first: int, second: int) -> Sequence[Callable[[Tensor], Tensor]]:
        """See `Reference`; the first of the three takes coordinates."""
        core, middle, rest = self._reference.split_decoder(first, second)
        return lambda given: core(self._latents(given)), middle, rest

    def _latents(self, coordinates: Tensor) -> Tensor:
        moved = self._directions.T @ (coordinates.double() * self._spread)
        return (moved + self._mean).to(coordinates.dtype)
