"""An encoder or a decoder that stable-audio-tools has loaded: how it is recognised, and read from its own layers."""

from typing import Any

import torch
from pydantic import ValidationError
from torch import nn

from saoctl.models.family import UnsupportedArchitectureError
from saoctl.models.layouts import matched
from saoctl.models.same.architecture import SameArchitecture, Transformer
from saoctl.models.same.model import Chain, SameAutoencoder
from saoctl.models.same.tensors import canonical, expected_shapes
from saoctl.vocabulary import Direction

CLASSES: dict[Direction, str] = {"encoder": "SAMEEncoder", "decoder": "SAMEDecoder"}
STAGE = "TransformerResamplingBlock"


def recognises(module: object, direction: Direction) -> bool:
    """Return whether a module is a SAME encoder or decoder, by the name of its class."""
    return isinstance(module, nn.Module) and any(kind.__name__ == CLASSES[direction] for kind in type(module).__mro__)


def read(module: nn.Module, direction: Direction) -> tuple[SameArchitecture, Chain]:
    """Return offline layers that compute what a foreign encoder or decoder does, in float32 on the CPU.

    The architecture has the numbers of this direction, for both, and each patch as one of a single channel.

    Raises:
        UnsupportedArchitectureError: its layers are not those of a SAME that is supported.
        LayoutError: its tensors are not.
    """
    architecture = _architecture(module, direction)
    tensors = {f"{direction}.{name}": tensor.cpu() for name, tensor in module.state_dict().items()}
    begins = f"{direction}."
    expected = {name: shape for name, shape in expected_shapes(architecture).items() if name.startswith(begins)}
    state = matched(canonical(tensors), expected)
    with torch.device("meta"):
        layers: Chain = getattr(SameAutoencoder(architecture), direction)
    layers.eval().requires_grad_(False)  # before they get weights, which may be from inference mode
    layers.load_state_dict({name.removeprefix(begins): tensor for name, tensor in state.items()}, assign=True)
    return architecture, layers


def _architecture(module: nn.Module, direction: Direction) -> SameArchitecture:
    stages: list[Any] = [part for part in module.modules() if type(part).__name__ == STAGE]
    if not stages:
        raise UnsupportedArchitectureError(
            f"its {direction} is not stable-audio-tools', but one of sliding windows, such as diffusers'"
        )
    if len(stages) > 1:
        raise UnsupportedArchitectureError(f"its {direction} has {len(stages)} stages, and only one is supported")
    (stage,) = stages
    blocks = list(stage.transformers)
    for block in blocks:
        for what, wrong in (
            ("sliding windows", stage.sliding_window_latents is not None),
            ("chunks without a midpoint shift", not stage.chunk_midpoint_shift),
            ("a fixed stride", not stage.variable_stride),
            ("noise on its tokens", stage.mask_noise != 0),
            ("another norm than dyt", type(block.pre_norm).__name__ != "DynamicTanh"),
            ("a conformer", block.conformer is not None),
            ("cross attention", block.cross_attend),
            ("layer scales", not isinstance(block.self_attn_scale, nn.Identity)),
            ("scales of features", block.self_attn.feat_scale),
            ("no mapping", isinstance(stage.mapping, nn.Identity)),
        ):
            if wrong:
                raise UnsupportedArchitectureError(f"its {direction} has {what}, which is not supported")
    if not blocks:
        raise UnsupportedArchitectureError(f"its {direction} has no transformer blocks")
    first, width = blocks[0], stage.out_channels if direction == "encoder" else stage.in_channels
    linear = next(part for part in module.children() if isinstance(part, nn.ModuleList))
    latents = next(part for part in linear if isinstance(part, nn.Linear))
    sines = [type(block.ff.ff[0].act).__name__ == "Sin" for block in blocks]
    try:
        coder = Transformer(
            width=width,
            depth=len(blocks),
            dim_heads=first.dim_heads,
            ff_mult=first.ff.ff[2].in_features / width,
            differential=first.self_attn.differential,
            conv_mapping=stage.mapping.kernel_size[0] == 3,
            sinusoidal_blocks=sum(sines) + any(sines),
        )
        return SameArchitecture(
            sample_rate=1,
            audio_channels=1,
            latent_dim=latents.out_features if direction == "encoder" else latents.in_features,
            patch=stage.in_channels if direction == "encoder" else stage.out_channels,
            stride=stage.stride,
            chunk=stage.chunk_size,
            encoder=coder,
            decoder=coder,
        )
    except ValidationError as error:
        raise UnsupportedArchitectureError(str(error.errors()[0]["msg"])) from error
