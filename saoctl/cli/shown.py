"""The parts in which a result is printed, and numbers as text. Nothing loads rich before there is a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from saoctl.vocabulary import Signature

if TYPE_CHECKING:
    from rich.table import Column, Table


@dataclass(frozen=True)
class Hint:
    """A sentence that helps to read the result, for stderr."""

    text: str


@dataclass(frozen=True)
class Remark:
    """A sentence that must not be overlooked, for stderr, even with --quiet."""

    label: str
    text: str
    style: str = "yellow"


@dataclass(frozen=True)
class Answer:
    """The result itself, for stdout."""

    text: str


Shown: TypeAlias = "Table | Hint | Remark | Answer"


def table(title: str, *columns: "str | Column", min_width: int | None = None) -> "Table":
    """Return a table without rows, whose title stands on the left; it goes to stderr."""
    from rich.table import Table

    return Table(*columns, title=title, title_justify="left", min_width=min_width)


def right(*names: str) -> "Sequence[Column]":
    """Return headers of columns of numbers, aligned to the right."""
    from rich.table import Column

    return [Column(name, justify="right") for name in names]


def ends_group(names: Sequence[str]) -> list[bool]:
    """Tell for each row of a table whether the next one has another name.

    >>> ends_group(["encode", "encode", "decode"])
    [False, True, False]
    """
    return [name != following for name, following in pairwise([*names, *names[-1:]])]


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return the lines of a table in markdown."""
    return [f"| {' | '.join(map(str, line))} |" for line in (header, ["---"] * len(header), *rows)]


def markdown_report(
    title: str, about: str, header: Sequence[str], rows: Sequence[Sequence[object]], lines: Sequence[str]
) -> str:
    """Return a report in markdown.

    Args:
        title: the command and how it ended.
        about: what was measured.
        header: of the table.
        rows: of the table.
        lines: what follows from it.
    """
    return "\n".join([f"## saoctl {title}", "", about, "", *markdown_table(header, rows), "", *lines, ""])


def size(count: float) -> str:
    """Return a number of bytes as text, in a unit that suits it.

    >>> size(512), size(9.9e6), size(4.85e9)
    ('512 B', '9.9 MB', '4.85 GB')
    """
    if count >= 1e9:
        return f"{count / 1e9:.2f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count:.0f} B"


def ends(signature: Signature) -> tuple[str, str]:
    """Describe the input and the output of a method."""
    return (
        _channels(signature.in_channels, signature.in_ratio),
        _channels(signature.out_channels, signature.out_ratio),
    )


def _channels(count: int, ratio: int) -> str:
    return f"{count} audio" if ratio == 1 else f"{count} latents : {ratio}"
