"""What all published layouts share: where the files and the tensors are, and how strictly they are read."""

import re
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from saoctl.vocabulary import Direction

INDEX = ".safetensors.index.json"  # how the name of a sharded checkpoint's index ends

# (config, weights) as published, relative to a repo or a local folder, the smallest download first.
PUBLISHED = (
    ("vae/config.json", "vae/diffusion_pytorch_model.safetensors"),
    ("vae/config.json", f"vae/diffusion_pytorch_model{INDEX}"),
    ("model_config.json", "model.safetensors"),
    ("model_config.json", f"model{INDEX}"),
    ("model_config.json", "model.ckpt"),
)
# A local folder can also be the `vae/` of a repo.
LAYOUTS = (
    *PUBLISHED,
    ("config.json", "diffusion_pytorch_model.safetensors"),
    ("config.json", f"diffusion_pytorch_model{INDEX}"),
)

# Where the autoencoder sits in a checkpoint; what has another prefix is another part of the checkpoint.
PREFIXES = ("pretransform.model.", "autoencoder.", "")

# Behind the prefix, the names of the tensors of the two halves begin with these.
ENCODER, DECODER = "encoder.", "decoder."

# The first tensor of either half, in any layout, behind any prefix.
FIRST_TENSOR = re.compile(r"((?:.*?\.)?)(?:encoder|decoder)\.(?:layers\.0|conv1)\.(?:weight|parametrizations)")

# In an encoder, a block begins with a residual unit and ends with the strided convolution; in a decoder it is reversed.
FIRST_OF_BLOCK = {
    ENCODER: re.compile(r"layers\.1\.layers\.0\.layers\.\d|block\.0\.conv1\."),
    DECODER: re.compile(r"layers\.1\.layers\.2\.layers\.\d|block\.0\.conv_t1\."),
}

NAMED = 5  # how many wrong tensors an error lists


class LayoutError(ValueError):
    """The tensors of a file are not those of the architecture; the message names them."""


def autoencoder_names(names: Iterable[str]) -> dict[str, str]:
    """Return the names of the autoencoder's tensors in a checkpoint, each with what follows the prefix.

    A prefix that is not in PREFIXES is found by the first tensor of an encoder or a decoder, if it is the only one. The
    state dict of an encoder or a decoder by itself does not say which it is; its first block does.
    """
    names = tuple(names)
    prefix = next((p for p in PREFIXES if any(name.startswith(f"{p}{ENCODER}") for name in names)), None)
    if prefix is None:
        own = next((half for half, first in FIRST_OF_BLOCK.items() if any(map(first.match, names))), None)
        if own is not None:
            return {name: f"{own}{name}" for name in names}
        others = {found[1] for name in names if (found := FIRST_TENSOR.match(name))}
        prefix = others.pop() if len(others) == 1 else ""
    return {name: name.removeprefix(prefix) for name in names if name.startswith(prefix)}


def half_names(names: Iterable[str], direction: Direction) -> list[str]:
    """Return the names of the tensors in a checkpoint that belong to one direction, or to neither.

    Raises:
        LayoutError: the checkpoint has the other direction alone.
    """
    own, other = (ENCODER, DECODER) if direction == "encoder" else (DECODER, ENCODER)
    inner = autoencoder_names(names)
    found = [full for full, name in inner.items() if not name.startswith(other)]
    if len(found) < len(inner) and not any(inner[name].startswith(own) for name in found):
        raise LayoutError(f"has no {direction}")
    return found


def refuse(what: str, names: list[str]) -> None:
    """Refuse a checkpoint because of some tensors, if there are any.

    Raises:
        LayoutError: naming the first few.
    """
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        raise LayoutError(f"{what} tensors: {', '.join(names[:NAMED])}{more}")


def matched(named: Iterable[tuple[str, Tensor]], expected: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Return the tensors of a state dict in float32, which must be those that are expected.

    Args:
        named: the tensors of a checkpoint, under the names of the state dict.
        expected: name and shape of every tensor of the state dict.

    Raises:
        LayoutError: a tensor is missing, there twice, unexpected, of the wrong shape or type, or not finite.
    """
    state: dict[str, Tensor] = {}
    twice: list[str] = []
    for name, tensor in named:
        if name in state and name not in twice:
            twice.append(name)
        state[name] = tensor
    refuse("has twice the", twice)
    refuse("lacks", [name for name in expected if name not in state])
    refuse("has unexpected", [name for name in state if name not in expected])
    refuse(
        "has misshapen",
        [
            f"{name} {list(state[name].shape)} instead of {list(shape)}"
            for name, shape in expected.items()
            if tuple(state[name].shape) != shape
        ],
    )
    return {name: finite(name, state[name]) for name in expected}


def is_plain(tensor: Tensor) -> bool:
    """Return whether a tensor is dense and in memory; a pickle may also hold sparse tensors and some without memory."""
    return tensor.is_floating_point() and tensor.device.type == "cpu" and tensor.layout == torch.strided


def finite(name: str, tensor: Tensor) -> Tensor:
    """Return a tensor in float32.

    Raises:
        LayoutError: it is not a plain tensor of finite floating-point numbers.
    """
    if not tensor.is_floating_point():
        raise LayoutError(f"holds {tensor.dtype} in the tensor {name}, not floating point")
    if not is_plain(tensor):
        raise LayoutError(f"holds no plain tensor under {name}")
    tensor = tensor.float()
    # The minimum and the maximum of a tensor with NaN are NaN. Unlike isfinite, this allocates no second tensor.
    if not all(end.isfinite() for end in torch.aminmax(tensor)):
        raise LayoutError(f"has values that are not finite in the tensor {name}")
    return tensor
