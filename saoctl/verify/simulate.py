"""What a stream with less lookahead should give, by the offline model: each block as the end of a signal, by itself.

Slow, and independent of the stream: it keeps no state, and computes for every block what is near its end anew. See
`saoctl.streaming.lookahead` for what it is that is computed.
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from saoctl.models.family import Architecture, Reference
from saoctl.vocabulary import Method


def simulate(
    reference: Reference,
    architecture: Architecture,
    lookahead: Mapping[str, int],
    method: Method,
    given: Tensor,
    frames: Sequence[int],
    context: int,
) -> Tensor:
    """The whole output of a stream, without its latency.

    Args:
        reference: the offline model.
        architecture: its numbers.
        lookahead: of the stream, as its description has it.
        method: encode, decode or forward.
        given: the method's input, [B, C, T].
        frames: the blocks, in latent frames; they add up to T.
        context: latent frames before a moment that what is computed there depends on.
    """
    if method == "encode":
        return estimates(reference.encode, given, architecture.ratio, 1, frames, [lookahead["encode"]], context)[0]
    rate = architecture.ratio // lookahead["step"]
    core, rest = reference.split_decoder(rate)
    if method == "decode":
        return rest(estimates(core, given, 1, rate, frames, [lookahead["decode"]], context)[0])

    def both(audio: Tensor) -> Tensor:
        return core(reference.encode(audio))

    return rest(estimates(both, given, architecture.ratio, rate, frames, [lookahead["forward"]], context)[0])


def estimates(
    call: Callable[[Tensor], Tensor],
    given: Tensor,
    per_frame: int,
    rate: int,
    frames: Sequence[int],
    aheads: Sequence[int],
    context: int,
) -> list[Tensor]:
    """What is handed on after each block, one after the other: the newest estimates, `ahead` samples behind its end.

    Args:
        call: the offline model, [B, C, F * per_frame] -> [B, C', F * rate], or a little less.
        given: its input.
        per_frame: samples of the input per latent frame.
        rate: samples of the output per latent frame.
        frames: the blocks.
        aheads: in samples of the output, for each of which there is a result.
        context: in latent frames.
    """
    total = sum(frames)
    parts: list[list[Tensor]] = [[] for _ in aheads]
    done = [0] * len(aheads)
    seen = 0
    for size in frames:
        seen += size
        begin = max(min(done) // rate - context, 0)
        rows = call(given[:, :, begin * per_frame : seen * per_frame])
        for index, ahead in enumerate(aheads):
            until = begin * rate + rows.shape[2] if seen == total else max(seen * rate - ahead, 0)
            # Odd strides lose samples at an end that is none; there the stream has zeros.
            padded = torch.nn.functional.pad(rows, (0, max(until - begin * rate - rows.shape[2], 0)))
            parts[index].append(padded[:, :, done[index] - begin * rate : until - begin * rate])
            done[index] = max(done[index], until)
    return [torch.cat(each, dim=2) for each in parts]
