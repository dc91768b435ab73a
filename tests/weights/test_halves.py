"""An encoder and a decoder from two places are one model: as each was, with the architecture that follows from both."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from saoctl import config
from saoctl.cli.app import app
from saoctl.config import ModelConfig
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact, export
from saoctl.formats.origin import options_for, with_weights_of
from saoctl.models.checkpoint import load
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.oobleck.random import random_state
from saoctl.progress import Silent
from saoctl.verify import verify
from saoctl.weights.source import find, halves_of, write_random
from tests.architectures import TINY, TINY_CODER

# A decoder with fewer residual units and other widths, as distilled ones have.
STUDENT = TINY.model_copy(update={"encoder": None, "decoder": Coder(channels=3, c_mults=(1, 1), strides=(4, 2))})
STUDENT = STUDENT.model_copy(update={"decoder": STUDENT.decoder.model_copy(update={"dilations": (1, 3)})})
TOLD = {"final_tanh": False, "dilations": [1, 3]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a whole model and its config in `teacher`, and a decoder alone without one."""
    write_random(tmp_path / "teacher", TINY, seed=1)
    save_file(random_state(STUDENT, seed=2), tmp_path / "student.safetensors")
    return tmp_path


def of(folder: Path, **names: str) -> ModelConfig:
    return ModelConfig.model_validate({key: folder / name for key, name in names.items()} | {"architecture": TOLD})


def test_a_model_of_two_files_has_the_tensors_of_each(folder: Path) -> None:
    source = find(of(folder, encoder="teacher", decoder="student.safetensors"), Silent())
    assert source.architecture == TINY.model_copy(update={"decoder": STUDENT.decoder})
    _, state = load(source.checkpoint, source.architecture)
    teacher, student = random_state(TINY, seed=1), random_state(STUDENT, seed=2)
    expected = {name: tensor for name, tensor in teacher.items() if name.startswith("encoder.")} | student
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], tensor) for name, tensor in expected.items())


def test_a_decoders_own_state_dict_is_taken_as_the_decoder(folder: Path) -> None:
    state = random_state(STUDENT, seed=2)
    torch.save({name.removeprefix("decoder."): tensor for name, tensor in state.items()}, folder / "own.pt")
    source = find(of(folder, encoder="teacher", decoder="own.pt"), Silent())
    _, loaded = load(source.checkpoint, source.architecture)
    assert all(torch.equal(loaded[name], tensor) for name, tensor in state.items())


@pytest.mark.parametrize(("direction", "method"), [("encoder", "encode"), ("decoder", "decode")])
def test_one_direction_of_a_whole_model_can_be_taken_alone(folder: Path, direction: str, method: str) -> None:
    source = find(ModelConfig.model_validate({direction: folder / "teacher"}), Silent())
    assert source.read_architecture().methods == (method,)
    _, state = load(source.checkpoint, source.architecture)
    assert {name.partition(".")[0] for name in state} == {direction}


@pytest.mark.slow
def test_a_model_of_two_files_is_exported_and_proved_by_the_files_that_it_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "two.yaml").write_text(
        "model: {encoder: teacher, decoder: student.safetensors,"
        " architecture: {final_tanh: false, dilations: [1, 3]}}\n"
        "device: cpu\nartifact: two.ts\nseconds: 0.25\nverify: {schedules: [random]}\n"
    )
    monkeypatch.chdir(folder)
    loaded = config.load("two.yaml")
    result = export.run(loaded)
    assert list(result.methods) == ["encode", "decode", "forward"]
    assert result.source == "encoder of teacher and decoder of student.safetensors"
    assert verify.run(loaded).passed
    described = artifact.describe(folder / "two.ts")
    assert options_for(described) == "--set 'model={encoder: teacher, decoder: student.safetensors}'"
    anywhere = config.load(flags={"artifact": str(folder / "two.ts")})
    monkeypatch.chdir(folder.parent)
    assert set(with_weights_of(anywhere, described).model.halves) == {"encoder", "decoder"}
    done = CliRunner().invoke(app, ["verify", str(folder / "two.ts"), "--schedule", "fixed"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", ["encoder of a b and decoder of c", "encoder of a b", "decoder of c"])
def test_the_name_of_two_files_gives_them_back(name: str) -> None:
    found = halves_of(name)
    assert found == {key: {"encoder": "a b", "decoder": "c"}[key] for key in ("encoder", "decoder") if key in name}


def other(folder: Path, **numbers: object) -> str:
    write_random(folder / "other", OobleckArchitecture.model_validate({**TINY.model_dump(), **numbers}), seed=3)
    return "other"


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"sample_rate": 16000}, "the sample_rate of the encoder is 16000, that of the decoder 8000"),
        ({"latent_dim": 3}, "the latent_dim of the encoder is 3, that of the decoder 2"),
        ({"encoder": None, "decoder": TINY_CODER.model_copy(update={"strides": (2, 2)})}, "has no encoder"),
    ],
    ids=["rate", "latents", "no encoder"],
)
def test_what_does_not_belong_together_is_refused_with_the_number(
    folder: Path, numbers: dict[str, object], message: str
) -> None:
    with pytest.raises(FileError, match=message):
        find(of(folder, encoder=other(folder, **numbers), decoder="teacher"), Silent())


def test_a_file_without_the_direction_is_refused(folder: Path) -> None:
    with pytest.raises(FileError, match=r"student\.safetensors has no encoder"):
        find(of(folder, encoder="student.safetensors"), Silent())


def test_a_path_that_is_not_there_is_refused_with_its_key(folder: Path) -> None:
    with pytest.raises(FileError) as error:
        find(of(folder, encoder="teacher", decoder="none"), Silent())
    assert "do not exist" in error.value.message
    assert error.value.hint == "Check model.decoder."


def test_an_architecture_without_a_direction_whose_weights_are_given_is_refused(folder: Path) -> None:
    model = ModelConfig(encoder=folder / "teacher", decoder=folder / "teacher", architecture=STUDENT)
    with pytest.raises(ConfigError, match=r"`model\.architecture` has no encoder, but `model` names"):
        find(model, Silent())
