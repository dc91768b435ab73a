"""The weights that a config names, as they lie on this machine: in the caches, at a path, or made from a seed."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from huggingface_hub import constants

from saoctl.config import ModelConfig, options_for_repo, shipped_with
from saoctl.errors import ConfigError, FileError, WeightsError
from saoctl.files import atomic_folder, cache_folder, portable
from saoctl.models.checkpoint import CONFIGS_BESIDE, Checkpoint, load_architecture, locate
from saoctl.models.family import Architecture, PartialArchitecture, UnsupportedArchitectureError
from saoctl.models.layouts import LAYOUTS
from saoctl.models.registry import family_of, known_models
from saoctl.progress import Progress
from saoctl.vocabulary import METHODS, Direction, SourceKind
from saoctl.weights import cache

RANDOM_VERSION = 2  # part of a random checkpoint's name; raised when the same seed gives other weights
WITHOUT = "`--path FILE|DIR` takes weights that are on this machine, and `-c demo` the small model that is shipped."


@dataclass(frozen=True)
class Source:
    """Weights on this machine, and where they are from.

    Args:
        checkpoint: the files.
        kind: the kind of source that the config names.
        name: the shipped config, the repo and the file in it if one is named, the path as `saoctl.files.portable` gives
            it, see `halves_name` for two of them, or the seed. Files that saoctl writes call the weights by this name.
        revision: the one that the config asks for, if the source has revisions.
        commit: the commit that the revision resolved to.
        architecture: the config's own, or that of the tensors' shapes; None: the config beside the weights has it.
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

    def read_architecture(self) -> Architecture:
        """Return the architecture of the weights, from the config beside them if nothing else has it.

        Raises:
            FileError: see `saoctl.models.checkpoint.load_architecture`.
        """
        return self.architecture or load_architecture(self.checkpoint)


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
        return _in_cache(model, progress)
    if model.path is not None:
        checkpoint, shipped = locate(model.path), shipped_with(model)
        if shipped is not None:
            return Source(checkpoint, "config", shipped)
        name = portable(model.written(model.path))
        return Source(checkpoint, "path", name, architecture=stated_architecture(checkpoint, model, progress))
    if model.halves:
        checkpoint = _halves(model)
        name = halves_name({direction: portable(model.written(path)) for direction, path in model.halves.items()})
        return Source(checkpoint, "halves", name, architecture=stated_architecture(checkpoint, model, progress))
    assert model.seed is not None  # as ModelConfig guarantees
    assert model.whole_architecture is not None
    return Source(_random(model.whole_architecture, model.seed, progress), "seed", f"seed {model.seed}")


def stated_architecture(checkpoint: Checkpoint, model: ModelConfig, progress: Progress) -> Architecture | None:
    """Return the architecture of a config's weights, unless the config beside them alone describes it.

    Args:
        checkpoint: the files of the weights.
        model: the section of the config that names them.
        progress: a listener, which hears what is assumed where nothing describes the weights but they themselves.

    Raises:
        FileError: the tensors are not those of one model; see `saoctl.models.checkpoint.load_architecture`.
        ConfigError: the config names the weights of a direction that its architecture does not have.
    """
    if (whole := model.whole_architecture) is not None:
        try:
            halves = [family_of(whole).half(whole, part.only) for part in checkpoint.parts if part.only is not None]
        except UnsupportedArchitectureError as error:
            message = f"`model.architecture` {error}, but `model` names the weights of one."
            raise ConfigError(message, "Leave one of them out.") from error
        return halves[0] if len(halves) == 1 else whole
    partial = model.architecture if isinstance(model.architecture, PartialArchitecture) else None
    if partial is None and checkpoint.config is not None and checkpoint.only is None:
        return None
    architecture = load_architecture(checkpoint, partial)
    if checkpoint.config is None and (partial is None or partial.sample_rate is None):
        known = known_models().values()
        alike = [each.name for each in known if each.architecture == architecture]
        setting = f"model.architecture={alike[0] if alike else ''}"
        if not alike:  # the encoder or the decoder alone of one, whose name stands for the whole model
            alike = [each.name for each in known if each.architecture.ratio == architecture.ratio]
            setting = f"model.architecture.sample_rate={architecture.sample_rate}"
        names = {METHODS: "a model", ("encode",): "an encoder alone", ("decode",): "a decoder alone"}
        what = names[architecture.methods]
        progress.warn(
            f"{checkpoint.weights} has no config beside it. Its tensors are shaped like those of {alike[0]}, so it is"
            f" taken for {what} at {architecture.sample_rate} Hz. To be sure, say so: --set {setting}."
        )
    return architecture


