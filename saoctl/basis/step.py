"""The basis step: the directions in which the latents of one's own sounds vary most, and what a few of them keep."""

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
from saoctl.formats.whole import streamed
from saoctl.models.family import Architecture
from saoctl.progress import Progress, Silent
from saoctl.weights import basis as bases
from saoctl.weights.basis import Basis
from saoctl.weights.source import find

BLOCK_FRAMES = 32
LISTENED_SECONDS = 20.0  # of the sounds, that are decoded to tell what is kept: the beginning of each file
ENOUGH = 4  # latent frames for each of their channels, below which directions are a matter of chance


@dataclass(frozen=True)
class BasisResult:
    """A basis, and what it keeps.

    Args:
        basis: the file.
        source, commit: of the weights.
        latent_dim: channels of the latents, and directions of the basis.
        frames: latent frames that it is from.
        seconds: of audio.
        audio: the files.
        left_out: files that could not be read, a sentence each.
        listened_seconds: of the audio that SNR and spectra are measured on.
        results: what the first 1, 2, 4 and so on keep.
        files: plots that were written.
        listen: what was written to listen to: an audio file for each direction, and the page that plays them.
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


@dataclass(frozen=True)
class Heard:
    """What all files gave together.

    Args:
        moments: of the latents.
        beginnings: of each file, the latents that are decoded, [L, F].
        samples: of audio.
        files: that could be read.
        left_out: why the others could not.
    """

    moments: Moments
    beginnings: tuple[Tensor, ...]
    samples: int
    files: tuple[Path, ...]
    left_out: tuple[str, ...]


def run(
    config: Config,
    found: Sequence[Path],
    output: Path,
    progress: Progress | None = None,
    plot_file: Path | None = None,
    listen: Path | None = None,
    directions: int = DIRECTIONS,
) -> BasisResult:
    """Find the basis of sounds under the config's weights.

    Args:
        config: which weights, and on which device.
        found: the audio files.
        output: the file of the basis.
        progress: a listener.
        plot_file: a file for a drawing of it, in a format that its suffix names.
        listen: a folder for the sounds of the directions, see `saoctl.basis.listening`.
        directions: how many are drawn and written to listen to, at most.

    Raises:
        FileError: none of the files can be read, all are silent or shorter than two latent frames, or a file cannot
            be written.
        ConfigError: the device is not there.
        WeightsError: the weights are not on this machine.
    """
    progress = progress or Silent()
    model, description = _model(config, progress)
    heard = _listen(model, description.architecture, found, progress)
    bases.write(_found(heard, description), output)
    basis = bases.read(output)  # what is told is told of the file
    if heard.moments.count < ENOUGH * basis.latent_dim:
        progress.warn(
            f"{heard.moments.count} latent frames are few for {basis.latent_dim} directions: the last of them are a"
            " matter of chance. Give more audio, a minute or more."
        )

    latents = torch.cat(heard.beginnings, dim=1)[None].float()
    tried = counts(basis.latent_dim)
    progress.start("Decoding", total=len(tried) + 1)

    def decode(given: Tensor) -> Tensor:
        blocks = torch.split(given, BLOCK_FRAMES, dim=2)
        return torch.cat(list(streamed(model, "decode", blocks)), dim=2)

    whole = decode(latents)
    progress.advance()
    results: list[Fidelity] = []
    for count in tried:
        results.append(fidelity(basis, latents, decode, count, whole))
        progress.advance()
    written: tuple[Path, ...] = ()
    if plot_file is not None or listen is not None:
        # The model looks as far back as ahead.
        reach = -(-model.can.latency_samples["decode"] // basis.ratio)
        swept = sweeps(basis, min(directions, basis.latent_dim), decode, reach, progress)
        changed = changes(swept)
        if plot_file is not None:
            progress.start("Drawing")
            plot.draw(basis.share.tolist(), results, changed, plot_file)
        if listen is not None:
            written = listening.save(listen, basis, swept, changed, progress)
    rate = description.architecture.sample_rate
    return BasisResult(
        basis=output,
        source=description.source,
        commit=description.commit,
        latent_dim=basis.latent_dim,
        frames=basis.frames,
        seconds=heard.samples / rate,
        audio=heard.files,
        left_out=heard.left_out,
        listened_seconds=latents.shape[2] * basis.ratio / rate,
        results=tuple(results),
        files=() if plot_file is None else (plot_file,),
        listen=written,
    )


def _model(config: Config, progress: Progress) -> tuple[Artifact, Description]:
    """The exact stream of the config's weights in float32, without a file; it gives the mean of the latents."""
    exact = config.model_copy(update={"precision": "float32", "export": ExportConfig()})
    artifact = from_weights(exact, find(config.model, progress), progress)
    artifact.set_noise(0.0)
    assert artifact.description is not None
    return artifact, artifact.description


