"""The comparison with an earlier bench: which rows have become slower than they may, and which loss can be seen."""

import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from typing import Any, Literal, TypeVar

from saoctl import filetypes
from saoctl.bench.paired import Paired, Repeat
from saoctl.bench.tasks import BenchRow, Key
from saoctl.bench.timing import Timing
from saoctl.errors import FileError
from saoctl.vocabulary import SCHEMA_VERSION

R = TypeVar("R", bound=BenchRow)
Measure = Literal["processor", "clock"]

SAME_MACHINE = ("processor", "instructions", "gpus", "threads", "torch")  # else figures cannot be compared
MAKE_ONE = "Make one with `saoctl bench --json > FILE`."
READER = filetypes.Reader("the JSON of a bench", (filetypes.JSON,), give=MAKE_ONE, again=MAKE_ONE)
FALSE_ALARMS = 0.01  # share of the runs of an unchanged file that may fail, all rows together
FOUND = 0.95  # share of the runs of a slower file that must fail, if its loss is called visible
# The standard deviation of a row's ratio from run to run, beyond what the spread of its repeats explains, relative to
# that spread. It was 0.4 in 38 runs on a busy machine; 0.6 allows for a few runs that differed by more than chance.
BETWEEN_RUNS = 0.6


@dataclass(frozen=True)
class Regression(BenchRow):
    """A row that is slower than the tolerance allows, and slower than noise explains.

    Args:
        device, precision, method, block_size: which row.
        before, now: its realtime factors.
        loss: the share of its speed that it has lost.
        measure: how that was found. processor: by the processor time of a block over that of the offline model.
            clock: by the realtime factor.
    """

    before: float
    now: float
    loss: float
    measure: Measure


@dataclass(frozen=True)
class BaselineComparison:
    """How well the rows can be compared with those of the baseline.

    Args:
        rows: how many rows both have.
        compared: how many of them are compared by anything.
        by_processor: how many by processor time.
        by_clock: how many by their realtime factors too: all, where nothing disturbed the machine, else none.
        noise: the largest loss that noise explains in a row; null if it is not known.
        visible_loss: the smallest loss that is found in any row, 95 of 100 times; null if it is not known.
    """

    rows: int
    compared: int
    by_processor: int
    by_clock: int
    noise: float | None
    visible_loss: float | None


@dataclass(frozen=True)
class Earlier:
    """An earlier bench.

    Args:
        machine: the machine that it was run on.
        factors: the realtime factors, by device, precision, method and block size.
        paired: the times beside the offline model, likewise; an older saoctl did not measure them.
    """

    machine: Mapping[str, Any]
    factors: Mapping[Key, float]
    paired: Mapping[Key, Paired] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """How much slower a row is than in the baseline.

    Args:
        key: which row.
        measure: how it is found, see `Regression`.
        slower: the natural logarithm of how many times slower; below 0 if it is faster.
        error: the standard deviation that noise gives to it; None if it is not known.
    """

    key: Key
    measure: Measure
    slower: float
    error: float | None


