"""The benchmarks of files: a tiny model, whose figures nobody reads, and a collection that is killed in earnest."""

import random
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import at_once, files, kills, memory, offline, process
from benchmarks.files import QUICK
from benchmarks.kills import BROKEN, Kill, Outcome
from benchmarks.model import write_config
from benchmarks.offline import Taken, Way
from benchmarks.process import Memory, Watched
from saoctl import audio
from saoctl.errors import FileError
from saoctl.vocabulary import Method
from tests import warm
from tests.test_benchmarks import rows

linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read as Linux tells it")


@linux
@pytest.mark.slow
def test_a_collection_that_is_killed_is_whole_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "SAOCTL", warm.saoctl())
    config = write_config(QUICK.architecture, tmp_path)
    found = kills.measure(tmp_path, str(config), sounds=40, kills=2, seed=1)
    assert (found.good, found.broken, len(found.kills)) == (38, 2, 2)
    assert found.passed, found


def test_an_outcome_passes_only_without_a_fault() -> None:
    good = {"good": 9, "broken": 1, "uninterrupted": 5.0, "code": 1, "named": 1}
    none = {"missing": 0, "differing": 0, "strange": 0}
    kill = Kill(1.0, ended=False, done=3, wrong=0, unfinished=1)
    assert Outcome(**good, **none, kills=(kill,)).passed
    for fault in none:
        assert not Outcome(**good, **(none | {fault: 1}), kills=(kill,)).passed
    for other in ({"code": 0}, {"named": 0}):
        assert not Outcome(**(good | other), **none, kills=(kill,)).passed
    assert not Outcome(**good, **none, kills=(Kill(1.0, ended=False, done=3, wrong=1, unfinished=0),)).passed


@pytest.mark.parametrize("way", range(len(BROKEN)))
@pytest.mark.parametrize("seed", range(4))
def test_what_is_made_broken_is_broken(tmp_path: Path, way: int, seed: int) -> None:
    suffix, write = BROKEN[way]
    path = tmp_path / f"a{suffix}"
    write(path, random.Random(seed))
    with pytest.raises(FileError):
        if not sum(block.shape[1] for block in audio.blocks(path, 44100, 2, 1000)):
            raise FileError("It is empty.")  # as `saoctl encode` says it


def test_one_sound_of_twenty_is_broken_and_the_others_are_short(tmp_path: Path) -> None:
    good, broken = kills.write_sounds(tmp_path, 100, random.Random(0))
    assert (len(good), len(broken)) == (95, 5)
    assert sorted(tmp_path.rglob("*.*")) == sorted(good + broken)
    for path in good:
        header = audio.header(path)
        assert header.samples is not None
        assert kills.SHORTEST <= round(header.samples / header.sample_rate, 2) <= kills.LONGEST


@pytest.mark.slow
@linux
def test_a_peak_is_what_was_held_at_most_until_it_is_forgotten() -> None:
    process.forget_peak()
    before = process.read()
    held = np.ones(300_000_000, dtype=np.uint8)
    during = process.read()
    del held
    after = process.read()
    assert 250 < during.peak - before.peak < 350
    assert 250 < during.own - before.own < 350
    assert after.peak > during.peak - 20  # the system counts roughly
    assert after.own < before.own + 50
    process.forget_peak()
    assert process.read().peak < before.peak + 50
    assert process.read("none") == Memory()


@linux
def test_a_process_is_watched_before_and_after_a_moment(tmp_path: Path) -> None:
    """It holds 300 MB until that has been seen, gives them back, and says so."""
    held, seen, free = (tmp_path / name for name in ("held", "seen", "free"))
    program = f"""
import pathlib, sys, time
held, seen, free = map(pathlib.Path, {[str(held), str(seen), str(free)]!r})
memory = bytearray(300_000_000)
held.touch()
while not seen.exists():
    time.sleep(0.01)
del memory
free.touch()
sys.exit("done")
"""
    holding = 0

    def moment() -> bool:
        nonlocal holding
        holding += held.exists()
        if holding == 2:  # it has been looked at since
            seen.touch()
        return free.exists()

    watched = process.watch([sys.executable, "-c", program], moment)
    assert (watched.code, watched.output.strip()) == (1, "done")
    assert 300 < watched.before.peak < 400
    assert 300 < watched.before.own < 400
    assert watched.after.peak < 200
    assert process.watch([sys.executable, "-c", ""]).after == Memory()


