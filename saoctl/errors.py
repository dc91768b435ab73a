"""The errors that users see, and the exit codes of commands."""

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """The exit status of a command."""

    GOOD = 0
    CHECK_FAILED = 1
    USAGE = 2
    WEIGHTS = 3
    FILE = 4
    INTERNAL = 70  # a defect of saoctl; EX_SOFTWARE in BSD's sysexits.h
    # Of a command that a signal ended, 128 plus the number of the signal, as in shells.
    HUNG_UP = 129  # SIGHUP: the terminal was closed
    INTERRUPTED = 130  # SIGINT
    BROKEN_PIPE = 141  # SIGPIPE: the reader of the output has closed it
    TERMINATED = 143  # SIGTERM, for example when a CI job is cancelled


class SaoctlError(Exception):
    """An error that is reported in plain sentences; those that the user can correct have a class below.

    Args:
        message: what is wrong, in one plain sentence.
        hint: the next step to take, in one plain sentence.
    """

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class ConfigError(SaoctlError):
    """Wrong usage, or an impossible config."""

    exit_code = ExitCode.USAGE


class WeightsError(SaoctlError):
    """The weights cannot be fetched or found: no token, licence not accepted, no network, not in the cache."""

    exit_code = ExitCode.WEIGHTS


class FileError(SaoctlError):
    """A file is missing, unreadable, not what it should be, or cannot be written."""

    exit_code = ExitCode.FILE


class MissingArtifactError(FileError):
    """An exported file does not exist.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(f"The artifact {path} does not exist.", "Check the name, or run `saoctl export` first.")
        self.path = path


class InterruptedCommandError(SaoctlError):
    """A signal ended the command.

    Args:
        message, hint: see `SaoctlError`.
        exit_code: that of the signal.
    """

    def __init__(self, message: str, hint: str, exit_code: ExitCode) -> None:
        super().__init__(message, hint)
        self.exit_code = exit_code


class ResumableInterrupt(KeyboardInterrupt):
    """The user interrupted work that the same command continues.

    Args:
        hint: how much of it is kept, in one plain sentence.
    """

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint
