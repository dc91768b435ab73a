"""The numbers of a SAME autoencoder, read from the names and shapes of its tensors.

The numbers of its transformers follow from them. The sample rate, and how audio is cut into patches, frames and chunks,
leave no trace in the tensors.
"""

import re
from collections.abc import Mapping
from typing import Any

import torch

from saoctl.models.family import UnsupportedArchitectureError
from saoctl.models.layouts import autoencoder_names
from saoctl.models.same.tensors import canonical
from saoctl.vocabulary import Direction

PLACES: dict[Direction, str] = {"encoder": "encoder.layers.0.", "decoder": "decoder.layers.3."}


def read_shapes(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """Return the numbers of a `SameArchitecture` that its tensors show; see `Family.read_shapes`."""
    inner = {name: shapes[full] for full, name in autoencoder_names(shapes).items()}
    with torch.device("meta"):
        named = {name: tuple(tensor.shape) for name, tensor in canonical({n: torch.empty(s) for n, s in inner.items()})}
    try:
        (latents,) = named["decoder.layers.1.weight"][1:]
        return {"latent_dim": latents, **{direction: _half(named, place) for direction, place in PLACES.items()}}
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise UnsupportedArchitectureError("it has no tensors of a SAME autoencoder") from error


def _half(named: Mapping[str, tuple[int, ...]], place: str) -> dict[str, Any]:
    """Return the numbers of a `Transformer` whose tensors begin with `place`."""
    blocks = {match[1] for name in named if (match := re.match(rf"{re.escape(place)}transformers\.(\d+)\.", name))}
    first = f"{place}transformers.0."
    projections, width = named[f"{first}self_attn.to_qkv.weight"]
    doubled, _ = named[f"{first}ff.ff.0.proj.weight"]
    kernel = named[f"{place}mapping.weight_v"][2] if f"{place}mapping.weight_v" in named else 1
    (heads,) = named[f"{first}self_attn.q_norm.gamma"]
    return {
        "width": width,
        "depth": len(blocks),
        "dim_heads": heads,
        "ff_mult": doubled / 2 / width,
        "differential": projections == 5 * width,
        "conv_mapping": kernel == 3,
    }
