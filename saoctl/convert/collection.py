"""The steps encode, decode and forward: convert files and whole collections."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from saoctl.config import Config
from saoctl.convert.choices import Choices, Converted, EngineName, Running
from saoctl.convert.jobs import Job, plan
from saoctl.errors import ConfigError, FileError, ResumableInterrupt
from saoctl.files import clear_leftovers
from saoctl.progress import Progress, Silent
from saoctl.vocabulary import PIPE, Method

PHASES: dict[Method, str] = {"encode": "Encoding", "decode": "Decoding", "forward": "Encoding and decoding"}


@dataclass(frozen=True)
class ConvertResult:
    """What became of all files.

    Args:
        passed: no file failed.
        method: encode, decode or forward.
        source, commit: of the weights.
        precision, device: of the computation.
        engine, workers: where files were converted, and by how many processes.
        seconds: of audio that were converted.
        computing_seconds: that it took, with reading and writing.
        realtime_factor: `seconds` over `computing_seconds`; None if nothing was converted.
        results: of each file.
    """

    passed: bool
    method: Method
    source: str
    commit: str | None
    precision: str
    device: str
    engine: EngineName
    workers: int
    seconds: float
    computing_seconds: float
    realtime_factor: float | None
    results: tuple[Converted, ...] = field(default_factory=tuple)


class Engine(Protocol):
    """What converts files: this process, or others."""

    @property
    def running(self) -> Running:
        """The weights, precision and device that files are converted with."""

    def results(self, jobs: Sequence[Job], progress: Progress) -> Iterator[tuple[Job, Converted | FileError]]:
        """Yield the outcome of each file, in the order in which they are done; an error if it cannot be converted."""


def convert_files(
    config: Config, method: Method, given: Sequence[Path], choices: Choices, progress: Progress | None = None
) -> ConvertResult:
    """Convert files.

    A file that cannot be converted does not stop the others; if it is the only one, its error is raised.

    Args:
        config: which weights, which device and which precision.
        method: encode, decode or forward.
        given: files, folders, or PIPE.
        choices: how files are converted.
        progress: a listener.

    Raises:
        ConfigError: a choice is impossible, or this machine does not have the device.
        FileError: a file is missing, the only one cannot be converted, or outputs cannot be written.
        WeightsError: the weights are not on this machine.
    """
    progress = progress or Silent()
    choices.check(method)
    suffix = ".npy" if choices.layout == "stable-audio-tools" else choices.suffix
    jobs = plan(method, given, choices.output, suffix, choices.shard)
    _check_jobs(jobs, choices)
    with _engine(config, method, choices, progress) as engine:
        running = engine.running
        clear_leftovers(job.output for job in jobs if job.output != PIPE)
        total = sum(_seconds(method, job, running) for job in jobs)
        progress.start(PHASES[method], total=total or None, unit="seconds")
        begin = time.perf_counter()
        results: dict[Job, Converted] = {}
        try:
            for job, outcome in engine.results(jobs, progress):
                if isinstance(outcome, FileError):
                    if len(jobs) == 1:
                        raise outcome
                    progress.warn(f"left out: {outcome}")
                    outcome = Converted(job.given, job.output, "failed", error=str(outcome))
                results[job] = outcome
        except KeyboardInterrupt as interrupt:
            done = sum(each.state != "failed" for each in results.values())
            raise ResumableInterrupt(f"{done} of {len(jobs)} files are done; the same command goes on.") from interrupt
    took = time.perf_counter() - begin
    seconds = sum(each.seconds for each in results.values() if each.state == "written")
    return ConvertResult(
        passed=all(each.state != "failed" for each in results.values()),
        method=method,
        source=running.source,
        commit=running.commit,
        precision=running.precision,
        device=running.device,
        engine=choices.engine,
        workers=running.workers,
        seconds=seconds,
        computing_seconds=took,
        realtime_factor=seconds / took if seconds else None,
        results=tuple(results[job] for job in jobs),
    )


def _check_jobs(jobs: Sequence[Job], choices: Choices) -> None:
    """Refuse jobs that the choices exclude, before the model is loaded."""
    if len(jobs) == 1 and jobs[0].refused is not None:
        raise jobs[0].refused
    if choices.engine != "local" and any(PIPE in (job.given, job.output) for job in jobs):
        raise ConfigError("The workers of a cluster cannot reach this command's pipe.", "Leave --engine out.")
    if choices.layout != "plain" and any(job.output == PIPE for job in jobs):
        raise ConfigError(f"The layout {choices.layout} has two files, and a pipe takes one.", "Give -o FOLDER.")
    if choices.bits == 32 and any(job.output.suffix.lower() == ".flac" for job in jobs):
        raise ConfigError("FLAC has no floats.", "Give 16 or 24 bits.")


@contextmanager
def _engine(config: Config, method: Method, choices: Choices, progress: Progress) -> Iterator[Engine]:
    """Load the engine; it lasts as long as the context."""
    from saoctl.convert.converter import Converter  # loads torch, so it follows all checks

    if choices.engine == "local":
        yield Converter(config, method, choices, progress)
        return
    from saoctl.convert import cluster  # needs Ray

    with cluster.workers(partial(Converter, config, method, choices), config.device, choices.workers, progress) as pool:
        yield pool


def _seconds(method: Method, job: Job, running: Running) -> float:
    """Return the length of a file by its header; 0 if it is unknown, or if the file cannot be read."""
    from saoctl import audio, latents

    try:
        if job.given == PIPE:
            return 0.0
        if method == "decode":
            return latents.read(job.given).frames * running.ratio / running.sample_rate
        return audio.header(job.given).seconds
    except FileError:
        return 0.0  # the error is reported when the file is converted
