"""Checkpoint files are found, read without running code, and refused when anything about them is wrong."""

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import Tensor

from saoctl.config import ModelConfig
from saoctl.errors import FileError
from saoctl.models.checkpoint import Checkpoint, load, locate
from saoctl.models.family import KnownModel
from saoctl.models.oobleck.architecture import to_diffusers, to_stable_audio_tools_diffusion
from saoctl.models.oobleck.family import Oobleck
from saoctl.models.oobleck.random import random_state
from saoctl.models.oobleck.tensors import write_prefixed
from saoctl.weights.source import find, write_random
from tests.architectures import USUAL
from tests.examples import examples
from tests.listeners import Warned


@pytest.fixture
def state() -> dict[str, Tensor]:
    return random_state(USUAL, seed=0)


def with_config(folder: Path) -> Path:
    """A folder with the config of the tiny model."""
    folder.mkdir(exist_ok=True)
    (folder / "model_config.json").write_text(json.dumps(to_stable_audio_tools_diffusion(USUAL)))
    return folder


def write_full(folder: Path, state: dict[str, Tensor]) -> Path:
    """A folder with model_config.json and model.safetensors, as the full checkpoint has them."""
    write_prefixed(with_config(folder) / "model.safetensors", state)
    return folder


def write_ckpt(folder: Path, content: Any, name: str = "model.ckpt") -> Path:
    torch.save(content, with_config(folder) / name)
    return folder


def assert_same(loaded: dict[str, Tensor], state: dict[str, Tensor]) -> None:
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], state[name]) for name in state)


# Where a checkpoint can be


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's list of what is mapped")
def test_the_encoder_leaves_memory_without_the_decoder(tmp_path: Path) -> None:
    write_random(tmp_path / "made", USUAL, seed=0)
    checkpoint = locate(tmp_path / "made")
    _, loaded = load(checkpoint)

    def mappings() -> int:
        return Path("/proc/self/maps").read_text().count(str(checkpoint.weights))

    assert mappings() == 2
    for name in [name for name in loaded if name.startswith("encoder")]:
        del loaded[name]
    assert mappings() == 1
    loaded.clear()
    assert mappings() == 0


def test_a_made_vae_folder_loads(tmp_path: Path, state: dict[str, Tensor]) -> None:
    write_random(tmp_path / "made", USUAL, seed=0)
    assert (tmp_path / "made" / "vae" / "diffusion_pytorch_model.safetensors").is_file()
    architecture, loaded = load(locate(tmp_path / "made"))
    assert architecture == USUAL
    assert_same(loaded, state)
    assert_same(load(locate(tmp_path / "made" / "vae"))[1], state)


def test_the_full_checkpoint_loads_its_autoencoder_alone(tmp_path: Path, state: dict[str, Tensor]) -> None:
    folder = write_full(tmp_path / "full", state)
    tensors = safetensors.torch.load_file(folder / "model.safetensors")
    tensors["model.model.transformer.weight"] = torch.zeros(3)
    safetensors.torch.save_file(tensors, folder / "model.safetensors")
    architecture, loaded = load(locate(folder))
    assert architecture == USUAL
    assert_same(loaded, state)


@pytest.mark.parametrize("name", ["model.ckpt", "epoch=3.ckpt", "vae.pt", "vae.pth", "pytorch_model.bin"])
@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "bare"])
def test_a_torch_checkpoint_loads(tmp_path: Path, state: dict[str, Tensor], name: str, wrapped: bool) -> None:
    folder = write_ckpt(tmp_path / "ckpt", {"state_dict": state, "epoch": 3} if wrapped else state, name)
    assert_same(load(locate(folder))[1], state)
    assert_same(load(locate(folder / name))[1], state)


def test_a_folder_with_several_checkpoints_asks_which(tmp_path: Path, state: dict[str, Tensor]) -> None:
    write_ckpt(tmp_path / "two", state, "a.ckpt")
    write_ckpt(tmp_path / "two", state, "b.ckpt")
    with pytest.raises(FileError, match=r"several checkpoints: a\.ckpt, b\.ckpt"):
        locate(tmp_path / "two")


