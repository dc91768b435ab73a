"""A process of its own to measure in, in which nothing else has left its traces."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


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


def fresh(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return the result of a call in a process that has not run anything before."""
    with worker_process() as process:
        return process.submit(call, *args, **kwargs).result()