@linux
@pytest.mark.slow
def test_every_length_and_method_has_its_peaks(tmp_path: Path) -> None:
    config = str(write_config(QUICK.architecture, tmp_path))
    found = memory.by_length(config, [0.1])
    assert list(found) == ["encode", "decode", "forward"]
    for runs in found.values():
        assert 50 < runs[0.1].before.peak < 2000
        assert runs[0.1].code == 0
    with pytest.raises(RuntimeError, match="nowhere"):
        memory.by_length("nowhere", [0.1])


def test_a_long_sound_is_the_demos_over_and_over(tmp_path: Path) -> None:
    memory.write_sound(tmp_path / "a.wav", 10.0)
    header = audio.header(tmp_path / "a.wav")
    assert header.samples == 10 * header.sample_rate


@pytest.mark.slow
@linux
def test_all_ways_through_a_coder_have_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    files.main(["--quick", "--only", "offline", "--seconds", "0.7", "--turns", "1"])
    printed = capsys.readouterr().out
    for method in offline.CODERS:
        found = rows(printed, (f"{method}, 0.7 s", *files.OFFLINE_COLUMNS[1:]))
        assert [row[0] for row in found] == list(offline.WAYS)
        decibels = {row[0]: row[-1] for row in found}
        assert decibels[offline.OFFLINE] == ""
        for exact in ("saoctl", "diffusers, `saoctl.stream_vae`"):
            assert float(decibels[exact]) > 100


def test_what_is_lacking_at_the_end_counts_as_silence() -> None:
    due = np.ones((1, 2, 100))
    assert offline.decibels(due, due[:, :, :99]) == pytest.approx(20)
    assert offline.decibels(due, 1.01 * due) == pytest.approx(40)
    assert offline.decibels(due, np.ones((1, 2, 101))) == np.inf
    way = Way("encode", "tiles", Taken(2, 3, 0.5, 80, 900), 20.0, lacking=1)
    assert "| 20, lacks 1 frames |" in files.offline_tables([way], 8.0)


@pytest.mark.slow
def test_commands_run_at_once_and_each_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = write_config(QUICK.architecture, tmp_path)
    monkeypatch.setattr(at_once, "SAOCTL", warm.saoctl())
    monkeypatch.setattr(at_once, "COMMANDS", {"encode": at_once.COMMANDS["encode"]})
    found = at_once.measure(str(config), 2, 0.1, (1, 2), 1, tmp_path)
    assert list(found) == [("encode", way) for way in at_once.WAYS]
    assert all(seconds.keys() == {1, 2} for seconds in found.values())
    for number in (0, 1):
        assert len(list((tmp_path / f"out-{number}").glob("*.safetensors"))) == 2
    with pytest.raises(RuntimeError, match="exit code 2"):
        at_once.measure("nowhere", 1, 0.1, (1,), 1, write_folder(tmp_path / "other"))


def write_folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_tables_have_what_was_measured() -> None:
    def run(before: float, after: float, seconds: float = 2.0) -> Watched:
        return Watched(0, seconds, Memory(before, before / 2), Memory(after, after / 2), "")

    by_length: dict[Method, dict[float, Watched]] = {
        "encode": {10: run(300, 200), 600: run(300, 350), 3600: run(301, 340)},
        "decode": {10: run(300, 200), 600: run(300, 351), 3600: run(301, 340)},
    }
    text = files.lengths_table(by_length)
    assert "| peak in MB | 10 s | 10 min | 60 min | difference | within 50 MB |" in text
    assert "| encode | 300 | 350 | 340 | 50 | yes |" in text
    assert "| decode | 300 | 351 | 340 | 51 | no |" in text
    assert "| forward | 1400 | 700 | 1100 | 550 |" in files.wide_table({"forward": {20: run(1400, 1100)}})
    ways = [
        Way("decode", "one", Taken(4.0, 7.5, 4.0, 900.0, 1800.0), None),
        Way("decode", "two", Taken(2, 3, 0.5, 80, 900), 117),
    ]
    text = files.offline_tables(ways, 8.0)
    assert "| one | 900 | 1800 | 4.0 | 7.5 | 4.0 |  |" in text
    assert "| two | 80 | 900 | 2.0 | 3.0 | 0.5 | 117 |" in text
    kill = Kill(1.25, ended=False, done=3, wrong=0, unfinished=1)
    ended = Kill(9.0, ended=True, done=9, wrong=0, unfinished=0)
    text = files.kills_table(Outcome(9, 1, 5.0, (kill, ended), 1, 1, 0, 0, 0))
    assert "| 1 | 1.2 | 3 | 0 | 1 |" in text
    assert "| 2 | ended before | 9 | 0 | 0 |" in text
    assert text.endswith("passed.")
    text = files.at_once_table({("encode", "spinning"): {1: 3.61, 2: 21.06}})
    assert "| encode | spinning | 3.6 | 21.1 |" in text
