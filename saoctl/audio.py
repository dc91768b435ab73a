"""Audio in: files of any common kind, and a built-in test signal."""

import math
import os
import re
import select
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch
from torch import Tensor

from saoctl.errors import FileError
from saoctl.filetypes import AUDIO_READER
from saoctl.kinds import SAMPLE_RATES
from saoctl.vocabulary import PIPE

PIPED = "Pipe a WAV into it, such as `ffmpeg -i song.mp3 -f wav - | saoctl forward - -o out.wav`."
UNRECOGNISED = 1  # libsndfile's code for what is no audio, where another tells of damage

READ_SAMPLES = 1 << 16  # of a file at a time
MOST_CHANNELS = 8  # that are mixed; more are not a recording but a session
LENGTH_IS_A_GUESS = ("MP3",)  # in the header of these
# How libsndfile's log tells that the head of a WAV, AIFF, AU, W64 or RF64 promises more bytes than there are. It reads
# what is there all the same.
PROMISED = re.compile(r"^ *(?:data|SSND|Data Size|riff|Riff size) *: (\d+) \(should be (\d+)\)$", re.MULTILINE)
SLACK = 64  # bytes that are promised in vain by writers who count the head too
UNKNOWN = 0x7FFF0000  # bytes, from which on a size stands for one that nobody knew when the head was written


def read(path: Path, sample_rate: int, channels: int, seconds: float) -> Tensor:
    """The first `seconds` of an audio file, [channels, T] at `sample_rate`, float32.

    WAV, FLAC, OGG, MP3 and what else libsndfile reads; resampled with soxr. Channels that are missing repeat those
    that are there (mono is doubled), channels that are too many are left out.

    Raises:
        FileError: the file is missing, not audio, empty, or has samples that are not finite.
    """
    if not path.exists():
        raise FileError(f"The audio file {path} does not exist.", "Check --audio, or `audio` in the config.")
    with _opened(path) as file:
        rate = file.samplerate
        samples = file.read(math.ceil(seconds * rate), dtype="float32", always_2d=True)
    _check_finite(path, samples)
    if rate != sample_rate:
        samples = soxr.resample(samples, rate, sample_rate, quality="VHQ")
    if samples.shape[0] == 0:
        raise no_samples(path)
    return _tensor(samples, channels)


def no_samples(path: Path) -> FileError:
    """The error for audio, whose head is good, without a single sample."""
    return FileError(f"{_name(path)} is empty: it has no samples.", "Give audio that has samples.")


def _name(path: Path) -> str:
    return "Standard input" if path == PIPE else f"The audio file {path}"


def _check_finite(path: Path, samples: np.ndarray) -> None:
    if not np.isfinite(samples).all():
        raise FileError(f"{_name(path)} has samples that are not finite.", "Give audio without NaN or infinity.")


def _tensor(samples: np.ndarray, channels: int) -> Tensor:
    """Samples [T, C] as they come from a file, [channels, T]; see `read` for which channels."""
    chosen = [channel % samples.shape[1] for channel in range(channels)]
    return torch.from_numpy(np.ascontiguousarray(samples.T[chosen], dtype=np.float32))


def _mixed(samples: np.ndarray, channels: int) -> Tensor:
    """The same, but channels that are too many are mixed: each of those wanted is the mean of all that fall on it."""
    if samples.shape[1] > channels:
        samples = np.stack([samples[:, channel::channels].mean(axis=1) for channel in range(channels)], axis=1)
    return _tensor(samples, channels)


@dataclass(frozen=True)
class Header:
    """What an audio file says of itself.

    Args:
        sample_rate: Hz.
        channels: in it.
        samples: of each channel; None if it does not say, as what comes through a pipe.
    """

    sample_rate: int
    channels: int
    samples: int | None


def header(path: Path) -> Header:
    """What an audio file says of itself.

    Raises:
        FileError: it is missing, not audio, cut off, or has a sample rate or channels that no recording has.
    """
    with _opened(path) as file:
        return _header(path, file)


def about_seconds(path: Path) -> float:
    """How long an audio file is, as far as it says so: of an MP3 it is a guess.

    Raises:
        FileError: as of `header`.
    """
    with _opened(path) as file:
        return float(file.frames / _header(path, file).sample_rate)


def _header(path: Path, file: soundfile.SoundFile) -> Header:
    low, high = SAMPLE_RATES
    if not low <= file.samplerate <= high:
        raise FileError(
            f"{_name(path)} has a sample rate of {file.samplerate} Hz.", f"Give audio of {low} to {high} Hz."
        )
    if file.channels > MOST_CHANNELS:
        raise FileError(f"{_name(path)} has {file.channels} channels.", f"Give audio of up to {MOST_CHANNELS}.")
    for promised, there in PROMISED.findall(file.extra_info) if file.seekable() else ():
        if int(there) + SLACK < int(promised) < UNKNOWN:
            raise _cut_off(path, there, promised, "bytes")
    told = file.seekable() and file.format not in LENGTH_IS_A_GUESS
    return Header(file.samplerate, file.channels, file.frames if told else None)


