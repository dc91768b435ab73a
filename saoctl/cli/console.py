"""The one place that writes to the terminal: progress, tables and hints to stderr, results to stdout."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from saoctl.cli.shown import Answer, Hint, Remark, Shown, size
from saoctl.cli.terminal import Terminal
from saoctl.errors import ExitCode, SaoctlError
from saoctl.progress import Progress, Unit
from saoctl.vocabulary import SCHEMA_VERSION

LEFT = TextColumn("left", markup=False)
PATIENCE = 10.0  # seconds before the first line of progress


@dataclass
class Lines:
    """Progress without a terminal: a line at each tenth, with the time left.

    A transfer prints from the first tenth on, everything else only once it has taken PATIENCE seconds.

    Args:
        what: the phase.
        total: the number of units.
        unit: bytes of a transfer, seconds of audio, or items.
        done: units that were done before.
        clock: returns the time in seconds.
    """

    what: str
    total: float
    unit: Unit
    done: float = 0.0
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self.before, self.began = self.done, self.clock()

    def advance(self, amount: float) -> str | None:
        """Return the line to print, if another tenth is complete."""
        tenths = int(10 * self.done / self.total)
        self.done += amount
        reached = int(10 * self.done / self.total)
        seconds = max(self.clock() - self.began, 1e-3)
        if reached == tenths or (self.unit != "bytes" and seconds < PATIENCE):
            return None
        rate = (self.done - self.before) / seconds
        left = f"{max(self.total - self.done, 0) / max(rate, 1e-9):.0f} s left"
        if self.unit == "bytes":
            return f"{self.what}: {10 * reached} % of {size(self.total)}, {rate / 1e6:.1f} MB/s, {left}"
        if self.unit == "seconds":
            return f"{self.what}: {self.done:.0f} of {self.total:.0f} s, {rate:.1f} x realtime, {left}"
        return f"{self.what}: {self.done:.0f} of {self.total:.0f}, {left}"


class AudioColumn(ProgressColumn):
    """A column with the seconds of audio that are done, and the realtime factor."""

    def render(self, task: Task) -> Text:
        total = "" if task.total is None else f" of {task.total:.0f}"
        speed = "" if not task.speed else f", {task.speed:.1f} x realtime"
        return Text(f"{task.completed:.0f}{total} s{speed}")


class Console(Progress):
    """The output of one command, and the listener to its progress.

    Args:
        as_json: print exactly one JSON object on stdout.
        quiet: print only results, warnings and errors.
        verbose: print a traceback with an error.
    """

    def __init__(self, as_json: bool = False, quiet: bool = False, verbose: bool = False) -> None:
        self.as_json, self.quiet, self.verbose = as_json, quiet, verbose
        self._out, self._err = Terminal(sys.stdout), Terminal(sys.stderr)
        self._bar: RichProgress | None = None
        self._lines: Lines | None = None

    # Progress of the commands

    def start(self, what: str, total: float | None = None, unit: Unit = "items", done: float = 0.0) -> None:
        self.stop()
        if self.quiet:
            return
        if not self._err.is_live:
            self._err.print(what, markup=False, soft_wrap=True)
            self._lines = Lines(what, total, unit, done) if total else None
            return
        # In 80 columns, only the first columns are visible.
        spinner = SpinnerColumn("line" if self._err.is_ascii else "dots")
        columns: list[ProgressColumn] = [spinner, TextColumn("{task.description}", markup=False)]
        if total and unit == "bytes":
            columns += [BarColumn(bar_width=12), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()]
        elif unit == "seconds":
            columns += [BarColumn(bar_width=10), AudioColumn()] if total else [AudioColumn()]
            columns += [LEFT, TimeRemainingColumn()] if total else [TimeElapsedColumn()]
        elif total:
            columns += [BarColumn(bar_width=18), MofNCompleteColumn(), TimeElapsedColumn(), LEFT, TimeRemainingColumn()]
        else:
            columns += [TimeElapsedColumn()]
        self._bar = RichProgress(*columns, console=self._err, transient=True)
        self._bar.start()
        self._bar.add_task(what, total=total, completed=int(done))

    def advance(self, amount: float = 1.0) -> None:
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0], amount)
        if self._lines is not None and (line := self._lines.advance(amount)):
            self._err.print(line, markup=False, soft_wrap=True)

    def warn(self, message: str) -> None:
        self._label("Warning", "yellow", message)

    def stop(self) -> None:
        """End the phase."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._lines = None

    # Results

    def show(self, shown: Iterable[Shown], problems: Sequence[str] = (), text: str | None = None) -> None:
        """Print a command's result for a person; with `as_json`, only what goes to stderr.

        Args:
            shown: the parts of the result.
            problems: why the result is bad; printed where the answer, which says it too, is not.
            text: replaces the answer on stdout, such as CSV.
        """
        self.stop()
        for_person = not self.as_json and text is None
        for part in shown:
            match part:
                case Remark(label, sentence, style):
                    self._label(label, style, sentence)
                case Table() if for_person and not self.quiet:
                    self._err.table(part)
                case Hint(sentence) if for_person and not self.quiet:
                    self._say(Text(sentence, "dim"))
                case Answer(sentence) if for_person:
                    # Lines are wrapped at words in a terminal, and not in a file.
                    self._out.print(sentence, markup=False, soft_wrap=not self._out.is_screen)
        if not for_person:
            for problem in problems:
                self._label("Failed", "bold red", problem)
        if text is not None:
            self.text(text)

    def emit(self, document: dict[str, Any]) -> None:
        """Print the one JSON object of a command, with `as_json`."""
        if self.as_json:
            self.text(json.dumps(document, indent=2, allow_nan=False))

    def text(self, text: str) -> None:
        """Print text to stdout unchanged."""
        self._out.print(text, markup=False, soft_wrap=True, end="" if text.endswith("\n") else "\n")

    def error(self, error: SaoctlError, traceback: bool = True) -> ExitCode:
        """Print an error and the next step to take; return its exit code.

        Args:
            error: the error.
            traceback: print a traceback too, if the console is verbose.
        """
        self.stop()
        self._label("Error", "bold red", f"{error.message} {error.hint}".rstrip())
        if self.verbose and traceback:
            self._err.print_exception()
        try:
            self.failed(error)
            sys.stdout.flush()
        except OSError:  # stdout may be what failed
            _discard_stdout()
        return error.exit_code

    def abandon(self) -> ExitCode:
        """Return the exit code of a command whose output is no longer read; like a filter, print nothing."""
        self.stop()
        _discard_stdout()
        return ExitCode.BROKEN_PIPE

    def failed(self, error: SaoctlError) -> None:
        """Print the one JSON object of a command that failed."""
        what = {"message": error.message, "hint": error.hint, "exit_code": int(error.exit_code)}
        self.emit({"schema_version": SCHEMA_VERSION, "error": what})

    def _label(self, label: str, style: str, text: str) -> None:
        self._say(Text.assemble((f"{label}: ", style), text))

    def _say(self, text: Text) -> None:
        """Print a sentence on stderr: wrapped at words in a terminal, one line in a file."""
        self._err.print(text, soft_wrap=not self._err.is_screen)


def _discard_stdout() -> None:
    """Redirect standard output to the null device, because Python flushes it once more at exit."""
    with suppress(OSError, ValueError):  # stdout may have no file descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
