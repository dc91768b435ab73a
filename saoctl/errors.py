"""The errors that users see, and what the exit code of a command means."""

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """What the exit status of every command means."""

    GOOD = 0
    CHECK_FAILED = 1
    USAGE = 2
    WEIGHTS = 3
    FILE = 4
    INTERNAL = 70  # an error of saoctl itself; EX_SOFTWARE in BSD's sysexits.h
    # As shells count: 128 and the number of the signal.
    HUNG_UP = 129  # SIGHUP: the terminal was closed
    INTERRUPTED = 130  # SIGINT
    BROKEN_PIPE = 141  # SIGPIPE: nobody reads the output any more
    TERMINATED = 143  # SIGTERM, as a cancelled job of CI gets it


class SaoctlError(Exception):
    """An error that is told in plain sentences; what the user can do something about has a class below.

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
    """Wrong usage, or a config that cannot be."""

    exit_code = ExitCode.USAGE


class WeightsError(SaoctlError):
    """The weights cannot be had: no token, licence not accepted, no network, not in the cache."""

    exit_code = ExitCode.WEIGHTS


class FileError(SaoctlError):
    """A file is missing, unreadable, not what it should be, or cannot be written."""

    exit_code = ExitCode.FILE


class MissingArtifactError(FileError):
    """An exported file is not there.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(f"The artifact {path} does not exist.", "Check the name, or run `saoctl export` first.")
        self.path = path


class InterruptedCommandError(SaoctlError):
    """A signal ended the command."""

    exit_code = ExitCode.INTERRUPTED


class TerminatedCommandError(InterruptedCommandError):
    """The signal was SIGTERM."""

    exit_code = ExitCode.TERMINATED


class HungUpCommandError(InterruptedCommandError):
    """The signal was SIGHUP."""

    exit_code = ExitCode.HUNG_UP


class ResumableInterrupt(KeyboardInterrupt):
    """The user broke off what the same command continues.

    Args:
        hint: how much is kept, in one plain sentence.
    """

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint
