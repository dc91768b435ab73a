"""The weights that an exported file names, as a section of a config and as options of a command."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torch import Tensor

from saoctl.config import Config, ModelConfig, options_for_repo, repo_and_file, shipped
from saoctl.config import load as load_config
from saoctl.errors import FileError
from saoctl.formats.description import Description
from saoctl.models.checkpoint import fingerprint, locate
from saoctl.weights.source import halves_of


@dataclass(frozen=True)
class Weights:
    """The weights that a command used.

    Args:
        source: the name of the weights.
        commit: the commit of the weights, if they are from a repo.
        named_by: what named the weights: the config, or the exported file if the user chose none.
    """

    source: str
    commit: str | None
    named_by: Literal["config", "artifact"]

    def summary(self) -> str:
        """Return a phrase with the name of the weights, which says so if the file named them."""
        commit = f" at {self.commit[:12]}" if self.commit else ""
        return f"{self.source}{commit}" + (", as the file names them" if self.named_by == "artifact" else "")


def with_weights_of(config: Config, description: Description | None) -> Config:
    """Return a config with the weights that its artifact was exported from, if the user chose none.

    The config stays the same if the user chose some, or if the artifact names none, as a file of another tool or of
    saoctl 0.1.0.

    Args:
        config: the config, which names the artifact.
        description: the description of the artifact.

    Raises:
        FileError: the weights are not where the artifact names them.
    """
    if not config.model.is_default or description is None or description.source_kind is None:
        return config
    return config.model_copy(update={"model": _weights_of(description, config.artifact)})


def _weights_of(description: Description, artifact: Path) -> ModelConfig:
    """Return the weights that an artifact names.

    A path is searched for in the working folder, in the folder of the artifact, and in the folders above that.
    """
    source, architecture = description.source, description.architecture
    if description.source_kind == "repo":
        repo, file = repo_and_file(source)
        described = None if file is None else architecture
        return ModelConfig(repo=repo, revision=_revision(description), file=file, architecture=described)
    if description.source_kind == "seed":
        return ModelConfig(seed=int(source.removeprefix("seed ")), architecture=architecture)
    if description.source_kind == "config" and source in shipped():
        return load_config(source).model
    paths = halves_of(source) if description.source_kind == "halves" else {"path": source}
    for folder in (Path(), *artifact.absolute().parents):
        with suppress(FileError):
            for path in paths.values():
                locate(folder / path)
            found = {key: folder / path for key, path in paths.items()}
            return ModelConfig.model_validate({**found, "architecture": architecture})
    raise FileError(
        f"{artifact} was exported from weights called {source}, which are neither in the working folder nor beside it"
        " or above it.",
        "Name them: --path WEIGHTS.",
    )


def options_for(description: Description) -> str | None:
    """Return the options that choose the weights of an exported file, such as `-c demo`.

    The result is None if the file names no weights, or weights that no option chooses, such as random ones.
    """
    source = description.source
    if description.source_kind == "config":
        return f"-c {source}"
    if description.source_kind == "repo":
        repo, file = repo_and_file(source)
        return options_for_repo(repo, _revision(description), file)
    if description.source_kind == "halves":
        found = {key: path if Path(path).exists() else "WEIGHTS" for key, path in halves_of(source).items()}
        return f"--set 'model={{{', '.join(f'{key}: {path}' for key, path in found.items())}}}'"
    if description.source_kind == "path":
        return f"--path {source if Path(source).exists() else 'WEIGHTS'}"
    return None


def is_from(description: Description, weights: Mapping[str, Tensor]) -> bool | None:
    """Return whether an exported file was made from a state dict; None if it has no fingerprint of its weights."""
    return None if description.weights is None else description.weights == fingerprint(weights)


def other_weights(artifact: Path, source: str) -> FileError:
    """Return the error for weights that have the name of an artifact's, and other values."""
    return FileError(
        f"{artifact} was exported from {source}, and the weights of that name have other values here.",
        "Name the right weights: --path WEIGHTS.",
    )


def _revision(description: Description) -> str:
    return description.commit or description.revision or "main"
