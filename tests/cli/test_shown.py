"""What is shown of a result says what a person needs, the answer last and whatever should not be overlooked marked."""

from dataclasses import replace
from pathlib import Path

from rich.table import Table

from saoctl.bench.buffers import choose_buffers
from saoctl.bench.regressions import Earlier, regressions
from saoctl.bench.step import BenchResult
from saoctl.cli.bench import Bench
from saoctl.cli.shown import Answer, Hint, Remark, Shown
from tests.bench.rows import timing

ROWS = (timing("encode", 2048, 0.8, missed=90), timing("encode", 4096, 1.6), timing("decode", 4096, 0.9))
RESULT = BenchResult(
    passed=True,
    artifact=Path("model.ts"),
    machine={"processor": "Abacus", "instructions": "beads", "threads": 2, "torch": "2.13.0"},
    warm_up_blocks=16,
    results=ROWS,
    buffers=choose_buffers(ROWS, {"encode": 16384, "decode": 18981}, 44100),
    no_buffers=None,
    offline=(),
    disturbances=("Someone else is counting.",),
    min_rtf=None,
    too_slow=(),
    tolerance=0.2,
    regressions=(),
    time_limit=60.0,
)


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
    fallen = regressions(ROWS, Earlier({}, {ROWS[2].key: 1.8}), tolerance=0.2)
    *_, answer = parts(replace(RESULT, passed=False, regressions=fallen))
    assert isinstance(answer, Answer)
    assert "0.90 x realtime, which is 50% below the 1.80 of the baseline" in answer.text
