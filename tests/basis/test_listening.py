"""The sounds of directions can be compared by ear, and take the place of nothing but themselves."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from jsonschema import Draft202012Validator
from torch import Tensor
from typer.testing import CliRunner

from saoctl.basis.listening import FADE_SECONDS, PEAK_DB, a_weighted, equally_loud, faded
from saoctl.basis.page import OURS, PAGE, Row, check_folder, page, sound_name
from saoctl.basis.sweep import SECONDS
from saoctl.cli.app import app
from saoctl.errors import FileError
from tests.architectures import TINY

RATE = 44100
PEAK = 10 ** (PEAK_DB / 20)
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "basis.json"


def tone(frequency: float, level: float = 1.0) -> Tensor:
    time = torch.arange(RATE, dtype=torch.float64) / RATE
    return level * torch.sin(2 * math.pi * frequency * time).expand(2, -1)


@pytest.mark.parametrize(("frequency", "level"), [(50, -30.2), (100, -19.1), (1000, 0.0), (2500, 1.3), (10_000, -2.5)])
def test_loudness_is_weighted_as_the_standard_has_it(frequency: float, level: float) -> None:
    """The values of table 3 of IEC 61672-1, to 1000 Hz."""
    found = 20 * torch.log10(a_weighted(tone(frequency), RATE) / a_weighted(tone(1000), RATE))
    assert found.item() == pytest.approx(level, abs=0.1)


def test_sounds_become_equally_loud_and_none_is_clipped() -> None:
    noise = torch.randn(2, RATE, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    levelled = equally_loud(torch.stack((tone(50, 5.0), tone(1000, 0.01), noise)), RATE)
    loudness = torch.stack([a_weighted(sound, RATE) for sound in levelled])
    assert torch.allclose(loudness, loudness[:1].expand(3))
    assert levelled.abs().max().item() == pytest.approx(PEAK)


def test_silence_stays_silent_beside_others() -> None:
    levelled = equally_loud(torch.stack((torch.zeros(2, RATE), tone(1000))), RATE)
    assert not levelled[0].any()
    assert levelled[1].abs().max().item() == pytest.approx(PEAK)
    assert not equally_loud(torch.zeros(1, 2, RATE), RATE).any()


def test_sounds_begin_and_end_in_silence_and_are_what_they_were_between() -> None:
    steps = round(FADE_SECONDS * RATE)
    sounds = torch.ones(1, 2, RATE)
    found = faded(sounds, RATE)
    assert found[..., 0].abs().max() == found[..., -1].abs().max() == 0
    assert torch.equal(found[..., steps:-steps], sounds[..., steps:-steps].double())


@pytest.fixture
def listen(tiny_config: Path, tmp_path: Path) -> Callable[..., dict[str, list[str]]]:
    """Runs `saoctl basis --listen` on a second of noise, and gives what it tells."""
    noise = 0.3 * np.random.default_rng(0).standard_normal((TINY.sample_rate, 2))
    soundfile.write(tmp_path / "a.wav", noise, TINY.sample_rate, subtype="FLOAT")

    def run(folder: Path, expected: int = 0) -> dict[str, list[str]]:
        output = ["-o", str(tmp_path / "b.safetensors"), "--listen", str(folder), "--json"]
        result = CliRunner().invoke(app, ["basis", str(tmp_path / "a.wav"), "-c", str(tiny_config), *output])
        assert result.exit_code == expected, result.output
        told: dict[str, list[str]] = json.loads(result.stdout)
        return told

    return run


@pytest.mark.slow
def test_the_command_writes_a_sound_for_each_direction_and_a_page_and_tells_them(
    listen: Callable[..., dict[str, list[str]]], tmp_path: Path
) -> None:
    folder = tmp_path / "heard"
    told = listen(folder)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(told)
    names = ["direction-01.wav", "direction-02.wav", PAGE]
    assert told["listen"] == [str(folder / name) for name in names]
    assert sorted(path.name for path in folder.iterdir()) == names
    text = (folder / PAGE).read_text()
    assert all(f'src="{name}"' in text for name in names[:2])
    assert text.count('src="data:image/png;base64,iVBOR') == 2
    assert str(tmp_path) not in text
    sounds = []
    for name in names[:2]:
        samples, rate = soundfile.read(folder / name)
        assert rate == TINY.sample_rate
        assert samples.shape == (round(SECONDS * rate), TINY.audio_channels)
        sounds.append(torch.from_numpy(samples.T.copy()))
    one, two = (20 * a_weighted(sound, TINY.sample_rate).log10() for sound in sounds)
    assert one.item() == pytest.approx(two.item(), abs=0.05)
    assert max(sound.abs().max().item() for sound in sounds) == pytest.approx(PEAK, abs=1e-3)
    assert not torch.allclose(*sounds, atol=0.01)


@pytest.mark.slow
def test_a_run_takes_the_place_of_an_earlier_one_and_leaves_nothing_of_it(
    listen: Callable[..., dict[str, list[str]]], tmp_path: Path
) -> None:
    folder = tmp_path / "heard"
    folder.mkdir()
    (folder / PAGE).write_text(page([], ["old.wav"], []))
    (folder / "direction-07.wav").write_bytes(b"of an earlier run, with more directions")
    (folder / ".DS_Store").write_bytes(b"the system's")
    listen(folder)
    assert sorted(path.name for path in folder.iterdir()) == [".DS_Store", "direction-01.wav", "direction-02.wav", PAGE]
    assert "old.wav" not in (folder / PAGE).read_text()
    check_folder(folder)  # as the next run does


@pytest.mark.parametrize("name", ["notes.txt", "direction-1.flac", PAGE])
def test_a_folder_with_other_files_is_refused_before_any_work_and_stays_as_it_was(
    listen: Callable[..., dict[str, list[str]]], tmp_path: Path, name: str
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("mine")
    told = listen(tmp_path / "mine", expected=4)
    assert name in str(told)
    assert [path.read_text() for path in (tmp_path / "mine").iterdir()] == ["mine"]
    assert not (tmp_path / "b.safetensors").exists()


def test_a_place_where_no_folder_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", tmp_path / "file" / "heard"):
        with pytest.raises(FileError, match="cannot be written"):
            check_folder(place)
    check_folder(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_names_of_sounds_sort_as_directions_do() -> None:
    assert sound_name(0, 8) == "direction-01.wav"
    names = [sound_name(direction, 128) for direction in range(128)]
    assert names == sorted(names)


def test_the_page_takes_any_name_of_a_sound_and_names_a_few() -> None:
    rows = [Row("direction-01.wav", 0.5, b"picture")]
    text = page(rows, ["<b>&.wav", *(f"{number}.wav" for number in range(9))], ["What is <heard>."])
    assert "&lt;b&gt;&amp;.wav, 0.wav, 1.wav, 7 more" in text
    assert "What is &lt;heard&gt;." in text
    assert OURS in text
