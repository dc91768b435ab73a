"""A loaded file whose blocks have one size, for tests: no package is needed for it."""

import dataclasses
from pathlib import Path
from typing import Any, Self

import pytest
from torch import Tensor

from saoctl.formats.description import Description
from saoctl.formats.torchscript import TorchScript, TorchScriptArtifact


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
    """Let TorchScript files of saoctl be such files, as they say of themselves."""
    describe, load = TorchScript.describe, TorchScript.load

    def described(self: TorchScript, path: Path) -> Description | None:
        found = describe(self, path)
        return found and found.model_copy(update={"block_size": block_size})

    def loaded(self: TorchScript, *given: Any) -> OneSize:
        found = load(self, *given)
        fields = {each.name: getattr(found, each.name) for each in dataclasses.fields(found)}
        return OneSize(**fields | {"can": dataclasses.replace(found.can, block_size=block_size)})

    monkeypatch.setattr(TorchScript, "describe", described)
    monkeypatch.setattr(TorchScript, "load", loaded)
