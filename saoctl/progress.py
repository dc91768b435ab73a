"""What a step tells while it works; the console shows it, tests and library users may ignore it."""

from typing import Literal, Protocol

Unit = Literal["items", "bytes", "seconds"]  # of audio


class Progress(Protocol):
    """A listener to the progress of a step."""

    def start(self, what: str, total: float | None = None, unit: Unit = "items", done: float = 0.0) -> None:
        """A new phase begins, of `total` units if that is known, of which `done` were done before."""

    def advance(self, amount: float = 1.0) -> None:
        """The phase has come `amount` units further."""

    def warn(self, message: str) -> None:
        """The user should know this, but the work goes on."""


class Silent:
    """A listener that listens to nothing."""

    def start(self, what: str, total: float | None = None, unit: Unit = "items", done: float = 0.0) -> None: ...

    def advance(self, amount: float = 1.0) -> None: ...

    def warn(self, message: str) -> None: ...
