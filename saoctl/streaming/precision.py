"""Precisions of the streaming model, and what `mixed` means."""

import torch

from saoctl.streaming.autoencoder import StreamingAutoencoder
from saoctl.streaming.layers import Product, Stack

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16, "mixed": torch.float32}

# `mixed` computes the layers of at least this many channels in bfloat16, the others in float32. The wide layers near
# the latents spend their time reading weights, of which bfloat16 has half as much to read, while the error of the
# narrow ones near the audio is heard undiminished.
MIXED_WIDTH = 512


def apply_precision(model: StreamingAutoencoder, precision: str) -> None:
    """Give the weights and the state of a model, in place, the dtypes of a precision of the config."""
    model.to(DTYPES[precision])
    if precision == "mixed":
        for stack in (model.encoder, model.decoder):
            lower_wide_layers(stack)


def lower_wide_layers(stack: Stack) -> None:
    """Turn the layers with at least MIXED_WIDTH channels to bfloat16, in place."""
    for layer in stack.layers:
        widths = [product.inputs for product in layer.modules() if isinstance(product, Product)]
        if widths and min(widths) >= MIXED_WIDTH:
            layer.to(torch.bfloat16)
