"""Standard output or standard error: a terminal with colours, or a file with plain text, in its encoding."""

import codecs
import io
import os
import sys
from typing import TextIO

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table

FILE_WIDTH = 80  # columns of a file; tables may be wider
C_LOCALES = ("C", "POSIX")
# What an ASCII stream gets instead of the other characters in our sentences and tables.
ASCII = {"×": "x", "–": "-", "—": "-", "…": "...", "≤": "<=", "≥": ">=", "→": "->", "±": "+-", "µ": "u"}


class Terminal(Console):
    """Standard output or standard error.

    Args:
        file: the stream.

    Attributes:
        is_screen: the stream is a terminal.
        is_live: the terminal takes escape sequences, and NO_COLOR is not set, so lines can be redrawn.
    """

    def __init__(self, file: TextIO) -> None:
        set_encoding(file)
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self.is_screen = file.isatty()
        self.is_live = self.is_screen and not plain
        super().__init__(
            file=file,
            highlight=False,
            emoji=False,
            width=None if self.is_screen else FILE_WIDTH,
            force_terminal=False if plain else None,
            color_system=None if plain else "auto",
        )

    @property
    def is_ascii(self) -> bool:
        """Whether the stream takes only ASCII."""
        return not self.encoding.startswith("utf")

    def table(self, table: Table) -> None:
        """Print a table: with rules on a screen that is wide enough, else as columns of text.

        On a narrow screen, headers are wrapped, but no cell is cut; if that is still too wide, each row becomes a
        sentence. In a file, each row is one line of any length, without trailing blanks.
        """
        if not self.is_screen or self._widths(table).maximum > self.width:
            table.box, table.padding, table.pad_edge = None, (0, 2, 0, 0), False
        if not self.is_screen:
            text = io.StringIO()
            Console(file=text, width=self._widths(table).maximum, color_system=None).print(table)
            lines = (line.rstrip() for line in text.getvalue().splitlines())
            self.print("\n".join(lines), markup=False, soft_wrap=True)
        elif self._widths(table).minimum <= self.width:
            for column in table.columns:  # rich would cut cells where headers can be wrapped
                column.min_width = max(self._unlimited(each).minimum for each in (column.header, *column.cells))
            self.print(table)
        else:
            for first, *cells in zip(*(column.cells for column in table.columns), strict=True):
                figures = (f"{column.header} {cell}" for column, cell in zip(table.columns[1:], cells, strict=True))
                self.print(f"{first}: {', '.join(figures)}", markup=False)

    def _widths(self, table: Table) -> Measurement:
        """Return the width of a table with headers wrapped at words, and without wrapping."""
        columns = [[self._unlimited(each) for each in (column.header, *column.cells)] for column in table.columns]
        around = self._unlimited(table).maximum - sum(max(cell.maximum for cell in cells) for cells in columns)
        least = sum(max(cell.minimum for cell in cells) for cells in columns)
        return Measurement(least + around, self._unlimited(table).maximum)

    def _unlimited(self, shown: RenderableType) -> Measurement:
        return self.measure(shown, options=self.options.update(width=sys.maxsize))

    def on_broken_pipe(self) -> None:
        """Raise the error to the caller; rich would end the process with exit code 1."""
        raise BrokenPipeError


def set_encoding(stream: TextIO) -> None:
    """Make a stream replace characters that it cannot encode by similar ones, instead of failing.

    In the locale C, Python writes UTF-8 (PEP 540). A user who chose that locale by name expects ASCII.
    """
    names = [os.environ.get(name) for name in ("LC_ALL", "LANG")]
    chosen = next((name for name in names if name), None) in C_LOCALES
    ascii_only = chosen and bool(sys.flags.utf8_mode) and "PYTHONUTF8" not in os.environ
    if reconfigure := getattr(stream, "reconfigure", None):  # the streams of a notebook have none
        encoding = "ascii" if ascii_only and "PYTHONIOENCODING" not in os.environ else None
        reconfigure(encoding=encoding, errors=_similar.__name__)


def _similar(error: UnicodeError) -> tuple[str | bytes, int]:
    """Handle an encoding error: https://docs.python.org/3/library/codecs.html#codecs.register_error."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    similar = "".join(ASCII.get(each, each) for each in text)
    return similar.encode("ascii", "backslashreplace").decode(), error.end


codecs.register_error(_similar.__name__, _similar)
