"""What can be shown of a result, and how numbers are put into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.table import Column, Table

from saoctl.vocabulary import Signature


@dataclass(frozen=True)
class Hint:
    """What helps to read the result, for stderr."""

    text: str


@dataclass(frozen=True)
class Remark:
    """What should not be overlooked, for stderr, even if that is to be quiet."""

    label: str
    text: str
    style: str = "yellow"


@dataclass(frozen=True)
class Answer:
    """The result itself, for stdout."""

    text: str


Shown = Table | Hint | Remark | Answer


def right(*names: str) -> Sequence[Column]:
    """Headers of columns of numbers."""
    return [Column(name, justify="right") for name in names]


def ends_group(names: Sequence[str]) -> list[bool]:
    """Whether a row of a table is followed by one of another name.

    >>> ends_group(["encode", "encode", "decode"])
    [False, True, False]
    """
    return [name != following for name, following in pairwise([*names, *names[-1:]])]


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """The lines of a table in markdown."""
    return [f"| {' | '.join(map(str, line))} |" for line in (header, ["---"] * len(header), *rows)]


def size(count: float) -> str:
    """A number of bytes in a unit that fits it.

    >>> size(512), size(9.9e6), size(4.85e9)
    ('512 B', '9.9 MB', '4.85 GB')
    """
    if count >= 1e9:
        return f"{count / 1e9:.2f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count:.0f} B"


def ends(signature: Signature) -> tuple[str, str]:
    """What goes into a method and what comes out, in words."""
    return (
        _channels(signature.in_channels, signature.in_ratio),
        _channels(signature.out_channels, signature.out_ratio),
    )


def _channels(count: int, ratio: int) -> str:
    return f"{count} audio" if ratio == 1 else f"{count} latents : {ratio}"
