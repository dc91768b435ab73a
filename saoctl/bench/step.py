"""The bench step: how fast the artifact runs, per device, precision, method and block size, and what that means.

Every device is measured in a process of its own, so that its memory and its first blocks are its own too.
"""

import math
import multiprocessing
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from saoctl import devices
from saoctl.bench import machine, plot, regressions, worker
from saoctl.bench import offline as baselines
from saoctl.bench.buffers import Buffer, could_hold, holds, no_buffers, smallest
from saoctl.bench.offline import Baseline
from saoctl.bench.regressions import Earlier, Regression
from saoctl.bench.timings import Timing, timing
from saoctl.blocks import check_block_sizes
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.files import check_output
from saoctl.formats import artifact as artifacts
from saoctl.formats import export
from saoctl.formats.description import Description
from saoctl.models.family import Architecture
from saoctl.models.registry import check_reference, family_of
from saoctl.progress import Progress, Silent
from saoctl.vocabulary import Method, Precision

ATTEMPTS = 3  # for a row that would fail


@dataclass(frozen=True)
class BenchResult:
    """All timings, what they mean, and the machine that they hold for.

    Args:
        passed: no realtime factor is below what was asked for, and none has regressed.
        artifact: what was timed.
        machine: that the figures hold for.
        warm_up_blocks: that were run before each row, and not measured.
        results: the timings.
        buffers: per device, precision and method the smallest buffer for nn~.
        no_buffers: why there are none.
        baselines: the offline model in the same run.
        disturbances: what made the figures worse than the machine is, a sentence each.
        min_rtf: the realtime factor that was asked for.
        too_slow: rows below it.
        tolerance: by how much of its earlier value a realtime factor may fall.
        regressions: rows that fell by more.
    """

    passed: bool
    artifact: Path
    machine: dict[str, Any]
    warm_up_blocks: int
    results: tuple[Timing, ...]
    buffers: tuple[Buffer, ...]
    no_buffers: str | None
    baselines: tuple[Baseline, ...]
    disturbances: tuple[str, ...]
    min_rtf: float | None
    too_slow: tuple[Timing, ...]
    tolerance: float
    regressions: tuple[Regression, ...]


def run(
    config: Config,
    progress: Progress | None = None,
    baseline: Path | None = None,
    tolerance: float = 0.2,
    min_rtf: float | None = None,
    plot_file: Path | None = None,
) -> BenchResult:
    """Time the config's artifact on the config's devices.

    Args:
        config: what to time.
        progress: a listener.
        baseline: the JSON of an earlier bench, which no row may fall behind.
        tolerance: by how much of its earlier value a realtime factor may fall, 0 to 1.
        min_rtf: a realtime factor that no row may fall below.
        plot_file: a file for a drawing of the realtime factors, in a format that its suffix names.

    A row that would fail, or that its slowest blocks alone keep from holding realtime, is measured anew, up to ATTEMPTS
    times in all, and its best counts.

    Raises:
        FileError: the artifact or the baseline is missing or not what it should be, the baseline has no row in common,
            or the artifact is of another architecture than the weights that other precisions are exported from.
        ConfigError: a block size is no multiple of the model's ratio, a device is not there, or the tolerance or
            `min_rtf` is impossible.
        WeightsError: a precision is not the artifact's, and the weights to export it from are not on this machine.
    """
    progress = progress or Silent()
    settings = config.bench
    if plot_file is not None:
        check_output(plot_file, "plot", plot.SUFFIXES)
    if not 0 <= tolerance < 1:
        raise ConfigError(f"A tolerance of {tolerance:g} is impossible.", "Give 0 or more and less than 1.")
    if min_rtf is not None and not 0 < min_rtf < math.inf:
        raise ConfigError(f"A realtime factor of {min_rtf:g} is impossible.", "Give a number above 0.")
    if settings.baselines:
        check_reference(config.verify.reference)
    names = devices.available() if settings.devices == "auto" else settings.devices
    found = list(dict.fromkeys(str(devices.resolve(name)) for name in names))
    description = artifacts.describe(config.artifact)
    architecture = description.architecture
    check_block_sizes(settings.block_sizes, architecture.ratio, "bench.block_sizes")
    precisions = list(dict.fromkeys(settings.precisions or [description.precision]))
    threads = settings.threads or torch.get_num_threads()
    methods, sizes = dict.fromkeys(settings.methods), dict.fromkeys(settings.block_sizes)
    rows = [(method, size) for method in methods for size in sizes]
    earlier = regressions.read(baseline) if baseline else Earlier({}, {})
    about = machine.describe_machine(threads)
    if baseline:
        keys = [(device, precision, *row) for device in found for precision in precisions for row in rows]
        for warning in (
            regressions.check_common(keys, earlier, baseline),
            regressions.differences(about, earlier),
        ):
            if warning:
                progress.warn(warning)

    work = family_of(architecture).arithmetic(architecture)
    timings: list[Timing] = []
    offline: list[Baseline] = []
    before = machine.read()
    with tempfile.TemporaryDirectory() as folder:
        files = _artifacts(config, description, precisions, Path(folder), progress)
        progress.start("Timing", total=len(rows) * len(found) * len(precisions))
        for device in found:
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                for precision, file in files.items():
                    if warning := devices.slow_precision(torch.device(device), precision):
                        progress.warn(warning)
                    peak = process.submit(worker.peak_gflops, device, precision, threads).result()
                    measured: list[Timing] = []
                    for method, size in rows:
                        job = worker.Job(file, device, precision, method, size, settings.seconds, threads)
                        least = max(min_rtf or 0.0, earlier.least((device, precision, method, size), tolerance))
                        measured.append(_timed(process, job, architecture, work, peak, least))
                        progress.advance()
                    # Again, as the first may have been disturbed.
                    peak = max(peak, process.submit(worker.peak_gflops, device, precision, threads).result())
                    timings += [replace(row, peak_gflops=peak, roofline_fraction=row.gflops / peak) for row in measured]
        if settings.baselines:
            offline = _offline(architecture, config.verify.reference, found, threads, progress)
    after = machine.read()

    results = tuple(_with_ratios(row, offline, earlier.factors) for row in timings)
    too_slow = tuple(row for row in results if min_rtf is not None and row.realtime_factor < min_rtf)
    fallen = regressions.regressions(results, earlier, tolerance)
    no_reason = no_buffers(description.streaming, architecture.ratio, settings.block_sizes)
    result = BenchResult(
        passed=not too_slow and not fallen,
        artifact=config.artifact,
        machine=about,
        warm_up_blocks=worker.WARM_UP_BLOCKS,
        results=results,
        buffers=() if no_reason else smallest(results, description.latency_samples, architecture.sample_rate),
        no_buffers=no_reason,
        baselines=tuple(row for row in offline if row.method in settings.methods),
        disturbances=machine.disturbances(before, after, threads, machine.cores()),
        min_rtf=min_rtf,
        too_slow=too_slow,
        tolerance=tolerance,
        regressions=fallen,
    )
    if plot_file is not None:
        progress.start("Drawing")
        plot.draw(result.results, result.baselines, f"Realtime factor of {config.artifact.name}", plot_file)
    return result


