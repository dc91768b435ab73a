"""The contract of a command: its work, and everything that depends on the form of its result."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from saoctl.errors import ExitCode

if TYPE_CHECKING:  # `saoctl --help` imports all commands, but nothing that they need to run
    from saoctl.cli.shown import Shown
    from saoctl.config import Config
    from saoctl.progress import Progress

R = TypeVar("R")


class Command(ABC, Generic[R]):
    """The work of a command, and its result. `saoctl run` runs four of them, `saoctl export --test` two.

    To add a command, write a module in this folder that has:

    - a Command. Its `run` imports the code that does the work, so that `saoctl --help` stays fast, and returns a frozen
      dataclass whose docstring describes each field. Its `shown` makes the tables and sentences for a person; that of a
      ReportCommand also makes markdown;
    - a function `command`. Its first parameter is an `Options`, the others are the command's own options, and its
      docstring is its help, with an example. It calls `execute` with the config keys that its options set.

    Add a line to `app.COMMANDS` and one to `schema.RESULTS`. The JSON is made from the dataclass, and `make schemas`
    makes its schema from the docstring.

    Attributes:
        name: of the command; also the key of its document where several are printed.
        without_weights: a sentence on what the command can do without weights, if anything.
        sleeps: whether torch's threads sleep while they wait for work; see `saoctl.waiting`.
    """

    name: ClassVar[str]
    sleeps: ClassVar[bool] = True
    without_weights: ClassVar[str] = ""

    def check(self, config: "Config") -> None:  # not abstract: most commands have nothing to refuse
        """Refuse impossible options before any command begins its work, and before torch is loaded.

        Raises:
            ConfigError: an option is impossible.
            FileError: an output cannot be written.
        """

    @abstractmethod
    def run(self, config: "Config", progress: "Progress") -> R:
        """Do the work.

        Raises:
            SaoctlError: anything that the user can do something about.
        """

    @abstractmethod
    def shown(self, result: R) -> "Iterator[Shown]":
        """Yield the output for a person, in its order, the answer last."""

    def exit_code(self, result: R) -> ExitCode:
        """Return the exit code that the result means."""
        return ExitCode.GOOD

    def problems(self, result: R) -> Sequence[str]:
        """Return a sentence for each thing that makes a result bad."""
        return ()


class ReportCommand(Command[R]):
    """A command whose result has rows, `results`, and can be written as a report."""

    @abstractmethod
    def markdown(self, result: R) -> str:
        """Return a report for people, such as the summary of a CI job."""
