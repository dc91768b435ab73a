"""Kinds of files: how their names end, and what their first bytes are. Nothing here loads torch."""

import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from saoctl.vocabulary import FORMAT_SUFFIXES, FormatName

# What a folder of sounds is searched for: what libsndfile reads and people have.
AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".caf", ".w64", ".au")
RECORDING_SUFFIXES = (".wav", ".flac")  # audio that is written
Bits = Literal[16, 24, 32]  # of a sample of audio that is written; 32 are floats
SAMPLE_RATES = 1_000, 768_000  # Hz that audio can have
LATENTS_SUFFIXES = (".safetensors", ".npy")
BASIS_METADATA = "saoctl.basis"  # the key in the metadata of a safetensors file of saoctl's
LATENTS_METADATA = "saoctl.latents"

HEAD = 512  # bytes at the beginning of a file, by which most kinds are recognised
LONGEST_HEADER = 100_000_000  # bytes of JSON in a safetensors file, as its library allows


@dataclass(frozen=True)
class Kind:
    """A kind of file that a command writes.

    Args:
        name: such as "plot", for messages.
        suffixes: one of which the name of the file ends in.
        holds: tells from the content of a file whether it is of this kind.
    """

    name: str
    suffixes: tuple[str, ...]
    holds: Callable[[Path], bool]


def is_torchscript(path: Path) -> bool:
    """Whether a file is an archive as torch.jit.save writes it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, EOFError):
        return False


def is_onnx(path: Path) -> bool:
    """Whether a file begins as ONNX does: with field 1 of its ModelProto, the IR version, a small number."""
    head = _head(path)
    return len(head) > 1 and head[0] == 0x08 and head[1] < 0x40


def is_executorch(path: Path) -> bool:
    """Whether a file has the identifier of an ExecuTorch program: https://docs.pytorch.org/executorch (pte format)."""
    return _head(path)[4:8] == b"ET12"


def is_executorch_json(path: Path) -> bool:
    """Whether a file is the JSON that `saoctl export` writes beside an ExecuTorch file."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "saoctl" in content


def safetensors_metadata(path: Path) -> dict[str, str] | None:
    """The metadata of a safetensors file (https://github.com/huggingface/safetensors#format); None if it is none."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > LONGEST_HEADER:
                return None
            header = json.loads(file.read(length))
    except (OSError, struct.error, ValueError):
        return None
    metadata = header.get("__metadata__", {}) if isinstance(header, dict) else None
    return metadata if isinstance(metadata, dict) else None


def is_basis(path: Path) -> bool:
    """Whether a file is a basis of saoctl's."""
    return BASIS_METADATA in (safetensors_metadata(path) or {})


def is_drawing(path: Path) -> bool:
    """Whether a file is a picture or a page of the kind that its suffix names."""
    head = _head(path)
    text = head.lstrip().lower()
    return {
        ".png": head.startswith(b"\x89PNG\r\n\x1a\n"),
        ".pdf": head.startswith(b"%PDF-"),
        ".svg": text.startswith((b"<?xml", b"<svg", b"<!doctype svg")),
        ".html": text.startswith((b"<!doctype html", b"<html")),
    }.get(path.suffix.lower(), False)


EXPORTED: dict[FormatName, Kind] = {
    "torchscript": Kind("TorchScript file", (FORMAT_SUFFIXES["torchscript"],), is_torchscript),
    "onnx": Kind("ONNX file", (FORMAT_SUFFIXES["onnx"],), is_onnx),
    "executorch": Kind("ExecuTorch file", (FORMAT_SUFFIXES["executorch"],), is_executorch),
}
EXECUTORCH_JSON = Kind("description of an ExecuTorch file", (".json",), is_executorch_json)
BASIS = Kind("basis", (".safetensors",), is_basis)
PLOT = Kind("plot", (".png", ".svg", ".pdf"), is_drawing)
PLOT_OR_PAGE = Kind("plot", (*PLOT.suffixes, ".html"), is_drawing)


def format_of_suffix(path: Path) -> FormatName | None:
    """The format that the name of an exported file ends in, if it does."""
    return next((name for name, suffix in FORMAT_SUFFIXES.items() if path.suffix.lower() == suffix), None)


def exported_files(name: FormatName, path: Path) -> dict[Path, Kind]:
    """All files of a model that is exported to `path`, which comes first, each with its kind."""
    files = {path: EXPORTED[name]}
    if name == "onnx":
        files |= {path.with_suffix(f".{method}{path.suffix}"): EXPORTED[name] for method in ("encode", "decode")}
    if name == "executorch":
        files[path.with_suffix(".json")] = EXECUTORCH_JSON
    return files


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""
