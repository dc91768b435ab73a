"""Tensors that callers in Python give: what is taken as a signal, and how to make one of what is not."""

import torch
from torch import Tensor

# What brings samples of a dtype to a full scale of 1.
SCALED = {
    torch.int8: "block / 128",
    torch.uint8: "(block.float() - 128) / 128",
    torch.int16: "block / 32768",
    torch.int32: "block / 2147483648",
}


def check_signal(taker: str, signal: object, *, is_audio: bool) -> Tensor:
    """Return a signal if it is a tensor of floating-point numbers of any precision.

    Args:
        taker: what it is given to, as the message names it.
        signal: that a caller gives, which may be anything.
        is_audio: the signal is audio, whose integers have to be scaled; latents are not.

    Raises:
        TypeError: it is no tensor, or one without numbers of its own, of integers, complex numbers or booleans. The
            message says how to make one that is taken.
    """
    if not isinstance(signal, Tensor):
        given = f"{type(signal).__module__}.{type(signal).__qualname__}".removeprefix("builtins.")
        raise TypeError(f"{taker} takes a torch.Tensor, not {given}: give torch.as_tensor(block)")
    if signal.is_meta or signal.layout != torch.strided:
        where = "the device meta" if signal.is_meta else f"the layout {signal.layout}"
        raise TypeError(f"{taker} takes a tensor that holds its numbers one by one, not one of {where}")
    if signal.is_floating_point():
        return signal
    if signal.is_complex() or signal.dtype == torch.bool:
        raise TypeError(f"{taker} takes floating-point numbers, not {signal.dtype}")
    if not is_audio:
        raise TypeError(f"{taker} takes floating-point latents, not {signal.dtype}: give block.float()")
    scaled = SCALED.get(signal.dtype)
    how = f"give {scaled}" if scaled else "divide it by its full scale, which is 32768 for samples of 16 bits"
    raise TypeError(f"{taker} takes floating-point audio whose full scale is 1, not {signal.dtype}: {how}")


def wants_gradient(signal: Tensor) -> bool:
    """Whether what is computed from a signal would have gradients."""
    return signal.requires_grad and torch.is_grad_enabled()