def file_behind(tensor: Tensor) -> str:
    """The file that a tensor's memory is mapped from, as Linux tells."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, *_, name = line.split(maxsplit=5)
        start, stop = (int(address, 16) for address in addresses.split("-"))
        if start <= tensor.data_ptr() < stop:
            return name
    return ""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="tells of memory as Linux does")
@pytest.mark.parametrize("kind", ["safetensors", "ckpt"])
def test_loading_a_float32_file_copies_nothing(tmp_path: Path, state: dict[str, Tensor], kind: str) -> None:
    folder = write_full(tmp_path / "mapped", state) if kind == "safetensors" else write_ckpt(tmp_path / "mapped", state)
    checkpoint = locate(folder)
    assert all(file_behind(tensor) == str(checkpoint.weights) for tensor in load(checkpoint)[1].values())


# Shards


def write_shards(folder: Path, state: dict[str, Tensor]) -> Path:
    with_config(folder)
    halves = list(state)[::2], list(state)[1::2]
    names = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
    for name, half in zip(names, halves, strict=True):
        safetensors.torch.save_file({key: state[key] for key in half}, folder / name)
    weight_map = {key: name for name, half in zip(names, halves, strict=True) for key in half}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    return folder


def test_a_sharded_checkpoint_loads(tmp_path: Path, state: dict[str, Tensor]) -> None:
    checkpoint = locate(write_shards(tmp_path / "shards", state))
    assert len(checkpoint.files) == 4
    assert_same(load(checkpoint)[1], state)


def test_a_shard_that_lacks_or_adds_a_tensor_is_refused(tmp_path: Path, state: dict[str, Tensor]) -> None:
    folder = write_shards(tmp_path / "shards", state)
    second = folder / "model-00002-of-00002.safetensors"
    tensors = safetensors.torch.load_file(second)
    moved = next(iter(tensors))
    safetensors.torch.save_file({**tensors, next(iter(state)): state[next(iter(state))]}, second)
    with pytest.raises(FileError, match="does not place there"):
        load(locate(folder))
    safetensors.torch.save_file({name: tensor for name, tensor in tensors.items() if name != moved}, second)
    with pytest.raises(FileError, match=f"lack {moved}"):
        load(locate(folder))
    second.unlink()
    with pytest.raises(FileError, match="cannot be read"):
        load(locate(folder))


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"weight_map": 3}', '{"weight_map": {"a": "../b.safetensors"}}'])
def test_what_is_no_index_is_refused(tmp_path: Path, text: str) -> None:
    folder = with_config(tmp_path / "wrong")
    (folder / "model.safetensors.index.json").write_text(text)
    with pytest.raises(FileError, match=r"not the index|is damaged: it begins like JSON"):
        load(locate(folder))


# What is wrong with a file


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


def test_a_missing_half_is_named(tmp_path: Path, state: dict[str, Tensor]) -> None:
    kept = {name: tensor for name, tensor in state.items() if name.startswith("encoder.")}
    with pytest.raises(FileError, match="has no decoder, which its architecture names"):
        load(locate(write_full(tmp_path / "half", kept)))


def test_many_missing_tensors_are_counted_not_listed(tmp_path: Path, state: dict[str, Tensor]) -> None:
    kept = {name: tensor for name, tensor in state.items() if name.startswith(("encoder.", "decoder.layers.0."))}
    with pytest.raises(FileError, match=r"lacks tensors: .* and \d+ more"):
        load(locate(write_full(tmp_path / "half", kept)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"{}", "is a JSON file, and cannot be read as a checkpoint"),
        (b"\x00" * 64, "cannot be read as a checkpoint: its content is of no kind"),
        (b"\xff" * 64, "cannot be read as a checkpoint: its content is of no kind"),
        (b"not a checkpoint" * 100, "is a text file, and cannot be read as a checkpoint"),
        (b"version https://git-lfs.example/spec/v1\noid sha256:0", "is a pointer of Git LFS"),
    ],
    ids=["empty", "json", "zeros", "ones", "text", "pointer"],
)
@pytest.mark.parametrize("name", ["model.safetensors", "model.ckpt"])
def test_what_is_no_checkpoint_is_refused(
    tmp_path: Path, state: dict[str, Tensor], content: bytes, words: str, name: str
) -> None:
    folder = write_full(tmp_path / "wrong", state)
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(content)
    with pytest.raises(FileError, match=words):
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
    with pytest.raises(FileError, match="is damaged: it begins like a checkpoint"):
        load(locate(path))


class _Dangerous:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("touched"),))


def test_a_pickle_that_would_run_code_is_refused_and_runs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_ckpt(tmp_path / "evil", {"state_dict": {"encoder.x": _Dangerous()}})
    with pytest.raises(FileError, match="only be loaded by running code") as error:
        load(locate(folder))
    assert "safetensors" in error.value.hint
    (folder / "model.ckpt").write_bytes(pickle.dumps(_Dangerous()))
    with pytest.raises(FileError, match="is a pickle"):
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
    write_prefixed(tmp_path / "alone.safetensors", state)
    with pytest.raises(FileError, match="its tensors do not show its sample_rate and final_tanh"):
        load(locate(tmp_path / "alone.safetensors"))
    assert_same(load(locate(tmp_path / "alone.safetensors"), USUAL)[1], state)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "begins like JSON"), ("[]", "not a JSON object"), ("\udcff", "cannot be read as JSON"), ("", "is empty")],
)
def test_a_wrong_config_is_refused(tmp_path: Path, text: str, message: str) -> None:
    config = tmp_path / "config.json"
    config.write_text(text, errors="surrogateescape")
    with pytest.raises(FileError, match=message):
        load(Checkpoint(tmp_path / "weights.safetensors", config))


def test_an_architecture_that_diffusers_cannot_express_is_made_in_the_full_layout(tmp_path: Path) -> None:
    architecture = USUAL.model_copy(update={"final_tanh": True})
    assert to_diffusers(architecture) is None
    write_random(tmp_path / "made", architecture, seed=0)
    loaded, state = load(locate(tmp_path / "made"))
    assert loaded == architecture
    assert_same(state, random_state(architecture, seed=0))


# Damage of every kind


@pytest.fixture(scope="module")
def undamaged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One good file of each kind."""
    folder = tmp_path_factory.mktemp("good")
    state = random_state(USUAL, seed=0)
    write_full(folder, state)
    write_ckpt(folder, {"state_dict": state})
    return {name: (folder / name).read_bytes() for name in ("model.safetensors", "model.ckpt")}


