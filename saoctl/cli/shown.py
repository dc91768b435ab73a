"""The parts in which a result is printed, and numbers as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.table import Column, Table

from saoctl.vocabulary import Signature


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


Shown = Table | Hint | Remark | Answer


def right(*names: str) -> Sequence[Column]:
    """Return headers of columns of numbers, aligned to the right."""
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
