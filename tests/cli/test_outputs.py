"""What a command writes: checked before any work, and never in the place of something else."""

import json
import subprocess
from pathlib import Path

import pytest
import soundfile
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner, Result

from saoctl.cli.app import app
from saoctl.cli.documents import FIRST_COLUMNS
from saoctl.cli.schema import RESULTS
from tests import warm

VIDEO = b"G" + bytes(187)  # a packet of an MPEG transport stream, whose files are called .ts too


def saoctl(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def name(tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny config, from an empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tiny_config


@pytest.mark.parametrize("output", ["keep.flac", "song.wav", "x", "model.pt"])
def test_export_takes_the_suffixes_of_its_formats(name: Path, output: str) -> None:
    Path(output).write_bytes(b"something of the user's")
    result = saoctl("export", "-c", name, "-o", output)
    assert result.exit_code == 2
    assert "Let it end in .ts, .onnx or .pte, or give --format." in result.stderr
    assert Path(output).read_bytes() == b"something of the user's"


@pytest.mark.slow
def test_torchscript_goes_by_any_name_if_the_format_is_given(name: Path) -> None:
    result = saoctl("export", "-c", name, "--format", "torchscript", "-o", "model.v1.pt", "--json")
    assert json.loads(result.stdout)["artifact"] == "model.v1.pt"
    assert torch.jit.load("model.v1.pt").encode_params.tolist()[3] == 8


def test_another_format_adds_its_suffix_to_a_name(name: Path) -> None:
    printed = saoctl("export", "-c", name, "--format", "onnx", "-o", "model.v1", "--print-config").stdout
    assert "artifact: model.v1.onnx" in printed


@pytest.mark.parametrize(
    ("command", "there"),
    [
        ("export -o a.ts", "a.ts"),
        ("export -o a.onnx", "a.onnx"),
        ("export -o a.onnx", "a.decode.onnx"),
        ("export -o a.pte", "a.pte"),
        ("export -o a.pte", "a.json"),
        ("basis SOUND -o a.safetensors", "a.safetensors"),
        ("basis SOUND --plot a.png", "a.png"),
        ("verify --plot a.html", "a.html"),
        ("verify --report a.md", "a.md"),
        ("bench --report a.json", "a.json"),
        ("frontier --report a.csv", "a.csv"),
        ("frontier --plot a.svg", "a.svg"),
        ("encode SOUND -o a.safetensors", "a.safetensors"),
        ("forward SOUND -o a.wav", "a.wav"),
    ],
)
def test_no_command_writes_over_a_file_of_another_kind(command: str, there: str, name: Path) -> None:
    soundfile.write("sound.wav", torch.rand(9000, 2).numpy(), 8000)
    if there.endswith(".safetensors"):
        save_file({"weight": torch.zeros(3)}, there)
    else:
        Path(there).write_bytes(VIDEO)
    before = Path(there).read_bytes()
    result = saoctl(*command.replace("SOUND", "sound.wav").split(), "-c", name)
    assert result.exit_code == 4, result.output
    assert there in result.stderr
    assert "--overwrite" in result.stderr
    assert Path(there).read_bytes() == before


@pytest.mark.slow
def test_overwrite_lets_it_and_so_does_an_empty_file(name: Path) -> None:
    Path("a.ts").write_bytes(VIDEO)
    assert saoctl("export", "-c", name, "-o", "a.ts", "--overwrite").exit_code == 0
    assert saoctl("export", "-c", name, "-o", "a.ts").exit_code == 0, "it is a file of the same kind now"
    Path("b.ts").touch()
    assert saoctl("export", "-c", name, "-o", "b.ts").exit_code == 0


@pytest.mark.slow
def test_a_report_takes_the_place_of_an_earlier_one(name: Path) -> None:
    for _ in range(2):
        reports = (word for kind in ("json", "csv", "md") for word in ("--report", f"reports/a.{kind}"))
        result = saoctl("verify", "-c", name, "--schedule", "whole", "--plot", "a.html", *reports)
        assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize("command", ["verify", "bench", "frontier", "basis", "encode"])
def test_the_csv_of_every_command_is_known_by_its_first_column(command: str) -> None:
    from dataclasses import fields
    from typing import get_args, get_type_hints

    (row, _) = get_args(get_type_hints(RESULTS[command])["results"])
    assert fields(row)[0].name in FIRST_COLUMNS


REFUSED = [
    ("export -o folder", 4, "is a folder"),
    ("export -o folder.ts", 4, "is a folder"),
    ("export -o nowhere/deep/x.ts", 4, "the folder nowhere/deep does not exist"),
    ("export -o file/x.ts", 4, "no folder that can be written"),
    ("export -o /dev/null", 4, "a device"),
    ("export -o x.pte --half", 2, "ExecuTorch files are written in float32, not in float16"),
    ("export -o x.pte --no-streaming", 2, "ExecuTorch files hold streams"),
    ("export -o x.onnx --packed", 2, "pack the weights themselves"),
    ("export -o x.ts --packed --half", 2, "which float16 does not have"),
    ("export --test -o nowhere/x.ts", 4, "the folder nowhere does not exist"),
    ("basis", 2, "No sounds are named"),
    ("basis folder", 4, "has no audio files in it"),
    ("basis sound.wav -o nowhere/b.safetensors", 4, "the folder nowhere does not exist"),
    ("basis sound.wav -o b.txt", 2, "A basis cannot be written as b.txt"),
    ("basis sound.wav --plot b.doc", 2, "A plot cannot be written as b.doc"),
    ("encode", 2, "No files are given"),
    ("decode", 2, "No files are given"),
    ("forward", 2, "No files are given"),
    ("encode missing.wav", 4, "missing.wav does not exist"),
    ("encode sound.wav -o nowhere/x.npy", 4, "the folder nowhere does not exist"),
    ("encode sound.wav --shard 4/3", 2, "no share 4 of 3"),
    ("encode sound.wav --format wav", 2, "--format wav"),
    ("encode sound.wav --layout other", 2, "no layout other"),
    ("forward sound.wav --bits 8", 2, "8 bits"),
    ("forward sound.wav -o x.flac --bits 32", 2, "FLAC has no floats"),
    ("forward sound.wav -o file/x.wav", 4, "no folder that can be written"),
    ("verify --plot folder.png", 4, "is a folder"),
    ("verify --plot x.doc", 2, "A plot cannot be written"),
    ("verify --save file", 4, "no folder that can be written"),
    ("verify --report x.doc", 2, "cannot be written as x.doc"),
    ("verify --report file/x.json", 4, "no folder that can be written"),
    ("bench --tolerance 2", 2, "A tolerance of 2"),
    ("bench --min-rtf 0", 2, "A realtime factor of 0"),
    ("bench --plot file/x.png", 4, "no folder that can be written"),
    ("bench a.ts b.ts --baseline old.json", 2, "A baseline is of one file"),
    ("bench a.ts --format onnx", 2, "saoctl tune --format NAME"),
    ("bench a.ts --exact", 2, "saoctl bench LESS.ts EXACT.ts"),
    ("bench --set bench.formats=[onnx]", 2, "saoctl tune --format NAME"),
    ("bench a.ts b.ts --precision mixed", 2, "bench.precisions is for one file"),
    ("tune --at-most 0", 2, "A latency of 0 ms"),
    ("tune --method sing", 2, "--method sing is not known"),
    ("tune --precision float8", 2, "--precision float8 is not known"),
    ("tune --format wav", 2, "--format wav is not known"),
    ("tune --lookahead soon", 2, "A lookahead of soon"),
    ("tune --format onnx --precision mixed", 2, "ONNX files are written in float32"),
    ("tune --set export.streaming=false", 2, "export.streaming is false"),
    ("tune --keep .", 4, "is not empty"),
    ("tune --keep file", 4, "no folder that can be written"),
    ("frontier --plot file/x.png", 4, "no folder that can be written"),
    ("run --set artifact=file/x.ts", 4, "no folder that can be written"),
]


@pytest.mark.parametrize(("command", "code", "words"), REFUSED, ids=[command for command, _, _ in REFUSED])
def test_usage_and_outputs_are_refused_before_torch_is_loaded(
    command: str, code: int, words: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for folder in ("folder", "folder.ts", "folder.png"):
        (tmp_path / folder).mkdir()
    (tmp_path / "sound.wav").write_bytes(b"RIFF")
    before = set(tmp_path.rglob("*"))
    arguments = [*warm.saoctl_without_torch(), *command.split(), "-c", "demo"]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_folders_that_the_config_or_a_tree_of_sounds_asks_for_are_made(name: Path) -> None:
    assert saoctl("export", "-c", name, "--set", "artifact=made/by/config.ts").exit_code == 0
    Path("music/deep").mkdir(parents=True)
    soundfile.write("music/deep/a.wav", torch.rand(900, 2).numpy(), 8000)
    assert saoctl("encode", "music", "-c", name, "-o", "latents/of/music").exit_code == 0
    assert Path("made/by/config.ts").is_file()
    assert Path("latents/of/music/deep/a.safetensors").is_file()