def halves_name(paths: Mapping[Direction, str]) -> str:
    """Return the name of weights whose directions are taken from one place each.

    >>> halves_name({"encoder": "vae", "decoder": "student.safetensors"})
    'encoder of vae and decoder of student.safetensors'
    """
    return " and ".join(f"{direction} of {path}" for direction, path in paths.items())


def halves_of(name: str) -> dict[Direction, str]:
    """Return the paths in a name of `halves_name`."""
    found = re.fullmatch(r"(?:encoder of (?P<encoder>.+?))?(?: and )?(?:decoder of (?P<decoder>.+))?", name)
    every: dict[Direction, str | None] = {"encoder": found and found["encoder"], "decoder": found and found["decoder"]}
    return {direction: path for direction, path in every.items() if path is not None}


def _halves(model: ModelConfig) -> Checkpoint:
    """Return the checkpoints of a config's encoder and decoder as one."""
    found = [replace(locate(path, f"model.{direction}"), only=direction) for direction, path in model.halves.items()]
    return found[0] if len(found) == 1 else replace(found[0], beside=found[1])


def name_of(model: ModelConfig) -> str:
    """Return the name of a repo's weights: the repo, and the file in it if the config names one."""
    return f"{model.repo}/{model.file}" if model.file else f"{model.repo}"


def cached(model: ModelConfig) -> Iterator[tuple[Checkpoint, str]]:
    """Yield the checkpoints of a repo that are complete in the caches, the smallest layout first, and the commit.

    Their content is not looked at.
    """
    assert model.repo is not None
    for config_name, weights_name in _layouts(model):
        commit = cache.commit_of(model.repo, model.revision)
        config = None if config_name is None else cache.named_path(model.repo, config_name, commit)
        if config is None and config_name is not None:
            continue
        weights = cache.named_path(model.repo, weights_name, commit)
        if weights is None and (model.file is not None or config_name == "model_config.json"):
            weights = cache.extract_path(model.repo, commit, model.file)
        if weights is None or not weights.exists():
            continue
        checkpoint = Checkpoint(weights, config)
        if all(file.exists() for file in checkpoint.files):  # a shard may never have been fetched
            yield checkpoint, commit


def _layouts(model: ModelConfig) -> Iterable[tuple[str | None, str]]:
    """Return the names of the config and of the weights in a repo, in each layout that they may have."""
    if model.file is None:
        return LAYOUTS
    return [*((beside, model.file) for beside in configs_beside(model)), (None, model.file)]


def configs_beside(model: ModelConfig) -> list[str]:
    """Return the names in a repo of the configs that may describe the file that a config names."""
    if model.file is None or model.whole_architecture is not None:
        return []
    return [PurePosixPath(model.file).with_name(name).as_posix() for name in CONFIGS_BESIDE]


def _in_cache(model: ModelConfig, progress: Progress) -> Source:
    """Return a repo's weights as the caches have them, in the smallest layout that is complete there."""
    for checkpoint, commit in cached(model):
        if damaged := next(filter(cache.is_damaged, checkpoint.files), None):
            raise FileError(
                f"The cached file {damaged} is damaged.", "Run `saoctl download` with network: it is fetched again."
            )
        architecture = stated_architecture(checkpoint, model, progress)
        return Source(checkpoint, "repo", name_of(model), model.revision, commit, architecture)
    assert model.repo is not None
    offline = constants.HF_HUB_OFFLINE
    options = options_for_repo(model.repo, model.revision, model.file)
    raise WeightsError(
        f"{'HF_HUB_OFFLINE is set, and the' if offline else 'The'} weights of {name_of(model)} at {model.revision} are"
        " not in the cache.",
        f"With a network, {'unset it and ' if offline else ''}run `saoctl download {options}` first."
        f" Without one: {WITHOUT}",
    )


def _random(architecture: Architecture, seed: int, progress: Progress) -> Checkpoint:
    """Return a random checkpoint, laid out as the published repo is, which is written once."""
    identity = json.dumps([RANDOM_VERSION, seed, architecture.described()], sort_keys=True)
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
