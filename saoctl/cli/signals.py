"""Handles signals that end a command as Ctrl-C does, so that no partial file is left."""

import signal
from types import FrameType

from saoctl.errors import ExitCode, InterruptedCommandError

# By the name of the signal; Windows does not have all of them.
ENDINGS = {
    "SIGTERM": ("The command was ended by the signal SIGTERM.", ExitCode.TERMINATED),
    "SIGHUP": ("The command was ended, because its terminal was closed (SIGHUP).", ExitCode.HUNG_UP),
}

_received: list[str] = []


def install() -> None:
    """Let signals that would kill the process raise KeyboardInterrupt; those that are ignored stay ignored."""
    for name in ENDINGS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second signal must not interrupt the cleanup
    _received.append(signal.Signals(number).name)
    raise KeyboardInterrupt


def error(hint: str = "") -> InterruptedCommandError:
    """Return the error of a command that was interrupted, by the received signal or else by Ctrl-C.

    Args:
        hint: the next step to take.
    """
    message, exit_code = ENDINGS[_received[0]] if _received else ("Interrupted.", ExitCode.INTERRUPTED)
    return InterruptedCommandError(message, hint, exit_code)
