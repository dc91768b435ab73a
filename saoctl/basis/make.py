"""The basis step: find the directions in which the latents of sounds vary most, and measure what a few of them keep."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from saoctl import audio
from saoctl.autoencoder import from_weights
from saoctl.basis import listening, plot
from saoctl.basis.fidelity import Fidelity, counts, fidelity
from saoctl.basis.moments import Moments
from saoctl.basis.page import DIRECTIONS
from saoctl.basis.sweep import changes, sweeps
from saoctl.config import Config, ExportConfig
from saoctl.errors import FileError
from saoctl.formats.description import Description
from saoctl.formats.format import Artifact
from saoctl.formats.limits import check_methods
from saoctl.formats.whole import streamed
from saoctl.models.family import Architecture
from saoctl.progress import Progress, Silent
from saoctl.vocabulary import METHODS
from saoctl.weights import basis as bases
from saoctl.weights.basis import Basis
from saoctl.weights.source import find

BLOCK_FRAMES = 32
LISTENED_SECONDS = 20.0  # of audio that are decoded to measure what is kept, from the beginnings of the files
ENOUGH = 4  # latent frames per channel of the latents; with fewer, the last directions are a matter of chance


@dataclass(frozen=True)
class BasisResult:
    """A basis, and what its first directions keep.

    Args:
        basis: the file.
        source, commit: of the weights.
        latent_dim: channels of the latents, and directions of the basis.
        frames: the number of latent frames that the basis was computed from.
        seconds: of audio that it was computed from.
        audio: the audio files.
        left_out: the errors of files that could not be used.
        listened_seconds: of the audio that SNR and spectra are measured on.
        results: what the first 1, 2, 4 and so on directions keep.
        files: plots that were written.
        listen: the audio file of each direction, and the page that plays them.
    """

    basis: Path
    source: str
    commit: str | None
    latent_dim: int
    frames: int
    seconds: float
    audio: tuple[Path, ...]
    left_out: tuple[str, ...]
    listened_seconds: float
    results: tuple[Fidelity, ...]
    files: tuple[Path, ...] = ()
    listen: tuple[Path, ...] = ()


def make_basis(
    config: Config,
    found: Sequence[Path],
    output: Path,
    progress: Progress | None = None,
    plot_file: Path | None = None,
    listen: Path | None = None,
    directions: int = DIRECTIONS,
) -> BasisResult:
    """Compute the basis of sounds under the config's weights, and write it.

    Args:
        config: which weights, and on which device.
        found: the audio files.
        output: the file of the basis.
        progress: a listener.
        plot_file: the file of a plot, in the format of its suffix.
        listen: a folder for the sounds of the directions, see `saoctl.basis.listening`.
        directions: how many directions are plotted and written as sounds, at most.

    Raises:
        FileError: none of the files can be read, all are silent or shorter than two latent frames, or a file cannot
            be written.
        ConfigError: this machine does not have the device.
        WeightsError: the weights are not on this machine.
    """
    progress = progress or Silent()
    model, description = _load(config, progress)
    rate = description.architecture.sample_rate
    encoded, left_out = _encode_all(model, description.architecture, found, progress)
    moments = Moments(description.architecture.latent_dim)
    for each in encoded:
        moments.merge(each.moments)
    if moments.count < 2:
        what = "All audio together is shorter than two latent frames" if encoded else "None of the files can be used"
        raise FileError(f"{what}.", "Give more audio, a minute or more.")
    bases.write(_principal(moments, encoded, description), output)
    basis = bases.read(output)  # what follows is measured on the file
    if moments.count < ENOUGH * basis.latent_dim:
        progress.warn(
            f"{moments.count} latent frames are few for {basis.latent_dim} directions: the last of them are a"
            " matter of chance. Give more audio, a minute or more."
        )

    def decode(given: Tensor) -> Tensor:
        blocks = torch.split(given, BLOCK_FRAMES, dim=2)
        return torch.cat(list(streamed(model, "decode", blocks)), dim=2)

    latents = torch.cat([each.beginning for each in encoded], dim=1)[None].float()
    tried = counts(basis.latent_dim)
    progress.start("Decoding", total=len(tried) + 1)
    whole = decode(latents)
    progress.advance()
    results: list[Fidelity] = []
    for count in tried:
        results.append(fidelity(basis, latents, decode, count, whole))
        progress.advance()
    written: tuple[Path, ...] = ()
    if plot_file is not None or listen is not None:
        # The model's receptive field extends as far back as ahead.
        reach = -(-model.can.latency_samples["decode"] // basis.ratio)
        swept = sweeps(basis, min(directions, basis.latent_dim), decode, reach, progress)
        changed = changes(swept)
        if plot_file is not None:
            progress.start("Drawing")
            plot.draw(basis.share.tolist(), results, changed, plot_file)
        if listen is not None:
            written = listening.save(listen, basis, swept, changed, progress)
    return BasisResult(
        basis=output,
        source=description.source,
        commit=description.commit,
        latent_dim=basis.latent_dim,
        frames=basis.frames,
        seconds=sum(each.samples for each in encoded) / rate,
        audio=tuple(each.path for each in encoded),
        left_out=tuple(left_out),
        listened_seconds=latents.shape[2] * basis.ratio / rate,
        results=tuple(results),
        files=() if plot_file is None else (plot_file,),
        listen=written,
    )


def _load(config: Config, progress: Progress) -> tuple[Artifact, Description]:
    """Load the exact stream of the config's weights in float32, without sampling noise."""
    exact = config.model_copy(update={"precision": "float32", "export": ExportConfig()})
    source = find(config.model, progress)
    check_methods(source.read_architecture(), METHODS, source.name)
    artifact = from_weights(exact, source, progress)
    artifact.set_noise(0.0)
    assert artifact.description is not None
    return artifact, artifact.description


