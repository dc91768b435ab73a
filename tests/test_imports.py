"""Imports run one way: from what a user sees down to what knows nothing of it."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from saoctl.models.family import Family
from saoctl.models.registry import FAMILIES
from tests import warm

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "saoctl"

# From the top floor down: each room may import from those below it, and from itself. What stands on one floor does not
# know each other.
FLOORS = [
    ["__main__"],
    ["cli"],
    ["basis", "convert", "frontier", "tune"],
    ["bench", "verify", "autoencoder", "pipelines"],
    ["formats"],
    ["weights"],
    ["streaming", "config"],
    ["drawing", "latents", "models", "recording"],
    ["audio", "blocks", "devices", "files", "tensors"],
    ["kinds", "validation"],
    ["filetypes"],
    ["errors", "logs", "progress", "vocabulary", "waiting"],
]
HEIGHT = {room: len(FLOORS) - floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(module: str) -> str:
    return module.split(".")[1]


def imports(path: Path) -> set[str]:
    """The modules of saoctl that a module imports, wherever in it, but for what type checkers alone read."""
    found: set[str] = set()
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "saoctl":
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                found.add(name if is_module(name) else str(node.module))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "saoctl"}
    return found - {"saoctl"}


def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


PATHS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
}


@pytest.fixture(scope="module")
def modules() -> dict[str, set[str]]:
    """The modules of saoctl, with those that each imports."""
    return {module: imports(path) for module, path in PATHS.items()}


def test_every_room_has_its_floor() -> None:
    assert {room_of(module) for module in PATHS} == HEIGHT.keys()


@pytest.mark.parametrize("module", PATHS)
def test_a_module_imports_from_its_own_room_and_from_the_floors_below(
    modules: dict[str, set[str]], module: str
) -> None:
    own = room_of(module)
    up = {other for other in modules[module] if room_of(other) != own and HEIGHT[room_of(other)] >= HEIGHT[own]}
    assert up == set()


def test_no_modules_import_each_other_in_a_circle(modules: dict[str, set[str]]) -> None:
    left = {module: set(others) & modules.keys() for module, others in modules.items()}
    while free := {module for module, others in left.items() if not others}:
        left = {module: others - free for module, others in left.items() if module not in free}
    assert left == {}, "each of these is part of a circle, or stands above one"


@pytest.mark.parametrize("room", ["models", "streaming"])
def test_what_is_a_model_or_a_stream_knows_no_config_no_hub_and_no_terminal(
    modules: dict[str, set[str]], room: str
) -> None:
    known = {room_of(other) for module, others in modules.items() if room_of(module) == room for other in others}
    assert known <= {"models", "streaming", "vocabulary", "errors", "filetypes"}


def test_what_fetches_is_imported_where_weights_may_be_fetched_and_nowhere_else(modules: dict[str, set[str]]) -> None:
    fetches = {f"saoctl.weights.{name}" for name in ("fetch", "manifest", "transfer", "refusals")}
    importers = {module for module, others in modules.items() if others & fetches} - fetches
    assert importers == {"saoctl.weights.download", "saoctl.autoencoder"}


def test_only_the_command_line_knows_typer_and_rich() -> None:
    for path in PACKAGE.rglob("*.py"):
        if "cli" not in path.parts:
            words = path.read_text()
            assert "import typer" not in words, path
            assert "rich" not in {line.split(".")[0].split(" ")[-1] for line in words.splitlines() if "from " in line}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["verify", "--help"], 0),
        (["verify", "--blocksize", "3"], 2),
        (["bench", "--min-rtf", "fast"], 2),
        (["run", "-c", "nowhere"], 2),
        (["run", "-c", "demo", "--set", "modle.seed=1"], 2),
        (["export", "-c", "demo", "--half", "--precision", "mixed"], 2),
        (["verify", "-c", "demo", "--print-config"], 0),
        (["bench", "-c", "demo", "--print-config", "--json"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_nothing_slow_is_at_the_door(arguments: list[str], code: int, tmp_path: Path) -> None:
    """Help, the version, wrong flags, wrong configs and the printed config need no torch."""
    command = [*warm.saoctl_without_torch(), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_importing_the_package_needs_no_torch() -> None:
    program = "import sys; sys.modules['torch'] = None; import saoctl; print(saoctl.__version__)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def names_in(path: Path) -> set[str]:
    """The identifiers, the imported modules and the texts in the code of a module, without its docstrings."""
    tree, found = ast.parse(path.read_text()), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Name | ast.Attribute | ast.ClassDef | ast.FunctionDef):
            found.add(getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", ""))
        elif isinstance(node, ast.Constant):
            found.add(repr(node.value))
    return found


def mentions(name: str, family: Family[Any]) -> bool:
    """Whether a name is a module or a class of a family, or a text that is its name or has its title.

    The name of a family may be a word of English, which variables and texts have too.
    """
    if name.startswith("'"):
        return name == repr(family.name) or family.title in re.findall(r"\w+", name)
    return family.name in name.split(".")[:-1] or family.name.title() in re.findall(r"[A-Z][a-z]*", name)


@pytest.mark.slow
def test_no_module_outside_the_folders_of_a_family_and_the_registries_names_it() -> None:
    """What differs from family to family is asked of the contracts in models/family.py and streaming/family.py."""
    registries = {PACKAGE / room / "registry.py" for room in ("models", "streaming")}
    for family in FAMILIES:
        homes = [PACKAGE / room / family.name for room in ("models", "streaming")]
        for path in PACKAGE.rglob("*.py"):
            if path not in registries and not any(path.is_relative_to(home) for home in homes):
                named = {name for name in names_in(path) if mentions(name, family)}
                assert named == set(), path


def test_no_two_classes_of_the_package_have_one_name() -> None:
    classes = [
        node.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    assert {name for name in classes if classes.count(name) > 1} == set()
