"""What can be wrong with a stream: the kinds of cause, a cause, and a cause with its place."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "crash", "shape", "unlike", "preroll", "not finite", "silent", "latency", "phase", "channels", "gain", "length",
    "varies", "inconclusive", "price", "start", "end", "edges", "part", "borders", "batch", "reset", "everywhere",
]  # fmt: skip

# These kinds say where the errors are, and prove no cause.
PLACES: tuple[Kind, ...] = ("start", "end", "edges", "part", "borders", "everywhere")


@dataclass(frozen=True)
class Cause:
    """A reason why a stream is wrong.

    Args:
        kind: the reason in a word.
        message: the reason in a sentence, without its full stop.
        shift: by how many audio samples the stream is late, if moving it by as many mends it.
    """

    kind: Kind
    message: str
    shift: int | None = None


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with one comparison.

    Args:
        kind: the cause in a word.
        message: the cause in a sentence, without its full stop.
        first_bad_sample: on the grid of the output; the first sample of the signal is 0.
        first_bad_block: the block that gave it; the first block is 0.
        shift: by how many audio samples the stream is late, if moving it by as many mends it.
    """

    kind: Kind
    message: str
    first_bad_sample: int
    first_bad_block: int
    shift: int | None = None
