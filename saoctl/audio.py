"""Reads audio files of all common kinds, and makes a test signal."""

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
UNRECOGNISED = 1  # libsndfile's error code for a file that is not audio; others mean damage

READ_SAMPLES = 1 << 16  # at a time
MOST_CHANNELS = 8  # that are mixed; a file with more is a session, not a recording
ESTIMATED_LENGTH = ("MP3",)  # formats whose headers only estimate the length
# A line in libsndfile's log that says that the header of a WAV, AIFF, AU, W64 or RF64 declares more bytes than the file
# has. libsndfile reads such a file without an error.
DECLARED = re.compile(r"^ *(?:data|SSND|Data Size|riff|Riff size) *: (\d+) \(should be (\d+)\)$", re.MULTILINE)
SLACK = 64  # bytes that may be missing, because some writers count the header too
UNKNOWN = 0x7FFF0000  # bytes; larger sizes mean that the length was unknown when the header was written


def read(path: Path, sample_rate: int, channels: int, seconds: float) -> Tensor:
    """Return the first `seconds` of an audio file, [channels, T] at `sample_rate`, float32.

    libsndfile reads WAV, FLAC, OGG, MP3 and others; soxr resamples. Missing channels repeat the existing ones, so mono
    is doubled. Surplus channels are dropped.

    Raises:
        FileError: the file is missing, not audio, empty, or has samples that are not finite.
    """
    if not path.exists():
        raise FileError(f"The audio file {path} does not exist.", "Check --audio, or `audio` in the config.")
    with _open(path) as file:
        rate = file.samplerate
        samples = file.read(math.ceil(seconds * rate), dtype="float32", always_2d=True)
    _check_finite(path, samples)
    if rate != sample_rate:
        samples = soxr.resample(samples, rate, sample_rate, quality="VHQ")
    if samples.shape[0] == 0:
        raise no_samples(path)
    return _tensor(samples, channels)


def no_samples(path: Path) -> FileError:
    """Return the error for audio without samples."""
    return FileError(f"{_name(path)} is empty: it has no samples.", "Give audio that has samples.")


def _name(path: Path) -> str:
    return "Standard input" if path == PIPE else f"The audio file {path}"


def _check_finite(path: Path, samples: np.ndarray) -> None:
    if not np.isfinite(samples).all():
        raise FileError(f"{_name(path)} has samples that are not finite.", "Give audio without NaN or infinity.")


def _tensor(samples: np.ndarray, channels: int) -> Tensor:
    """Return samples [T, C] of a file as a tensor [channels, T]; see `read` for the channels."""
    chosen = [channel % samples.shape[1] for channel in range(channels)]
    return torch.from_numpy(np.ascontiguousarray(samples.T[chosen], dtype=np.float32))


def _mixed(samples: np.ndarray, channels: int) -> Tensor:
    """Return samples as `_tensor` does, but mix surplus channels: c becomes the mean of c, c + channels and so on."""
    if samples.shape[1] > channels:
        samples = np.stack([samples[:, channel::channels].mean(axis=1) for channel in range(channels)], axis=1)
    return _tensor(samples, channels)


@dataclass(frozen=True)
class Header:
    """The header of an audio file.

    Args:
        sample_rate: Hz.
        channels: the number of channels.
        samples: per channel; None if the header does not tell it exactly, as in an MP3 or a pipe.
        seconds: the length that the header tells, even if it is an estimate.
    """

    sample_rate: int
    channels: int
    samples: int | None
    seconds: float


def header(path: Path) -> Header:
    """Return the header of an audio file.

    Raises:
        FileError: the file is missing, not audio or truncated, or its sample rate or number of channels is impossible.
    """
    with _open(path) as file:
        return _header(path, file)


def _header(path: Path, file: soundfile.SoundFile) -> Header:
    low, high = SAMPLE_RATES
    if not low <= file.samplerate <= high:
        raise FileError(
            f"{_name(path)} has a sample rate of {file.samplerate} Hz.", f"Give audio of {low} to {high} Hz."
        )
    if file.channels > MOST_CHANNELS:
        raise FileError(f"{_name(path)} has {file.channels} channels.", f"Give audio of up to {MOST_CHANNELS}.")
    for declared, present in DECLARED.findall(file.extra_info) if file.seekable() else ():
        if int(present) + SLACK < int(declared) < UNKNOWN:
            raise _truncated(path, present, declared, "bytes")
    is_exact = file.seekable() and file.format not in ESTIMATED_LENGTH
    seconds = file.frames / file.samplerate
    return Header(file.samplerate, file.channels, file.frames if is_exact else None, seconds)


