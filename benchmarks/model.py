"""The full-size model with made weights that the benchmarks run, and what goes into it."""

import torch
from torch import Tensor

from saoctl import config
from saoctl.config import ModelConfig
from saoctl.models.checkpoint import load
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.oobleck.model import OobleckAutoencoder, offline_model
from saoctl.progress import Silent
from saoctl.weights.source import resolve

CODER = Coder(channels=128, c_mults=(1, 2, 4, 8, 16), strides=(2, 4, 4, 8, 8))
STABLE_AUDIO_OPEN = OobleckArchitecture(
    sample_rate=44100, audio_channels=2, latent_dim=64, encoder=CODER, decoder=CODER
)
MODEL = ModelConfig(seed=0, architecture=STABLE_AUDIO_OPEN)


def state() -> dict[str, Tensor]:
    """Made weights; the 625 MB are written to the cache once."""
    return load(resolve(MODEL, Silent(), local_only=True).checkpoint)[1]


def full_size() -> OobleckAutoencoder:
    """The offline model."""
    return offline_model(STABLE_AUDIO_OPEN, state())


def full_size_config(precision: str, artifact: str) -> config.Config:
    """A config that exports it."""
    return config.Config(model=MODEL, device="cpu", precision=precision, artifact=artifact)


def method_input(method: str, samples: int) -> Tensor:
    """Noise that a method takes for `samples` of audio, [1, channels, T]."""
    generator = torch.Generator().manual_seed(0)
    if method == "decode":
        return torch.randn(1, STABLE_AUDIO_OPEN.latent_dim, samples // STABLE_AUDIO_OPEN.ratio, generator=generator)
    return 0.1 * torch.randn(1, STABLE_AUDIO_OPEN.audio_channels, samples, generator=generator)
