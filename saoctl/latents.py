"""Reads and writes files of latents in constant memory: `.safetensors`, which tell their origin, and `.npy`."""

import json
import shutil
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from saoctl.errors import FileError
from saoctl.files import atomic_file, portable
from saoctl.filetypes import LATENTS_METADATA, LATENTS_READER, LATENTS_TENSOR, NUMPY, named
from saoctl.vocabulary import PIPE

FLOATING = ("F64", "F32", "F16", "BF16")  # safetensors' names of floating-point dtypes
VALUE = 4  # bytes per value
TRANSPOSED = 4096  # frames that are transposed at a time


@dataclass(frozen=True)
class About:
    """The origin of latents.

    Args:
        source, commit: of the weights.
        weights: their fingerprint, see `saoctl.models.checkpoint.fingerprint`.
        sample_rate: of the model, in Hz.
        ratio: audio samples per latent frame.
        samples: of the audio at that rate, before silence filled the last frame.
        source_rate, source_samples: of the audio file; `source_samples` is None if its header did not tell it.
        precision: of the computation.
        noise, seed: the scale of the VAE's sampling noise, where 0 gives the mean, and its seed.
        coordinates: the basis whose coordinates they are; None for the model's own latents.
    """

    source: str
    commit: str | None
    weights: str | None
    sample_rate: int
    ratio: int
    samples: int
    source_rate: int
    source_samples: int | None
    precision: str
    noise: float
    seed: int
    coordinates: str | None = None


@dataclass(frozen=True)
class Latents:
    """A file of latents.

    Args:
        path: the file.
        channels, frames: of the latents.
        about: their origin, if the file tells it.
        name: the file's name in messages.
    """

    path: Path
    channels: int
    frames: int
    about: About | None
    name: str

    def blocks(self, frames: int) -> Iterator[Tensor]:
        """Yield the latents in blocks [channels, frames], float32; the last can be shorter.

        Raises:
            FileError: the file cannot be read, or has values that are not finite.
        """
        for begin in range(0, self.frames, frames):
            block = _slice(self.path, begin, min(begin + frames, self.frames))
            if not torch.isfinite(block).all():
                raise FileError(f"{self.name} has latents that are not finite.", "Encode the audio again.")
            yield block


@contextmanager
def of_pipe() -> Iterator[Latents]:
    """Read latents from standard input into a temporary file, because frames are not stored one after another.

    Raises:
        FileError: see `read`; or the temporary file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="saoctl-") as folder:
        path = Path(folder) / LATENTS_TENSOR
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield read(path, PIPE)


def read(path: Path, given: Path | None = None) -> Latents:
    """Read the header of a file of latents.

    Args:
        path: the file.
        given: the name for messages; PIPE for standard input; None: the path.

    Raises:
        FileError: the file is missing, empty, damaged or of another kind, or holds no latents.
    """
    name = named(given or path)
    if not path.exists():
        raise FileError(f"The latents {path} do not exist.", "Check the name.")
    LATENTS_READER.check(path, given)
    text = None
    try:
        if NUMPY.matches(path):
            array = np.load(path, mmap_mode="r")
            shape: tuple[int, ...] = array.shape
            dtype, floating = str(array.dtype), array.dtype.kind == "f"
        else:
            with safe_open(path, "pt") as file:
                tensor = file.get_slice(LATENTS_TENSOR)
                shape, dtype = tuple(tensor.get_shape()), str(tensor.get_dtype())
                text = (file.metadata() or {}).get(LATENTS_METADATA)
            floating = dtype in FLOATING
        about = None if text is None else _about(json.loads(text))
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise LATENTS_READER.refusal(path, given) from error
    if not floating:
        raise FileError(f"{name} has latents of the type {dtype}.", "They must be floating-point numbers.")
    if len(shape) != 2 or 0 in shape:
        raise FileError(f"{name} has latents of the shape {list(shape)}.", "It must be [channels, frames].")
    return Latents(path, shape[0], shape[1], about, name)


def _about(content: dict[str, Any]) -> About:
    """Return the origin that a file tells.

    Fields of newer versions are ignored. Older versions wrote absolute paths, of which the name is kept.
    """
    about = About(**{field.name: content[field.name] for field in fields(About) if field.name in content})
    coordinates = about.coordinates
    if coordinates is not None:  # the phrase ends in the source, see `BasisDescription`
        phrase, comma, source = coordinates.rpartition(", ")
        coordinates = phrase + comma + portable(source)
    return replace(about, source=portable(about.source), coordinates=coordinates)


def _slice(path: Path, begin: int, end: int) -> Tensor:
    """Return some frames. The file is mapped again each time, because pages that were read stay in memory."""
    try:
        if NUMPY.matches(path):
            array = np.load(path, mmap_mode="r")
            return torch.from_numpy(np.array(array[:, begin:end], dtype=np.float32))
        with safe_open(path, "pt") as file:
            latents: Tensor = file.get_slice(LATENTS_TENSOR)[:, begin:end]
            return latents.float().contiguous()
    except (SafetensorError, OSError, ValueError) as error:
        raise LATENTS_READER.refusal(path) from error


def write(path: Path, parts: Iterator[Tensor], about: Callable[[], About], suffix: str | None = None) -> int:
    """Write latents as they arrive, and return the number of frames.

    They arrive frame by frame and are stored channel by channel. So they are first written to a temporary file, and
    transposed from there, some frames at a time.

    Args:
        path: the file, which appears only when it is complete; or PIPE.
        parts: the latents, [channels, frames] each.
        about: returns their origin; it is called after the last part.
        suffix: of the kind of file; None: that of the path.

    Raises:
        FileError: the file cannot be written.
    """
    channels, frames = 0, 0
    with _output(path) as file, tempfile.TemporaryFile(dir=None if path == PIPE else path.parent) as spool:
        for part in parts:
            channels, frames = part.shape[0], frames + part.shape[1]
            spool.write(part.T.contiguous().numpy().astype("<f4").tobytes())
        spool.seek(0)
        _write_head(file, suffix or path.suffix.lower(), (channels, frames), about())
        head = file.tell()
        for at in range(0, frames, TRANSPOSED):
            block = np.frombuffer(spool.read(VALUE * channels * TRANSPOSED), "<f4").reshape(-1, channels)
            for channel in range(channels):
                file.seek(head + VALUE * (channel * frames + at))
                file.write(block[:, channel].tobytes())
    return frames


@contextmanager
def _output(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that can be written in any order; at the end it becomes `path`, or goes to standard output."""
    if path == PIPE:
        with tempfile.TemporaryFile() as file:
            yield file
            file.seek(0)
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return
    with atomic_file(path) as temporary, temporary.open("wb") as file:
        yield file


def _write_head(file: IO[bytes], suffix: str, shape: tuple[int, int], about: About) -> None:
    """Write the header.

    That of safetensors is its length in eight bytes, then JSON (https://github.com/huggingface/safetensors#format). The
    library would need all values in memory.
    """
    if suffix == ".npy":
        np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})
        return
    tensor = {"dtype": "F32", "shape": shape, "data_offsets": [0, VALUE * shape[0] * shape[1]]}
    text = json.dumps({"__metadata__": {LATENTS_METADATA: json.dumps(asdict(about))}, LATENTS_TENSOR: tensor}).encode()
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text)
