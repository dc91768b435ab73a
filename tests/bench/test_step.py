"""bench measures what it says; its arithmetic is right and its failures are told."""

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import geometric_mean
from typing import Any

import pytest
import torch
from rich.table import Table

from saoctl.bench import beside, machine, paired, together, worker
from saoctl.bench import step as bench
from saoctl.bench.paired import Paired, Repeat
from saoctl.cli.bench import Bench, answers, compared, failures, not_compared
from saoctl.cli.bench_formats import fastest_formats
from saoctl.cli.documents import document
from saoctl.cli.shown import Hint, Remark
from saoctl.config import Config, load
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact, export
from saoctl.formats.limits import LIMITS
from saoctl.formats.onnx import Onnx
from saoctl.models.oobleck.arithmetic import gigaflop_per_second_of_audio
from tests.architectures import FULL_SIZE, TINY, offline
from tests.listeners import Warned


def with_bench(config: Config, **settings: Any) -> Config:
    return config.model_copy(update={"bench": config.bench.model_copy(update=settings)})


class InProcess(ThreadPoolExecutor):
    """A worker in this process; a real one takes seconds to start."""

    def __init__(self, workers: int, mp_context: object) -> None:
        super().__init__(workers)


def processor_times(monkeypatch: pytest.MonkeyPatch, times: Sequence[float]) -> list[list[worker.Job]]:
    """Blocks take these shares of the offline model's time, one after the other; the jobs that are measured."""
    measured: list[list[worker.Job]] = []

    def measure(jobs: list[worker.Job]) -> tuple[Paired, ...]:
        share = times[min(len(measured), len(times) - 1)]
        measured.append(jobs)
        repeats = tuple(Repeat(share * wobble, 1.0) for wobble in (0.99, 1.0, 1.01))
        return tuple(Paired(*job.key, repeats) for job in jobs)

    monkeypatch.setattr(paired, "measure", measure)
    return measured


