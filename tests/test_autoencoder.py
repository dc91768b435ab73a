"""saoctl.load: whatever it is given, the same exact stream."""

from pathlib import Path

import numpy as np
import pytest
import torch

import saoctl
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.formats import export
from saoctl.verify.metrics import snr_db
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
        "a checkpoint": str(tmp_path / "weights" / "vae" / "diffusion_pytorch_model.safetensors"),
    }


@pytest.mark.parametrize("kind", ["a YAML config", "an exported file", "a folder", "a checkpoint"])
def test_every_form_gives_the_offline_models_output(whats: dict[str, str | Path], kind: str) -> None:
    stream = saoctl.load(whats[kind], device="cpu")
    assert (stream.sample_rate, stream.ratio) == (TINY.sample_rate, TINY.ratio)
    assert (stream.audio_channels, stream.latent_dim) == (TINY.audio_channels, TINY.latent_dim)
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


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_file_of_another_tool_streams_but_has_no_flush(tmp_path: Path) -> None:
    host = export.build(offline(TINY), "float32", streaming=True)
    host.set_noise(0.0)
    torch.jit.script(host).save(tmp_path / "other.pt")
    stream = saoctl.load(tmp_path / "other.pt")
    assert (stream.ratio, stream.latency, stream.sample_rate) == (TINY.ratio, {}, None)
    audio = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 2, 64))).float()
    first = stream.encode(audio)
    stream.reset()
    assert torch.equal(stream.encode(audio), first)
    with pytest.raises(ValueError, match="no flush"):
        stream.flush_encode()


def test_names_are_found_without_loading_torch() -> None:
    assert {"load", "Autoencoder", "__version__"} <= set(dir(saoctl))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = saoctl.nothing
