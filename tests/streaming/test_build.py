"""The stream that is built of a checkpoint stands alone."""

from pathlib import Path

import pytest
import torch

from saoctl.models.checkpoint import Checkpoint, load
from saoctl.models.oobleck.random import random_state
from saoctl.models.registry import family_of
from saoctl.streaming.build import build
from saoctl.streaming.lookahead import most_lookahead
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
    lookahead = most_lookahead(TINY) if form == "lookahead" else None
    stream = build(family.offline(TINY, state, sampling=True), precision, lookahead=lookahead)
    assert isinstance(stream, torch.nn.Module)
    assert places.isdisjoint(tensor.data_ptr() for tensor in stream.parameters())
