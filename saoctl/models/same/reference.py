"""The offline model that streamed output is compared with: stable-audio-tools' own, or ours if that is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from saoctl.models import stable_audio_tools as judges
from saoctl.models.family import Reference
from saoctl.models.same.architecture import SameArchitecture, to_stable_audio_tools
from saoctl.models.same.tensors import published

NEEDED = (0, 0, 20)  # the first version of stable-audio-tools with SAME's chunks


@dataclass(frozen=True)
class PublishedSame(Reference):
    """The model of stable-audio-tools, built by its own code. What belongs to its padding is cut off."""

    model: Any
    ratio: int
    name: str

    @torch.inference_mode()
    def encode(self, audio: Tensor) -> Tensor:
        latents: Tensor = self.model.encode(audio)
        return latents[:, :, : audio.shape[2] // self.ratio]

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Tensor:
        audio: Tensor = self.model.decode(latents)
        return audio[:, :, : latents.shape[2] * self.ratio]


def installed() -> bool:
    """Return whether a stable-audio-tools is installed that has SAME."""
    version = judges.installed_version()
    return version is not None and version >= NEEDED


def stable_audio_tools(architecture: SameArchitecture, state: Mapping[str, Tensor]) -> PublishedSame:
    """Return the model that stable-audio-tools builds, with the given weights and without noise."""
    model = judges.build(to_stable_audio_tools(architecture), published(state))
    model.bottleneck.noise_regularize = False
    return PublishedSame(model, architecture.ratio, judges.title())
