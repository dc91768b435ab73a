"""The bench step: how fast exported files run, per device, method and block size, and what that means.

The files are timed by turns, row by row. Each device has fresh processes of its own, so that memory, first blocks and
threads are its own too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from saoctl import devices
from saoctl.bench import machine, offline, plot, regressions, worker
from saoctl.bench.buffers import BufferChoice, PairBufferChoice, choose_buffers, choose_pair_buffers, no_buffers
from saoctl.bench.offline import OfflineTiming
from saoctl.bench.paired import Paired
from saoctl.bench.process import fresh
from saoctl.bench.regressions import Earlier, Regression
from saoctl.bench.result import BenchResult, TimedFile
from saoctl.bench.tasks import BenchFile, Key, TimingTask
from saoctl.bench.timing import Pair, Timing
from saoctl.bench.turns import Turns
from saoctl.blocks import block_sizes_of_file
from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.formats.limits import check_methods
from saoctl.models.registry import check_reference
from saoctl.progress import Progress, Silent
from saoctl.vocabulary import Method

USUAL_BLOCK_SIZES = (2048, 4096, 8192, 16384)


@dataclass(frozen=True)
class BenchPlan:
    """What is timed, and what the figures are held to.

    Args:
        config: its section `bench` says what is timed, and for how long.
        files: the files, each with the block sizes that it is timed in.
        devices: where they run.
        threads: of the CPU.
        earlier: what no row may fall behind.
        tolerance: the share of its earlier speed that a row may lose.
        min_rtf: the realtime factor that no row may fall below; 0 if nothing was asked for.
    """

    config: Config
    files: tuple[tuple[BenchFile, list[int]], ...]
    devices: tuple[str, ...]
    threads: int
    earlier: Earlier
    tolerance: float
    min_rtf: float

    @property
    def first(self) -> BenchFile:
        """The file that the others are compared with."""
        return self.files[0][0]

    def tasks(self, device: str, methods: Sequence[Method]) -> list[TimingTask]:
        """Return the rows of a device in the order in which they are timed.

        The files take turns at each method and block size.
        """
        bench = self.config.bench
        every = dict.fromkeys(size for _, sizes in self.files for size in sizes)
        return [
            TimingTask(
                device, file.description.precision, method, size, file, bench.seconds, self.threads, bench.time_limit
            )
            for method in dict.fromkeys(methods)
            for size in every
            for file, sizes in self.files
            if size in sizes and file.runs_on(device) and method in file.architecture.methods
        ]

    def place(self, row: Timing) -> int:
        """Return the place of a row's file among the files."""
        return [file.path for file, _ in self.files].index(row.artifact)

    def least(self, key: Key) -> float:
        """Return the realtime factor that a row may fall to."""
        return max(self.min_rtf, (1 - self.tolerance) * self.earlier.factors.get(key, 0.0))


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
        keys = [task.key for device in plan.devices for task in plan.tasks(device, config.bench.methods)]
        for warning in regressions.warnings(keys, about, plan.earlier, baseline):
            progress.warn(warning)
    before = machine.read()
    measured, together, paired = _measure(plan, progress)
    offline_timings = _time_offline(plan, progress) if config.bench.offline else []
    after = machine.read()
    rows = _with_ratios(plan, measured, offline_timings)
    too_slow = [row for row in rows if row.realtime_factor < plan.min_rtf]
    together_too_slow = [pair for pair in _best_pairs(together) if pair.slower.realtime_factor < plan.min_rtf]
    fallen: tuple[Regression, ...] = ()
    comparison = None
    if baseline is not None:
        undisturbed = machine.undisturbed(before, after)
        fallen, comparison = regressions.compare(rows, paired, plan.earlier, tolerance, undisturbed)
    if plot_file is not None:
        progress.start("Drawing")
        names = ", ".join(file.path.name for file, _ in plan.files)
        plot.draw(rows, offline_timings, f"Realtime factor of {names}", plot_file)
    timed, buffers, pair_buffers = _describe_files(plan, rows, together)
    return BenchResult(
        passed=not (too_slow or together_too_slow or fallen),
        artifact=timed[0].artifact,
        machine=about,
        warm_up_blocks=worker.WARM_UP_BLOCKS,
        results=tuple(rows),
        buffers=tuple(buffers),
        no_buffers=timed[0].no_buffers,
        offline=tuple(offline_timings),
        disturbances=machine.disturbances(before, after, plan.threads, machine.cores()),
        min_rtf=min_rtf,
        too_slow=tuple(too_slow),
        tolerance=tolerance,
        regressions=fallen,
        time_limit=config.bench.time_limit,
        lookahead=timed[0].lookahead,
        format=timed[0].format,
        files=tuple(timed),
        together=tuple(together),
        together_buffers=tuple(pair_buffers),
        together_too_slow=tuple(together_too_slow),
        paired=tuple(paired),
        comparison=comparison,
    )


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
    if settings.offline:
        check_reference(config.reference)
    if baseline is not None and len(files) > 1:
        raise ConfigError("A baseline is of one file, and cannot be compared with several.", "Name one file.")
    found = [BenchFile.read(path) for path in dict.fromkeys(files)]
    timed = []
    wanted = offline.CODERS if settings.together else settings.methods
    for file in found:
        if settings.together or not set(settings.methods) & set(file.architecture.methods):
            check_methods(file.architecture, wanted, file.path)
        own = file.description.block_size
        ratio, grid = file.architecture.ratio, file.description.grid
        sizes, others = block_sizes_of_file(
            settings.block_sizes, USUAL_BLOCK_SIZES, ratio, own, "bench.block_sizes", grid
        )
        if others:
            told = " and ".join(map(str, others))
            progress.warn(f"{file.path} takes blocks of {own} samples: blocks of {told} samples are not timed.")
        timed.append((file, sizes))
    here = devices.available() if any(not file.format.cpu_only for file in found) else ["cpu"]
    names = here if settings.devices == "auto" else settings.devices
    chosen = tuple(dict.fromkeys(str(devices.resolve(name)) for name in names))
    for file in found:
        if not any(map(file.runs_on, chosen)):
            raise ConfigError(f"{file.path} runs on the CPU alone.", "Choose --device cpu.")
    return BenchPlan(
        config=config,
        files=tuple(timed),
        devices=chosen,
        threads=settings.threads or torch.get_num_threads(),
        earlier=regressions.read(baseline) if baseline else Earlier({}, {}),
        tolerance=tolerance,
        min_rtf=min_rtf or 0.0,
    )


