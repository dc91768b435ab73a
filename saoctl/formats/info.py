"""What is inside an exported file, also of one that saoctl did not write, as far as it tells."""

from dataclasses import dataclass, field
from pathlib import Path

from saoctl.formats import artifact
from saoctl.formats.description import Description
from saoctl.formats.origin import options_for
from saoctl.models.registry import AnyArchitecture
from saoctl.vocabulary import Signature, SourceKind


@dataclass(frozen=True)
class Latency:
    """The latency of a method.

    Args:
        samples: of audio.
        frames: of latents; whole ones, except where the decoder adds to it.
        milliseconds: at the model's sample rate.
    """

    samples: int
    frames: float
    milliseconds: float


@dataclass(frozen=True)
class InfoResult:
    """What a file says and shows.

    Args:
        artifact: the file.
        bytes: its size.
        written_by_saoctl: whether it has a description of itself; what only that tells is None otherwise.
        source_kind: what names the weights; also None in files of saoctl 0.1.0.
        source, revision, commit: what the weights are called.
        options: that choose these weights for a command, such as `-c demo`.
        architecture: numbers of the model.
        precision, streaming, skip_bottleneck, packed: the choices that it was exported with.
        versions: of saoctl and torch that wrote it.
        latency: per method.
        block_size: of every block, in audio samples; None: any whole number of latent frames, or not told.
        lookahead: see `saoctl export`; None if it is exact, or not told.
        basis: what it is from, if coordinates in a basis take the place of latents.
        parameters: numbers that it holds.
        dtypes: of these, the dtypes, and how many numbers each has.
        methods: per method that a host can call, in_channels, in_ratio, out_channels, out_ratio.
        attributes: what a host can set.
        inputs, outputs: of an ONNX file of another tool, by name, with dtype and shape.
    """

    artifact: Path
    bytes: int
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
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


def run(path: Path) -> InfoResult:
    """Read a file as a host does, and its description, if it has one.

    Raises:
        FileError: it is missing, unreadable or of no format.
    """
    description = artifact.description(path)
    contents = artifact.contents(path)
    return InfoResult(
        artifact=path,
        bytes=path.stat().st_size,
        written_by_saoctl=description is not None,
        source=description.source if description else None,
        revision=description.revision if description else None,
        commit=description.commit if description else None,
        architecture=description.architecture if description else None,
        precision=description.precision if description else None,
        streaming=description.streaming if description else None,
        skip_bottleneck=description.skip_bottleneck if description else None,
        versions=description.versions if description else {},
        latency=_latency(description) if description else {},
        block_size=description.block_size if description else None,
        lookahead=description.lookahead if description else None,
        basis=description.basis.told() if description and description.basis else None,
        parameters=sum(contents.dtypes.values()),
        dtypes=contents.dtypes,
        methods=contents.methods,
        attributes=contents.attributes,
        packed=description.packed if description else None,
        source_kind=description.source_kind if description else None,
        options=options_for(description) if description else None,
        inputs=contents.inputs,
        outputs=contents.outputs,
    )


def _latency(description: Description) -> dict[str, Latency]:
    ratio, rate = description.architecture.ratio, description.architecture.sample_rate
    return {
        method: Latency(samples, round(samples / ratio, 3), round(samples / rate * 1e3, 1))
        for method, samples in description.latency_samples.items()
    }
