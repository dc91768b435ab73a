"""One warm model, and the files that it converts one after another, in constant memory."""

import hashlib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import soundfile
import torch
from torch import Tensor

from saoctl import audio, latents, recording
from saoctl.autoencoder import from_weights, set_noise
from saoctl.config import Config, ExportConfig
from saoctl.convert.choices import Choices, Converted, Running
from saoctl.convert.jobs import Job
from saoctl.convert.layouts import metadata_file, write_metadata
from saoctl.errors import FileError
from saoctl.formats import artifact as artifacts
from saoctl.formats.description import Description
from saoctl.formats.format import Artifact
from saoctl.formats.whole import streamed
from saoctl.kinds import LATENTS_SUFFIXES
from saoctl.latents import About, Latents
from saoctl.progress import Progress, Silent
from saoctl.vocabulary import PIPE, Method
from saoctl.weights.source import find


@dataclass(frozen=True)
class Model:
    """What converts.

    Args:
        artifact: the stream.
        description: what it says of itself.
        block: latent frames that are computed at a time.
    """

    artifact: Artifact
    description: Description
    block: int

    @property
    def rate(self) -> int:
        """Of its audio, in Hz."""
        return self.description.architecture.sample_rate

    @property
    def ratio(self) -> int:
        """Audio samples per latent frame."""
        return self.description.architecture.ratio


class Converter:
    """A model that is loaded once, for any number of files.

    Args:
        config: which weights, where and in which precision.
        method: encode, decode or forward.
        choices: how.
        progress: a listener.

    Raises:
        ConfigError: a choice is impossible, or the device is not there.
        WeightsError: the weights are not on this machine.
        FileError: they, or the exported file, are not what they should be.
    """

    def __init__(self, config: Config, method: Method, choices: Choices, progress: Progress) -> None:
        self.method, self.choices = method, choices
        self.model = _model(config, choices, progress)

    @property
    def running(self) -> Running:
        """What computes."""
        artifact, description = self.model.artifact, self.model.description
        return Running(
            source=description.source,
            commit=description.commit,
            precision=artifact.precision,
            device=str(artifact.device),
            sample_rate=self.model.rate,
            ratio=self.model.ratio,
        )

    def convert(self, job: Job, progress: Progress) -> Converted:
        """Convert a file, or see that it is there already.

        Args:
            job: the file.
            progress: is told how many seconds of audio are done.

        Raises:
            FileError: it cannot be converted; nothing of it is left.
        """
        if job.refused is not None:
            raise job.refused
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(_seed(job.given, self.choices.seed))
            if self.method == "decode":
                return _decoded(job, self.model, self.choices, progress)
            return _heard(self.method, job, self.model, self.choices, progress)


