"""Blocks of the artifact and of the offline model are timed by turns, each round with a file that is loaded anew."""

from dataclasses import replace

import pytest

from saoctl.bench import paired, worker
from saoctl.bench.tasks import BenchFile, TimingTask
from saoctl.config import Config


def job(config: Config, **changed: object) -> TimingTask:
    usual = TimingTask("cpu", "float32", "decode", 64, BenchFile.read(config.artifact), 1.0, 2)
    return replace(usual, **changed)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["encode", "decode", "forward"])
def test_every_method_has_a_time_of_its_own_and_of_the_offline_model(tiny: Config, method: str) -> None:
    (row,) = paired.measure([job(tiny, method=method)])
    assert row.key == ("cpu", "float32", method, 64)
    assert len(row.repeats) == paired.ROUNDS
    assert all(each.block_ms > 0 and each.offline_ms > 0 for each in row.repeats)


@pytest.mark.slow
def test_each_round_goes_through_all_rows(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    stream = worker.open_stream
    monkeypatch.setattr(paired, "open_stream", lambda job: opened.append(job.block_size) or stream(job))
    rows = paired.measure([job(tiny, block_size=size) for size in (64, 128)], rounds=2)
    assert opened == [64, 128, 64, 128]
    assert [len(row.repeats) for row in rows] == [2, 2]


@pytest.mark.slow
def test_a_row_whose_time_is_up_has_one_repeat(tiny: Config) -> None:
    hurried, usual = paired.measure([job(tiny, time_limit=1e-9), job(tiny)])
    assert (len(hurried.repeats), len(usual.repeats)) == (1, paired.ROUNDS)


def test_the_time_of_another_thread_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others have the processor for is no time of a block: the clock of this thread is the one that is read."""
    times = iter([0.0, 0.005])
    monkeypatch.setattr(paired.time, "thread_time", lambda: next(times))
    assert paired._processor_ms(lambda: None) == pytest.approx(5.0)
