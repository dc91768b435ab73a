"""Encode and decode at once in one process, each in a thread of its own, as a patch runs them in two objects of nn~.

Each object has its own copy of the file and its own thread. When its buffer is full, the host hands it over: to both at
the same moment.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager

import torch

from saoctl.bench import worker
from saoctl.bench.worker import Job, Measured


def measure(jobs: Sequence[Job]) -> tuple[Measured, ...]:
    """Stream noise through an artifact in several methods at once.

    The next blocks begin as soon as the last ones are done, so that the streams are in each other's way as much as they
    can be.

    Args:
        jobs: the same but for their methods; each stream has so many threads of the CPU.
    """
    begin = time.perf_counter()
    gc.collect()
    torch.set_num_threads(jobs[0].threads)
    streams = [worker.open_stream(job) for job in jobs]
    with in_step([stream.call for stream in streams], jobs[0].threads) as tick:
        return worker.repeat(tick, jobs[0], streams[0].blocks, begin)


@contextmanager
def in_step(calls: Sequence[Callable[[], object]], threads: int) -> Iterator[Callable[[], list[float]]]:
    """Make calls at once, each in a thread that it keeps.

    Args:
        calls: that leave the interpreter to each other, as those of a loaded file do.
        threads: of the CPU that each call may use.

    Yields:
        A function that makes all calls at once, and gives the seconds from then until each was done. It raises what a
        call raised, when all have ended.
    """
    with ExitStack() as stack:
        # OpenMP keeps the number of threads for each thread that calls it.
        pools = [
            stack.enter_context(ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(threads,)))
            for _ in calls
        ]

        def tick() -> list[float]:
            begin = time.perf_counter()
            running = [pool.submit(_seconds_since, begin, call) for pool, call in zip(pools, calls, strict=True)]
            wait(running)
            return [each.result() for each in running]

        yield tick


def _seconds_since(begin: float, call: Callable[[], object]) -> float:
    call()
    return time.perf_counter() - begin
