"""The pictures are drawn in every format, whatever was compared."""

from pathlib import Path

import pytest
import torch

from saoctl import audio
from saoctl.errors import FileError
from saoctl.progress import Silent
from saoctl.verify.compare import Trace
from saoctl.verify.comparisons import compare_all, make_cases
from saoctl.verify.plot import draw, panels
from saoctl.verify.schedules import schedules
from tests.architectures import TINY, judge
from tests.verify import broken


def traces(wrong: str, frames: int, methods: tuple[str, ...] = ("encode", "decode")) -> list[Trace]:
    signal = audio.test_signal(TINY.sample_rate, 2, frames * TINY.ratio / TINY.sample_rate)[None]
    chosen = schedules(("fixed", "whole", "batch"), frames, [4], seed=0)
    cases = make_cases(judge(TINY), signal, chosen, methods, TINY)
    return compare_all(broken.artifact(wrong), judge(TINY), cases, 100.0, Silent())


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_every_format_is_drawn(tmp_path: Path, suffix: str, magic: bytes) -> None:
    path = tmp_path / f"errors{suffix}"
    draw(traces("nothing", 50), "title", path)
    assert path.read_bytes().startswith(magic)
    assert list(tmp_path.iterdir()) == [path]


def test_an_svg_has_a_background_of_its_own(tmp_path: Path) -> None:
    draw(traces("nothing", 50), "title", tmp_path / "a.svg")
    background = (tmp_path / "a.svg").read_text().split('id="patch_1"')[1][:400]
    assert "fill: #ffffff" in background


@pytest.mark.parametrize(
    ("wrong", "frames"), [("NaN", 50), ("silent", 50), ("raises", 50), ("nothing", 1), ("nothing", 2)]
)
def test_nonsense_silence_and_the_shortest_signals_are_drawn(tmp_path: Path, wrong: str, frames: int) -> None:
    what = traces(wrong, frames, ("decode",))
    draw(what, "title", tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 10_000
    assert all(picture.startswith("<svg") for picture in panels(what))


@pytest.mark.parametrize("wrong", ["nothing", "no reset", "leaking batch"])
def test_halves_alone_are_drawn(tmp_path: Path, wrong: str) -> None:
    signal = audio.test_signal(TINY.sample_rate, 2, 160 / TINY.sample_rate)[None]
    chosen = schedules(("reset", "batch"), 20, [4], seed=0)
    halves = compare_all(
        broken.artifact(wrong), judge(TINY), make_cases(judge(TINY), signal, chosen, ("decode",), TINY), 100.0, Silent()
    )
    draw(halves, "a $name_{ with a dollar", tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()


def test_a_silent_signal_is_drawn(tmp_path: Path) -> None:
    (trace,) = traces("nothing", 10, ("decode",))[:1]
    silent = Trace(trace.comparison, torch.zeros(2, 80), torch.zeros(2, 80), trace.rate, ())
    draw([silent], "title", tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="cannot be written"):
        draw(traces("nothing", 10), "title", tmp_path / "file" / "a.png")
