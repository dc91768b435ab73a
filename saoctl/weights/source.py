"""The three sources of weights that a config can name, each brought to files on this machine."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from saoctl.config import ModelConfig, shipped_with
from saoctl.files import atomic_folder, cache_folder, portable
from saoctl.models.checkpoint import Checkpoint, locate
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of
from saoctl.progress import Progress
from saoctl.vocabulary import SourceKind
from saoctl.weights import hub

RANDOM_VERSION = 2  # part of a random checkpoint's name; raised when the same seed gives other weights


@dataclass(frozen=True)
class Source:
    """Weights on this machine, and where they are from.

    Args:
        checkpoint: the files.
        kind: what names the weights.
        name: the shipped config, the repo, the path as `saoctl.files.portable` has it, or the seed: what files that
            saoctl writes call the weights.
        revision: what the config asked for, if the source has revisions.
        commit: what that resolved to.
        architecture: the config's own, if it has one.
        bytes_downloaded: what had to be fetched for it.
        bytes_in_repo: of all files of the repo, if the hub was asked.
    """

    checkpoint: Checkpoint
    kind: SourceKind
    name: str
    revision: str | None = None
    commit: str | None = None
    architecture: Architecture | None = None
    bytes_downloaded: int = 0
    bytes_in_repo: int | None = None


def resolve(model: ModelConfig, progress: Progress, *, local_only: bool, full: bool = False) -> Source:
    """The files of a config's weights; of a repo they are fetched unless `local_only`.

    Args:
        model: the part of the config that names them.
        progress: a listener.
        local_only: take what is on this machine.
        full: of a repo, fetch the whole checkpoint, where the autoencoder's part would be enough.

    Raises:
        WeightsError: a repo's files cannot be had.
        FileError: a local path has no checkpoint, or a random one cannot be written.
    """
    if model.repo is not None:
        repo, revision = model.repo, model.revision
        fetched = hub.cached(repo, revision) if local_only else hub.fetch(repo, revision, progress, full=full)
        return Source(
            fetched.checkpoint,
            "repo",
            repo,
            revision,
            fetched.commit,
            bytes_downloaded=fetched.bytes_downloaded,
            bytes_in_repo=fetched.bytes_in_repo,
        )
    if model.path is not None:
        checkpoint, shipped = locate(model.path), shipped_with(model)
        if shipped is not None:
            return Source(checkpoint, "config", shipped)
        return Source(checkpoint, "path", portable(model.written_path or model.path), architecture=model.architecture)
    assert model.seed is not None  # as ModelConfig guarantees
    assert model.architecture is not None
    checkpoint = _random(model.architecture, model.seed, progress)
    return Source(checkpoint, "seed", f"seed {model.seed}")


def _random(architecture: Architecture, seed: int, progress: Progress) -> Checkpoint:
    """A random checkpoint, laid out as the published repo is; written once."""
    identity = json.dumps([RANDOM_VERSION, seed, architecture.model_dump(mode="json")], sort_keys=True)
    folder = cache_folder() / "random" / hashlib.sha256(identity.encode()).hexdigest()[:16]
    if not folder.is_dir():
        progress.start("Making random weights")
        write_random(folder, architecture, seed)
    return locate(folder)


def write_random(folder: Path, architecture: Architecture, seed: int) -> None:
    """Write random weights as a repo publishes real ones.

    Raises:
        FileError: the folder cannot be written.
    """
    family = family_of(architecture)
    with atomic_folder(folder) as temporary:
        family.write(temporary, architecture, family.random_state(architecture, seed))
