"""Files through the model are what the offline model makes of the whole of them, whatever the blocks and lengths."""

import json
import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from saoctl import kinds, latents, recording
from saoctl.basis.make import make_basis
from saoctl.config import Config
from saoctl.convert.choices import Choices
from saoctl.convert.collection import ConvertResult, convert_files
from saoctl.errors import ConfigError, FileError
from saoctl.formats import export
from saoctl.verify.metrics import snr_db
from saoctl.verify.tolerance import Tolerance
from saoctl.vocabulary import METHODS, Method
from tests.architectures import HELD, TINY, judge
from tests.examples import examples
from tests.listeners import Warned
from tests.one_size import load_as_of_one_size

BOUND = 100.0
RATE, RATIO = TINY.sample_rate, TINY.ratio
FRAME_SECONDS = RATIO / RATE


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Makes files of noise."""

    def made(name: str, samples: int, rate: int = RATE, channels: int = 2, **more: Any) -> Path:
        noise = np.random.default_rng(samples).standard_normal((samples, channels)).astype("float32") * 0.2
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, noise, rate, **({"subtype": "FLOAT"} if name.endswith("wav") else {}), **more)
        return path

    return made


def convert(config: Config, method: Method, *files: Path, **choices: Any) -> ConvertResult:
    return convert_files(config, method, files, Choices(**choices))


def whole(path: Path) -> torch.Tensor:
    """A sound as the offline model takes it: [1, C, T], with silence to whole frames."""
    samples = torch.from_numpy(soundfile.read(path, dtype="float32", always_2d=True)[0].T)[None]
    return torch.nn.functional.pad(samples, (0, -samples.shape[2] % RATIO))


@pytest.mark.slow
@settings(examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(samples=st.integers(1, 3000), frames=st.integers(1, 80))
def test_latents_and_sound_are_those_of_the_offline_model_to_the_last_sample(
    tiny: Config, make: Callable[..., Path], samples: int, frames: int
) -> None:
    sound = make("a.wav", samples)
    folder, seconds = sound.parent, frames * FRAME_SECONDS
    for method, output in (("encode", "a.safetensors"), ("forward", "b.wav")):
        convert(tiny, method, sound, output=folder / output, block_seconds=seconds, overwrite=True)  # type: ignore[arg-type]
    convert(tiny, "decode", folder / "a.safetensors", output=folder / "c.wav", block_seconds=seconds, overwrite=True)
    exact, rounded = judge(TINY, seed=1, dtype=torch.float64), judge(TINY, seed=1)
    found = load_file(folder / "a.safetensors")["latents"][None]
    expected = exact.encode(whole(sound).double())
    assert Tolerance(BOUND, 1, rounded.encode(whole(sound)).double() - expected).holds(expected, found)
    due = exact.decode(expected)[:, :, :samples]
    own = rounded.decode(rounded.encode(whole(sound))).double()[:, :, :samples] - due
    for name in ("b.wav", "c.wav"):
        came = torch.from_numpy(soundfile.read(folder / name, dtype="float32", always_2d=True)[0].T)[None]
        assert came.shape == due.shape
        assert Tolerance(BOUND, RATIO, own).holds(due, came)


@pytest.mark.parametrize("method", ["encode", "forward"])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_blocks_change_nothing_but_rounding(
    tiny: Config, make: Callable[..., Path], method: Method, noise: float
) -> None:
    """And noise is the same too, by the file's name and the seed."""
    sound, found = make("a.wav", 50 * RATIO + 3), []
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for frames in (1, 3, 16, 200):
            output = sound.parent / f"out-{frames}{'.safetensors' if method == 'encode' else '.wav'}"
            seconds = frames * FRAME_SECONDS
            convert(tiny, method, sound, output=output, block_seconds=seconds, noise=noise, seed=3)
            values = load_file(output)["latents"] if method == "encode" else torch.tensor(soundfile.read(output)[0])
            found.append(values.double())
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert torch.allclose(found[0], other, rtol=0, atol=3e-6)


