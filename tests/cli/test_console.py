"""Where there is no terminal, who waits is told how far it is and how long it will take."""

import time
from collections.abc import Iterator
from io import StringIO

import pytest
from rich.text import Text

from saoctl.cli.console import Console, Lines
from saoctl.cli.terminal import Terminal
from saoctl.progress import Unit


class Screen(StringIO):
    """A terminal that keeps what is written to it."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


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


def test_a_phase_of_audio_tells_its_speed() -> None:
    assert told("seconds", 60, 3.0)[0] == "Timing: 12 of 60 s, 1.0 x realtime, 48 s left"


@pytest.mark.parametrize(("total", "words"), [(60.0, "12 of 60 s, "), (None, "12 s, ")])
def test_the_bar_of_a_phase_of_audio_fits_a_terminal(
    total: float | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    console = Console()
    console._err = Terminal(Screen())
    console.start("Encoding and decoding", total, "seconds")
    for _ in range(12):
        time.sleep(0.01)  # the speed must be one that occurs
        console.advance(1.0)
    assert console._bar is not None
    console._bar.refresh()
    console.stop()
    file = console._err.file
    assert isinstance(file, StringIO)
    shown = Text.from_ansi(file.getvalue()).plain
    assert words in shown
    assert "x realtime" in shown, "it is not wrapped"
