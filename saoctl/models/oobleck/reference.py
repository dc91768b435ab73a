"""The offline model that streamed output is compared with: stable-audio-tools' own, or ours if that is missing."""

import contextlib
import importlib
import importlib.util
import io
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import OobleckArchitecture, to_stable_audio_tools
from saoctl.models.oobleck.model import OobleckAutoencoder

# stable-audio-tools' modules import these at the top; its autoencoder calls neither.
UNUSED_IMPORTS = ("torchaudio", "k_diffusion")


@dataclass(frozen=True)
class OwnModel(Reference):
    """The model of `models/oobleck/model.py`."""

    model: OobleckAutoencoder
    name: str = "oobleck (saoctl's own)"

    @torch.inference_mode()
    def encode(self, audio: Tensor) -> Tensor:
        return self.model.encode(audio)

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Tensor:
        return self.model.decode(latents)


@dataclass(frozen=True)
class StableAudioTools(Reference):
    """The model of stable-audio-tools, built by its own code."""

    model: Any
    scale: float
    name: str

    @torch.inference_mode()
    def encode(self, audio: Tensor) -> Tensor:
        # Without the bottleneck, which would sample, the model returns mean and scale.
        mean, _ = self.model.encode(audio, skip_bottleneck=True).chunk(2, dim=1)
        latents: Tensor = mean / self.scale
        return latents

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Tensor:
        audio: Tensor = self.model.decode(latents * self.scale)
        return audio


def installed() -> bool:
    """Return whether stable-audio-tools is installed."""
    return importlib.util.find_spec("stable_audio_tools") is not None


def stable_audio_tools(architecture: OobleckArchitecture, state: Mapping[str, Tensor]) -> StableAudioTools:
    """Return the model that stable-audio-tools builds, with the given weights."""
    # The modules print on import which packages they miss; standard output belongs to our results.
    with _stand_ins(UNUSED_IMPORTS), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        autoencoders = importlib.import_module("stable_audio_tools.models.autoencoders")
        model = autoencoders.create_autoencoder_from_config(to_stable_audio_tools(architecture))
    model.load_state_dict(dict(state), strict=True)
    model.eval().requires_grad_(False)
    return StableAudioTools(model, architecture.scale, f"stable-audio-tools {version('stable-audio-tools')}")


class _StandIn(ModuleType):
    """A module that does nothing, and from which any attribute can be imported."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn(name)


@contextlib.contextmanager
def _stand_ins(names: tuple[str, ...]) -> Iterator[None]:
    """Replace modules that cannot be imported, as long as the context lasts."""
    added = []
    for name in names:
        try:
            importlib.import_module(name)
        except (ImportError, OSError):
            stand_in = _StandIn(name)
            for module in (name, f"{name}.transforms"):
                sys.modules[module] = stand_in
                added.append(module)
    try:
        yield
    finally:
        for module in added:
            sys.modules.pop(module, None)
