"""An encoder or a decoder that another library has loaded: how it is recognised, and read from its own layers."""

import torch
from torch import nn

from saoctl.models.family import UnsupportedArchitectureError
from saoctl.models.oobleck.architecture import Coder
from saoctl.models.oobleck.model import Conv1d, ConvTranspose1d, Layers, decoder_layers, encoder_layers
from saoctl.models.oobleck.tensors import strict_state
from saoctl.vocabulary import Direction

# What diffusers, stable-audio-tools and the copies of it in other models' code call the two; the last is DreamVAE's.
CLASSES: dict[Direction, tuple[str, ...]] = {
    "encoder": ("OobleckEncoder",),
    "decoder": ("OobleckDecoder", "FastOobleckDecoder"),
}


def recognises(module: object, direction: Direction) -> bool:
    """Return whether a module is an Oobleck encoder or decoder, by the name of its class, without its library."""
    return isinstance(module, nn.Module) and any(kind.__name__ in CLASSES[direction] for kind in type(module).__mro__)


def read(module: nn.Module, direction: Direction) -> Layers:
    """Return offline layers that compute what a foreign encoder or decoder does, in float32 on the CPU.

    The widths and strides are read from the layers themselves, because stable-audio-tools keeps no config beside them.
    Weights that are float32 and on the CPU are shared.

    Raises:
        UnsupportedArchitectureError: its layers are not those of Oobleck.
        LayoutError: its tensors are not.
    """
    coder, layers = _layers(module, direction)
    found, wanted = _convolutions(module), _convolutions(layers)
    if found != wanted:
        raise UnsupportedArchitectureError(f"its {direction} has other convolutions than Oobleck's")
    # diffusers and stable-audio-tools can be told to take snakes' numbers as they are, and not as logarithms.
    if not all(getattr(part, name, True) for part in module.modules() for name in ("logscale", "alpha_logscale")):
        raise UnsupportedArchitectureError(f"its {direction} has snakes whose numbers are not logarithms")
    tensors = {f"{direction}.{name}": tensor.cpu() for name, tensor in module.state_dict().items()}
    expected = {f"{direction}.{name}": tuple(tensor.shape) for name, tensor in layers.state_dict().items()}
    state = strict_state(tensors, expected, {direction: coder})
    layers.eval().requires_grad_(False)  # before they get weights, which may be from inference mode
    layers.load_state_dict({name.removeprefix(f"{direction}."): t for name, t in state.items()}, assign=True)
    return layers


def _layers(module: nn.Module, direction: Direction) -> tuple[Coder, Layers]:
    """Return the numbers of a module, and Oobleck's layers with them, without memory."""
    parts = list(module.modules())
    all_of_it = [part for part in parts if isinstance(part, nn.Conv1d | nn.ConvTranspose1d)]
    blocks = [part for part in all_of_it if part.stride[0] > 1]
    if not blocks:
        raise UnsupportedArchitectureError(f"its {direction} has no strides")
    first, last = all_of_it[0], all_of_it[-1]
    # Of the two convolutions of a residual unit, the first has a kernel of more than 1; all blocks have the same units.
    dilated = [part for part in all_of_it[1:-1] if part.stride[0] == 1 and part.kernel_size[0] > 1]
    dilations = tuple(part.dilation[0] for part in dilated[: len(dilated) // len(blocks)])
    if not dilations:
        raise UnsupportedArchitectureError(f"its {direction} has blocks without residual units")
    if direction == "encoder":
        channels, widths = first.out_channels, [block.out_channels for block in blocks]
    else:
        blocks.reverse()
        channels, widths = last.in_channels, [block.in_channels for block in blocks]
    coder = Coder(
        channels=channels,
        c_mults=tuple(width // channels for width in widths),
        strides=tuple(block.stride[0] for block in blocks),
        use_snake=any(name.endswith(".alpha") for name, _ in module.named_parameters()),
        dilations=dilations,
    )
    with torch.device("meta"):
        if direction == "encoder":
            return coder, encoder_layers(coder, first.in_channels, last.out_channels)
        tanh = isinstance(parts[-1], nn.Tanh)
        return coder, decoder_layers(coder, first.in_channels, last.out_channels, final_tanh=tanh)


Numbers = tuple[int, int, int, int, int, int]


def _convolutions(module: nn.Module) -> list[Numbers]:
    """Return of each convolution: channels in and out, kernel, stride, padding, dilation."""
    found: list[Numbers] = []
    for part in module.modules():
        if isinstance(part, Conv1d):
            outputs, inputs, _ = part.weight_v.shape
            found.append((inputs, outputs, part.kernel, part.stride, part.padding, part.dilation))
        elif isinstance(part, ConvTranspose1d):
            inputs, outputs, _ = part.weight_v.shape
            found.append((inputs, outputs, part.kernel, part.stride, part.padding, 1))
        elif isinstance(part, nn.Conv1d | nn.ConvTranspose1d):
            # -1 stands for padding that is not a number of zeros, such as 'same' and reflections.
            zeros = isinstance(part.padding, tuple) and part.padding_mode == "zeros"
            padding = int(part.padding[0]) if zeros else -1
            plain = (part.kernel_size[0], part.stride[0], padding, part.dilation[0])
            found.append((part.in_channels, part.out_channels, *plain))
    return found
