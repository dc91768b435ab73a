"""What torch.jit.script has parsed, kept for the run: it parses a method anew for each module that has the method.

That takes half of the time of the export of a small model. The files are the same byte by byte, because what is parsed
depends on the source alone; a test in tests/formats/test_artifact.py compares them.
"""

import functools
from typing import Any

import pytest
from torch.jit import _recursive

NAMES = ("get_jit_def", "get_class_properties")  # of functions and of classes
AS_TORCH_HAS_THEM = {name: getattr(_recursive, name) for name in NAMES}


def parse_once(patch: pytest.MonkeyPatch) -> None:
    """Let torch.jit.script parse each method and the properties of each class once."""

    def method(bound: Any, *name: Any, **options: Any) -> Any:
        # Each module binds the method anew, but the function is the class's.
        return functions(getattr(bound, "__func__", bound), *name, **options)

    functions, classes = (functools.cache(AS_TORCH_HAS_THEM[name]) for name in NAMES)
    patch.setattr(_recursive, "get_jit_def", method)
    patch.setattr(_recursive, "get_class_properties", classes)


def parse_each_time(patch: pytest.MonkeyPatch) -> None:
    """Let torch.jit.script do what it does for users."""
    for name, function in AS_TORCH_HAS_THEM.items():
        patch.setattr(_recursive, name, function)
