"""The page explains itself to a reader who does not know saoctl, on any screen."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from saoctl import audio
from saoctl.errors import FileError
from saoctl.verify import page
from saoctl.verify.caveats import Caveat
from saoctl.verify.compare import Trace
from saoctl.verify.comparisons import make_cases
from saoctl.verify.result import VerifyResult
from saoctl.verify.schedules import schedules
from tests.architectures import TINY, judge
from tests.verify import broken

KINDS = ("fixed", "frames", "random", "whole", "reset", "batch")


def verified(wrong: str = "nothing") -> tuple[VerifyResult, list[Trace]]:
    """A result of two methods in all schedules, with its traces."""
    signal = audio.test_signal(TINY.sample_rate, 2, 50 * TINY.ratio / TINY.sample_rate)[None]
    cases = make_cases(judge(TINY), signal, schedules(KINDS, 50, [4], seed=0), ("encode", "decode"), TINY)
    traces = broken.compared(broken.artifact(wrong), judge(TINY), cases)
    rows = tuple(trace.comparison for trace in traces)
    result = VerifyResult(
        passed=all(row.passed for row in rows),
        artifact=Path("somewhere/model.ts"),
        reference="stable-audio-tools",
        precision="float32",
        device="cpu",
        written_by_saoctl=True,
        min_snr_db=100.0,
        seed=0,
        random_blocks=(),
        results=rows,
        audio=Path("home/song.wav"),
        seconds=0.05,
        conclusive=True,
        caveats=(),
    )
    return result, traces


@pytest.fixture(scope="module")
def good() -> tuple[VerifyResult, list[Trace]]:
    return verified()


@pytest.fixture
def _without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time, and says nothing of the words."""
    monkeypatch.setattr(page, "panels", lambda traces: ("<svg></svg>", "<svg></svg>"))


words_alone = pytest.mark.usefixtures("_without_pictures")


