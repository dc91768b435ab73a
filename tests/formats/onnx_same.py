"""ONNX files of the published cases of SAME, each written once for all tests: what takes its time is the tracing."""

from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from saoctl.config import load
from saoctl.formats import export
from tests.processes import folder_of_all
from tests.same import GOLDEN

CASES = ("c",)  # the fewest layers to trace; chunks of four frames, and both directions look one patch ahead


def published_onnx(tmp_path_factory: pytest.TempPathFactory, case: str) -> Path:
    """The file of `forward` of a published case, exported with what a config has by itself."""
    folder = folder_of_all(tmp_path_factory, "onnx-same")
    path = folder / f"{case}.onnx"
    with FileLock(folder / f"{case}.lock"):
        if not path.exists():
            config = folder / f"{case}.yaml"
            tree = {"model": {"path": str(GOLDEN / case)}, "artifact": str(path), "device": "cpu"}
            config.write_text(yaml.safe_dump(tree))
            export.run(load(str(config)))
    return path
