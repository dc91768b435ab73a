"""Measures in the worker's process, and again where the machine may have been disturbed."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace

from saoctl.bench import paired as pairs
from saoctl.bench import together, worker
from saoctl.bench.buffers import could_hold, holds
from saoctl.bench.timing import Timing
from saoctl.errors import ConfigError
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of

ATTEMPTS = 3  # for a row that would fail


def rows(
    process: Executor, jobs: Sequence[worker.Job], architecture: Architecture, least: float, peak: float
) -> tuple[Timing, ...]:
    """The best rows of jobs that run at once, or of one that is alone.

    They are repeated while one is slower than it may be, or while its slowest blocks alone keep it from holding
    realtime, as long as their time limit allows: what disturbs a machine passes, a slower program stays slow.

    Args:
        process: where they run.
        jobs: the same but for their methods.
        architecture: of the model.
        least: the realtime factor that none may fall below.
        peak: GFLOP/s of the device.

    Raises:
        ConfigError: the device cannot run it, mostly for want of memory.
    """
    work = family_of(architecture).arithmetic(architecture)
    tries: list[tuple[Timing, ...]] = []
    begin = time.monotonic()
    while not tries or (len(tries) < ATTEMPTS and not all(_settled(row, least) for row in tries[-1])):
        left = jobs[0].time_limit - (time.monotonic() - begin)
        if tries and left <= 0:
            break
        measured = _measured(process, [replace(job, time_limit=left) for job in jobs])
        tries.append(
            tuple(Timing.of(job, each, architecture, work, peak) for job, each in zip(jobs, measured, strict=True))
        )

    def quality(rows: Sequence[Timing]) -> tuple[bool, bool, float]:
        whole = not any(row.cut_short for row in rows)  # what was cut short tells less than what was not
        return whole, all(map(holds, rows)), min(row.realtime_factor for row in rows)

    return tuple(replace(row, attempts=len(tries)) for row in max(tries, key=quality))


def paired(process: Executor, jobs: Sequence[worker.Job]) -> Sequence[pairs.Paired]:
    """The processor times of jobs, see `saoctl.bench.paired`.

    Raises:
        ConfigError: there is too little memory for the artifact and the offline model.
    """
    with _refusing(f"the offline model beside {jobs[0].artifact.name}", jobs[0]):
        return process.submit(pairs.measure, jobs).result()


def _measured(process: Executor, jobs: Sequence[worker.Job]) -> Sequence[worker.Measured]:
    """What the worker measures of jobs that run at once, or of one that is alone."""
    with _refusing(" and ".join(job.method for job in jobs) + (" at once" if len(jobs) > 1 else ""), jobs[0]):
        if len(jobs) == 1:
            return [process.submit(worker.measure, jobs[0]).result()]
        return process.submit(together.measure, jobs).result()


@contextmanager
def _refusing(what: str, job: worker.Job) -> Iterator[None]:
    """Say of what a worker could not run, on which device and in which blocks.

    Raises:
        ConfigError: it could not.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # a process that was killed for its memory too
        reason = (str(error).strip().splitlines() or ["no memory"])[0][:200]
        message = f"{what} cannot be run on {job.device} in blocks of {job.block_size} samples: {reason}"
        raise ConfigError(message.rstrip(".") + ".", "Choose smaller blocks.") from error


def _settled(row: Timing, least: float) -> bool:
    return row.realtime_factor >= least and (holds(row) or not could_hold(row))