def _truncated(path: Path, present: int | str, declared: int | str, unit: str) -> FileError:
    message = f"{_name(path)} is damaged: it is cut off after {present} of {declared} {unit}."
    return FileError(message, AUDIO_READER.again)


@contextmanager
def _open(path: Path) -> Iterator[soundfile.SoundFile]:
    """Open an audio file, or standard input.

    Raises:
        FileError: it is missing, empty, damaged or of another kind; this can also show while it is read.
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
        raise FileError("Standard input is damaged, or is not a WAV, and only a WAV can be piped.", PIPED) from error


def _stdin_is_empty() -> bool:
    """Wait for standard input, and tell whether it ends without any data; nothing is read from it."""
    try:
        about = os.fstat(0)
    except OSError:  # standard input is closed
        return True
    if stat.S_ISREG(about.st_mode):
        return os.lseek(0, 0, os.SEEK_CUR) >= about.st_size
    if stat.S_ISCHR(about.st_mode):
        return os.path.samestat(about, Path(os.devnull).stat())
    try:
        import fcntl
        import termios
    except ImportError:  # on Windows, where libsndfile reports that an empty pipe is not audio
        return False
    select.select([0], [], [])
    return fcntl.ioctl(0, termios.FIONREAD, bytes(4)) == bytes(4)


def blocks(path: Path, sample_rate: int, channels: int, size: int) -> Iterator[Tensor]:
    """Yield a whole audio file in blocks [channels, size] at `sample_rate`, float32; the last one can be shorter.

    It takes constant memory. Surplus channels are mixed; for the rest see `read`.

    Raises:
        FileError: see `read` and `header`; or the file has fewer samples than its header declares.
    """
    with _open(path) as file:
        yield from _regrouped(_resampled(path, file, sample_rate, channels), channels, size)


def _resampled(path: Path, file: soundfile.SoundFile, sample_rate: int, channels: int) -> Iterator[Tensor]:
    """Yield an open file at a sample rate, in parts [channels, T] of any length."""
    converter = soxr.ResampleStream(file.samplerate, sample_rate, file.channels, dtype="float32", quality="VHQ")
    declared, present, ended = _header(path, file).samples, 0, False
    while not ended:
        samples = file.read(READ_SAMPLES, dtype="float32", always_2d=True)
        ended, present = len(samples) < READ_SAMPLES, present + len(samples)
        if ended and declared is not None and present < declared:
            raise _truncated(path, present, declared, "samples")
        _check_finite(path, samples)
        if file.samplerate != sample_rate:
            samples = converter.resample_chunk(samples, last=ended)
        yield _mixed(samples, channels)


def _regrouped(parts: Iterator[Tensor], channels: int, size: int) -> Iterator[Tensor]:
    """Yield the same signal in blocks of one size; the last one can be shorter."""
    held = torch.zeros(channels, 0)
    for part in parts:
        held = torch.cat((held, part), dim=1)
        while held.shape[1] >= size:
            yield held[:, :size]
            held = held[:, size:]
    if held.shape[1]:
        yield held


def test_signal(sample_rate: int, channels: int, seconds: float) -> Tensor:
    """Return a signal that is difficult for a streaming model, [channels, T], float32, the same at every call.

    It has clicks at the first and the last sample and at irregular distances, a sweep over all frequencies, noise, and
    silence. Each takes a fifth to a third of the time, and every channel is different.
    """
    length = max(round(sample_rate * seconds), 1)
    generator = torch.Generator().manual_seed(length)
    time = torch.arange(length, dtype=torch.float64) / length
    signal = torch.zeros(channels, length, dtype=torch.float64)
    for channel in range(channels):
        # The sweep is logarithmic from 20 Hz to the Nyquist frequency; channels differ in phase.
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
    """Append silence to audio [..., T] up to a whole number of latent frames."""
    return torch.nn.functional.pad(audio, (0, -audio.shape[-1] % ratio))


def signal(path: Path | None, sample_rate: int, channels: int, seconds: float, ratio: int) -> Tensor:
    """Return the signal to measure a stream with, [1, channels, frames * ratio]: a file's beginning or the test signal.

    Raises:
        FileError: see `read`.
    """
    if path is None:
        samples = test_signal(sample_rate, channels, seconds)
    else:
        samples = read(path, sample_rate, channels, seconds)
    return to_whole_frames(samples, ratio)[None]
