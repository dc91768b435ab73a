"""The places of tensors in a file of torch.save are found without loading it, and nothing in it runs."""

import io
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.models.checkpoint import load, locate
from saoctl.models.oobleck.random import random_state
from saoctl.models.pickled import read_header
from tests.architectures import TINY
from tests.examples import examples

DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def saved(content: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def header_of(content: bytes) -> Any:
    return read_header(lambda start, stop: content[start:stop], len(content))


def numbers(tensor: Tensor) -> bytes:
    return bytes(tensor.contiguous().view(torch.uint8).numpy().tobytes())


@examples(30)
@given(
    shapes=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=3), min_size=1, max_size=6),
    dtype=st.sampled_from(list(DTYPES)),
    nested=st.booleans(),
)
def test_the_bytes_of_each_tensor_are_found(shapes: list[list[int]], dtype: torch.dtype, nested: bool) -> None:
    tensors = {f"encoder.{i}": torch.randn(shape).to(dtype) for i, shape in enumerate(shapes)}
    content = saved({"epoch": 3, "state_dict": tensors, "callbacks": {Path: [Path("x")]}} if nested else tensors)
    header, others = header_of(content)
    assert (header.keys(), others) == (tensors.keys(), [])
    for name, (kind, shape, (first, stop)) in header.items():
        assert kind == DTYPES[dtype]
        assert shape == list(tensors[name].shape)
        assert content[first:stop] == numbers(tensors[name])


def test_views_are_found_in_their_storage_and_what_is_no_range_of_bytes_is_named() -> None:
    whole = torch.arange(24.0).view(4, 6)
    content = saved({"whole": whole, "rows": whole[1:3], "columns": whole[:, 1:3], "integers": torch.arange(3)})
    header, others = header_of(content)
    assert header.keys() == {"whole", "rows"}
    assert others == ["columns", "integers"]
    first, stop = header["rows"][2]
    assert content[first:stop] == numbers(whole[1:3])


def test_a_training_checkpoint_is_loaded_without_the_objects_beside_its_tensors(tmp_path: Path) -> None:
    state = random_state(TINY, seed=0)
    torch.save({"callbacks": {Path: [Path("x")]}, "state_dict": state}, tmp_path / "model.ckpt")
    loaded = load(locate(tmp_path / "model.ckpt"), TINY)[1]
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in state.items())


class _Dangerous:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("touched"),))


def test_nothing_of_a_pickle_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    header, _ = header_of(saved({"a": torch.zeros(2), "b": _Dangerous(), "c": {"d": [_Dangerous()]}}))
    assert header.keys() == {"a"}
    assert not (tmp_path / "touched").exists()


OTHERS = {
    "empty": b"",
    "a pickle": pickle.dumps({"a": 1}),
    "JSON": json.dumps({"a": 1}).encode(),
    "no state dict": saved([1, 2]),
    "cut off": saved({"a": torch.zeros(9)})[:-40],
    "a legacy file": b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.",
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_no_such_file_has_no_places(case: str) -> None:
    assert header_of(OTHERS[case]) is None


@given(data=st.data())
def test_a_flipped_bit_gives_no_other_error(data: st.DataObject) -> None:
    content = bytearray(saved({"state_dict": {"encoder.a": torch.ones(3)}}))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    header_of(bytes(content))
