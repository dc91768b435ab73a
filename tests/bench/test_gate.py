"""The gate of `bench --baseline` on recorded runs of a busy machine: an unchanged file passes, a slower one does not.

`busy_machine.json` has the processor times of the demo's file, as `saoctl.bench.paired` measures them, from runs in
processes of their own on two cores that other programs used too: the load average was 2.7 to 6.8. Each row has six
repeats, three at first and three for a row that is measured once more. The last 16 runs are younger than the judging.
"""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

import pytest

from saoctl.bench.paired import ROUNDS, Paired, Repeat
from saoctl.bench.regressions import BaselineComparison, Earlier, compare, measured
from saoctl.bench.tasks import BenchRow, Key
from saoctl.cli.bench import TOLERANCE
from tests.bench.rows import timing

RECORDED = json.loads(Path(__file__).with_name("busy_machine.json").read_text())
ROWS: list[Key] = [("cpu", "float32", method, block_size) for method, block_size in RECORDED["rows"]]
TIMINGS = [timing(key[2], key[3], 2.0) for key in ROWS]
TRIALS = 500

Run = dict[Key, list[Repeat]]
RUNS: list[Run] = [
    {key: [Repeat(*each) for each in repeats] for key, repeats in zip(ROWS, run["repeats"], strict=True)}
    for run in RECORDED["runs"]
]


def judged(before: Run, now: Run, tolerance: float, slower: Callable[[Key], float]) -> tuple[bool, BaselineComparison]:
    """Whether the gate passes, and what it can see.

    Args:
        before: the run that the baseline is from.
        now: another one.
        tolerance: of the gate.
        slower: how many times longer the blocks of a row take now.
    """
    left = {key: iter(repeats) for key, repeats in now.items()}

    def measure(rows: Sequence[BenchRow]) -> list[Paired]:
        rounds = {row.key: [next(left[row.key]) for _ in range(ROUNDS)] for row in rows}
        return [
            Paired(*key, tuple(Repeat(slower(key) * each.block_ms, each.offline_ms) for each in repeats))
            for key, repeats in rounds.items()
        ]

    paired = {key: Paired(*key, tuple(repeats[:ROUNDS])) for key, repeats in before.items()}
    earlier = Earlier({}, dict.fromkeys(ROWS, 2.0), paired)
    again = measured(measure, [BenchRow(*key) for key in ROWS], earlier, tolerance)
    fallen, comparison = compare(TIMINGS, again, earlier, tolerance, undisturbed=False)
    return not fallen, comparison


def share_passed(tolerance: float, slower: float) -> float:
    """The share of trials that pass, each with a run as the baseline and another one that is compared with it."""
    chance = random.Random(0)
    trials = [chance.sample(RUNS, 2) for _ in range(TRIALS)]
    return fmean(judged(before, now, tolerance, lambda key: slower)[0] for before, now in trials)


@pytest.mark.parametrize("tolerance", [TOLERANCE, 0.1, 0.05])
def test_an_unchanged_file_passes_99_of_100_times(tolerance: float) -> None:
    assert share_passed(tolerance, slower=1.0) >= 0.99


@pytest.mark.parametrize(("tolerance", "slower"), [(TOLERANCE, 1.25), (0.1, 1.25), (0.2, 1 / 0.75)])
def test_a_file_that_is_25_percent_slower_is_found_95_of_100_times(tolerance: float, slower: float) -> None:
    assert share_passed(tolerance, slower) <= 0.05


@pytest.mark.parametrize("tolerance", [TOLERANCE, 0.1, 0.05])
def test_the_loss_that_is_said_to_be_visible_is_found_in_a_single_row_95_of_100_times(tolerance: float) -> None:
    chance = random.Random(0)
    found = []
    for _ in range(TRIALS):
        (before, now), row = chance.sample(RUNS, 2), chance.choice(ROWS)
        _, comparison = judged(before, now, tolerance, lambda key: 1.0)
        assert comparison.visible_loss is not None
        slower = 1 / (1 - comparison.visible_loss)
        passed, _ = judged(before, now, tolerance, lambda key, row=row, slower=slower: slower if key == row else 1.0)
        found.append(not passed)
    assert fmean(found) >= 0.95
