"""The download step: bring the weights to this machine, and check that they are complete."""

from dataclasses import dataclass
from pathlib import Path

from saoctl.config import Config
from saoctl.progress import Progress, Silent
from saoctl.weights import hub, layouts
from saoctl.weights.source import resolve


@dataclass(frozen=True)
class File:
    """A file of the checkpoint."""

    name: str
    bytes: int


@dataclass(frozen=True)
class DownloadResult:
    """What is on this machine now.

    Args:
        source: the repo, the path or the seed.
        revision, commit: of a repo.
        directory: where the files are.
        files: the files, by their names in `directory`.
        bytes_downloaded: what was fetched now; 0 if all was there.
        bytes_in_repo: of the whole repo, if the hub tells.
        parameters: numbers in the autoencoder.
    """

    source: str
    revision: str | None
    commit: str | None
    directory: Path
    files: tuple[File, ...]
    bytes_downloaded: int
    bytes_in_repo: int | None
    parameters: int


def run(config: Config, progress: Progress | None = None) -> DownloadResult:
    """Fetch, find or make the weights of the config, and load them once to prove that they are good.

    Raises:
        WeightsError: they cannot be had.
        FileError: they are not what they should be.
    """
    progress = progress or Silent()
    source = resolve(config.model, progress, local_only=False)
    progress.start("Checking the weights")
    architecture, _ = layouts.load(source.checkpoint, source.architecture)
    files = source.checkpoint.files
    # The folder that holds them all: a repo's files may lie in subfolders of it.
    weights = source.checkpoint.weights
    directory = weights.parents[1] if weights.parent.name == "vae" else weights.parent
    return DownloadResult(
        source=source.name,
        revision=source.revision,
        commit=source.commit,
        directory=directory,
        files=tuple(File(path.relative_to(directory).as_posix(), path.stat().st_size) for path in files),
        bytes_downloaded=source.bytes_downloaded,
        bytes_in_repo=hub.repo_bytes(source.name, source.commit) if source.commit else None,
        parameters=layouts.parameters(architecture),
    )
