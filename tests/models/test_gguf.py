"""Weights in a GGUF file, as acestep.cpp's converter writes them, are those of the checkpoint that it was made from."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from saoctl.errors import FileError
from saoctl.models.checkpoint import load, locate
from saoctl.models.gguf import read
from saoctl.models.oobleck.random import random_state
from saoctl.models.oobleck.tensors import to_diffusers_name
from tests.architectures import TINY

gguf = pytest.importorskip("gguf")


def write(path: Path, tensors: dict[str, Tensor]) -> Path:
    """Write a file as acestep.cpp's `convert.py` does: each tensor with its own type and its own name."""
    writer = gguf.GGUFWriter(path, "acestep-vae")
    for name, tensor in tensors.items():
        if tensor.dtype == torch.bfloat16:
            numbers = tensor.contiguous().view(torch.int16).numpy().view(np.uint16)
            writer.add_tensor(name, numbers, raw_dtype=gguf.GGMLQuantizationType.BF16)
        else:
            writer.add_tensor(name, tensor.contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_the_autoencoder_is_read_bit_for_bit(tmp_path: Path, dtype: torch.dtype) -> None:
    state = {name: tensor.to(dtype) for name, tensor in random_state(TINY, seed=0).items()}
    tensors = {
        to_diffusers_name(name, TINY): tensor[None, :, None] if name.endswith((".alpha", ".beta")) else tensor
        for name, tensor in state.items()
    }
    loaded = load(locate(write(tmp_path / "vae.gguf", tensors)), TINY)[1]
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], tensor.float()) for name, tensor in state.items())


def test_quantised_tensors_are_what_the_package_decodes(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).standard_normal((3, 64), np.float32)
    kind = gguf.GGMLQuantizationType.Q8_0
    writer = gguf.GGUFWriter(tmp_path / "q8.gguf", "acestep-vae")
    writer.add_tensor("a", gguf.quantize(numbers, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    found = read(tmp_path / "q8.gguf")["a"]
    assert found.shape == (3, 64)
    assert (found - torch.from_numpy(numbers)).abs().max() < 0.02


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_file_that_ends_too_early_is_refused(tmp_path: Path, kept: float) -> None:
    path = write(tmp_path / "vae.gguf", random_state(TINY, seed=0))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(FileError, match="is damaged: it begins like a checkpoint"):
        load(locate(path), TINY)


def test_without_the_package_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "vae.gguf", random_state(TINY, seed=0))
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(FileError, match=r"is a GGUF file, which needs the package gguf\.") as error:
        load(locate(path), TINY)
    assert "pip install 'saoctl[gguf]'" in error.value.hint
