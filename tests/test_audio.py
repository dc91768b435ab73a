"""Audio of any common kind comes in as the model wants it; what is no audio is refused."""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from saoctl import audio
from saoctl.errors import FileError
from saoctl.vocabulary import PIPE

RATE = 44100


def tone(rate: int, seconds: float, channels: int = 1, frequency: float = 440.0) -> np.ndarray:
    time = np.arange(round(rate * seconds)) / rate
    return 0.5 * np.sin(2 * np.pi * frequency * time)[:, None] * np.linspace(1, 0.5, channels)


@pytest.mark.parametrize(("suffix", "error"), [("wav", 1e-4), ("flac", 1e-4), ("ogg", 0.05), ("mp3", 0.05)])
def test_every_common_format_is_read(tmp_path: Path, suffix: str, error: float) -> None:
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, tone(RATE, 1.0, 2), RATE)
    read = audio.read(path, RATE, 2, seconds=0.5)
    assert read.shape == (2, RATE // 2)
    assert read.dtype == torch.float32
    expected = torch.from_numpy(tone(RATE, 0.5, 2).T).float()
    assert (read - expected)[:, 2000:-2000].square().mean().sqrt() < error


@pytest.mark.parametrize("rate", [8000, 22050, 48000, 96000])
def test_another_sample_rate_is_resampled(tmp_path: Path, rate: int) -> None:
    soundfile.write(tmp_path / "tone.wav", tone(rate, 1.0), rate, subtype="FLOAT")
    read = audio.read(tmp_path / "tone.wav", RATE, 1, seconds=1.0)
    assert abs(read.shape[1] - RATE) <= 1
    expected = torch.from_numpy(tone(RATE, 1.0).T).float()[:, : read.shape[1]]
    middle = slice(RATE // 10, -RATE // 10)
    assert (read - expected)[:, middle].abs().max() < 1e-4


@pytest.mark.parametrize(("given", "wanted"), [(1, 2), (2, 1), (6, 2), (2, 3)])
def test_missing_channels_repeat_and_superfluous_ones_go(tmp_path: Path, given: int, wanted: int) -> None:
    soundfile.write(tmp_path / "a.wav", tone(RATE, 0.1, given), RATE, subtype="FLOAT")
    read = audio.read(tmp_path / "a.wav", RATE, wanted, seconds=1.0)
    original = torch.from_numpy(tone(RATE, 0.1, given).T).float()
    assert torch.equal(read, original[[channel % given for channel in range(wanted)]])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty: it has no bytes"),
        (b"RIFF", "is damaged: it begins like audio"),
        (b"not audio at all" * 100, "is a text file, and cannot be read as audio"),
        (b"\0\1\2" * 100, "cannot be read as audio: its content is of no kind"),
    ],
)
def test_what_is_no_audio_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(FileError, match=words):
        audio.read(tmp_path / "a.wav", RATE, 2, 1.0)


def test_missing_audio_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        audio.read(tmp_path / "a.wav", RATE, 2, 1.0)


def test_empty_audio_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros((0, 2)), RATE)
    with pytest.raises(FileError, match="is empty"):
        audio.read(tmp_path / "a.wav", RATE, 2, 1.0)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_audio_that_is_not_finite_is_refused(tmp_path: Path, value: float) -> None:
    samples = tone(RATE, 0.1)
    samples[100] = value
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    with pytest.raises(FileError, match="not finite"):
        audio.read(tmp_path / "a.wav", RATE, 2, 1.0)


