"""The contract of a command: a step, and all that knows the shape of its result."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from saoctl.errors import ExitCode

if TYPE_CHECKING:  # a command is known before what it needs to run is loaded
    from saoctl.cli.shown import Shown
    from saoctl.config import Config
    from saoctl.progress import Progress

R = TypeVar("R")


class Step(ABC, Generic[R]):
    """One step of the work with its result. Most commands run one; `run` runs four.

    To add a command: a module in this folder with

    - a Step: it imports what does the work inside `run`, so that `saoctl --help` need not, and gives a frozen dataclass
      whose docstring says of each field what it is;
    - beside it the tables and sentences that a person is shown of the result (`shown`), and for a ReportStep its
      markdown: whoever changes the result's shape finds all of it there;
    - a function `command`: its first parameter is an `Options`, the others are the command's own options, and its
      docstring is its help, with an example; it puts together what the options lay over the config and calls `execute`;

    a line in `app.COMMANDS`, and one in `schema.documents`; `make schemas` then writes its schema from the docstring.
    The JSON is the dataclass: nothing is to be written for it.

    Attributes:
        name: of the step, and the key of its document where a command prints several.
        without_weights: a sentence on what the command can do without weights, if it can.
        sleeps: whether torch's threads sleep while they wait for work, see `saoctl.waiting`.
    """

    name: ClassVar[str]
    sleeps: ClassVar[bool] = True
    without_weights: ClassVar[str] = ""

    @staticmethod
    @abstractmethod
    def result_type() -> type[Any]:
        """The dataclass of its results."""

    def check(self, config: "Config") -> None:  # most steps have nothing to refuse
        """Refuse what cannot be, before any step of the command does any work and before torch is loaded.

        Raises:
            ConfigError: an option is impossible.
            FileError: an output cannot be written.
        """

    @abstractmethod
    def run(self, config: "Config", progress: "Progress") -> R:
        """Do the work.

        Raises:
            SaoctlError: what a user can do something about.
        """

    @abstractmethod
    def shown(self, result: R) -> "Iterator[Shown]":
        """What a person sees of a result, in its order, the answer last."""

    def exit_code(self, result: R) -> ExitCode:
        """What the result means for whoever called the command."""
        return ExitCode.GOOD

    def problems(self, result: R) -> Sequence[str]:
        """A sentence for each thing that makes a result bad."""
        return ()


class ReportStep(Step[R]):
    """A step whose result has rows, `results`, and can be written as a report."""

    @abstractmethod
    def markdown(self, result: R) -> str:
        """A report for people, as the summary of a CI job."""