class Reader(HTMLParser):
    """What is in a page: the text of each element by its tag, and the elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts = dict[str, list[str]]()
        self.tags = list[tuple[str, dict[str, str | None]]]()
        self._open = list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data


def written(result: VerifyResult, traces: list[Trace], folder: Path) -> str:
    page.write(result, traces, TINY.sample_rate, folder / "a.html")
    assert [path.name for path in folder.iterdir()] == ["a.html"]
    return (folder / "a.html").read_text(encoding="utf-8")


@words_alone
def test_one_title_says_the_file_and_the_outcome(good: tuple[VerifyResult, list[Trace]], tmp_path: Path) -> None:
    result, traces = good
    text = written(replace(result, artifact=Path("a <b> & c.ts")), traces, tmp_path)
    reader = Reader(text)
    assert reader.texts["h1"] == reader.texts["title"] == ["a <b> & c.ts: verification passed"]
    assert "<b> &" not in text


@words_alone
def test_every_column_every_schedule_and_the_bound_are_explained(
    good: tuple[VerifyResult, list[Trace]], tmp_path: Path
) -> None:
    reader = Reader(written(*good, tmp_path))
    assert set(reader.texts["th"]) <= set(reader.texts["dt"])
    described = " ".join(reader.texts["dd"])
    for name in ("a number", "1 frame", "random", "whole", "reset", "batch"):
        assert f"{name}: " in described
    words = " ".join(reader.texts["body"])
    assert "reaches 100 dB: what differs has at most 1/100,000 of the output's amplitude" in words
    assert "blocks leave no seams" in words
    assert "the beginning of song.wav" in words
    assert "the offline model of stable-audio-tools" in words


@words_alone
def test_rows_stand_under_their_method_and_numbers_are_aligned_right(
    good: tuple[VerifyResult, list[Trace]], tmp_path: Path
) -> None:
    text = written(*good, tmp_path)
    reader = Reader(text)
    assert [heading.split()[0] for heading in reader.texts["h2"][1:3]] == ["encode", "decode"]
    assert reader.texts["td"].count("good") == len(good[0].results)
    assert re.search(r"th, td \{[^}]*text-align: right", text)
    assert "tabular-nums" in text


@words_alone
def test_what_failed_is_named_at_the_top_and_in_its_rows(tmp_path: Path) -> None:
    result, traces = verified("swapped channels")
    reader = Reader(written(result, traces, tmp_path))
    assert reader.texts["h1"] == ["model.ts: verification failed"]
    assert any("the channels are swapped" in item for item in reader.texts["li"])
    assert reader.texts["td"].count("bad") == sum(not row.passed for row in result.results) > 0
    assert sum(kind.get("class") == "bad" for tag, kind in reader.tags if tag == "td") == reader.texts["td"].count(
        "bad"
    )


@words_alone
def test_a_pass_that_proves_too_little_is_no_plain_pass(good: tuple[VerifyResult, list[Trace]], tmp_path: Path) -> None:
    result, traces = good
    doubtful = replace(result, conclusive=False, caveats=(Caveat("silent", "the audio is silent"),))
    reader = Reader(written(doubtful, traces, tmp_path))
    assert reader.texts["h1"] == ["model.ts: verification passed, but inconclusive"]
    assert reader.texts["li"] == ["This proves too little: the audio is silent."]
    assert "“Inconclusive” means" in " ".join(reader.texts["p"])


@pytest.mark.slow
def test_the_page_fits_a_phone_and_a_dark_screen_and_needs_no_other_file(
    good: tuple[VerifyResult, list[Trace]], tmp_path: Path
) -> None:
    text = written(*good, tmp_path)
    reader = Reader(text)
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in reader.tags
    assert "@media (prefers-color-scheme: dark)" in text
    pictures = text[text.index("<svg") :]
    assert text.count("<svg") == 2 * 2
    assert not re.search(r"(fill|stroke): ?#(000000|ffffff|003d66)", pictures), "no colour for a light screen alone"
    assert not {"script", "link"} & {tag for tag, _ in reader.tags}
    for _, attributes in reader.tags:
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:"))
    assert "somewhere" not in text, "folders of the machine that it was made on are nobody's business"


@words_alone
def test_saved_audio_files_are_named_and_explained(good: tuple[VerifyResult, list[Trace]], tmp_path: Path) -> None:
    result, traces = good
    names = ["input.wav", "decode-offline.wav", "decode-streamed.wav", "decode-difference+120dB.wav"]
    files = (tmp_path / "a.html", *(Path("listen", name) for name in names))
    reader = Reader(written(replace(result, files=files), traces, tmp_path))
    assert reader.texts["dt"][-4:] == names
    assert "made louder by as many dB as the name says" in reader.texts["dd"][-1]
    (tmp_path / "none").mkdir()
    assert "saoctl verify --save FOLDER" in written(result, traces, tmp_path / "none")


@words_alone
def test_less_lookahead_has_its_columns_and_is_explained(
    good: tuple[VerifyResult, list[Trace]], tmp_path: Path
) -> None:
    result, traces = good
    rows = [replace(trace.comparison, price_db=43.21, click_ratio=1.5) for trace in traces]
    priced = replace(result, lookahead={"forward": 9}, min_price_db=20.0, results=tuple(rows))
    pairs = [replace(trace, comparison=row) for trace, row in zip(traces, rows, strict=True)]
    reader = Reader(written(priced, pairs, tmp_path))
    assert {"price dB", "clicks"} <= set(reader.texts["th"]) <= set(reader.texts["dt"])
    assert "must reach 20 dB" in " ".join(reader.texts["p"])
    assert "43.2" in reader.texts["td"]


@words_alone
def test_a_place_that_cannot_be_written_is_refused(good: tuple[VerifyResult, list[Trace]], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="cannot be written"):
        page.write(*good, TINY.sample_rate, tmp_path / "file" / "a.html")
