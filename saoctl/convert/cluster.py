"""The engine of a Ray cluster: each worker loads the model once.

Ray (https://docs.ray.io) distributes the files, restarts a worker that died, and gives it its file again. An output
gets its name only when it is complete, so the restarted worker either skips it or writes it again: nothing is lost or
written twice. All machines of the cluster must see the files under the same names.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saoctl.convert.choices import Converted, Running
from saoctl.convert.jobs import Job
from saoctl.errors import ConfigError, FileError, SaoctlError
from saoctl.files import clear_leftovers
from saoctl.progress import Progress, Silent

if TYPE_CHECKING:
    from saoctl.convert.converter import Converter

RETRIES = 2  # of a file whose worker died


@dataclass
class Recorder(Silent):
    """A listener in a worker that records the progress of a file.

    Args:
        seconds: of audio that were computed.
        warnings: that the worker gave.
    """

    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)

    def advance(self, amount: float = 1.0) -> None:
        self.seconds += amount

    def warn(self, message: str) -> None:
        self.warnings.append(message)


MakeConverter = Callable[[Progress], "Converter"]
Reply = tuple[Job, Converted | FileError, Recorder]  # a file, what became of it, and how


class FileWorker:
    """A process of the cluster that converts files.

    Args:
        make: loads the model in the worker, and again in one that is restarted.
        folder: the folder to which the names of files are relative.
    """

    def __init__(self, make: MakeConverter, folder: Path) -> None:
        self.make, self.folder = make, folder
        self.loaded: Converter | None = None

    def running(self) -> Running:
        """Return the model that this worker runs."""
        return self._converter().running

    def convert(self, job: Job) -> Reply:
        """Convert a file."""
        import ray

        converter, recorder = self._converter(), Recorder()
        if ray.get_runtime_context().was_current_actor_reconstructed:  # the worker may have died over this file
            clear_leftovers([job.output], abandoned=0.0)
        try:
            return job, converter.convert(job, recorder), recorder
        except FileError as error:
            return job, error, recorder

    def _converter(self) -> "Converter":
        # Not in __init__, where Ray would replace an error of ours with one of its own.
        if self.loaded is None:
            if not self.folder.is_dir():
                raise FileError(f"A worker does not see the folder {self.folder}.", "Use one that all machines share.")
            os.chdir(self.folder)
            self.loaded = self.make(Silent())
        return self.loaded


class Pool:
    """The workers of a cluster, as an engine.

    Args:
        actors: the Ray actors, each a `FileWorker`.

    Raises:
        SaoctlError: no worker can load the model.
    """

    def __init__(self, actors: Sequence[Any]) -> None:
        import ray

        self.actors = actors
        first, _ = ray.wait([actor.running.remote() for actor in actors], num_returns=1)
        with _original_errors():
            running: Running = ray.get(first[0])
        self.running = replace(running, workers=len(actors))
        self.open: dict[Path, Job] = {}

    def results(self, jobs: Sequence[Job], progress: Progress) -> Iterator[tuple[Job, Converted | FileError]]:
        """Yield the outcomes as files are done, in any order; see `Engine`."""
        import ray
        from ray.util import ActorPool

        pool: Any = ActorPool([*self.actors])
        self.open = {job.given: job for job in jobs}
        for job in jobs:
            pool.submit(lambda actor, each: actor.convert.remote(each), job)
        reason = ""
        while pool.has_next():
            try:
                with _original_errors():
                    reply: Reply = pool.get_next_unordered()
                    job, outcome, recorder = reply
            except ray.exceptions.RayActorError as error:
                reason = str(error).splitlines()[0]  # Ray does not tell the file: those without a reply have failed
                continue
            del self.open[job.given]
            progress.advance(recorder.seconds)
            for warning in recorder.warnings:
                progress.warn(warning)
            yield job, outcome
        for job in [*self.open.values()]:
            del self.open[job.given]
            clear_leftovers([job.output], abandoned=0.0)
            yield (
                job,
                FileError(
                    f"{job.given} was not converted: each worker that had it died. {reason}",
                    "If memory is short, give a smaller --block-seconds, or fewer --workers.",
                ),
            )


@contextmanager
def workers(make: MakeConverter, device: str, count: int | None, progress: Progress) -> Iterator[Pool]:
    """Start workers in the cluster that RAY_ADDRESS names or that runs on this machine, or else in a new local one.

    Args:
        make: loads the model.
        device: of the config. Where the cluster has GPUs, `auto` takes one for each worker.
        count: how many; None: one for each GPU, or one for each machine.
        progress: a listener.

    Raises:
        ConfigError: Ray is not installed, or its cluster cannot be reached or has too few cores or GPUs.
        SaoctlError: no worker can load the model.
    """
    ray = _import_ray()
    progress.start("Starting the workers")
    joined_before, pool = ray.is_initialized(), None
    with redirect_stdout(sys.stderr):  # Ray prints that a worker died, and standard output is for results
        if not joined_before:
            _connect(ray)
        try:
            machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
            number, threads, gpus = _distribute(machines, device, count)
            # Ray sets OMP_NUM_THREADS to `num_cpus` in a worker, and torch computes with as many threads.
            needs = {"num_cpus": threads, "num_gpus": gpus, "max_restarts": -1, "max_task_retries": RETRIES}
            actor = ray.remote(FileWorker).options(**needs)
            pool = Pool([actor.remote(make, Path.cwd()) for _ in range(number)])
            yield pool
        finally:
            if not joined_before:
                ray.shutdown()  # which ends the workers
            elif pool is not None:
                for each in pool.actors:
                    ray.kill(each)
            if pool is not None:
                clear_leftovers((job.output for job in pool.open.values()), abandoned=0.0)


def _distribute(machines: Sequence[dict[str, float]], device: str, count: int | None) -> tuple[int, int, int]:
    """Return the number of workers, and how many cores and GPUs each gets, from the resources of each machine."""
    cores = [int(each.get("CPU", 0)) for each in machines]
    gpus = int(sum(each.get("GPU", 0) for each in machines)) if device != "cpu" else 0
    if device.startswith("cuda") and not gpus:
        raise ConfigError("The Ray cluster has no GPUs.", "Use --device auto or cpu.")
    number = count or gpus or sum(each > 0 for each in cores)
    threads = 1 if gpus else share(cores, number)
    if not threads or (gpus and number > gpus):
        available = f"{gpus} GPUs" if gpus else f"{sum(cores)} cores"
        raise ConfigError(f"{number} workers are too many for the {available} of the Ray cluster.", "Give fewer.")
    return number, threads, 1 if gpus else 0


def share(cores: Sequence[int], number: int) -> int:
    """Return how many cores each worker can have, if all have the same number; 0 if there are too many workers.

    Args:
        cores: of each machine.
        number: of workers.

    Example:
        >>> share([8, 4], 3), share([8, 4], 1), share([2], 3)
        (4, 8, 0)
    """
    most = max(cores, default=0)
    return next((each for each in range(most, 0, -1) if sum(own // each for own in cores) >= number), 0)


def _import_ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would send statistics of its use
    try:
        import ray
    except ImportError as error:
        raise ConfigError("Ray is not installed.", "Run: pip install 'saoctl[ray]'") from error
    return ray


def _connect(ray: Any) -> None:
    """Join a cluster, or start one on this machine.

    Raises:
        ConfigError: the cluster that RAY_ADDRESS names cannot be reached.
    """
    handler = signal.getsignal(signal.SIGTERM)
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        ray.init(address="auto", **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        if address := os.environ.get("RAY_ADDRESS"):
            message = f"The Ray cluster {address} cannot be joined: {str(error).splitlines()[0]}"
            raise ConfigError(message, "Check RAY_ADDRESS, or unset it.") from error
        ray.init(address="local", include_dashboard=False, **quiet)
    signal.signal(signal.SIGTERM, handler)  # Ray's own handler ends the process without cleaning up


@contextmanager
def _original_errors() -> Iterator[None]:
    """Raise the error that a worker raised, in place of the one that Ray wraps around it."""
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
