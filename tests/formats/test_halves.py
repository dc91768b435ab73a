"""An encoder or a decoder alone in all commands: a host sees what it has, and what it lacks is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner, Result

import saoctl
from saoctl import config
from saoctl.cli.app import app
from saoctl.errors import ConfigError
from saoctl.formats import artifact, export
from saoctl.verify import verify
from saoctl.verify.metrics import snr_db
from tests.architectures import (
    DECODER,
    ENCODER,
    HELD_DECODER,
    HELD_ENCODER,
    TINY,
    TINY_CODER,
    description,
    judge,
    offline,
)
from tests.formats.host import Host

SNR_DB = 100.0
CONTROLS = ["latent_scale", "latent_bias", "latent", "freeze", "glide", "rest"]
FRAMES = 60


def saoctl_of(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def configs(encoder_config: Path, decoder_config: Path) -> dict[str, Path]:
    return {"encode": encoder_config, "decode": decoder_config}


def file_of(path: Path) -> Path:
    return path.with_suffix(".ts")


@pytest.mark.parametrize(
    ("method", "attributes"),
    [("encode", ["noise", "reset", "latency_encode"]), ("decode", ["reset", *CONTROLS, "latency_decode"])],
)
def test_a_host_sees_the_one_method_and_what_acts_on_it(
    configs: dict[str, Path], method: str, attributes: list[str]
) -> None:
    host = Host(str(file_of(configs[method])))
    host.register()
    assert list(host.methods) == [method]
    assert list(host.attributes) == attributes


@pytest.mark.slow
@pytest.mark.parametrize("grid", [None, 4], ids=["frames", "held"])
@pytest.mark.parametrize("method", ["encode", "decode"])
def test_a_host_plays_it_exactly_from_the_first_sample_on(tmp_path: Path, method: str, grid: int | None) -> None:
    every = {"encode": (ENCODER, HELD_ENCODER), "decode": (DECODER, HELD_DECODER)}
    architecture = every[method][grid is not None]
    model = export.build(offline(architecture), "float32", streaming=True, grid=grid)
    artifact.save(model, tmp_path / "a.ts", description(architecture, export.latency_samples(model), grid))
    host, reference, ratio = Host(str(tmp_path / "a.ts")), judge(architecture), architecture.ratio
    audio, latents = torch.randn(1, 2, FRAMES * ratio), torch.randn(1, 2, FRAMES)
    if method == "encode":
        host.set("noise", 0)
        signal, expected = audio, reference.encode(audio).repeat_interleave(ratio, dim=2)
    else:
        signal, expected = latents.repeat_interleave(ratio, dim=2), reference.decode(latents)
    late = host.get(f"latency_{method}")[0]
    output = torch.cat([host.perform(method, block) for block in signal.split(2 * ratio, dim=2)], dim=2)
    assert not output[:, :, :late].any()
    assert snr_db(expected[:, :, : FRAMES * ratio - late], output[:, :, late:]) >= SNR_DB


@pytest.mark.parametrize("method", ["encode", "decode"])
def test_verify_proves_the_one_method_by_stable_audio_tools(configs: dict[str, Path], method: str) -> None:
    result = verify.run(config.load(str(configs[method])))
    assert result.passed
    assert result.conclusive
    assert {row.method for row in result.results} == {method}
    assert result.reference.startswith("stable-audio-tools")


def test_verify_finds_a_decoder_with_other_dilations(decoder_config: Path, tmp_path: Path) -> None:
    other = DECODER.model_copy(update={"decoder": TINY_CODER.model_copy(update={"dilations": (1, 3, 8)})})
    model = export.build(offline(other, seed=1), "float32", streaming=True)
    artifact.save(model, tmp_path / "a.ts", description(DECODER, export.latency_samples(model)))
    flags = {"artifact": str(tmp_path / "a.ts"), "verify.schedules": ["fixed"]}
    result = verify.run(config.load(str(decoder_config), flags=flags))
    assert not any(row.passed for row in result.results)


def test_verify_of_a_decoder_needs_no_audio_and_saves_what_was_decoded(decoder_config: Path, tmp_path: Path) -> None:
    arguments = ("-c", decoder_config, "--audio", tmp_path / "none.wav", "--schedule", "fixed", "--save", tmp_path)
    done = saoctl_of("verify", *arguments)
    assert done.exit_code == 0
    assert "none.wav is not used: a decoder alone is given random latents" in done.stderr
    assert sorted(each.name.partition("+")[0] for each in tmp_path.iterdir()) == [
        "decode-difference", "decode-offline.wav", "decode-streamed.wav",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("method", ["encode", "decode"])
def test_info_and_bench_tell_of_the_one_method(configs: dict[str, Path], method: str) -> None:
    told = json.loads(saoctl_of("info", file_of(configs[method]), "--json").stdout)
    assert list(told["methods"]) == list(told["latency"]) == list(told["receptive_field"]) == [method]
    assert (told["architecture"]["encoder"] is None) == (method == "decode")
    alone = {"encode": "an encoder alone", "decode": "a decoder alone"}[method]
    assert f"streaming, {alone}, float32" in saoctl_of("info", file_of(configs[method])).stdout
    methods = ("--method", "encode", "--method", "decode")
    timed = json.loads(saoctl_of("bench", "-c", configs[method], *methods, "--json").stdout)
    assert {row["method"] for row in timed["results"]} == {method}


def test_files_are_converted_by_the_half_that_can(configs: dict[str, Path], tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    soundfile.write(sound, np.random.default_rng(0).uniform(-0.5, 0.5, (800, 2)), TINY.sample_rate)
    encoded, decoded = tmp_path / "a.safetensors", tmp_path / "b.wav"
    assert saoctl_of("encode", sound, "-o", encoded, "-c", configs["encode"]).exit_code == 0
    assert saoctl_of("decode", encoded, "-o", decoded, "-c", configs["decode"]).exit_code == 0
    assert soundfile.info(decoded).frames == 800


@pytest.mark.parametrize(
    ("arguments", "method"),
    [
        (("encode", "a.wav"), "decode"),
        (("forward", "a.wav"), "decode"),
        (("decode", "a.safetensors"), "encode"),
        (("basis", "a.wav"), "decode"),
        (("frontier",), "decode"),
        (("bench", "--method", "encode"), "decode"),
        (("bench", "--together"), "encode"),
        (("tune", "--method", "encode"), "decode"),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(each),
)
def test_what_a_half_cannot_do_is_refused_in_a_sentence(
    configs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], method: str
) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("a.wav", np.zeros((80, 2)), TINY.sample_rate)
    save_file({"latents": torch.zeros(2, 10)}, "a.safetensors")
    done = saoctl_of(*arguments, "-c", configs[method])
    assert done.exit_code == 2
    what = {"encode": "an encoder alone, and cannot decode", "decode": "a decoder alone, and cannot encode"}[method]
    told = " ".join(done.stderr.split())
    assert f"is {what}. Take the model that it belongs to, or give both as `model.encoder` and" in told


def test_less_lookahead_of_a_half_is_refused(decoder_config: Path) -> None:
    done = saoctl_of("export", "-c", decoder_config, "--lookahead", "50")
    assert done.exit_code == 2
    assert "A decoder alone cannot look ahead less than it does. Leave --lookahead out." in done.stderr


def test_python_loads_a_half_and_refuses_the_rest(decoder_config: Path) -> None:
    for what in (decoder_config, file_of(decoder_config)):
        stream = saoctl.load(what)
        assert (stream.audio_channels, stream.latent_dim, stream.ratio) == (2, 2, 8)
        assert stream.latency.keys() == {"decode"}
        expected = judge(DECODER, seed=1).decode(latents := torch.randn(1, 2, FRAMES))
        streamed = torch.cat([stream.decode(latents), stream.flush_decode()], dim=2)
        assert snr_db(expected, streamed[:, :, stream.latency["decode"] :]) >= SNR_DB
        with pytest.raises(ConfigError, match="is a decoder alone, and cannot encode"):
            stream.encode(torch.zeros(1, 2, 8))
        with pytest.raises(ConfigError, match="is a decoder alone, and cannot encode"):
            stream.flush_forward()


@pytest.mark.slow
def test_an_onnx_file_holds_the_one_method(tmp_path: Path) -> None:
    coder = TINY_CODER.model_copy(update={"c_mults": (2,), "strides": (8,), "dilations": (3,)})  # quick to trace
    alone = DECODER.model_copy(update={"decoder": coder})
    flags = {"model": {"seed": 0, "architecture": alone.described()}, "artifact": str(tmp_path / "a.onnx")}
    loaded = config.load("demo", flags={**flags, "device": "cpu", "seconds": 0.25, "verify.schedules": ["random"]})
    assert export.run(loaded).files == (tmp_path / "a.onnx",)
    assert [file.name for file in tmp_path.iterdir()] == ["a.onnx"]
    assert verify.run(loaded).passed
