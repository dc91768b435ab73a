"""The offline model that streamed output is compared with: stable-audio-tools' own, or ours if that is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from saoctl.models import stable_audio_tools as judges
from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import DILATIONS, Coder, OobleckArchitecture, to_stable_audio_tools


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
        moments = self.model["encoder"](audio) if alone else self.model.encoder(audio)
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
    return judges.installed_version() is not None


def stable_audio_tools(architecture: OobleckArchitecture, state: Mapping[str, Tensor]) -> StableAudioTools:
    """Return the model that stable-audio-tools builds, with the given weights."""
    with judges.autoencoders() as autoencoders:
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
    return StableAudioTools(model, architecture.scale, judges.title())


def _set_dilations(module: Any, coder: Coder, unit: type[Any]) -> None:
    """Replace the residual units of an encoder or decoder of stable-audio-tools by its own units of other dilations."""
    for block in module.layers[1 : 1 + len(coder.strides)]:
        usual = [part for part in block.layers if isinstance(part, unit)]
        others = [part for part in block.layers if not isinstance(part, unit)]
        channels = usual[0].layers[1].in_channels
        units = [unit(channels, channels, dilation, use_snake=coder.use_snake) for dilation in coder.dilations]
        parts = [*units, *others] if block.layers[0] is usual[0] else [*others, *units]
        block.layers = torch.nn.Sequential(*parts)
