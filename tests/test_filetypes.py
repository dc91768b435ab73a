"""Whatever file a reader is given: empty, damaged and of another type are three sentences, each with a next step."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from saoctl import audio, latents
from saoctl.bench import regressions
from saoctl.errors import FileError
from saoctl.filetypes import (
    AUDIO,
    BASIS,
    BASIS_METADATA,
    CHECKPOINT,
    EXECUTORCH,
    JSON,
    LATENTS,
    LFS_POINTER,
    MEDIA,
    NUMPY,
    ONNX,
    PICKLE,
    TEXT,
    TORCHSCRIPT,
    ZIP,
    FileType,
    types_of,
)
from saoctl.formats import artifact
from saoctl.models import checkpoint
from saoctl.weights import basis
from tests.architectures import TINY

CPU = torch.device("cpu")
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, (5000, 2))


def sound(kind: str) -> Callable[[Path], None]:
    """Writes audio of a format."""
    return lambda path: soundfile.write(path, NOISE, 44100, format=kind)


def write_onnx(path: Path) -> None:
    value = onnx.helper.make_tensor_value_info("x", 1, [1])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["x"], ["y"])], "g", [value], [value])
    onnx.save(onnx.helper.make_model(graph), path)


def write_latents(path: Path) -> None:
    about = latents.About("seed 0", None, None, 8000, 8, 800, 8000, None, "float32", 0.0, 0)
    latents.write(path, iter([torch.randn(4, 100)]), lambda: about)


def write_basis(path: Path) -> None:
    save_file({"mean": torch.zeros(4)}, path, {BASIS_METADATA: "{}"})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def write_torchscript(path: Path) -> None:
    torch.jit.script(torch.nn.Linear(9, 9)).save(path)


WHOLE: dict[str, tuple[FileType, Callable[[Path], Any]]] = {
    **{
        kind.lower(): (AUDIO, sound(kind)) for kind in ("WAV", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "W64", "RF64")
    },
    "latents": (LATENTS, write_latents),
    "npy": (NUMPY, lambda path: np.save(path.open("wb"), np.zeros((4, 100), "float32"))),
    "basis": (BASIS, write_basis),
    "safetensors": (CHECKPOINT, lambda path: save_file({"weight": torch.zeros(99)}, path)),
    "ckpt": (CHECKPOINT, lambda path: torch.save({"weight": torch.zeros(99)}, path)),
    "torchscript": (TORCHSCRIPT, write_torchscript),
    "onnx": (ONNX, write_onnx),
    "npz": (ZIP, lambda path: np.savez(path.open("wb"), a=np.zeros(3))),
    "json": (JSON, lambda path: path.write_text('{"results": [' + 20 * "1, " + "1]}")),
    "text": (TEXT, lambda path: path.write_text(200 * "Grüße, \n")),
    "pte": (EXECUTORCH, lambda path: path.write_bytes(b"\x1c\0\0\0ET12" + bytes(60))),
    "mp4": (MEDIA, lambda path: path.write_bytes(b"\0\0\0\x20ftypM4A " + bytes(60))),
    "pickle": (PICKLE, lambda path: path.write_bytes(b"\x80\x04K\x01.")),
    "gguf": (CHECKPOINT, lambda path: path.write_bytes(b"GGUF\x03\0\0\0" + bytes(60))),
    "pointer": (LFS_POINTER, lambda path: path.write_text("version https://git-lfs.example/spec/v1\n")),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A whole file of each kind, whose name tells nothing."""
    folder = tmp_path_factory.mktemp("whole")
    files = {name: folder / f"of {name}" for name in WHOLE}
    for name, path in files.items():
        beside = path.with_suffix(".safetensors") if name == "latents" else path
        WHOLE[name][1](beside)
        beside.rename(path)
    return files


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_is_known_by_its_content_alone(whole: dict[str, Path], name: str) -> None:
    assert types_of(whole[name]) == (WHOLE[name][0],)


@pytest.mark.slow
@given(content=st.binary(max_size=600))
def test_any_bytes_are_looked_at_without_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for magic in (b"", b"PK\x03\x04", b"\x20\0\0\0\0\0\0\0{", b"\xff\xfb", b"\x08\x08", b"RIFF"):
        path.write_bytes(magic + content)
        types_of(path)


def read_weights(path: Path) -> None:
    checkpoint.load(checkpoint.locate(path), TINY)


def read_exported(path: Path) -> None:
    artifact.load(path, CPU)


# Of each reader: the suffix that it goes by, what it reads, and a file of the kind that it takes.
READERS: dict[str, tuple[str, Callable[[Path], Any], str]] = {
    "audio, its beginning": (".flac", lambda path: audio.read(path, 44100, 2, 1.0), "flac"),
    "audio, all of it": (".flac", lambda path: list(audio.blocks(path, 44100, 2, 1000)), "flac"),
    "latents": (".safetensors", latents.read, "latents"),
    "latents in npy": (".npy", latents.read, "npy"),
    "basis": (".safetensors", basis.read, "basis"),
    "checkpoint": (".safetensors", read_weights, "safetensors"),
    "checkpoint of torch": (".ckpt", read_weights, "ckpt"),
    "TorchScript": (".ts", read_exported, "torchscript"),
    "ONNX": (".onnx", read_exported, "onnx"),
    "baseline": (".json", regressions.read, "json"),
}


