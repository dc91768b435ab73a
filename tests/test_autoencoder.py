"""saoctl.load: whatever it is given, the same exact stream."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
import yaml
from safetensors.torch import save_file

import saoctl
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.formats import export
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import Method, Precision
from saoctl.weights.source import write_random
from tests.architectures import TINY, judge, offline

FLOAT32_SNR_DB = 100.0


def streamed(stream: saoctl.Autoencoder, method: str, signal: torch.Tensor, size: int) -> torch.Tensor:
    """The whole output of a stream, without its latency."""
    blocks = [getattr(stream, method)(block) for block in signal.split(size, dim=2)]
    late = stream.latency[method] // (stream.ratio if method == "encode" else 1)
    return torch.cat([*blocks, getattr(stream, f"flush_{method}")()], dim=2)[:, :, late:]


@pytest.fixture
def whats(tiny_config: Path, tiny: Config, tmp_path: Path) -> dict[str, str | Path]:
    """The same weights in all forms that they can have."""
    write_random(tmp_path / "weights", TINY, seed=1)
    return {
        "a YAML config": tiny_config,
        "an exported file": tiny.artifact,
        "a folder": tmp_path / "weights",
        "a checkpoint": str(tmp_path / "weights" / "model.safetensors"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["a YAML config", "an exported file", "a folder", "a checkpoint"])
def test_every_form_gives_the_offline_models_output(whats: dict[str, str | Path], kind: str) -> None:
    stream = saoctl.load(whats[kind], device="cpu")
    assert (stream.sample_rate, stream.ratio) == (TINY.sample_rate, TINY.ratio)
    assert (stream.audio_channels, stream.latent_dim) == (TINY.audio_channels, TINY.latent_dim)
    assert stream.receptive_field["decode"].ahead_samples == stream.latency["decode"]
    reference = judge(TINY, seed=1)
    audio = torch.randn(2, 2, 40 * TINY.ratio)
    latents = reference.encode(audio)
    decoded = reference.decode(latents)
    for _ in range(2):  # a flush leaves a fresh stream
        assert snr_db(latents, streamed(stream, "encode", audio, 3 * TINY.ratio)) >= FLOAT32_SNR_DB
        assert snr_db(decoded, streamed(stream, "decode", latents, 7)) >= FLOAT32_SNR_DB
        assert snr_db(decoded, streamed(stream, "forward", audio, 5 * TINY.ratio)) >= FLOAT32_SNR_DB


@pytest.mark.parametrize("kind", ["a YAML config", "an exported file"])
def test_a_reset_begins_a_fresh_stream(whats: dict[str, str | Path], kind: str) -> None:
    stream = saoctl.load(whats[kind], device="cpu")
    audio = torch.randn(1, 2, 20 * TINY.ratio)
    fresh = stream(audio)
    assert not torch.equal(stream(audio), fresh)
    stream.reset()
    assert torch.equal(stream(audio), fresh)


def test_precision_and_noise_are_chosen(tiny_config: Path, tiny: Config) -> None:
    assert saoctl.load(tiny_config, precision="bfloat16").precision == "bfloat16"
    audio = torch.randn(1, 2, 40 * TINY.ratio)
    noisy = saoctl.load(tiny_config, noise=1.0)
    assert not torch.equal(noisy.encode(audio), saoctl.load(tiny_config).encode(audio))
    with pytest.raises(ConfigError, match="Noise of 3"):
        saoctl.load(tiny_config, noise=3.0)
    with pytest.raises(ConfigError, match="has its own precision"):
        saoctl.load(tiny.artifact, precision="bfloat16")


def test_what_is_not_there_is_refused_with_what_could_be_meant(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no config, checkpoint or exported file nowhere.*demo"):
        saoctl.load("nowhere")
    with pytest.raises(FileError, match="has no checkpoint"):
        saoctl.load(tmp_path)


def test_a_block_of_the_wrong_shape_is_refused(tiny_config: Path) -> None:
    stream = saoctl.load(tiny_config)
    for shape in [(1, 2, 9), (1, 3, 8), (2, 8), (1, 2, 0)]:
        with pytest.raises(ValueError, match=r"encode takes blocks \[batch, 2, a multiple of 8 samples\]"):
            stream.encode(torch.zeros(shape))
    with pytest.raises(ValueError, match="decode takes blocks"):
        stream.decode(torch.zeros(1, 3, 4))


METHODS: list[Method] = ["encode", "decode", "forward"]


def block_for(method: Method, frames: int = 4) -> torch.Tensor:
    """A block that a method of the tiny model takes."""
    channels, length = (TINY.latent_dim, frames) if method == "decode" else (2, frames * TINY.ratio)
    return torch.randn(1, channels, length)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_no_tensor_of_floating_point_numbers_is_refused(tiny_config: Path, method: Method) -> None:
    call, block = getattr(saoctl.load(tiny_config), method), block_for(method)
    for given in (block.numpy(), block.tolist(), None):
        with pytest.raises(TypeError, match=rf"{method} takes a torch.Tensor, not .*: give torch.as_tensor\(block\)"):
            call(given)
    call(torch.as_tensor(block.tolist()))
    for dtype in (torch.complex64, torch.bool):
        with pytest.raises(TypeError, match=f"{method} takes floating-point numbers, not {dtype}"):
            call(block.to(dtype))
    for given in (block.to("meta"), block.to_sparse()):
        with pytest.raises(TypeError, match=f"{method} takes a dense tensor"):
            call(given)


@pytest.mark.parametrize("dtype", [torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64])
def test_integers_are_refused_with_how_to_scale_them(tiny_config: Path, dtype: torch.dtype) -> None:
    """What the message says gives the samples back, to the step of the integers."""
    stream, full_scale = saoctl.load(tiny_config), 2.0 ** (8 * dtype.itemsize - 1)
    block = (block_for("encode") / 8).clamp(-0.9, 0.9)
    integers = (block.double() * full_scale + (128 if dtype == torch.uint8 else 0)).to(dtype)
    with pytest.raises(TypeError, match=r"floating-point audio whose full scale is 1") as error:
        stream.encode(integers)
    if dtype == torch.int64:
        assert "32768 for samples of 16 bits" in str(error.value)
        return
    scaled = eval(str(error.value).partition(": give ")[2], {"block": integers})
    assert torch.allclose(scaled, block, rtol=0, atol=1.01 / full_scale)
    assert scaled.dtype == torch.float32
    stream.encode(scaled)
    with pytest.raises(TypeError, match=r"floating-point latents, not .*: give block.float\(\)"):
        stream.decode(block_for("decode").to(dtype))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_other_floating_point_numbers_are_converted_to_float32(
    tiny_config: Path, method: Method, dtype: torch.dtype
) -> None:
    call, block = getattr(saoctl.load(tiny_config), method), block_for(method).to(dtype)
    found = call(block)
    assert found.dtype == torch.float32
    assert torch.equal(found, getattr(saoctl.load(tiny_config), method)(block.float()))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_numbers_that_are_not_finite_spoil_the_receptive_field_and_nothing_after_it(
    tiny_config: Path, method: Method, value: float
) -> None:
    stream = saoctl.load(tiny_config)
    signal = block_for(method, frames=120)
    spoilt = signal.clone()
    spoilt[0, 0, signal.shape[2] // 8] = value
    blocks = [each.split(signal.shape[2] // 30, dim=2) for each in (signal, spoilt)]
    good = [getattr(stream, method)(block) for block in blocks[0]]
    stream.reset()
    found = [getattr(stream, method)(block) for block in blocks[1]]
    equal = [torch.equal(first, second) for first, second in zip(good, found, strict=True)]
    assert not all(equal)
    assert not all(bool(each.isfinite().all()) for each in found)
    last = max(index for index, same in enumerate(equal) if not same)
    assert last < 25
    stream.reset()
    assert torch.equal(getattr(stream, method)(blocks[0][0]), good[0])


@pytest.mark.parametrize("method", METHODS)
def test_gradients_are_refused_and_their_absence_is_not(tiny_config: Path, method: Method) -> None:
    call, block = getattr(saoctl.load(tiny_config), method), block_for(method).requires_grad_()
    with pytest.raises(ConfigError, match="A stream records no gradients"):
        call(block)
    with torch.no_grad():
        assert not call(block).requires_grad
    assert not call(block.detach()).requires_grad


@pytest.mark.parametrize("shape", [(0, 2, 8), (1, 2, 0)])
def test_an_empty_block_is_refused_and_leaves_the_stream_as_it_is(tiny_config: Path, shape: tuple[int, ...]) -> None:
    stream, blocks = saoctl.load(tiny_config), block_for("encode", frames=20).split(40, dim=2)
    found = []
    for block in blocks:
        found.append(stream.encode(block))
        with pytest.raises(ValueError, match="which is empty"):
            stream.encode(torch.zeros(shape))
    fresh = saoctl.load(tiny_config)
    assert all(torch.equal(fresh.encode(block), each) for block, each in zip(blocks, found, strict=True))


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_a_dtype_and_a_device_of_torch_are_taken_as_their_names_are(tiny_config: Path, precision: Precision) -> None:
    stream = saoctl.load(tiny_config, precision=getattr(torch, precision), device=torch.device("cpu"))
    assert (stream.precision, stream.device) == (precision, torch.device("cpu"))
    assert saoctl.load(tiny_config, device=torch.device("cpu", 0)).device == torch.device("cpu")


def test_an_exported_file_takes_a_device_of_torch(tiny: Config) -> None:
    assert saoctl.load(tiny.artifact, device=torch.device("cpu")).device == torch.device("cpu")


@pytest.mark.parametrize("kind", ["a YAML config", "a folder", "an exported file"])
def test_precisions_and_devices_that_cannot_be_are_refused(whats: dict[str, str | Path], kind: str) -> None:
    for device in ("cuda:97", "gpu", torch.device("meta")):
        with pytest.raises(ConfigError, match=rf"The device {device} is not there. This machine has: .*cpu"):
            saoctl.load(whats[kind], device=device)
    wrong: list[Any] = ["fp16", torch.float64, 16]
    for precision in wrong:
        with pytest.raises(ConfigError, match=r"The precision .* is impossible. Give one of: float32, float16"):
            saoctl.load(whats[kind], precision=precision)


def test_what_is_no_model_is_called_what_it_is(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.flac", np.zeros((100, 2)), 8000)
    save_file({"latents": torch.zeros(2, 10)}, tmp_path / "z.safetensors")
    (tmp_path / "empty.bin").touch()
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "cut.ts").write_bytes(b"PK\x03\x04")
    for name, words in (
        ("song.flac", r"is an audio file, and cannot be read as a model. `saoctl encode .*song.flac` makes latents"),
        ("z.safetensors", r"is a file of latents, and cannot be read as a model. `saoctl decode .*` makes audio"),
        ("empty.bin", r"is empty: it has no bytes. "),
        ("notes.txt", r"is a text file, and cannot be read as a model. Give the name of a config, a YAML config"),
        ("cut.ts", r"is damaged: it begins like a TorchScript file, but cannot be read. Export it again"),
    ):
        with pytest.raises(FileError, match=words):
            saoctl.load(tmp_path / name)


def test_a_stream_says_what_it_is(tiny_config: Path, tiny: Config) -> None:
    for stream in (saoctl.load(tiny_config, precision="bfloat16"), saoctl.load(tiny.artifact)):
        said = repr(stream)
        assert said.startswith("<saoctl.Autoencoder of seed 1, exact stream of oobleck: 8000 Hz, 2 channels, ratio 8, ")
        assert f"{TINY.latent_dim} latents, {stream.precision} on cpu; latency in samples: encode " in said
        assert said.endswith(f"forward {stream.latency['forward']}>")


def test_errors_are_at_hand_before_anything_is_loaded() -> None:
    program = (
        "import sys; sys.modules['torch'] = None; import saoctl;"
        "assert issubclass(saoctl.errors.WeightsError, Exception); assert 'errors' in dir(saoctl)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_file_of_another_tool_streams_but_has_no_flush(tmp_path: Path) -> None:
    host = export.build(offline(TINY), "float32", streaming=True)
    host.set_noise(0.0)
    torch.jit.script(host).save(tmp_path / "other.pt")
    stream = saoctl.load(tmp_path / "other.pt")
    assert (stream.ratio, stream.latency, stream.sample_rate) == (TINY.ratio, {}, None)
    assert "other.pt, written by another tool: 2 channels, ratio 8, " in repr(stream)
    audio = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 2, 64))).float()
    first = stream.encode(audio)
    stream.reset()
    assert torch.equal(stream.encode(audio), first)
    with pytest.raises(ValueError, match="no flush"):
        stream.flush_encode()


def test_names_are_found_without_loading_torch() -> None:
    assert {"load", "Autoencoder", "__version__", "errors"} <= set(dir(saoctl))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = saoctl.nothing


@pytest.mark.parametrize(
    "keys",
    [
        {"artifact": "a.onnx", "precision": "bfloat16"},
        {"artifact": "a.onnx", "export": {"lookahead": 10}},
        {"precision": "bfloat16", "export": {"packed": True}},
    ],
    ids=["precision", "lookahead", "packed"],
)
def test_what_a_format_cannot_hold_streams_where_no_file_is_written(
    tiny_config: Path, tmp_path: Path, keys: dict[str, Any]
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump({"model": yaml.safe_load(tiny_config.read_text())["model"], **keys}))
    assert saoctl.load(path, local_only=True).latency["decode"] > 0
