"""An encoder or a decoder that another library has loaded: how it is recognised, and read from its own layers.

diffusers and stable-audio-tools name their classes alike. Their layers have other names, and so have their tensors.
"""

from typing import Any

import torch
from pydantic import ValidationError
from torch import nn

from saoctl.models.family import UnsupportedArchitectureError
from saoctl.models.same.architecture import SameArchitecture, Transformer
from saoctl.models.same.model import Chain, SameAutoencoder
from saoctl.models.same.tensors import expected_shapes, matched_to
from saoctl.vocabulary import Direction

CLASSES: dict[Direction, str] = {"encoder": "SAMEEncoder", "decoder": "SAMEDecoder"}
STAGE, STAGE_OF_DIFFUSERS = "TransformerResamplingBlock", "SAMETransformerResamplingBlock"


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
    state = matched_to(tensors, expected)
    with torch.device("meta"):
        layers: Chain = getattr(SameAutoencoder(architecture), direction)
    layers.eval().requires_grad_(False)  # before they get weights, which may be from inference mode
    layers.load_state_dict({name.removeprefix(begins): tensor for name, tensor in state.items()}, assign=True)
    return architecture, layers


def _architecture(module: nn.Module, direction: Direction) -> SameArchitecture:
    stages: list[Any] = [part for part in module.modules() if type(part).__name__ in (STAGE, STAGE_OF_DIFFUSERS)]
    if len(stages) != 1:
        raise UnsupportedArchitectureError(f"its {direction} has {len(stages)} stages, and only one is supported")
    (stage,) = stages
    blocks = list(stage.transformers)
    if not blocks:
        raise UnsupportedArchitectureError(f"its {direction} has no transformer blocks")
    if isinstance(stage.mapping, nn.Identity):
        raise UnsupportedArchitectureError(f"its {direction} has no mapping, which is not supported")
    encodes = direction == "encoder"
    width, patched = (stage.out_channels, stage.in_channels)[:: 1 if encodes else -1]
    read = _of_diffusers if type(stage).__name__ == STAGE_OF_DIFFUSERS else _of_stable_audio_tools
    try:
        numbers = read(module, stage, direction)
        linear: nn.Linear = numbers.pop("linear")
        sines = [bool(each) for each in numbers.pop("sines")]
        coder = Transformer(
            width=width,
            depth=len(blocks),
            ff_mult=numbers.pop("inner") / width,
            conv_mapping=stage.mapping.kernel_size[0] == 3,
            sinusoidal_blocks=sum(sines) + any(sines),
            dim_heads=numbers.pop("dim_heads"),
            differential=numbers.pop("differential"),
        )
        return SameArchitecture(
            sample_rate=1,
            audio_channels=1,
            latent_dim=linear.out_features if encodes else linear.in_features,
            patch=patched,
            stride=stage.stride,
            encoder=coder,
            decoder=coder,
            **numbers,
        )
    except ValidationError as error:
        raise UnsupportedArchitectureError(str(error.errors()[0]["msg"])) from error


def _of_diffusers(module: Any, stage: Any, direction: Direction) -> dict[str, Any]:
    """Return what `_architecture` needs of the layers of diffusers."""
    first = stage.transformers[0]
    return {
        "linear": module.proj,
        "sines": [block.ff.sinusoidal for block in stage.transformers],
        "inner": first.ff.proj_out.in_features,
        "dim_heads": first.attn.dim_heads,
        "differential": first.attn.use_differential,
        "window": stage.sliding_window,
    }


def _of_stable_audio_tools(module: Any, stage: Any, direction: Direction) -> dict[str, Any]:
    """Return what `_architecture` needs of the layers of stable-audio-tools, in which everything is supported."""
    window = stage.sliding_window_latents
    blocks = list(stage.transformers)
    for block in blocks:
        for what, wrong in (
            ("another window before than after", window is not None and window[0] != window[1]),
            ("chunks without a midpoint shift", window is None and not stage.chunk_midpoint_shift),
            ("a fixed stride", not stage.variable_stride),
            ("noise on its tokens", stage.mask_noise != 0),
            ("another norm than dyt", type(block.pre_norm).__name__ != "DynamicTanh"),
            ("a conformer", block.conformer is not None),
            ("cross attention", block.cross_attend),
            ("layer scales", not isinstance(block.self_attn_scale, nn.Identity)),
            ("scales of features", block.self_attn.feat_scale),
        ):
            if wrong:
                raise UnsupportedArchitectureError(f"its {direction} has {what}, which is not supported")
    first = blocks[0]
    latents = next(part for part in module.children() if isinstance(part, nn.ModuleList))
    return {
        "linear": next(part for part in latents if isinstance(part, nn.Linear)),
        "sines": [type(block.ff.ff[0].act).__name__ == "Sin" for block in blocks],
        "inner": first.ff.ff[2].in_features,
        "dim_heads": first.dim_heads,
        "differential": first.self_attn.differential,
        **({"chunk": stage.chunk_size} if window is None else {"window": window[0]}),
    }
