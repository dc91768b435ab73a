"""Listeners to progress, for tests of what a step tells."""

from saoctl.progress import Silent


class Warned(Silent):
    """A listener that keeps the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, message: str) -> None:
        self.warnings.append(message)
