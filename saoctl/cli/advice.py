"""Adds to an error what else a command accepts when the weights or the exported file are missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from saoctl.cli.command import Command
from saoctl.errors import MissingArtifactError, WeightsError

if TYPE_CHECKING:
    from saoctl.config import Config


@contextmanager
def advice(command: Command[Any], config: "Config") -> Iterator[None]:
    """Add to an error that is raised in the context what else the command accepts.

    Args:
        command: the command that runs.
        config: its config.
    """
    try:
        yield
    except WeightsError as error:
        error.hint = f"{error.hint} {command.without_weights}".rstrip()
        raise
    except MissingArtifactError as error:
        if config.model.is_default and error.path == config.artifact:
            error.hint = _other_artifact(command, config) or error.hint
        raise


def _other_artifact(command: Command[Any], config: "Config") -> str | None:
    """Return how to use a file that a shipped config exported; None if the user named one."""
    from saoctl import config as configs

    if config.artifact != configs.load(configs.DEFAULT_NAME).artifact:
        return None
    for name in configs.shipped():
        path = configs.load(name).artifact
        if path.is_file():
            return f"{path} exists: run `saoctl {command.name} -c {name}`."
    return f"Run `saoctl export` first, or name a file: `saoctl {command.name} FILE`."
