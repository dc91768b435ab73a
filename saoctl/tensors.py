"""Checks tensors that callers in Python pass as signals, and explains how to convert others."""

import torch
from torch import Tensor

# How to scale samples of a dtype to a full scale of 1.
SCALED = {
    torch.int8: "block / 128",
    torch.uint8: "(block.float() - 128) / 128",
    torch.int16: "block / 32768",
    torch.int32: "block / 2147483648",
}


def check_signal(taker: str, signal: object, *, is_audio: bool) -> Tensor:
    """Return a signal if it is a tensor of floating-point numbers of any precision.

    Args:
        taker: the function that takes the signal, for the message.
        signal: what the caller passed.
        is_audio: the signal is audio, whose integers must be scaled; integer latents need not be.

    Raises:
        TypeError: it is not a tensor, or has no dense values, or has integers, complex numbers or booleans. The message
            says how to convert it.
    """
    if not isinstance(signal, Tensor):
        given = f"{type(signal).__module__}.{type(signal).__qualname__}".removeprefix("builtins.")
        raise TypeError(f"{taker} takes a torch.Tensor, not {given}: give torch.as_tensor(block)")
    if signal.is_meta or signal.layout != torch.strided:
        where = "the device meta" if signal.is_meta else f"the layout {signal.layout}"
        raise TypeError(f"{taker} takes a dense tensor, not one of {where}")
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
    """Tell whether gradients would be recorded for a signal."""
    return signal.requires_grad and torch.is_grad_enabled()
