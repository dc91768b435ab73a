"""bench measures what it says; its arithmetic is right and its failures are told."""

import json
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.table import Table

from saoctl.bench import machine, paired, together, worker
from saoctl.bench import time_files as bench
from saoctl.bench.paired import Paired, Repeat
from saoctl.bench.result import BenchResult
from saoctl.bench.tasks import TimingTask
from saoctl.cli.bench import Bench
from saoctl.cli.bench_sentences import answers, compared, failures, fastest, labels, not_compared
from saoctl.cli.documents import document
from saoctl.cli.shown import Hint, Remark
from saoctl.config import Config, load
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact, export
from saoctl.models.oobleck.arithmetic import gigaflop_per_second_of_audio
from tests.architectures import FULL_SIZE, TINY, offline
from tests.listeners import Warned

MEASURE = worker.measure  # in earnest


def with_bench(config: Config, **settings: Any) -> Config:
    return config.model_copy(update={"bench": config.bench.model_copy(update=settings)})


def processor_times(monkeypatch: pytest.MonkeyPatch, times: Sequence[float]) -> list[list[TimingTask]]:
    """Blocks take these shares of the offline model's time, one after the other; the jobs that are measured."""
    measured: list[list[TimingTask]] = []

    def measure(jobs: list[TimingTask]) -> tuple[Paired, ...]:
        share = times[min(len(measured), len(times) - 1)]
        measured.append(jobs)
        repeats = tuple(Repeat(share * wobble, 1.0) for wobble in (0.99, 1.0, 1.01))
        return tuple(Paired(*job.key, repeats) for job in jobs)

    monkeypatch.setattr(paired, "measure", measure)
    return measured


def block_times(monkeypatch: pytest.MonkeyPatch, share: Callable[[TimingTask], float]) -> list[TimingTask]:
    """Blocks take this share of the time that they last; the tasks, in the order in which they are measured."""
    tasks = []

    def measure(task: TimingTask) -> worker.BlockTimes:
        tasks.append(task)
        return worker.BlockTimes((share(task) * task.block_size / 8000,) * 20, 0.01, 100.0)

    monkeypatch.setattr(worker, "measure", measure)
    return tasks


