"""What an export reads anew each time, kept for the run of the tests.

torch.jit.script parses a method for each module that has the method, which takes half of the time of the export of a
small model. The files are the same byte by byte, because what is parsed depends on the source alone; a test in
tests/formats/test_artifact.py compares them. torch.onnx reads the operators of ONNX, which takes a second.
"""

import functools
from typing import Any

import pytest
from torch.jit import _recursive
from torch.onnx._internal.exporter._registration import ONNXRegistry

NAMES = ("get_jit_def", "get_class_properties")  # of functions and of classes
AS_TORCH_HAS_THEM = {name: getattr(_recursive, name) for name in NAMES}


def parse_once(patch: pytest.MonkeyPatch) -> None:
    """Let torch.jit.script parse each method and the properties of each class once, and torch.onnx its operators."""

    def method(bound: Any, *name: Any, **options: Any) -> Any:
        # Each module binds the method anew, but the function is the class's.
        return functions(getattr(bound, "__func__", bound), *name, **options)

    functions, classes = (functools.cache(AS_TORCH_HAS_THEM[name]) for name in NAMES)
    patch.setattr(_recursive, "get_jit_def", method)
    patch.setattr(_recursive, "get_class_properties", classes)
    patch.setattr(ONNXRegistry, "from_torchlib", staticmethod(functools.cache(ONNXRegistry.from_torchlib)))


def parse_each_time(patch: pytest.MonkeyPatch) -> None:
    """Let torch.jit.script do what it does for users."""
    for name, function in AS_TORCH_HAS_THEM.items():
        patch.setattr(_recursive, name, function)
