"""How near chunks come to the offline model at their ends, by their overlap."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from saoctl.streaming.family import ReceptiveField
from saoctl.verify.metrics import snr_db

CHUNKS = 2  # that are computed for each overlap, in different places of the audio


@dataclass(frozen=True)
class Overlap:
    """Chunks with some overlap, of which half is cut off at each side.

    Args:
        method: encode or decode.
        overlap_frames: the number of latent frames that two neighbouring chunks share.
        exact: whether each output frame has its whole receptive field in its chunk.
        snr_db: the SNR to the offline model in the first and the last frame that is kept of a chunk. That of a whole
            signal is better, because most of its frames are further inside.
    """

    method: Literal["encode", "decode"]
    overlap_frames: int
    exact: bool
    snr_db: float


def at_ends(
    method: Literal["encode", "decode"],
    call: Callable[[Tensor], Tensor],
    given: Tensor,
    whole: Tensor,
    field: ReceptiveField,
    ratio: int,
) -> Iterator[Overlap]:
    """Yield the result of each overlap, from none to the exact one; nothing if the audio is too short for a chunk.

    Args:
        method: encode or decode.
        call: the method of the offline model.
        given: its input, [1, C, T].
        whole: its output for all of the input, [1, C', T'].
        field: the receptive field of the method.
        ratio: audio samples per latent frame.
    """
    step, out_step = (ratio, 1) if method == "encode" else (1, ratio)
    reach = field.overlap_frames // 2
    kept = reach + 1  # frames of a chunk, so that what is missing at one end does not change the frame at the other
    spare = given.shape[2] // step - kept - 2 * reach
    if spare < 0:
        return
    begins = sorted({reach + spare * index // (CHUNKS - 1) for index in range(CHUNKS)})

    def frame(output: Tensor, index: int) -> Tensor:
        """Return a frame of an output; odd strides lose samples at the end, which count as silence."""
        found = output[:, :, index * out_step : (index + 1) * out_step]
        return torch.nn.functional.pad(found, (0, out_step - found.shape[2]))

    expected = torch.cat([frame(whole, begin + at) for at in (0, reach) for begin in begins])
    for side in range(reach + 1):
        length = (kept + 2 * side) * step
        output = call(torch.cat([given.narrow(2, (begin - side) * step, length) for begin in begins]))
        found = torch.cat([frame(output, side + at) for at in (0, reach)])
        yield Overlap(method, 2 * side, side == reach, snr_db(expected, found))


def least(overlaps: Sequence[Overlap], method: str, snr: float) -> Overlap | None:
    """Return the least overlap of a method from which on the SNR never falls below `snr`; None if there is none."""
    found = None
    for each in sorted((each for each in overlaps if each.method == method), key=lambda each: -each.overlap_frames):
        if each.snr_db < snr:
            break
        found = each
    return found
