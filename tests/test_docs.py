"""What the pages say is so: examples run, links lead somewhere; commands, keys and numbers are those of the code."""

import importlib.util
import itertools
import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
import typer
from typer.testing import CliRunner

import saoctl
from saoctl.bench.buffers import host_delay, host_delay_of_two
from saoctl.cli.app import app
from saoctl.errors import ExitCode
from saoctl.formats.nn_tilde import ATTRIBUTES, METHODS
from saoctl.vocabulary import Precision, ScheduleKind

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LARGEST_PICTURE = 150_000  # bytes
OLD_FLAGS = {"--baselines", "--no-baselines"}  # work, and need not stand in the help


def by_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def generator() -> ModuleType:
    """docs/generate.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(page: Path, *languages: str) -> list[str]:
    """The fenced blocks of a page in some languages, without their indentation."""
    found = FENCED.findall(page.read_text(encoding="utf-8"))
    return [re.sub(f"^{indent}", "", code, flags=re.MULTILINE) for indent, name, code in found if name in languages]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The places in a page that a link can lead to."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every saoctl command on a page, in shell and YAML blocks and in the text."""
    lines = [line for code in blocks(page, "sh", "yaml") for line in code.splitlines()]
    lines += re.findall(r"`([^`]+)`", prose(page))
    for line in lines:
        found = re.match(r"(?:- run: )?(?:\.venv/bin/)?saoctl(?: (.*))?$", line.strip())
        if found and found[1]:
            yield shlex.split(found[1], comments=True)


EXAMPLES = [
    pytest.param(code, id=f"{by_name(page)}-{number}")
    for page in PAGES
    for number, code in enumerate(blocks(page, "python"), 1)
]


# Examples and generated parts


@pytest.mark.slow
@pytest.mark.parametrize("code", EXAMPLES)
def test_every_python_example_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "example", "exec"), {"__name__": "__main__"})


def test_the_readme_has_a_python_example() -> None:
    assert blocks(README, "python")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_what_is_generated_is_as_the_code_has_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert generator().filled(text) == text, "run `make docs`"


def test_the_latencies_of_the_pages_are_those_of_the_stream() -> None:
    """The demo's model has the layers of the real one, narrower; the pages follow the arithmetic of delays."""
    stream = saoctl.load("demo")
    assert generator().latencies() == dict(stream.latency)
    assert (stream.ratio, stream.sample_rate) == (generator().RATIO, generator().SAMPLE_RATE)


def test_nn_page_tells_the_formula_of_two_objects() -> None:
    less = 4 * 4096 - host_delay_of_two(4096, generator().RATIO)
    assert f"4 x buffer - {less} samples" in " ".join((ROOT / "docs" / "nn.md").read_text(encoding="utf-8").split())


def test_the_second_paragraph_of_the_readme_says_how_late_the_stream_is_and_what_helps() -> None:
    second = " ".join(README.read_text(encoding="utf-8").split("\n\n")[2].split())
    pages = generator()
    model, milliseconds = pages.latencies(), pages.milliseconds
    usual, smaller = host_delay(4096), host_delay(2048)
    assert f"late: {milliseconds(model['forward'] + usual)} ms after it went in" in second
    assert f"takes {milliseconds(model['forward'])} ms of that" in second
    chosen = re.findall(r"--lookahead (\d+)", second)[0]
    assert f"{int(chosen) + milliseconds(usual)} ms late in all" in second
    assert f"saves up to {milliseconds(usual - smaller)} ms" in second
    assert f"after {milliseconds(model['decode'] + usual)} ms" in second


def test_the_readme_shows_what_is_played_before_it_shows_the_error() -> None:
    pictures = re.findall(r"pictures/([\w-]+)\.png", README.read_text(encoding="utf-8"))
    assert pictures[0] in ("web", "play")
    assert pictures.index("verify") > 0


# Form


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 165


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_link_leads_to_a_file_that_is_there(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            lost.append(target)
    assert lost == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, ahead = set(), [README]
    while ahead:
        page = ahead.pop()
        if page in seen or page.suffix != ".md" or not page.is_file():
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)#:\s]+)", prose(page))
        ahead += [(page.parent / link).resolve() for link in links]
    assert set(PAGES) - seen == set()


