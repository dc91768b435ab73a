"""Random weights of a given architecture, for tests and for timing."""

import math

import torch
from torch import Tensor

from saoctl.models.same.architecture import SameArchitecture
from saoctl.models.same.model import inverse_frequencies
from saoctl.models.same.tensors import expected_shapes

# How much larger the norms of queries and keys are than others.
QUERIES = {"q_norm": 2.5, "k_norm": 1.5}

# How much larger the weights of some linear layers are than those that keep the variance of their input. What attention
# gathers is a mean, which has less; the feed-forward layers add less than they are given, so that the sum stays small.
GAINS = {"to_out.weight": 1.5, "ff.ff.2.weight": 0.5, "decoder.layers.1.weight": 3.0}


def random_state(architecture: SameArchitecture, seed: int) -> dict[str, Tensor]:
    """Return a complete state dict in stable-audio-tools' names, the same for the same seed on every machine.

    The output follows the input. A frame of the encoder has nothing but what its token gathers from the patches, and a
    patch of the decoder nothing but what its token gathers from the frames. So the learned tokens are small, to be lost
    beside that; they ask by the shift of the norm before the attention, which the tokens' sum does not contain; and
    queries are large enough to choose. Larger ones would amplify rounding from block to block.
    """
    generator = torch.Generator().manual_seed(seed)

    def normal(shape: tuple[int, ...], deviation: float, mean: float = 0.0) -> Tensor:
        return torch.randn(shape, generator=generator) * deviation + mean

    state: dict[str, Tensor] = {}
    for name, shape in expected_shapes(architecture).items():
        coder = architecture.encoder if name.startswith("encoder.") else architecture.decoder
        last = name.rpartition(".")[2]
        if last == "inv_freq":
            state[name] = inverse_frequencies(coder.dim_heads)
        elif last == "new_tokens":
            state[name] = normal(shape, 0.02)
        elif last in ("alpha", "gamma", "scaling_factor", "running_std"):
            size = QUERIES.get(name.rpartition(".")[0].rpartition(".")[2], 1.0) if last == "gamma" else 1.0
            state[name] = normal(shape, 0.1, 1.0) * size
        elif last in ("beta", "bias"):
            state[name] = normal(shape, 0.5 if name.endswith("pre_norm.beta") else 0.02)
        elif last == "weight_v":
            state[name] = normal(shape, 1.0)
        elif last == "weight_g":
            # The encoder's brings audio to where tanh is not linear; the decoder's keeps audio within -1 ... 1.
            state[name] = normal(shape, 0.1, 1.0) * (6.0 if name.startswith("encoder.") else 0.6)
        else:
            gain = next((gain for ending, gain in GAINS.items() if name.endswith(ending)), 1.0)
            state[name] = normal(shape, gain / math.sqrt(shape[1]))
    return state