@dataclass
class Sound:
    """An audio file on its way through the encoder.

    Args:
        path: the file.
        samples: that came so far, at the model's rate.
        loudest: of them.
    """

    path: Path
    samples: int = 0
    loudest: float = 0.0

    def blocks(self, architecture: Architecture) -> Iterator[Tensor]:
        """All of it, [1, channels, frames * ratio] each; silence makes the last frame whole."""
        rate, ratio = architecture.sample_rate, architecture.ratio
        for block in audio.blocks(self.path, rate, architecture.audio_channels, BLOCK_FRAMES * ratio):
            self.samples += block.shape[1]
            self.loudest = max(self.loudest, block.abs().max().item())
            yield audio.to_whole_frames(block, ratio)[None]


def _listen(model: Artifact, architecture: Architecture, found: Sequence[Path], progress: Progress) -> Heard:
    """Encode all files, each as a signal of its own; those that cannot be used are told and left out.

    Raises:
        FileError: none can be used.
    """
    moments, beginnings, files, left_out, samples = Moments(architecture.latent_dim), [], [], [], 0
    kept = math.ceil(LISTENED_SECONDS * architecture.sample_rate / architecture.ratio / len(found))
    progress.start("Encoding", total=len(found))
    for path in found:
        sound, own, beginning = Sound(path), Moments(architecture.latent_dim), torch.zeros(architecture.latent_dim, 0)
        wrong = None
        try:
            for latents in streamed(model, "encode", sound.blocks(architecture)):
                own.add(latents[0])
                beginning = torch.cat((beginning, latents[0]), dim=1)[:, :kept]
        except FileError as error:
            wrong = error
        if wrong is None and sound.loudest == 0:
            kind = "silent" if sound.samples else "empty"
            wrong = FileError(
                f"The audio file {path} is {kind}.", "Give a sound that the directions can be found from."
            )
        if wrong is None:
            moments.merge(own)
            beginnings.append(beginning)
            files.append(path)
            samples += sound.samples
        elif len(found) == 1:
            raise wrong
        else:
            left_out.append(str(wrong))
            progress.warn(f"left out: {wrong}")
        progress.advance()
    if moments.count < 2:
        what = "All audio together is shorter than two latent frames" if files else "None of the files can be used"
        raise FileError(f"{what}.", "Give more audio, a minute or more.")
    return Heard(moments, tuple(beginnings), samples, tuple(files), tuple(left_out))


def _found(heard: Heard, description: Description) -> Basis:
    """The basis of what was heard."""
    architecture = description.architecture
    directions, spread, share = bases.principal(heard.moments.mean, heard.moments.covariance)
    return Basis(
        mean=heard.moments.mean,
        directions=directions,
        spread=spread,
        share=share,
        sample_rate=architecture.sample_rate,
        ratio=architecture.ratio,
        source=description.source,
        commit=description.commit,
        frames=heard.moments.count,
        audio=tuple(path.name for path in heard.files),
        weights=description.weights,
    )
