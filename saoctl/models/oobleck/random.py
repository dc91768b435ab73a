"""Random weights of a given architecture, for the demo, for tests and for timing."""

import math

import torch
from torch import Tensor

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.oobleck.tensors import expected_shapes


def random_state(architecture: OobleckArchitecture, seed: int) -> dict[str, Tensor]:
    """Return a complete state dict in stable-audio-tools' names, the same for the same seed on every machine.

    A signal passes all layers without fading or growing, at any width: each convolution keeps the variance of white
    noise, and the frequencies and gains of the snakes lie around 1. The output follows the input: the first layer
    scales audio to where the activations are not linear, and the biases are small, so that the constant part of the
    output is smaller than what follows the input. A constant output would hide errors.
    """
    generator = torch.Generator().manual_seed(seed)

    def normal(shape: tuple[int, ...], deviation: float) -> Tensor:
        return torch.randn(shape, generator=generator) * deviation

    shapes = expected_shapes(architecture)
    state: dict[str, Tensor] = {}
    for name, shape in shapes.items():
        if name.endswith("weight_v"):
            state[name] = normal(shape, 1.0)
        elif not name.endswith("weight_g"):
            deviation = 0.02 if name.endswith("bias") else 0.1
            state[name] = normal(shape, deviation) + (1.0 if name.endswith("beta") else 0.0)
    for name, shape in shapes.items():
        if name.endswith("weight_g"):
            # A row has the norm 1 if each output sums over one row. The rows of a transposed convolution are its
            # inputs: each of its outputs sums over half of the energy of all rows per stride.
            direction = shapes[name.removesuffix("g") + "v"]
            depth = name.count(".layers.")
            transposed = depth == 2 and name.startswith("decoder") and name.endswith("layers.1.weight_g")
            norm = math.sqrt(direction[1] / direction[0] * direction[2] / 2) if transposed else 1.0
            # This makes up for the energy that an ELU takes from white noise; a snake takes none.
            if depth == 2 and not architecture.coders[name.split(".")[0]].use_snake:
                norm *= 1.25
            # Residual units add to their input: a smaller branch keeps the sum from growing.
            if depth == 3 and name.endswith("layers.3.weight_g"):
                norm = 0.25
            if name == "encoder.layers.0.weight_g":
                norm = 4.0
            # The decoder's last convolution, the only one without bias: audio stays well within -1 ... 1.
            if name.removesuffix("weight_g") + "bias" not in shapes:
                norm = 0.1
            state[name] = torch.full(shape, norm) * (1 + normal(shape, 0.1))
    return {name: state[name] for name in shapes}
