"""Normal noise as a function of its place: the same however a stream is cut, and however often it is asked for.

A generator gives noise in the order in which it is asked. Here blocks have any size, a frame may be estimated again,
and a stream that begins anew gives what it gave. So the place is hashed, with multipliers and shifts that C. Wellons
found to leave little bias in 32 bits (https://nullprogram.com/blog/2018/07/31/), and two such numbers make a normal one
(G. Box and M. Muller, 1958).
"""

import torch
from torch import Tensor


def normal_at(first: int, frames: int, like: Tensor) -> Tensor:
    """Noise of frames, [B, frames, C], with mean 0 and variance 1, independent of each other.

    Args:
        first: the number of the first frame; negative ones are good too.
        frames: how many.
        like: [B, 1, C], of the dtype and on the device that the noise shall have.
    """
    return normal_of(torch.arange(first, first + frames, device=like.device), like)


def normal_of(frame: Tensor, like: Tensor) -> Tensor:
    """The same for frames whose numbers are given, int64 [F]."""
    rows, channels = like.shape[0], like.shape[2]
    channel = torch.arange(channels, device=like.device)
    row = torch.arange(rows, device=like.device)
    # Each is hashed into the next, as their sums would meet.
    place = _hashed(_hashed(_hashed(row + 0x53414F43)[:, None, None] + frame[:, None]) + channel)
    radius = torch.sqrt(torch.log(_uniform(place)) * -2.0)
    turn = torch.sin(_uniform(_hashed(place + 1)) * 6.283185307179586)
    return (radius * turn).to(like.dtype)


def _hashed(x: Tensor) -> Tensor:
    """Whole numbers of 64 bits to such of 32, in tensors of 64."""
    x = x.bitwise_and(0xFFFFFFFF)
    x = (x.bitwise_xor(x.bitwise_right_shift(16)) * 0x7FEB352D).bitwise_and(0xFFFFFFFF)
    x = (x.bitwise_xor(x.bitwise_right_shift(15)) * 0x846CA68B).bitwise_and(0xFFFFFFFF)
    return x.bitwise_xor(x.bitwise_right_shift(16))


def _uniform(x: Tensor) -> Tensor:
    """Numbers of 32 bits to such between 0 and 1, float32, and neither of these two."""
    return (x.bitwise_right_shift(8).to(torch.float32) + 0.5) / 16777216.0
