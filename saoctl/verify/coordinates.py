"""The offline model with coordinates in a basis in the place of its latents, as a file with a basis has them."""

from torch import Tensor

from saoctl.models.family import Reference
from saoctl.weights.basis import Basis


class InBasis(Reference):
    """A reference whose latents are the first coordinates in a basis; the other directions stay at the mean.

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
        self.name, self.model = reference.name, reference.model

    def encode(self, audio: Tensor) -> Tensor:
        """Encode audio to coordinates."""
        latents = self._reference.encode(audio)
        return self._basis.coordinates(latents)[:, : self._count].to(latents.dtype)

    def decode(self, latents: Tensor) -> Tensor:
        """Decode coordinates to audio."""
        return self._reference.decode(self.model_latents(latents))

    def model_latents(self, latents: Tensor) -> Tensor:
        """Return the latents that coordinates stand for."""
        return self._basis.latents(latents).to(latents.dtype)
