"""bench measures what it says; its arithmetic is right and its failures are told."""

import json
from pathlib import Path

import pytest
import torch

from saoctl import bench
from saoctl.bench import gigaflop_per_second_of_audio, read_baseline
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from tests.models import FULL_SIZE


def test_figures_are_consistent(tiny: Config) -> None:
    result = bench.run(tiny)
    (row,) = result.results
    assert (row.device, row.precision, row.method, row.block_size) == ("cpu", "float32", "decode", 512)
    assert row.blocks >= 20
    assert row.budget_ms == pytest.approx(512 / 8000 * 1e3)
    assert 0 < row.median_ms <= row.p95_ms <= row.p99_ms <= row.max_ms
    assert row.first_block_ms > 0
    assert row.missed_deadlines <= row.blocks
    assert row.peak_memory_mb > 50
    # The mean block time lies between the fastest and the slowest one.
    assert row.budget_ms / row.realtime_factor <= row.max_ms
    work = gigaflop_per_second_of_audio(tiny.model.architecture)["decode"]  # type: ignore[arg-type]
    assert row.gflops == pytest.approx(row.realtime_factor * work)
    assert row.roofline_fraction == pytest.approx(row.gflops / row.peak_gflops)
    assert row.speedup is None
    assert result.machine["torch"] == torch.__version__


def test_the_arithmetic_of_stable_audio_open_is_counted() -> None:
    work = gigaflop_per_second_of_audio(FULL_SIZE)
    assert work["encode"] == pytest.approx(108.6, abs=0.5)
    assert work["decode"] == pytest.approx(108.6, abs=0.5)
    assert work["forward"] == work["encode"] + work["decode"]


def test_a_baseline_gives_ratios(tiny: Config, tmp_path: Path) -> None:
    first = bench.to_json(bench.run(tiny))
    assert "speedup" not in first["results"][0]
    first["results"][0]["realtime_factor"] = 1e-3
    (tmp_path / "old.json").write_text(json.dumps(first))
    (row,) = bench.run(tiny, baseline=tmp_path / "old.json").results
    assert row.speedup == pytest.approx(row.realtime_factor / 1e-3)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"results": [{}]}', '{"results": 3}', None])
def test_a_wrong_baseline_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "old.json").write_text(text)
    with pytest.raises(FileError, match=r"The baseline .*old\.json"):
        read_baseline(tmp_path / "old.json")


def test_a_block_size_that_is_no_multiple_of_the_ratio_is_refused(tiny: Config) -> None:
    settings = tiny.bench.model_copy(update={"block_sizes": [100]})
    with pytest.raises(ConfigError, match=r"bench\.block_sizes: a block of 100 samples"):
        bench.run(tiny.model_copy(update={"bench": settings}))


def test_a_device_that_is_not_there_is_refused(tiny: Config) -> None:
    settings = tiny.bench.model_copy(update={"devices": ["cpu", "cuda:97"]})
    with pytest.raises(ConfigError, match="cuda:97 is not there"):
        bench.run(tiny.model_copy(update={"bench": settings}))


def test_a_missing_artifact_is_refused(tiny: Config, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        bench.run(tiny.model_copy(update={"artifact": tmp_path / "a.ts"}))
