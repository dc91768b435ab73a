"""ONNX files of SAME: exact through onnxruntime in blocks of whole chunks, and in every command."""

import json
from itertools import pairwise
from pathlib import Path

import onnxruntime
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from typer.testing import CliRunner, Result

from saoctl.cli.app import app
from saoctl.config import load
from saoctl.errors import ConfigError
from saoctl.formats import artifact, export, limits
from saoctl.models.own import OwnModel
from saoctl.models.same.known import SAME_S
from saoctl.models.same.model import offline_model
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Method
from tests.architectures import description
from tests.examples import examples
from tests.formats.onnx_same import CASES, published_onnx
from tests.same import GOLDEN, TINY_SAME, TINY_WINDOWS, golden, same_offline, sound
from tests.streaming.same.test_exact import offline_output, signal_of

CPU = torch.device("cpu")
FLOAT32_SNR_DB = 100.0


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {case: published_onnx(tmp_path_factory, case) for case in CASES}


def streamed(file: artifact.Artifact, method: Method, signal: Tensor, frames: list[int]) -> Tensor:
    """The output of a fresh stream without its latency, which must be silent."""
    unit = file.can.methods[method].in_ratio
    ratio = file.description.architecture.ratio if file.description else 1
    output = torch.cat(list(file.fresh().blocks(method, signal, [size * ratio // unit for size in frames])), dim=2)
    late = file.can.latency_samples[method] // file.can.methods[method].out_ratio
    assert not output[:, :, :late].any()
    return output[:, :, late:]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
@examples(10)
@given(data=st.data())
def test_the_files_give_what_the_published_code_gave_and_what_our_offline_model_gives(
    files: dict[str, Path], case: str, data: st.DataObject
) -> None:
    architecture, state, cases = golden(case)
    file, own = artifact.load(files[case], CPU), OwnModel(offline_model(architecture, state))
    assert file.set_noise(0.0)
    chunk = architecture.frames

    def cut(length: int) -> list[int]:
        """Blocks of whole chunks, of which the last may be shorter."""
        inner = data.draw(st.lists(st.integers(1, length // chunk - 1), max_size=6, unique=True).map(sorted))
        places = [0, *(place * chunk for place in inner), length]
        return [after - before for before, after in pairwise(places)]

    audio, latents = cases["audio"], cases["latents"]
    total = audio.shape[2] // architecture.ratio
    for method, signal, expected in (
        ("encode", audio, latents[:, :, :total]),
        ("decode", latents, cases["decoded"]),
        ("forward", audio, own.decode(own.encode(audio))),
    ):
        frames = latents.shape[2] if method == "decode" else total
        output = streamed(file, method, signal, cut(frames))
        assert output.shape == expected.shape
        assert snr_db(expected, output) >= FLOAT32_SNR_DB, method
        length = data.draw(st.integers(1, 2 * chunk), label="frames of a shorter signal")
        part = signal[:, :, : signal.shape[2] * length // frames]
        own_output = own.decode(own.encode(part)) if method == "forward" else getattr(own, method)(part)
        blocks = [chunk, length - chunk] if length > chunk else [length]
        assert snr_db(own_output, streamed(file, method, part, blocks)) >= FLOAT32_SNR_DB, method


@pytest.mark.slow
@pytest.mark.usefixtures("traced_once")
def test_a_file_with_sliding_windows_gives_what_the_offline_model_gives_in_any_blocks(tmp_path: Path) -> None:
    own, path = same_offline(TINY_WINDOWS), tmp_path / "windows.onnx"
    host = export.build(own, "float32", streaming=True)
    artifact.save(host, path, description(TINY_WINDOWS, export.latency_samples(host)))
    file = artifact.load(path, CPU)
    assert file.set_noise(0.0)
    for blocks in ([1] * 7, [20, 1, 300], [3]):
        for method in METHODS:
            signal = signal_of(TINY_WINDOWS, method, sum(blocks), batch=2)
            expected, output = offline_output(OwnModel(own), method, signal), streamed(file, method, signal, blocks)
            assert output.shape == expected.shape
            assert snr_db(expected, output) >= FLOAT32_SNR_DB, method


@pytest.mark.slow
def test_a_host_is_told_the_blocks_and_a_shorter_one_ends_the_signal(files: dict[str, Path]) -> None:
    architecture, _, cases = golden("c")
    size = architecture.frames * architecture.ratio
    says = onnxruntime.InferenceSession(files["c"]).get_modelmeta().custom_metadata_map
    assert says["block_size"] == str(size)
    assert int(says["flush_frames"]) % architecture.frames == 0
    file = artifact.load(files["c"], CPU)
    assert file.can.block_size == size
    file.call("encode", cases["audio"][:, :, : size // 2])
    with pytest.raises(ConfigError, match="a shorter one ended the signal before"):
        file.call("encode", cases["audio"][:, :, :size])


@pytest.mark.slow
def test_every_command_takes_a_file(files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    architecture, state, _ = golden("c")
    file, frames = files["c"], 25
    monkeypatch.chdir(tmp_path)
    weights = ("--path", GOLDEN / "c")
    done = command("verify", file, *weights, "--reference", "same", "--json", "--set", "seconds=0.3")
    assert done.exit_code == 0, done.output
    schedules = {(row["method"], row["schedule"]) for row in json.loads(done.stdout)["results"]}
    assert {(method, "random") for method in METHODS} <= schedules
    says = ("seconds=0.1", "offline=false", "devices=[cpu]", "methods=[decode]")
    done = command("bench", file, "--json", *(word for each in says for word in ("--set", f"bench.{each}")))
    assert done.exit_code == 0, done.output
    size = architecture.frames * architecture.ratio
    assert {row["block_size"] % size for row in json.loads(done.stdout)["results"]} == {0}
    assert f"blocks: {size} samples or multiples of it" in command("info", file).output
    audio = sound(architecture, frames)[0, :, :-3]
    soundfile.write("in.wav", audio.T.numpy(), architecture.sample_rate, subtype="FLOAT")
    for arguments in (
        ("forward", "in.wav", "-o", "out.wav"),
        ("encode", "in.wav", "-o", "in.npy"),
        ("decode", "in.npy", "-o", "two.wav"),
    ):
        done = command(*arguments, "--artifact", file)
        assert done.exit_code == 0, done.output
    expected = offline_model(architecture, state)(torch.nn.functional.pad(audio[None], (0, 3)))[0]
    for name in ("out.wav", "two.wav"):
        heard, _ = soundfile.read(name, dtype="float32", always_2d=True)
        assert snr_db(expected[:, : len(heard)], torch.from_numpy(heard.T)) > 80


def test_a_block_that_is_no_whole_number_of_chunks_is_refused_before_any_work(tmp_path: Path) -> None:
    config = load("stable-audio-3-small", flags={"export.block_size": 4096})
    for name in ("onnx", "executorch"):
        with pytest.raises(ConfigError, match=r"takes blocks of 8192 samples in .* files, not of 4096"):
            limits.check_all(name, config, SAME_S)
    limits.check_all("torchscript", config, SAME_S)


def test_before_the_weights_are_there_an_export_is_refused_for_the_weights(tmp_path: Path) -> None:
    for suffix in (".onnx", ".ts"):
        done = command("export", "-c", "stable-audio-3-small", "-o", tmp_path / f"a{suffix}")
        assert done.exit_code == 3, done.output
        assert "saoctl download" in done.stderr


def test_the_block_of_a_config_that_names_none_is_a_chunk() -> None:
    assert limits.least_block("onnx", TINY_SAME) == TINY_SAME.frames * TINY_SAME.ratio
    assert limits.least_block("torchscript", TINY_SAME) is None
