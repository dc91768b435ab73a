"""Audio out, block by block: WAV and FLAC at any sample rate, as long as it must be, or through a pipe."""

import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile
import soxr
from torch import Tensor

from saoctl.errors import FileError
from saoctl.files import atomic_file
from saoctl.kinds import Bits
from saoctl.vocabulary import PIPE

Length = Callable[[], int]  # asked for when all has come
SUBTYPES: dict[Bits, str] = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}
LARGEST_WAV = 4_000_000_000  # bytes; beyond, RF64 counts them in 64 bits
HEAD = 256  # bytes of a WAV before its samples, at most
FLOAT_WAVE, UNKNOWN = 3, 0xFFFFFFFF  # the code of floats in a WAV, and a size that nobody knows


@dataclass
class Written:
    """What was written.

    Args:
        samples: of each channel.
        peak: the largest, 1 being full scale.
        clipped: how many were above full scale where the format ends there.
    """

    samples: int = 0
    peak: float = 0.0
    clipped: int = 0


class Sink(Protocol):
    """What takes samples [T, C]."""

    def write(self, samples: np.ndarray, /) -> object:
        """The next."""


def largest_bits(path: Path) -> Bits:
    """The bits of a kind of file that lose least: floats, and in FLAC 24."""
    return 24 if path.suffix.lower() == ".flac" else 32


def write(
    path: Path,
    parts: Iterator[Tensor],
    rates: tuple[int, int],
    channels: int,
    bits: Bits,
    length: Length,
    expected: int | None = None,
    spare: int = 0,
) -> Written:
    """Write audio as it comes.

    Args:
        path: of the file, which is whole or not there; or PIPE, which gets a WAV.
        parts: [channels, T] each.
        rates: of the parts, and of the file, in Hz.
        channels: of both.
        bits: of a sample; 32 are floats.
        length: how many samples the file shall have, asked for when the last part has come; what is missing then is
            silence.
        expected: how many it will be, if that is known.
        spare: by how many samples of the parts, before the last of them, more can have come than there shall be.

    Raises:
        FileError: it cannot be written.
    """
    about = Written()
    large = (expected or 0) * channels * bits // 8 > LARGEST_WAV
    with _sink(path, rates[1], channels, bits, large) as sink:
        for samples in _resampled(parts, rates, channels, length, -(-spare * rates[1] // rates[0])):
            about.samples += len(samples)
            about.peak = max(about.peak, float(np.abs(samples).max(initial=0.0)))
            if bits != 32:
                about.clipped += int((np.abs(samples) > 1).sum())
                samples = samples.clip(-1, 1)
            sink.write(samples)
    return about


def _resampled(
    parts: Iterator[Tensor], rates: tuple[int, int], channels: int, length: Length, spare: int
) -> Iterator[np.ndarray]:
    """The samples of the file, [T, C]; at the end neither more nor less than there must be."""
    given, wanted = rates
    converter = soxr.ResampleStream(given, wanted, channels, dtype="float32", quality="VHQ")
    came = 0
    held = np.zeros((0, channels), dtype=np.float32)

    def converted(samples: np.ndarray, last: bool) -> np.ndarray:
        return samples if given == wanted else converter.resample_chunk(samples, last=last)

    for part in parts:
        held = np.concatenate((held, converted(np.ascontiguousarray(part.T.numpy(), dtype=np.float32), False)))
        sure = max(len(held) - spare, 0)
        yield held[:sure]
        came, held = came + sure, held[sure:]
    held = np.concatenate((held, converted(np.zeros((0, channels), dtype=np.float32), True)))
    left = max(length() - came, 0)
    yield held[:left]
    if left > len(held):
        yield np.zeros((left - len(held), channels), dtype=np.float32)


@contextmanager
def _sink(path: Path, sample_rate: int, channels: int, bits: Bits, large: bool) -> Iterator[Sink]:
    """Where the samples go.

    Raises:
        FileError: it cannot be written.
    """
    if path == PIPE:
        yield _Pipe(sample_rate, channels)
        return
    kind = "FLAC" if path.suffix.lower() == ".flac" else "RF64" if large else "WAV"
    try:
        with atomic_file(path) as temporary:
            with soundfile.SoundFile(temporary, "w", sample_rate, channels, SUBTYPES[bits], format=kind) as file:
                yield file
            _forget_when(temporary)
    except soundfile.SoundFileError as error:
        raise FileError(f"{path} cannot be written: {str(error).rstrip('.')}.", "Choose another place.") from error


def _forget_when(path: Path) -> None:
    """Set the time in the head of a WAV to none, so that the same samples are the same bytes.

    libsndfile puts it into the chunk `PEAK` of floats: its size, a version and the time, of 32 bits each.
    """
    with path.open("r+b") as file:
        head = file.read(HEAD)
        chunk = head.find(b"PEAK", 0, head.find(b"data"))
        if chunk >= 0:
            file.seek(chunk + 12)
            file.write(bytes(4))


class _Pipe:
    """A WAV of floats to standard output, of a length that is not known before its end.

    libsndfile writes no WAV into a pipe. The head is that of RIFF (Microsoft, Multimedia Programming Interface and Data
    Specifications 1.0, 1991), with the largest sizes, as others write it into pipes too.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        frame = 4 * channels
        form = struct.pack("<HHIIHH", FLOAT_WAVE, channels, sample_rate, sample_rate * frame, frame, 32)
        head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", UNKNOWN)
        self._out = sys.stdout.buffer
        self._head = b"RIFF" + struct.pack("<I", UNKNOWN) + head  # until there are samples

    def write(self, samples: np.ndarray) -> None:
        """Write the next samples at once, because someone listens; the head goes before the first."""
        self._out.write(self._head + samples.astype("<f4").tobytes())
        self._out.flush()
        self._head = b""
