"""The exported file: TorchScript with a description of itself inside."""

import io
import json
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict, SerializeAsAny, ValidationError, ValidationInfo, field_validator
from torch import Tensor

from saoctl.config import Precision
from saoctl.errors import ConfigError, FileError
from saoctl.files import atomic_file
from saoctl.formats.nn_tilde import NnTilde
from saoctl.models.family import Architecture
from saoctl.models.registry import named

DESCRIPTION = "saoctl.json"  # name of the extra file in the archive
FORMAT = 1
NNTILDE_PARAMETERS = 4  # of a method's buffer: in_channels, in_ratio, out_channels, out_ratio


class Description(BaseModel):
    """What an exported file says of itself.

    Args:
        format: of this description.
        family: of the model; files of before there were several do not say it.
        architecture: its numbers.
        precision, streaming, skip_bottleneck: the choices that it was exported with.
        source, revision, commit: where the weights are from; the last two for repos.
        versions: of saoctl and torch.
        latency_samples: per method, in audio samples.
    """

    model_config = ConfigDict(extra="ignore")

    format: int = FORMAT
    family: str = "oobleck"
    architecture: SerializeAsAny[Architecture]
    precision: Precision
    streaming: bool
    skip_bottleneck: bool
    source: str
    revision: str | None
    commit: str | None
    versions: dict[str, str]
    latency_samples: dict[str, int]

    @field_validator("architecture", mode="before")
    @classmethod
    def _of_its_family(cls, numbers: object, info: ValidationInfo) -> object:
        family = named(info.data.get("family", ""))
        if family is None:
            raise ValueError(f"the family {info.data.get('family')} is not known")
        return family.architecture.model_validate(numbers)


@dataclass(frozen=True)
class Artifact:
    """An exported file, loaded.

    Args:
        path: where it is.
        module: the scripted model.
        description: what it says of itself; of a file that saoctl did not write, what is known of it.
        device: where it runs.
        foreign: saoctl did not write it: it need have neither reset nor flush, and declares no latency.
    """

    path: Path
    module: Any
    description: Description
    device: torch.device
    foreign: bool = False

    @property
    def ratio(self) -> int:
        return self.description.architecture.ratio

    def fresh(self) -> "Artifact":
        """The artifact with its streams at their beginning; a foreign one is loaded again."""
        if self.foreign:
            return replace(self, module=load_module(self.path).to(self.device))
        self.reset()
        return self

    def reset(self) -> None:
        """Make every stream begin anew."""
        self.module.reset()

    def call(self, method: str, block: Tensor) -> Tensor:
        """One block through a method, as a host computes it."""
        with torch.inference_mode():
            result: Tensor = getattr(self.module, method)(block)
            return result

    def blocks(self, method: str, signal: Tensor, sizes: Iterable[int]) -> Iterator[Tensor]:
        """A whole signal as a stream: the output of each block, and last what is still due at the end.

        Args:
            method: encode, decode or forward.
            signal: the method's input, [B, C, T].
            sizes: the sizes of the blocks in samples of the input; they add up to T.
        """
        for block in torch.split(signal, list(sizes), dim=2):
            yield self.call(method, block)
        if not self.foreign:
            with torch.inference_mode():
                yield getattr(self.module, f"flush_{method}")()


def save(model: NnTilde, path: Path, description: Description) -> int:
    """Script a model and write it with its description; the size of the file in bytes.

    Its streams are reset: a file holds no history. The model must be on the CPU: TorchScript files are loaded to the
    device that they were saved on, and a host without it could not open the file.

    Raises:
        FileError: the file cannot be written; what was there before is still there.
    """
    model.reset()
    # Through memory: on a full disk torch.jit.save(path) does not raise but ends the process.
    archive = io.BytesIO()
    with _no_deprecation():
        extra = {DESCRIPTION: description.model_dump_json(indent=2)}
        torch.jit.save(torch.jit.script(model), archive, _extra_files=extra)
    with atomic_file(path) as temporary, temporary.open("wb") as file:
        return file.write(archive.getbuffer())


