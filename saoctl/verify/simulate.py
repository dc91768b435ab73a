"""What a stream with less lookahead should give, by the offline model: each block as the end of a signal, by itself.

Slow, and independent of the stream: it keeps no state, and computes for every block what is near its end anew. See
`saoctl.streaming.oobleck.lookahead` for what it is that is computed.
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
    steps = lookahead["core_step"], lookahead["step"]
    aheads: dict[Method, list[int]] = {method: [lookahead[method]]}
    return simulate_all(reference, architecture, steps, given, frames, aheads, context)[method][0]


def simulate_all(
    reference: Reference,
    architecture: Architecture,
    steps: tuple[int, int],
    given: Tensor,
    frames: Sequence[int],
    aheads: Mapping[Method, Sequence[int]],
    context: int,
) -> dict[Method, list[Tensor]]:
    """The same for several lookaheads at once, and for `encode` and `forward`, whose estimates have much in common.

    Args:
        reference: the offline model.
        architecture: its numbers.
        steps: audio samples of a step of the core, and of one of the lookahead.
        given: the input of all methods, [B, C, T].
        frames: the blocks, in latent frames; they add up to T.
        aheads: per method the lookaheads, in latent frames for encode, else in steps; either `decode` or others.
        context: latent frames before a moment that what is computed there depends on.
    """
    ratio = architecture.ratio
    first, second = (ratio // step for step in steps)
    core, middle, rest = reference.split_decoder(first, second)
    tails: dict[Method, list[Tail]] = {}
    for method, several in aheads.items():
        if method == "encode":
            tails[method] = [Handing(1, ahead) for ahead in several]
        else:
            tails[method] = [Middle(middle, first, second, ahead, context) for ahead in several]
    per_frame = 1 if "decode" in aheads else ratio
    total, seen = sum(frames), 0
    for size in frames:
        seen += size
        last = seen == total
        begin = max(min(tail.done // tail.rate for each in tails.values() for tail in each) - context, 0)
        block = given[:, :, begin * per_frame : seen * per_frame]
        latents = block if "decode" in aheads else reference.encode(block)
        for method, each in tails.items():
            rows = latents if method == "encode" else core(latents)
            # Odd strides lose samples at an end that is none; there the stream has zeros.
            if not last:
                rows = torch.nn.functional.pad(rows, (0, (seen - begin) * each[0].rate - rows.shape[2]))
            for tail in each:
                tail.take(rows, begin, seen, last)
    outputs: dict[Method, list[Tensor]] = {}
    for method, each in tails.items():
        joined = [torch.cat(tail.parts, dim=2) for tail in each]
        outputs[method] = joined if method == "encode" else [rest(output) for output in joined]
    return outputs


REACH = 64  # samples of the middle


class Handing:
    """What is handed on of estimates: after each block the newest, `ahead` samples behind its end.

    Args:
        rate: samples of the estimates per latent frame.
        ahead: in these samples.
    """

    def __init__(self, rate: int, ahead: int) -> None:
        self.rate, self.ahead = rate, ahead
        self.done = 0  # samples that have been handed on
        self.parts: list[Tensor] = []

    def take(self, rows: Tensor, begin: int, seen: int, last: bool) -> None:
        """The estimates of a block.

        Args:
            rows: from the latent frame `begin` on, [B, C, T].
            begin: that.
            seen: latent frames that have come, with this block.
            last: there are no more.
        """
        until = begin * self.rate + rows.shape[2] if last else max(seen * self.rate - self.ahead, 0)
        self.parts.append(rows[:, :, self.done - begin * self.rate : until - begin * self.rate])
        self.done = max(self.done, until)


class Middle:
    """The middle of a decoder: what it was handed on stays, what it was not is taken as it is estimated now.

    Args:
        call: the offline model's, [B, C, T] -> [B, C', T * second / first], or a little less.
        first, second: samples per latent frame that it is given, and gives.
        ahead: lookahead, in samples that it gives.
        context: latent frames before a moment that what is computed there depends on.
    """

    def __init__(self, call: Callable[[Tensor], Tensor], first: int, second: int, ahead: int, context: int) -> None:
        self.call, self.rate, self.second = call, first, second
        # A block's residual units and its stride reach less than so many samples, back and ahead.
        self.context = min(context, -(-REACH // second) + 1)
        self.settled = Handing(first, -(-ahead * first // second))
        self.given = Handing(second, ahead)

    @property
    def done(self) -> int:
        """Samples of its input that have been handed on."""
        return self.settled.done

    @property
    def parts(self) -> list[Tensor]:
        """Its output."""
        return self.given.parts

    def take(self, rows: Tensor, begin: int, seen: int, last: bool) -> None:
        """See `Handing.take`."""
        before = self.settled.done
        fresh = rows[:, :, before - begin * self.rate :]
        self.settled.take(rows, begin, seen, last)
        past = torch.cat([rows[:, :, :0], *self.settled.parts[:-1]], dim=2)
        start = max(min(before // self.rate, self.given.done // self.second) - self.context, 0)
        inputs = torch.cat((past[:, :, start * self.rate :], fresh), dim=2)
        if not last:  # what lies further ahead changes nothing of what is handed on
            end = min(seen, -(-max(seen * self.second - self.given.ahead, 0) // self.second) + self.context)
            inputs = inputs[:, :, : max(end - start, 0) * self.rate]
        outputs = self.call(inputs) if inputs.shape[2] else inputs.repeat_interleave(self.second // self.rate, 2)
        if not last:
            outputs = torch.nn.functional.pad(outputs, (0, max((seen - start) * self.second - outputs.shape[2], 0)))
        self.given.take(outputs, start, seen, last)


Tail = Handing | Middle
