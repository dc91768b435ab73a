"""What is to be converted to what: files and trees of them, a share of these, and what must not be written over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from saoctl.errors import ConfigError, FileError
from saoctl.files import check_place, find_files
from saoctl.filetypes import AUDIO_READER, LATENTS_READER, Reader
from saoctl.kinds import AUDIO_SUFFIXES, LATENTS_SUFFIXES, RECORDING_SUFFIXES
from saoctl.vocabulary import PIPE, Method

READERS: dict[Method, Reader] = {"encode": AUDIO_READER, "decode": LATENTS_READER, "forward": AUDIO_READER}
GIVEN: dict[Method, tuple[str, ...]] = {
    "encode": AUDIO_SUFFIXES,
    "decode": LATENTS_SUFFIXES,
    "forward": AUDIO_SUFFIXES,
}
GIVES: dict[Method, tuple[str, ...]] = {
    "encode": LATENTS_SUFFIXES,
    "decode": RECORDING_SUFFIXES,
    "forward": RECORDING_SUFFIXES,
}


@dataclass(frozen=True)
class Job:
    """One file, and what it becomes; either can be PIPE.

    Args:
        given, output: the two.
        root: the folder that it was found through.
        refused: why it must not be, if so.
    """

    given: Path
    output: Path
    root: Path | None = None
    refused: FileError | None = None


def plan(
    method: Method, given: Sequence[Path], output: Path | None, suffix: str | None, shard: tuple[int, int] | None = None
) -> list[Job]:
    """The jobs, in the order of their names within each folder.

    Args:
        method: encode, decode or forward.
        given: files, folders, or PIPE.
        output: a file for one file; else a folder, in which the trees of the given folders are kept; PIPE; None: each
            file gets its output beside it.
        suffix: of the outputs; None: the method's first, or that of the output.
        shard: of how many shares which one to do, counted from 1; the first number is which.

    Raises:
        ConfigError: nothing is given, or the output cannot be of such a kind.
        FileError: a file is missing, a folder has none of the kind, or an output cannot be written.
    """
    kinds = GIVES[method]
    if not given:
        raise ConfigError("No files are given.", f"Give {_what(method)}, or folders of them.")
    single = len(given) == 1 and not given[0].is_dir()
    if output == PIPE or (output is None and given == [PIPE]):
        if not single:
            raise ConfigError("Only one file can go to standard output.", "Name a folder with -o.")
        ((path, _),) = find_files(given, GIVEN[method], _what(method))
        job = Job(path, PIPE)
        return [replace(job, refused=_of_another_type(job, READERS[method]))]
    is_file = output is not None and output.suffix.lower() in kinds and not output.is_dir()
    if is_file and not single:
        raise ConfigError(f"{output} is one file, and more than one is given.", "Name a folder.")
    if single and not is_file and output is not None and output.suffix and not output.is_dir():
        raise ConfigError(
            f"{method} cannot write {output.name}.", f"Let it end in {' or '.join(kinds)}, or name a folder."
        )
    if is_file:
        assert output is not None
        ((path, _),) = find_files(given, GIVEN[method], _what(method))
        jobs = [Job(path, output)]
    else:
        jobs = [
            Job(path, _place(method, path, root, output, suffix or kinds[0]), root)
            for path, root in find_files(given, GIVEN[method], _what(method))
        ]
    jobs = _checked(jobs, READERS[method], make_folders=not is_file)
    if shard is not None:
        which, of = shard
        jobs = jobs[which - 1 :: of]
    return jobs


def _what(method: Method) -> str:
    return "latents" if method == "decode" else "audio files"


def _place(method: Method, path: Path, root: Path | None, output: Path | None, suffix: str) -> Path:
    """Where the output of a file goes."""
    if path == PIPE:
        raise ConfigError("What comes through a pipe has no name.", "Give -o FILE.")
    beside = path.parent if output is None else output
    folder = output / path.parent.relative_to(root) if output is not None and root is not None else beside
    # Beside a sound, what the model makes of it needs another name.
    stem = f"{path.stem}-{method}" if output is None and method == "forward" else path.stem
    return folder / f"{stem}{suffix}"


def _checked(jobs: Sequence[Job], reader: Reader, make_folders: bool) -> list[Job]:
    """The jobs; those are refused that would write over something, or whose named file is of another type.

    Args:
        jobs: all of them.
        reader: of the files that are given. What is found in a folder is looked at in its turn.
        make_folders: whether the folders of the outputs may be missing.

    Raises:
        FileError: a folder cannot be written.
    """
    for output in {job.output.parent: job.output for job in jobs}.values():
        check_place(output, make_folder=make_folders)
    whose: dict[Path, list[Job]] = {}
    for job in jobs:
        whose.setdefault(job.output.absolute(), []).append(job)
    return [replace(job, refused=_refusal(job, whose[job.output.absolute()], reader)) for job in jobs]


def _of_another_type(job: Job, reader: Reader) -> FileError | None:
    """Why a file that is named cannot be read, if its first bytes tell."""
    return reader.wrong(job.given) if job.root is None and job.given != PIPE else None


def _refusal(job: Job, same_output: Sequence[Job], reader: Reader) -> FileError | None:
    """Why a job must not be done, if so.

    Args:
        job: one of those with the same output.
        same_output: all of these.
        reader: see `_checked`.
    """
    wrong = _of_another_type(job, reader)
    if wrong is not None:
        return wrong
    rivals = [other for other in same_output if other is not job]
    if rivals:
        message = f"{job.given} and {rivals[0].given} would both become {job.output}."
        return FileError(message, "Convert them into folders of their own.")
    if job.given != PIPE and job.output.exists() and job.output.samefile(job.given):
        return FileError(f"{job.given} would be written over itself.", "Name another output with -o.")
    return None
