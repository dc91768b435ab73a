"""The model that is measured, with random weights, and its input."""

import json
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from saoctl.autoencoder import from_weights, set_noise
from saoctl.bench.worker import noise
from saoctl.config import Config, ModelConfig
from saoctl.convert.choices import BLOCK_SECONDS
from saoctl.formats import export
from saoctl.formats.format import Artifact
from saoctl.formats.nn_tilde import NnTilde
from saoctl.formats.whole import streamed as streamed_blocks
from saoctl.models.checkpoint import Checkpoint, load
from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.registry import family_of
from saoctl.progress import Silent
from saoctl.vocabulary import Method, Precision, signatures
from saoctl.weights.source import find

CODER = Coder(channels=128, c_mults=(1, 2, 4, 8, 16), strides=(2, 4, 4, 8, 8))
STABLE_AUDIO_OPEN = OobleckArchitecture(
    sample_rate=44100, audio_channels=2, latent_dim=64, encoder=CODER, decoder=CODER
)

ACE_STEP_CODER = Coder(channels=128, c_mults=(1, 2, 4, 8, 16), strides=(2, 4, 4, 6, 10))
ACE_STEP = OobleckArchitecture(
    sample_rate=48000, audio_channels=2, latent_dim=64, encoder=ACE_STEP_CODER, decoder=ACE_STEP_CODER
)

TINY_CODER = Coder(channels=16, c_mults=(2,), strides=(8,))
TINY = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=4, encoder=TINY_CODER, decoder=TINY_CODER)


def model_config(architecture: OobleckArchitecture, **settings: Any) -> Config:
    """Return the config of a model with random weights, on the CPU, and with other settings."""
    return Config.model_validate({"model": ModelConfig(seed=0, architecture=architecture), "device": "cpu", **settings})


def write_config(architecture: OobleckArchitecture, folder: Path) -> Path:
    """Write the same config into a file, for the command line."""
    path = folder / "model.yaml"
    content = model_config(architecture).model_dump(mode="json", include={"model", "device"}, exclude_none=True)
    path.write_text(json.dumps(content))  # which is YAML too
    return path


def checkpoint(architecture: OobleckArchitecture) -> Checkpoint:
    """Return the files of random weights; they are written to the cache once, at full size 625 MB."""
    return find(model_config(architecture).model, Silent()).checkpoint


def state(architecture: OobleckArchitecture) -> dict[str, Tensor]:
    """Return random weights."""
    return load(checkpoint(architecture))[1]


def reference(architecture: OobleckArchitecture) -> Reference:
    """Return stable-audio-tools' own model, offline, in float32."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return family_of(architecture).reference("stable-audio-tools", architecture, state(architecture))


def write_files(architecture: OobleckArchitecture, precisions: Sequence[Precision], folder: Path) -> list[Path]:
    """Export the model in every precision, and return the files."""
    files = {precision: folder / f"{precision}.ts" for precision in precisions}
    for precision, path in files.items():
        export.run(model_config(architecture, precision=precision, artifact=path))
    return list(files.values())


def streaming_weights(architecture: OobleckArchitecture) -> Artifact:
    """Return the stream that `saoctl encode` uses, in float32."""
    config = model_config(architecture)
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


def method_input(architecture: OobleckArchitecture, method: Method, samples: int) -> Tensor:
    """Return noise as the input of a method for `samples` of audio, [1, channels, T]."""
    forms = signatures(architecture.audio_channels, architecture.latent_dim, architecture.ratio)
    return noise(forms[method], samples)
