"""The offline model that streamed output is compared with: stable-audio-tools' own, or ours if that is missing."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
        with _uncompiled_in_float64(audio):
            latents: Tensor = self.model.encode(audio)
        return latents[:, :, : audio.shape[2] // self.ratio]

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Tensor:
        with _uncompiled_in_float64(latents):
            audio: Tensor = self.model.decode(latents)
        return audio[:, :, : latents.shape[2] * self.ratio]


@contextmanager
def _uncompiled_in_float64(signal: Tensor) -> Iterator[None]:
    """Let the model's attention of sliding windows be computed as it is, if the signal is float64.

    The model asks torch to compile it. On processors torch cannot, with heads as large as SAME-L's, and says so in a
    hundred lines.
    """
    if signal.dtype != torch.float64 or not hasattr(torch.compiler, "set_stance"):  # torch 2.5 has none
        yield
        return
    with torch.compiler.set_stance("force_eager"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "flex_attention called without torch.compile")
        yield


def installed() -> bool:
    """Return whether a stable-audio-tools is installed that has SAME."""
    version = judges.installed_version()
    return version is not None and version >= NEEDED


def stable_audio_tools(architecture: SameArchitecture, state: Mapping[str, Tensor]) -> PublishedSame:
    """Return the model that stable-audio-tools builds, with the given weights and without noise."""
    model = judges.build(to_stable_audio_tools(architecture), published(state))
    model.bottleneck.noise_regularize = False
    return PublishedSame(model, architecture.ratio, judges.title())
