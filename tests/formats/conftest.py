"""What the tests of formats have in common."""

from typing import Any

import pytest
from torch.export import ExportedProgram


@pytest.fixture
def traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch.onnx has every operator of a step: to decompose one, it would trace the step a second time."""

    def fail(*arguments: Any) -> None:
        pytest.fail("an operator of the step is decomposed")

    monkeypatch.setattr(ExportedProgram, "run_decompositions", fail)
