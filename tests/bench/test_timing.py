"""A row says of given times what they amount to."""

from dataclasses import replace

import pytest

from saoctl.bench.tasks import BenchFile, TimingTask
from saoctl.bench.timing import Timing
from saoctl.bench.worker import BlockTimes
from saoctl.config import Config
from saoctl.models.registry import family_of
from tests.architectures import TINY


@pytest.fixture
def task(tiny: Config) -> TimingTask:
    return TimingTask("cpu", "float32", "decode", 800, BenchFile.read(tiny.artifact), 1.0, 2)  # blocks of 0.1 s


def test_a_row_is_the_arithmetic_of_its_times(task: TimingTask) -> None:
    seconds = (*[0.05] * 96, 0.101, 0.15, 0.2, 0.999)
    row = Timing.of(task, BlockTimes(seconds, 0.3, 123.0))
    assert row.budget_ms == pytest.approx(100)
    assert row.realtime_factor == pytest.approx(100 * 0.1 / (96 * 0.05 + 0.101 + 0.15 + 0.2 + 0.999))
    assert (row.min_ms, row.median_ms, row.max_ms) == pytest.approx((50, 50, 999))
    # Interpolated linearly between the 99th and the 100th of 100.
    assert row.p99_ms == pytest.approx(200 + 0.01 * 799)
    assert row.p95_ms == pytest.approx(50)
    assert (row.missed_deadlines, row.blocks) == (4, 100)
    assert (row.first_block_ms, row.peak_memory_mb) == (pytest.approx(300), 123.0)
    assert row.gflops == pytest.approx(family_of(TINY).arithmetic(TINY)["decode"] * row.realtime_factor)
    assert row.against_peak({row.artifact: 50.0}).roofline_fraction == pytest.approx(row.gflops / 50)
    assert row.key == ("cpu", "float32", "decode", 800)


@pytest.mark.slow
def test_blocks_with_the_most_latent_frames_count_by_themselves(held: Config) -> None:
    """Of 201 blocks of 20 samples, each third holds one latent frame of 12, and the others two."""
    task = TimingTask("cpu", "float32", "decode", 20, BenchFile.read(held.artifact), 1.0, 2)
    seconds = [[1e-3, 2e-3, 2e-3][block % 3] for block in range(201)]
    row = Timing.of(task, BlockTimes(tuple(seconds), 0.1, 1.0, before=3))
    assert row.fullest_p99_ms == pytest.approx(2)
    assert row.load == pytest.approx(2 / 2.5)
    others = [[9e-3, 2e-3, 2e-3][block % 3] for block in range(201)]  # a slow block with few frames counts too
    slow = Timing.of(task, BlockTimes(tuple(others), 0.1, 1.0, before=3))
    assert (slow.fullest_p99_ms, slow.load) == (pytest.approx(2), pytest.approx(9 / 2.5))
    # A block of 36 samples holds three frames, always.
    assert Timing.of(replace(task, block_size=36), BlockTimes((1e-3,) * 20, 0.1, 1.0)).fullest_p99_ms is None


def test_a_block_that_takes_exactly_as_long_as_it_lasts_is_not_missed(task: TimingTask) -> None:
    assert Timing.of(task, BlockTimes((0.1,) * 20, 0.1, 1.0)).missed_deadlines == 0