def _measure(plan: BenchPlan, progress: Progress) -> tuple[list[Timing], list[Pair], list[Paired]]:
    """Time all rows, and encode and decode at once, on all devices; return their processor times too."""
    rows: list[Timing] = []
    pairs: list[Pair] = []
    paired: list[Paired] = []
    for device in plan.devices:
        tasks = plan.tasks(device, plan.config.bench.methods)
        for precision in dict.fromkeys(task.file.computes for task in tasks):
            if warning := devices.slow_precision(torch.device(device), precision):
                progress.warn(warning)
        with Turns() as turns:
            peaks = turns.peaks(tasks)
            measured = _time_rows(turns, tasks, plan, progress)
            together = _time_together(turns, device, plan, progress) if plan.config.bench.together else []
            if device == "cpu" and len(plan.files) == 1:  # those of several files could not be told apart later
                progress.start("Measuring the processor times")
                paired += regressions.measured(turns.processor_times, tasks, plan.earlier, plan.tolerance)
            again = turns.peaks(tasks)  # other programs may have disturbed the first time
        peaks = {each: max(peak, again[each]) for each, peak in peaks.items()}
        rows += [row.against_peak(peaks) for row in measured]
        pairs += [Pair(pair.threads, *(row.against_peak(peaks) for row in pair.rows)) for pair in together]
    return rows, pairs, paired


def _time_rows(turns: Turns, tasks: Sequence[TimingTask], plan: BenchPlan, progress: Progress) -> list[Timing]:
    """Time the files by turns on a device, and return the rows file by file."""
    progress.start("Timing", total=len(tasks))
    rows: list[Timing] = []
    for task in tasks:
        rows += turns.time([task], plan.least(task.key))
        progress.advance()
    return sorted(rows, key=plan.place)


