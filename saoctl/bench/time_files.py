"""The bench step: how fast exported files run, per device, method and block size, and what that means.

The files are timed by turns, row by row. Each device has fresh processes of its own, so that memory, first blocks and
threads are its own too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from saoctl import devices
from saoctl.bench import machine, offline, plot, regressions, worker
from saoctl.bench.buffers import BufferChoice, PairBufferChoice, choose_buffers, choose_pair_buffers, no_buffers
from saoctl.bench.offline import OfflineTiming
from saoctl.bench.paired import Paired
from saoctl.bench.process import worker_process
from saoctl.bench.regressions import Earlier
from saoctl.bench.result import BenchResult, TimedFile
from saoctl.bench.timing import Pair, Timing
from saoctl.bench.turns import BenchFile, Turns, slow_precisions
from saoctl.blocks import block_sizes_of_file
from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.models.registry import check_reference
from saoctl.progress import Progress, Silent
from saoctl.vocabulary import Method

USUAL_BLOCK_SIZES = (2048, 4096, 8192, 16384)


@dataclass(frozen=True)
class BenchPlan:
    """What is timed, and what the figures are held to.

    Args:
        files: the files, each with the block sizes that it is timed in.
        devices: where they run.
        methods: encode, decode, forward.
        threads: of the CPU.
        earlier: what no row may fall behind.
        min_rtf: the realtime factor that no row may fall below; 0 if nothing was asked for.
        tolerance: the share of its earlier speed that a row may lose.
        together: time encode and decode at once too.
        reference: which offline model is timed too; None if none is.
    """

    files: tuple[tuple[BenchFile, tuple[int, ...]], ...]
    devices: tuple[str, ...]
    methods: tuple[Method, ...]
    threads: int
    earlier: Earlier
    min_rtf: float
    tolerance: float
    together: bool
    reference: str | None

    @property
    def first(self) -> BenchFile:
        """The file that the others are compared with."""
        return self.files[0][0]

    def turns(self, device: str) -> list[tuple[int, Method, int]]:
        """Return the rows of a device in the order in which they are timed: index of the file, method, block size.

        The files take turns at each method and block size.
        """
        every = dict.fromkeys(size for _, sizes in self.files for size in sizes)
        return [
            (index, method, size)
            for method in self.methods
            for size in every
            for index, (file, sizes) in enumerate(self.files)
            if size in sizes and file.runs_on(device)
        ]

    @property
    def keys(self) -> list[regressions.Key]:
        """The rows of all devices, as a baseline names them."""
        return [
            (device, self.files[index][0].description.precision, method, size)
            for device in self.devices
            for index, method, size in self.turns(device)
        ]

    def threads_each(self, device: str) -> tuple[int, ...]:
        """Return the numbers of CPU threads that encode and decode are given at once: a host's default, and one."""
        return tuple(dict.fromkeys((self.threads, 1))) if device == "cpu" else (self.threads,)

    def least(self, key: regressions.Key) -> float:
        """Return the realtime factor that a row may fall to."""
        return max(self.min_rtf, self.earlier.least(key, self.tolerance))


@dataclass(frozen=True)
class MeasuredRows:
    """What was measured.

    Args:
        rows: the rows, per device file by file.
        together: encode and decode at once.
        paired: processor times of the rows.
    """

    rows: list[Timing] = field(default_factory=list)
    together: list[Pair] = field(default_factory=list)
    paired: list[Paired] = field(default_factory=list)


def run(
    config: Config,
    progress: Progress | None = None,
    baseline: Path | None = None,
    tolerance: float = 0.15,
    min_rtf: float | None = None,
    plot_file: Path | None = None,
    files: Sequence[Path] = (),
) -> BenchResult:
    """Time exported files by turns on the config's devices.

    With `bench.together`, encode and decode run at once too, whatever `bench.methods` says. An earlier bench does not
    count there. `min_rtf` does, for the number of threads that serves best.

    A row that would fail, or that misses realtime by its slowest blocks alone, is measured anew, up to three times in
    all, and its best counts. Processor times that have grown by more than the tolerance are measured once more, and all
    of them count.

    Args:
        config: on which devices, which methods, in which blocks.
        progress: a listener.
        baseline: the JSON of an earlier bench, which no row may fall behind.
        tolerance: the share of its earlier speed that a row may lose, 0 to 1.
        min_rtf: a realtime factor that no row may fall below.
        plot_file: a file for a drawing of the realtime factors, in a format that its suffix names.
        files: the exported files; none: the config's artifact.

    Raises:
        FileError: a file or the baseline is missing or not what it should be, or the baseline has no row in common.
        ConfigError: a block size is no multiple of a model's ratio, a file can be run in none of them or on no device,
            a device is not there, or there is a baseline for several files.
    """
    progress = progress or Silent()
    plan = _plan(config, files or (config.artifact,), baseline, tolerance, min_rtf, progress)
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
    measured = _measure(config, plan, progress)
    offline_timings = [] if plan.reference is None else _time_offline(config, plan, plan.reference, progress)
    after = machine.read()
    disturbances = machine.disturbances(before, after, plan.threads, machine.cores())
    result = _judge(config, plan, measured, offline_timings, about, disturbances, min_rtf)
    if baseline is not None:
        result = _compared(result, plan, machine.undisturbed(before, after))
    if plot_file is not None:
        progress.start("Drawing")
        plot.draw(result.results, result.offline, f"Realtime factor of {_names(plan)}", plot_file)
    return result