def read(path: Path) -> Earlier:
    """Read the JSON of an earlier bench, or of a `saoctl run`.

    Raises:
        FileError: the file is missing or is no such JSON.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        document = document.get("bench", document)
        if document.get("schema_version", 1) > SCHEMA_VERSION:
            raise FileError(f"The baseline {path} was written by a newer saoctl.", MAKE_ONE)
        factors = {_key(row): _positive(row["realtime_factor"]) for row in document["results"]}
        paired = {_key(row): _paired(row) for row in document.get("paired", ())}
        return Earlier(dict(document.get("machine", {})), factors, paired)
    except OSError as error:
        raise FileError(f"The baseline {path} cannot be read: {error.strerror}.", MAKE_ONE) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise READER.refusal(path) from error
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"The baseline {path} is not the JSON of a bench.", MAKE_ONE) from error


def _key(row: Mapping[str, Any]) -> Key:
    return row["device"], row["precision"], row["method"], row["block_size"]


def _positive(number: Any) -> float:
    found = float(number)
    if not 0 < found < math.inf:
        raise ValueError("a realtime factor or a time that is no number")
    return found


def _paired(row: Mapping[str, Any]) -> Paired:
    repeats = [Repeat(_positive(each["block_ms"]), _positive(each["offline_ms"])) for each in row["repeats"]]
    return Paired(*_key(row), tuple(repeats))


def warnings(keys: Collection[Key], machine: Mapping[str, Any], earlier: Earlier, path: Path) -> Iterator[str]:
    """Yield a sentence for each thing that limits the comparison with a baseline.

    Args:
        keys: of the rows of this bench.
        machine: the machine of this bench.
        earlier: the baseline.
        path: its file.

    Raises:
        FileError: no row is in the baseline, so that nothing would be compared.
    """
    missing = [key for key in keys if key not in earlier.factors]
    if len(missing) == len(keys):
        raise FileError(
            f"The baseline {path} has no row of this bench: other devices, precisions, methods or block sizes.",
            "Make it with the same settings.",
        )
    if missing:
        yield f"{len(missing)} of {len(keys)} rows are not in the baseline {path}, and not compared."
    if any(key[0] == "cpu" and key in earlier.factors and key not in earlier.paired for key in keys):
        yield (
            f"The baseline {path} has no processor times, as an older saoctl wrote it: its rows are compared by"
            f" realtime factor alone, and only if nothing disturbs this machine. {MAKE_ONE}"
        )
    other = [
        f"{key} {earlier.machine[key]}, now {machine[key]}"
        for key in SAME_MACHINE
        if key in earlier.machine and earlier.machine[key] != machine[key]
    ]
    if other:
        yield f"The baseline is of another machine: {'; '.join(other)}."


def measured(
    measure: Callable[[Sequence[R]], Sequence[Paired]], rows: Sequence[R], earlier: Earlier, tolerance: float
) -> tuple[Paired, ...]:
    """Measure rows by processor time, and once more those that are slower than the tolerance allows.

    Args:
        measure: measures rows.
        rows: what identifies them.
        earlier: what they are compared with.
        tolerance: the share of its speed that a row may lose.
    """
    found = {row.key: row for row in measure(rows)}
    slower = [
        row
        for row in rows
        if (before := earlier.paired.get(row.key)) and before.repeats and found[row.key].repeats
        if _slower(before, found[row.key]) > _limit(tolerance)
    ]
    if slower:
        found |= {row.key: found[row.key].joined(row) for row in measure(slower)}
    return tuple(found.values())


def compare(
    timings: Sequence[Timing], paired: Sequence[Paired], earlier: Earlier, tolerance: float, undisturbed: bool
) -> tuple[tuple[Regression, ...], BaselineComparison]:
    """Find the rows that have become slower by more than a tolerance, and by more than noise explains.

    Every row is compared by processor time where both benches measured it. Where nothing disturbed the machine, it is
    compared by its realtime factor too, corrected by how much the machine itself has become slower: only that shows a
    loss that comes with several threads.

    Args:
        timings: the rows.
        paired: their processor times.
        earlier: what they are compared with.
        tolerance: the share of its speed that a row may lose.
        undisturbed: whether nothing disturbed the machine.
    """
    common = [row for row in timings if row.key in earlier.factors]
    margin = NormalDist().inv_cdf((1 + FOUND) / 2)  # as a loss counts if it is found twice
    found = _differences(common, {row.key: row for row in paired}, earlier, undisturbed)
    allowed, limit = NormalDist().inv_cdf(1 - FALSE_ALARMS / max(len(found), 1)), _limit(tolerance)

    def threshold(each: Difference) -> float:
        return max(limit, allowed * (each.error or 0.0))

    over = [each for each in found if each.slower > threshold(each)]
    worst = {each.key: each for each in sorted(over, key=lambda each: each.slower)}
    regressions = [
        Regression(*row.key, earlier.factors[row.key], row.realtime_factor, _share(fall.slower), fall.measure)
        for row in common
        if (fall := worst.get(row.key))
    ]
    noise: dict[Key, float] = {}
    visible: dict[Key, float] = {}
    for each in found:
        if each.error is not None:  # one measure is enough to find a loss
            seen = threshold(each) + margin * each.error
            noise[each.key] = min(allowed * each.error, noise.get(each.key, math.inf))
            visible[each.key] = min(seen, visible.get(each.key, math.inf))
    measures = [each.measure for each in found]
    return tuple(regressions), BaselineComparison(
        rows=len(common),
        compared=len({each.key for each in found}),
        by_processor=measures.count("processor"),
        by_clock=measures.count("clock"),
        noise=_share(max(noise.values())) if noise else None,
        visible_loss=_share(max(visible.values())) if visible else None,
    )


def _differences(
    rows: Sequence[Timing], paired: Mapping[Key, Paired], earlier: Earlier, undisturbed: bool
) -> list[Difference]:
    """Return how much slower each row is, by each measure that is available."""
    pairs = {row.key: (earlier.paired.get(row.key), paired.get(row.key)) for row in rows}
    spread = _spread([each for pair in pairs.values() for each in pair if each is not None])
    found = []
    for row in rows:
        before, now = pairs[row.key]
        machine = 0.0  # how much slower the machine itself is
        if before is not None and now is not None and before.repeats and now.repeats:
            machine = now.mean_log_offline - before.mean_log_offline
            if spread is not None:
                error = math.hypot(_error(spread, len(before.repeats)), _error(spread, len(now.repeats)))
                found.append(Difference(row.key, "processor", _slower(before, now), error))
        if undisturbed:
            slower = math.log(earlier.factors[row.key] / row.realtime_factor) - machine
            once = None if spread is None else math.sqrt(2) * _error(spread, 1)
            found.append(Difference(row.key, "clock", slower, once))
    return found


def _error(spread: float, repeats: int) -> float:
    """Return the standard deviation of the result of a run with so many repeats."""
    return spread * math.hypot(BETWEEN_RUNS, 1 / math.sqrt(repeats))


def _slower(before: Paired, now: Paired) -> float:
    """Return the logarithm of how many times slower a row is, by processor time beside the offline model."""
    return now.mean_log_ratio - before.mean_log_ratio


def _spread(rows: Iterable[Paired]) -> float | None:
    """Return the standard deviation of the logarithms of repeats within rows; None if no row was repeated."""
    squares, freedom = 0.0, 0
    for row in rows:
        if not row.repeats:
            continue
        squares += sum((each.log_ratio - row.mean_log_ratio) ** 2 for each in row.repeats)
        freedom += len(row.repeats) - 1
    return math.sqrt(squares / freedom) if freedom > 0 else None


def _limit(tolerance: float) -> float:
    """Return the logarithm of how many times slower a row may become."""
    return -math.log(1 - tolerance)


def _share(slower: float) -> float:
    """Return the share of its speed that a row loses, of a logarithm of how many times slower it is."""
    return -math.expm1(-slower)
