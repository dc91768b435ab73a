"""The bench step: how fast the artifact runs, per device, precision, method and block size, and what that means.

Every device, and every other format, is measured in a process of its own, so that its memory, its first blocks and its
threads are its own too.
"""

import multiprocessing
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import torch

from saoctl import devices
from saoctl.bench import attempts, beside, machine, offline, plot, regressions, worker
from saoctl.bench.buffers import (
    BufferChoice,
    PairBufferChoice,
    choose_buffers,
    choose_pair_buffers,
    no_buffers,
)
from saoctl.bench.offline import OfflineTiming
from saoctl.bench.paired import Paired
from saoctl.bench.regressions import Comparison, Earlier, Regression
from saoctl.bench.timing import FormatTiming, Pair, Timing
from saoctl.blocks import block_sizes_of_file
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact as artifacts
from saoctl.formats import export
from saoctl.formats.description import Description
from saoctl.formats.limits import PACKED_PRECISIONS
from saoctl.formats.origin import Weights, other_weights, with_weights_of
from saoctl.models.registry import check_reference
from saoctl.progress import Progress, Silent
from saoctl.vocabulary import FormatName, Method, Precision
from saoctl.weights import basis as bases

PAIR: tuple[Method, Method] = ("encode", "decode")  # what runs in two objects of a patch
USUAL_BLOCK_SIZES = (2048, 4096, 8192, 16384)


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
        offline: the offline model in the same run.
        disturbances: what made the figures worse than the machine is, a sentence each.
        min_rtf: the realtime factor that was asked for.
        too_slow: rows below it.
        tolerance: the share of its earlier speed that a row may lose.
        regressions: rows that lost more, and more than noise explains.
        time_limit: seconds of wall time that a row was given.
        lookahead: of the artifact, see `saoctl export`; None if it is exact.
        exact: of a file with less, the exact file of the same architecture in the same run.
        exact_buffers: its smallest buffers.
        format: of the artifact.
        formats: files of the other formats that were asked for, of the same architecture in the same run.
        together: encode and decode at once in one process, if that was asked for.
        together_buffers: per device and precision the smallest buffer for encode and decode in two objects of nn~.
        together_too_slow: of `together` what is below `min_rtf`, where no other number of threads reaches it.
        weights: those that other precisions were exported from, and whether the config or the artifact named them; None
            if there are none.
        paired: the processor times of the rows on the CPU, by which a later bench compares them.
        comparison: how well the rows could be compared with the baseline; null without one.
    """

    passed: bool
    artifact: Path
    machine: dict[str, Any]
    warm_up_blocks: int
    results: tuple[Timing, ...]
    buffers: tuple[BufferChoice, ...]
    no_buffers: str | None
    offline: tuple[OfflineTiming, ...] = field(metadata={"old_name": "baselines"})
    disturbances: tuple[str, ...]
    min_rtf: float | None
    too_slow: tuple[Timing, ...]
    tolerance: float
    regressions: tuple[Regression, ...]
    time_limit: float
    lookahead: dict[str, int] | None = None
    exact: tuple[Timing, ...] = ()
    exact_buffers: tuple[BufferChoice, ...] = ()
    format: FormatName = "torchscript"
    formats: tuple[FormatTiming, ...] = ()
    together: tuple[Pair, ...] = ()
    together_buffers: tuple[PairBufferChoice, ...] = ()
    together_too_slow: tuple[Pair, ...] = ()
    weights: Weights | None = None
    paired: tuple[Paired, ...] = ()
    comparison: Comparison | None = None


@dataclass(frozen=True)
class Timed:
    """The rows of an artifact, those of the exact file beside it if there is one, and its methods at once.

    Args:
        rows, exact: the first two, in the same order.
        formats: of files of other formats.
        together: encode and decode at once.
        paired: processor times of the first.
        exact_latency: of the exact file, per method in audio samples.
        weights: that other precisions were exported from.
    """

    rows: tuple[Timing, ...]
    exact: tuple[Timing, ...]
    formats: tuple[FormatTiming, ...]
    together: tuple[Pair, ...]
    paired: tuple[Paired, ...]
    exact_latency: Mapping[str, int] = field(default_factory=dict)
    weights: Weights | None = None


@dataclass(frozen=True)
class Plan:
    """What is timed, and what the figures are held to.

    Args:
        description: of the artifact.
        devices, precisions: on which and in which.
        rows: methods and block sizes, on each device in each precision.
        threads: of the CPU.
        earlier: what no row may fall behind.
        min_rtf: what no row may fall below; 0 if nothing was asked for.
        tolerance: the share of its earlier speed that a row may lose.
        beside_exact: time the exact file too.
        formats: to time too, besides the artifact's own.
        together: time encode and decode at once too.
    """

    description: Description
    devices: tuple[str, ...]
    precisions: tuple[Precision, ...]
    rows: tuple[tuple[Method, int], ...]
    threads: int
    earlier: Earlier
    min_rtf: float
    tolerance: float
    beside_exact: bool
    formats: tuple[FormatName, ...]
    together: bool

    @property
    def block_sizes(self) -> list[int]:
        """Of all rows."""
        return list(dict.fromkeys(size for _, size in self.rows))

    @property
    def keys(self) -> list[regressions.Key]:
        """Of all rows, on all devices in all precisions."""
        return [
            (device, precision, *row) for device in self.devices for precision in self.precisions for row in self.rows
        ]

    def threads_each(self, device: str) -> tuple[int, ...]:
        """The numbers of CPU threads that encode and decode are given at once: what a host has at first, and one."""
        return tuple(dict.fromkeys((self.threads, 1))) if device == "cpu" else (self.threads,)

    @property
    def steps(self) -> int:
        """How many measurements there are, without those that are repeated."""
        paired = len(self.precisions) * ("cpu" in self.devices)
        each = sum(len(self.threads_each(device)) for device in self.devices) * len(self.block_sizes)
        return len(self.keys) + each * len(self.precisions) * self.together + paired

    def least(self, key: regressions.Key) -> float:
        """The realtime factor that a row may fall to."""
        return max(self.min_rtf, self.earlier.least(key, self.tolerance))


def run(
    config: Config,
    progress: Progress | None = None,
    baseline: Path | None = None,
    tolerance: float = 0.15,
    min_rtf: float | None = None,
    plot_file: Path | None = None,
) -> BenchResult:
    """Time the config's artifact on the config's devices.

    Args:
        config: what to time.
        progress: a listener.
        baseline: the JSON of an earlier bench, which no row may fall behind.
        tolerance: the share of its earlier speed that a row may lose, 0 to 1.
        min_rtf: a realtime factor that no row may fall below.
        plot_file: a file for a drawing of the realtime factors, in a format that its suffix names.

    With `bench.together`, encode and decode run at once too, whichever of them `bench.methods` names. An earlier bench
    does not count there. `min_rtf` does, for the number of threads that serves best.

    A row that would fail, or that its slowest blocks alone keep from holding realtime, is measured anew, up to three
    times in all, and its best counts. Processor times that have grown by more than the tolerance are measured once
    more, and all of them count.

    Raises:
        FileError: the artifact or the baseline is missing or not what it should be, the baseline has no row in common,
            or the artifact is of another architecture than the weights that other precisions are exported from.
        ConfigError: a block size is no multiple of the model's ratio, the artifact can be run in none of them, a
            device is not there, or the tolerance or `min_rtf` is impossible.
        WeightsError: a precision is not the artifact's, and the weights to export it from are not on this machine.
    """
    progress = progress or Silent()
    plan = _plan(config, baseline, tolerance, min_rtf, progress)
    about = machine.describe_machine(plan.threads)
    if baseline is not None:
        for warning in (
            regressions.check_common(plan.keys, plan.earlier, baseline),
            regressions.lacks_processor_times(plan.keys, plan.earlier, baseline),
            regressions.differences(about, plan.earlier),
        ):
            if warning:
                progress.warn(warning)
    before = machine.read()
    timed = _time_artifact(config, plan, progress)
    offline_timings = _time_offline(config, plan, progress) if config.bench.offline else []
    after = machine.read()
    disturbances = machine.disturbances(before, after, plan.threads, machine.cores())
    result = _judge(config, plan, timed, offline_timings, about, disturbances, min_rtf)
    if baseline is not None:
        result = _compared(result, plan, machine.undisturbed(before, after))
    if plot_file is not None:
        progress.start("Drawing")
        plot.draw(result.results, result.offline, f"Realtime factor of {config.artifact.name}", plot_file)
    return result


def _plan(config: Config, baseline: Path | None, tolerance: float, min_rtf: float | None, progress: Progress) -> Plan:
    """What is to be timed, refused as far as it cannot be, before any work."""
    settings = config.bench
    if settings.offline:
        check_reference(config.reference)
    here = ["cpu"] if artifacts.format_of(config.artifact).cpu_only else devices.available()
    names = here if settings.devices == "auto" else settings.devices
    found = tuple(dict.fromkeys(str(devices.resolve(name)) for name in names))
    description = artifacts.describe(config.artifact)
    ratio, own = description.architecture.ratio, description.block_size
    sizes, others = block_sizes_of_file(settings.block_sizes, USUAL_BLOCK_SIZES, ratio, own, "bench.block_sizes")
    if others:
        told = " and ".join(map(str, others))
        progress.warn(f"{config.artifact} takes blocks of {own} samples: blocks of {told} samples are not timed.")
    return Plan(
        description=description,
        devices=found,
        precisions=tuple(dict.fromkeys(settings.precisions or [description.precision])),
        rows=tuple((method, size) for method in dict.fromkeys(settings.methods) for size in sizes),
        threads=settings.threads or torch.get_num_threads(),
        earlier=regressions.read(baseline) if baseline else Earlier({}, {}),
        min_rtf=min_rtf or 0.0,
        tolerance=tolerance,
        beside_exact=settings.exact and description.lookahead is not None,
        formats=_other_formats(config, description),
        together=settings.together,
    )


def _other_formats(config: Config, description: Description) -> tuple[FormatName, ...]:
    """Those that are asked for, besides the artifact's own.

    Raises:
        ConfigError: the artifact is not exact, so that files of other formats would not be the same.
    """
    own = artifacts.format_of(config.artifact).name
    others = tuple(name for name in dict.fromkeys(config.bench.formats or ()) if name != own)
    if others and (description.lookahead is not None or not description.streaming):
        raise ConfigError("Formats are compared by exact streams.", "Give an exact file, or leave --format out.")
    return others


def _time_artifact(config: Config, plan: Plan, progress: Progress) -> Timed:
    """All rows on all devices, each device in a process of its own."""
    timings: list[Timing] = []
    exact_timings: list[Timing] = []
    format_timings: list[FormatTiming] = []
    pairs: list[Pair] = []
    paired: list[Paired] = []
    latency: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        files, weights = _artifacts(config, plan, Path(folder), progress)
        exact_files: dict[Precision, Path] = {}
        if plan.beside_exact:
            progress.start("Building the exact file beside it")
            for precision in files:
                exact_files[precision] = Path(folder) / f"exact-{precision}.ts"
                latency = beside.write_exact(plan.description, precision, exact_files[precision]).latency_samples
        others = _other_files(plan, Path(folder), progress)
        progress.start("Timing", total=plan.steps)
        for device in plan.devices:
            with ExitStack() as stack:
                process = stack.enter_context(_process())
                # Each runtime has threads of its own that wait for work, and would disturb those of the others.
                processes = {name: stack.enter_context(_process()) for name in plan.formats}
                for precision, file in files.items():
                    if warning := devices.slow_precision(torch.device(device), precision):
                        progress.warn(warning)
                    exact = exact_files.get(precision)
                    formats = {
                        name: (processes[name], paths)
                        for (name, of), paths in others.items()
                        if of == precision and (device == "cpu" or not artifacts.format_named(name).cpu_only)
                    }
                    found = _time_precision(config, plan, process, device, precision, file, exact, formats, progress)
                    timings += found.rows
                    format_timings += found.formats
                    exact_timings += found.exact
                    pairs += found.together
                    paired += found.paired
    rows = (tuple(timings), tuple(exact_timings), tuple(format_timings), tuple(pairs), tuple(paired))
    return Timed(*rows, latency, weights)


def _other_files(plan: Plan, folder: Path, progress: Progress) -> dict[tuple[FormatName, Precision], dict[int, Path]]:
    """The file of each other format for each block size, in each precision that it can hold; of the others, a word.

    One file is for all sizes, but where the format fixes the size of its blocks: a host has one that was exported for
    its own.
    """
    files: dict[tuple[FormatName, Precision], dict[int, Path]] = {}
    for name in plan.formats:
        kind = artifacts.format_named(name)
        for precision in plan.precisions:
            try:
                kind.check(precision, streaming=True)
            except ConfigError as error:
                progress.warn(f"{name} is left out: {error}")
                continue
            fixed = kind.limits.fixed_blocks
            sizes = plan.block_sizes if fixed else [None]
            what = (
                f"{name} files beside it, one for each block size"
                if kind.limits.fixed_blocks
                else f"{name} file beside it"
            )
            progress.start(f"Building the {what}", total=len(sizes))
            paths = []
            for size in sizes:
                paths.append(folder / f"{name}-{precision}-{size}{kind.suffix}")
                beside.write_exact(plan.description, precision, paths[-1], size)
                progress.advance()
            files[name, precision] = dict(zip(plan.block_sizes, cycle(paths)))
    return files


def _time_precision(
    config: Config,
    plan: Plan,
    process: Executor,
    device: str,
    precision: Precision,
    file: Path,
    exact: Path | None,
    formats: Mapping[FormatName, tuple[Executor, Mapping[int, Path]]],
    progress: Progress,
) -> Timed:
    """The rows of one file on one device, set against what the device could do."""
    settings, architecture = config.bench, plan.description.architecture
    peak = process.submit(worker.peak_gflops, device, precision, plan.threads).result()
    rows: list[Timing] = []
    exact_rows: list[Timing] = []
    format_rows: list[FormatTiming] = []
    pairs: list[Pair] = []

    def job_of(method: Method, size: int) -> worker.Job:
        return worker.Job(file, device, precision, method, size, settings.seconds, plan.threads, settings.time_limit)

    for method, size in plan.rows:
        job = job_of(method, size)
        rows += attempts.rows(process, [job], architecture, plan.least((device, precision, method, size)), peak)
        if exact is not None:
            exact_rows += attempts.rows(process, [replace(job, artifact=exact)], architecture, 0.0, peak)
        for name, (own_process, paths) in formats.items():
            (row,) = attempts.rows(own_process, [replace(job, artifact=paths[size])], architecture, 0.0, peak)
            format_rows.append(FormatTiming(name, row))
        progress.advance()
    for size in plan.block_sizes if plan.together else ():
        least = plan.min_rtf
        for threads in plan.threads_each(device):
            jobs = [replace(job_of(method, size), threads=threads) for method in PAIR]
            pair = Pair(threads, *attempts.rows(process, jobs, architecture, least, peak))
            pairs.append(pair)
            if pair.slower.realtime_factor >= least:
                least = 0.0  # one number of threads that is fast enough will do
            progress.advance()
    paired: Sequence[Paired] = ()
    if device == "cpu":
        alone = {job.key: job for job in (job_of(method, size) for method, size in plan.rows)}

        def measure(keys: Sequence[regressions.Key]) -> Sequence[Paired]:
            return attempts.paired(process, [alone[key] for key in keys])

        paired = regressions.measured(measure, list(alone), plan.earlier, plan.tolerance)
        progress.advance()
    # Again, as the first may have been disturbed.
    peak = max(peak, process.submit(worker.peak_gflops, device, precision, plan.threads).result())

    def against_peak(row: Timing) -> Timing:
        return replace(row, peak_gflops=peak, roofline_fraction=row.gflops / peak)

    return Timed(
        tuple(map(against_peak, rows)),
        tuple(map(against_peak, exact_rows)),
        tuple(replace(each, timing=against_peak(each.timing)) for each in format_rows),
        tuple(Pair(pair.threads, *map(against_peak, pair.rows)) for pair in pairs),
        tuple(paired),
    )


def _artifacts(
    config: Config, plan: Plan, folder: Path, progress: Progress
) -> tuple[dict[Precision, Path], Weights | None]:
    """Return a file for each precision, and the weights that those which are exported for the occasion are from.

    The artifact itself is the file for its own precision.
    """
    description, weights = plan.description, None
    files: dict[Precision, Path] = {}
    for precision in plan.precisions:
        files[precision] = config.artifact.resolve()
        if precision != description.precision:
            files[precision] = folder / f"{precision}{config.artifact.suffix}"
            choices = config.export.model_copy(update=_choices(description, precision, folder))
            chosen = with_weights_of(config, description)
            wanted = {"precision": precision, "artifact": files[precision], "export": choices}
            export.run(chosen.model_copy(update=wanted), progress)
            made = artifacts.describe(files[precision])
            if chosen is config:
                weights = Weights(made.source, made.commit, "config")
            elif made.weights == description.weights:
                weights = Weights(description.source, made.commit, "artifact")
            else:
                raise other_weights(config.artifact, description.source)
            if made.architecture != description.architecture:
                raise FileError(
                    f"The weights of the config are of another architecture than {config.artifact}.",
                    f"To time it in {precision} too, choose the config that it was exported with.",
                )
    return files, weights


def _choices(description: Description, precision: Precision, folder: Path) -> dict[str, Any]:
    """The choices of the config's `export` section with which a file was exported, for another precision of it.

    Its basis is put into a folder.
    """
    basis = description.basis
    if basis is not None:
        bases.write(basis.whole(description.architecture), folder / "basis.safetensors")
    rate, late = description.architecture.sample_rate, description.latency_samples
    milliseconds = {method: samples / rate * 1e3 for method, samples in late.items()}
    exact = description.lookahead is None
    return {
        "streaming": description.streaming,
        "skip_bottleneck": description.skip_bottleneck,
        "block_size": description.block_size,
        "lookahead": "exact" if exact else milliseconds["forward"],
        "lookahead_encode": None if exact else milliseconds["encode"],
        "lookahead_decode": None if exact else milliseconds["decode"],
        "basis": None if basis is None else folder / "basis.safetensors",
        "latents": None if basis is None else basis.latents,
        "packed": description.packed and precision in PACKED_PRECISIONS,
    }


def _time_offline(config: Config, plan: Plan, progress: Progress) -> list[OfflineTiming]:
    """The offline model on each device, in a process of its own."""
    progress.start("Timing the offline model", total=len(plan.devices))
    timings: list[OfflineTiming] = []
    for device in plan.devices:
        with _process() as process:
            timings += process.submit(
                offline.measure,
                plan.description.architecture,
                config.reference,
                device,
                plan.threads,
                config.bench.time_limit,
            ).result()
        progress.advance()
    return timings


def _judge(
    config: Config,
    plan: Plan,
    timed: Timed,
    offline_timings: Sequence[OfflineTiming],
    about: dict[str, Any],
    disturbances: tuple[str, ...],
    min_rtf: float | None,
) -> BenchResult:
    """What the timings mean: the rows that are too slow, and the buffers for nn~."""
    architecture = plan.description.architecture
    beside = {row.key: row for row in timed.exact}
    rows = tuple(_with_ratios(row, offline_timings, plan.earlier.factors, beside.get(row.key)) for row in timed.rows)
    too_slow = tuple(row for row in rows if row.realtime_factor < plan.min_rtf)
    together_too_slow = tuple(
        pair for pair in _best_pairs(timed.together) if pair.slower.realtime_factor < plan.min_rtf
    )
    no_reason = no_buffers(plan.description.streaming, architecture.ratio, plan.block_sizes)
    buffers = choose_buffers(rows, plan.description.latency_samples, architecture.sample_rate)
    exact_buffers = choose_buffers(timed.exact, timed.exact_latency, architecture.sample_rate)
    together_buffers = choose_pair_buffers(
        timed.together, plan.description.latency_samples, architecture.ratio, architecture.sample_rate
    )
    return BenchResult(
        passed=not too_slow and not together_too_slow,
        artifact=config.artifact,
        machine=about,
        warm_up_blocks=worker.WARM_UP_BLOCKS,
        results=rows,
        buffers=() if no_reason else buffers,
        no_buffers=no_reason,
        offline=tuple(row for row in offline_timings if row.method in config.bench.methods),
        disturbances=disturbances,
        min_rtf=min_rtf,
        too_slow=too_slow,
        tolerance=plan.tolerance,
        regressions=(),
        time_limit=config.bench.time_limit,
        lookahead=plan.description.lookahead,
        exact=timed.exact,
        exact_buffers=() if no_reason else exact_buffers,
        format=artifacts.format_of(config.artifact).name,
        formats=timed.formats,
        together=timed.together,
        together_buffers=() if no_reason else together_buffers,
        together_too_slow=together_too_slow,
        weights=timed.weights,
        paired=timed.paired,
    )


def _compared(result: BenchResult, plan: Plan, undisturbed: bool) -> BenchResult:
    """A result with what its rows have lost since the baseline."""
    fallen, comparison = regressions.compare(result.results, result.paired, plan.earlier, plan.tolerance, undisturbed)
    return replace(result, passed=result.passed and not fallen, regressions=fallen, comparison=comparison)


def _best_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """Of each device, precision and block size the pair with the number of threads that serves best."""
    groups: dict[regressions.Key, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair.encode.key, []).append(pair)
    return [max(group, key=lambda pair: pair.slower.realtime_factor) for group in groups.values()]


def _with_ratios(
    row: Timing,
    offline_timings: Sequence[OfflineTiming],
    earlier: Mapping[regressions.Key, float],
    beside: Timing | None,
) -> Timing:
    """A row set in relation to the offline model, to itself in an earlier bench, and to the exact file."""
    factors = {(each.device, each.method, each.kind): each.realtime_factor for each in offline_timings}

    def over(factor: float | None) -> float | None:
        return row.realtime_factor / factor if factor else None

    return replace(
        row,
        speedup=over(earlier.get(row.key)),
        speedup_over_offline=over(factors.get((row.device, row.method, "offline"))),
        speedup_over_overlap=over(factors.get((row.device, row.method, "overlap"))),
        cost_over_exact=None if beside is None else row.median_ms / beside.median_ms,
    )


@contextmanager
def _process() -> Iterator[Executor]:
    """A process of its own to measure in, which ends with this one: a signal may have reached this one alone."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        try:
            yield executor
        except KeyboardInterrupt:
            for child in multiprocessing.active_children():
                child.terminate()
            raise