def test_noise_depends_on_the_seed_and_on_the_name_alone(tiny: Config, make: Callable[..., Path]) -> None:
    first, second, third = make("a.wav", 400), make("b.wav", 400), make("elsewhere/a.wav", 400)

    def encoded(path: Path, seed: int) -> torch.Tensor:
        output = path.parent / f"{path.stem}-{seed}.safetensors"
        convert(tiny, "encode", path, output=output, noise=1.0, seed=seed, overwrite=True)
        return load_file(output)["latents"]

    assert torch.equal(encoded(first, 0), encoded(third, 0))
    assert not torch.equal(encoded(first, 0), encoded(first, 1))
    assert not torch.equal(encoded(first, 0), encoded(second, 0))


@pytest.mark.parametrize("method", ["forward", "decode"])
def test_a_wav_that_is_too_large_for_its_head_has_a_larger_one(
    tiny: Config, make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, method: Method
) -> None:
    sound = make("a.wav", 2000)
    convert(tiny, "encode", sound)
    given = sound if method == "forward" else sound.with_suffix(".safetensors")
    for largest, kind in ((2000 * 8, "WAV"), (2000 * 8 - 1, "RF64")):
        monkeypatch.setattr(recording, "LARGEST_WAV", largest)
        convert(tiny, method, given, output=sound.parent / "b.wav", overwrite=True)
        found = soundfile.info(sound.parent / "b.wav")
        assert (found.format.removesuffix("EX"), found.frames) == (kind, 2000)


@pytest.mark.slow
@pytest.mark.parametrize("rate", [RATE, 11025, 44100])
@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_sound_at_its_own_rate_is_as_long_as_it_was(
    tiny: Config, make: Callable[..., Path], rate: int, suffix: str
) -> None:
    sound = make(f"a{suffix}", 2001, rate)
    folder = sound.parent
    convert(tiny, "encode", sound, output=folder / "z.npy")
    convert(tiny, "encode", sound, output=folder / "z.safetensors")
    convert(tiny, "decode", folder / "z.safetensors", output=folder / f"y{suffix}", sample_rate=rate)
    convert(tiny, "forward", sound, output=folder / f"x{suffix}", sample_rate=rate)
    for name in ("x", "y"):
        info = soundfile.info(folder / f"{name}{suffix}")
        assert (info.frames, info.samplerate, info.channels) == (2001, rate, 2)
    assert np.array_equal(np.load(folder / "z.npy"), load_file(folder / "z.safetensors")["latents"].numpy())


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_the_same_sound_is_the_same_bytes_whenever_it_is_written(
    tiny: Config, make: Callable[..., Path], suffix: str
) -> None:
    """Libsndfile would put the second into a WAV of floats."""
    sound, found = make("a.wav", 900), set()
    for seconds in (0.0, 1.1):
        time.sleep(seconds)
        convert(tiny, "forward", sound, output=sound.parent / f"b{suffix}", overwrite=True)
        found.add((sound.parent / f"b{suffix}").read_bytes())
    assert len(found) == 1


@pytest.mark.parametrize("suffix", kinds.LATENTS_SUFFIXES)
@pytest.mark.parametrize("frames", [1, 3, 4, 11])
def test_latents_come_back_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, frames: int
) -> None:
    """However many are turned round at a time, from frame by frame to channel by channel."""
    monkeypatch.setattr(latents, "TRANSPOSED", 3)
    written, path = torch.randn(5, frames), tmp_path / f"a{suffix}"
    about = latents.About("seed 0", None, None, RATE, RATIO, frames * RATIO, RATE, None, "float32", 0.0, 0)
    assert latents.write(path, iter(written.split(2, dim=1)), lambda: about) == frames
    found = latents.read(path)
    assert (found.channels, found.frames) == (5, frames)
    assert torch.equal(torch.cat(list(found.blocks(4)), dim=1), written)
    whole = torch.from_numpy(np.load(path)) if suffix == ".npy" else load_file(path)["latents"]
    assert torch.equal(whole, written)


