"""The engine of a Ray cluster: one warm model per worker.

Ray (https://docs.ray.io) hands out the files, starts a worker again that died, and gives it its file again. A file has
its name only when it is whole. So the worker finds it whole, or makes it anew: nothing is lost, and nothing is there
twice. All machines of the cluster must see the files under the same names.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import torch

from saoctl.convert.choices import Converted, Running
from saoctl.convert.jobs import Job
from saoctl.errors import ConfigError, FileError, SaoctlError
from saoctl.files import clear_leftovers
from saoctl.progress import Progress, Silent

RETRIES = 2  # of a file whose worker died over it


class Converts(Protocol):
    """What a worker does the work with; see `Converter`."""

    @property
    def running(self) -> Running: ...

    def convert(self, job: Job, progress: Progress) -> Converted: ...


@dataclass(frozen=True)
class Answer:
    """What a worker answers for a file.

    Args:
        job: the file.
        outcome: what became of it.
        seconds: of audio that are done with it.
        warnings: that there were.
    """

    job: Job
    outcome: Converted | FileError
    seconds: float
    warnings: tuple[str, ...]


class _Heard(Silent):
    """A listener that keeps what it hears, for the other end."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.warnings: list[str] = []

    def advance(self, amount: float = 1.0) -> None:
        self.seconds += amount

    def warn(self, message: str) -> None:
        self.warnings.append(message)


class FileWorker:
    """A process of the cluster.

    Args:
        make: loads the model, in the worker; if it dies, in the next one again.
        folder: that the names of files are relative to.
        threads: to compute with.
    """

    def __init__(self, make: Callable[[Progress], Converts], folder: Path, threads: int) -> None:
        self.make, self.folder, self.threads = make, folder, threads
        self.loaded: Converts | None = None

    def running(self) -> Running:
        """What computes here."""
        return self._converter().running

    def convert(self, job: Job) -> Answer:
        """Convert a file."""
        converter, heard = self._converter(), _Heard()
        if _is_second():  # the first may have died over this file
            clear_leftovers([job.output], abandoned=0.0)
        outcome: Converted | FileError
        try:
            outcome = converter.convert(job, heard)
        except FileError as error:
            outcome = error
        return Answer(job, outcome, heard.seconds, tuple(heard.warnings))

    def _converter(self) -> Converts:
        if self.loaded is None:
            if not self.folder.is_dir():
                raise FileError(f"A worker does not see the folder {self.folder}.", "Use one that all machines share.")
            os.chdir(self.folder)
            torch.set_num_threads(self.threads)
            self.loaded = self.make(Silent())
        return self.loaded


def _is_second() -> bool:
    """Whether this worker is in the place of one that died."""
    import ray

    return bool(ray.get_runtime_context().was_current_actor_reconstructed)


class Pool:
    """The workers of a cluster, as an engine.

    Args:
        actors: that Ray runs, each a `FileWorker`.

    Raises:
        SaoctlError: no worker can load the model.
    """

    def __init__(self, actors: Sequence[Any]) -> None:
        import ray

        self.actors = actors
        first, _ = ray.wait([actor.running.remote() for actor in actors], num_returns=1)
        with _plain_errors():
            running: Running = ray.get(first[0])
        self.running = replace(running, workers=len(actors))
        self.open: dict[Path, Job] = {}

    def results(self, jobs: Sequence[Job], progress: Progress) -> Iterator[tuple[Job, Converted | FileError]]:
        """See `Engine`; which file comes when is not said."""
        import ray
        from ray.util import ActorPool

        pool: Any = ActorPool([*self.actors])
        self.open = {job.given: job for job in jobs}
        for job in jobs:
            pool.submit(lambda actor, each: actor.convert.remote(each), job)
        last = ""
        while pool.has_next():
            try:
                with _plain_errors():
                    answer: Answer = pool.get_next_unordered()
            except ray.exceptions.RayActorError as error:
                last = str(error).splitlines()[0]  # which file it was is seen at the end: it has no answer
                continue
            del self.open[answer.job.given]
            progress.advance(answer.seconds)
            for warning in answer.warnings:
                progress.warn(warning)
            yield answer.job, answer.outcome
        for job in [*self.open.values()]:
            del self.open[job.given]
            clear_leftovers([job.output], abandoned=0.0)
            yield (
                job,
                FileError(
                    f"{job.given} was not converted: each worker that had it died. {last}",
                    "If memory is short, give a smaller --block-seconds, or fewer --workers.",
                ),
            )


