"""Which files are converted, what each becomes, and which are refused because they would overwrite something."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from saoctl.errors import ConfigError, FileError
from saoctl.files import check_place, find_files
from saoctl.filetypes import AUDIO_READER, LATENTS_READER
from saoctl.kinds import AUDIO_SUFFIXES, LATENTS_SUFFIXES, RECORDING_SUFFIXES
from saoctl.vocabulary import PIPE, Method


@dataclass(frozen=True)
class Job:
    """One file and its output; either can be PIPE.

    Args:
        given, output: the two.
        root: the folder in which the file was found; None if it was named.
        refused: the error, if the job must not run.
    """

    given: Path
    output: Path
    root: Path | None = None
    refused: FileError | None = None


def output_suffixes(method: Method) -> tuple[str, ...]:
    """Return the suffixes of files that a method can write; the first is the default."""
    return LATENTS_SUFFIXES if method == "encode" else RECORDING_SUFFIXES


def plan(
    method: Method, given: Sequence[Path], output: Path | None, suffix: str | None, shard: tuple[int, int] | None = None
) -> list[Job]:
    """Return the jobs, in the order of the names within each folder.

    Args:
        method: encode, decode or forward.
        given: files, folders, or PIPE.
        output: a file for one file; else a folder, in which the trees of the given folders are kept; PIPE; None: each
            output is written beside its file.
        suffix: of the outputs; None: that of `output`, or the method's default.
        shard: which share of the jobs is returned, counted from 1, and the number of shares.

    Raises:
        ConfigError: nothing is given, or the method cannot write this output.
        FileError: a file is missing, a folder has no such files, or an output cannot be written.
    """
    suffixes, what = output_suffixes(method), "latents" if method == "decode" else "audio files"
    if not given:
        raise ConfigError("No files are given.", f"Give {what}, or folders of them.")
    single = len(given) == 1 and not given[0].is_dir()
    found = find_files(given, LATENTS_SUFFIXES if method == "decode" else AUDIO_SUFFIXES, what)
    if output == PIPE or (output is None and given == [PIPE]):
        if not single:
            raise ConfigError("Only one file can go to standard output.", "Name a folder with -o.")
        job = Job(given[0], PIPE)
        return [replace(job, refused=_wrong_type(method, job))]
    file = output if output is not None and output.suffix.lower() in suffixes and not output.is_dir() else None
    if file is not None and not single:
        raise ConfigError(f"{output} is one file, and more than one is given.", "Name a folder.")
    if single and file is None and output is not None and output.suffix and not output.is_dir():
        raise ConfigError(
            f"{method} cannot write {output.name}.", f"Let it end in {' or '.join(suffixes)}, or name a folder."
        )
    if file is not None:
        jobs = [Job(given[0], file)]
    else:
        jobs = [Job(path, _output(method, path, root, output, suffix or suffixes[0]), root) for path, root in found]
    for path in {job.output.parent: job.output for job in jobs}.values():
        check_place(path, make_folder=file is None)
    same_output: dict[Path, list[Job]] = {}
    for job in jobs:
        same_output.setdefault(job.output.absolute(), []).append(job)
    jobs = [replace(job, refused=_refusal(method, job, same_output[job.output.absolute()])) for job in jobs]
    return jobs if shard is None else jobs[shard[0] - 1 :: shard[1]]


def _output(method: Method, path: Path, root: Path | None, output: Path | None, suffix: str) -> Path:
    """Return the name of a file's output."""
    if path == PIPE:
        raise ConfigError("What comes through a pipe has no name.", "Give -o FILE.")
    if output is None:
        # Beside a sound, the reconstruction needs another name.
        return path.with_name(f"{path.stem}{'-forward' if method == 'forward' else ''}{suffix}")
    folder = output if root is None else output / path.parent.relative_to(root)
    return folder / f"{path.stem}{suffix}"


def _wrong_type(method: Method, job: Job) -> FileError | None:
    """Return the error of a named file of another type; a file that was found in a folder is checked in its turn."""
    reader = LATENTS_READER if method == "decode" else AUDIO_READER
    return reader.wrong(job.given) if job.root is None and job.given != PIPE else None


def _refusal(method: Method, job: Job, same_output: Sequence[Job]) -> FileError | None:
    """Return why a job must not run, if so.

    Args:
        method: encode, decode or forward.
        job: one of those with the same output.
        same_output: all jobs with this output.
    """
    if wrong := _wrong_type(method, job):
        return wrong
    other = next((each.given for each in same_output if each is not job), None)
    if other is not None:
        message = f"{job.given} and {other} would both become {job.output}."
        return FileError(message, "Convert them into folders of their own.")
    if job.given != PIPE and job.output.exists() and job.output.samefile(job.given):
        return FileError(f"{job.given} would be written over itself.", "Name another output with -o.")
    return None