def test_latents_say_what_they_are_from(tiny: Config, make: Callable[..., Path]) -> None:
    sound = make("a.wav", 1001, 11025, channels=1)
    convert(tiny, "encode", sound)
    found = latents.read(sound.with_suffix(".safetensors"))
    assert found.about is not None
    assert (found.about.source, found.about.sample_rate, found.about.ratio) == ("seed 1", RATE, RATIO)
    assert (found.about.source_rate, found.about.source_samples) == (11025, 1001)
    assert found.frames == math.ceil(found.about.samples / RATIO)


def test_peaks_are_told_and_clipped_only_where_the_format_ends(tiny: Config, make: Callable[..., Path]) -> None:
    sound = make("a.wav", 2000)
    samples, _ = soundfile.read(sound)
    soundfile.write(sound, samples * 40, RATE, subtype="FLOAT")
    folder = sound.parent
    floats = convert(tiny, "forward", sound, output=folder / "x.wav").results[0]
    whole_numbers = convert(tiny, "forward", sound, output=folder / "x.flac").results[0]
    assert floats.peak is not None
    assert floats.peak == pytest.approx(np.abs(soundfile.read(folder / "x.wav")[0]).max(), rel=1e-5)
    assert floats.peak > 1
    assert (floats.clipped, bool(whole_numbers.clipped)) == (0, True)


def test_channels_that_are_too_many_are_mixed_with_a_word(tiny: Config, make: Callable[..., Path]) -> None:
    sound, warned = make("a.wav", 800, channels=6), Warned()
    convert_files(tiny, "forward", [sound], Choices(output=sound.parent / "x.wav"), warned)
    assert any("6 channels are mixed to 2" in each for each in warned.warnings)
    assert soundfile.info(sound.parent / "x.wav").channels == 2


