"""ONNX files of other tools are judged against stable-audio-tools: sound ones pass, broken ones do not."""

from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from torch import nn
from typer.testing import CliRunner, Result

from saoctl.cli.app import app
from saoctl.config import Config
from saoctl.errors import FileError
from saoctl.formats import artifact, export
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.registry import family_of
from saoctl.verify import verify
from saoctl.verify.result import VerifyResult
from saoctl.weights.source import write_random
from tests.architectures import TINY, offline
from tests.formats import onnx_of_others as others
from tests.formats.onnx_files import ODD, WIDE
from tests.listeners import Warned


def config(architecture: OobleckArchitecture, file: Path, *, seconds: float = 0.5, **verify: object) -> Config:
    """A config of random weights of seed 0, which lie beside the file."""
    weights = file.parent / "weights"
    if not weights.exists():
        write_random(weights, architecture, seed=0)
    settings = {"block_sizes": [32 if architecture == WIDE else 30 if architecture == ODD else 64]}
    tree = {"model": {"path": weights}, "device": "cpu", "artifact": file, "verify": settings | verify}
    return Config.model_validate({**tree, "seconds": seconds})


def judged(architecture: OobleckArchitecture, file: Path, **stated: Any) -> VerifyResult:
    return verify.run(config(architecture, file, **stated))


def command(file: Path, *settings: str) -> Result:
    """The command against the weights beside the file."""
    given = ("verify", file, "--against", file.parent / "weights", "--device", "cpu", "--set", "verify.seconds=0.5")
    stated = [part for each in settings for part in ("--set", each)]
    return CliRunner().invoke(app, [*map(str, given), *stated])


# Offline models, exported by torch.onnx.export