def _model(config: Config, choices: Choices, progress: Progress) -> Model:
    """The stream of the config's weights, or of an exported file."""
    if choices.artifact is None:
        chosen = config.model_copy(update={"export": ExportConfig()})
        artifact = from_weights(chosen, find(config.model, progress), progress)
    else:
        artifact = artifacts.load(choices.artifact, artifacts.device_for(choices.artifact, config.device))
    description = artifact.description
    assert description is not None
    if not artifact.can.keeps_state:
        raise FileError(f"{choices.artifact} is an offline export.", "Export it with streaming, or use the weights.")
    set_noise(artifact, choices.noise)
    architecture = description.architecture
    unit = artifact.can.block_size or architecture.ratio
    blocks = round(choices.block_seconds * architecture.sample_rate / unit)
    return Model(artifact, description, max(blocks, 1) * unit // architecture.ratio)


def _seed(path: Path, seed: int) -> int:
    """Of a file: so each has noise of its own, and the same wherever it lies and with whichever it is converted."""
    return int.from_bytes(hashlib.sha256(f"{seed} {path.name}".encode()).digest()[:7])


@dataclass
class Sound:
    """An audio file on its way into the model.

    Args:
        path: of it.
        model: that it is for.
        progress: that is told how far it is.
        samples: that came so far, at the model's rate.
    """

    path: Path
    model: Model
    progress: Progress
    samples: int = 0

    def blocks(self) -> Iterator[Tensor]:
        """All of it, [1, channels, frames * ratio] each; silence makes the last frame whole."""
        model, channels = self.model, self.model.artifact.can.methods["encode"].in_channels
        for block in audio.blocks(self.path, model.rate, channels, model.block * model.ratio):
            yield audio.to_whole_frames(block, model.ratio)[None]
            self.samples += block.shape[1]
            self.progress.advance(block.shape[1] / model.rate)
        if self.samples == 0:
            raise audio.no_samples(self.path)


def _heard(method: Method, job: Job, model: Model, choices: Choices, progress: Progress) -> Converted:
    """Encode, or encode and decode, an audio file."""
    header = None if job.given == PIPE else audio.header(job.given)
    sound = Sound(job.given, model, progress)
    channels = model.artifact.can.methods["encode"].in_channels
    if header is not None and header.channels > channels:
        progress.warn(f"{job.given}: {header.channels} channels are mixed to {channels}.")
    if header is not None and _is_there(method, job, model, choices, header, _expected(model, choices, header)):
        progress.advance((header.samples or 0) / header.sample_rate)
        return Converted(job.given, job.output, "skipped")
    parts = (part[0] for part in streamed(model.artifact, method, sound.blocks()))
    if method == "encode":

        def about() -> About:
            return _about(sound, header, model, choices)

        kind = choices.suffix or LATENTS_SUFFIXES[0] if job.output == PIPE else None
        frames = latents.write(job.output, parts, about, kind)
        if choices.layout == "stable-audio-tools":
            write_metadata(job.output, job.given, job.root, frames, about())
        return Converted(job.given, job.output, "written", sound.samples / model.rate, frames)

    def length() -> int:
        return _length(sound.samples, model.rate, header, choices)

    out = model.artifact.can.methods["forward"].out_channels
    expected = _expected(model, choices, header)
    written = _recorded(job, parts, model, choices, out, length, expected)
    return Converted(job.given, job.output, "written", sound.samples / model.rate, None, written.peak, written.clipped)


def _decoded(job: Job, model: Model, choices: Choices, progress: Progress) -> Converted:
    """Decode a file of latents."""
    with latents.of_pipe() if job.given == PIPE else nullcontext(latents.read(job.given)) as given:
        return _decode(given, job, model, choices, progress)


def _decode(given: Latents, job: Job, model: Model, choices: Choices, progress: Progress) -> Converted:
    _check_model(given, model)
    samples = given.frames * model.ratio if given.about is None else given.about.samples
    header = None
    if given.about is not None:
        header = audio.Header(given.about.source_rate, 1, given.about.source_samples)
    expected = _length(samples, model.rate, header, choices)
    if _is_there("decode", job, model, choices, header, expected):
        progress.advance(samples / model.rate)
        return Converted(job.given, job.output, "skipped")

    def blocks() -> Iterator[Tensor]:
        for block in given.blocks(model.block):
            yield block[None]
            progress.advance(block.shape[1] * model.ratio / model.rate)

    parts = (part[0] for part in streamed(model.artifact, "decode", blocks()))
    out = model.artifact.can.methods["decode"].out_channels
    written = _recorded(job, parts, model, choices, out, lambda: expected, expected)
    return Converted(
        job.given, job.output, "written", samples / model.rate, given.frames, written.peak, written.clipped
    )


def _recorded(
    job: Job,
    parts: Iterator[Tensor],
    model: Model,
    choices: Choices,
    channels: int,
    length: recording.Length,
    expected: int | None,
) -> recording.Written:
    """Audio out."""
    bits = choices.bits or recording.largest_bits(job.output)
    rates = model.rate, choices.sample_rate or model.rate
    return recording.write(job.output, parts, rates, channels, bits, length, expected, model.ratio)


def _expected(model: Model, choices: Choices, header: audio.Header | None) -> int | None:
    """How many samples audio out will have, as far as a file says its length; resampling may add or take one."""
    if header is None or header.samples is None:
        return None
    return _length(round(header.samples * model.rate / header.sample_rate), model.rate, header, choices)


def _length(samples: int, rate: int, header: audio.Header | None, choices: Choices) -> int:
    """How many samples audio out has: as many as the original, where it has the original's rate."""
    wanted = choices.sample_rate or rate
    if header is not None and header.samples is not None and wanted == header.sample_rate:
        return header.samples
    return round(samples * wanted / rate)


def _about(sound: Sound, header: audio.Header | None, model: Model, choices: Choices) -> About:
    description = model.description
    return About(
        source=description.source,
        commit=description.commit,
        weights=description.weights,
        sample_rate=model.rate,
        ratio=model.ratio,
        samples=sound.samples,
        source_rate=model.rate if header is None else header.sample_rate,
        source_samples=None if header is None else header.samples,
        precision=model.artifact.precision,
        noise=choices.noise,
        seed=choices.seed if choices.noise else 0,
        coordinates=_coordinates(model),
    )


def _coordinates(model: Model) -> str | None:
    """The basis of an exported file that has one."""
    return None if model.description.basis is None else model.description.basis.told()


def _check_model(given: Latents, model: Model) -> None:
    """Refuse latents of another model.

    Raises:
        FileError: they are.
    """
    wanted = model.artifact.can.methods["decode"].in_channels
    source, about = model.description.source, given.about
    if given.channels != wanted:
        of = "" if about is None else f" of {about.source}"
        raise FileError(
            f"{given.name} has {given.channels} channels{of}; {source} takes {wanted}.", "Give latents of that model."
        )
    if about is None:
        return
    own = model.rate, model.ratio
    if (about.sample_rate, about.ratio) != own or (
        None not in (about.weights, model.description.weights) and about.weights != model.description.weights
    ):
        raise FileError(
            f"{given.name} has latents of {about.source}, and these weights are {source}.",
            "Decode it with its own model.",
        )
    if about.coordinates != _coordinates(model):
        along = f"coordinates along {about.coordinates}"
        kind = "latents as the model has them" if about.coordinates is None else along
        raise FileError(f"{given.name} has {kind}.", "Decode it with what encoded it.")


def _is_there(
    method: Method,
    job: Job,
    model: Model,
    choices: Choices,
    header: audio.Header | None,
    expected: int | None,
) -> bool:
    """Whether an output is there already, and whole; files only get their names when they are.

    Of audio it tells by the rate and by the samples that are expected, one more or less.

    Raises:
        FileError: what is there is something else.
    """
    if choices.overwrite or job.output == PIPE or not job.output.exists():
        return False
    if choices.layout == "stable-audio-tools" and not metadata_file(job.output).exists():
        return False  # it was interrupted between the two
    something = FileError(
        f"{job.output} is there already, and is not what {job.given} would become now.",
        "Give --overwrite, or another output.",
    )
    try:
        if method == "encode":
            found = latents.read(job.output)
            if found.about is None:
                return found.channels == model.artifact.can.methods["encode"].out_channels
            own = _about(Sound(job.given, model, Silent(), found.about.samples), header, model, choices)
            if found.about == own:
                return True
            raise something
        info = soundfile.info(job.output)
    except (FileError, soundfile.SoundFileError) as error:
        raise something from error
    near = expected is None or abs(info.frames - expected) <= 1
    if not near or info.samplerate != (choices.sample_rate or model.rate):
        raise something
    return True
