"""The choice of a lookahead for Oobleck's streams: `encode` looks ahead in latent frames, the others in steps."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder
from saoctl.streaming.family import Dial, Lookahead
from saoctl.streaming.oobleck.layers import Product
from saoctl.streaming.oobleck.lookahead import LookaheadAutoencoder, context_frames, most_lookahead, without_weights
from saoctl.streaming.oobleck.simulate import simulate
from saoctl.streaming.state import Cursor
from saoctl.vocabulary import Method


class OobleckDial(Dial[OobleckArchitecture]):
    """The dial of the streams in `lookahead.py`, which says what a step is."""

    def choose(
        self,
        architecture: OobleckArchitecture,
        total: float,
        encode: float | None = None,
        decode: float | None = None,
        queued: int = 0,
    ) -> dict[str, int] | None:
        """Choose a lookahead as `Dial.choose` says.

        If neither share is given, the encoder gets half of (`total` - 1 frame), because on a trained model it needs a
        frame less than the decoder for the same error.
        """
        most, sample_rate = most_lookahead(architecture), architecture.sample_rate

        def samples(ms: float) -> int:
            return math.floor(ms * sample_rate / 1e3 + 1e-6) - queued

        def ms_of(method: Method, ahead: int) -> float:
            return (most.late(method, ahead) + queued) / sample_rate * 1e3

        def steps(ms: float, method: Method, exact: int) -> int:
            found = (samples(ms) - most.rest) // most.step
            least, largest = (ms_of(method, count) for count in (most.least, exact))
            if found < most.least:
                needed = math.ceil(least)
                raise ValueError(f"{ms:g} ms of latency is too little: {method} needs {least:.1f} ms; use {needed}")
            if found > exact:
                message = f"{method} is exact with {largest:.1f} ms, and need not be {ms:g} ms late; use `exact`"
                raise ValueError(message)
            return found

        forward = steps(total, "forward", most.forward)
        if encode is None:
            left = (samples(total) - most.rest if decode is None else samples(total) - samples(decode)) / most.ratio
            left -= most.least * most.step / most.ratio if decode is None else 0
            frames = math.floor((left - 1) / 2) if decode is None else math.floor(left)
            frames = min(max(frames, 0), most.encode)
        else:
            frames = samples(encode) // most.ratio
            if frames > most.encode:
                exact = ms_of("encode", most.encode)
                raise ValueError(f"encode is exact with {exact:.1f} ms, and need not be {encode:g} ms late")
        if decode is None:
            found = (samples(total) - frames * most.ratio - most.rest) // most.step
            if found < most.least:
                message = f"encode leaves too little of {total:g} ms for decode; choose a shorter latency of encode"
                raise ValueError(message)
            decoded = min(found, most.decode)
        else:
            decoded = steps(decode, "decode", most.decode)
        chosen = replace(most, encode=frames, decode=decoded, forward=forward)
        return None if chosen == most else chosen.described

    def stream(self, offline: nn.Module, lookahead: Lookahead) -> LookaheadAutoencoder:
        assert isinstance(offline, OobleckAutoencoder)
        return LookaheadAutoencoder(offline, lookahead["encode"], lookahead["decode"], lookahead["forward"])

    def near(self, architecture: OobleckArchitecture, method: Method, milliseconds: Sequence[float]) -> dict[int, int]:
        most = most_lookahead(architecture)
        if method == "encode":
            aheads = list(range(most.encode + 1))
        else:
            exact = most.decode if method == "decode" else most.forward
            near = ((round(ms * architecture.sample_rate / 1e3) - most.rest) // most.step for ms in milliseconds)
            aheads = sorted({most.least, *(ahead for ahead in near if most.least < ahead < exact), exact})
        return {ahead: most.late(method, ahead) for ahead in aheads}

    def arithmetic(
        self, architecture: OobleckArchitecture, method: Method, aheads: Sequence[int], frames: int
    ) -> list[float]:
        most = most_lookahead(architecture)
        with torch.device("meta"):
            stream = LookaheadAutoencoder(without_weights(architecture), most.encode, most.decode, most.forward)
        return [_arithmetic_ratio(stream, method, ahead, frames) for ahead in aheads]

    def simulate(
        self,
        reference: Reference,
        architecture: OobleckArchitecture,
        aheads: Mapping[Method, Sequence[int]],
        given: Tensor,
        frames: Sequence[int],
    ) -> dict[Method, list[Tensor]]:
        return simulate(reference, architecture, aheads, given, frames, context_frames(architecture))


def _arithmetic_ratio(stream: LookaheadAutoencoder, method: Method, ahead: int, frames: int) -> float:
    """Return the arithmetic of a method with a lookahead, relative to the exact stream, in blocks of `frames`."""
    settled = whole = 0.0

    def count(stack: Any, cursor: Cursor) -> None:
        nonlocal settled, whole
        for link in stack.links:
            layer: Any = link.layer
            if not hasattr(layer, "ahead"):
                continue
            products = [part for part in layer.modules() if isinstance(part, Product)]
            # A transposed convolution gives `stride` samples at once.
            each = sum(part.weight.numel() for part in products) / getattr(layer, "stride", 1)
            exact = frames * stream.ratio // layer.ahead.gives_step
            settled += each * exact
            whole += each * (layer.ahead(torch.empty(0, 0), cursor) if cursor.settled >= 0 else exact)

    nothing, samples = torch.empty(0), frames * stream.ratio
    now = 100 * stream.ratio + samples  # far from the beginning
    late = ahead * (stream.ratio if method == "encode" else stream.step)
    if method == "encode":
        count(stream.encoder, Cursor(nothing, now - samples, now, samples, now - late))
        return whole / settled
    handed, core_needed, needed = stream.plan(ahead, stream.most_forward if method == "forward" else stream.most_decode)
    if method == "forward":
        count(stream.encoder, Cursor(nothing, now - samples, now, samples, now - needed))
    lag = stream.most_encode * stream.ratio if method == "forward" else 0
    count(stream.core, Cursor(nothing, now - samples - lag, now, samples, now - core_needed))
    count(stream.middle, Cursor(nothing, now - samples - handed, now, samples, now - late))
    count(stream.rest, Cursor(nothing, now - samples, -1, -1, -1))
    return whole / settled