def test_the_test_signal_is_hard_at_its_edges_and_the_same_at_every_call() -> None:
    signal = audio.test_signal(RATE, 2, 1.5)
    assert signal.shape == (2, round(1.5 * RATE))
    assert torch.equal(signal, audio.test_signal(RATE, 2, 1.5))
    assert (signal[:, 0].abs() > 0.5).all()
    assert (signal[:, -1].abs() > 0.5).all()
    assert not torch.equal(signal[0], signal[1])
    assert (signal[:, -RATE // 10 : -1] == 0).all(), "it has silence"
    assert signal.abs().max() < 2


def test_whole_frames_are_reached_with_silence() -> None:
    padded = audio.to_whole_frames(torch.ones(2, 2049), 2048)
    assert padded.shape == (2, 4096)
    assert padded[:, 2049:].sum() == 0
    assert audio.to_whole_frames(torch.ones(2, 2048), 2048).shape == (2, 2048)


@pytest.mark.parametrize("rate", [RATE, 8000, 48000])
@pytest.mark.parametrize("size", [1000, 70_000])
def test_in_blocks_a_file_is_the_same(tmp_path: Path, rate: int, size: int) -> None:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (3 * rate + 7, 1))
    soundfile.write(tmp_path / "a.wav", samples, rate, subtype="FLOAT")
    whole = audio.read(tmp_path / "a.wav", RATE, 2, seconds=10)
    blocks = list(audio.blocks(tmp_path / "a.wav", RATE, 2, size))
    assert {block.shape[1] for block in blocks[:-1]} == {size}
    assert 0 < blocks[-1].shape[1] <= size
    joined = torch.cat(blocks, dim=1)
    assert joined.shape == whole.shape
    assert (joined - whole).abs().max() < (1e-9 if rate == RATE else 1e-5)


def test_in_blocks_bad_audio_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        list(audio.blocks(tmp_path / "a.wav", RATE, 2, 100))
    (tmp_path / "a.wav").write_bytes(b"no audio")
    with pytest.raises(FileError, match="cannot be read as audio"):
        list(audio.blocks(tmp_path / "a.wav", RATE, 2, 100))
    soundfile.write(tmp_path / "b.wav", np.full(200, np.nan, dtype=np.float32), RATE, subtype="FLOAT")
    with pytest.raises(FileError, match="not finite"):
        list(audio.blocks(tmp_path / "b.wav", RATE, 2, 100))


@pytest.mark.parametrize("kind", ["wav", "aiff", "au", "w64", "rf64", "flac", "caf"])
def test_a_file_that_is_cut_off_is_not_taken_for_a_shorter_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, (5000, 2)), RATE, format=kind.upper())
    content = path.read_bytes()
    assert sum(block.shape[1] for block in audio.blocks(path, RATE, 2, 1000)) == 5000
    for size in (len(content) * 2 // 3, len(content) - 300):
        path.write_bytes(content[:size])
        with pytest.raises(FileError, match=r"cut off|cannot be read"):
            list(audio.blocks(path, RATE, 2, 1000))


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0x7FFFF000, 8000 + 44])
def test_a_wav_whose_head_does_not_know_its_length_is_taken_whole(tmp_path: Path, size: int) -> None:
    """As programs write it into pipes; or that counts its head too."""
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full((1000, 2), 0.5), RATE, subtype="FLOAT")
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = size.to_bytes(4, "little")
    path.write_bytes(content)
    assert sum(block.shape[1] for block in audio.blocks(path, RATE, 2, 300)) == 1000


@contextmanager
def standard_input(source: int) -> Iterator[None]:
    """Make an open file standard input; it is closed at the end."""
    before = os.dup(0)
    os.dup2(source, 0)
    os.close(source)
    try:
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)


def piped(content: bytes) -> int:
    """The end of a pipe from which a content comes, which must be short enough to fit into it."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    return reading


def redirected(content: bytes, path: Path) -> int:
    """A file that is read from its beginning."""
    path.write_bytes(content)
    return os.open(path, os.O_RDONLY)


@pytest.mark.parametrize(
    "empty",
    [lambda path: piped(b""), lambda path: redirected(b"", path), lambda path: os.open(os.devnull, os.O_RDONLY)],
    ids=["pipe", "file", "null device"],
)
def test_standard_input_that_is_empty_is_said_to_be(tmp_path: Path, empty: Callable[[Path], int]) -> None:
    with standard_input(empty(tmp_path / "a")), pytest.raises(FileError, match=r"Standard input is empty.*Pipe a WAV"):
        list(audio.blocks(PIPE, RATE, 2, 100))


def test_standard_input_that_is_damaged_or_no_audio_is_told_apart(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(RATE, 0.1), RATE)
    content = (tmp_path / "a.wav").read_bytes()
    for given, words in (
        (b"hello", "Standard input cannot be read as audio"),
        (content[:20], "Standard input is damaged"),
    ):
        with standard_input(piped(given)), pytest.raises(FileError, match=rf"{words}.*Pipe a WAV"):
            list(audio.blocks(PIPE, RATE, 2, 100))
    for source in (piped(content), redirected(content, tmp_path / "b.wav")):
        with standard_input(source):
            assert sum(block.shape[1] for block in audio.blocks(PIPE, RATE, 2, 1000)) == RATE // 10


def test_what_is_wrong_with_standard_input_names_it(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(200, np.nan, dtype=np.float32), RATE, subtype="FLOAT")
    with (
        standard_input(piped((tmp_path / "a.wav").read_bytes())),
        pytest.raises(FileError, match="Standard input has samples that are not finite"),
    ):
        list(audio.blocks(PIPE, RATE, 2, 100))


def test_a_pipe_in_the_place_of_a_file_is_called_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.wav")
    with pytest.raises(FileError, match="is a pipe or a device, and no file"):
        audio.header(tmp_path / "a.wav")
