"""Kinds of files that commands write: their suffixes, and how their content is recognised. Nothing loads torch."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from saoctl import filetypes
from saoctl.filetypes import HEAD
from saoctl.vocabulary import FORMAT_SUFFIXES, METHODS, FormatName, Method

# The files that are searched for in a folder of sounds: common ones that libsndfile reads.
AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".caf", ".w64", ".au")
RECORDING_SUFFIXES = (".wav", ".flac")  # audio that is written
Bits = Literal[16, 24, 32]  # per sample of audio that is written; 32 means floating point
BITS: tuple[Bits, ...] = get_args(Bits)
SAMPLE_RATES = 1_000, 768_000  # Hz, the least and the most of audio
LATENTS_SUFFIXES = (".safetensors", ".npy")


@dataclass(frozen=True)
class Kind:
    """A kind of file that a command writes.

    Args:
        name: for messages, such as "plot".
        suffixes: those that its name may have.
        holds: returns whether a file is of this kind, by its content.
    """

    name: str
    suffixes: tuple[str, ...]
    holds: Callable[[Path], bool]


def is_executorch_json(path: Path) -> bool:
    """Return whether a file is the JSON that `saoctl export` writes beside an ExecuTorch file."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "saoctl" in content


def is_drawing(path: Path) -> bool:
    """Return whether a file is a picture or a page of the kind that its suffix names."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    text = head.lstrip().lower()
    return {
        ".png": head.startswith(b"\x89PNG\r\n\x1a\n"),
        ".pdf": head.startswith(b"%PDF-"),
        ".svg": text.startswith((b"<?xml", b"<svg", b"<!doctype svg")),
        ".html": text.startswith((b"<!doctype html", b"<html")),
    }.get(path.suffix.lower(), False)


EXPORTED: dict[FormatName, Kind] = {
    name: Kind(each.name.partition(" ")[2], (each.suffix,), each.matches) for name, each in filetypes.EXPORTED.items()
}
EXECUTORCH_JSON = Kind("description of an ExecuTorch file", (".json",), is_executorch_json)
BASIS = Kind("basis", (".safetensors",), filetypes.BASIS.matches)
PLOT = Kind("plot", (".png", ".svg", ".pdf"), is_drawing)
PLOT_OR_PAGE = Kind("plot", (*PLOT.suffixes, ".html"), is_drawing)


def format_of_suffix(path: Path) -> FormatName | None:
    """Return the format of an exported file by the suffix of its name; None if it has none of theirs."""
    return next((name for name, suffix in FORMAT_SUFFIXES.items() if path.suffix.lower() == suffix), None)


def path_in_format(path: Path, name: FormatName) -> Path:
    """Return a path with the suffix of a format, by which its files are known; TorchScript files may have any name."""
    found = format_of_suffix(path)
    if found is not None:
        return path if found == name else path.with_suffix(FORMAT_SUFFIXES[name])
    return path if name == "torchscript" else path.with_name(path.name + FORMAT_SUFFIXES[name])


def exported_files(name: FormatName, path: Path, methods: Sequence[Method] = METHODS) -> dict[Path, Kind]:
    """Return all files of a model with some methods that is exported to `path`, which comes first, with their kinds."""
    files = {path: EXPORTED[name]}
    if name == "onnx" and len(methods) > 1:
        files |= {path.with_suffix(f".{method}{path.suffix}"): EXPORTED[name] for method in ("encode", "decode")}
    if name == "executorch":
        files[path.with_suffix(".json")] = EXECUTORCH_JSON
    return files