class TestCollections:
    """Folders, shares, what is there already, and broken files among good ones."""

    def tree(self, make: Callable[..., Path]) -> Path:
        for number, name in enumerate(("one.wav", "sub/two.flac", "sub/deep/three.wav")):
            make(f"music/{name}", 300 + number)
        folder = make("music/one.wav", 300).parent
        (folder / "notes.txt").write_text("no sound")
        return folder

    def test_the_tree_is_kept_and_what_is_there_is_skipped(self, tiny: Config, make: Callable[..., Path]) -> None:
        music = self.tree(make)
        out = music.parent / "out"
        first = convert(tiny, "encode", music, output=out)
        assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*")) == [
            "one.safetensors", "sub/deep/three.safetensors", "sub/two.safetensors",
        ]  # fmt: skip
        (out / "sub" / "two.safetensors").unlink()
        times = {path: path.stat().st_mtime_ns for path in out.rglob("*.safetensors")}
        second = convert(tiny, "encode", music, output=out)
        assert [each.state for each in first.results] == ["written"] * 3
        assert sorted(each.state for each in second.results) == ["skipped", "skipped", "written"]
        assert all(path.stat().st_mtime_ns == time for path, time in times.items())

    def test_something_else_that_is_there_is_not_written_over(self, tiny: Config, make: Callable[..., Path]) -> None:
        sound = make("a.wav", 500)
        convert(tiny, "encode", sound)
        with pytest.raises(FileError, match="exists, and is not what"):
            convert(tiny, "encode", sound, noise=1.0)
        convert(tiny, "encode", sound, noise=1.0, overwrite=True)
        sound.with_suffix(".flac").write_bytes(b"something of mine")
        with pytest.raises(FileError, match="exists, and is not what"):
            convert(tiny, "decode", sound.with_suffix(".safetensors"), output=sound.with_suffix(".flac"))
        assert sound.with_suffix(".flac").read_bytes() == b"something of mine"

    def test_broken_files_are_named_and_do_not_stop_the_others(self, tiny: Config, make: Callable[..., Path]) -> None:
        music, warned = self.tree(make), Warned()
        (music / "broken.wav").write_bytes(b"RIFF....")
        samples = np.full((100, 2), np.nan, "float32")
        soundfile.write(music / "nan.wav", samples, RATE, subtype="FLOAT")
        make("music/cut.flac", 50_000)
        whole_file = (music / "cut.flac").read_bytes()
        (music / "cut.flac").write_bytes(whole_file[: len(whole_file) // 2])
        make("music/empty.wav", 0)
        result = convert_files(tiny, "forward", [music], Choices(output=music.parent / "out"), warned)
        assert not result.passed
        failed = {each.given.name: each.error or "" for each in result.results if each.state == "failed"}
        assert failed.keys() == {"broken.wav", "nan.wav", "cut.flac", "empty.wav"}
        assert "not finite" in failed["nan.wav"]
        assert "empty" in failed["empty.wav"]
        assert len(warned.warnings) == 4
        assert len(list((music.parent / "out").rglob("*.wav"))) == 3
        assert not [each for each in (music.parent / "out").rglob("*") if ".part" in each.name]

    def test_shares_are_all_and_none_twice(self, tiny: Config, make: Callable[..., Path]) -> None:
        music = self.tree(make)
        done = [
            each.given
            for share in (1, 2)
            for each in convert(tiny, "encode", music, output=music.parent / "o", shard=(share, 2)).results
        ]
        assert sorted(done) == sorted(path for path in music.rglob("*") if path.suffix in (".wav", ".flac"))

    def test_two_that_would_become_the_same_are_refused_and_the_others_go_on(
        self, tiny: Config, make: Callable[..., Path]
    ) -> None:
        music = self.tree(make)
        make("music/one.flac", 300)
        result = convert(tiny, "encode", music, output=music.parent / "out")
        assert sorted(each.given.name for each in result.results if each.state == "failed") == ["one.flac", "one.wav"]
        assert all("would both become" in (each.error or "") for each in result.results if each.error)
        assert sum(each.state == "written" for each in result.results) == 2


@pytest.mark.slow
def test_an_exported_file_converts_as_the_weights_do(tiny: Config, make: Callable[..., Path]) -> None:
    sound = make("a.wav", 900)
    config = tiny.model_copy(update={"artifact": sound.parent / "m.ts"})
    export.run(config)
    for method, suffix in (("encode", ".safetensors"), ("forward", ".wav")):
        outputs = [sound.parent / f"{name}{suffix}" for name in ("weights", "file")]
        convert(tiny, method, sound, output=outputs[0])  # type: ignore[arg-type]
        convert(tiny, method, sound, output=outputs[1], artifact=config.artifact)  # type: ignore[arg-type]
        assert outputs[0].read_bytes() == outputs[1].read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("block_seconds", [0.001, 0.01, 10.0], ids=["less than a block", "some blocks", "all at once"])
def test_a_file_whose_blocks_have_one_size_is_given_whole_ones(
    tiny: Config, make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, block_seconds: float
) -> None:
    sound = make("a.wav", 900)
    outputs = [sound.parent / f"{name}.wav" for name in ("weights", "file")]
    convert(tiny, "forward", sound, output=outputs[0])
    load_as_of_one_size(monkeypatch, 3 * RATIO)
    convert(tiny, "forward", sound, output=outputs[1], artifact=tiny.artifact, block_seconds=block_seconds)
    given, came = (torch.from_numpy(soundfile.read(path)[0]) for path in outputs)
    assert snr_db(given, came) >= BOUND


BAD: list[tuple[Method, dict[str, Any], str]] = [
    ("encode", {"output": Path("a.mp3")}, "encode cannot write a.mp3"),
    ("encode", {"output": Path("-"), "layout": "stable-audio-tools"}, "two files, and a pipe takes one"),
    ("forward", {"sample_rate": 0}, "sample rate of 0 Hz is impossible"),
    ("forward", {"block_seconds": 0.0}, "Blocks of 0 s"),
    ("forward", {"output": Path("a.flac"), "bits": 32}, "FLAC has no floats"),
    ("forward", {"noise": 3.0}, "Noise of 3 is impossible"),
    ("encode", {"shard": (5, 4)}, "no share 5 of 4"),
    ("encode", {"sample_rate": 8000}, "no sample rate"),
]


@pytest.mark.parametrize(("method", "choices", "words"), BAD, ids=[words for *_, words in BAD])
def test_impossible_choices_are_refused(
    tiny: Config, make: Callable[..., Path], method: Method, choices: dict[str, Any], words: str
) -> None:
    sound = make("a.wav", 100)
    with pytest.raises(ConfigError, match=words):
        convert(tiny, method, sound, **choices)
    kinds = (".wav", ".flac", ".safetensors", ".mp3")
    assert [path.name for path in sound.parent.iterdir() if path.suffix in kinds] == ["a.wav"]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_given_is_said(tiny: Config, method: Method) -> None:
    with pytest.raises(ConfigError, match="No files are given"):
        convert(tiny, method)


def test_bad_files_are_refused_with_one_error(tiny: Config, make: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "empty-folder").mkdir()
    (tmp_path / "text.wav").write_text("no sound at all")
    make("many.wav", 100, channels=64)
    make("fast.wav", 100, rate=1_000_000_000)
    for name, words in (
        ("missing.wav", "does not exist"),
        ("empty-folder", "has no audio files in it"),
        ("text.wav", "cannot be read as audio"),
        ("many.wav", "has 64 channels"),
        ("fast.wav", "sample rate of 1000000000 Hz"),
    ):
        with pytest.raises(FileError, match=words):
            convert(tiny, "encode", tmp_path / name, output=tmp_path / ("out" if "folder" in name else "z.safetensors"))
    assert not list(tmp_path.rglob("*.safetensors"))
    sound = make("a.wav", 100)
    with pytest.raises(FileError, match="over itself"):
        convert(tiny, "forward", sound, output=sound)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused_first(tiny: Config, make: Callable[..., Path]) -> None:
    sound = make("a.wav", 100)
    locked = sound.parent / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(FileError, match="cannot be written"):
        convert(tiny, "encode", sound, output=locked / "z.safetensors")


def test_latents_of_another_model_are_refused_by_name(tiny: Config, make: Callable[..., Path], tmp_path: Path) -> None:
    sound = make("a.wav", 200)
    convert(tiny, "encode", sound)
    other = tiny.model_copy(update={"model": tiny.model.model_copy(update={"seed": 2})})
    with pytest.raises(FileError, match=r"has latents of seed 1, and these weights are seed 2"):
        convert(other, "decode", sound.with_suffix(".safetensors"), output=tmp_path / "x.wav")
    np.save(tmp_path / "wide.npy", np.zeros((5, 10), "float32"))
    with pytest.raises(FileError, match=r"has 5 channels; seed 1 takes 2"):
        convert(tiny, "decode", tmp_path / "wide.npy")
    np.save(tmp_path / "nan.npy", np.full((2, 10), np.nan, "float32"))
    with pytest.raises(FileError, match="not finite"):
        convert(tiny, "decode", tmp_path / "nan.npy")
    (tmp_path / "text.safetensors").write_text("x")
    with pytest.raises(FileError, match="is a text file, and cannot be read as latents"):
        convert(tiny, "decode", tmp_path / "text.safetensors")
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.slow
def test_coordinates_are_not_taken_for_latents_nor_latents_for_coordinates(
    tiny: Config, make: Callable[..., Path], tmp_path: Path
) -> None:
    sound = make("a.wav", RATE)
    make_basis(tiny, [sound], tmp_path / "b.safetensors")
    wanted = tiny.export.model_copy(update={"basis": tmp_path / "b.safetensors"})
    config = tiny.model_copy(update={"artifact": tmp_path / "m.ts", "export": wanted})
    export.run(config)
    convert(tiny, "encode", sound, output=tmp_path / "latents.safetensors")
    convert(tiny, "encode", sound, output=tmp_path / "along.safetensors", artifact=config.artifact)
    convert(tiny, "decode", tmp_path / "along.safetensors", output=tmp_path / "x.wav", artifact=config.artifact)
    with pytest.raises(FileError, match="has coordinates along the first 2 of 2 directions"):
        convert(tiny, "decode", tmp_path / "along.safetensors", output=tmp_path / "y.wav")
    with pytest.raises(FileError, match="has latents as the model has them"):
        convert(tiny, "decode", tmp_path / "latents.safetensors", output=tmp_path / "y.wav", artifact=config.artifact)


def test_stable_audio_tools_own_dataset_reads_what_is_encoded_for_it(
    tiny: Config, make: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("music/a.wav", 1000)
    make("music/sub/b.wav", 333)
    result = convert(tiny, "encode", tmp_path / "music", output=tmp_path / "out", layout="stable-audio-tools")
    for name in ("torchaudio", "torchaudio.transforms", "webdataset", "dill"):  # imported, and not needed here
        monkeypatch.setitem(sys.modules, name, MagicMock())
    from stable_audio_tools.data import dataset as theirs

    kind = getattr(theirs, "LatentDatasetConfig", theirs.LocalDatasetConfig)  # which version 0.0.19 does not have
    dataset = theirs.PreEncodedDataset([kind(id="mine", path=str(tmp_path / "out"))], latent_crop_length=20)
    found = {Path(info["latent_filename"]).stem: (latents, info) for latents, info in (dataset[0], dataset[1])}
    assert found.keys() == {"a", "b"}
    assert found["a"][0].shape == (2, 20)
    assert found["a"][1]["seconds_total"] == 1000 / RATE
    assert found["b"][1]["relpath"] == "sub/b.wav"
    assert found["b"][1]["padding_mask"][0].tolist() == [1] * 20
    (tmp_path / "out" / "a.json").unlink()
    again = convert(tiny, "encode", tmp_path / "music", output=tmp_path / "out", layout="stable-audio-tools")
    assert [each.state for each in result.results] == ["written", "written"]
    assert [each.state for each in again.results] == ["written", "skipped"]
    with pytest.raises(ConfigError, match="reads latents as npy"):
        convert(tiny, "encode", tmp_path / "music", layout="stable-audio-tools", suffix=".safetensors")


def test_the_json_of_a_result_is_complete(tiny: Config, make: Callable[..., Path]) -> None:
    from saoctl.cli.documents import document

    told = json.loads(json.dumps(document(convert(tiny, "encode", make("a.wav", 300)))))
    assert told["results"][0]["frames"] == math.ceil(300 / RATIO)
    assert told["source"] == "seed 1"


@pytest.mark.slow
def test_a_file_that_holds_latents_gives_each_once_and_the_sound_of_its_weights(
    held: Config, make: Callable[..., Path]
) -> None:
    sound = make("a.wav", 50 * HELD.ratio + 7)
    for name, artifact in (("weights", None), ("file", held.artifact)):
        for method, suffix in (("encode", ".safetensors"), ("forward", ".wav")):
            convert(held, method, sound, output=sound.parent / f"{name}{suffix}", artifact=artifact)  # type: ignore[arg-type]
        given = sound.parent / f"{name}.safetensors"
        convert(held, "decode", given, output=sound.parent / f"{name}-decoded.wav", artifact=artifact)
    own, other = (load_file(sound.parent / f"{name}.safetensors")["latents"] for name in ("weights", "file"))
    assert own.shape == other.shape == (HELD.latent_dim, 51)
    assert snr_db(own[None], other[None]) >= BOUND
    for name in ("{}.wav", "{}-decoded.wav"):
        own, other = (torch.tensor(soundfile.read(sound.parent / name.format(by))[0]) for by in ("weights", "file"))
        assert own.shape == other.shape
        assert snr_db(own.T[None], other.T[None]) >= BOUND
