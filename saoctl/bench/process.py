"""A process of its own to measure in, in which nothing else has left its traces."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager


@contextmanager
def worker_process() -> Iterator[Executor]:
    """Start a process that runs one call after the other, and ends with the context.

    It also ends with this process: a signal may have reached this process alone.
    """
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        try:
            yield executor
        except KeyboardInterrupt:
            for child in multiprocessing.active_children():
                child.terminate()
            raise
