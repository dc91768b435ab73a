"""TorchScript, the format of nn~: an archive of code and tensors that holds the description as an extra file."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn

from saoctl import filetypes
from saoctl.config import StatedGraph
from saoctl.errors import FileError
from saoctl.files import atomic_file
from saoctl.formats.archive import write
from saoctl.formats.description import Description, parse
from saoctl.formats.format import Artifact, Capabilities, Contents, Format
from saoctl.formats.nn_tilde import GOOD, NnTilde, read_signatures
from saoctl.streaming.state import StreamState
from saoctl.vocabulary import Precision

READER = filetypes.reader_of_exported("torchscript")
DESCRIPTION = "saoctl.json"  # the name of the extra file in the archive

# What an error of torch names if it lacks the operators of packed weights, see `StreamingFamily.pack`.
PACKED_OPERATORS = "mkldnn::"

# The precisions of files of other tools, by the dtype of their weights; all others are verified as float32.
LOW_PRECISIONS: dict[torch.dtype, Precision] = {torch.float16: "float16", torch.bfloat16: "bfloat16"}


@dataclass
class TorchScriptArtifact(Artifact):
    """A loaded TorchScript file; see `wrapped`."""

    module: Any

    def fresh(self) -> Self:
        return super().fresh() if self.can.resets else replace(self, module=load_module(self.path).to(self.device))

    def call(self, method: str, block: Tensor) -> Tensor:
        with torch.inference_mode():
            result: Tensor = getattr(self.module, method)(block)
            return result

    def flush(self, method: str) -> Tensor:
        with torch.inference_mode():
            result: Tensor = getattr(self.module, f"flush_{method}")()
            return result

    def reset(self) -> None:
        self.module.reset()

    def set_noise(self, noise: float) -> bool:
        return int(self.module.set_noise(noise)) == GOOD

    def in_frames(self) -> "TorchScriptArtifact":
        if self.can.grid is None or self.description is None:
            return self
        ratio = self.description.architecture.ratio
        own = self.description.model_copy(update={"grid": None})
        late = {method: samples - (ratio - self.can.grid) for method, samples in self.can.latency_samples.items()}
        can = replace(self.can, methods=own.signatures, latency_samples=late, grid=None)
        return FramesArtifact(self.path, self.device, self.precision, self.description, can, self.module)


@dataclass
class FramesArtifact(TorchScriptArtifact):
    """A file with held latents as the stream of whole latent frames that is within it; see `Artifact.in_frames`."""

    def call(self, method: str, block: Tensor) -> Tensor:
        with torch.inference_mode():
            result: Tensor = getattr(self.module.model, method)(block.to(self.module.like.dtype))
            return result.to(torch.float32)

    def flush(self, method: str) -> Tensor:
        with torch.inference_mode():
            result: Tensor = getattr(self.module.model, f"flush_{method}")()
            return result.to(torch.float32)


class TorchScript(Format):
    """Files that `torch::jit::load` opens, as nn~ does."""

    name = "torchscript"

    def save(self, model: NnTilde, path: Path, description: Description) -> int:
        """Write a model as `Format.save` says.

        The model must be on the CPU. A TorchScript file is loaded to the device that it was saved on, so a host without
        that device could not open the file.
        """
        model.reset()
        archive = io.BytesIO()  # because torch.jit.save(path) ends the process on a full disk, instead of raising
        _reserve_plain_names(model)
        with _without_deprecation_warnings():
            extra = {DESCRIPTION: description.model_dump_json(indent=2)}
            torch.jit.save(torch.jit.script(model), archive, _extra_files=extra)
        with atomic_file(path) as temporary:
            write(archive, temporary)
            return temporary.stat().st_size

    def describe(self, path: Path) -> Description | None:
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                text = next((archive.read(name) for name in names if name.endswith(f"/extra/{DESCRIPTION}")), None)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
            raise READER.refusal(path) from error
        if text is not None:
            return parse(text, path)
        READER.check(path)
        return None

    def load(
        self, path: Path, device: torch.device, description: Description | None, stated: StatedGraph | None = None
    ) -> TorchScriptArtifact:
        return wrapped(path, load_module(path).to(device), device, description)

    def contents(self, path: Path, description: Description | None) -> Contents:
        module = load_module(path)
        dtypes: dict[str, int] = {}
        for tensor in module.parameters():
            name = str(tensor.dtype).removeprefix("torch.")
            dtypes[name] = dtypes.get(name, 0) + tensor.numel()
        attributes = list(module.get_attributes()) if hasattr(module, "get_attributes") else []
        return Contents(dtypes, read_signatures(module), attributes)


def _reserve_plain_names(model: nn.Module) -> None:
    """Give the plain TorchScript names of the model's classes to types that are never used.

    A class has a TorchScript type for each set of attributes, and its first type in a process gets the plain name.
    torch writes all types with plain names into one module, in which the names of variables depend on the other types.
    The code would therefore depend on what the process has exported before. Every other type has a module of its own.
    """
    classes = {type(module) for module in model.modules()}
    for kind in classes - {StreamState}:  # StreamState has one type, and annotations refer to it by its plain name
        torch._C.ConcreteModuleTypeBuilder(kind).build()  # type: ignore[attr-defined]


def wrapped(path: Path, module: Any, device: torch.device, description: Description | None) -> TorchScriptArtifact:
    """Return a loaded module as an artifact; without a description it can do only what nn~'s protocol defines.

    Args:
        path: the file of the module.
        module: the module, on its device.
        device: the device of the module.
        description: the description in the file, if saoctl wrote the file.
    """
    with torch.inference_mode():
        methods = read_signatures(module)  # This also warms up a model of saoctl, as it does in a host.
    if description is None:
        dtype = next((tensor.dtype for tensor in module.parameters() if tensor.is_floating_point()), torch.float32)
        can = Capabilities(methods, flushes=False, resets=False)
        return TorchScriptArtifact(path, device, LOW_PRECISIONS.get(dtype, "float32"), None, can, module)
    can = Capabilities(
        methods,
        keeps_state=description.streaming,
        latency_samples=description.latency_samples,
        block_size=description.block_size,
        grid=description.grid,
    )
    return TorchScriptArtifact(path, device, description.precision, description, can, module)


def load_module(path: Path) -> Any:
    """Load the module in a file of saoctl or of another tool to the CPU.

    Raises:
        FileError: the file cannot be loaded.
    """
    try:
        with _without_deprecation_warnings():
            return torch.jit.load(path, map_location="cpu")  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError, OSError) as error:
        if PACKED_OPERATORS in str(error):
            message = f"{path} has weights that are packed for x86 processors, and this torch cannot use them."
            raise FileError(message, "Export it again, without --packed.") from error
        raise READER.refusal(path) from error


@contextmanager
def _without_deprecation_warnings() -> Iterator[None]:
    """Hide torch's warnings that TorchScript is deprecated; nn~ loads nothing else."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*torch\.jit\..* is deprecated")
        yield