def _plan(
    config: Config,
    files: Sequence[Path],
    baseline: Path | None,
    tolerance: float,
    min_rtf: float | None,
    progress: Progress,
) -> BenchPlan:
    """Decide what is timed, and refuse what cannot be, before any work."""
    settings = config.bench
    reference = config.reference if settings.offline else None
    if reference is not None:
        check_reference(reference)
    if baseline is not None and len(files) > 1:
        raise ConfigError("A baseline is of one file, and cannot be compared with several.", "Name one file.")
    found = [BenchFile.read(path) for path in dict.fromkeys(files)]
    timed = []
    for file in found:
        own = file.description.block_size
        sizes, others = block_sizes_of_file(
            settings.block_sizes, USUAL_BLOCK_SIZES, file.architecture.ratio, own, "bench.block_sizes"
        )
        if others:
            told = " and ".join(map(str, others))
            progress.warn(f"{file.path} takes blocks of {own} samples: blocks of {told} samples are not timed.")
        timed.append((file, tuple(sizes)))
    here = devices.available() if any(not file.format.cpu_only for file in found) else ["cpu"]
    names = here if settings.devices == "auto" else settings.devices
    chosen = tuple(dict.fromkeys(str(devices.resolve(name)) for name in names))
    for file in found:
        if not any(map(file.runs_on, chosen)):
            raise ConfigError(f"{file.path} runs on the CPU alone.", "Choose --device cpu.")
    return BenchPlan(
        files=tuple(timed),
        devices=chosen,
        methods=tuple(dict.fromkeys(settings.methods)),
        threads=settings.threads or torch.get_num_threads(),
        earlier=regressions.read(baseline) if baseline else Earlier({}, {}),
        min_rtf=min_rtf or 0.0,
        tolerance=tolerance,
        together=settings.together,
        reference=reference,
    )


def _measure(config: Config, plan: BenchPlan, progress: Progress) -> MeasuredRows:
    """Time all rows on all devices."""
    found = MeasuredRows()
    for device in plan.devices:
        files = [(file, sizes) for file, sizes in plan.files if file.runs_on(device)]
        for warning in slow_precisions([file for file, _ in files], device):
            progress.warn(warning)
        with Turns(device, plan.threads, config.bench.seconds, config.bench.time_limit) as turns:
            rows = _time_rows(turns, plan, progress)
            pairs = _time_together(turns, plan, files, progress) if plan.together else []
            if device == "cpu" and len(plan.files) == 1:  # those of several files could not be told apart later
                progress.start("Measuring the processor times")
                found.paired.extend(_measure_processor_times(turns, plan))
            turns.measure_peaks_again()
        found.rows.extend(map(turns.against_peak, rows))
        found.together.extend(Pair(pair.threads, *map(turns.against_peak, pair.rows)) for pair in pairs)
    return found


def _time_rows(turns: Turns, plan: BenchPlan, progress: Progress) -> list[Timing]:
    """Time the files by turns on a device, and return the rows file by file."""
    order = plan.turns(turns.device)
    progress.start("Timing", total=len(order))
    rows: list[tuple[int, Timing]] = []
    for index, method, size in order:
        file = plan.files[index][0]
        rows.append((index, turns.time(file, method, size, plan.least(turns.task(file, method, size).key))))
        progress.advance()
    return [row for _, row in sorted(rows, key=lambda each: each[0])]  # the order within a file stays


def _time_together(
    turns: Turns, plan: BenchPlan, files: Sequence[tuple[BenchFile, Sequence[int]]], progress: Progress
) -> list[Pair]:
    """Time encode and decode at once on a device."""
    threads_each = plan.threads_each(turns.device)
    progress.start("Timing encode and decode at once", total=len(threads_each) * sum(len(sizes) for _, sizes in files))
    pairs: list[Pair] = []
    for file, size in ((file, size) for file, sizes in files for size in sizes):
        least = plan.min_rtf
        for threads in threads_each:
            pairs.append(turns.time_together(file, size, threads, least))
            if pairs[-1].slower.realtime_factor >= least:
                least = 0.0  # one number of threads that is fast enough will do
            progress.advance()
    return pairs


def _measure_processor_times(turns: Turns, plan: BenchPlan) -> Sequence[Paired]:
    """Measure the processor times of the first file's rows; those that would fail are measured once more."""
    tasks = [turns.task(plan.first, method, size) for _, method, size in plan.turns(turns.device)]
    by_key = {task.key: task for task in tasks}

    def measure(keys: Sequence[regressions.Key]) -> Sequence[Paired]:
        return turns.processor_times(plan.first, [by_key[key] for key in keys])

    return regressions.measured(measure, list(by_key), plan.earlier, plan.tolerance)