@dataclass(frozen=True)
class Encoded:
    """An audio file that was encoded.

    Args:
        path: the file.
        samples: of audio, at the model's rate.
        moments: of its latents.
        beginning: its first latents, which are decoded to measure what is kept, [L, F].
    """

    path: Path
    samples: int
    moments: Moments
    beginning: Tensor


def _encode_all(
    model: Artifact, architecture: Architecture, found: Sequence[Path], progress: Progress
) -> tuple[list[Encoded], list[str]]:
    """Encode the files, each as a signal of its own; also return the errors of those that cannot be used.

    Raises:
        FileError: the only file cannot be used.
    """
    encoded, errors = [], []
    kept = math.ceil(LISTENED_SECONDS * architecture.sample_rate / architecture.ratio / len(found))
    progress.start("Encoding", total=len(found))
    for path in found:
        try:
            encoded.append(_encode(model, architecture, path, kept))
        except FileError as error:
            if len(found) == 1:
                raise
            errors.append(str(error))
            progress.warn(f"left out: {error}")
        progress.advance()
    return encoded, errors


def _encode(model: Artifact, architecture: Architecture, path: Path, kept: int) -> Encoded:
    """Encode a file, and keep its first latent frames.

    Raises:
        FileError: the file cannot be read, or it is silent.
    """
    samples, peak = 0, 0.0

    def blocks() -> Iterator[Tensor]:
        nonlocal samples, peak
        size = BLOCK_FRAMES * architecture.ratio
        for block in audio.blocks(path, architecture.sample_rate, architecture.audio_channels, size):
            samples, peak = samples + block.shape[1], max(peak, block.abs().max().item())
            yield audio.to_whole_frames(block, architecture.ratio)[None]

    moments, beginning = Moments(architecture.latent_dim), torch.zeros(architecture.latent_dim, 0)
    for latents in streamed(model, "encode", blocks()):
        moments.add(latents[0])
        beginning = torch.cat((beginning, latents[0]), dim=1)[:, :kept]
    if peak == 0:
        kind = "silent" if samples else "empty"
        raise FileError(f"The audio file {path} is {kind}.", "Give a sound that the directions can be found from.")
    return Encoded(path, samples, moments, beginning)


def _principal(moments: Moments, encoded: Sequence[Encoded], description: Description) -> Basis:
    """Return the basis of all files."""
    return Basis(
        moments.mean,
        *bases.principal(moments.mean, moments.covariance),
        sample_rate=description.architecture.sample_rate,
        ratio=description.architecture.ratio,
        source=description.source,
        commit=description.commit,
        frames=moments.count,
        audio=tuple(each.path.name for each in encoded),
        weights=description.weights,
    )
