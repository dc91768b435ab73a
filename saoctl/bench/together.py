"""Encode and decode at once in one process, each in a thread of its own, as a patch runs them in two objects of nn~.

Each object has its own copy of the file. When its buffer is full, it starts a thread for it: both at the same moment.
"""

import gc
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch

from saoctl.bench import worker
from saoctl.bench.tasks import TimingTask
from saoctl.bench.worker import BlockTimes


def measure(tasks: Sequence[TimingTask]) -> tuple[BlockTimes, ...]:
    """Stream noise through an artifact in several methods at once.

    The next blocks begin as soon as the last ones are done, so that the streams disturb each other as much as they can.

    Args:
        tasks: they differ in their methods alone; each stream has the threads of its task.
    """
    begin = time.perf_counter()
    gc.collect()
    threads = tasks[0].threads
    torch.set_num_threads(threads)
    calls = [worker.open_stream(task) for task in tasks]
    return worker.repeat(lambda: at_once(calls, threads), tasks[0], begin)


def at_once(calls: Sequence[Callable[[], object]], threads: int) -> list[float]:
    """Make calls at once, each in a new thread, as nn~ in PureData starts one for every block.

    Args:
        calls: they release Python's interpreter lock, as those of a loaded file do.
        threads: of the CPU that each call may use.

    Returns:
        The seconds from when all began until each was done.

    Raises:
        Exception: what a call raised, after all have ended.
    """
    begun = 0.0

    def begin() -> None:
        nonlocal begun
        begun = time.perf_counter()

    ready = threading.Barrier(len(calls), action=begin)  # so that no call begins before each has its thread

    def run(call: Callable[[], object]) -> float:
        ready.wait()
        call()
        return time.perf_counter() - begun

    # OpenMP keeps the number of threads for each thread that calls it.
    with ThreadPoolExecutor(len(calls), initializer=torch.set_num_threads, initargs=(threads,)) as pool:
        running = [pool.submit(run, call) for call in calls]
    return [each.result() for each in running]
