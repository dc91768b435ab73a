"""A loaded file whose blocks have one size, for tests: no package is needed for it."""

import dataclasses
from pathlib import Path
from typing import Self

import pytest
import torch
from torch import Tensor

from saoctl.formats import artifact
from saoctl.formats.torchscript import TorchScriptArtifact


class OneSize(TorchScriptArtifact):
    """Takes whole blocks alone, and at the end of a signal a shorter one."""

    def fresh(self) -> Self:
        self.reset()
        return self

    def reset(self) -> None:
        super().reset()
        self.ended = set[str]()

    def call(self, method: str, block: Tensor) -> Tensor:
        assert method not in self.ended
        assert self.can.block_size is not None
        if block.shape[2] % self.can.methods[method].input_values(self.can.block_size):
            self.ended.add(method)
        return super().call(method, block)

    def flush(self, method: str) -> Tensor:
        self.ended.discard(method)
        return super().flush(method)


def load_as_of_one_size(monkeypatch: pytest.MonkeyPatch, block_size: int) -> None:
    """Let TorchScript files of saoctl be loaded as such."""
    load = artifact.load

    def loaded(path: Path, device: torch.device) -> OneSize:
        found = load(path, device)
        fields = {each.name: getattr(found, each.name) for each in dataclasses.fields(found)}
        return OneSize(**fields | {"can": dataclasses.replace(found.can, block_size=block_size)})

    monkeypatch.setattr(artifact, "load", loaded)
