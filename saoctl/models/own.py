"""Our own offline model as what streamed output is compared with, where the publishers' own code is missing."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from saoctl.models.family import Reference


@dataclass(frozen=True)
class OwnModel(Reference):
    """The offline model of a family.

    Args:
        model: as `Family.offline` returns it.
        name: what reports call it.
    """

    model: Any
    name: str = "saoctl's own"

    @torch.inference_mode()
    def encode(self, audio: Tensor) -> Tensor:
        latents: Tensor = self.model.encode(audio)
        return latents

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Tensor:
        audio: Tensor = self.model.decode(latents)
        return audio
