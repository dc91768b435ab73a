"""TorchScript, the format of nn~: an archive of code and tensors, with the description as an extra file in it."""

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
DESCRIPTION = "saoctl.json"  # name of the extra file in the archive

PACKED_OPERATORS = "mkldnn::"  # that torch names which it does not have, see `StreamingFamily.pack`

# What computes in these says so by its weights; everything else is judged as float32.
LOW_PRECISIONS: dict[torch.dtype, Precision] = {torch.float16: "float16", torch.bfloat16: "bfloat16"}


@dataclass(frozen=True)
class TorchScriptArtifact(Artifact):
    """A TorchScript file, loaded; see `wrapped`."""

    module: Any

    def fresh(self) -> Self:
        if self.can.resets:
            self.reset()
            return self
        return replace(self, module=load_module(self.path).to(self.device))

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


class TorchScript(Format):
    """Files that `torch::jit::load` opens, as nn~ does."""

    name = "torchscript"

    def save(self, model: NnTilde, path: Path, description: Description) -> int:
        """See `Format.save`.

        The model must be on the CPU: TorchScript files are loaded to the device that they were saved on, and a host
        without it could not open the file.
        """
        model.reset()
        # Through memory: on a full disk torch.jit.save(path) does not raise but ends the process.
        archive = io.BytesIO()
        _take_plain_names(model)
        with _no_deprecation():
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

    def load(self, path: Path, device: torch.device, stated: StatedGraph | None = None) -> TorchScriptArtifact:
        return wrapped(path, load_module(path).to(device), device, self.describe(path))

    def contents(self, path: Path) -> Contents:
        module = load_module(path)
        dtypes: dict[str, int] = {}
        for tensor in module.parameters():
            name = str(tensor.dtype).removeprefix("torch.")
            dtypes[name] = dtypes.get(name, 0) + tensor.numel()
        attributes = list(module.get_attributes()) if hasattr(module, "get_attributes") else []
        return Contents(dtypes, read_signatures(module), attributes)


def _take_plain_names(model: nn.Module) -> None:
    """Give the plain names of the model's classes in TorchScript to types that are never used.

    A class has a type in TorchScript for each set of attributes, and the first in a process has the plain name. torch
    writes all types of plain names into one module, where the names of variables depend on what else is in it. So the
    code would depend on what the process has exported before. All others are written into modules of their own.
    """
    kinds = {type(module) for module in model.modules()}
    for kind in kinds - {StreamState}:  # which has one type, and annotations mean that of the plain name
        torch._C.ConcreteModuleTypeBuilder(kind).build()  # type: ignore[attr-defined]


def wrapped(path: Path, module: Any, device: torch.device, description: Description | None) -> TorchScriptArtifact:
    """A loaded module as an artifact; what saoctl did not write can do no more than nn~'s protocol has.

    Args:
        path: of its file.
        module: scripted, on its device.
        device: that is.
        description: what the file says of itself.
    """
    with torch.inference_mode():
        methods = read_signatures(module)  # as a host asks for them; a model of ours warms up
    if description is None:
        dtype = next((tensor.dtype for tensor in module.parameters() if tensor.is_floating_point()), torch.float32)
        can = Capabilities(methods, flushes=False, resets=False)
        return TorchScriptArtifact(path, device, LOW_PRECISIONS.get(dtype, "float32"), None, can, module)
    can = Capabilities(
        methods,
        keeps_state=description.streaming,
        latency_samples=description.latency_samples,
        block_size=description.block_size,
    )
    return TorchScriptArtifact(path, device, description.precision, description, can, module)


def load_module(path: Path) -> Any:
    """The module in a file, whoever wrote it, on the CPU.

    Raises:
        FileError: it cannot be loaded.
    """
    try:
        with _no_deprecation():
            return torch.jit.load(path, map_location="cpu")  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError, OSError) as error:
        if PACKED_OPERATORS in str(error):
            message = f"{path} has its weights packed for x86 processors, and this torch has not what they need."
            raise FileError(message, "Export it again, without --packed.") from error
        raise READER.refusal(path) from error


@contextmanager
def _no_deprecation() -> Iterator[None]:
    """TorchScript is deprecated in torch, but it is what nn~ loads."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*torch\.jit\..* is deprecated")
        yield
