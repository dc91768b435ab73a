"""Tests ask for what is promised: they take no private name from saoctl, and the code behind a promise can change."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
# What still takes some. Nothing is added here.
LEFT = {
    "bench/test_paired.py": {"_processor_ms"},
    "formats/test_executorch.py": {"_import", "_program"},
    "formats/test_onnx.py": {"_finished", "_graphs", "_traced"},
    "weights/test_hub.py": {"_continue"},
}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_names(tree: ast.AST) -> Iterator[str]:
    """Yield the private names that a test takes from modules and classes of saoctl, or replaces in them."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    taken = [alias for node in imports if (node.module or "").split(".")[0] == "saoctl" for alias in node.names]
    yield from (alias.name for alias in taken if is_private(alias.name))
    imported = {alias.asname or alias.name for alias in taken}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported:
            yield from filter(is_private, [node.attr])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setattr":
            words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            yield from (part for word in words for part in word.split(".") if is_private(part))


def test_no_test_takes_a_private_name_from_saoctl() -> None:
    for path in TESTS.rglob("*.py"):
        name = path.relative_to(TESTS).as_posix()
        assert set(private_names(ast.parse(path.read_text(encoding="utf-8")))) <= LEFT.get(name, set()), name


def test_a_private_name_is_found_however_it_is_taken() -> None:
    code = """
from saoctl.formats import onnx as o, export
from saoctl.verify.step import _judge
export._lookahead(1)
monkeypatch.setattr(o, "_traced", None)
monkeypatch.setattr("saoctl.weights.transfer._continue", None)
self._own, torch._C, export.__file__
"""
    assert sorted(private_names(ast.parse(code))) == ["_continue", "_judge", "_lookahead", "_traced"]