@contextmanager
def workers(make: Callable[[Progress], Converts], device: str, count: int | None, progress: Progress) -> Iterator[Pool]:
    """Workers of the cluster that RAY_ADDRESS names, or that runs on this machine; else of one that is begun here.

    Args:
        make: loads the model.
        device: of the config. Where the cluster has GPUs, `auto` takes one for each worker.
        count: how many; None: one for each GPU, or one for each machine.
        progress: a listener.

    Raises:
        ConfigError: Ray is not installed, its cluster cannot be reached, or has not so many workers.
        SaoctlError: no worker can load the model.
    """
    ray = _ray()
    progress.start("Starting the workers")
    with redirect_stdout(sys.stderr):  # where Ray tells of a worker that died; standard output is for results
        yield from _pool(ray, make, device, count)


def _pool(ray: Any, make: Callable[[Progress], Converts], device: str, count: int | None) -> Iterator[Pool]:
    was_there = ray.is_initialized()
    if not was_there:
        _connect(ray)
    pool = None
    try:
        machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        cores = [int(each.get("CPU", 0)) for each in machines]
        gpus = int(sum(each.get("GPU", 0) for each in machines)) if device != "cpu" else 0
        if device.startswith("cuda") and not gpus:
            raise ConfigError("The Ray cluster has no GPUs.", "Use --device auto or cpu.")
        number = count or gpus or sum(each > 0 for each in cores)
        threads = 1 if gpus else share(cores, number)
        if not threads or (gpus and number > gpus):
            there = f"{gpus} GPUs" if gpus else f"{sum(cores)} cores"
            raise ConfigError(f"{number} workers are too many for the {there} of the Ray cluster.", "Give fewer.")
        needs = {"num_cpus": threads, "num_gpus": 1 if gpus else 0, "max_restarts": -1, "max_task_retries": RETRIES}
        actor = ray.remote(FileWorker).options(**needs)
        pool = Pool([actor.remote(make, Path.cwd(), threads) for _ in range(number)])
        yield pool
    finally:
        if not was_there:
            ray.shutdown()  # and with it the workers
        elif pool is not None:
            for each in pool.actors:
                ray.kill(each)
        if pool is not None:
            clear_leftovers((job.output for job in pool.open.values()), abandoned=0.0)


def share(cores: Sequence[int], number: int) -> int:
    """How many cores each of so many workers can have, if all have the same; 0 if they are too many.

    Args:
        cores: of each machine.
        number: of workers.

    Example:
        >>> share([8, 4], 3), share([8, 4], 1), share([2], 3)
        (4, 8, 0)
    """
    most = max(cores, default=0)
    return next((each for each in range(most, 0, -1) if sum(own // each for own in cores) >= number), 0)


def _ray() -> Any:
    try:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told what is converted here
        import ray
    except ImportError as error:
        raise ConfigError("Ray is not installed.", "Run: pip install 'saoctl[ray]'") from error
    return ray


def _connect(ray: Any) -> None:
    """Join a cluster, or begin one of this machine.

    Raises:
        ConfigError: the one that RAY_ADDRESS names cannot be reached.
    """
    ends = signal.getsignal(signal.SIGTERM)
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        ray.init(address="auto", **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        if address := os.environ.get("RAY_ADDRESS"):
            message = f"The Ray cluster {address} cannot be joined: {str(error).splitlines()[0]}"
            raise ConfigError(message, "Check RAY_ADDRESS, or unset it.") from error
        ray.init(address="local", include_dashboard=False, **quiet)
    signal.signal(signal.SIGTERM, ends)  # Ray's own handler ends the process without cleaning up


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What a worker says in plain sentences is said here so."""
    import ray

    try:
        yield
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, SaoctlError):
            raise error.cause from error
        raise
    except ray.exceptions.ActorDiedError as error:
        if "Error" not in str(error) or "died unexpectedly" in str(error):
            raise
        reason = str(error).strip().splitlines()[-1]
        raise ConfigError(
            f"A worker cannot start: {reason}", "Install the same saoctl on each machine of the cluster."
        ) from error
