"""Normal noise as a function of its position: the same in blocks of any size, and each time that it is computed.

A generator would give noise in the order of the calls. Here blocks have any size, a frame may be estimated again, and a
stream after a reset repeats its output. So the position is hashed, with multipliers and shifts that C. Wellons found to
leave little bias in 32 bits (https://nullprogram.com/blog/2018/07/31/). Two hashes give a normally distributed number
(G. Box and M. Muller, 1958).
"""

import torch
from torch import Tensor


def normal_at(first: int, frames: int, like: Tensor) -> Tensor:
    """Return noise for frames, [B, frames, C], independent numbers with mean 0 and variance 1.

    Args:
        first: the index of the first frame, which may be negative.
        frames: the number of frames.
        like: [B, 1, C], with the dtype and the device of the result.
    """
    return normal_of(torch.arange(first, first + frames, device=like.device), like)


def normal_of(frame: Tensor, like: Tensor) -> Tensor:
    """Return noise for frames with the given indices, int64 [F]; see `normal_at`."""
    rows, channels = like.shape[0], like.shape[2]
    channel = torch.arange(channels, device=like.device)
    row = torch.arange(rows, device=like.device)
    # Each index is hashed before the next one is added, because sums of indices would coincide.
    place = _hashed(_hashed(_hashed(row + 0x53414F43)[:, None, None] + frame[:, None]) + channel)
    radius = torch.sqrt(torch.log(_uniform(place)) * -2.0)
    turn = torch.sin(_uniform(_hashed(place + 1)) * 6.283185307179586)
    return (radius * turn).to(like.dtype)


def _hashed(x: Tensor) -> Tensor:
    """Hash integers of 64 bits to integers of 32 bits, in tensors of 64."""
    x = x.bitwise_and(0xFFFFFFFF)
    x = (x.bitwise_xor(x.bitwise_right_shift(16)) * 0x7FEB352D).bitwise_and(0xFFFFFFFF)
    x = (x.bitwise_xor(x.bitwise_right_shift(15)) * 0x846CA68B).bitwise_and(0xFFFFFFFF)
    return x.bitwise_xor(x.bitwise_right_shift(16))


def _uniform(x: Tensor) -> Tensor:
    """Map integers of 32 bits to float32 numbers between 0 and 1, exclusive."""
    return (x.bitwise_right_shift(8).to(torch.float32) + 0.5) / 16777216.0