def _time_offline(config: Config, plan: BenchPlan, reference: str, progress: Progress) -> list[OfflineTiming]:
    """Time the offline model of the first file on each device, in a process of its own."""
    progress.start("Timing the offline model", total=len(plan.devices))
    timings: list[OfflineTiming] = []
    for device in plan.devices:
        with worker_process() as process:
            timings += process.submit(
                offline.measure,
                plan.first.architecture,
                reference,
                device,
                plan.threads,
                config.bench.time_limit,
            ).result()
        progress.advance()
    return timings


def _judge(
    config: Config,
    plan: BenchPlan,
    measured: MeasuredRows,
    offline_timings: Sequence[OfflineTiming],
    about: dict[str, Any],
    disturbances: tuple[str, ...],
    min_rtf: float | None,
) -> BenchResult:
    """Say what the timings mean: the rows that are too slow, the ratios, and the buffers for nn~."""
    rows = _with_ratios(plan, measured.rows, offline_timings)
    too_slow = tuple(row for row in rows if row.realtime_factor < plan.min_rtf)
    together_too_slow = tuple(
        pair for pair in _best_pairs(measured.together) if pair.slower.realtime_factor < plan.min_rtf
    )
    files: list[TimedFile] = []
    buffers: list[BufferChoice] = []
    pair_buffers: list[PairBufferChoice] = []
    for file, sizes in plan.files:
        path, described, architecture = file.path, file.description, file.architecture
        late, rate = described.latency_samples, architecture.sample_rate
        reason = no_buffers(described.streaming, architecture.ratio, sizes)
        if reason is None:
            buffers += choose_buffers([row for row in rows if row.artifact == path], late, rate)
            own_pairs = [pair for pair in measured.together if pair.encode.artifact == path]
            pair_buffers += choose_pair_buffers(own_pairs, late, architecture.ratio, rate)
        files.append(
            TimedFile(
                artifact=path,
                format=file.format.name,
                precision=described.precision,
                lookahead=described.lookahead,
                packed=described.packed,
                latency_samples=late,
                no_buffers=reason,
            )
        )
    return BenchResult(
        passed=not too_slow and not together_too_slow,
        artifact=files[0].artifact,
        machine=about,
        warm_up_blocks=worker.WARM_UP_BLOCKS,
        results=rows,
        buffers=tuple(buffers),
        no_buffers=files[0].no_buffers,
        offline=tuple(row for row in offline_timings if row.method in config.bench.methods),
        disturbances=disturbances,
        min_rtf=min_rtf,
        too_slow=too_slow,
        tolerance=plan.tolerance,
        regressions=(),
        time_limit=config.bench.time_limit,
        lookahead=files[0].lookahead,
        format=files[0].format,
        files=tuple(files),
        together=tuple(measured.together),
        together_buffers=tuple(pair_buffers),
        together_too_slow=together_too_slow,
        paired=tuple(measured.paired),
    )


def _compared(result: BenchResult, plan: BenchPlan, undisturbed: bool) -> BenchResult:
    """Return a result with what its rows have lost since the baseline."""
    fallen, comparison = regressions.compare(result.results, result.paired, plan.earlier, plan.tolerance, undisturbed)
    return replace(result, passed=result.passed and not fallen, regressions=fallen, comparison=comparison)


def _best_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """Return of each file, device and block size the pair with the number of threads that serves best."""
    groups: dict[tuple[Path, regressions.Key], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((pair.encode.artifact, pair.encode.key), []).append(pair)
    return [max(group, key=lambda pair: pair.slower.realtime_factor) for group in groups.values()]


def _with_ratios(
    plan: BenchPlan, rows: Sequence[Timing], offline_timings: Sequence[OfflineTiming]
) -> tuple[Timing, ...]:
    """Return rows with their ratios to the offline model, to an earlier bench, and to the first file."""
    factors = {(each.device, each.method, each.kind): each.realtime_factor for each in offline_timings}
    first = {(row.device, row.method, row.block_size): row for row in rows if row.artifact == plan.first.path}
    same_model = {file.path for file, _ in plan.files if file.architecture == plan.first.architecture}

    def ratios(row: Timing) -> dict[str, float | None]:
        known: Mapping[Any, float] = factors if row.artifact in same_model else {}
        beside = first.get((row.device, row.method, row.block_size)) if len(plan.files) > 1 else None

        def over(factor: float | None) -> float | None:
            return row.realtime_factor / factor if factor else None

        return {
            "speedup": over(plan.earlier.factors.get(row.key)),
            "speedup_over_offline": over(known.get((row.device, row.method, "offline"))),
            "speedup_over_overlap": over(known.get((row.device, row.method, "overlap"))),
            "speedup_over_first": None if beside is None else beside.median_ms / row.median_ms,
        }

    return tuple(replace(row, **ratios(row)) for row in rows)  # type: ignore[arg-type]


def _names(plan: BenchPlan) -> str:
    return ", ".join(file.path.name for file, _ in plan.files)
