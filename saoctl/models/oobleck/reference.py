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
from saoctl.models.oobleck.architecture import DILATIONS, Coder, OobleckArchitecture, to_stable_audio_tools
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
    """The model of stable-audio-tools, built by its own code.

    Args:
        model: the autoencoder, or a container with its encoder or its decoder alone.
        scale: see `OobleckArchitecture`.
        name: what reports call it.
    """

    model: Any
    scale: float
    name: str

    @torch.inference_mode()
    def encode(self, audio: Tensor) -> Tensor:
        # Without the bottleneck, which would sample, the model returns mean and scale.
        alone = isinstance(self.model, torch.nn.ModuleDict)
        moments = self.model["encoder"](audio) if alone else self.model.encode(audio, skip_bottleneck=True)
        mean, _ = moments.chunk(2, dim=1)
        latents: Tensor = mean / self.scale
        return latents

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Tensor:
        alone = isinstance(self.model, torch.nn.ModuleDict)
        call = self.model["decoder"] if alone else self.model.decode
        audio: Tensor = call(latents * self.scale)
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
        config = to_stable_audio_tools(architecture)
        halves = {direction: config["model"][direction] for direction in architecture.coders}
        for half in halves.values():
            half["config"].pop("dilations", None)  # it has no such key
        if len(halves) > 1:
            model = autoencoders.create_autoencoder_from_config(config)
        else:
            make = {name: getattr(autoencoders, f"create_{name}_from_config") for name in halves}
            model = torch.nn.ModuleDict({name: make[name](half) for name, half in halves.items()})
        for direction, coder in architecture.coders.items():
            if coder.dilations != DILATIONS:
                _set_dilations(model.get_submodule(direction), coder, autoencoders.ResidualUnit)
    model.load_state_dict(dict(state), strict=True)
    model.eval().requires_grad_(False)
    return StableAudioTools(model, architecture.scale, f"stable-audio-tools {version('stable-audio-tools')}")


def _set_dilations(module: Any, coder: Coder, unit: type[Any]) -> None:
    """Replace the residual units of an encoder or decoder of stable-audio-tools by its own units of other dilations."""
    for block in module.layers[1 : 1 + len(coder.strides)]:
        usual = [part for part in block.layers if isinstance(part, unit)]
        others = [part for part in block.layers if not isinstance(part, unit)]
        channels = usual[0].layers[1].in_channels
        units = [unit(channels, channels, dilation, use_snake=coder.use_snake) for dilation in coder.dilations]
        parts = [*units, *others] if block.layers[0] is usual[0] else [*others, *units]
        block.layers = torch.nn.Sequential(*parts)


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
