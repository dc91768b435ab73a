"""An earlier bench is read strictly, and tolerance is a share of its realtime factors."""

import json
from pathlib import Path

import pytest

from saoctl.bench.regressions import Earlier, differences, read, regressions
from saoctl.errors import FileError
from tests.bench.rows import timing

ROW = (
    '{"results": [{"device": "cpu", "precision": "float32", "method": "decode", "block_size": 1,'
    ' "realtime_factor": %s}]}'
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"results": [{}]}',
        '{"results": 3}',
        '{"bench": 3}',
        ROW % "NaN",
        ROW % "0",
        ROW % ("1" + 400 * "0"),
        ROW % '"a"',
        None,
    ],
)
def test_a_wrong_baseline_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "old.json").write_text(text)
    with pytest.raises(FileError, match=r"old\.json"):
        read(tmp_path / "old.json")


def test_the_bench_of_a_run_is_read_too(tmp_path: Path) -> None:
    row = {"device": "cpu", "precision": "float32", "method": "decode", "block_size": 2048, "realtime_factor": 2}
    (tmp_path / "run.json").write_text(json.dumps({"verify": {}, "bench": {"machine": {}, "results": [row]}}))
    assert read(tmp_path / "run.json").factors == {("cpu", "float32", "decode", 2048): 2.0}


@pytest.mark.parametrize(("factor", "falls"), [(1.61, False), (1.59, True), (3.0, False)])
def test_a_row_may_fall_by_the_tolerance_and_no_further(factor: float, falls: bool) -> None:
    earlier = Earlier({}, {("cpu", "float32", "decode", 2048): 2.0, ("cpu", "float32", "encode", 2048): 9.0})
    found = regressions([timing("decode", 2048, factor)], earlier, tolerance=0.2)
    assert [(each.method, each.before, each.now) for each in found] == ([("decode", 2.0, factor)] if falls else [])


def test_only_what_changes_figures_makes_another_machine() -> None:
    machine = {"processor": "A", "threads": 2, "torch": "2.5", "platform": "x"}
    assert differences(machine, Earlier({**machine, "platform": "y"}, {})) is None
    assert differences(machine, Earlier({}, {})) is None
    assert "threads 4, now 2" in (differences(machine, Earlier({**machine, "threads": 4}, {})) or "")
