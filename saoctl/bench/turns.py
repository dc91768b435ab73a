"""Exported files that are timed by turns on one device; a row is repeated where the machine may have been disturbed."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from saoctl.bench import paired, together, worker
from saoctl.bench.buffers import could_hold, holds
from saoctl.bench.paired import Paired
from saoctl.bench.process import P, T, worker_process
from saoctl.bench.tasks import BenchFile, TimingTask
from saoctl.bench.timing import Timing
from saoctl.bench.worker import BlockTimes
from saoctl.errors import ConfigError

ATTEMPTS = 3  # for a row that would fail


class Turns(ExitStack):
    """Times exported files on one device, in the order in which it is asked to.

    Files of one format share a process. Each runtime has threads of its own, which wait for work and would disturb
    those of the others. The processes end with the context that an instance is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._processes: dict[str, Executor] = {}

    def time(self, tasks: Sequence[TimingTask], least: float = 0.0) -> tuple[Timing, ...]:
        """Time a task, or several of one file at once as two objects of nn~ run them, and return their best rows.

        A measurement is repeated while a row is slower than it may be, or misses realtime by its slowest blocks alone,
        as long as the time limit allows: a disturbance passes, and a slower program stays slow.

        Args:
            tasks: they differ in their methods alone.
            least: the realtime factor below which they are measured again.

        Raises:
            ConfigError: the device cannot run them, mostly for lack of memory.
        """
        tries: list[tuple[Timing, ...]] = []
        begin, left = time.monotonic(), tasks[0].time_limit
        while not tries or (left > 0 and len(tries) < ATTEMPTS and not all(_settled(row, least) for row in tries[-1])):
            measured = self._measure([replace(task, time_limit=left) for task in tasks])
            tries.append(tuple(map(Timing.of, tasks, measured)))
            left = tasks[0].time_limit - (time.monotonic() - begin)
        return tuple(replace(row, attempts=len(tries)) for row in max(tries, key=_quality))

    def processor_times(self, tasks: Sequence[TimingTask]) -> Sequence[Paired]:
        """Measure the processor times of a file's rows beside the offline model; see `saoctl.bench.paired`.

        Raises:
            ConfigError: there is too little memory for the file and the offline model.
        """
        file = tasks[0].file
        with _refusing(f"the offline model beside {file.path.name}", tasks[0]):
            return self._run(file, paired.measure, tasks)

    def peaks(self, tasks: Sequence[TimingTask]) -> dict[Path, float]:
        """Return the GFLOP/s of the best large matrix product in the precision in which each file computes."""
        best = {
            precision: self._run(task.file, worker.peak_gflops, task.device, precision, task.threads)
            for precision, task in {task.file.computes: task for task in tasks}.items()
        }
        return {task.file.path: best[task.file.computes] for task in tasks}

    def _measure(self, tasks: Sequence[TimingTask]) -> Sequence[BlockTimes]:
        with _refusing(" and ".join(task.method for task in tasks) + (" at once" if len(tasks) > 1 else ""), tasks[0]):
            if len(tasks) == 1:
                return [self._run(tasks[0].file, worker.measure, tasks[0])]
            return self._run(tasks[0].file, together.measure, tasks)

    def _run(self, file: BenchFile, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a call in the process of a file's format."""
        name = file.format.name
        if name not in self._processes:
            self._processes[name] = self.enter_context(worker_process())
        return self._processes[name].submit(call, *args, **kwargs).result()


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
