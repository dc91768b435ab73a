"""The tensors of a GGUF file, as acestep.cpp and its kin publish weights, read by the package `gguf`.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from pathlib import Path

import torch
from torch import Tensor

from saoctl.errors import FileError

# Types of tensors whose numbers are taken as they are; those of others are computed from their codes.
PLAIN = ("F32", "F16")


def read(path: Path) -> dict[str, Tensor]:
    """Return all tensors of a file, in float32, float16 or bfloat16; those in these types are memory-mapped.

    Raises:
        FileError: the package `gguf` is not installed.
        ValueError: the file is damaged, or has a type of tensor that the package cannot decode.
    """
    try:
        import gguf
        import numpy as np
    except ImportError as error:
        raise FileError(
            f"{path} is a GGUF file, which needs the package {error.name}.",
            "pip install 'saoctl[gguf]', or take the model's safetensors.",
        ) from error
    tensors = {}
    try:
        for each in gguf.GGUFReader(path, "c").tensors:  # copied when written to, as torch wants it
            shape = tuple(int(size) for size in reversed(each.shape))  # ggml counts from the last dimension
            if each.tensor_type.name == "BF16":
                tensor = torch.from_numpy(each.data.view(np.int16)).view(torch.bfloat16)
            elif each.tensor_type.name in PLAIN:
                tensor = torch.from_numpy(each.data)
            else:
                tensor = torch.from_numpy(gguf.dequantize(each.data, each.tensor_type))
            tensors[each.name] = tensor.reshape(shape)
    except (NotImplementedError, LookupError, RuntimeError, TypeError, OverflowError, OSError, UnicodeError) as error:
        raise ValueError(str(error)) from error
    return tensors
