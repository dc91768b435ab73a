"""The stream that is built of a checkpoint stands alone."""

import weakref
from pathlib import Path
from typing import Any

import pytest
import torch

from saoctl.models.checkpoint import Checkpoint, load
from saoctl.models.oobleck.random import random_state
from saoctl.models.registry import family_of
from saoctl.streaming.build import build
from saoctl.streaming.oobleck.layers import Stack
from saoctl.streaming.oobleck.lookahead import most_lookahead
from saoctl.vocabulary import Precision
from tests.architectures import TINY


@pytest.mark.parametrize("precision", ["float32", "mixed", "bfloat16"])
@pytest.mark.parametrize("form", ["exact", "lookahead"])
def test_a_stream_holds_nothing_of_the_checkpoint(tmp_path: Path, precision: Precision, form: str) -> None:
    """The tensors of a file are parts of one mapping, and the smallest of them would keep all of it in memory."""
    family = family_of(TINY)
    family.write(tmp_path, TINY, random_state(TINY, 0))
    (weights,) = tmp_path.rglob("*.safetensors")
    _, state = load(Checkpoint(weights, None), TINY)
    places = {tensor.data_ptr() for tensor in state.values()}
    lookahead = most_lookahead(TINY).described if form == "lookahead" else None
    stream = build(family.offline(TINY, state, sampling=True), precision, lookahead=lookahead)
    assert isinstance(stream, torch.nn.Module)
    assert places.isdisjoint(tensor.data_ptr() for tensor in stream.parameters())


def test_the_weights_of_the_encoder_are_dropped_before_the_decoder_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """And those of the decoder when all is built: they need not lie in memory side by side with the stream."""
    offline = family_of(TINY).offline(TINY, random_state(TINY, 0), sampling=True)
    parts = [[weakref.ref(tensor) for tensor in part.parameters()] for part in (offline.encoder, offline.decoder)]
    at_begin = []

    def left() -> list[bool]:
        return [any(each() is not None for each in part) for part in parts]

    def stack(self: Stack, *arguments: Any) -> None:
        at_begin.append(left())
        begin(self, *arguments)

    begin = Stack.__init__
    monkeypatch.setattr(Stack, "__init__", stack)
    build(offline, "float32")
    assert at_begin == [[True, True], [False, True]]
    assert left() == [False, False]
