"""Adds to an error what else a command accepts when the weights or the exported file are missing."""

from typing import TYPE_CHECKING, Any

from saoctl.cli.command import Command
from saoctl.errors import MissingArtifactError, WeightsError

if TYPE_CHECKING:
    from saoctl.config import Config


def next_step(error: WeightsError | MissingArtifactError, command: Command[Any], config: "Config") -> str:
    """Return the next step after an error, with what else the command accepts.

    Args:
        error: of the command.
        command: the command that ran.
        config: its config.
    """
    from saoctl import config as configs

    if isinstance(error, WeightsError):
        return f"{error.hint} {command.without_weights}".rstrip()
    is_default = config.model.is_default and config.artifact == configs.load(configs.DEFAULT_NAME).artifact
    if not is_default or error.path != config.artifact:  # the user named what to use
        return error.hint
    for name in configs.names():
        path = configs.load(name).artifact
        if path.is_file():
            return f"{path} exists: run `saoctl {command.name} -c {name}`."
    return f"Run `saoctl export` first, or name a file: `saoctl {command.name} FILE`."
