"""What exports and commands read anew each time, kept for the run of the tests.

torch.jit.script parses a method for each module that has the method, which takes half of the time of the export of a
small model. The files are the same byte by byte, because what is parsed depends on the source alone; a test in
tests/formats/test_artifact.py compares them. torch.onnx reads the operators of ONNX, which takes a second, and typer's
runner makes all commands anew.

To load a small TorchScript file and to compile its methods takes a tenth of a second, and commands load the same few
files over and over. A copy of a loaded module has its own tensors and state, and shares the compiled methods.
"""

import copy
import functools
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.jit import _recursive
from torch.onnx._internal.exporter._registration import ONNXRegistry
from typer.main import get_command

from saoctl.formats import torchscript

NAMES = ("get_jit_def", "get_class_properties", "get_overload_annotations")  # of functions, classes and modules
AS_TORCH_HAS_THEM = {name: getattr(_recursive, name) for name in NAMES}
MAKES_COMMANDS = "typer.testing._get_command"  # which typer's runner calls for each run
LOAD_MODULE = torchscript.load_module


def parse_once(patch: pytest.MonkeyPatch) -> None:
    """Let torch.jit.script parse each method and class once, torch.onnx its operators, and typer the commands."""

    def method(bound: Any, *name: Any, **options: Any) -> Any:
        # Each module binds the method anew, but the function is the class's.
        return functions(getattr(bound, "__func__", bound), *name, **options)

    plain: set[type] = set()  # the classes that overload no method

    def overloads(module: Any, *ignored: Any) -> Any:
        if type(module) in plain:
            return {}
        if not (found := AS_TORCH_HAS_THEM["get_overload_annotations"](module, *ignored)):
            plain.add(type(module))
        return found

    functions = functools.cache(AS_TORCH_HAS_THEM["get_jit_def"])
    patch.setattr(_recursive, "get_jit_def", method)
    patch.setattr(_recursive, "get_class_properties", functools.cache(AS_TORCH_HAS_THEM["get_class_properties"]))
    patch.setattr(_recursive, "get_overload_annotations", overloads)
    patch.setattr(ONNXRegistry, "from_torchlib", staticmethod(functools.cache(ONNXRegistry.from_torchlib)))
    patch.setattr(MAKES_COMMANDS, functools.cache(get_command))


def parse_each_time(patch: pytest.MonkeyPatch) -> None:
    """Let torch.jit.script do what it does for users."""
    for name, function in AS_TORCH_HAS_THEM.items():
        patch.setattr(_recursive, name, function)


def load_once(patch: pytest.MonkeyPatch) -> None:
    """Let commands load each TorchScript file once, as long as it does not change."""
    patch.setattr(torchscript, "load_module", _copy_of_loaded)


def _copy_of_loaded(path: Path) -> Any:
    if not path.is_file():
        return LOAD_MODULE(path)
    stat = path.stat()
    with torch.no_grad():
        return copy.deepcopy(_loaded(path, stat.st_ino, stat.st_mtime_ns, stat.st_size))


@functools.lru_cache(maxsize=16)
def _loaded(path: Path, *identity: int) -> Any:
    return LOAD_MODULE(path)
