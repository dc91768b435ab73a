"""Signals that end a command: each cleans up as Ctrl-C does, so that nothing half-written stays."""

import signal
from types import FrameType

from saoctl.errors import HungUpCommandError, InterruptedCommandError, TerminatedCommandError

# By the name of the signal; Windows does not have all of them.
ERRORS: dict[str, tuple[type[InterruptedCommandError], str]] = {
    "SIGTERM": (TerminatedCommandError, "The command was ended by the signal SIGTERM."),
    "SIGHUP": (HungUpCommandError, "The command was ended, since its terminal was closed (SIGHUP)."),
}

_received: list[str] = []


def install() -> None:
    """Let signals that would kill the process raise KeyboardInterrupt; those that are ignored stay ignored."""
    for name in ERRORS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one must not break off the cleaning up
    _received.append(signal.Signals(number).name)
    raise KeyboardInterrupt


def error(hint: str = "") -> InterruptedCommandError:
    """The error of a command that was interrupted, by the signal that was received or else by Ctrl-C.

    Args:
        hint: the next step to take.
    """
    kind, message = ERRORS[_received[0]] if _received else (InterruptedCommandError, "Interrupted.")
    return kind(message, hint)