def test_pictures_are_small_and_shown() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size <= LARGEST_PICTURE
        shown = [page for page in PAGES if f"pictures/{picture.name})" in page.read_text(encoding="utf-8")]
        assert shown, picture


# Commands, keys, codes


@cache
def help_of(*command: str) -> str:
    """Return the help of a command, or of all."""
    return CliRunner().invoke(app, [*command, "--help"]).stdout


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_command_and_flag_exists(page: Path) -> None:
    there = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    keys = {key for key, _, _ in generator().key_rows()}
    for words in commands(page):
        name, *rest = words
        if name.startswith("-"):
            shown = help_of()
            assert re.search(rf"(?<![\w-]){name}(?![\w-])", shown), words
            continue
        assert name in there, words
        shown = help_of(name)
        for word in rest:
            if word.startswith("-"):
                flag = word.partition("=")[0]
                assert any(re.search(rf"(?<![\w-]){each}(?![\w-])", shown) for each in flag.split("/")), (
                    f"{name} has no {flag}"
                )
        for setting in (after for before, after in itertools.pairwise(rest) if before == "--set"):
            assert setting.partition("=")[0] in keys | {"KEY"}, words


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_flag_in_the_text_is_one_of_some_command(page: Path) -> None:
    names = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    shown = " ".join(help_of(name) for name in names)
    there = {*re.findall(r"--[a-z-]+", shown), *OLD_FLAGS, "--version"}
    said = {flag for code in re.findall(r"`(-[^`]+)`", prose(page)) for flag in re.findall(r"--[a-z-]+", code)}
    assert said - there == set()


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = re.findall(r"^make ([a-z]+)", "\n".join(blocks(page, "sh")), re.MULTILINE)
    said += re.findall(r"`make ([a-z]+)`", prose(page))
    assert set(said) - targets == set()


def test_the_config_page_names_every_key() -> None:
    named = set(re.findall(r"^\| `([\w.]+)` \|", (ROOT / "docs" / "config.md").read_text(), re.MULTILINE))
    assert named == {key for key, _, _ in generator().key_rows()}


def test_the_exit_codes_are_those_of_the_code() -> None:
    page = (ROOT / "docs" / "exit-codes-and-json.md").read_text()
    said = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert said == {int(code) for code in ExitCode}


def test_every_schema_is_linked() -> None:
    page = (ROOT / "docs" / "exit-codes-and-json.md").read_text()
    there = {path.name for path in (ROOT / "docs" / "schemas").glob("*.json")}
    assert set(re.findall(r"\]\(schemas/([\w-]+\.json)\)", page)) == there


def test_the_verify_page_names_every_schedule_and_every_diagnosis() -> None:
    page = (ROOT / "docs" / "verify.md").read_text()
    schema = json.loads((ROOT / "docs" / "schemas" / "verify.json").read_text())
    diagnosis = schema["properties"]["results"]["items"]["properties"]["diagnosis"]
    kinds = next(each for each in diagnosis["anyOf"] if "properties" in each)["properties"]["kind"]["enum"]
    said = set(re.findall(r"`([\w ]+)`", page))
    assert {*kinds, *get_args(ScheduleKind)} - said == set()


def test_the_nn_page_names_every_method_and_every_attribute() -> None:
    page = (ROOT / "docs" / "nn.md").read_text()
    for method in METHODS:
        assert f"nn~ stable-audio-open-1.0 {method} " in page
    for name, types in ATTRIBUTES.items():
        said = re.findall(rf"`set {name}((?: [\d.-]+)+)`", page)
        assert all(len(values.split()) == len(types) for values in said), name
        assert said or f"`{name}`" in page or f"`get {name}`" in page, name


def test_the_precision_page_names_every_precision() -> None:
    page = (ROOT / "docs" / "precision-and-speed.md").read_text()
    assert [name for name in get_args(Precision) if f"| `{name}` |" not in page] == []
