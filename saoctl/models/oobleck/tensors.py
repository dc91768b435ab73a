"""The tensors of Oobleck: their names in the layouts that it is published in, all brought to one state dict."""

import re
from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from saoctl.models.layouts import ENCODER, PREFIXES, LayoutError, autoencoder_names, is_plain, matched
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder
from saoctl.models.weight_norm import plain_name, unfolded

# What DreamVAE calls the parts of diffusers' decoder, as patterns to replace one after another.
DREAMVAE = {
    r"^decoder\.snake1\.": "final_snake.",
    r"^decoder\.block\.": "blocks.",
    r"^decoder\.": "",
    r"\.conv_t1\.": ".conv_t.",
    r"\.res_unit": ".res",
}


def to_state(tensors: Mapping[str, Tensor], architecture: OobleckArchitecture) -> dict[str, Tensor]:
    """Return the state dict in stable-audio-tools' names: float32, weight norm as `weight_g` and `weight_v`.

    Args:
        tensors: of a checkpoint in any layout. A prefix, diffusers' names, DreamVAE's, either form of weight norm or
            none, and any floating-point type are understood.
        architecture: what the checkpoint is for.

    Raises:
        LayoutError: a tensor is missing, there twice, unexpected, of the wrong shape or type, or not finite.
    """
    inner = {name: tensors[full] for full, name in autoencoder_names(tensors).items()}
    return strict_state(inner, expected_shapes(architecture), architecture.coders)


def strict_state(
    tensors: Mapping[str, Tensor], expected: Mapping[str, tuple[int, ...]], coders: Mapping[str, Coder]
) -> dict[str, Tensor]:
    """Return the state dict of an encoder, a decoder or both; see `to_state`.

    Args:
        tensors: without a prefix.
        expected: name and shape of every tensor.
        coders: the numbers of each direction.

    Raises:
        LayoutError: as of `to_state`.
    """
    rename = {name: name for name in expected}
    dreamvaes = (re.match(r"(|decoder\.)blocks\.0\.conv_t\.", name) for name in tensors)
    dreamvae = next((found[1] for found in dreamvaes if found), None)
    if dreamvae is not None:
        rename = {dreamvae + _dreamvae_name(name, coders): name for name in expected}
    elif any(re.match(r"(encoder|decoder)\.conv1\.", name) for name in tensors):
        rename = {_diffusers_name(name, coders): name for name in expected}
    renamed = [pair for name, tensor in tensors.items() for pair in _canonical(name, tensor, rename, expected)]
    without = [half for half in coders if not any(name.startswith(f"{half}.") for name, _ in renamed)]
    if len(without) == 1 < len(coders):
        raise LayoutError(f"has no {without[0]}, which its architecture names")
    return matched(renamed, expected)


def expected_shapes(architecture: OobleckArchitecture) -> dict[str, tuple[int, ...]]:
    """Return the name and the shape of every tensor of an architecture's state dict."""
    with torch.device("meta"):
        return {name: tuple(tensor.shape) for name, tensor in OobleckAutoencoder(architecture).state_dict().items()}


def write_diffusers(path: Path, state: Mapping[str, Tensor], architecture: OobleckArchitecture) -> None:
    """Write a state dict in the layout of diffusers' AutoencoderOobleck, whose snakes are [1, C, 1]."""
    tensors = {}
    for name, tensor in state.items():
        snake = name.endswith((".alpha", ".beta"))
        tensors[to_diffusers_name(name, architecture)] = (tensor[None, :, None] if snake else tensor).contiguous()
    safetensors.torch.save_file(tensors, path)


def write_prefixed(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write a state dict as the autoencoder's part of `model.safetensors` is laid out."""
    safetensors.torch.save_file({f"{PREFIXES[0]}{name}": tensor.contiguous() for name, tensor in state.items()}, path)


def to_diffusers_name(name: str, architecture: OobleckArchitecture) -> str:
    """Return the name in diffusers' AutoencoderOobleck of a tensor of stable-audio-tools' autoencoder."""
    return _diffusers_name(name, architecture.coders)


def to_dreamvae_name(name: str, architecture: OobleckArchitecture) -> str:
    """Return the name in DreamVAE's decoder of a tensor of stable-audio-tools' decoder."""
    return _dreamvae_name(name, architecture.coders)


def _dreamvae_name(name: str, coders: Mapping[str, Coder]) -> str:
    named = _diffusers_name(name, coders)
    for pattern, own in DREAMVAE.items():
        named = re.sub(pattern, own, named)
    return named


def _diffusers_name(name: str, coders: Mapping[str, Coder]) -> str:
    direction = "encoder" if name.startswith(ENCODER) else "decoder"
    blocks, units = (len(each) for each in (coders[direction].strides, coders[direction].dilations))
    index, _, rest = name.removeprefix(f"{direction}.layers.").partition(".")
    top = {0: "conv1", blocks + 1: "snake1", blocks + 2: "conv2"}
    if int(index) in top:
        return f"{direction}.{top[int(index)]}.{rest}"
    in_block, _, rest = rest.removeprefix("layers.").partition(".")
    parts = [f"res_unit{unit + 1}" for unit in range(units)]
    parts = [*parts, "snake1", "conv1"] if direction == "encoder" else ["snake1", "conv_t1", *parts]
    part = parts[int(in_block)]
    if part.startswith("res_unit"):
        in_unit, _, rest = rest.removeprefix("layers.").partition(".")
        part += "." + ("snake1", "conv1", "snake2", "conv2")[int(in_unit)]
    return f"{direction}.block.{int(index) - 1}.{part}.{rest}"


def _canonical(
    name: str, tensor: Tensor, rename: Mapping[str, str], expected: Mapping[str, tuple[int, ...]]
) -> list[tuple[str, Tensor]]:
    """Return a tensor under its canonical name, a folded weight as its two factors, and any other as it is."""
    name = plain_name(name)
    if name.endswith(".weight") and f"{name}_v" in rename and tensor.dim() == 3 and is_plain(tensor):
        magnitude, direction = unfolded(tensor)
        return [(rename[f"{name}_g"], magnitude), (rename[f"{name}_v"], direction)]
    known = rename.get(name, name)
    if known.endswith((".alpha", ".beta")) and tensor.shape == (1, *expected.get(known, ()), 1):
        tensor = tensor.flatten()
    return [(known, tensor)]
