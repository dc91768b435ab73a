"""A model that is loaded once, and converts files one after another in constant memory."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
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
from saoctl.formats.format import Artifact
from saoctl.formats.limits import check_methods
from saoctl.formats.whole import streamed
from saoctl.kinds import LATENTS_SUFFIXES
from saoctl.latents import About, Latents
from saoctl.progress import Progress
from saoctl.vocabulary import PIPE, Method
from saoctl.weights.source import find

Original = tuple[int, int | None]  # sample rate in Hz and length in samples of the audio; None: the length is unknown


class Converter:
    """A model that converts any number of files.

    Args:
        config: which weights, which device and which precision.
        method: encode, decode or forward.
        choices: how files are converted.
        progress: a listener to the loading of the model.

    Raises:
        ConfigError: a choice is impossible, or this machine does not have the device.
        WeightsError: the weights are not on this machine.
        FileError: the weights or the exported file are damaged or of another kind.
    """

    def __init__(self, config: Config, method: Method, choices: Choices, progress: Progress) -> None:
        self.method, self.choices = method, choices
        self.artifact = _load(config, method, choices, progress)
        assert self.artifact.description is not None
        self.description = self.artifact.description
        self.rate, self.ratio = self.description.architecture.sample_rate, self.description.architecture.ratio
        basis = self.description.basis
        self.coordinates = None if basis is None else basis.summary()
        unit = self.artifact.can.block_size or self.ratio
        self.block_frames = max(round(choices.block_seconds * self.rate / unit), 1) * unit // self.ratio

    @property
    def running(self) -> Running:
        """The weights, precision and device that files are converted with."""
        return Running(
            source=self.description.source,
            commit=self.description.commit,
            precision=self.artifact.precision,
            device=str(self.artifact.device),
            sample_rate=self.rate,
            ratio=self.ratio,
        )

    def convert(self, job: Job, progress: Progress) -> Converted:
        """Convert a file, or skip it if its output exists.

        Args:
            job: the file.
            progress: a listener; it advances by seconds of audio.

        Raises:
            FileError: the file cannot be converted; no part of an output is left.
        """
        if job.refused is not None:
            raise job.refused
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(_seed(job.given, self.choices.seed))
            return (self._convert_latents if self.method == "decode" else self._convert_audio)(job, progress)

    def results(self, jobs: Sequence[Job], progress: Progress) -> Iterator[tuple[Job, Converted | FileError]]:
        """Yield the outcomes of files in their order; see `saoctl.convert.collection.Engine`."""
        for job in jobs:
            try:
                yield job, self.convert(job, progress)
            except FileError as error:
                yield job, error

    def _convert_audio(self, job: Job, progress: Progress) -> Converted:
        """Encode, or encode and decode, an audio file."""
        channels = self.description.architecture.audio_channels
        source: Original = (self.rate, None)
        if job.given != PIPE:
            header = audio.header(job.given)
            source = header.sample_rate, header.samples
            if header.channels > channels:
                progress.warn(f"{job.given}: {header.channels} channels are mixed to {channels}.")
            if self._is_done(job, source):
                progress.advance((header.samples or 0) / header.sample_rate)
                return Converted(job.given, job.output, "skipped")
        samples = 0

        def blocks() -> Iterator[Tensor]:
            nonlocal samples
            for block in audio.blocks(job.given, self.rate, channels, self.block_frames * self.ratio):
                yield audio.to_whole_frames(block, self.ratio)[None]
                samples += block.shape[1]
                progress.advance(block.shape[1] / self.rate)
            if samples == 0:
                raise audio.no_samples(job.given)

        def about() -> About:
            return self._about(samples, source)

        if self.method == "encode":
            suffix = self.choices.suffix or LATENTS_SUFFIXES[0] if job.output == PIPE else None
            frames = latents.write(job.output, self._stream(blocks()), about, suffix)
            if self.choices.layout == "stable-audio-tools":
                write_metadata(job.output, job.given, job.root, frames, about())
            return Converted(job.given, job.output, "written", samples / self.rate, frames)
        written = self._write_audio(job, blocks(), lambda: self._length(samples, source), self._expected(source))
        return Converted(job.given, job.output, "written", samples / self.rate, None, written.peak, written.clipped)

    def _convert_latents(self, job: Job, progress: Progress) -> Converted:
        """Decode a file of latents."""
        with latents.of_pipe() if job.given == PIPE else nullcontext(latents.read(job.given)) as given:
            self._check_model(given)
            samples = given.frames * self.ratio
            source: Original = (self.rate, None)
            if given.about is not None:
                samples, source = given.about.samples, (given.about.source_rate, given.about.source_samples)
            seconds, length = samples / self.rate, self._length(samples, source)
            if self._output_exists(job):
                self._check_same_audio(job, length)
                progress.advance(seconds)
                return Converted(job.given, job.output, "skipped")

            def blocks() -> Iterator[Tensor]:
                for block in given.blocks(self.block_frames):
                    yield block[None]
                    progress.advance(block.shape[1] * self.ratio / self.rate)

            written = self._write_audio(job, blocks(), lambda: length, length)
            return Converted(job.given, job.output, "written", seconds, given.frames, written.peak, written.clipped)

    def _stream(self, blocks: Iterator[Tensor]) -> Iterator[Tensor]:
        """Yield the output of the method for blocks [1, C, T], without the batch dimension."""
        return (part[0] for part in streamed(self.artifact, self.method, blocks))

    def _write_audio(
        self, job: Job, blocks: Iterator[Tensor], length: Callable[[], int], expected: int | None
    ) -> recording.Written:
        """Stream blocks through the method, and write the audio; see `recording.write` for the lengths."""
        return recording.write(
            job.output,
            self._stream(blocks),
            (self.rate, self.choices.sample_rate or self.rate),
            self.artifact.can.methods[self.method].out_channels,
            self.choices.bits or recording.largest_bits(job.output),
            length,
            expected,
            spare=self.ratio,
        )

    def _expected(self, source: Original) -> int | None:
        """Return the length of the audio to write, or None if it is unknown; resampling may change it by 1."""
        rate, samples = source
        return None if samples is None else self._length(round(samples * self.rate / rate), source)

    def _length(self, samples: int, source: Original) -> int:
        """Convert a length at the model's rate to the output's; at the original's rate, return the original length."""
        wanted = self.choices.sample_rate or self.rate
        rate, original = source
        return original if original is not None and wanted == rate else round(samples * wanted / self.rate)

    def _about(self, samples: int, source: Original) -> About:
        return About(
            source=self.description.source,
            commit=self.description.commit,
            weights=self.description.weights,
            sample_rate=self.rate,
            ratio=self.ratio,
            samples=samples,
            source_rate=source[0],
            source_samples=source[1],
            precision=self.artifact.precision,
            noise=self.choices.noise,
            seed=self.choices.seed if self.choices.noise else 0,
            coordinates=self.coordinates,
        )

    def _check_model(self, given: Latents) -> None:
        """Refuse latents of another model.

        Raises:
            FileError: another model encoded them, or they have another number of channels.
        """
        wanted = self.artifact.can.methods["decode"].in_channels
        source, weights, about = self.description.source, self.description.weights, given.about
        if given.channels != wanted:
            theirs = "" if about is None else f" of {about.source}"
            raise FileError(
                f"{given.name} has {given.channels} channels{theirs}; {source} takes {wanted}.",
                "Give latents of that model.",
            )
        if about is None:
            return
        # A decoder alone has other weights than the model whose latents it decodes.
        own = "encode" in self.description.architecture.methods
        other_weights = own and None not in (about.weights, weights) and about.weights != weights
        if (about.sample_rate, about.ratio) != (self.rate, self.ratio) or other_weights:
            raise FileError(
                f"{given.name} has latents of {about.source}, and these weights are {source}.",
                "Decode it with its own model.",
            )
        if about.coordinates != self.coordinates:
            along = f"coordinates along {about.coordinates}"
            kind = "latents as the model has them" if about.coordinates is None else along
            raise FileError(f"{given.name} has {kind}.", "Decode it with the weights or the file that encoded it.")

    def _output_exists(self, job: Job) -> bool:
        """Tell whether the output is complete; a file only gets its name when it is."""
        if self.choices.overwrite or job.output == PIPE or not job.output.exists():
            return False
        # An interruption can leave latents without their metadata.
        return self.choices.layout == "plain" or metadata_file(job.output).exists()

    def _is_done(self, job: Job, source: Original) -> bool:
        """Tell whether the output of an audio file exists.

        Raises:
            FileError: the existing file is another one.
        """
        if not self._output_exists(job):
            return False
        if self.method == "forward":
            self._check_same_audio(job, self._expected(source))
            return True
        try:
            found = latents.read(job.output)
        except FileError as error:
            raise _other_output(job) from error
        if found.about is None:
            return found.channels == self.artifact.can.methods["encode"].out_channels
        if found.about != self._about(found.about.samples, source):
            raise _other_output(job)
        return True

    def _check_same_audio(self, job: Job, expected: int | None) -> None:
        """Check an existing output by its sample rate and its length, which resampling may change by 1.

        Raises:
            FileError: it is another file.
        """
        try:
            info = soundfile.info(job.output)
        except soundfile.SoundFileError as error:
            raise _other_output(job) from error
        same_length = expected is None or abs(info.frames - expected) <= 1
        if not same_length or info.samplerate != (self.choices.sample_rate or self.rate):
            raise _other_output(job)


def _load(config: Config, method: Method, choices: Choices, progress: Progress) -> Artifact:
    """Load the exported file, or else the config's weights, if they have the method."""
    if choices.artifact is None:
        source = find(config.model, progress)
        check_methods(source.read_architecture(), [method], source.name)
        artifact = from_weights(config.model_copy(update={"export": ExportConfig()}), source, progress)
    else:
        check_methods(artifacts.describe(choices.artifact).architecture, [method], choices.artifact)
        artifact = artifacts.load(choices.artifact, artifacts.device_for(choices.artifact, config.device)).in_frames()
    if not artifact.can.keeps_state:
        raise FileError(f"{choices.artifact} is an offline export.", "Export it with streaming, or use the weights.")
    set_noise(artifact, choices.noise)
    return artifact


def _seed(path: Path, seed: int) -> int:
    """Return the seed of a file's noise; it depends on the name alone, not on the folder or the other files."""
    return int.from_bytes(hashlib.sha256(f"{seed} {path.name}".encode()).digest()[:7])


def _other_output(job: Job) -> FileError:
    return FileError(
        f"{job.output} exists, and is not what {job.given} would become now.", "Give --overwrite, or another output."
    )
