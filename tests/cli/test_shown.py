"""What is shown of a result says what a person needs, the answer last and whatever should not be overlooked marked."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from saoctl.bench.buffers import choose_buffers, choose_pair_buffers
from saoctl.bench.regressions import BaselineComparison as Compared
from saoctl.bench.regressions import Earlier, compare
from saoctl.bench.result import BenchResult, TimedFile
from saoctl.bench.timing import Pair
from saoctl.cli.bench import Bench
from saoctl.cli.shown import Answer, Hint, Remark, Shown
from tests.bench.rows import pair, timing

LATENCY = {"encode": 16384, "decode": 18981}
ROWS = (timing("encode", 2048, 0.8, missed=90), timing("encode", 4096, 1.6), timing("decode", 4096, 0.9))
RESULT = BenchResult(
    passed=True,
    artifact=Path("model.ts"),
    machine={"processor": "Abacus", "instructions": "beads", "threads": 2, "torch": "2.13.0"},
    warm_up_blocks=16,
    results=ROWS,
    buffers=choose_buffers(ROWS, LATENCY, 44100),
    no_buffers=None,
    offline=(),
    disturbances=("Someone else is counting.",),
    min_rtf=None,
    too_slow=(),
    tolerance=0.2,
    regressions=(),
    time_limit=60.0,
    files=(TimedFile(Path("model.ts"), "torchscript", "float32", None, False, LATENCY, None),),
)

PAIRS = (pair(4096, 2, 0.9, 0.7), pair(4096, 1, 0.6, 0.5), pair(8192, 2, 0.4, 0.4), pair(8192, 1, 0.5, 0.5))


def parts(result: BenchResult) -> list[Shown]:
    return list(Bench().shown(result))


def columns(result: BenchResult) -> list[str]:
    (table,) = [part for part in parts(result) if isinstance(part, Table)]
    return [str(column.header) for column in table.columns]


def test_the_answer_comes_last_and_names_the_buffer() -> None:
    *_, answer = parts(RESULT)
    assert isinstance(answer, Answer)
    encode, decode, slowest = answer.text.splitlines()
    # 16384 samples of the model, 2 x 4096 - 64 of the host
    assert "encode (cpu, float32): 4096, latency 556 ms (model 372, nn~ 184)" in encode
    assert "none of those measured holds realtime" in decode
    assert "need up to 111% of the time that they last, and 0 took longer" in decode
    assert slowest.startswith("slowest: 0.80 x realtime (encode, block 2048")


def test_what_disturbed_is_a_remark() -> None:
    assert Remark("Warning", "Someone else is counting.") in list(parts(RESULT))


def test_columns_and_their_explanations_come_and_go_together() -> None:
    explained = " ".join(part.text for part in parts(RESULT) if isinstance(part, Hint))
    assert "peak" in columns(RESULT)
    assert "peak:" in explained
    assert "offline" not in columns(RESULT)
    assert "offline:" not in explained
    rows = tuple(replace(row, speedup=1.0, speedup_over_offline=2.0) for row in ROWS)
    compared = replace(RESULT, results=rows)
    explained = " ".join(part.text for part in parts(compared) if isinstance(part, Hint))
    assert {"before", "offline"} <= set(columns(compared))
    assert "before:" in explained
    assert "offline:" in explained
    assert "peak:" not in explained


def test_what_failed_is_in_the_answer() -> None:
    fallen, _ = compare(ROWS, (), Earlier({}, {ROWS[2].key: 1.8}), tolerance=0.2, undisturbed=True)
    *_, answer = parts(replace(RESULT, passed=False, regressions=fallen))
    assert isinstance(answer, Answer)
    assert "0.90 x realtime, which is 50% below the 1.80 of the baseline" in answer.text


@pytest.mark.parametrize(
    ("comparison", "answer", "remarks"),
    [
        (None, "", []),
        (Compared(3, 3, 3, 3, 0.05, 0.24), "less than 24% cannot be seen", []),
        (
            Compared(3, 3, 3, 0, 0.05, 0.24),
            "3 of 3 rows compared by processor time;",
            ["several threads only"],
        ),
        (
            Compared(3, 3, 3, 3, 0.3, 0.4),
            "less than 40% cannot be seen",
            ["a tolerance of 20% cannot be judged"],
        ),
        (Compared(3, 0, 0, 0, None, None), "", ["no row could be compared"]),
        (Compared(2, 2, 0, 2, None, None), "by realtime factor; how small a loss", []),
    ],
)
def test_what_a_comparison_can_see_is_said(comparison: Compared | None, answer: str, remarks: list[str]) -> None:
    *shown, last = parts(replace(RESULT, comparison=comparison, disturbances=()))
    assert isinstance(last, Answer)
    assert answer in last.text
    assert ("baseline" in last.text) == bool(answer)
    said = [part.text for part in shown if isinstance(part, Remark)]
    assert len(said) == len(remarks)
    for text, words in zip(said, remarks, strict=True):
        assert words in text


def with_pairs(*pairs: Pair) -> BenchResult:
    chosen = choose_pair_buffers(pairs, LATENCY, 2048, 44100)
    return replace(RESULT, together=pairs, together_buffers=chosen)


def test_what_ran_at_once_has_a_table_of_its_own_that_fits_80_columns() -> None:
    _, table = (part for part in parts(with_pairs(*PAIRS)) if isinstance(part, Table))
    assert "at once" in str(table.title)
    shown = [list(column.cells) for column in table.columns[:3]]
    assert shown[0] == ["encode", "decode"] * 4
    assert shown[1] == ["2", "2", "1", "1"] * 2
    assert [str(cell) for cell in shown[2]] == ["4096"] * 4 + ["8192"] * 4
    console = Console(width=200, file=io.StringIO())
    assert console.measure(table).maximum <= 80


def test_the_buffer_for_two_objects_is_told_with_the_threads_that_it_needs() -> None:
    *_, answer = parts(with_pairs(*PAIRS))
    assert isinstance(answer, Answer)
    assert (
        "nn~ buffer for encode and decode in two objects (cpu, float32): 4096, latency 1126 ms (model 802, nn~ 324),"
        " one thread each (OMP_NUM_THREADS=1); 99 % of the blocks need up to 60% of the time that they last"
    ) in answer.text.splitlines()
    *_, answer = parts(with_pairs(*PAIRS[2:]))
    assert isinstance(answer, Answer)
    assert "8192, latency 1497 ms (model 802, nn~ 695), 2 threads each; 99 % of the blocks" in answer.text


def test_what_came_nearest_is_told_where_no_buffer_does_for_two_objects() -> None:
    *_, answer = parts(with_pairs(pair(4096, 2, 1.2, 1.1), pair(4096, 1, 0.9, 0.95)))
    assert isinstance(answer, Answer)
    assert "in two objects (cpu, float32): none of those measured holds realtime" in answer.text
    assert "at best, one thread each, 99 % of the blocks need up to 95%" in answer.text
    assert "OMP_NUM_THREADS" not in answer.text


def test_threads_of_the_cpu_are_not_told_of_another_device() -> None:
    on_gpu = Pair(2, *(replace(row, device="cuda:0") for row in PAIRS[2].rows))
    *_, answer = parts(with_pairs(on_gpu))
    assert isinstance(answer, Answer)
    assert "(cuda:0, float32): 8192, latency 1497 ms (model 802, nn~ 695); 99 %" in answer.text


def test_what_ran_at_once_is_in_the_report_too() -> None:
    cut = Pair(1, *(replace(row, cut_short=True, blocks=3) for row in PAIRS[1].rows))
    text = Bench().markdown(with_pairs(PAIRS[0], cut))
    assert "| cpu | float32 | decode | 2 | 4096 | 1.43 |" in text
    assert "- nn~ buffer for encode and decode in two objects (cpu, float32): 4096, latency" in text
    assert "- encode and decode at once, block 4096, cpu, float32, one thread each: cut short after 3 blocks." in text
    (remark,) = [part for part in parts(with_pairs(cut)) if isinstance(part, Remark) and part.label == "Cut short"]
    assert "at once 4096 (3 blocks)" in remark.text


def test_one_object_alone_points_to_the_measure_of_two() -> None:
    def hints(result: BenchResult) -> str:
        return " ".join(part.text for part in parts(result) if isinstance(part, Hint))

    assert "--together" in hints(RESULT)
    assert "--together" not in hints(with_pairs(*PAIRS))