def _cut_off(path: Path, there: int | str, promised: int | str, unit: str) -> FileError:
    message = f"{_name(path)} is damaged: it is cut off after {there} of {promised} {unit}."
    return FileError(message, AUDIO_READER.again)


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """An audio file, or standard input.

    Raises:
        FileError: it is missing, empty, damaged or of another kind, also while it is read.
    """
    if path == PIPE:
        if _stdin_is_empty():
            raise FileError("Standard input is empty: nothing was piped into it.", PIPED)
    elif not path.exists():
        raise FileError(f"The audio file {path} does not exist.", "Check its name.")
    else:
        AUDIO_READER.check(path)
    try:
        with soundfile.SoundFile(0, closefd=False) if path == PIPE else soundfile.SoundFile(path) as file:
            yield file
    except (soundfile.SoundFileError, OSError) as error:
        if path != PIPE:
            raise AUDIO_READER.refusal(path) from error
        if getattr(error, "code", None) == UNRECOGNISED:
            raise FileError("Standard input cannot be read as audio.", PIPED) from error
        raise FileError("Standard input is damaged, or is no WAV, which alone can be piped.", PIPED) from error


def _stdin_is_empty() -> bool:
    """Wait until something comes into standard input, and tell whether it ends instead; nothing is taken out of it."""
    try:
        about = os.fstat(0)
    except OSError:  # it is closed
        return True
    if stat.S_ISREG(about.st_mode):
        return os.lseek(0, 0, os.SEEK_CUR) >= about.st_size
    if stat.S_ISCHR(about.st_mode):
        return os.path.samestat(about, Path(os.devnull).stat())
    try:
        import fcntl
        import termios
    except ImportError:  # on Windows, where libsndfile finds in an empty pipe what is no audio
        return False
    select.select([0], [], [])
    return fcntl.ioctl(0, termios.FIONREAD, bytes(4)) == bytes(4)


def blocks(path: Path, sample_rate: int, channels: int, size: int) -> Iterator[Tensor]:
    """A whole audio file of any length, block by block: [channels, size] at `sample_rate`, float32.

    As `read` does it, in constant memory; channels that are too many are mixed. The last block can be shorter.

    Raises:
        FileError: see `read` and `header`; or it has fewer samples than its header says.
    """
    with _opened(path) as file:
        yield from _regrouped(_resampled(path, file, sample_rate, channels), channels, size)


def _resampled(path: Path, file: soundfile.SoundFile, sample_rate: int, channels: int) -> Iterator[Tensor]:
    """The parts of an open file at a sample rate, [channels, T] of any length."""
    converter = soxr.ResampleStream(file.samplerate, sample_rate, file.channels, dtype="float32", quality="VHQ")
    promised, came, ended = _header(path, file).samples, 0, False
    while not ended:
        samples = file.read(READ_SAMPLES, dtype="float32", always_2d=True)
        ended, came = len(samples) < READ_SAMPLES, came + len(samples)
        if ended and promised is not None and came < promised:
            raise _cut_off(path, came, promised, "samples")
        _check_finite(path, samples)
        if file.samplerate != sample_rate:
            samples = converter.resample_chunk(samples, last=ended)
        yield _mixed(samples, channels)


def _regrouped(parts: Iterator[Tensor], channels: int, size: int) -> Iterator[Tensor]:
    """The same signal in blocks of one size, but for the last."""
    held = torch.zeros(channels, 0)
    for part in parts:
        held = torch.cat((held, part), dim=1)
        while held.shape[1] >= size:
            yield held[:, :size]
            held = held[:, size:]
    if held.shape[1]:
        yield held


def test_signal(sample_rate: int, channels: int, seconds: float) -> Tensor:
    """A signal that is hard on a streaming model, [channels, T], float32, the same at every call.

    A click on the very first and the very last sample and clicks at uneven distances; a sweep over all frequencies;
    noise; and silence, each in a fifth to a third of the time, with every channel different.
    """
    length = max(round(sample_rate * seconds), 1)
    generator = torch.Generator().manual_seed(length)
    time = torch.arange(length, dtype=torch.float64) / length
    signal = torch.zeros(channels, length, dtype=torch.float64)
    for channel in range(channels):
        # Logarithmic from 20 Hz to the Nyquist frequency; channels apart in phase.
        octaves = math.log2(sample_rate / 2 / 20)
        phase = 20 * length / sample_rate * (torch.exp2(octaves * time * 3) - 1) / (octaves * 3 * math.log(2))
        signal[channel] += (time < 1 / 3) * 0.5 * torch.sin(2 * math.pi * phase + channel)
        noise = torch.randn(length, generator=generator, dtype=torch.float64)
        signal[channel] += ((time >= 1 / 3) & (time < 2 / 3)) * 0.1 * noise
        clicks = torch.randint(length, (max(length // 5000, 1),), generator=generator)
        signal[channel, clicks[time[clicks] < 0.8]] += 0.9
    signal[:, 0], signal[:, -1] = 0.9, -0.9
    return signal.float()


def to_whole_frames(audio: Tensor, ratio: int) -> Tensor:
    """Audio [..., T] with silence appended up to a whole number of latent frames."""
    return torch.nn.functional.pad(audio, (0, -audio.shape[-1] % ratio))


def signal(path: Path | None, sample_rate: int, channels: int, seconds: float, ratio: int) -> Tensor:
    """What a stream is measured with, [1, channels, frames * ratio]: the test signal, or a file's beginning.

    Raises:
        FileError: see `read`.
    """
    if path is None:
        samples = test_signal(sample_rate, channels, seconds)
    else:
        samples = read(path, sample_rate, channels, seconds)
    return to_whole_frames(samples, ratio)[None]
