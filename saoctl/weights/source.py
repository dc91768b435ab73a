"""The weights that a config names, as they lie on this machine: in the caches, at a path, or made from a seed."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import constants

from saoctl.config import ModelConfig, options_for_repo, shipped_with
from saoctl.errors import FileError, WeightsError
from saoctl.files import atomic_folder, cache_folder, portable
from saoctl.models.checkpoint import Checkpoint, locate
from saoctl.models.family import Architecture
from saoctl.models.layouts import LAYOUTS
from saoctl.models.registry import family_of
from saoctl.progress import Progress
from saoctl.vocabulary import SourceKind
from saoctl.weights import cache

RANDOM_VERSION = 2  # part of a random checkpoint's name; raised when the same seed gives other weights
WITHOUT = "`--path FILE|DIR` takes weights that are on this machine, and `-c demo` the small model that is shipped."


@dataclass(frozen=True)
class Source:
    """Weights on this machine, and where they are from.

    Args:
        checkpoint: the files.
        kind: the kind of source that the config names.
        name: the shipped config, the repo, the path as `saoctl.files.portable` gives it, or the seed. Files that
            saoctl writes call the weights by this name.
        revision: the one that the config asks for, if the source has revisions.
        commit: the commit that the revision resolved to.
        architecture: the config's own, if it has one.
        bytes_downloaded: the bytes that had to be fetched.
        bytes_in_repo: the size of all files of the repo, if the hub was asked.
    """

    checkpoint: Checkpoint
    kind: SourceKind
    name: str
    revision: str | None = None
    commit: str | None = None
    architecture: Architecture | None = None
    bytes_downloaded: int = 0
    bytes_in_repo: int | None = None


def find(model: ModelConfig, progress: Progress) -> Source:
    """Return the weights of a config as they are on this machine; the hub is not asked.

    Args:
        model: the section of the config that names them.
        progress: a listener.

    Raises:
        WeightsError: a repo's files are not in the cache.
        FileError: a cached file is damaged, a local path has no checkpoint, or a random one cannot be written.
    """
    if model.repo is not None:
        return _in_cache(model.repo, model.revision)
    if model.path is not None:
        checkpoint, shipped = locate(model.path), shipped_with(model)
        if shipped is not None:
            return Source(checkpoint, "config", shipped)
        return Source(checkpoint, "path", portable(model.written_path or model.path), architecture=model.architecture)
    assert model.seed is not None  # as ModelConfig guarantees
    assert model.architecture is not None
    return Source(_random(model.architecture, model.seed, progress), "seed", f"seed {model.seed}")


def _in_cache(repo: str, revision: str) -> Source:
    """Return a repo's weights as the caches have them, in the smallest layout that is complete there."""
    for config_name, weights_name in LAYOUTS:
        config = cache.named_path(repo, config_name, revision)
        if config is None:
            continue
        commit = config.parents[config_name.count("/")].name  # the cache has it at snapshots/<commit>/<name>
        weights = cache.named_path(repo, weights_name, commit)
        if weights is None and config_name == "model_config.json":
            weights = cache.extract_path(repo, commit)
        if weights is None or not weights.exists():
            continue
        checkpoint = Checkpoint(weights, config)
        if not all(file.exists() for file in checkpoint.files):  # a shard may never have been fetched
            continue
        if damaged := next(filter(cache.is_damaged, checkpoint.files), None):
            raise FileError(
                f"The cached file {damaged} is damaged.", "Run `saoctl download` with network: it is fetched again."
            )
        return Source(checkpoint, "repo", repo, revision, commit)
    offline = constants.HF_HUB_OFFLINE
    raise WeightsError(
        f"{'HF_HUB_OFFLINE is set, and the' if offline else 'The'} weights of {repo} at {revision} are not in the"
        " cache.",
        f"With a network, {'unset it and ' if offline else ''}run `saoctl download {options_for_repo(repo, revision)}`"
        f" first. Without one: {WITHOUT}",
    )


def _random(architecture: Architecture, seed: int, progress: Progress) -> Checkpoint:
    """Return a random checkpoint, laid out as the published repo is, which is written once."""
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