def assert_refused(folder: Path, name: str, content: bytes) -> None:
    """The file is refused with a sentence: no other error, no weights."""
    (with_config(folder) / name).write_bytes(content)
    with pytest.raises(FileError) as error:
        load(locate(folder / name))
    assert str(folder / name) in str(error.value)


@given(data=st.data(), name=st.sampled_from(["model.safetensors", "model.ckpt"]))
def test_a_file_that_ends_too_early_is_refused(
    tmp_path_factory: pytest.TempPathFactory, undamaged: dict[str, bytes], data: st.DataObject, name: str
) -> None:
    content = undamaged[name]
    assert_refused(tmp_path_factory.getbasetemp() / "cut", name, content[: data.draw(st.integers(0, len(content) - 1))])


@given(data=st.data())
def test_a_flipped_bit_in_a_safetensors_header_is_refused(
    tmp_path_factory: pytest.TempPathFactory, undamaged: dict[str, bytes], data: st.DataObject
) -> None:
    content = bytearray(undamaged["model.safetensors"])
    header = 8 + int.from_bytes(content[:8], "little")
    content[data.draw(st.integers(0, header - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert_refused(tmp_path_factory.getbasetemp() / "flipped", "model.safetensors", bytes(content))


@given(length=st.integers(0, 2**64 - 1))
def test_a_wrong_header_length_is_refused(
    tmp_path_factory: pytest.TempPathFactory, undamaged: dict[str, bytes], length: int
) -> None:
    content = undamaged["model.safetensors"]
    if length != int.from_bytes(content[:8], "little"):
        wrong = length.to_bytes(8, "little") + content[8:]
        assert_refused(tmp_path_factory.getbasetemp() / "length", "model.safetensors", wrong)


@pytest.mark.parametrize("field", ["shape", "data_offsets"])
@pytest.mark.parametrize("value", [[2**40, 2**40], [2**63, 2**63], [-1, 4], [0, 2**62], ["a"], None])
def test_a_header_with_impossible_numbers_is_refused(
    tmp_path: Path, undamaged: dict[str, bytes], field: str, value: object
) -> None:
    content = undamaged["model.safetensors"]
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    next(iter(header.values()))[field] = value
    text = json.dumps(header).encode()
    wrong = len(text).to_bytes(8, "little") + text + content[8 + length :]
    assert_refused(tmp_path / "impossible", "model.safetensors", wrong)


@given(data=st.data())
def test_a_flipped_bit_anywhere_in_a_torch_checkpoint_is_refused_or_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, undamaged: dict[str, bytes], data: st.DataObject
) -> None:
    content = bytearray(undamaged["model.ckpt"])
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    folder = with_config(tmp_path_factory.getbasetemp() / "bit")
    (folder / "model.ckpt").write_bytes(bytes(content))
    try:
        loaded = load(locate(folder / "model.ckpt"))[1]
    except FileError:
        return
    # A zip has bytes that mean nothing: padding, times, attributes.
    assert_same(loaded, random_state(USUAL, seed=0))


@pytest.mark.slow
@examples(15)
@example(noise=b"\x8d" + bytes(7) + b"\x80")  # a text of 2**63 bytes
@given(noise=st.binary(min_size=1, max_size=200))
def test_a_pickle_of_noise_is_refused(
    tmp_path_factory: pytest.TempPathFactory, undamaged: dict[str, bytes], noise: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    good, wrong = folder / "good.zip", folder / "noise.zip"
    good.write_bytes(undamaged["model.ckpt"])
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(wrong, "w") as target:
        for record in source.infolist():
            pickled = record.filename.endswith("data.pkl")
            target.writestr(record.filename, b"\x80\x02" + noise if pickled else source.read(record))
    assert_refused(folder / "noise", "model.ckpt", wrong.read_bytes())


def test_a_file_of_a_decoder_alone_is_taken_for_one_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Oobleck, "known", (KnownModel("tiny", "Tiny", USUAL, "a/b", None, False, None),))
    decoder = USUAL.model_copy(update={"encoder": None})
    save_file(random_state(decoder, seed=0), tmp_path / "d.safetensors")
    heard = Warned()
    assert find(ModelConfig(path=tmp_path / "d.safetensors"), heard).read_architecture() == decoder
    assert "taken for a decoder alone at 8000 Hz" in heard.warnings[0]
    assert "--set model.architecture.sample_rate=8000" in heard.warnings[0]
