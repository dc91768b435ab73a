"""The info step: read what is inside an exported file of saoctl or of another tool, or what weights are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saoctl.config import ModelConfig
from saoctl.errors import WeightsError
from saoctl.formats import artifact
from saoctl.formats.origin import options_for
from saoctl.models.family import Architecture
from saoctl.models.registry import AnyArchitecture, family_of, known_models
from saoctl.progress import Progress
from saoctl.streaming.family import ReceptiveField
from saoctl.streaming.registry import streaming_of
from saoctl.vocabulary import Signature, SourceKind, signatures
from saoctl.weights.source import find

# The fields of the result that the description has under the same name.
DESCRIBED = (
    *("source_kind", "source", "revision", "commit", "architecture"),
    *("precision", "streaming", "skip_bottleneck", "packed", "block_size", "lookahead", "grid"),
)


@dataclass(frozen=True)
class Latency:
    """The latency of a method.

    Args:
        samples: audio samples.
        frames: latent frames; a whole number, unless the decoder adds a part of a frame.
        milliseconds: milliseconds at the model's sample rate.
    """

    samples: int
    frames: float
    milliseconds: float


@dataclass(frozen=True)
class InfoResult:
    """The description and the contents of a file, or of the model of a config of which no file was exported.

    Args:
        artifact: the file; None if none was exported. Then what follows is of the model, and of its exact stream.
        bytes: the size of the file.
        written_by_saoctl: whether the file has saoctl's description; what only the description says is None if not.
        source_kind: what names the weights; also None in files of saoctl 0.1.0.
        source, revision, commit: the name of the weights; the last two are for repos.
        options: the options that choose these weights in a command, such as `-c demo`.
        architecture: the numbers that define the model.
        precision, streaming, skip_bottleneck, packed: the choices of the export.
        versions: the versions of saoctl and torch that wrote the file.
        latency: the latency of each method.
        block_size: the size of blocks in audio samples; None: any whole number of latent frames, or unknown.
        lookahead: how far each method looks ahead, see `saoctl export`; None if the stream is exact, or unknown.
        basis: the basis whose coordinates take the place of latents, its audio and its weights.
        parameters: the number of weights in the file.
        dtypes: the number of weights of each dtype.
        methods: per method that a host can call, in_channels, in_ratio, out_channels, out_ratio.
        attributes: what a host can set.
        receptive_field: the receptive field of each method of the offline model; empty if it is unknown.
        inputs, outputs: the dtypes and shapes of the inputs and outputs of an ONNX file of another tool, by name.
        grid: the audio samples of which blocks in nn~ are multiples, if latents are held; None: latents have a value
            per frame, or unknown.
    """

    artifact: Path | None
    bytes: int | None
    written_by_saoctl: bool
    source: str | None
    revision: str | None
    commit: str | None
    architecture: AnyArchitecture | None
    precision: str | None
    streaming: bool | None
    skip_bottleneck: bool | None
    versions: dict[str, str]
    latency: dict[str, Latency]
    block_size: int | None
    lookahead: dict[str, int] | None
    basis: str | None
    parameters: int
    dtypes: dict[str, int]
    methods: dict[str, Signature]
    attributes: list[str]
    packed: bool | None = None
    source_kind: SourceKind | None = None
    options: str | None = None
    receptive_field: dict[str, ReceptiveField] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    grid: int | None = None


def run(path: Path) -> InfoResult:
    """Read a file as a host does, and its description, if it has one.

    Raises:
        FileError: the file is missing, unreadable or of an unknown format.
    """
    description = artifact.description(path)
    contents = artifact.contents(path)
    described: dict[str, Any] = {name: getattr(description, name, None) for name in DESCRIBED}
    return InfoResult(
        artifact=path,
        bytes=path.stat().st_size,
        written_by_saoctl=description is not None,
        **described,
        versions=description.versions if description else {},
        latency=_latency(description.architecture, description.latency_samples) if description else {},
        basis=description.basis.summary() if description and description.basis else None,
        options=options_for(description) if description else None,
        receptive_field=receptive_field(description.architecture if description else None),
        parameters=sum(contents.dtypes.values()),
        **vars(contents),
    )


def of_weights(model: ModelConfig, progress: Progress) -> InfoResult:
    """Return what is known of the weights of a config without a file; nothing is downloaded.

    Args:
        model: the section of the config that names them.
        progress: a listener.

    Raises:
        WeightsError: the weights are not on this machine, the config has no architecture, and it names no known model.
        FileError: the weights are damaged.
    """
    architecture, nothing = model.whole_architecture, dict.fromkeys(DESCRIBED)
    if architecture is None:
        try:
            source = find(model, progress)
        except WeightsError:
            published = {(each.repo, each.file): each for each in known_models().values()}
            known = published.get((model.repo or "", model.file))
            if known is None or model.is_default:  # who chose no model asks for a file
                raise
            architecture = known.architecture
        else:
            architecture = source.read_architecture()
            nothing |= {"source_kind": source.kind, "source": source.name}
            nothing |= {"revision": source.revision, "commit": source.commit}
    its = architecture
    own = signatures(its.audio_channels, its.latent_dim, its.ratio, its.methods)
    described: dict[str, Any] = {**nothing, "architecture": architecture}
    return InfoResult(
        artifact=None,
        bytes=None,
        written_by_saoctl=False,
        **described,
        versions={},
        latency=_latency(architecture, streaming_of(architecture).latency(architecture)),
        basis=None,
        receptive_field=receptive_field(architecture),
        parameters=family_of(architecture).parameters(architecture),
        dtypes={},
        methods={str(method): signature for method, signature in own.items()},
        attributes=[],
    )


def receptive_field(architecture: Architecture | None) -> dict[str, ReceptiveField]:
    """Return the receptive field of each method; empty for a file of another tool, whose architecture is unknown."""
    if architecture is None:
        return {}
    return {str(method): each for method, each in streaming_of(architecture).receptive_field(architecture).items()}


def _latency(architecture: Architecture, latency_samples: Mapping[Any, int]) -> dict[str, Latency]:
    ratio, rate = architecture.ratio, architecture.sample_rate
    return {
        str(method): Latency(samples, round(samples / ratio, 3), round(samples / rate * 1e3, 1))
        for method, samples in latency_samples.items()
    }
