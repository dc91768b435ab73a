"""The download command: bring the weights to this machine, and check that they are complete."""

from dataclasses import dataclass
from pathlib import Path

from saoctl.config import Config
from saoctl.errors import ConfigError, WeightsError
from saoctl.models.checkpoint import load
from saoctl.models.registry import family_of
from saoctl.progress import Progress, Silent
from saoctl.weights.fetch import fetch, manifest_of, wanted
from saoctl.weights.manifest import NoAccessError


@dataclass(frozen=True)
class File:
    """A file of the checkpoint.

    Args:
        name: in the repo, or the path on this machine.
        bytes: its size.
    """

    name: str
    bytes: int


@dataclass(frozen=True)
class DownloadResult:
    """The weights on this machine after a download.

    Args:
        source: the repo, the path or the seed.
        revision, commit: of a repo.
        directory: the folder of the weights.
        files: the files, by their names in `directory`, or by their whole paths if they are elsewhere.
        bytes_downloaded: bytes that were fetched now; 0 if all files were here.
        bytes_in_repo: the size of the whole repo, if the hub was asked.
        from_cache: whether the source is a repo and nothing had to be fetched.
        parameters: the number of parameters of the autoencoder.
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
        missing: the number of its bytes that are not on this machine yet.
    """

    name: str
    bytes: int
    missing: int


@dataclass(frozen=True)
class DryRunResult:
    """The files that a download would fetch.

    Args:
        source: the repo.
        revision, commit: of the repo.
        access: whether this account has access to the files.
        refusal: why it has no access, and the next step.
        files: the files that hold the autoencoder.
        bytes_to_download: the number of their bytes that are not on this machine yet.
        bytes_in_repo: the size of the whole repo.
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
    """Fetch, find or make the weights of a config, and load them to check them.

    Args:
        config: names the weights.
        progress: a listener.
        full: fetch the whole checkpoint of a repo, where the autoencoder's part would be enough.

    Raises:
        WeightsError: the weights cannot be fetched.
        FileError: they are not what they should be.
    """
    progress = progress or Silent()
    source = fetch(config.model, progress, full=full)
    progress.start("Checking the weights")
    architecture, _ = load(source.checkpoint, source.architecture)
    weights = source.checkpoint.weights
    directory = weights.parents[1] if weights.parent.name == "vae" else weights.parent  # "vae" is a folder of a repo
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
    """Return what `run` would fetch, how large it is, and whether this account has access; nothing is stored.

    Raises:
        ConfigError: the config's weights are not in a repo.
        WeightsError: the hub does not list the files.
    """
    if config.model.repo is None:
        raise ConfigError("There is nothing to fetch: the config names no repo.", "Leave out --dry-run.")
    progress = progress or Silent()
    progress.start(f"Asking the hub for {config.model.repo}")
    refusal: WeightsError | None = None
    try:
        manifest = manifest_of(config.model, full=full)
    except NoAccessError as error:
        manifest, refusal = error.manifest, error
    files = wanted(manifest)
    return DryRunResult(
        source=manifest.repo,
        revision=manifest.revision,
        commit=manifest.commit,
        access=refusal is None,
        refusal=str(refusal) if refusal else None,
        files=tuple(PlannedFile(file.name, file.size, file.left) for file in files),
        bytes_to_download=sum(file.left for file in files),
        bytes_in_repo=manifest.bytes_in_repo,
    )


def _name_in(directory: Path, path: Path) -> str:
    """Return the name of a file in a folder, or its whole path if it is elsewhere."""
    return path.relative_to(directory).as_posix() if path.is_relative_to(directory) else str(path)