def load(path: Path, device: torch.device) -> Artifact:
    """Read an exported file and move it to a device.

    Raises:
        FileError: it is missing, not TorchScript, or was not written by saoctl.
    """
    said = describe(path)
    module = load_module(path).to(device)
    with torch.inference_mode():
        module.get_methods()  # as a host does; the model warms up
    return Artifact(path, module, said, device)


def load_foreign(path: Path, architecture: Architecture, device: torch.device) -> Artifact:
    """A TorchScript file that saoctl did not write, with what can be known of it.

    Args:
        path: the file.
        architecture: that it is said to be of.
        device: to run it on.

    Raises:
        FileError: it cannot be loaded.
    """
    module = load_module(path).to(device)
    dtype = next((str(tensor.dtype) for tensor in module.parameters() if tensor.is_floating_point()), "")
    name = dtype.removeprefix("torch.")
    known = Description(
        architecture=architecture,
        precision="float16" if name == "float16" else "bfloat16" if name == "bfloat16" else "float32",
        streaming=True,
        skip_bottleneck=False,
        source="unknown",
        revision=None,
        commit=None,
        versions={},
        latency_samples={},
    )
    return Artifact(path, module, known, device, foreign=True)


def methods(module: Any) -> dict[str, list[int]]:
    """The methods that a host can call: in_channels, in_ratio, out_channels, out_ratio, from nn~'s buffers."""
    buffers = dict(module.named_buffers(recurse=False))
    named = [name.removesuffix("_params") for name in buffers if name.endswith("_params")]
    names = list(module.get_methods()) if hasattr(module, "get_methods") else named
    found = {}
    for name in names:
        parameters = buffers.get(f"{name}_params")
        if parameters is not None and parameters.numel() == NNTILDE_PARAMETERS:
            found[name] = [int(number) for number in parameters]
    return found


def load_module(path: Path) -> Any:
    """A TorchScript file, whoever wrote it, on the CPU.

    Raises:
        FileError: it cannot be loaded.
    """
    try:
        with _no_deprecation():
            return torch.jit.load(path, map_location="cpu")  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError, OSError) as error:
        raise _not_torchscript(path) from error


def describe(path: Path) -> Description:
    """What an exported file says of itself, without loading its weights.

    Raises:
        FileError: it is missing, not TorchScript, or was not written by saoctl.
    """
    found = description(path)
    if found is None:
        raise FileError(f"{path} was not written by `saoctl export`.", "Export it anew.")
    return found


def description(path: Path) -> Description | None:
    """What a TorchScript file says of itself, or None if saoctl did not write it.

    Raises:
        FileError: it is missing or not TorchScript, or says it in a way that this version cannot read.
    """
    if not path.is_file():
        raise FileError(f"The artifact {path} does not exist.", "Check the name, or run `saoctl export` first.")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            text = next((archive.read(name) for name in names if name.endswith(f"/extra/{DESCRIPTION}")), None)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise _not_torchscript(path) from error
    if text is None:
        if not any(name.endswith("/constants.pkl") for name in names):
            raise _not_torchscript(path)
        return None
    try:
        return Description.model_validate(json.loads(text))
    except (ValidationError, ValueError) as error:
        raise FileError(f"{path} has a description that this version cannot read.", "Export it anew.") from error


def check_block_sizes(sizes: Iterable[int], ratio: int, key: str) -> None:
    """Refuse block sizes that are no whole number of latent frames.

    Raises:
        ConfigError: naming the key, the size and the nearest sizes that are allowed.
    """
    for size in sizes:
        if size % ratio:
            below, above = size // ratio * ratio, (size // ratio + 1) * ratio
            near = f"{below} or {above}" if below else f"{above}"
            raise ConfigError(
                f"{key}: a block of {size} samples is no multiple of the model's ratio {ratio}.", f"Use {near}."
            )


def _not_torchscript(path: Path) -> FileError:
    return FileError(f"{path} is not a TorchScript file, or is damaged.", "Export it again: saoctl export.")


@contextmanager
def _no_deprecation() -> Iterator[None]:
    """TorchScript is deprecated in torch, but it is what nn~ loads."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*torch\.jit\..* is deprecated")
        yield
