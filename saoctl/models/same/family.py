"""SAME, the autoencoder of Stable Audio 3, as a family of models."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saoctl.errors import ConfigError
from saoctl.models.family import Family, Fault, PartialArchitecture, Reference
from saoctl.models.same import architecture as published
from saoctl.models.same.architecture import PartialSame, SameArchitecture
from saoctl.models.same.known import KNOWN
from saoctl.vocabulary import Method

if TYPE_CHECKING:
    from torch import Tensor

    from saoctl.models.same.model import SameAutoencoder


class Same(Family[SameArchitecture]):
    """The family whose model is in `model.py`; what needs torch is imported when it is used."""

    name = "same"
    title = "SAME"
    architecture = SameArchitecture
    references = ("stable-audio-tools", "same")
    partial = PartialSame
    known = KNOWN

    def recognises(self, config: Mapping[str, Any]) -> bool:
        return published.recognises(config)

    def read_config(self, config: Mapping[str, Any]) -> SameArchitecture:
        return published.read_config(config)

    def read_shapes(
        self, shapes: Mapping[str, tuple[int, ...]], partial: PartialArchitecture | None = None
    ) -> dict[str, Any]:
        from saoctl.models.same.shapes import read_shapes

        return read_shapes(shapes)

    def shapes(self, architecture: SameArchitecture) -> dict[str, tuple[int, ...]]:
        from saoctl.models.same.tensors import expected_shapes

        return expected_shapes(architecture)

    def to_state(self, tensors: "Mapping[str, Tensor]", architecture: SameArchitecture) -> "dict[str, Tensor]":
        from saoctl.models.same.tensors import to_state

        return to_state(tensors, architecture)

    def random_state(self, architecture: SameArchitecture, seed: int) -> "dict[str, Tensor]":
        from saoctl.models.same.random import random_state

        return random_state(architecture, seed)

    def write(self, folder: Path, architecture: SameArchitecture, state: "Mapping[str, Tensor]") -> None:
        from saoctl.models.same.tensors import write

        config = json.dumps(published.to_stable_audio_tools(architecture), indent=2)
        (folder / "model_config.json").write_text(config)
        write(folder / "model.safetensors", state)

    def offline(
        self, architecture: SameArchitecture, state: "Mapping[str, Tensor]", sampling: bool = True
    ) -> "SameAutoencoder":
        from saoctl.models.same.model import offline_model

        return offline_model(architecture, state, sampling)

    def check_reference(self, kind: str) -> None:
        from saoctl.models.same import reference

        super().check_reference(kind)
        if kind == "stable-audio-tools" and not reference.installed():
            needed = ".".join(map(str, reference.NEEDED))
            raise ConfigError(
                f"stable-audio-tools {needed} is not installed, the first version with SAME.",
                "Install it, or use --reference same.",
            )

    def reference(self, kind: str, architecture: SameArchitecture, state: "Mapping[str, Tensor]") -> Reference:
        from saoctl.models.own import OwnModel
        from saoctl.models.same import reference

        self.check_reference(kind)
        if kind == "same" or not reference.installed():
            return OwnModel(self.offline(architecture, state), "same (saoctl's own)")
        return reference.stable_audio_tools(architecture, state)

    def faults(self, architecture: SameArchitecture, tensors: "Mapping[str, Tensor]") -> Iterator[Fault]:
        from saoctl.models.same.faults import faults

        return faults(architecture, tensors)

    def arithmetic(self, architecture: SameArchitecture) -> dict[Method, float]:
        from saoctl.models.same.arithmetic import gigaflop_per_second_of_audio

        return gigaflop_per_second_of_audio(architecture)