def refused(reader: str, path: Path) -> FileError:
    """What a reader says of a file."""
    with pytest.raises(FileError) as error:
        READERS[reader][1](path)
    assert str(path) in error.value.message
    assert error.value.hint.endswith(".")
    return error.value


@pytest.mark.parametrize("reader", READERS)
def test_empty_damaged_and_of_another_kind_are_three_sentences(
    whole: dict[str, Path], tmp_path: Path, reader: str
) -> None:
    suffix, _, taken = READERS[reader]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"")
    assert "is empty: it has no bytes" in refused(reader, path).message
    content = whole[taken].read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "is damaged: " in refused(reader, path).message
    path.write_bytes(b"\0\1\2\3" * 100)
    assert "its content is of no kind that saoctl knows" in refused(reader, path).message
    for name, other in whole.items():
        if WHOLE[name][0] is not WHOLE[taken][0] and {name, taken} != {"latents", "npy"}:
            path.write_bytes(other.read_bytes())
            assert f"is {WHOLE[name][0].name}, and cannot be read as" in refused(reader, path).message


@pytest.mark.parametrize("reader", [name for name in READERS if "checkpoint" not in name and name != "baseline"])
def test_a_folder_is_called_a_folder(tmp_path: Path, reader: str) -> None:
    folder = tmp_path / f"a{READERS[reader][0]}"
    folder.mkdir()
    assert "is a folder" in refused(reader, folder).message


@pytest.mark.parametrize(
    ("reader", "name", "step"),
    [
        ("audio, all of it", "latents", "`saoctl decode '{}'` makes audio of it"),
        ("audio, all of it", "torchscript", "`saoctl forward AUDIO --artifact '{}'` plays sound through it"),
        ("audio, all of it", "mp4", "`ffmpeg -i '{}' song.wav` takes the sound out of it"),
        ("latents", "wav", "`saoctl encode '{}'` makes latents of it"),
        ("latents", "basis", "`saoctl export --basis '{}'`"),
        ("basis", "latents", "`saoctl decode '{}'` makes audio of it"),
        ("checkpoint", "wav", "`saoctl encode '{}'` makes latents of it"),
        ("TorchScript", "safetensors", "`saoctl forward AUDIO --path '{}'` plays sound through it"),
        ("TorchScript", "onnx", "let it end in .onnx"),
        ("ONNX", "torchscript", "let it end in .ts"),
    ],
)
def test_the_next_step_is_the_command_that_takes_the_file(
    whole: dict[str, Path], tmp_path: Path, reader: str, name: str, step: str
) -> None:
    path = tmp_path / f"of mine{READERS[reader][0]}"
    path.write_bytes(whole[name].read_bytes())
    assert step.format(path) in refused(reader, path).hint


def test_latents_are_read_whatever_their_file_is_called(whole: dict[str, Path], tmp_path: Path) -> None:
    for name, suffix in (("latents", ".npy"), ("npy", ".safetensors")):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(whole[name].read_bytes())
        found = latents.read(path)
        assert (found.channels, found.frames) == (4, 100)
        assert next(found.blocks(100)).shape == (4, 100)


@pytest.mark.parametrize("dtype", ["int16", "complex64", "bool", "<U1"])
def test_latents_that_are_no_floating_point_numbers_are_refused(tmp_path: Path, dtype: str) -> None:
    np.save(tmp_path / "a.npy", np.zeros((4, 10), dtype))
    with pytest.raises(FileError, match=r"has latents of the type .*floating-point"):
        latents.read(tmp_path / "a.npy")
    save_file({"latents": torch.zeros(4, 10, dtype=torch.int16)}, tmp_path / "a.safetensors")
    with pytest.raises(FileError, match="has latents of the type I16"):
        latents.read(tmp_path / "a.safetensors")


def test_a_folder_in_the_place_of_an_exported_file_names_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"is a folder, and no exported file. Give the name of an exported file"):
        artifact.describe(tmp_path)
    for name in ("b.onnx", "a.ts", "c.txt"):
        (tmp_path / name).touch()
    with pytest.raises(FileError, match=r"Give a file in it: .*a\.ts or .*b\.onnx\."):
        artifact.describe(tmp_path)


def test_a_folder_of_latents_holds_no_checkpoint(whole: dict[str, Path], tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.safetensors").write_bytes(whole["latents"].read_bytes())
    with pytest.raises(FileError, match=r"a\.safetensors is a file of latents, and cannot be read as a checkpoint"):
        checkpoint.locate(tmp_path)
    (tmp_path / "c.safetensors").write_bytes(whole["safetensors"].read_bytes())
    assert checkpoint.locate(tmp_path).weights == tmp_path / "c.safetensors"


def test_the_json_that_describes_a_checkpoint_is_read_as_strictly(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(9)}, tmp_path / "a.safetensors")
    for content, words in (("", "is empty"), (json.dumps({"a": 1})[:-1], "is damaged"), ("hello", "is a text file")):
        (tmp_path / "config.json").write_text(content)
        with pytest.raises(FileError, match=words):
            checkpoint.load(checkpoint.locate(tmp_path / "a.safetensors"))
