"""Exported files of all formats: how they are written, described and loaded, by the suffix of their name."""

from pathlib import Path

import torch

from saoctl import devices
from saoctl.config import StatedGraph
from saoctl.errors import ConfigError, FileError, MissingArtifactError
from saoctl.filetypes import refuse_folder
from saoctl.formats.description import Description
from saoctl.formats.executorch import ExecuTorch
from saoctl.formats.format import Artifact, Contents, Format
from saoctl.formats.nn_tilde import NnTilde
from saoctl.formats.onnx import Onnx
from saoctl.formats.torchscript import TorchScript
from saoctl.vocabulary import FormatName

FORMATS: tuple[Format, ...] = (TorchScript(), Onnx(), ExecuTorch())


def format_of(path: Path) -> Format:
    """Return the format of a file by its suffix; a file of any other suffix is TorchScript."""
    return next((each for each in FORMATS if path.suffix.lower() == each.suffix), FORMATS[0])


def format_named(name: FormatName) -> Format:
    """Return the format with a name."""
    return next(each for each in FORMATS if each.name == name)


def device_for(path: Path, name: str) -> torch.device:
    """Return the device that a config names, for a file; `auto` is the first device that can run the file.

    Raises:
        ConfigError: this machine does not have the device.
    """
    return devices.resolve("cpu" if name == "auto" and format_of(path).cpu_only else name)


def is_exported(path: Path) -> bool:
    """Return whether an exported file exists, by its suffix or its content: a checkpoint may have the same suffix."""
    return path.is_file() and any(path.suffix.lower() == each.suffix or each.recognises(path) for each in FORMATS)


def save(model: NnTilde, path: Path, description: Description) -> int:
    """Write a model with its description; see `Format.save`."""
    return format_of(path).save(model, path, description)


def load(path: Path, device: torch.device) -> Artifact:
    """Read a file that saoctl wrote, and move it to a device.

    Raises:
        FileError: the file is missing, damaged, or was not written by saoctl.
    """
    return _load(path, device, describe(path), None)


def load_any(path: Path, device: torch.device, stated: StatedGraph | None = None) -> Artifact:
    """Read a file of saoctl or of another tool, and move it to a device; see `Format.load`.

    Raises:
        FileError: the file cannot be loaded.
        ConfigError: the stated facts contradict the file, or it cannot run on the device.
    """
    return _load(path, device, description(path), stated)


def describe(path: Path) -> Description:
    """Return the description in an exported file, without loading its weights.

    Raises:
        FileError: the file is missing, damaged, or was not written by saoctl.
    """
    found = description(path)
    if found is None:
        raise FileError(f"{path} was not written by `saoctl export`.", "Export it again.")
    return found


def description(path: Path) -> Description | None:
    """Return the description in a file, or None if saoctl did not write the file.

    Raises:
        FileError: the file is missing or damaged, or this version cannot read its description.
    """
    refuse_folder(path)
    if not path.exists():
        raise MissingArtifactError(path)
    return format_of(path).describe(path)


def contents(path: Path) -> Contents:
    """Return what a file of saoctl or of another tool holds.

    Raises:
        FileError: the file cannot be loaded.
    """
    return format_of(path).contents(path, description(path))


def _load(path: Path, device: torch.device, found: Description | None, stated: StatedGraph | None) -> Artifact:
    kind = format_of(path)
    if kind.cpu_only and device.type != "cpu":
        raise ConfigError(f"{kind.title} files run on the CPU here, not on {device}.", "Choose --device cpu.")
    return kind.load(path, device, found, stated)
