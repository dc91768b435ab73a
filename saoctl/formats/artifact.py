"""Exported files of all formats: written, described and loaded by the format that their name tells."""

from pathlib import Path

import torch

from saoctl import devices
from saoctl.config import StatedGraph
from saoctl.errors import FileError, MissingArtifactError
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
    """The format of a file by its suffix; TorchScript goes by any name."""
    return next((each for each in FORMATS if path.suffix.lower() == each.suffix), FORMATS[0])


def format_named(name: FormatName) -> Format:
    """The format of a name."""
    return next(each for each in FORMATS if each.name == name)


def device_for(path: Path, name: str) -> torch.device:
    """The device of a config's name, for a file; `auto` is the first that runs the file.

    Raises:
        ConfigError: this machine does not have it.
    """
    return devices.resolve("cpu" if name == "auto" and format_of(path).cpu_only else name)


def is_exported(path: Path) -> bool:
    """Whether there is an exported file, by its name or by its content: checkpoints can be called alike."""
    return path.is_file() and any(path.suffix.lower() == each.suffix or each.recognises(path) for each in FORMATS)


def save(model: NnTilde, path: Path, description: Description) -> int:
    """Write a model with its description; see `Format.save`."""
    return format_of(path).save(model, path, description)


def load(path: Path, device: torch.device) -> Artifact:
    """Read a file that saoctl wrote, and move it to a device.

    Raises:
        FileError: it is missing, not what it should be, or was not written by saoctl.
    """
    describe(path)
    return format_of(path).load(path, device)


def load_any(path: Path, device: torch.device, stated: StatedGraph | None = None) -> Artifact:
    """Read a file of saoctl or of another tool, and move it to a device; see `Format.load`.

    Raises:
        FileError: the file cannot be loaded.
        ConfigError: the stated facts contradict the file, or it cannot run on the device.
    """
    _check_exists(path)
    return format_of(path).load(path, device, stated)


def describe(path: Path) -> Description:
    """What an exported file says of itself, without loading its weights.

    Raises:
        FileError: it is missing, not what it should be, or was not written by saoctl.
    """
    found = description(path)
    if found is None:
        raise FileError(f"{path} was not written by `saoctl export`.", "Export it anew.")
    return found


def description(path: Path) -> Description | None:
    """What a file says of itself, or None if saoctl did not write it.

    Raises:
        FileError: it is missing or damaged, or says it in a way that this version cannot read.
    """
    _check_exists(path)
    return format_of(path).describe(path)


def contents(path: Path) -> Contents:
    """What a file holds, whoever wrote it.

    Raises:
        FileError: it cannot be loaded.
    """
    _check_exists(path)
    return format_of(path).contents(path)


def _check_exists(path: Path) -> None:
    refuse_folder(path)
    if not path.exists():
        raise MissingArtifactError(path)
