"""An earlier bench as the measure of this one: which rows have become slower than they may."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saoctl import filetypes
from saoctl.bench.timing import Timing
from saoctl.errors import FileError
from saoctl.vocabulary import SCHEMA_VERSION

Key = tuple[str, str, str, int]

SAME_MACHINE = ("processor", "instructions", "gpus", "threads", "torch")  # else figures cannot be compared
MAKE_ONE = "Make one with `saoctl bench --json > FILE`."
READER = filetypes.Reader("the JSON of a bench", (filetypes.JSON,), give=MAKE_ONE, again=MAKE_ONE)


@dataclass(frozen=True)
class Regression:
    """A row that is slower than the tolerance allows.

    Args:
        device, precision, method, block_size: which row.
        before, now: its realtime factors.
    """

    device: str
    precision: str
    method: str
    block_size: int
    before: float
    now: float


@dataclass(frozen=True)
class Earlier:
    """An earlier bench.

    Args:
        machine: that it was run on.
        factors: the realtime factors, by device, precision, method and block size.
    """

    machine: Mapping[str, Any]
    factors: Mapping[Key, float]

    def least(self, key: Key, tolerance: float) -> float:
        """The realtime factor that a row may fall to; 0 for one that was not there."""
        return (1 - tolerance) * self.factors.get(key, 0.0)


def read(path: Path) -> Earlier:
    """The JSON of an earlier bench, or of a `saoctl run`.

    Raises:
        FileError: the file is missing or is no such JSON.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        document = document.get("bench", document)
        if document.get("schema_version", 1) > SCHEMA_VERSION:
            raise FileError(f"The baseline {path} was written by a newer saoctl.", MAKE_ONE)
        rows = document["results"]
        factors = {
            (row["device"], row["precision"], row["method"], row["block_size"]): float(row["realtime_factor"])
            for row in rows
        }
        if not all(0 < factor < math.inf for factor in factors.values()):
            raise ValueError("a realtime factor that is no number")
        return Earlier(dict(document.get("machine", {})), factors)
    except OSError as error:
        raise FileError(f"The baseline {path} cannot be read: {error.strerror}.", MAKE_ONE) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise READER.refusal(path) from error
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"The baseline {path} is not the JSON of a bench.", MAKE_ONE) from error


def check_common(keys: Sequence[Key], earlier: Earlier, path: Path) -> str | None:
    """Refuse a baseline with none of the rows, as what compares nothing must not pass; say if it lacks some.

    Raises:
        FileError: there is no common row.
    """
    wanted = set(keys)
    missing = wanted - earlier.factors.keys()
    if missing == wanted:
        raise FileError(
            f"The baseline {path} has no row of this bench: other devices, precisions, methods or block sizes.",
            "Make it with the same settings.",
        )
    return (
        f"{len(missing)} of {len(wanted)} rows are not in the baseline {path}, and not compared." if missing else None
    )


def differences(machine: Mapping[str, Any], earlier: Earlier) -> str | None:
    """What differs between the machines of two benches, in a sentence."""
    other = [
        f"{key} {earlier.machine[key]}, now {machine[key]}"
        for key in SAME_MACHINE
        if key in earlier.machine and earlier.machine[key] != machine[key]
    ]
    return f"The baseline is of another machine: {'; '.join(other)}." if other else None


def regressions(timings: Sequence[Timing], earlier: Earlier, tolerance: float) -> tuple[Regression, ...]:
    """The rows whose realtime factor is below its earlier value by more than `tolerance`, a share of it."""
    return tuple(
        Regression(*row.key, before=earlier.factors[row.key], now=row.realtime_factor)
        for row in timings
        if row.realtime_factor < earlier.least(row.key, tolerance)
    )
