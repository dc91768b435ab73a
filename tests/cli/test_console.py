"""Where there is no terminal, who waits is told how far it is and how long it will take."""

from collections.abc import Iterator

from saoctl.cli.console import Lines
from saoctl.progress import Unit


def told(unit: Unit, total: float, seconds: float, done: float = 0.0) -> list[str]:
    """The lines of a phase that advances by a twentieth of its total every so many seconds."""
    times: Iterator[float] = (seconds * tick for tick in range(1000))
    lines = Lines("Timing", total, unit, done, clock=lambda: next(times))
    said = [lines.advance(total / 20) for _ in range(20 - round(20 * done / total))]
    return [line for line in said if line is not None]


def test_a_transfer_tells_each_tenth() -> None:
    lines = told("bytes", 40e6, 0.5)
    assert len(lines) == 10
    assert lines[2] == "Timing: 30 % of 40.0 MB, 4.0 MB/s, 7 s left"


def test_a_transfer_that_goes_on_counts_what_was_there_before() -> None:
    assert told("bytes", 40e6, 0.5, done=20e6)[0] == "Timing: 60 % of 40.0 MB, 4.0 MB/s, 4 s left"


def test_a_long_phase_tells_how_far_it_is_and_a_short_one_does_not() -> None:
    assert told("items", 20, 0.1) == []
    lines = told("items", 20, 3.0)
    assert lines[0] == "Timing: 4 of 20, 48 s left"
    assert lines[-1] == "Timing: 20 of 20, 0 s left"
