"""The progress of a step, which the console shows and library users may ignore."""

from typing import Literal

Unit = Literal["items", "bytes", "seconds"]  # seconds of audio


class Progress:
    """A listener to the progress of a step."""

    def start(self, what: str, total: float | None = None, unit: Unit = "items", done: float = 0.0) -> None:
        """Begin a phase of `total` units, if that is known, of which `done` were done before."""

    def advance(self, amount: float = 1.0) -> None:
        """Advance the phase by `amount` units."""

    def warn(self, message: str) -> None:
        """Warn the user; the work goes on."""


class Silent(Progress):
    """A listener that ignores everything."""
