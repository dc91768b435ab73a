"""The tensors in a file of torch.save, found without loading it: which of its bytes hold which tensor.

Such a file is a zip of uncompressed records: `data.pkl` describes the tensors, and each `data/KEY` holds the numbers of
one storage (https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/serialization/README.md). The list of records
and the description are enough to fetch a part of the file from a hub, or to read the tensors beside objects that
torch's safe loader refuses. No code of the file runs: of its pickle only the places of tensors are built.
"""

import io
import math
import pickle
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

# The dtype, the shape, and the first and last byte in the file of each tensor, by name, as safetensors names them.
Header = dict[str, tuple[str, list[int], tuple[int, int]]]

BLOCK = 1 << 16  # bytes that are fetched at a time
LARGEST_DESCRIPTION = 1 << 26  # bytes of data.pkl
ALIGNMENT = 64  # torch.save lets the numbers of each record begin at a multiple of this
LOCAL_HEADER = 30  # bytes before the name of a record, by the zip format
EXTRA_FIELDS = (4, 8, 16, 24, 32)  # bytes between the name and the padding that aligns the numbers
DESCRIPTORS = (0, 16, 24)  # bytes that may follow the numbers, by the zip format
# Names and bytes per number of the dtypes that weights have, by torch's names of their storages.
DTYPES = {"FloatStorage": ("F32", 4), "HalfStorage": ("F16", 2), "BFloat16Storage": ("BF16", 2)}
TORCH_DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


@dataclass(frozen=True)
class _Storage:
    key: str
    kind: str


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def read_header(fetch: Callable[[int, int], bytes], size: int) -> tuple[Header, list[str]] | None:
    """Return the places of the tensors of a file, and the names of those that are no plain range of its bytes.

    Args:
        fetch: returns the bytes of the file from the first number up to the second.
        size: of the file in bytes.

    Returns:
        None if the file is of another format, or damaged.
    """
    try:
        with zipfile.ZipFile(_Remote(fetch, size)) as archive:
            records = sorted(archive.infolist(), key=lambda record: record.header_offset)
            description = next((each for each in records if each.filename.endswith("data.pkl")), None)
            if description is None or description.file_size > LARGEST_DESCRIPTION:
                return None
            content = _Unpickler(io.BytesIO(archive.read(description))).load()
            begins = _begins(records, archive.start_dir)
        return _placed(_tensors(content), begins, description.filename.removesuffix("data.pkl"))
    except (zipfile.BadZipFile, zlib.error, pickle.UnpicklingError, NotImplementedError, OverflowError):
        return None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, RecursionError, UnicodeDecodeError):
        return None  # a damaged pickle makes the machine that reads it raise these


def read(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a local file that are plain ranges of its bytes, memory-mapped; it may have none."""
    with path.open("rb") as file:

        def fetch(start: int, stop: int) -> bytes:
            file.seek(start)
            return file.read(stop - start)

        found = read_header(fetch, path.stat().st_size)
    if found is None:
        return {}
    content = torch.from_numpy(np.memmap(path, np.uint8, "c"))  # copied when written to, as torch wants it
    return {
        name: content[first:stop].view(TORCH_DTYPES[kind]).reshape(shape)
        for name, (kind, shape, (first, stop)) in found[0].items()
    }


def _tensors(content: object) -> dict[str, _Tensor]:
    """Return the tensors of a state dict, which may lie under `state_dict`."""
    if isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping):
        return {}
    return {name: each for name, each in content.items() if isinstance(name, str) and isinstance(each, _Tensor)}


def _begins(records: Sequence[zipfile.ZipInfo], end: int) -> dict[str, int]:
    """Return where the numbers of each record begin, as far as that is certain without its own header.

    They begin at the alignment after the header, and end where the next record begins, but for a descriptor.
    """
    begins = {}
    ends = [*(record.header_offset for record in records[1:]), end]
    for record, stop in zip(records, ends, strict=True):
        named = record.header_offset + LOCAL_HEADER + len(record.filename.encode())
        for extra in EXTRA_FIELDS:
            begin = -(-(named + extra) // ALIGNMENT) * ALIGNMENT
            stored = record.compress_type == zipfile.ZIP_STORED
            if stored and stop - begin - record.file_size in DESCRIPTORS:
                begins[record.filename] = begin
                break
    return begins


def _placed(tensors: Mapping[str, _Tensor], begins: Mapping[str, int], folder: str) -> tuple[Header, list[str]] | None:
    """Return the header of tensors, and the names of those whose bytes are not known; None if there are no tensors."""
    header: Header = {}
    others: list[str] = []
    for name, tensor in tensors.items():
        record = f"{folder}data/{tensor.storage.key}"
        if record not in begins or tensor.storage.kind not in DTYPES or tensor.stride != _strides(tensor.shape):
            others.append(name)
            continue
        dtype, width = DTYPES[tensor.storage.kind]
        begin = begins[record] + tensor.offset * width
        header[name] = dtype, list(tensor.shape), (begin, begin + math.prod(tensor.shape) * width)
    return (header, others) if tensors else None


def _strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the strides of a contiguous tensor."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


class _Remote(io.RawIOBase):
    """A remote file that can be read from any place; blocks that were fetched are kept."""

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        self.fetch, self.size, self.at = fetch, size, 0
        self.blocks: dict[int, bytes] = {}

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        self.at = max(base + offset, 0)
        return self.at

    def read(self, size: int = -1) -> bytes:
        stop = self.size if size < 0 else min(self.at + size, self.size)
        parts = []
        while self.at < stop:
            number, skip = divmod(self.at, BLOCK)
            if number not in self.blocks:
                self.blocks[number] = self.fetch(number * BLOCK, min((number + 1) * BLOCK, self.size))
            parts.append(self.blocks[number][skip : skip + stop - self.at])
            self.at += len(parts[-1])
        return b"".join(parts)


class _Opaque:
    """The place of an object that is not needed, whatever its pickle does with it."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __call__(self, *_: object, **__: object) -> "_Opaque":
        return self

    def __setstate__(self, _: object) -> None:
        pass

    def __setitem__(self, _: object, __: object) -> None:
        pass

    def append(self, _: object) -> None:
        """Ignore an item."""

    def extend(self, _: object) -> None:
        """Ignore items."""


def _rebuilt(storage: Any, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object) -> _Tensor:
    """Stand for `torch._utils._rebuild_tensor_v2`."""
    return _Tensor(storage, offset, tuple(shape), tuple(stride))


def _parameter(data: object, *_: object) -> object:
    """Stand for `torch._utils._rebuild_parameter`."""
    return data


class _Unpickler(pickle.Unpickler):
    """Reads the places of tensors; every other object becomes an `_Opaque`, so that nothing of the file is run."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuilt
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return _parameter
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        return type(name, (_Opaque,), {})

    def persistent_load(self, pid: Any) -> _Storage:
        _, kind, key, *_ = pid
        return _Storage(str(key), kind.__name__)
