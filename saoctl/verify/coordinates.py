"""The offline model with coordinates in a basis in the place of its latents, as a file with a basis has them."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from saoctl.models.family import Reference
from saoctl.weights.basis import Basis


class InBasis:
    """A judge whose latents are the first coordinates in a basis; the other directions stay at the mean.

    Args:
        reference: the offline model.
        basis: of the latents.
        count: of its coordinates, the first ones.

    Shape:
        audio [B, C, F * ratio], coordinates [B, N, F], of the dtype that the reference computes in. The basis itself is
        applied in float64.
    """

    def __init__(self, reference: Reference, basis: Basis, count: int) -> None:
        self._reference, self._basis, self._count = reference, basis, count

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
        return self._basis.coordinates(latents)[:, : self._count].to(latents.dtype)

    def decode(self, latents: Tensor) -> Tensor:
        """Coordinates to audio."""
        return self._reference.decode(self._latents(latents))

    def split_decoder(self, first: int, second: int) -> Sequence[Callable[[Tensor], Tensor]]:
        """See `Reference`; the first of the three takes coordinates."""
        core, middle, rest = self._reference.split_decoder(first, second)
        return lambda given: core(self._latents(given)), middle, rest

    def _latents(self, coordinates: Tensor) -> Tensor:
        return self._basis.latents(coordinates).to(coordinates.dtype)
