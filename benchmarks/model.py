"""The model that is measured, with random weights, and its input; everything that the benchmarks take from saoctl."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from saoctl.autoencoder import from_weights, set_noise
from saoctl.bench import machine
from saoctl.bench import time_files as bench
from saoctl.bench.process import worker_process
from saoctl.bench.result import BenchResult
from saoctl.bench.worker import peak_gflops
from saoctl.cli.shown import markdown_table
from saoctl.config import Config, ModelConfig
from saoctl.convert.choices import BLOCK_SECONDS
from saoctl.devices import PRODUCT_DTYPES
from saoctl.files import atomic_file, check_place
from saoctl.formats import export
from saoctl.formats.format import Artifact
from saoctl.formats.nn_tilde import NnTilde
from saoctl.formats.whole import streamed as streamed_blocks
from saoctl.models.checkpoint import Checkpoint, load
from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.registry import family_of
from saoctl.pipelines import stream_vae
from saoctl.progress import Silent
from saoctl.streaming.oobleck.layers import Product
from saoctl.vocabulary import METHODS, Method, Precision
from saoctl.weights.source import find

__all__ = [
    "METHODS",
    "BenchResult",
    "OobleckArchitecture",
    "Product",
    "atomic_file",
    "check_place",
    "machine",
    "markdown_table",
    "peak_gflops",
    "stream_vae",
    "worker_process",
]

CODER = Coder(channels=128, c_mults=(1, 2, 4, 8, 16), strides=(2, 4, 4, 8, 8))
STABLE_AUDIO_OPEN = OobleckArchitecture(
    sample_rate=44100, audio_channels=2, latent_dim=64, encoder=CODER, decoder=CODER
)

TINY_CODER = Coder(channels=16, c_mults=(1, 2), strides=(2, 4))
TINY = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=4, encoder=TINY_CODER, decoder=TINY_CODER)


def model_config(architecture: OobleckArchitecture) -> ModelConfig:
    """Return the config of a model with random weights."""
    return ModelConfig(seed=0, architecture=architecture)


def write_config(architecture: OobleckArchitecture, folder: Path) -> Path:
    """Write the same config into a file, for the command line."""
    path = folder / "model.yaml"
    content = {"model": model_config(architecture).model_dump(mode="json", exclude_none=True), "device": "cpu"}
    path.write_text(json.dumps(content))  # which is YAML too
    return path


def checkpoint(architecture: OobleckArchitecture) -> Checkpoint:
    """Return the files of random weights; they are written to the cache once, at full size 625 MB."""
    return find(model_config(architecture), Silent()).checkpoint


def state(architecture: OobleckArchitecture) -> dict[str, Tensor]:
    """Return random weights."""
    return load(checkpoint(architecture))[1]


def reference(architecture: OobleckArchitecture) -> Reference:
    """Return stable-audio-tools' own model, offline, in float32."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return family_of(architecture).reference("stable-audio-tools", architecture, state(architecture))


def write_file(architecture: OobleckArchitecture, precision: Precision, path: Path) -> None:
    """Export the model."""
    settings = {"model": model_config(architecture), "device": "cpu", "precision": precision, "artifact": path}
    export.run(Config.model_validate(settings))


def time_files(architecture: OobleckArchitecture, settings: dict[str, Any], files: list[Path]) -> BenchResult:
    """Time exported files by turns, and the offline model of stable-audio-tools.

    Args:
        architecture: of the model.
        settings: of the config's section `bench`.
        files: the exported files.
    """
    tree = {"model": model_config(architecture), "bench": settings, "reference": "stable-audio-tools"}
    return bench.run(Config.model_validate(tree), files=files)


def streaming_weights(architecture: OobleckArchitecture) -> Artifact:
    """Return the stream that `saoctl encode` uses, in float32."""
    settings = {"model": model_config(architecture), "device": "cpu"}
    config = Config.model_validate(settings)
    artifact = from_weights(config, find(config.model, Silent()), Silent())
    set_noise(artifact, 0.0)
    return artifact


def streamed(artifact: Artifact, method: Method, signal: Tensor) -> Iterator[Tensor]:
    """Yield the output of a method for a whole signal, in blocks as `saoctl encode` takes them."""
    signature, architecture = artifact.can.methods[method], artifact.description.architecture  # type: ignore[union-attr]
    frames = max(round(BLOCK_SECONDS * architecture.sample_rate / architecture.ratio), 1)
    blocks = torch.split(signal, signature.input_values(frames * architecture.ratio), dim=2)
    return streamed_blocks(artifact, method, blocks)


def streaming_model(architecture: OobleckArchitecture, precision: Precision) -> NnTilde:
    """Return the streaming model that would be exported, as Python runs it."""
    return export.build(family_of(architecture).offline(architecture, state(architecture)), precision, streaming=True)


def product_dtype(precision: Precision) -> torch.dtype:
    """Return the dtype of a precision's products; for `mixed`, that of most of them."""
    return PRODUCT_DTYPES[precision]


def method_input(architecture: OobleckArchitecture, method: str, samples: int) -> Tensor:
    """Return noise as the input of a method for `samples` of audio, [1, channels, T]."""
    generator = torch.Generator().manual_seed(0)
    if method == "decode":
        return torch.randn(1, architecture.latent_dim, samples // architecture.ratio, generator=generator)
    return 0.1 * torch.randn(1, architecture.audio_channels, samples, generator=generator)