@pytest.fixture(scope="module")
def vae(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The encoder and the decoder of diffusers, beside their weights."""
    folder = tmp_path_factory.mktemp("vae")
    audio, latents = torch.zeros(1, 2, 64), torch.zeros(1, 4, 8)
    files = {
        "encode": others.export(others.Encoder(), {"audio": audio}, ["mean"], folder / "encode.onnx", free=True),
        "both": others.export(others.Encoder(True), {"audio": audio}, ["mean", "std"], folder / "both.onnx", free=True),
        "decode": others.export(others.Decoder(), {"latents": latents}, ["audio"], folder / "decode.onnx", free=True),
    }
    write_random(folder / "weights", others.VAE, seed=0)
    return files


@pytest.mark.slow
@pytest.mark.parametrize("method", ["encode", "decode"])
def test_diffusers_autoencoder_passes_as_one_block(vae: dict[str, Path], method: str) -> None:
    listener = Warned()
    result = verify.run(config(others.VAE, vae[method]), listener)
    assert result.passed
    assert not result.written_by_saoctl
    assert result.reference.startswith("stable-audio-tools")
    (row,) = result.results
    assert (row.method, row.schedule, row.latency_samples, row.latency_measured) == (method, "whole", 0, 0)
    assert row.snr_db >= 100
    assert row.samples_compared == (500 if method == "encode" else 4000)
    assert any("keeps no state" in warning for warning in listener.warnings)


def test_the_command_takes_it_and_other_weights_fail(vae: dict[str, Path], tmp_path: Path) -> None:
    result = command(vae["decode"])
    assert result.exit_code == 0, result.output
    assert "passed: the output for one block equals the offline output" in result.stdout
    write_random(tmp_path / "weights", others.VAE, seed=1)
    copy = tmp_path / "decode.onnx"
    copy.write_bytes(vae["decode"].read_bytes())
    wrong = command(copy)
    assert wrong.exit_code == 1
    assert "decode: " in wrong.stdout


def test_a_result_that_is_stated_is_the_one_that_is_judged(vae: dict[str, Path]) -> None:
    refused = command(vae["both"])
    assert refused.exit_code == 4
    assert "each of its outputs `mean`, `std` could be the signal" in refused.stderr
    assert command(vae["both"], "verify.onnx.output=mean").exit_code == 0
    assert command(vae["both"], "verify.onnx.output=std").exit_code == 1


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        (["verify.onnx.input=sound"], 2, "has no input `sound`"),
        (["verify.onnx.method=forwards"], 2, "`verify.onnx.method` is 'forwards'"),
        (["verify.onnx.method=decode"], 4, "it has decode [2, 1, 4, 1]"),
    ],
)
def test_what_is_stated_wrong_is_refused(vae: dict[str, Path], settings: list[str], code: int, words: str) -> None:
    result = command(vae["encode"], *settings)
    assert result.exit_code == code
    assert words in " ".join(result.stderr.split())


def test_weights_of_other_channels_are_refused(vae: dict[str, Path], tmp_path: Path) -> None:
    write_random(tmp_path / "weights", TINY, seed=0)
    (tmp_path / "a.onnx").write_bytes(vae["encode"].read_bytes())
    result = command(tmp_path / "a.onnx")
    assert result.exit_code == 4
    assert "it has encode [2, 1, 4, 8], where encode [2, 1, 2, 8]" in " ".join(result.stderr.split())


@pytest.mark.slow
def test_weights_in_float16_have_the_bound_of_float16(tmp_path: Path) -> None:
    given = {"latents": torch.zeros(1, 4, 8, dtype=torch.float16)}
    path = others.export(others.Decoder().half(), given, ["audio"], tmp_path / "a.onnx", free=True)
    result = judged(others.VAE, path)
    assert (result.precision, result.min_snr_db) == ("float16", 45)
    assert result.passed
    assert result.results[0].snr_db < 100


@pytest.mark.slow
def test_a_fixed_length_is_judged_on_a_signal_of_that_length(tmp_path: Path) -> None:
    given = {"audio": torch.zeros(1, 2, 4000)}
    path = others.export(others.Encoder(), given, ["mean"], tmp_path / "a.onnx", free=False)
    assert artifact.load_any(path, torch.device("cpu")).can.block_size == 4000
    result = judged(others.VAE, path)
    assert result.passed
    assert result.results[0].samples_compared == 500


class Reference(nn.Module):
    """stable-audio-tools' model as the method of a file."""

    def __init__(self, architecture: OobleckArchitecture, method: str) -> None:
        super().__init__()
        model = offline(architecture)
        self.reference = family_of(architecture).reference("stable-audio-tools", architecture, model.state_dict())
        self.model, self.method = self.reference.model, method

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        latents = x if self.method == "decode" else self.reference.encode(x)
        return latents if self.method == "encode" else self.reference.decode(latents)


@pytest.mark.parametrize("method", ["encode", "decode", "forward"])
def test_stable_audio_tools_model_passes_where_odd_strides_lose_the_end(tmp_path: Path, method: str) -> None:
    block = torch.zeros(1, 3, 8) if method == "decode" else torch.zeros(1, 1, 240)
    path = others.export(Reference(ODD, method), {"x": block}, ["y"], tmp_path / "a.onnx", free=True)
    result = judged(ODD, path, seconds=0.1)
    assert result.passed, result.results
    assert [row.method for row in result.results] == [method]


# Streams, whose states go in and out


@pytest.mark.parametrize(
    "names",
    [
        {},
        {"state": "cache_in", "next_state": "cache_out", "position": "p0", "next_position": "pn"},
        {"block": "a", "state": "b", "position": "c", "output": "d", "next_state": "e", "next_position": "f"},
    ],
    ids=["next_state", "other names", "by order"],
)
def test_a_stream_passes_and_its_latency_is_measured(
    onnx_files: dict[str, Path], tmp_path: Path, names: dict[str, str]
) -> None:
    path = others.stream(onnx_files["wide"].with_suffix(".decode.onnx"), tmp_path / "a.onnx", WIDE.ratio, names)
    result = judged(WIDE, path)
    assert result.passed, result.results
    late = export.latency_samples(export.build(offline(WIDE), "float32", streaming=True))["decode"]
    schedules = {"fixed", "random", "whole", "reset", "batch"}
    assert {row.schedule for row in result.results} == schedules
    assert {row.method for row in result.results} == {"decode"}
    assert {row.latency_samples for row in result.results} == {late}
    assert all(row.snr_db >= 100 for row in result.results)


def test_an_encoder_and_a_whole_autoencoder_are_streams_too(onnx_files: dict[str, Path], tmp_path: Path) -> None:
    encoder = others.stream(onnx_files["wide"].with_suffix(".encode.onnx"), tmp_path / "encode.onnx", 1)
    with pytest.raises(FileError, match=r"its input `noise`, .*verify\.onnx\.constants=\{noise: 0\}"):
        judged(WIDE, encoder)
    without_noise = {"constants": {"noise": 0}}
    assert judged(WIDE, encoder, onnx=without_noise).passed
    path = others.stream(onnx_files["wide"], tmp_path / "forward.onnx", 1)
    whole = judged(WIDE, path, onnx=without_noise, schedules=["fixed"])
    assert whole.passed
    assert {row.method for row in whole.results} == {"forward"}


def test_a_stream_that_forgets_its_state_fails_at_block_borders(onnx_files: dict[str, Path], tmp_path: Path) -> None:
    ours = onnx_files["wide"].with_suffix(".decode.onnx")
    path = others.stream(ours, tmp_path / "a.onnx", WIDE.ratio, forgets=True)
    result = judged(WIDE, path, block_sizes=[1024], schedules=["fixed", "whole"])
    assert not result.passed
    assert [row.passed for row in result.results] == [False, True]
    assert command(path).exit_code == 1


def test_states_that_are_stated_are_what_is_kept(onnx_files: dict[str, Path], tmp_path: Path) -> None:
    """Of two that could replace it, the one that says so by its name does not."""
    path = others.stream(onnx_files["wide"].with_suffix(".decode.onnx"), tmp_path / "a.onnx", WIDE.ratio)
    model = onnx.load(path)
    model.graph.node.append(onnx.helper.make_node("Identity", ["next_state"], ["kept"]))
    model.graph.node.append(onnx.helper.make_node("Sub", ["kept", "kept"], ["state_out"]))
    shape = next(each for each in model.graph.output if each.name == "next_state").type.tensor_type.shape.dim
    model.graph.output.append(others.floats("state_out", "batch", shape[1].dim_value))
    next(each for each in model.graph.output if each.name == "next_state").name = "kept"
    onnx.save(model, path)
    assert not judged(WIDE, path, schedules=["fixed"]).passed
    stated = {"states": {"state": "kept"}}
    result = judged(WIDE, path, schedules=["fixed"], onnx=stated)
    assert result.passed


def test_a_stream_of_blocks_of_one_size_is_judged_in_these(onnx_files: dict[str, Path], tmp_path: Path) -> None:
    ours = onnx_files["wide"].with_suffix(".decode.onnx")
    path = others.stream(ours, tmp_path / "a.onnx", WIDE.ratio, length=5)
    size = 5 * WIDE.ratio
    assert artifact.load_any(path, torch.device("cpu")).can.block_size == size
    result = judged(WIDE, path, block_sizes=[size, 3 * size], seconds=25.3 * size / WIDE.sample_rate)
    assert result.passed
    assert {row.block_size for row in result.results if row.schedule == "fixed"} == {size, 3 * size}
    assert {row.schedule for row in result.results} == {"fixed", "random", "whole", "reset", "batch"}


@pytest.mark.slow
def test_a_window_over_the_latents_is_found_wrong_at_the_start_alone(tmp_path: Path) -> None:
    """A stream made in a hurry, by plain torch: the judge is no stream."""
    given = {"latents": torch.zeros(1, 4, 8), "cache_in": torch.zeros(1, 4, 2 * others.Window.LATE)}
    path = others.export(others.Window(), given, ["audio", "cache_out"], tmp_path / "a.onnx", free=True)
    result = judged(others.VAE, path)
    assert not result.passed
    assert {row.latency_measured for row in result.results} == {others.Window.LATE * others.Window.RATIO}
    found = {row.diagnosis.kind for row in result.results if row.diagnosis and row.schedule == "fixed"}
    assert found == {"start"}
