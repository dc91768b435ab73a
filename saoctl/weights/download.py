"""The download command: bring the weights to this machine, and check that they are complete."""

from dataclasses import dataclass
from pathlib import Path

from saoctl.config import Config
from saoctl.errors import ConfigError, WeightsError
from saoctl.models.checkpoint import load
from saoctl.models.registry import family_of
from saoctl.progress import Progress, Silent
from saoctl.weights import cache
from saoctl.weights.fetch import fetch, missing
from saoctl.weights.manifest import NoAccessError, ask_hub


@dataclass(frozen=True)
class File:
    """A file of the checkpoint.

    Args:
        name: in the repo, or its path on this machine.
        bytes: its size.
    """

    name: str
    bytes: int


@dataclass(frozen=True)
class DownloadResult:
    """What is on this machine now.

    Args:
        source: the repo, the path or the seed.
        revision, commit: of a repo.
        directory: where the weights are.
        files: the files, by their names in `directory`, or whole paths where they are elsewhere.
        bytes_downloaded: what was fetched now; 0 if all was there.
        bytes_in_repo: of the whole repo, if the hub was asked.
        from_cache: the source is a repo, and nothing had to be fetched.
        parameters: numbers in the autoencoder.
    """

    source: str
    revision: str | None
    commit: str | None
    directory: Path
    files: tuple[File, ...]
    bytes_downloaded: int
    bytes_in_repo: int | None
    from_cache: bool
    parameters: int


@dataclass(frozen=True)
class PlannedFile:
    """A file that a download would fetch.

    Args:
        name: in the repo.
        bytes: its size.
        missing: how many of them are not on this machine yet.
    """

    name: str
    bytes: int
    missing: int


@dataclass(frozen=True)
class DryRunResult:
    """What a download would do.

    Args:
        source: the repo.
        revision, commit: of the repo.
        access: whether this account may have the files.
        refusal: why it may not, and the next step.
        files: what would be fetched.
        bytes_to_download: what of that is not there yet.
        bytes_in_repo: of the whole repo.
    """

    source: str
    revision: str
    commit: str
    access: bool
    refusal: str | None
    files: tuple[PlannedFile, ...]
    bytes_to_download: int
    bytes_in_repo: int


def run(config: Config, progress: Progress | None = None, *, full: bool = False) -> DownloadResult:
    """Fetch, find or make the weights of the config, and load them once to prove that they are good.

    Args:
        config: which weights.
        progress: a listener.
        full: of a repo, fetch the whole checkpoint, where the autoencoder's part would be enough.

    Raises:
        WeightsError: they cannot be had.
        FileError: they are not what they should be.
    """
    progress = progress or Silent()
    source = fetch(config.model, progress, full=full)
    progress.start("Checking the weights")
    architecture, _ = load(source.checkpoint, source.architecture)
    # The folder that holds the weights; a repo's files may lie in subfolders of it.
    weights = source.checkpoint.weights
    directory = weights.parents[1] if weights.parent.name == "vae" else weights.parent
    return DownloadResult(
        source=source.name if config.model.path is None else str(config.model.path),
        revision=source.revision,
        commit=source.commit,
        directory=directory,
        files=tuple(File(_name_in(directory, path), path.stat().st_size) for path in source.checkpoint.files),
        bytes_downloaded=source.bytes_downloaded,
        bytes_in_repo=source.bytes_in_repo,
        from_cache=source.commit is not None and source.bytes_downloaded == 0,
        parameters=family_of(architecture).parameters(architecture),
    )


def dry_run(config: Config, progress: Progress | None = None, *, full: bool = False) -> DryRunResult:
    """What `run` would fetch, how large it is, and whether this account may have it; nothing is stored.

    Raises:
        ConfigError: the config's weights are not in a repo.
        WeightsError: the hub does not even tell what it has.
    """
    if config.model.repo is None:
        raise ConfigError("There is nothing to fetch: the config names no repo.", "Leave out --dry-run.")
    progress = progress or Silent()
    progress.start(f"Asking the hub for {config.model.repo}")
    refusal: WeightsError | None = None
    try:
        manifest = ask_hub(config.model.repo, config.model.revision, full=full)
    except NoAccessError as error:
        manifest, refusal = error.manifest, error
    left = {file.name: file.left for file in missing(manifest)}
    files = [PlannedFile(file.name, file.size, left.get(file.name, 0)) for file in manifest.whole]
    if manifest.pieces:
        names = " + ".join(dict.fromkeys(piece.name for piece in manifest.pieces))
        files.append(PlannedFile(f"autoencoder in {names}", manifest.piece_bytes, left.get(cache.EXTRACT, 0)))
    return DryRunResult(
        source=manifest.repo,
        revision=manifest.revision,
        commit=manifest.commit,
        access=refusal is None,
        refusal=str(refusal) if refusal else None,
        files=tuple(files),
        bytes_to_download=sum(left.values()),
        bytes_in_repo=manifest.bytes_in_repo,
    )


def _name_in(directory: Path, path: Path) -> str:
    return path.relative_to(directory).as_posix() if path.is_relative_to(directory) else str(path)
