"""Exported files that are timed by turns on one device; a row is repeated where the machine may have been disturbed."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import torch

from saoctl import devices
from saoctl.bench import paired, together, worker
from saoctl.bench.buffers import could_hold, holds
from saoctl.bench.paired import Paired
from saoctl.bench.process import worker_process
from saoctl.bench.timing import Pair, Timing
from saoctl.bench.worker import BlockTimes, TimingTask
from saoctl.errors import ConfigError
from saoctl.formats import artifact as artifacts
from saoctl.formats.description import Description
from saoctl.formats.format import Format
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of
from saoctl.vocabulary import Method

ATTEMPTS = 3  # for a row that would fail
OBJECTS: tuple[Method, Method] = ("encode", "decode")  # what runs in two objects of a patch


@dataclass(frozen=True)
class BenchFile:
    """An exported file that is to be timed.

    Args:
        path: of the file.
        description: what the file says of itself.
    """

    path: Path
    description: Description

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the description of a file.

        Raises:
            FileError: it is missing, not what it should be, or was not written by saoctl.
        """
        return cls(path, artifacts.describe(path))

    @property
    def format(self) -> Format:
        """The format of the file."""
        return artifacts.format_of(self.path)

    @property
    def architecture(self) -> Architecture:
        """The numbers of its model."""
        return self.description.architecture

    def runs_on(self, device: str) -> bool:
        """Return whether the file can be run on a device."""
        return device == "cpu" or not self.format.cpu_only


class Turns:
    """Times exported files on one device, in the order in which it is asked to.

    Files of one format share a process. Each runtime has threads of its own, which wait for work and would disturb
    those of the others. The processes end with the context that an instance is.

    Args:
        device: where the files run.
        threads: of the CPU.
        seconds: of audio that each row computes, at least.
        time_limit: seconds of wall time for each row, after which it is cut short.
    """

    def __init__(self, device: str, threads: int, seconds: float, time_limit: float) -> None:
        self.device, self.threads, self.seconds, self.time_limit = device, threads, seconds, time_limit
        self._stack = ExitStack()
        self._processes: dict[str, Executor] = {}
        self._peaks: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._stack.__exit__(*raised)  # type: ignore[arg-type]

    def time(self, file: BenchFile, method: Method, block_size: int, least: float = 0.0) -> Timing:
        """Time a method of a file in blocks of one size.

        Args:
            file: one that runs on the device.
            method: encode, decode or forward.
            block_size: in audio samples.
            least: the realtime factor below which the row is measured again.

        Raises:
            ConfigError: the device cannot run it, mostly for lack of memory.
        """
        (row,) = self._best_rows(file, [self.task(file, method, block_size)], least)
        return row

    def time_together(self, file: BenchFile, block_size: int, threads: int, least: float = 0.0) -> Pair:
        """Time encode and decode at once, as two objects of nn~ run them.

        Args:
            file: one that runs on the device.
            block_size: in audio samples.
            threads: of the CPU, for each of the two.
            least: the realtime factor below which they are measured again.

        Raises:
            ConfigError: the device cannot run them, mostly for lack of memory.
        """
        tasks = [replace(self.task(file, method, block_size), threads=threads) for method in OBJECTS]
        return Pair(threads, *self._best_rows(file, tasks, least))

    def processor_times(self, file: BenchFile, tasks: Sequence[TimingTask]) -> Sequence[Paired]:
        """Measure the processor times of rows beside the offline model; see `saoctl.bench.paired`.

        Raises:
            ConfigError: there is too little memory for the file and the offline model.
        """
        with _refusing(f"the offline model beside {file.path.name}", tasks[0]):
            return self._process(file).submit(paired.measure, tasks).result()

    def task(self, file: BenchFile, method: Method, block_size: int) -> TimingTask:
        """Return what a worker is given to time a row."""
        precision = file.description.precision
        return TimingTask(
            file.path, self.device, precision, method, block_size, self.seconds, self.threads, self.time_limit
        )

    def against_peak(self, row: Timing) -> Timing:
        """Return a row with the best peak that was measured for its precision."""
        peak = self._peaks[row.precision]
        return replace(row, peak_gflops=peak, roofline_fraction=row.gflops / peak)

    def measure_peaks_again(self) -> None:
        """Measure the peak of each precision once more, because other programs may have disturbed the first time."""
        process = next(iter(self._processes.values()))
        for precision, peak in self._peaks.items():
            again = process.submit(worker.peak_gflops, self.device, precision, self.threads).result()
            self._peaks[precision] = max(peak, again)

    def _best_rows(self, file: BenchFile, tasks: Sequence[TimingTask], least: float) -> tuple[Timing, ...]:
        """Return the best rows of tasks that run at once, or of a single task.

        A measurement is repeated while a row is slower than it may be, or misses realtime by its slowest blocks alone,
        as long as the time limit allows: a disturbance passes, and a slower program stays slow.
        """
        process, precision = self._process(file), file.description.precision
        if precision not in self._peaks:
            peak = process.submit(worker.peak_gflops, self.device, precision, self.threads)
            self._peaks[precision] = peak.result()
        work = family_of(file.architecture).arithmetic(file.architecture)
        tries: list[tuple[Timing, ...]] = []
        begin = time.monotonic()
        while not tries or (len(tries) < ATTEMPTS and not all(_settled(row, least) for row in tries[-1])):
            left = self.time_limit - (time.monotonic() - begin)
            if tries and left <= 0:
                break
            measured = _measured(process, [replace(task, time_limit=left) for task in tasks])
            tries.append(
                tuple(
                    Timing.of(task, each, file.architecture, work, self._peaks[precision])
                    for task, each in zip(tasks, measured, strict=True)
                )
            )
        return tuple(replace(row, attempts=len(tries)) for row in max(tries, key=_quality))

    def _process(self, file: BenchFile) -> Executor:
        name = file.format.name
        if name not in self._processes:
            self._processes[name] = self._stack.enter_context(worker_process())
        return self._processes[name]


def slow_precisions(files: Sequence[BenchFile], device: str) -> list[str]:
    """Return a sentence for each precision of files that is slower than float32 on a device."""
    precisions = dict.fromkeys(file.description.precision for file in files)
    found = (devices.slow_precision(torch.device(device), precision) for precision in precisions)
    return [sentence for sentence in found if sentence]


def _measured(process: Executor, tasks: Sequence[TimingTask]) -> Sequence[BlockTimes]:
    """Return what the worker measures of tasks that run at once, or of a single task."""
    with _refusing(" and ".join(task.method for task in tasks) + (" at once" if len(tasks) > 1 else ""), tasks[0]):
        if len(tasks) == 1:
            return [process.submit(worker.measure, tasks[0]).result()]
        return process.submit(together.measure, tasks).result()


@contextmanager
def _refusing(what: str, task: TimingTask) -> Iterator[None]:
    """Turn the error of a worker into a ConfigError that names what it ran, the device and the block size."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # also raised if the system killed the process for its memory
        reason = (str(error).strip().splitlines() or ["no memory"])[0][:200]
        message = f"{what} cannot be run on {task.device} in blocks of {task.block_size} samples: {reason}"
        raise ConfigError(message.rstrip(".") + ".", "Choose smaller blocks.") from error


def _settled(row: Timing, least: float) -> bool:
    return row.realtime_factor >= least and (holds(row) or not could_hold(row))


def _quality(rows: Sequence[Timing]) -> tuple[bool, bool, float]:
    """Return what orders repeated measurements; one that was cut short says less than one that was not."""
    whole = not any(row.cut_short for row in rows)
    return whole, all(map(holds, rows)), min(row.realtime_factor for row in rows)
