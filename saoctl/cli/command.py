"""The contract of a command: its options, its work, and everything that depends on the form of its result."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from saoctl.cli.options import OverwriteOption
from saoctl.cli.shown import Shown
from saoctl.errors import ExitCode

if TYPE_CHECKING:  # `saoctl --help` imports all commands, but nothing that they need to run
    from saoctl.config import Config
    from saoctl.progress import Progress

R = TypeVar("R")


class Command(ABC, Generic[R]):
    """The options of a command, its work, and its result. `saoctl run` runs four of them, `saoctl export --test` two.

    To add a command, write a module in this folder that has:

    - a Command, a frozen dataclass whose fields are its options. Its `run` imports the code that does the work, so that
      `saoctl --help` stays fast, and returns a frozen dataclass whose docstring describes each field. Its `shown` makes
      the tables and sentences for a person; that of a ReportCommand also makes markdown;
    - a function `command`, whose parameters are an `Options` and the Command, and whose docstring is its help, with an
      example. It calls `execute`.

    Add the module to `app.COMMANDS`, and a line to `schema.RESULTS`. The JSON is made from the dataclass, and `make
    schemas` makes its schema from the docstring.

    Attributes:
        name: of the command; also the key of its document where several are printed.
        without_weights: a sentence on what the command can do without weights, if anything.
        sleeps: whether torch's threads sleep while they wait for work; see `saoctl.waiting`.
    """

    name: ClassVar[str]
    sleeps: ClassVar[bool] = True
    without_weights: ClassVar[str] = ""

    def flags(self) -> Mapping[str, object]:
        """Return the config keys that the options set, with their values; None sets nothing.

        Raises:
            ConfigError: options contradict each other.
            FileError: a folder is given where a file is expected.
        """
        return {}

    @property
    def fills_stdout(self) -> bool:
        """Whether the result itself goes to standard output, so that no report can go there."""
        return False

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
    def shown(self, result: R) -> Iterator[Shown]:
        """Yield the output for a person, in its order, the answer last."""

    def exit_code(self, result: R) -> ExitCode:
        """Return the exit code that the result means."""
        return ExitCode.GOOD

    def problems(self, result: R) -> Sequence[str]:
        """Return a sentence for each thing that makes a result bad."""
        return ()


@dataclass(frozen=True)
class ReportCommand(Command[R]):
    """A command whose result has rows, `results`, and can be written as a report."""

    overwrite: OverwriteOption = field(default=False, kw_only=True)

    @abstractmethod
    def markdown(self, result: R) -> str:
        """Return a report for people, such as the summary of a CI job."""