def _time_together(turns: Turns, device: str, plan: BenchPlan, progress: Progress) -> list[Pair]:
    """Time encode and decode at once on a device, with a host's usual number of threads and with one each."""
    threads_each = dict.fromkeys((plan.threads, 1)) if device == "cpu" else (plan.threads,)
    coders = [plan.tasks(device, [method]) for method in offline.CODERS]
    progress.start("Timing encode and decode at once", total=len(threads_each) * len(coders[0]))
    pairs: list[Pair] = []
    for tasks in zip(*coders, strict=True):
        least = plan.min_rtf
        for threads in threads_each:
            pair = Pair(threads, *turns.time([replace(task, threads=threads) for task in tasks], least))
            pairs.append(pair)
            if pair.slower.realtime_factor >= least:
                least = 0.0  # one number of threads that is fast enough will do
            progress.advance()
    return sorted(pairs, key=lambda pair: plan.place(pair.encode))


def _time_offline(plan: BenchPlan, progress: Progress) -> list[OfflineTiming]:
    """Time the offline model of the first file on each device, in a process of its own."""
    progress.start("Timing the offline model", total=len(plan.devices))
    timings: list[OfflineTiming] = []
    for device in plan.devices:
        settings = (plan.config.reference, device, plan.threads, plan.config.bench.time_limit)
        timings += fresh(offline.measure, plan.first.architecture, *settings)
        progress.advance()
    return [each for each in timings if each.method in plan.config.bench.methods]


def _with_ratios(plan: BenchPlan, rows: Sequence[Timing], offline_timings: Sequence[OfflineTiming]) -> list[Timing]:
    """Return rows with their ratios to the offline model, to an earlier bench, and to the first file."""
    factors = {(each.device, each.method, each.kind): each.realtime_factor for each in offline_timings}
    first = {(row.device, row.method, row.block_size): row for row in rows if row.artifact == plan.first.path}
    same_model = {file.path for file, _ in plan.files if file.architecture == plan.first.architecture}

    def with_ratios(row: Timing) -> Timing:
        known = factors if row.artifact in same_model else {}
        beside = first.get((row.device, row.method, row.block_size)) if len(plan.files) > 1 else None

        def over(factor: float | None) -> float | None:
            return row.realtime_factor / factor if factor else None

        return replace(
            row,
            speedup=over(plan.earlier.factors.get(row.key)),
            speedup_over_offline=over(known.get((row.device, row.method, "offline"))),
            speedup_over_overlap=over(known.get((row.device, row.method, "overlap"))),
            speedup_over_first=None if beside is None else beside.median_ms / row.median_ms,
        )

    return list(map(with_ratios, rows))


def _best_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """Return of each file, device and block size the pair with the number of threads that serves best."""
    best: dict[tuple[Path, Key], Pair] = {}
    for pair in pairs:
        case = pair.encode.artifact, pair.encode.key
        best[case] = max(best.get(case, pair), pair, key=lambda each: each.slower.realtime_factor)
    return list(best.values())


def _describe_files(
    plan: BenchPlan, rows: Sequence[Timing], pairs: Sequence[Pair]
) -> tuple[list[TimedFile], list[BufferChoice], list[PairBufferChoice]]:
    """Return what was timed, and the buffers for one object of nn~ and for two."""
    files: list[TimedFile] = []
    buffers: list[BufferChoice] = []
    pair_buffers: list[PairBufferChoice] = []
    for file, sizes in plan.files:
        described, ratio, rate = file.description, file.architecture.ratio, file.architecture.sample_rate
        late = described.latency_samples
        reason = no_buffers(described.streaming, sizes)
        if reason is None:
            buffers += choose_buffers([row for row in rows if row.artifact == file.path], late, rate)
            own_pairs = [pair for pair in pairs if pair.encode.artifact == file.path]
            pair_buffers += choose_pair_buffers(own_pairs, late, ratio, rate)
        files.append(
            TimedFile(
                artifact=file.path,
                format=file.format.name,
                precision=described.precision,
                lookahead=described.lookahead,
                packed=described.packed,
                latency_samples=late,
                no_buffers=reason,
            )
        )
    return files, buffers, pair_buffers
