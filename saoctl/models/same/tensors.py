"""The tensors of SAME: their names in the layouts that it is published in, all brought to one state dict."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from saoctl.models.layouts import LayoutError, autoencoder_names, is_plain, matched
from saoctl.models.same.architecture import SameArchitecture
from saoctl.models.same.model import SameAutoencoder, inverse_frequencies
from saoctl.models.weight_norm import plain_name, unfolded

# A tensor of noise augmentation, which no supported model has: it is published empty, and strict loaders expect it.
EMPTY = "bottleneck.noise_scaling_factor"

# The derived tensors, which diffusers does not publish.
ROTARY = ".rope.inv_freq"

# Parts of names in diffusers' AutoencoderSAME, and those of stable-audio-tools in their place.
DIFFUSERS = (
    (r"^encoder\.blocks\.0\.", "encoder.layers.0."),
    (r"^encoder\.proj\.", "encoder.layers.2."),
    (r"^decoder\.proj\.", "decoder.layers.1."),
    (r"^decoder\.blocks\.0\.", "decoder.layers.3."),
    (r"\.norm_attn\.", ".pre_norm."),
    (r"\.attn\.", ".self_attn."),
    (r"\.norm_ff\.", ".ff_norm."),
    (r"\.ff\.proj_in\.", ".ff.ff.0.proj."),
    (r"\.ff\.proj_out\.", ".ff.ff.2."),
    (r"^bottleneck\.scale$", "bottleneck.scaling_factor"),
)
# Where q, k, v, q' and k' stand in diffusers' projection, which has q, q', k, k' and v in this order.
PROJECTIONS = (0, 2, 4, 1, 3)


def to_state(tensors: Mapping[str, Tensor], architecture: SameArchitecture) -> dict[str, Tensor]:
    """Return the state dict in stable-audio-tools' names: float32, weight norm as `weight_g` and `weight_v`.

    Args:
        tensors: of a checkpoint in any layout. A prefix, diffusers' names, either form of weight norm or none, and any
            floating-point type are understood.
        architecture: what the checkpoint is for.

    Raises:
        LayoutError: a tensor is missing, there twice, unexpected, of the wrong shape or type, or not finite.
    """
    inner = {name: tensors[full] for full, name in autoencoder_names(tensors).items()}
    return matched_to(inner, expected_shapes(architecture))


def matched_to(tensors: Mapping[str, Tensor], expected: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Return tensors without a prefix under the expected names; raises what `to_state` does."""
    named = list(canonical(tensors))
    given = {name for name, _ in named}
    for name, shape in expected.items():
        if name.endswith(ROTARY) and name not in given:
            named.append((name, inverse_frequencies(4 * shape[0])))
    return matched(named, expected)


def canonical(tensors: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors of a checkpoint without a prefix under stable-audio-tools' names, weight norm as factors."""
    theirs = any(name.startswith(("encoder.blocks.", "decoder.blocks.")) for name in tensors)
    for name, tensor in tensors.items():
        name = plain_name(name)
        if theirs:
            for pattern, ours in DIFFUSERS:
                name = re.sub(pattern, ours, name)
            if name.endswith(".to_qkv.weight") and tensor.shape[0] == 5 * tensor.shape[1]:
                parts = tensor.chunk(5)
                tensor = torch.cat([parts[place] for place in PROJECTIONS])
        if name == EMPTY:
            if tensor.numel():
                raise LayoutError("has noise augmentation in its bottleneck, which is not supported")
        elif name.endswith(".mapping.weight") and tensor.dim() == 3 and is_plain(tensor):
            magnitude, direction = unfolded(tensor)
            yield f"{name}_g", magnitude
            yield f"{name}_v", direction
        else:
            yield name, tensor


def expected_shapes(architecture: SameArchitecture) -> dict[str, tuple[int, ...]]:
    """Return the name and the shape of every tensor of an architecture's state dict."""
    with torch.device("meta"):
        return {name: tuple(tensor.shape) for name, tensor in SameAutoencoder(architecture).state_dict().items()}


def published(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a state dict with everything that stable-audio-tools publishes and expects."""
    return {**state, EMPTY: torch.zeros(1, 0, 1)}


def write(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write a state dict as the repos of an autoencoder alone are laid out, without a prefix."""
    tensors = {name: tensor.contiguous() for name, tensor in published(state).items()}
    safetensors.torch.save_file(tensors, path)
