"""Checkpoints in every layout end in the same state dict; nothing else ends in one."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor

from saoctl.errors import FileError
from saoctl.weights import layouts
from saoctl.weights.architecture import Architecture, to_diffusers, to_stable_audio_tools_diffusion
from saoctl.weights.layouts import Checkpoint, load, locate
from saoctl.weights.made import random_state
from saoctl.weights.source import write_made
from tests.models import FULL_SIZE, TINY


@pytest.fixture
def state() -> dict[str, Tensor]:
    return random_state(TINY, seed=0)


def write_full(folder: Path, state: dict[str, Tensor], architecture: Architecture = TINY) -> Path:
    """A folder with model_config.json and model.safetensors, as the full checkpoint has them."""
    folder.mkdir(exist_ok=True)
    (folder / "model_config.json").write_text(json.dumps(to_stable_audio_tools_diffusion(architecture)))
    layouts.write_prefixed(folder / "model.safetensors", state)
    return folder


def write_ckpt(folder: Path, content: Any) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "model_config.json").write_text(json.dumps(to_stable_audio_tools_diffusion(TINY)))
    torch.save(content, folder / "model.ckpt")
    return folder


def assert_same(loaded: dict[str, Tensor], state: dict[str, Tensor]) -> None:
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], state[name]) for name in state)


def test_the_diffusers_layout_loads(tmp_path: Path, state: dict[str, Tensor]) -> None:
    write_made(tmp_path / "made", TINY, seed=0)
    assert (tmp_path / "made" / "vae" / "diffusion_pytorch_model.safetensors").is_file()
    architecture, loaded = load(locate(tmp_path / "made"))
    assert architecture == TINY
    assert_same(loaded, state)
    assert_same(load(locate(tmp_path / "made" / "vae"))[1], state)


def test_the_full_checkpoint_loads_its_autoencoder_alone(tmp_path: Path, state: dict[str, Tensor]) -> None:
    folder = write_full(tmp_path / "full", state)
    tensors = safetensors.torch.load_file(folder / "model.safetensors")
    tensors["model.model.transformer.weight"] = torch.zeros(3)
    safetensors.torch.save_file(tensors, folder / "model.safetensors")
    architecture, loaded = load(locate(folder))
    assert architecture == TINY
    assert_same(loaded, state)


@pytest.mark.parametrize("prefix", ["pretransform.model.", "autoencoder.", ""])
@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "bare"])
def test_a_ckpt_loads(tmp_path: Path, state: dict[str, Tensor], prefix: str, wrapped: bool) -> None:
    tensors = {f"{prefix}{name}": tensor for name, tensor in state.items()}
    folder = write_ckpt(tmp_path / "ckpt", {"state_dict": tensors, "epoch": 3} if wrapped else tensors)
    assert_same(load(locate(folder))[1], state)
    assert_same(load(locate(folder / "model.ckpt"))[1], state)


def test_half_precision_tensors_load_as_float32(tmp_path: Path, state: dict[str, Tensor]) -> None:
    folder = write_full(tmp_path / "half", {name: tensor.half() for name, tensor in state.items()})
    _, loaded = load(locate(folder))
    assert all(tensor.dtype == torch.float32 for tensor in loaded.values())


def test_diffusers_names_of_the_full_model_are_all_different() -> None:
    names = [layouts.to_diffusers_name(name, FULL_SIZE) for name in layouts.expected_shapes(FULL_SIZE)]
    assert len(set(names)) == 365
    assert "encoder.block.0.res_unit1.conv1.weight_g" in names
    assert "decoder.block.4.conv_t1.bias" in names
    assert "decoder.conv2.weight_v" in names


BREAKS = {
    "missing": (lambda state: state.pop("encoder.layers.0.weight_g"), "lacks", "encoder.layers.0.weight_g"),
    "extra": (lambda state: state.update({"encoder.layers.9.bias": torch.zeros(1)}), "unexpected", "layers.9.bias"),
    "misshapen": (
        lambda state: state.update({"decoder.layers.0.bias": torch.zeros(3)}),
        "misshapen",
        "decoder.layers.0.bias [3] instead of [8]",
    ),
    "NaN": (lambda state: state["decoder.layers.0.bias"].fill_(torch.nan), "not finite", "decoder.layers.0.bias"),
    "infinite": (lambda state: state["decoder.layers.0.bias"].fill_(torch.inf), "not finite", "decoder.layers.0.bias"),
    "integers": (
        lambda state: state.update({"decoder.layers.0.bias": torch.zeros(8, dtype=torch.int32)}),
        "not floating point",
        "decoder.layers.0.bias",
    ),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_wrong_tensor_is_named_and_refused(tmp_path: Path, state: dict[str, Tensor], broken: str) -> None:
    break_, *words = BREAKS[broken]
    break_(state)  # type: ignore[no-untyped-call]
    with pytest.raises(FileError) as error:
        load(locate(write_full(tmp_path / "broken", state)))
    assert all(word in str(error.value) for word in words)


def test_many_missing_tensors_are_counted_not_listed(tmp_path: Path, state: dict[str, Tensor]) -> None:
    kept = {name: tensor for name, tensor in state.items() if name.startswith("encoder.")}
    with pytest.raises(FileError, match=r"lacks tensors: .* and \d+ more"):
        load(locate(write_full(tmp_path / "half", kept)))


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 64, b"\xff" * 64, b"not a checkpoint" * 100])
@pytest.mark.parametrize("name", ["model.safetensors", "model.ckpt"])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, state: dict[str, Tensor], content: bytes, name: str) -> None:
    folder = write_full(tmp_path / "wrong", state)
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(content)
    with pytest.raises(FileError, match="not a valid"):
        load(locate(folder))


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("name", ["model.safetensors", "model.ckpt"])
def test_a_truncated_checkpoint_is_refused(tmp_path: Path, state: dict[str, Tensor], kept: float, name: str) -> None:
    if name == "model.ckpt":
        path = write_ckpt(tmp_path / "cut", {"state_dict": state}) / name
    else:
        path = write_full(tmp_path / "cut", state) / name
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(FileError, match="not a valid"):
        load(locate(path))


class _Dangerous:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("touched"),))


def test_a_pickle_that_would_run_code_is_refused_and_runs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_ckpt(tmp_path / "evil", {"state_dict": {"encoder.x": _Dangerous()}})
    with pytest.raises(FileError, match="not a valid"):
        load(locate(folder))
    (folder / "model.ckpt").write_bytes(pickle.dumps(_Dangerous()))
    with pytest.raises(FileError, match="not a valid"):
        load(locate(folder))
    assert not (tmp_path / "touched").exists()


def test_a_ckpt_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not hold a state dict"):
        load(locate(write_ckpt(tmp_path / "other", {"state_dict": {"a": 3}})))


def test_missing_files_are_named(tmp_path: Path, state: dict[str, Tensor]) -> None:
    with pytest.raises(FileError, match="has no checkpoint"):
        locate(tmp_path)
    with pytest.raises(FileError, match="do not exist"):
        locate(tmp_path / "nothing")
    layouts.write_prefixed(tmp_path / "alone.safetensors", state)
    with pytest.raises(FileError, match=r"no model_config\.json"):
        load(locate(tmp_path / "alone.safetensors"))
    assert_same(load(locate(tmp_path / "alone.safetensors"), TINY)[1], state)


@pytest.mark.parametrize(
    ("text", "message"), [("{", "not valid JSON"), ("[]", "not a JSON object"), ("\udcff", "not valid JSON")]
)
def test_a_wrong_config_is_refused(tmp_path: Path, text: str, message: str) -> None:
    config = tmp_path / "config.json"
    config.write_text(text, errors="surrogateescape")
    with pytest.raises(FileError, match=message):
        load(Checkpoint(tmp_path / "weights.safetensors", config))


def test_an_architecture_that_diffusers_cannot_express_is_made_in_the_full_layout(tmp_path: Path) -> None:
    architecture = TINY.model_copy(update={"final_tanh": True})
    assert to_diffusers(architecture) is None
    write_made(tmp_path / "made", architecture, seed=0)
    loaded, state = load(locate(tmp_path / "made"))
    assert loaded == architecture
    assert_same(state, random_state(architecture, seed=0))
