"""What is inside a file is told, of one's own files and of others'."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from typer.testing import CliRunner

from saoctl.cli.app import app
from saoctl.config import Config
from saoctl.errors import FileError
from saoctl.formats import artifact, export, info
from saoctl.weights.source import write_random
from tests.architectures import TINY, offline


class Foreign(nn.Module):
    """A model for nn~ that another tool could have exported."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(3))
        self.register_buffer("forward_params", torch.tensor([1, 1, 1, 1]))
        self.register_buffer("gain_params", torch.tensor([2]))

    @torch.jit.export
    def get_methods(self) -> list[str]:
        return ["forward"]

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gain[0]


def test_a_file_of_ours_tells_everything(tiny: Config) -> None:
    result = info.run(tiny.artifact)
    assert result.written_by_saoctl
    assert (result.source, result.precision, result.architecture) == ("seed 1", "float32", TINY)
    assert set(result.methods) == set(result.latency) == {"encode", "decode", "forward"}
    late = result.latency["encode"]
    assert late.samples == late.frames * TINY.ratio
    assert late.milliseconds == pytest.approx(late.samples / TINY.sample_rate * 1e3, abs=0.1)
    assert result.receptive_field["decode"].ahead_samples == result.latency["decode"].samples
    assert result.dtypes == {"float32": result.parameters}
    assert "noise" in result.attributes


@pytest.mark.slow
def test_a_file_whose_blocks_have_one_size_tells_it(tiny: Config, tmp_path: Path) -> None:
    assert info.run(tiny.artifact).block_size is None
    host = export.build(offline(TINY), "float32", streaming=True)
    described = artifact.describe(tiny.artifact).model_copy(update={"block_size": 24})
    artifact.save(host, tmp_path / "a.ts", described)
    assert "blocks: 24 samples" in CliRunner().invoke(app, ["info", str(tmp_path / "a.ts")]).stdout


def test_a_foreign_file_tells_what_it_shows(tmp_path: Path) -> None:
    torch.jit.script(Foreign()).save(tmp_path / "foreign.ts")
    result = info.run(tmp_path / "foreign.ts")
    assert not result.written_by_saoctl
    assert result.methods == {"forward": (1, 1, 1, 1)}
    assert (result.parameters, result.architecture, result.latency, result.receptive_field) == (3, None, {}, {})


def test_a_module_without_any_protocol_is_still_described(tmp_path: Path) -> None:
    torch.jit.script(nn.Linear(2, 2)).save(tmp_path / "linear.ts")
    result = info.run(tmp_path / "linear.ts")
    assert (result.methods, result.attributes, result.parameters) == ({}, [], 6)


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_what_is_no_torchscript_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.ts").write_bytes(content)
    with pytest.raises(FileError):
        info.run(tmp_path / "a.ts")


@pytest.mark.slow
def test_the_command_prints_it_for_people_and_for_programs(tiny: Config) -> None:
    text = CliRunner().invoke(app, ["info", str(tiny.artifact)]).stdout
    assert "weights: seed 1" in text
    assert "encode: 2 audio -> 2 latents : 8, late by" in text
    assert "receptive field of encode: 17 frames back (133 samples), 17 ahead (133)" in text
    assert "chunks are exact if they overlap by 34 frames" in text
    document = json.loads(CliRunner().invoke(app, ["info", str(tiny.artifact), "--json"]).stdout)
    assert document["architecture"]["sample_rate"] == TINY.sample_rate
    assert document["receptive_field"]["forward"]["overlap_frames"] == 72
    assert document["latency"]["encode"].keys() == {"samples", "frames", "milliseconds"}


@pytest.mark.slow
def test_before_an_export_the_model_of_the_config_is_described(tiny_config: Path, tmp_path: Path) -> None:
    exported = json.loads(CliRunner().invoke(app, ["info", "-c", str(tiny_config), "--json"]).stdout)
    write_random(tmp_path / "weights", TINY, seed=1)
    for weights in ([], ["--set", f"model={{path: {tmp_path / 'weights'}}}"]):
        command = ["info", "-c", str(tiny_config), "--set", f"artifact={tmp_path / 'a.ts'}", *weights]
        found = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
        assert (found["artifact"], found["bytes"], found["written_by_saoctl"]) == (None, None, False)
        for key in ("architecture", "receptive_field", "latency", "methods"):
            assert found[key] == exported[key]
        text = CliRunner().invoke(app, command).stdout
        assert "no file is exported" in text
        assert "chunks are exact if they overlap by 34 frames" in text


def test_without_a_file_and_without_weights_the_file_is_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "no.yaml").write_text("model: {repo: nobody/nothing}\nartifact: no.ts\n")
    result = CliRunner().invoke(app, ["info", "-c", str(tmp_path / "no.yaml")])
    assert result.exit_code == 4
    assert "no.ts does not exist" in " ".join(result.stderr.split())
