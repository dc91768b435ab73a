"""Writes audio block by block: WAV or FLAC, to a file or a pipe, at any sample rate and of a given length."""

import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soundfile
import soxr
from torch import Tensor

from saoctl.errors import FileError
from saoctl.files import atomic_file
from saoctl.kinds import Bits
from saoctl.vocabulary import PIPE

SUBTYPES: dict[Bits, str] = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}
LARGEST_WAV = 4_000_000_000  # bytes; beyond, RF64 counts them in 64 bits
HEAD = 256  # bytes; the header of a WAV is shorter
FLOAT_WAVE, UNKNOWN = 3, 0xFFFFFFFF  # the code of float samples in a WAV, and the size that means unknown


@dataclass
class Written:
    """The audio that was written.

    Args:
        samples: the number of samples per channel.
        peak: the largest absolute sample; 1 is full scale.
        clipped: how many samples were clipped at full scale; floats are not clipped.
    """

    samples: int = 0
    peak: float = 0.0
    clipped: int = 0


Sink: TypeAlias = "soundfile.SoundFile | _Pipe"  # both of which write samples, [T, C]


def largest_bits(path: Path) -> Bits:
    """Return the bits per sample that lose least: 32, which are floats, or 24 in FLAC."""
    return 24 if path.suffix.lower() == ".flac" else 32


def write(
    path: Path,
    parts: Iterator[Tensor],
    rates: tuple[int, int],
    channels: int,
    bits: Bits,
    length: Callable[[], int],
    expected: int | None = None,
    spare: int = 0,
) -> Written:
    """Write audio as it arrives.

    Args:
        path: the file, which appears only when it is complete; or PIPE, which gets a WAV.
        parts: the audio, [channels, T] each.
        rates: the sample rates of the parts and of the file, in Hz.
        channels: of both.
        bits: per sample; 32 are floats.
        length: returns the samples per channel of the file; it is called after the last part. Missing samples become
            silence, surplus ones are cut.
        expected: that length, if it is known before.
        spare: the most surplus samples, at the rate of the parts; as many are held back until the length is known.

    Raises:
        FileError: the file cannot be written.
    """
    written = Written()
    large = (expected or 0) * channels * bits // 8 > LARGEST_WAV
    with _sink(path, rates[1], channels, bits, large) as sink:
        for samples in _resampled(parts, rates, channels, length, -(-spare * rates[1] // rates[0])):
            written.samples += len(samples)
            written.peak = max(written.peak, float(np.abs(samples).max(initial=0.0)))
            if bits != 32:
                written.clipped += int((np.abs(samples) > 1).sum())
                samples = samples.clip(-1, 1)
            sink.write(samples)
    return written


def _resampled(
    parts: Iterator[Tensor], rates: tuple[int, int], channels: int, length: Callable[[], int], spare: int
) -> Iterator[np.ndarray]:
    """Yield the samples of the file, [T, C], `length` in all."""
    given, wanted = rates
    converter = soxr.ResampleStream(given, wanted, channels, dtype="float32", quality="VHQ")
    passed = 0
    held = np.zeros((0, channels), dtype=np.float32)

    def converted(samples: np.ndarray, last: bool) -> np.ndarray:
        return samples if given == wanted else converter.resample_chunk(samples, last=last)

    for part in parts:
        held = np.concatenate((held, converted(np.ascontiguousarray(part.T.numpy(), dtype=np.float32), False)))
        ready = max(len(held) - spare, 0)
        yield held[:ready]
        passed, held = passed + ready, held[ready:]
    held = np.concatenate((held, converted(np.zeros((0, channels), dtype=np.float32), True)))
    left = max(length() - passed, 0)
    yield held[:left]
    if left > len(held):
        yield np.zeros((left - len(held), channels), dtype=np.float32)


@contextmanager
def _sink(path: Path, sample_rate: int, channels: int, bits: Bits, large: bool) -> Iterator[Sink]:
    """Open the file or the pipe.

    Raises:
        FileError: the file cannot be written.
    """
    if path == PIPE:
        yield _Pipe(sample_rate, channels)
        return
    kind = "FLAC" if path.suffix.lower() == ".flac" else "RF64" if large else "WAV"
    try:
        with atomic_file(path) as temporary:
            with soundfile.SoundFile(temporary, "w", sample_rate, channels, SUBTYPES[bits], format=kind) as file:
                yield file
            _clear_timestamp(temporary)
    except soundfile.SoundFileError as error:
        raise FileError(f"{path} cannot be written: {str(error).rstrip('.')}.", "Choose another place.") from error


def _clear_timestamp(path: Path) -> None:
    """Clear the time in the header of a WAV, so that the same samples give the same bytes.

    libsndfile writes it into the chunk `PEAK` of float WAVs, after the chunk's name, its size and a version, of 32 bits
    each.
    """
    with path.open("r+b") as file:
        head = file.read(HEAD)
        chunk = head.find(b"PEAK", 0, head.find(b"data"))
        if chunk >= 0:
            file.seek(chunk + 12)
            file.write(bytes(4))


class _Pipe:
    """A float WAV of unknown length, on standard output.

    libsndfile cannot write a WAV into a pipe. The header is that of RIFF (Microsoft, Multimedia Programming Interface
    and Data Specifications 1.0, 1991), with the largest sizes, as other programs write it into pipes.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        frame = 4 * channels
        form = struct.pack("<HHIIHH", FLOAT_WAVE, channels, sample_rate, sample_rate * frame, frame, 32)
        head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", UNKNOWN)
        self._out = sys.stdout.buffer
        self._head = b"RIFF" + struct.pack("<I", UNKNOWN) + head  # is written with the first samples

    def write(self, samples: np.ndarray) -> None:
        """Write and flush samples, so that a listener hears them at once; the header precedes the first."""
        self._out.write(self._head + samples.astype("<f4").tobytes())
        self._out.flush()
        self._head = b""
