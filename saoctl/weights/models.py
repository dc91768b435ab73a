"""The models command: the public models that have a name here, and what is known of each."""

import functools
from dataclasses import dataclass

from saoctl.config import load
from saoctl.models.family import Architecture, KnownModel, UnavailableModel
from saoctl.models.registry import family_of, known_models, unavailable_models
from saoctl.streaming.registry import streaming_of
from saoctl.vocabulary import Method
from saoctl.weights.source import cached


@dataclass(frozen=True)
class Model:
    """A public model that `-c NAME` takes.

    Args:
        name: the name that `-c` and `model.architecture` take.
        title: what people call it.
        repo: the repo on the hub that it is fetched from.
        file: the file of the weights in the repo; None: they are in a usual layout.
        sample_rate: Hz.
        audio_channels: channels of its audio.
        latent_dim: channels of its latents.
        ratio: audio samples per latent frame.
        methods: what it can do; a decoder alone can only decode.
        latency_samples: the latency of `forward` in audio samples, or of the one method that the model has.
        latency_ms: the same in ms.
        parameters: the number of parameters.
        gated: whether an account must accept a licence first.
        licence: the licence of the weights; None: unknown here, so read the model's page.
        bytes_to_fetch: about how many bytes a download fetches.
        here: whether the weights are in the cache of this machine.
        tried: whether saoctl's authors have fetched it from this repo; else its layout was tried with made weights.
    """

    name: str
    title: str
    repo: str
    file: str | None
    sample_rate: int
    audio_channels: int
    latent_dim: int
    ratio: int
    methods: tuple[Method, ...]
    latency_samples: int
    latency_ms: float
    parameters: int
    gated: bool
    licence: str | None
    bytes_to_fetch: int
    here: bool
    tried: bool


@dataclass(frozen=True)
class ModelsResult:
    """The public models that saoctl knows.

    Args:
        models: those that it streams.
        unavailable: those that it cannot stream, although people may expect it.
    """

    models: tuple[Model, ...]
    unavailable: tuple[UnavailableModel, ...]


def run() -> ModelsResult:
    """Return what is known of each model; the hub is not asked."""
    return ModelsResult(tuple(map(_model, known_models().values())), tuple(unavailable_models().values()))


@functools.cache  # models share architectures, and their layers are made for it
def _latency_and_parameters(architecture: Architecture) -> tuple[int, int]:
    latency = streaming_of(architecture).latency(architecture)[architecture.methods[-1]]
    return latency, family_of(architecture).parameters(architecture)


def _model(known: KnownModel) -> Model:
    architecture = known.architecture
    latency, parameters = _latency_and_parameters(architecture)
    return Model(
        name=known.name,
        title=known.title,
        repo=known.repo,
        file=known.file,
        sample_rate=architecture.sample_rate,
        audio_channels=architecture.audio_channels,
        latent_dim=architecture.latent_dim,
        ratio=architecture.ratio,
        methods=architecture.methods,
        latency_samples=latency,
        latency_ms=round(latency / architecture.sample_rate * 1e3, 1),
        parameters=parameters,
        gated=known.gated,
        licence=known.licence,
        bytes_to_fetch=parameters * known.bytes_per_weight,
        here=next(cached(load(known.name).model), None) is not None,
        tried=known.tried,
    )