@pytest.fixture
def quick(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The tiny config, where nothing is measured: blocks take a tenth of the time that they last."""
    processor_times(monkeypatch, [1.0])
    block_times(monkeypatch, lambda task: 0.1)
    monkeypatch.setattr(worker, "peak_gflops", lambda *_: 100.0)
    return tiny


@pytest.fixture(scope="module")
def measured(tiny_config: Path) -> BenchResult:
    """What is measured in earnest, in processes of its own, as users have it."""
    return bench.run(with_bench(load(str(tiny_config)), offline=True, together=True, threads=2))


@pytest.mark.slow
def test_figures_are_consistent(measured: BenchResult) -> None:
    (row,) = measured.results
    assert (row.device, row.precision, row.method, row.block_size) == ("cpu", "float32", "decode", 512)
    assert row.blocks >= 20
    assert row.budget_ms == pytest.approx(512 / 8000 * 1e3)
    assert 0 < row.min_ms <= row.median_ms <= row.p95_ms <= row.p99_ms <= row.max_ms
    assert row.first_block_ms > 0
    assert 0 < row.roofline_fraction < 1
    assert row.peak_memory_mb > 100  # torch alone takes as much
    # The mean block time lies between the fastest and the slowest one.
    assert row.min_ms <= row.budget_ms / row.realtime_factor <= row.max_ms
    work = gigaflop_per_second_of_audio(TINY)["decode"]
    assert row.gflops == pytest.approx(row.realtime_factor * work)
    assert row.roofline_fraction == pytest.approx(row.gflops / row.peak_gflops)
    assert (row.speedup, row.speedup_over_first) == (None, None)
    assert measured.machine["torch"] == torch.__version__
    assert measured.passed


@pytest.mark.slow
def test_the_offline_model_is_timed_in_the_same_run(measured: BenchResult) -> None:
    (row,) = measured.results
    offline, overlap = measured.offline
    assert [(each.method, each.kind) for each in measured.offline] == [("decode", "offline"), ("decode", "overlap")]
    assert row.speedup_over_offline == pytest.approx(row.realtime_factor / offline.realtime_factor)
    assert row.speedup_over_overlap == pytest.approx(row.realtime_factor / overlap.realtime_factor)


def test_an_artifact_is_timed_without_its_weights(quick: Config) -> None:
    model = quick.model.model_copy(update={"seed": None, "architecture": None, "repo": "someone/else"})
    result = bench.run(with_bench(quick.model_copy(update={"model": model}), offline=True))
    assert len(result.results) == 1
    assert len(result.offline) == 2


def test_the_buffer_for_nn_tilde_is_answered_with_its_latency(quick: Config) -> None:
    (buffer,) = bench.run(quick).buffers
    assert buffer.buffer == 512
    assert buffer.host_latency_ms == pytest.approx((2 * 512 - 64) / 8)
    assert buffer.total_latency_ms == pytest.approx(buffer.model_latency_ms + (2 * 512 - 64) / 8)


def test_the_arithmetic_of_stable_audio_open_is_counted() -> None:
    work = gigaflop_per_second_of_audio(FULL_SIZE)
    assert work["encode"] == pytest.approx(108.6, abs=0.5)
    assert work["decode"] == pytest.approx(108.6, abs=0.5)
    assert work["forward"] == work["encode"] + work["decode"]


def test_a_realtime_factor_below_what_was_asked_for_fails_and_is_named(quick: Config) -> None:
    result = bench.run(quick, min_rtf=1e9)
    assert not result.passed
    assert result.too_slow == result.results
    assert "decode, block 512, cpu, float32" in failures(result)[0]
    assert bench.run(quick, min_rtf=1e-9).passed


@pytest.mark.parametrize(("now", "passes"), [([0.9], True), ([1.1], True), ([1.5], False), ([1.5, 0.9], True)])
def test_a_row_whose_processor_time_has_grown_since_the_baseline_fails_if_it_does_so_twice(
    quick: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: list[float], passes: bool
) -> None:
    monkeypatch.setattr(machine, "undisturbed", lambda before, after: False)
    (tmp_path / "old.json").write_text(json.dumps(document(bench.run(quick))))
    measured = processor_times(monkeypatch, now)
    result = bench.run(quick, baseline=tmp_path / "old.json")
    assert result.passed == passes
    assert len(measured) == (1 if now[0] < 1.25 else 2)
    assert [each.measure for each in result.regressions] == ([] if passes else ["processor"])
    assert bool(failures(result)) != passes
    assert "1 of 1 rows compared by processor time; a loss of less than" in compared(result)[0]


@pytest.mark.parametrize("undisturbed", [True, False])
@pytest.mark.parametrize(("factor", "falls"), [(1e-3, False), (1e9, True)])
def test_a_realtime_factor_that_fell_fails_where_nothing_disturbed_the_machine(
    quick: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, factor: float, falls: bool, undisturbed: bool
) -> None:
    monkeypatch.setattr(machine, "undisturbed", lambda before, after: undisturbed)
    earlier = document(bench.run(quick))
    earlier["results"][0]["realtime_factor"] = factor
    (tmp_path / "old.json").write_text(json.dumps(earlier))
    result = bench.run(quick, baseline=tmp_path / "old.json")
    (row,) = result.results
    assert row.speedup == pytest.approx(row.realtime_factor / factor)
    assert result.passed == (not (falls and undisturbed))
    assert [each.measure for each in result.regressions] == (["clock"] if falls and undisturbed else [])
    assert bool(not_compared(result)) != undisturbed


def test_a_baseline_of_an_older_saoctl_is_compared_by_realtime_factors(
    quick: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "undisturbed", lambda before, after: True)
    earlier = document(bench.run(quick))
    for key in ("paired", "comparison"):
        del earlier[key]
    for factor, passes in ((1e-3, True), (1e9, False)):
        earlier["results"][0]["realtime_factor"] = factor
        (tmp_path / "old.json").write_text(json.dumps(earlier))
        listener = Warned()
        assert bench.run(quick, listener, baseline=tmp_path / "old.json").passed == passes
        assert [warning for warning in listener.warnings if "has no processor times" in warning]


@pytest.mark.parametrize(("slow", "passes"), [(1, True), (2, True), (3, False)])
def test_a_row_that_would_fail_is_measured_again(
    quick: Config, monkeypatch: pytest.MonkeyPatch, slow: int, passes: bool
) -> None:
    """A moment of noise does not fail a gate; what stays slow does."""
    budget, calls = 512 / 8000, []

    def measured(job: TimingTask) -> worker.BlockTimes:
        calls.append(job)
        return worker.BlockTimes((2 * budget if len(calls) <= slow else budget / 2,) * 20, budget, 100.0)

    monkeypatch.setattr(worker, "measure", measured)
    result = bench.run(quick, min_rtf=1)
    (row,) = result.results
    assert result.passed == passes
    assert row.attempts == len(calls) == min(slow + 1, 3)
    assert row.realtime_factor == pytest.approx(2 if passes else 0.5)


@pytest.mark.parametrize(("slow", "buffer"), [(1, 512), (2, 512), (3, None)])
def test_a_row_that_slow_blocks_alone_keep_from_holding_is_measured_again(
    quick: Config, monkeypatch: pytest.MonkeyPatch, slow: int, buffer: int | None
) -> None:
    budget, calls = 512 / 8000, []

    def measured(job: TimingTask) -> worker.BlockTimes:
        calls.append(job)
        return worker.BlockTimes(
            (budget / 2,) * 99 + (2 * budget if len(calls) <= slow else budget / 2,), budget, 100.0
        )

    monkeypatch.setattr(worker, "measure", measured)
    (answer,) = bench.run(quick).buffers
    assert (answer.buffer, answer.missed) == (buffer, 0 if buffer else 1)
    assert len(calls) == min(slow + 1, 3)


def test_a_row_that_is_too_slow_in_every_block_is_not_measured_again_for_its_buffer(
    quick: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "measure", lambda job: worker.BlockTimes((1.0,) * 20, 1.0, 100.0))
    (row,) = bench.run(quick).results
    assert row.attempts == 1


def test_what_the_device_cannot_run_is_refused(quick: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(job: TimingTask) -> worker.BlockTimes:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(worker, "measure", measured)
    with pytest.raises(ConfigError, match=r"blocks of 512 samples: .*allocate memory"):
        bench.run(quick)


def test_a_baseline_without_some_rows_is_told(quick: Config, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(json.dumps(document(bench.run(quick))))
    listener = Warned()
    bench.run(with_bench(quick, methods=["encode", "decode"]), listener, tmp_path / "old.json", tolerance=0.99)
    assert [warning for warning in listener.warnings if warning.startswith("1 of 2 rows are not in the baseline")]


def test_a_baseline_of_another_machine_is_told(quick: Config, tmp_path: Path) -> None:
    earlier = document(bench.run(quick))
    earlier["machine"]["processor"] = "Abacus 3000"
    (tmp_path / "old.json").write_text(json.dumps({"bench": earlier}))  # of `saoctl run`
    listener = Warned()
    bench.run(quick, listener, baseline=tmp_path / "old.json", tolerance=0.99)
    assert [warning for warning in listener.warnings if "Abacus 3000" in warning]


def test_a_baseline_that_compares_nothing_is_refused(quick: Config, tmp_path: Path) -> None:
    earlier = document(bench.run(quick))
    earlier["results"][0]["block_size"] = 1024
    (tmp_path / "old.json").write_text(json.dumps(earlier))
    with pytest.raises(FileError, match="no row of this bench"):
        bench.run(quick, baseline=tmp_path / "old.json")


@pytest.mark.parametrize("tolerance", [-0.1, 1.0, float("nan")])
def test_an_impossible_tolerance_is_refused(tiny: Config, tolerance: float) -> None:
    with pytest.raises(ConfigError, match="tolerance"):
        Bench(tolerance=tolerance).check(tiny)


def test_a_plot_that_cannot_be_drawn_is_refused(tiny: Config) -> None:
    with pytest.raises(ConfigError, match=r"speed\.html"):
        Bench(plot=Path("speed.html")).check(tiny)


@pytest.mark.parametrize("least", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_realtime_factor_is_refused(tiny: Config, least: float) -> None:
    with pytest.raises(ConfigError, match="realtime factor"):
        Bench(min_rtf=least).check(tiny)


def test_a_block_size_that_is_no_multiple_of_the_ratio_is_refused(tiny: Config) -> None:
    with pytest.raises(ConfigError, match=r"bench\.block_sizes: a block of 100 samples"):
        bench.run(with_bench(tiny, block_sizes=[100]))


def test_a_device_that_is_not_there_is_refused(tiny: Config) -> None:
    with pytest.raises(ConfigError, match="cuda:97 is not there"):
        bench.run(with_bench(tiny, devices=["cpu", "cuda:97"]))


def test_a_missing_artifact_is_refused(tiny: Config, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        bench.run(tiny.model_copy(update={"artifact": tmp_path / "a.ts"}))


@pytest.mark.slow
def test_a_row_is_cut_short_by_its_time_limit_and_that_is_said(quick: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "measure", MEASURE)
    result = bench.run(with_bench(quick, time_limit=1e-9))
    (row,) = result.results
    assert (row.blocks, row.cut_short, row.attempts) == (worker.CUT_BLOCKS, True, 1)
    (remark,) = [part for part in Bench().shown(result) if isinstance(part, Remark) and part.label == "Cut short"]
    assert "decode 512 (3 blocks)" in remark.text
    assert "decode, block 512, cpu, float32: cut short after 3 blocks." in Bench().markdown(result)


def test_the_old_names_of_what_times_the_offline_model_are_understood(tiny_config: Path) -> None:
    assert not load(str(tiny_config), ["bench.baselines=false"]).bench.offline
    assert load(str(tiny_config), ["bench.baselines=true"]).bench.offline
    assert load(str(tiny_config), ["bench.offline=true"]).bench.offline


def test_the_document_has_the_old_name_too(quick: Config) -> None:
    whole = document(bench.run(with_bench(quick, offline=True)))
    assert whole["baselines"] == whole["offline"] != []


# Encode and decode at once


def shares(monkeypatch: pytest.MonkeyPatch, by_threads: dict[int, float]) -> list[list[TimingTask]]:
    """Blocks at once take this share of the time that they last, by threads of each; the jobs that were measured."""
    measured: list[list[TimingTask]] = []

    def at_once(jobs: list[TimingTask]) -> tuple[worker.BlockTimes, ...]:
        measured.append(jobs)
        seconds = (by_threads[jobs[0].threads] * jobs[0].block_size / 8000,) * 20
        return tuple(worker.BlockTimes(seconds, 0.01, 100.0) for _ in jobs)

    monkeypatch.setattr(together, "measure", at_once)
    return measured


def test_encode_and_decode_are_not_measured_at_once_unless_asked_for(
    quick: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = shares(monkeypatch, {1: 0.5})
    result = bench.run(quick)
    assert (result.together, result.together_buffers, result.together_too_slow) == ((), (), ())
    assert measured == []
    assert "--together" in " ".join(part.text for part in Bench().shown(result) if isinstance(part, Hint))


@pytest.mark.slow
def test_encode_and_decode_are_measured_at_once_whichever_methods_are(measured: BenchResult) -> None:
    assert {row.method for row in measured.results} == {"decode"}
    assert [(pair.encode.block_size, pair.threads) for pair in measured.together] == [(512, 2), (512, 1)]
    for pair in measured.together:
        assert (pair.encode.method, pair.decode.method) == ("encode", "decode")
        assert pair.encode.blocks == pair.decode.blocks >= 20
        for row in pair.rows:
            assert 0 < row.min_ms <= row.median_ms <= row.max_ms
            assert row.roofline_fraction == pytest.approx(row.gflops / measured.results[0].peak_gflops)
    (answer,) = measured.together_buffers
    assert (answer.device, answer.precision) == ("cpu", "float32")


def test_one_thread_is_not_measured_twice(quick: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = shares(monkeypatch, {1: 0.5})
    assert [pair.threads for pair in bench.run(with_bench(quick, together=True, threads=1)).together] == [1]
    ((encode, decode),) = measured
    assert (encode.method, decode.method) == ("encode", "decode")
    assert replace(encode, method="decode") == decode


@pytest.mark.parametrize(
    ("by_threads", "passes", "names"),
    [
        ({2: 0.9, 1: 2.0}, True, ""),
        ({2: 2.0, 1: 0.9}, True, ""),
        ({2: 2.0, 1: 1.25}, False, "encode and decode at once, block 512, cpu, float32, one thread each: 0.80 x"),
        ({2: 1.25, 1: 2.0}, False, "encode and decode at once, block 512, cpu, float32, 2 threads each: 0.80 x"),
    ],
)
def test_a_realtime_factor_that_was_asked_for_is_due_with_one_of_the_numbers_of_threads(
    quick: Config, monkeypatch: pytest.MonkeyPatch, by_threads: dict[int, float], passes: bool, names: str
) -> None:
    shares(monkeypatch, by_threads)
    result = bench.run(with_bench(quick, together=True, threads=2), min_rtf=1)
    assert result.passed == passes
    assert len(result.together_too_slow) == (not passes)
    assert names in "".join(failures(result))


def test_an_earlier_bench_does_not_count_for_methods_at_once(
    quick: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares(monkeypatch, {1: 0.1})
    (tmp_path / "old.json").write_text(json.dumps(document(bench.run(with_bench(quick, together=True, threads=1)))))
    shares(monkeypatch, {1: 3.0})
    assert bench.run(with_bench(quick, together=True, threads=1), baseline=tmp_path / "old.json").passed


def test_methods_at_once_that_slow_blocks_alone_keep_from_holding_are_measured_again(
    quick: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def at_once(jobs: list[TimingTask]) -> tuple[worker.BlockTimes, ...]:
        calls.append(jobs)
        usual = jobs[0].block_size / 8000 / 2
        disturbed = worker.BlockTimes((usual,) * 99 + (3 * usual if len(calls) == 1 else usual,), usual, 100.0)
        return worker.BlockTimes((usual,) * 100, usual, 100.0), disturbed

    monkeypatch.setattr(together, "measure", at_once)
    result = bench.run(with_bench(quick, together=True, threads=1))
    (pair,), (answer,) = result.together, result.together_buffers
    assert len(calls) == pair.encode.attempts == pair.decode.attempts == 2
    assert (answer.buffer, answer.missed) == (512, 0)


def test_methods_that_the_device_cannot_run_at_once_are_named(quick: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(jobs: list[TimingTask]) -> tuple[worker.BlockTimes, ...]:
        raise RuntimeError("can't allocate memory")

    monkeypatch.setattr(together, "measure", at_once)
    with pytest.raises(ConfigError, match=r"encode and decode at once cannot be run on cpu in blocks of 512 samples"):
        bench.run(with_bench(quick, together=True))


def test_no_buffer_of_two_objects_is_told_of_an_offline_export(
    quick: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares(monkeypatch, {1: 0.5})
    choices = quick.export.model_copy(update={"streaming": False})
    config = quick.model_copy(update={"artifact": tmp_path / "a.ts", "export": choices})
    export.run(config)
    result = bench.run(with_bench(config, together=True, threads=1))
    assert len(result.together) == 1
    assert result.together_buffers == ()
    assert answers(result) == ["nn~ buffer: an offline export keeps no state, and is right in no buffer"]


@pytest.fixture
def of_one_size(quick: Config, tmp_path: Path) -> Config:
    """With an artifact that says that its blocks have one size, of 24 samples."""
    host = export.build(offline(TINY), "float32", streaming=True)
    described = artifact.describe(quick.artifact).model_copy(update={"block_size": 24})
    artifact.save(host, tmp_path / "a.ts", described)
    return quick.model_copy(update={"artifact": tmp_path / "a.ts"})


@pytest.mark.slow
def test_block_sizes_that_the_file_cannot_take_are_left_out_and_that_is_said(of_one_size: Config) -> None:
    warned = Warned()
    result = bench.run(with_bench(of_one_size, block_sizes=[64, 240, 512]), warned)
    assert [row.block_size for row in result.results] == [240]
    assert any("takes blocks of 24 samples: blocks of 64 and 512 samples are not timed" in w for w in warned.warnings)
    with pytest.raises(ConfigError, match="the file takes blocks of 24 samples, not of 64 and 512"):
        bench.run(with_bench(of_one_size, block_sizes=[64, 512]))


# Several files


@pytest.fixture(scope="module")
def three(tiny_config: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The tiny file, the same in bfloat16, and one of another model."""
    config, folder = load(str(tiny_config)), tmp_path_factory.mktemp("three")
    half, other = folder / "half.ts", folder / "other.ts"
    export.run(config.model_copy(update={"precision": "bfloat16", "artifact": half}))
    model = config.model.model_copy(update={"architecture": TINY.model_copy(update={"latent_dim": 5})})
    export.run(config.model_copy(update={"model": model, "artifact": other}))
    return [config.artifact, half, other]


@pytest.mark.slow
def test_files_take_turns_and_each_is_compared_with_the_first(
    quick: Config, three: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = block_times(monkeypatch, lambda task: {"tiny": 0.5, "half": 0.25, "other": 0.1}[task.file.path.stem])
    config = with_bench(quick, methods=["encode", "decode"], block_sizes=[256, 512])
    result = bench.run(config, files=three)
    turns = [(method, size, path) for method in ("encode", "decode") for size in (256, 512) for path in three]
    assert [(task.method, task.block_size, task.file.path) for task in tasks] == turns
    assert [row.artifact for row in result.results] == [path for path in three for _ in range(4)]
    assert [row.speedup_over_first for row in result.results] == pytest.approx([1] * 4 + [2] * 4 + [5] * 4)
    assert [(file.artifact, file.format, file.precision) for file in result.files] == [
        (path, "torchscript", precision)
        for path, precision in zip(three, ("float32", "bfloat16", "float32"), strict=True)
    ]
    assert {buffer.artifact: buffer.buffer for buffer in result.buffers} == dict.fromkeys(three, 256)
    assert result.paired == ()


@pytest.mark.slow
def test_nothing_is_exported(quick: Config, three: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    block_times(monkeypatch, lambda task: {"tiny": 0.5, "half": 0.25, "other": 0.1}[task.file.path.stem])
    monkeypatch.setattr(export, "run", lambda *_: pytest.fail("bench exports nothing"))
    assert len(bench.run(quick, files=three).results) == 3


@pytest.mark.slow
def test_several_files_have_a_column_each_an_answer_each_and_the_fastest_is_named(
    quick: Config, three: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    block_times(monkeypatch, lambda task: {"tiny": 0.5, "half": 0.25, "other": 2.0}[task.file.path.stem])
    result = bench.run(with_bench(quick, block_sizes=[256, 512]), files=three, min_rtf=1)
    (table,) = [part for part in Bench().shown(result) if isinstance(part, Table)]
    found = {str(column.header): [str(cell) for cell in column.cells] for column in table.columns}
    assert found["block"] == ["256", "512"]
    assert found["tiny.ts"] == ["16.0", "32.0"]
    assert found["half.ts"] == ["8.0 2.00×", "16.0 2.00×"]
    assert found["other.ts"] == ["64.0 0.25×", "128.0 0.25×"]
    tiny, half, other = answers(result)
    assert tiny.startswith("tiny.ts (cpu, float32): nn~ buffer (latency) for decode 256 (")
    assert half.startswith("half.ts (cpu, bfloat16): nn~ buffer (latency) for decode 256 (")
    assert other == "other.ts (cpu, float32): nn~ buffer (latency) for decode none"
    assert fastest(result) == [
        "fastest on cpu: half.ts, 2.00 times as fast as tiny.ts on average, ahead in 2 of 2 rows"
    ]
    assert not result.passed
    assert failures(result)[0].startswith("other.ts, decode, block 256, cpu, float32: 0.50 x realtime is below")
    report = Bench().markdown(result)
    assert "| cpu | bfloat16 | decode | half.ts | 256 | 4.00 |" in report
    assert document(result)["results"][1]["artifact"] == str(three[0])


def test_files_of_the_same_name_are_told_apart_by_their_folders(
    quick: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    again = Path(shutil.copy(quick.artifact, tmp_path / "other" / quick.artifact.name))
    result = bench.run(quick, files=[quick.artifact, again, quick.artifact])
    assert list(labels(result).values()) == [str(quick.artifact), str(again)], "and each file is timed once"


@pytest.mark.slow
def test_encode_and_decode_at_once_are_timed_for_each_file(
    quick: Config, three: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    block_times(monkeypatch, lambda task: {"tiny": 0.5, "half": 0.25, "other": 0.1}[task.file.path.stem])
    shares(monkeypatch, {1: 0.5})
    result = bench.run(with_bench(quick, together=True, threads=1), files=three)
    assert [pair.encode.artifact for pair in result.together] == three
    assert [buffer.artifact for buffer in result.together_buffers] == three
    assert "both in two objects 512 (" in answers(result)[0]
    tables = [str(part.title) for part in Bench().shown(result) if isinstance(part, Table)]
    assert [title.rpartition(", ")[2] for title in tables[1:]] == [path.name for path in three]


@pytest.mark.slow
def test_the_offline_model_is_compared_with_files_of_the_same_model_alone(
    quick: Config, three: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    block_times(monkeypatch, lambda task: {"tiny": 0.5, "half": 0.25, "other": 0.1}[task.file.path.stem])
    result = bench.run(with_bench(quick, offline=True), files=three)
    assert [row.speedup_over_offline is None for row in result.results] == [False, False, True]


def test_a_baseline_of_one_file_cannot_be_compared_with_several(tiny: Config) -> None:
    with pytest.raises(ConfigError, match="A baseline is of one file"):
        Bench(baseline=Path("old.json"), files=[Path("a.ts"), Path("b.ts")]).check(tiny)


@pytest.fixture
def two_formats(quick: Config, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The tiny file, and an ONNX file that is never loaded and tells the same of itself."""
    described = artifact.describe(quick.artifact)
    monkeypatch.setattr(artifact, "describe", lambda path: described)
    return [quick.artifact, Path("a.onnx")]


def test_each_format_has_a_process_of_its_own(
    quick: Config, two_formats: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: dict[str, set[int]] = {}

    def where(task: TimingTask) -> float:
        threads.setdefault(task.file.path.suffix, set()).add(threading.get_ident())
        return 0.1

    block_times(monkeypatch, where)
    bench.run(with_bench(quick, block_sizes=[256, 512]), files=two_formats)
    ((torchscript,), (onnx,)) = threads.values()
    assert torchscript != onnx


def test_a_file_that_runs_on_the_cpu_alone_is_refused_where_the_cpu_is_not_asked_for(
    quick: Config, two_formats: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saoctl.devices.available", lambda: ["mps", "cpu"])
    with pytest.raises(ConfigError, match=r"a\.onnx runs on the CPU alone"):
        bench.run(with_bench(quick, devices=["mps"]), files=two_formats)
    rows = bench.run(with_bench(quick, devices="auto"), files=two_formats).results
    assert [(row.device, row.artifact.suffix) for row in rows] == [("mps", ".ts"), ("cpu", ".ts"), ("cpu", ".onnx")]
