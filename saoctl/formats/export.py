"""The export step: build the model, and write it with its description as a file for a host."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn

from saoctl import devices
from saoctl.blocks import block_sizes, grid_of
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.files import sha256
from saoctl.formats import artifact, limits
from saoctl.formats.description import (
    BASIS_FORMAT,
    EXACT_FORMAT,
    HELD_FORMAT,
    LOOKAHEAD_FORMAT,
    BasisDescription,
    Description,
)
from saoctl.formats.nn_tilde import NnTilde, read_signatures
from saoctl.formats.nn_tilde_held import HeldNnTilde
from saoctl.kinds import exported_files
from saoctl.models.checkpoint import fingerprint, load
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of
from saoctl.progress import Progress, Silent
from saoctl.streaming.build import build as build_stream
from saoctl.streaming.controls import Directions
from saoctl.streaming.family import Lookahead
from saoctl.streaming.precision import DTYPES
from saoctl.streaming.registry import streaming_of
from saoctl.vocabulary import METHODS, FormatName, Precision, Signature
from saoctl.weights import basis as bases
from saoctl.weights.basis import Basis
from saoctl.weights.source import Source, find

# The fields of the result that the description has under the same name.
DESCRIBED = ("source", "revision", "commit", "precision", "streaming", "latency_samples", "lookahead", "packed")


@dataclass(frozen=True)
class ExportResult:
    """The files that an export wrote, and what they hold.

    Args:
        artifact: the exported file.
        format: the format of the file.
        files: all files of the export, `artifact` first.
        bytes, sha256: the size and the digest of the file.
        precision: the precision of the weights and of the computation.
        source: the weights: a repo, a path or a seed.
        revision, commit: for a repo, the revision that was asked for and its commit.
        device: the device that built the model.
        streaming: whether the file holds the streaming model or the offline one.
        sample_rate: Hz.
        ratio: audio samples per latent frame.
        parameters: the number of weights in the file, with weight norm folded.
        methods: per method, in_channels, in_ratio, out_channels, out_ratio.
        attributes: what a host can set.
        latency_samples: the latency of each method in audio samples.
        lookahead: how far each method looks ahead: encode in latent frames, decode and forward in steps of `step`
            audio samples; None if the stream is exact.
        basis: a summary of the basis (directions, audio, weights) whose coordinates replace latents; None without one.
        packed: whether weights are packed for x86.
    """

    artifact: Path
    format: FormatName
    files: tuple[Path, ...]
    bytes: int
    sha256: str
    source: str
    revision: str | None
    commit: str | None
    precision: str
    device: str
    streaming: bool
    sample_rate: int
    ratio: int
    parameters: int
    methods: dict[str, Signature]
    attributes: list[str]
    latency_samples: dict[str, int]
    lookahead: dict[str, int] | None
    basis: str | None = None
    packed: bool = False


def run(config: Config, progress: Progress | None = None) -> ExportResult:
    """Write the artifact that a config describes, from weights that are on this machine.

    Raises:
        WeightsError: the weights are not on this machine.
        FileError: the weights are damaged or of another model, or the artifact cannot be written.
        ConfigError: this machine does not have the device, or the format cannot hold the model.
    """
    progress = progress or Silent()
    device = devices.resolve(config.device)
    kind = artifact.format_of(config.artifact)
    limits.check_all(kind.name, config, config.model.whole_architecture)
    kind.check_packages()
    if config.export.packed and not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        message = "This torch has no oneDNN, which packed weights need."
        raise ConfigError(message, "Leave --packed out, or export on a machine with an x86 processor.")
    if config.export.basis is not None:
        bases.read(config.export.basis)  # refuses a bad basis before the weights are searched for
    host, description = build_from_weights(config, find(config.model, progress), device, progress, kind.name)
    host = host.to("cpu")
    architecture = description.architecture
    if warning := devices.slow_precision(torch.device("cpu"), limits.computes(kind.name, config.precision)):
        progress.warn(warning)
    progress.start("Writing the artifact")
    size = artifact.save(host, config.artifact, description)
    return ExportResult(
        artifact=config.artifact,
        format=kind.name,
        files=tuple(exported_files(kind.name, config.artifact, description.architecture.methods)),
        bytes=size,
        sha256=sha256(config.artifact),
        **{name: getattr(description, name) for name in DESCRIBED},
        device=str(device),
        sample_rate=architecture.sample_rate,
        ratio=architecture.ratio,
        parameters=sum(parameter.numel() for parameter in host.parameters()),
        methods=read_signatures(host),
        attributes=host.get_attributes(),
        basis=None if description.basis is None else description.basis.summary(),
    )


def build_from_weights(
    config: Config, source: Source, device: torch.device, progress: Progress, form: FormatName | None = None
) -> tuple[NnTilde, Description]:
    """Return the model for the host, and the description of its exported file.

    Args:
        config: its precision, and the choices of its `export` section.
        source: the weights.
        device: to build it on.
        progress: a listener.
        form: the format that it is written in; None if it stays in memory, where blocks have any size.

    Raises:
        FileError: the weights or the basis are not what they should be.
        ConfigError: the block size is no multiple of the model's ratio, or another choice cannot be had.
    """
    basis = None if config.export.basis is None else bases.read(config.export.basis)
    architecture = source.read_architecture()
    limits.check_all(form, config, architecture)
    block_size, block_frames = None, None
    if form is not None:
        block_size = config.export.block_size or limits.least_block(form, architecture)
    if block_size is not None:
        block_sizes([block_size], (), architecture.ratio, "export.block_size")  # refuses what is not a multiple
        block_frames = block_size // architecture.ratio
    # nn~ alone needs the grid: it runs a stream in blocks of its own, if the file does not fix them.
    held = form == "torchscript" and config.export.streaming and block_size is None
    grid = grid_of(architecture.ratio) if held else None
    lookahead = _lookahead(config, architecture, architecture.ratio - (grid or architecture.ratio))
    progress.start("Loading the weights")
    architecture, state = load(source.checkpoint, architecture)
    progress.start("Building the model")
    family = family_of(architecture)
    offline = family.offline(architecture, state, sampling=not config.export.skip_bottleneck).to(device)
    weights = fingerprint(state)
    state.clear()  # The stream can then take the place of the checkpoint in memory.
    directions = None if basis is None else _describe_basis(config, basis, architecture, weights)
    host = build(
        offline,
        limits.computes(form, config.precision),
        config.export.streaming,
        lookahead,
        directions,
        packed=config.export.packed,
        block_frames=block_frames,
        grid=grid,
    )
    description = Description(
        format=_format(grid, directions, lookahead),
        family=family.name,
        architecture=architecture,
        precision=config.precision,
        streaming=config.export.streaming,
        skip_bottleneck=config.export.skip_bottleneck,
        source_kind=source.kind,
        source=source.name,
        revision=source.revision,
        commit=source.commit,
        versions={"saoctl": version("saoctl"), "torch": torch.__version__},
        latency_samples=latency_samples(host),
        block_size=block_size,
        lookahead=lookahead,
        basis=directions,
        weights=weights,
        packed=config.export.packed,
        grid=grid,
    )
    return host, description


def _format(grid: int | None, basis: BasisDescription | None, lookahead: Lookahead | None) -> int:
    """Return the oldest version of the description that says all of this."""
    if grid is not None:
        return HELD_FORMAT
    if basis is not None:
        return BASIS_FORMAT
    return EXACT_FORMAT if lookahead is None else LOOKAHEAD_FORMAT


def _lookahead(config: Config, architecture: Architecture, queued: int) -> dict[str, int] | None:
    """Return the lookahead that the config asks for, or None for an exact stream; for `queued` see `Dial.choose`.

    Raises:
        ConfigError: the model cannot have this lookahead; the message names the nearest one that it can have.
    """
    choice, dial = config.export, streaming_of(architecture).dial
    if choice.lookahead == "exact" or dial is None:
        return None
    try:
        return dial.choose(architecture, choice.lookahead, choice.lookahead_encode, choice.lookahead_decode, queued)
    except ValueError as error:
        raise ConfigError(f"export.lookahead: {error}.") from error


def _describe_basis(config: Config, basis: Basis, architecture: Architecture, weights: str) -> BasisDescription:
    """Return the description of a basis with as many directions as the config asks for.

    `architecture` and `weights`, which is a fingerprint, are those of the model.

    Raises:
        FileError: the basis was made with another model or with other weights.
        ConfigError: the basis has fewer directions.
    """
    path, count = config.export.basis, config.export.latents
    own = architecture.latent_dim, architecture.ratio, architecture.sample_rate
    found = basis.latent_dim, basis.ratio, basis.sample_rate
    hint = "Make a basis with these weights: saoctl basis AUDIO."
    if own != found:
        theirs, ours = (f"{latents} latents of {ratio} samples at {rate} Hz" for latents, ratio, rate in (found, own))
        raise FileError(
            f"{path} is the basis of another model: it was made with {basis.source}, which has {theirs}; these weights"
            f" have {ours}.",
            hint,
        )
    # An encoder or a decoder alone takes the basis of the whole model that it belongs to.
    if architecture.methods == METHODS and basis.weights not in (None, weights):
        message = f"{path} is the basis of other weights: it was made with {basis.source}, whose numbers differ."
        raise FileError(message, hint)
    if count is not None and count > basis.latent_dim:
        message = f"export.latents: {count} are more than the {basis.latent_dim} directions that {path} has."
        raise ConfigError(message, f"Give 1 to {basis.latent_dim}.")
    return BasisDescription.from_basis(basis, count or basis.latent_dim)


def build(
    offline: nn.Module,
    precision: Precision,
    streaming: bool,
    lookahead: Lookahead | None = None,
    basis: BasisDescription | None = None,
    packed: bool = False,
    block_frames: int | None = None,
    grid: int | None = None,
) -> NnTilde:
    """Return the model for the host.

    Args:
        offline: the model; the stream may take its weights.
        precision: the precision of the computation.
        streaming: whether to return the exact stream or the offline model.
        lookahead: the lookahead of the stream; None for an exact one.
        basis: the basis whose coordinates take the place of latents.
        packed: whether to pack the weights for x86.
        block_frames: see `saoctl.streaming.family.StreamingFamily.exact`.
        grid: audio samples of which the host's blocks are multiples, for latents that are held; see
            `saoctl.streaming.queues`. None: blocks are whole latent frames.
    """
    architecture: Any = offline.architecture
    directions, labels = None, None
    if basis is not None:
        whole = basis.whole(architecture)
        directions = Directions(whole.mean, whole.directions, whole.spread, basis.latents)
        labels = [f"direction {n + 1} ({basis.share[n]:.0%})" for n in range(basis.latents)]
    stream = build_stream(offline, precision, streaming, lookahead, directions, packed, block_frames)
    dtype = DTYPES[precision]
    methods = architecture.methods
    if grid is None:
        host = NnTilde(stream, dtype, labels, methods=methods)
    else:
        host = HeldNnTilde(stream, dtype, grid, labels, methods)
    return host.eval().requires_grad_(False)


def latency_samples(host: NnTilde) -> dict[str, int]:
    """Return the latency of each method in audio samples; it is 0 for the offline model."""
    return {method: getattr(host, f"get_latency_{method}")()[0] for method in host.methods}