def _timed(
    process: Executor,
    job: worker.Job,
    architecture: Architecture,
    work: Mapping[Method, float],
    peak: float,
    least: float,
) -> Timing:
    """The best row of a job.

    It is repeated while its realtime factor is below `least`, or while its slowest blocks alone keep it from holding
    realtime: what disturbs a machine passes, a slower program stays slow.
    """
    rows: list[Timing] = []
    while not rows or (len(rows) < ATTEMPTS and not _settled(rows[-1], least)):
        try:
            measured = process.submit(worker.measure, job).result()
        except (RuntimeError, MemoryError) as error:  # a process that was killed for its memory too
            reason = (str(error).strip().splitlines() or ["no memory"])[0][:200]
            message = f"{job.method} cannot be run on {job.device} in blocks of {job.block_size} samples: {reason}"
            raise ConfigError(message.rstrip(".") + ".", "Choose smaller blocks.") from error
        rows.append(timing(job, measured, architecture, work, peak))
    return replace(max(rows, key=lambda row: (holds(row), row.realtime_factor)), attempts=len(rows))


def _settled(row: Timing, least: float) -> bool:
    return row.realtime_factor >= least and (holds(row) or not could_hold(row))


def _artifacts(
    config: Config, description: Description, precisions: Sequence[Precision], folder: Path, progress: Progress
) -> dict[Precision, Path]:
    """A file for each precision: the artifact itself for its own, and exports that are made for the occasion."""
    files: dict[Precision, Path] = {}
    for precision in precisions:
        files[precision] = config.artifact.resolve()
        if precision != description.precision:
            files[precision] = folder / f"{precision}.ts"
            choices = config.export.model_copy(
                update={"streaming": description.streaming, "skip_bottleneck": description.skip_bottleneck}
            )
            wanted = {"precision": precision, "artifact": files[precision], "export": choices}
            export.run(config.model_copy(update=wanted), progress)
            if artifacts.describe(files[precision]).architecture != description.architecture:
                raise FileError(
                    f"The weights of the config are of another architecture than {config.artifact}.",
                    f"To time it in {precision} too, choose the config that it was exported with.",
                )
    return files


def _offline(
    architecture: Architecture, kind: str, found: Sequence[str], threads: int, progress: Progress
) -> list[Baseline]:
    """The offline model on each device, in a process of its own."""
    progress.start("Timing the offline model", total=len(found))
    offline: list[Baseline] = []
    for device in found:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
            offline += process.submit(baselines.measure, architecture, kind, device, threads).result()
        progress.advance()
    return offline


def _with_ratios(row: Timing, offline: Sequence[Baseline], earlier: Mapping[regressions.Key, float]) -> Timing:
    """A row set in relation to the baselines and to itself in an earlier bench."""
    factors = {(each.device, each.method, each.kind): each.realtime_factor for each in offline}

    def over(factor: float | None) -> float | None:
        return row.realtime_factor / factor if factor else None

    return replace(
        row,
        speedup=over(earlier.get(row.key)),
        speedup_over_offline=over(factors.get((row.device, row.method, "offline"))),
        speedup_over_overlap=over(factors.get((row.device, row.method, "overlap"))),
    )
