"""The pictures are drawn in every format, whatever was compared."""

from functools import cache
from pathlib import Path

import pytest
import torch

from saoctl import audio
from saoctl.errors import FileError
from saoctl.verify.compare import Trace
from saoctl.verify.comparisons import make_cases
from saoctl.verify.plot import draw, panels
from saoctl.verify.schedules import schedules
from saoctl.vocabulary import Method, ScheduleKind
from tests.architectures import TINY, judge
from tests.verify import broken

KINDS: tuple[ScheduleKind, ...] = ("fixed", "whole", "batch")


@cache
def traces(wrong: str, frames: int, *methods: Method, kinds: tuple[ScheduleKind, ...] = KINDS) -> list[Trace]:
    """What was compared of a broken model."""
    signal = audio.test_signal(TINY.sample_rate, 2, frames * TINY.ratio / TINY.sample_rate)[None]
    cases = make_cases(judge(TINY), signal, schedules(kinds, frames, [4], seed=0), methods, TINY)
    return broken.compared(broken.artifact(wrong), judge(TINY), cases)


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_every_format_is_drawn(tmp_path: Path, suffix: str, magic: bytes) -> None:
    path = tmp_path / f"errors{suffix}"
    draw(traces("nothing", 50, "encode", "decode"), "title", path)
    assert path.read_bytes().startswith(magic)
    assert list(tmp_path.iterdir()) == [path]
    if suffix == ".svg":
        background = path.read_text().split('id="patch_1"')[1][:400]
        assert "fill: #ffffff" in background, "a viewer's dark background does not show through"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "frames"), [("NaN", 50), ("silent", 50), ("raises", 50), ("nothing", 1), ("nothing", 2)]
)
def test_nonsense_silence_and_the_shortest_signals_are_drawn(wrong: str, frames: int) -> None:
    assert all(picture.startswith("<svg") for picture in panels(traces(wrong, frames, "decode")))


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["nothing", "no reset", "leaking batch"])
def test_halves_alone_are_drawn(wrong: str) -> None:
    halves = traces(wrong, 20, "decode", kinds=("reset", "batch"))
    assert all(picture.startswith("<svg") for picture in panels(halves))


def test_a_title_with_signs_of_mathematics_is_drawn_as_it_is(tmp_path: Path) -> None:
    draw(traces("nothing", 10, "decode"), "a $name_{ with a dollar", tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()


@pytest.mark.slow
def test_a_silent_signal_is_drawn() -> None:
    trace = traces("nothing", 10, "decode")[0]
    silent = Trace(trace.comparison, torch.zeros(2, 80), torch.zeros(2, 80), trace.rate, ())
    assert all(picture.startswith("<svg") for picture in panels([silent]))


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="cannot be written"):
        draw(traces("nothing", 10, "decode"), "title", tmp_path / "file" / "a.png")
