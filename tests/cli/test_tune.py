"""`saoctl tune` ends in two lines to copy, and refuses what cannot be before any work."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from rich.table import Table
from typer.testing import CliRunner, Result

from saoctl.cli.app import app
from saoctl.cli.shown import Answer, Hint
from saoctl.cli.tune import Tune
from saoctl.formats import artifact
from saoctl.tune.tuning import TunedFile, TuneResult
from tests.cli.test_schema import kept

FLOAT = TunedFile("torchscript", "float32", True, None, 4096, 0.6, 0, 802.0, 184.3, 986.3, 624_000_000)
HALF = TunedFile("torchscript", "bfloat16", False, None, 2048, 0.5, 0, 802.0, 91.4, 893.4, 312_000_000)
NONE = TunedFile("torchscript", "mixed", False, 300.0, None, 1.25, 7, 300.0, None, None, 489_000_000)
RESULT = TuneResult(
    passed=True,
    method="forward",
    device="cpu",
    at_most_ms=None,
    results=(FLOAT, HALF, NONE),
    chosen=FLOAT,
    artifact=Path("exports/sao.ts"),
    export="saoctl export --packed",
    play="nn~ sao forward 4096",
    machine={"processor": "Abacus", "instructions": "beads", "threads": 2},
    disturbances=(),
)
LATE = replace(RESULT, passed=False, chosen=None, artifact=None, export=None, play=None)


def saoctl(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def answer(result: TuneResult) -> list[str]:
    *_, last = Tune().shown(result)
    assert isinstance(last, Answer)
    return last.text.splitlines()


def test_the_answer_is_the_verdict_and_two_lines_to_copy() -> None:
    assert answer(RESULT) == [
        "best-sounding that keeps up: float32 packed, exact; buffer 4096, 986 ms late (model 802, nn~ 184)",
        "saoctl export --packed",
        "nn~ sao forward 4096",
    ]


def test_the_table_has_the_best_sounding_first_and_what_does_not_keep_up_without_a_buffer() -> None:
    (table,) = [part for part in Tune().shown(RESULT) if isinstance(part, Table)]
    rows = [[str(cell) for cell in row] for row in zip(*(column.cells for column in table.columns), strict=True)]
    assert rows == [
        ["float32 packed, exact", "4096", "60%", "986", "802", "184", "624.0 MB"],
        ["bfloat16, exact", "2048", "50%", "893", "802", "91", "312.0 MB"],
        ["mixed, 300 ms of lookahead", "–", "125%", "–", "300", "–", "489.0 MB"],
    ]


def test_what_is_less_late_is_told_with_the_command_that_asks_for_it() -> None:
    hints = " ".join(part.text for part in Tune().shown(RESULT) if isinstance(part, Hint))
    assert "The least delay is 894 ms, with bfloat16, exact: saoctl tune --at-most 894" in hints


def test_where_none_is_early_enough_the_nearest_is_told() -> None:
    assert answer(replace(LATE, at_most_ms=500.0)) == [
        "none keeps up and is at most 500 ms late: the nearest is bfloat16, exact, 893 ms late"
    ]
    (none,) = answer(replace(LATE, results=(NONE,)))
    assert "needs 125% of the time that its blocks last; try larger blocks" in none
    (none,) = answer(replace(LATE, results=(NONE,), disturbances=("Other programs used 80% of the processors.",)))
    assert none.endswith("repeat it on a quiet machine")
    assert Tune().exit_code(LATE) == 1
    assert Tune().problems(LATE)


@pytest.mark.slow
def test_the_command_that_is_printed_exports_the_file_that_was_chosen(
    tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In earnest, in processes of its own, and on blocks that any machine keeps up with."""
    monkeypatch.chdir(tmp_path)
    options = ("--precision", "bfloat16", "--no-packed", "--block-size", "4096", "--set", "bench.seconds=0.1")
    own = ("--set", f"artifact={tmp_path / 'own.ts'}")
    result = saoctl("tune", "-c", tiny_config, *options, *own, "--keep", "kept", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    kept("tune").validate(document)
    assert document["export"] == shlex.join(
        map(str, ["saoctl", "export", "-c", tiny_config, *own, "--precision", "bfloat16"])
    )
    assert document["play"] == "nn~ own forward 4096"
    assert [path.name for path in Path("kept").iterdir()] == ["bfloat16.ts"]
    assert saoctl(*shlex.split(document["export"])[1:]).exit_code == 0
    assert artifact.describe(tmp_path / "own.ts").precision == document["chosen"]["precision"] == "bfloat16"
