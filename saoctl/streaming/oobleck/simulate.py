"""What a stream with a shorter lookahead should give, by the offline model: each block as the end of a signal.

This is slow and independent of the stream: it keeps no state, and computes everything near the end of a block anew for
every block. `lookahead.py` says what it is that is computed.
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.oobleck.lookahead import CORE_BLOCKS, MIDDLE_BLOCKS, most_lookahead
from saoctl.vocabulary import Method

Call = Callable[[Tensor], Tensor]


def simulate(
    reference: Reference,
    architecture: OobleckArchitecture,
    aheads: Mapping[Method, Sequence[int]],
    given: Tensor,
    frames: Sequence[int],
    context: int,
) -> dict[Method, list[Tensor]]:
    """Compute the whole outputs of streams, without their latency; see `saoctl.streaming.family.Dial.simulate`.

    `encode` and `forward` are computed together, because their estimates have much in common. `context` is the number
    of latent frames before a moment that what is computed there depends on.
    """
    most = most_lookahead(architecture)
    ratio, first, second = most.ratio, most.ratio // most.core_step, most.ratio // most.step
    decoder = architecture.decoder
    assert decoder is not None  # else there is no dial
    layers, blocks = reference.model.decoder.layers, len(decoder.strides)
    # The layers of the decoder are a first convolution, a block for each stride, and what follows.
    begin, end = (1 + min(count, blocks) for count in (CORE_BLOCKS, CORE_BLOCKS + MIDDLE_BLOCKS))
    core, middle, rest = _part(layers[:begin], architecture.scale), _part(layers[begin:end]), _part(layers[end:])
    # The residual units of a block and its stride reach so many of its samples, back and ahead.
    reach = 3 * sum(decoder.dilations) + 2 * max(decoder.strides)
    near = min(context, -(-reach // second) + 1)
    tails: dict[Method, list[Tail]] = {}
    for method, several in aheads.items():
        if method == "encode":
            tails[method] = [Handing(1, ahead) for ahead in several]
        else:
            tails[method] = [Middle(middle, first, second, ahead, near) for ahead in several]
    per_frame = 1 if "decode" in aheads else ratio
    total, seen = sum(frames), 0
    for size in frames:
        seen += size
        last = seen == total
        begin = max(min(tail.done // tail.rate for each in tails.values() for tail in each) - context, 0)
        block = given[:, :, begin * per_frame : seen * per_frame]
        latents = block if "decode" in aheads else reference.encode(block)
        for method, each in tails.items():
            rows = latents if method == "encode" else core(reference.model_latents(latents))
            # Odd strides lose samples at the end of a block; before the end of the signal, the stream has zeros there.
            if not last:
                rows = torch.nn.functional.pad(rows, (0, (seen - begin) * each[0].rate - rows.shape[2]))
            for tail in each:
                tail.take(rows, begin, seen, last)
    outputs: dict[Method, list[Tensor]] = {}
    for method, each in tails.items():
        joined = [torch.cat(tail.parts, dim=2) for tail in each]
        outputs[method] = joined if method == "encode" else [rest(output) for output in joined]
    return outputs


def _part(layers: nn.Sequential, gain: float = 1.0) -> Call:
    """Return some layers of the decoder as a function; their input is multiplied by the gain."""

    @torch.inference_mode()
    def call(given: Tensor) -> Tensor:
        gives: Tensor = layers(given * gain)
        return gives

    return call


class Handing:
    """The estimates that are handed on after each block: the newest ones, up to `ahead` samples before its end.

    Args:
        rate: samples of the estimates per latent frame.
        ahead: the lookahead in these samples.
    """

    def __init__(self, rate: int, ahead: int) -> None:
        self.rate, self.ahead = rate, ahead
        self.done = 0  # samples that have been handed on
        self.parts: list[Tensor] = []

    def take(self, rows: Tensor, begin: int, seen: int, last: bool) -> None:
        """Take the estimates of a block.

        Args:
            rows: the estimates from the latent frame `begin` on, [B, C, T].
            begin: the first latent frame.
            seen: latent frames that have come, including this block.
            last: whether this is the last block.
        """
        until = begin * self.rate + rows.shape[2] if last else max(seen * self.rate - self.ahead, 0)
        self.parts.append(rows[:, :, self.done - begin * self.rate : until - begin * self.rate])
        self.done = max(self.done, until)


class Middle:
    """The middle of a decoder: input that was handed on stays, and after it the newest estimates are taken.

    Args:
        call: the offline layers, [B, C, T] -> [B, C', T * second / first], or a little less.
        first, second: samples per latent frame of the input and of the output.
        ahead: the lookahead in samples of the output.
        context: latent frames before a moment that the output there depends on.
    """

    def __init__(self, call: Callable[[Tensor], Tensor], first: int, second: int, ahead: int, context: int) -> None:
        self.call, self.rate, self.second = call, first, second
        self.context = context
        self.settled = Handing(first, -(-ahead * first // second))
        self.given = Handing(second, ahead)

    @property
    def done(self) -> int:
        """The number of input samples that have been handed on."""
        return self.settled.done

    @property
    def parts(self) -> list[Tensor]:
        """The output."""
        return self.given.parts

    def take(self, rows: Tensor, begin: int, seen: int, last: bool) -> None:
        """Take the estimates of a block; see `Handing.take`."""
        before = self.settled.done
        fresh = rows[:, :, before - begin * self.rate :]
        self.settled.take(rows, begin, seen, last)
        past = torch.cat([rows[:, :, :0], *self.settled.parts[:-1]], dim=2)
        start = max(min(before // self.rate, self.given.done // self.second) - self.context, 0)
        inputs = torch.cat((past[:, :, start * self.rate :], fresh), dim=2)
        if not last:  # samples further ahead do not change what is handed on
            end = min(seen, -(-max(seen * self.second - self.given.ahead, 0) // self.second) + self.context)
            inputs = inputs[:, :, : max(end - start, 0) * self.rate]
        outputs = self.call(inputs) if inputs.shape[2] else inputs.repeat_interleave(self.second // self.rate, 2)
        if not last:
            outputs = torch.nn.functional.pad(outputs, (0, max((seen - start) * self.second - outputs.shape[2], 0)))
        self.given.take(outputs, start, seen, last)


Tail = Handing | Middle
