"""Oobleck, the VAE of Stable Audio, as a family of models."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saoctl.errors import ConfigError
from saoctl.models.family import Family, PartialArchitecture, Reference, UnsupportedArchitectureError
from saoctl.models.oobleck import architecture as published
from saoctl.models.oobleck.architecture import OobleckArchitecture, PartialOobleck
from saoctl.models.oobleck.known import KNOWN, UNAVAILABLE
from saoctl.vocabulary import Direction, Method

if TYPE_CHECKING:
    from torch import Tensor

    from saoctl.models.oobleck.model import OobleckAutoencoder


class Oobleck(Family[OobleckArchitecture]):
    """The family whose model is in `model.py`; what needs torch is imported when it is used."""

    name = "oobleck"
    title = "Oobleck"
    architecture = OobleckArchitecture
    references = ("stable-audio-tools", "oobleck")
    partial = PartialOobleck
    known = KNOWN
    unavailable = UNAVAILABLE

    def recognises(self, config: Mapping[str, Any]) -> bool:
        return published.recognises(config)

    def read_config(self, config: Mapping[str, Any]) -> OobleckArchitecture:
        return published.read_config(config)

    def read_shapes(
        self, shapes: Mapping[str, tuple[int, ...]], partial: PartialArchitecture | None = None
    ) -> dict[str, Any]:
        from saoctl.models.oobleck.shapes import read_shapes

        return read_shapes(shapes, partial.dilations if isinstance(partial, PartialOobleck) else None)

    def shapes(self, architecture: OobleckArchitecture) -> dict[str, tuple[int, ...]]:
        from saoctl.models.oobleck.tensors import expected_shapes

        return expected_shapes(architecture)

    def to_state(self, tensors: "Mapping[str, Tensor]", architecture: OobleckArchitecture) -> "dict[str, Tensor]":
        from saoctl.models.oobleck.tensors import to_state

        return to_state(tensors, architecture)

    def random_state(self, architecture: OobleckArchitecture, seed: int) -> "dict[str, Tensor]":
        from saoctl.models.oobleck.random import random_state

        return random_state(architecture, seed)

    def write(self, folder: Path, architecture: OobleckArchitecture, state: "Mapping[str, Tensor]") -> None:
        """Write `vae/` where diffusers' format can express the architecture, else `model.safetensors`."""
        from saoctl.models.oobleck.tensors import write_diffusers, write_prefixed

        full = json.dumps(published.to_stable_audio_tools_diffusion(architecture), indent=2)
        (folder / "model_config.json").write_text(full)
        config = published.to_diffusers(architecture)
        if config is None:
            write_prefixed(folder / "model.safetensors", state)
        else:
            (folder / "vae").mkdir()
            (folder / "vae" / "config.json").write_text(json.dumps(config, indent=2))
            write_diffusers(folder / "vae" / "diffusion_pytorch_model.safetensors", state, architecture)

    def half(self, architecture: OobleckArchitecture, direction: Direction) -> OobleckArchitecture:
        if direction not in architecture.coders:
            raise UnsupportedArchitectureError(f"has no {direction}")
        other = "decoder" if direction == "encoder" else "encoder"
        tanh = architecture.final_tanh and direction == "decoder"
        return architecture.model_copy(update={other: None, "final_tanh": tanh})

    def joined(self, encoder: OobleckArchitecture, decoder: OobleckArchitecture) -> OobleckArchitecture:
        for key in ("sample_rate", "audio_channels", "latent_dim", "ratio", "scale"):
            first, second = getattr(encoder, key), getattr(decoder, key)
            if first != second:
                raise UnsupportedArchitectureError(f"the {key} of the encoder is {first}, that of the decoder {second}")
        return decoder.model_copy(update={"encoder": encoder.encoder})

    def offline(
        self, architecture: OobleckArchitecture, state: "Mapping[str, Tensor]", sampling: bool = True
    ) -> "OobleckAutoencoder":
        from saoctl.models.oobleck.model import offline_model

        return offline_model(architecture, state, sampling and architecture.encoder is not None)

    def check_reference(self, kind: str) -> None:
        from saoctl.models.oobleck import reference

        super().check_reference(kind)
        if kind == "stable-audio-tools" and not reference.installed():
            raise ConfigError("stable-audio-tools is not installed.", "Install it, or use --reference oobleck.")

    def reference(self, kind: str, architecture: OobleckArchitecture, state: "Mapping[str, Tensor]") -> Reference:
        from saoctl.models.oobleck import reference
        from saoctl.models.own import OwnModel

        self.check_reference(kind)
        if kind == "oobleck" or not reference.installed():
            return OwnModel(self.offline(architecture, state), "oobleck (saoctl's own)")
        return reference.stable_audio_tools(architecture, state)

    def arithmetic(self, architecture: OobleckArchitecture) -> dict[Method, float]:
        from saoctl.models.oobleck.arithmetic import gigaflop_per_second_of_audio

        return gigaflop_per_second_of_audio(architecture)
