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
        return _estimates(reference.encode, given, architecture.ratio, 1, frames, lookahead["encode"], context)
    rate = architecture.ratio // lookahead["step"]
    core, rest = reference.split_decoder(rate)
    if method == "decode":
        return rest(_estimates(core, given, 1, rate, frames, lookahead["decode"], context))

    def both(audio: Tensor) -> Tensor:
        return core(reference.encode(audio))

    return rest(_estimates(both, given, architecture.ratio, rate, frames, lookahead["forward"], context))


def _estimates(
    call: Callable[[Tensor], Tensor],
    given: Tensor,
    per_frame: int,
    rate: int,
    frames: Sequence[int],
    ahead: int,
    context: int,
) -> Tensor:
    """What is handed on after each block, one after the other: the newest estimates, `ahead` samples behind its end.

    Args:
        call: the offline model, [B, C, F * per_frame] -> [B, C', F * rate], or a little less.
        given: its input.
        per_frame: samples of the input per latent frame.
        rate: samples of the output per latent frame.
        frames: the blocks.
        ahead: in samples of the output.
        context: in latent frames.
    """
    total = sum(frames)
    parts: list[Tensor] = []
    done = seen = 0
    for size in frames:
        seen += size
        begin = max(done // rate - context, 0)
        rows = call(given[:, :, begin * per_frame : seen * per_frame])
        until = begin * rate + rows.shape[2] if seen == total else max(seen * rate - ahead, 0)
        # Odd strides lose samples at an end that is none; there the stream has zeros.
        rows = torch.nn.functional.pad(rows, (0, max(until - begin * rate - rows.shape[2], 0)))
        parts.append(rows[:, :, done - begin * rate : until - begin * rate])
        done = max(done, until)
    return torch.cat(parts, dim=2)