@pytest.fixture
def quick(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Without processes of its own, without the offline model, and with a small product for the peak."""
    monkeypatch.setattr(bench, "ProcessPoolExecutor", InProcess)
    processor_times(monkeypatch, [1.0])
    monkeypatch.setattr(worker, "PEAK_SIZE", worker.SMALL_SIZE)
    return tiny


def test_figures_are_consistent(tiny: Config) -> None:
    result = bench.run(tiny)
    (row,) = result.results
    assert (row.device, row.precision, row.method, row.block_size) == ("cpu", "float32", "decode", 512)
    assert row.blocks >= 20
    assert row.budget_ms == pytest.approx(512 / 8000 * 1e3)
    assert 0 < row.min_ms <= row.median_ms <= row.p95_ms <= row.p99_ms <= row.max_ms
    assert row.first_block_ms > 0
    assert 0 < row.roofline_fraction < 1
    assert row.peak_memory_mb > 100  # torch alone takes as much
    # The mean block time lies between the fastest and the slowest one.
    assert row.min_ms <= row.budget_ms / row.realtime_factor <= row.max_ms
    work = gigaflop_per_second_of_audio(tiny.model.architecture)["decode"]  # type: ignore[arg-type]
    assert row.gflops == pytest.approx(row.realtime_factor * work)
    assert row.roofline_fraction == pytest.approx(row.gflops / row.peak_gflops)
    assert (row.speedup, row.speedup_over_offline, row.speedup_over_overlap) == (None, None, None)
    assert result.machine["torch"] == torch.__version__
    assert result.passed
    assert result.offline == ()


def test_the_offline_model_is_timed_in_the_same_run(tiny: Config) -> None:
    result = bench.run(with_bench(tiny, offline=True))
    (row,) = result.results
    offline, overlap = result.offline
    assert [(each.method, each.kind) for each in result.offline] == [("decode", "offline"), ("decode", "overlap")]
    assert row.speedup_over_offline == pytest.approx(row.realtime_factor / offline.realtime_factor)
    assert row.speedup_over_overlap == pytest.approx(row.realtime_factor / overlap.realtime_factor)


def test_an_artifact_is_timed_without_its_weights(quick: Config) -> None:
    model = quick.model.model_copy(update={"seed": None, "architecture": None, "repo": "someone/else"})
    result = bench.run(with_bench(quick.model_copy(update={"model": model}), offline=True))
    assert len(result.results) == 1
    assert len(result.offline) == 2


def test_other_precisions_of_another_model_are_refused(quick: Config) -> None:
    other = TINY.model_copy(update={"latent_dim": 5})
    config = quick.model_copy(update={"model": quick.model.model_copy(update={"architecture": other})})
    with pytest.raises(FileError, match="another architecture"):
        bench.run(with_bench(config, precisions=["mixed"]))


def test_other_precisions_are_exported_for_the_occasion(quick: Config, tmp_path: Path) -> None:
    before = set(quick.artifact.parent.iterdir())
    result = bench.run(with_bench(quick, precisions=["float32", "mixed"], methods=["encode", "decode"]))
    assert [(row.precision, row.method) for row in result.results] == [
        (precision, method) for precision in ("float32", "mixed") for method in ("encode", "decode")
    ]
    assert set(quick.artifact.parent.iterdir()) == before


def test_the_buffer_for_nn_tilde_is_answered_with_its_latency(quick: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "measure", lambda job: worker.Measured((0.01,) * 20, 0.01, 100.0))
    result = bench.run(quick)
    (buffer,) = result.buffers
    assert buffer.buffer == 512  # blocks of 64 ms in 10 ms each
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

    def measured(job: worker.Job) -> worker.Measured:
        calls.append(job)
        return worker.Measured((2 * budget if len(calls) <= slow else budget / 2,) * 20, budget, 100.0)

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

    def measured(job: worker.Job) -> worker.Measured:
        calls.append(job)
        return worker.Measured((budget / 2,) * 99 + (2 * budget if len(calls) <= slow else budget / 2,), budget, 100.0)

    monkeypatch.setattr(worker, "measure", measured)
    (answer,) = bench.run(quick).buffers
    assert (answer.buffer, answer.missed) == (buffer, 0 if buffer else 1)
    assert len(calls) == min(slow + 1, 3)


def test_a_row_that_is_too_slow_in_every_block_is_not_measured_again_for_its_buffer(
    quick: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "measure", lambda job: worker.Measured((1.0,) * 20, 1.0, 100.0))
    (row,) = bench.run(quick).results
    assert row.attempts == 1


def test_what_the_device_cannot_run_is_refused(quick: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(job: worker.Job) -> worker.Measured:
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


def test_a_row_is_cut_short_by_its_time_limit_and_that_is_said(quick: Config) -> None:
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


def test_other_precisions_have_the_lookahead_of_the_file_and_it_is_told(quick: Config, tmp_path: Path) -> None:
    choices = quick.export.model_copy(update={"lookahead": 12.0})
    config = quick.model_copy(update={"artifact": tmp_path / "a.ts", "export": choices})
    exported = export.run(config)
    wanted = config.model_copy(update={"export": quick.export})  # the config need not say it again
    result = bench.run(with_bench(wanted, precisions=["float32", "bfloat16"]))
    assert result.lookahead == exported.lookahead is not None
    assert [row.precision for row in result.results] == ["float32", "bfloat16"]
    assert "less lookahead than the model" in " ".join(
        part.text for part in Bench().shown(result) if isinstance(part, Hint)
    )
    same = quick.export.model_copy(update=bench._choices(artifact.describe(tmp_path / "a.ts"), "float32", tmp_path))
    again = export.run(wanted.model_copy(update={"artifact": tmp_path / "b.ts", "export": same}))
    assert again.lookahead == exported.lookahead


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
def test_other_precisions_and_the_exact_file_have_their_weights_packed_if_the_file_has(
    quick: Config, tmp_path: Path
) -> None:
    choices = quick.export.model_copy(update={"packed": True})
    config = quick.model_copy(update={"artifact": tmp_path / "a.ts", "export": choices})
    export.run(config)
    own = artifact.describe(config.artifact)
    packed = {name: bench._choices(own, name, tmp_path)["packed"] for name in ("float32", "bfloat16", "float16")}
    assert packed == {"float32": True, "bfloat16": False, "float16": False}
    assert beside.write_exact(own, "float32", tmp_path / "b.ts").packed
    assert artifact.describe(tmp_path / "b.ts").packed
    assert not beside.write_exact(own, "bfloat16", tmp_path / "c.ts").packed
    result = bench.run(with_bench(config, precisions=["float32", "float16"]))
    assert {row.precision for row in result.results} == {"float32", "float16"}


def test_the_exact_file_is_timed_beside_one_with_less_lookahead(quick: Config, tmp_path: Path) -> None:
    choices = quick.export.model_copy(update={"lookahead": 12.0})
    config = quick.model_copy(update={"artifact": tmp_path / "a.ts", "export": choices})
    late = export.run(config).latency_samples
    result = bench.run(with_bench(config, precisions=["float32", "bfloat16"], methods=["decode", "forward"]))
    assert [row.key for row in result.exact] == [row.key for row in result.results]
    for row, exact in zip(result.results, result.exact, strict=True):
        assert row.cost_over_exact == pytest.approx(row.median_ms / exact.median_ms)
        assert 0 < exact.roofline_fraction < 1
        assert exact.cost_over_exact is None
    exact_late = export.run(quick.model_copy(update={"artifact": tmp_path / "b.ts"})).latency_samples
    for own, exact in zip(result.buffers, result.exact_buffers, strict=True):
        assert own.model_latency_ms == pytest.approx(late[own.method] / 8)
        assert exact.model_latency_ms == pytest.approx(exact_late[own.method] / 8)
        assert own.model_latency_ms < exact.model_latency_ms
    shown = answers(result)
    assert all("the exact file: 512, latency" in sentence for sentence in shown), shown
    assert "| cost" in Bench().markdown(result)
    hints = " ".join(part.text for part in Bench().shown(result) if isinstance(part, Hint))
    assert "cost: its time for a block over that of the exact file" in hints


def test_the_exact_file_can_be_left_out_and_is_not_timed_twice(quick: Config, tmp_path: Path) -> None:
    choices = quick.export.model_copy(update={"lookahead": 12.0})
    config = quick.model_copy(update={"artifact": tmp_path / "a.ts", "export": choices})
    export.run(config)
    without = bench.run(with_bench(config, exact=False))
    assert (without.exact, without.exact_buffers) == ((), ())
    assert without.results[0].cost_over_exact is None
    assert "exact" not in answers(without)[0]
    export.run(quick)
    assert bench.run(quick).exact == ()


# Encode and decode at once


def shares(monkeypatch: pytest.MonkeyPatch, by_threads: dict[int, float]) -> list[list[worker.Job]]:
    """Blocks at once take this share of the time that they last, by threads of each; the jobs that were measured."""
    measured: list[list[worker.Job]] = []

    def at_once(jobs: list[worker.Job]) -> tuple[worker.Measured, ...]:
        measured.append(jobs)
        seconds = (by_threads[jobs[0].threads] * jobs[0].block_size / 8000,) * 20
        return tuple(worker.Measured(seconds, 0.01, 100.0) for _ in jobs)

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


def test_encode_and_decode_are_measured_at_once_whichever_methods_are(tiny: Config) -> None:
    """In a process of its own, as users have it."""
    result = bench.run(with_bench(tiny, together=True, threads=2, block_sizes=[512, 1024]))
    assert {row.method for row in result.results} == {"decode"}
    assert [(pair.encode.block_size, pair.threads) for pair in result.together] == [
        (512, 2), (512, 1), (1024, 2), (1024, 1),
    ]  # fmt: skip
    for pair in result.together:
        assert (pair.encode.method, pair.decode.method) == ("encode", "decode")
        assert pair.encode.blocks == pair.decode.blocks >= 20
        for row in pair.rows:
            assert 0 < row.min_ms <= row.median_ms <= row.max_ms
            assert row.roofline_fraction == pytest.approx(row.gflops / result.results[0].peak_gflops)
    (answer,) = result.together_buffers
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
    monkeypatch.setattr(worker, "measure", lambda job: worker.Measured((0.01,) * 20, 0.01, 100.0))
    result = bench.run(with_bench(quick, together=True, threads=2), min_rtf=1)
    assert result.passed == passes
    assert len(result.together_too_slow) == (not passes)
    assert names in "".join(failures(result))


def test_an_earlier_bench_does_not_count_for_methods_at_once(
    quick: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "measure", lambda job: worker.Measured((0.01,) * 20, 0.01, 100.0))
    shares(monkeypatch, {1: 0.1})
    (tmp_path / "old.json").write_text(json.dumps(document(bench.run(with_bench(quick, together=True, threads=1)))))
    shares(monkeypatch, {1: 3.0})
    assert bench.run(with_bench(quick, together=True, threads=1), baseline=tmp_path / "old.json").passed


def test_methods_at_once_that_slow_blocks_alone_keep_from_holding_are_measured_again(
    quick: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def at_once(jobs: list[worker.Job]) -> tuple[worker.Measured, ...]:
        calls.append(jobs)
        usual = jobs[0].block_size / 8000 / 2
        disturbed = worker.Measured((usual,) * 99 + (3 * usual if len(calls) == 1 else usual,), usual, 100.0)
        return worker.Measured((usual,) * 100, usual, 100.0), disturbed

    monkeypatch.setattr(together, "measure", at_once)
    result = bench.run(with_bench(quick, together=True, threads=1))
    (pair,), (answer,) = result.together, result.together_buffers
    assert len(calls) == pair.encode.attempts == pair.decode.attempts == 2
    assert (answer.buffer, answer.missed) == (512, 0)


def test_methods_that_the_device_cannot_run_at_once_are_named(quick: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(jobs: list[worker.Job]) -> tuple[worker.Measured, ...]:
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


def test_formats_are_timed_side_by_side(
    quick: Config, onnx_files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ONNX file is one that is there already, of another architecture: tracing one would take longest."""
    monkeypatch.setattr(beside, "write_exact", lambda like, precision, path, size: _copied(onnx_files["wide"], path))
    warned = Warned()
    wanted = with_bench(
        quick, formats=["onnx", "torchscript"], methods=["encode", "decode"], precisions=["float32", "bfloat16"]
    )
    result = bench.run(wanted, warned)
    assert result.format == "torchscript"
    assert [(each.format, each.timing.method) for each in result.formats] == [("onnx", "encode"), ("onnx", "decode")]
    assert all(0 < each.timing.roofline_fraction < 1 for each in result.formats)
    assert any(
        "onnx is left out: ONNX files are written in float32, not in bfloat16" in each for each in warned.warnings
    )
    (sentence,) = fastest_formats(result)
    means = [
        geometric_mean([row.median_ms for row in rows])
        for rows in (result.results[:2], [each.timing for each in result.formats])
    ]
    first, second = ("torchscript", "onnx") if means[0] < means[1] else ("onnx", "torchscript")
    assert f"(cpu, float32): {first}, {max(means) / min(means):.2f} times as fast as {second}" in sentence
    tables = [part for part in Bench().shown(result) if isinstance(part, Table)]
    assert [column.header for column in tables[-1].columns] == ["method", "block", "torchscript", "onnx"]
    assert "| method | block | torchscript | onnx |" in " ".join(Bench().markdown(result).split())
    assert document(result)["formats"][0]["timing"]["block_size"] == 512


def test_a_format_of_fixed_blocks_is_timed_by_a_file_for_each_block_size(
    quick: Config, onnx_files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a host has one that was exported for its own; ONNX stands for such a format, which needs no package then."""
    built: dict[Path, int | None] = {}

    def write(like: object, precision: object, path: Path, size: int | None) -> None:
        built[path] = size
        _copied(onnx_files["wide"], path)

    jobs: list[worker.Job] = []
    measure = worker.measure
    monkeypatch.setattr(worker, "measure", lambda job: jobs.append(job) or measure(job))
    monkeypatch.setattr(beside, "write_exact", write)
    monkeypatch.setitem(LIMITS, "onnx", replace(LIMITS["onnx"], fixed_blocks=True))
    result = bench.run(with_bench(quick, formats=["onnx"], methods=["encode", "decode"], block_sizes=[512, 256]))
    assert list(built.values()) == [512, 256]
    assert [each.timing.block_size for each in result.formats] == [512, 256] * 2
    others = [job for job in jobs if job.artifact != quick.artifact.resolve()]
    assert {job.block_size for job in others} == {256, 512}
    assert all(built[job.artifact] == job.block_size for job in others)


@pytest.fixture
def of_one_size(quick: Config, tmp_path: Path) -> Config:
    """With an artifact that says that its blocks have one size, of 24 samples."""
    host = export.build(offline(TINY), "float32", streaming=True)
    described = artifact.describe(quick.artifact).model_copy(update={"block_size": 24})
    artifact.save(host, tmp_path / "a.ts", described)
    return quick.model_copy(update={"artifact": tmp_path / "a.ts"})


def test_block_sizes_that_the_file_cannot_take_are_left_out_and_that_is_said(of_one_size: Config) -> None:
    warned = Warned()
    result = bench.run(with_bench(of_one_size, block_sizes=[64, 240, 512]), warned)
    assert [row.block_size for row in result.results] == [240]
    assert any("takes blocks of 24 samples: blocks of 64 and 512 samples are not timed" in w for w in warned.warnings)
    with pytest.raises(ConfigError, match="the file takes blocks of 24 samples, not of 64 and 512"):
        bench.run(with_bench(of_one_size, block_sizes=[64, 512]))


def test_a_file_beside_it_has_blocks_of_its_own(of_one_size: Config, tmp_path: Path) -> None:
    like = artifact.describe(of_one_size.artifact)
    assert beside.write_exact(like, "float32", tmp_path / "b.ts").block_size is None
    assert beside.write_exact(like, "float32", tmp_path / "b.ts", 48).block_size == 48


def _copied(given: Path, path: Path) -> None:
    for source, target in zip(Onnx().files(given), Onnx().files(path), strict=True):
        shutil.copy(source, target)


def test_the_file_beside_it_is_of_the_format_that_its_name_tells(
    quick: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = []
    monkeypatch.setattr(Onnx, "save", lambda self, model, path, description: saved.append((path, description)) or 0)
    like = artifact.describe(quick.artifact).model_copy(update={"packed": True})
    beside.write_exact(like, "float32", tmp_path / "a.onnx")
    ((path, description),) = saved
    assert (path, description.source, description.lookahead) == (tmp_path / "a.onnx", "random weights", None)
    assert not description.packed  # which is TorchScript's


def test_formats_of_a_stream_that_is_not_exact_are_not_compared(quick: Config, tmp_path: Path) -> None:
    choices = quick.export.model_copy(update={"lookahead": 12.0})
    config = quick.model_copy(update={"artifact": tmp_path / "a.ts", "export": choices})
    export.run(config)
    with pytest.raises(ConfigError, match="compared by exact streams"):
        bench.run(with_bench(config, formats=["onnx"]))
    assert bench.run(with_bench(config, formats=["torchscript"], exact=False)).formats == ()
