"""An earlier bench is read strictly; a row fails that lost more than the tolerance, and more than noise explains."""

import json
from pathlib import Path

import pytest

from saoctl.bench.paired import Paired
from saoctl.bench.regressions import BaselineComparison, Earlier, Regression, compare, read, warnings
from saoctl.errors import FileError
from tests.bench.rows import paired, timing

DECODE = ("cpu", "float32", "decode", 2048)
QUIET, NOISY = (0.49, 0.5, 0.51), (0.35, 0.5, 0.7)

ROW = (
    '{"results": [{"device": "cpu", "precision": "float32", "method": "decode", "block_size": 1,'
    ' "realtime_factor": %s}]}'
)
PAIRED = (
    '{"results": [], "paired": [{"device": "cpu", "precision": "float32", "method": "decode", "block_size": 1,'
    ' "repeats": [{"block_ms": 1.0, "offline_ms": %s}]}]}'
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
        PAIRED % "0",
        PAIRED % "NaN",
        PAIRED % "{}",
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


def test_the_processor_times_of_a_baseline_are_read(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(PAIRED % "2")
    ((key, row),) = read(tmp_path / "old.json").paired.items()
    assert key == row.key == ("cpu", "float32", "decode", 1)
    assert [(each.block_ms, each.offline_ms) for each in row.repeats] == [(1.0, 2.0)]


def judged(
    before: Paired | None,
    now: Paired | None,
    factors: tuple[float, float] = (2.0, 2.0),
    undisturbed: bool = False,
) -> tuple[tuple[Regression, ...], BaselineComparison]:
    """What is found of one row.

    Args:
        before: its processor times in the baseline.
        now: its processor times.
        factors: its realtime factors before and now.
        undisturbed: whether nothing disturbed the machine.
    """
    earlier = Earlier({}, {DECODE: factors[0]}, {} if before is None else {DECODE: before})
    times = [] if now is None else [now]
    return compare([timing("decode", 2048, factors[1])], times, earlier, 0.2, undisturbed)


@pytest.mark.parametrize(("slower", "falls"), [(1.24, False), (1.26, True), (0.3, False)])
def test_a_row_may_lose_the_tolerance_of_its_speed_and_no_more(slower: float, falls: bool) -> None:
    before, now = paired("decode", 2048, QUIET), paired("decode", 2048, [slower * each for each in QUIET])
    found, comparison = judged(before, now)
    assert bool(found) == falls
    for each in found:
        assert (each.measure, each.loss) == ("processor", pytest.approx(1 - 1 / slower))
    assert (comparison.rows, comparison.compared, comparison.by_processor, comparison.by_clock) == (1, 1, 1, 0)


def test_what_slows_the_offline_model_as_much_is_the_machine() -> None:
    before, now = paired("decode", 2048, QUIET, offline_ms=10.0), paired("decode", 2048, QUIET, offline_ms=15.0)
    found, _ = judged(before, now, factors=(3.0, 2.0), undisturbed=True)
    assert found == ()


def test_a_loss_that_noise_explains_does_not_fail_and_the_loss_that_can_be_seen_grows() -> None:
    slower = paired("decode", 2048, [1.3 * each for each in NOISY])
    found, comparison = judged(paired("decode", 2048, NOISY), slower)
    assert found == ()
    _, quiet = judged(paired("decode", 2048, QUIET), paired("decode", 2048, QUIET))
    assert quiet.noise is not None
    assert quiet.visible_loss is not None
    assert comparison.noise is not None
    assert comparison.visible_loss is not None
    assert quiet.noise < 0.2 < quiet.visible_loss < 0.25 < comparison.noise < comparison.visible_loss < 1


@pytest.mark.parametrize(("factor", "falls"), [(1.61, False), (1.59, True), (3.0, False)])
def test_without_processor_times_realtime_factors_count_if_nothing_disturbed_the_machine(
    factor: float, falls: bool
) -> None:
    found, comparison = judged(None, None, (2.0, factor), undisturbed=True)
    assert [(each.before, each.now, each.measure) for each in found] == ([(2.0, factor, "clock")] if falls else [])
    assert comparison == BaselineComparison(1, 1, 0, 1, None, None)
    assert judged(None, None, (2.0, factor)) == ((), BaselineComparison(1, 0, 0, 0, None, None))


def test_noise_is_known_from_this_bench_where_the_baseline_has_no_processor_times() -> None:
    found, comparison = judged(None, paired("decode", 2048, NOISY), (2.0, 1.5), undisturbed=True)
    assert found == ()
    assert comparison.noise is not None
    assert comparison.noise > 0.25


def test_one_repeat_tells_nothing_of_noise_and_is_not_judged() -> None:
    once = paired("decode", 2048, QUIET[:1])
    assert judged(once, paired("decode", 2048, [5.0])) == ((), BaselineComparison(1, 0, 0, 0, None, None))


def test_only_what_changes_figures_makes_another_machine() -> None:
    machine = {"processor": "A", "threads": 2, "torch": "2.5", "platform": "x"}

    def told(earlier: dict[str, object]) -> list[str]:
        baseline = Earlier(earlier, {DECODE: 2.0}, {DECODE: paired("decode", 2048, QUIET)})
        return list(warnings([DECODE], machine, baseline, Path("old.json")))

    assert told({**machine, "platform": "y"}) == told({}) == []
    assert "threads 4, now 2" in "".join(told({**machine, "threads": 4}))
