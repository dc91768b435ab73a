"""The verify step: stream audio through the artifact and compare every sample with the offline model."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from saoctl import artifact as artifacts
from saoctl import audio, devices, metrics, reference
from saoctl.artifact import Artifact
from saoctl.config import Config
from saoctl.errors import FileError
from saoctl.plot import Trace, check_suffix, draw
from saoctl.progress import Progress, Silent
from saoctl.streaming.nn_tilde import METHODS
from saoctl.weights.checkpoint import load
from saoctl.weights.source import resolve


@dataclass(frozen=True)
class Comparison:
    """A method streamed in blocks of one size, against the offline model.

    Args:
        method: encode, decode or forward.
        block_size: audio samples per block; the last block may be shorter.
        passed: the SNR reaches its bound, the latency is as declared, and the length is the offline one.
        snr_db: of the whole signal.
        max_abs_error: of a single sample.
        samples_compared: per channel; latent frames for encode, audio samples else.
        first_sample_compared: always 0, the very first one.
        latency_samples: as declared, in audio samples.
        latency_measured: as measured by cross-correlation, in audio samples; None if the signal does not tell.
        seam_error_ratio: error power within 64 audio samples of block borders over that elsewhere; None without both.
    """

    method: str
    block_size: int
    passed: bool
    snr_db: float
    max_abs_error: float
    samples_compared: int
    first_sample_compared: int
    latency_samples: int
    latency_measured: int | None
    seam_error_ratio: float | None


@dataclass(frozen=True)
class VerifyResult:
    """All comparisons of an artifact.

    Args:
        passed: all of them did.
        artifact, precision, device: what was compared, and where.
        reference: the offline model that it was compared with.
        min_snr_db: the bound.
        results: the comparisons, with TF32 switched off.
        tf32_snr_db: of the worst comparison with TF32 convolutions, on a device that has them.
    """

    passed: bool
    artifact: Path
    reference: str
    precision: str
    device: str
    min_snr_db: float
    results: tuple[Comparison, ...]
    tf32_snr_db: float | None = None


def run(config: Config, progress: Progress | None = None, plot: Path | None = None) -> VerifyResult:
    """Compare the config's artifact with the offline model of the config's weights.

    Args:
        config: what to compare.
        progress: a listener.
        plot: a file for a drawing of the errors over time, in a format that its suffix names.

    Raises:
        FileError: the artifact, the weights or the audio are missing or not what they should be, or the artifact is
            of another architecture than the weights.
        WeightsError: the weights are not on this machine.
        ConfigError: a block size is no multiple of the model's ratio, the device is not there, or the reference is
            not installed.
    """
    progress = progress or Silent()
    settings = config.verify
    if plot is not None:
        check_suffix(plot)
    device = devices.resolve(config.device)
    description = artifacts.describe(config.artifact)
    ratio = description.architecture.ratio
    artifacts.check_block_sizes(settings.block_sizes, ratio, "verify.block_sizes")
    signal = _signal(config, description.architecture.sample_rate, description.architecture.audio_channels)
    signal = audio.to_whole_frames(signal, ratio)[None]
    progress.start("Loading the artifact")
    source = resolve(config.model, progress, local_only=True)
    architecture, state = load(source.checkpoint, source.architecture)
    if architecture != description.architecture:
        raise FileError(
            f"{config.artifact} was exported from another model than {source.name}.", "Run `saoctl export` again."
        )
    artifact = artifacts.load(config.artifact, device)
    if (source.name, source.commit) != (description.source, description.commit):
        progress.warn(f"{config.artifact} was exported from {description.source} {description.commit or ''}".rstrip())
    if warning := devices.slow_precision(device, description.precision):
        progress.warn(warning)
    artifact.module.set_noise(0.0)  # what is random in the VAE has no offline counterpart

    progress.start("Computing the offline reference")
    judge = reference.build(settings.reference, architecture, state)
    latents = judge.encode(signal)
    decoded = judge.decode(latents)
    cases = {"encode": (signal, latents), "decode": (latents, decoded), "forward": (signal, decoded)}

    # Without streaming state only the whole signal at once can be right.
    sizes = list(dict.fromkeys(settings.block_sizes)) if description.streaming else [signal.shape[2]]
    bound = getattr(settings.min_snr_db, description.precision)
    progress.start("Streaming", total=len(sizes) * len(METHODS))
    results, traces = [], []
    for method in METHODS:
        given, offline = cases[method]
        for size in sizes:
            with devices.tf32_convolutions(False):
                comparison, trace = compare(artifact, method, size, given, offline, bound)
            results.append(comparison)
            traces.append(trace)
            progress.advance()
    tf32_snr_db = None
    if description.precision == "float32" and devices.has_tf32(device):
        progress.start("Streaming with TF32")
        with devices.tf32_convolutions(True):
            rounded = [compare(artifact, method, sizes[0], *cases[method], bound)[0] for method in METHODS]
        tf32_snr_db = min(comparison.snr_db for comparison in rounded)
    if plot is not None:
        progress.start("Drawing")
        draw(traces, plot)
    return VerifyResult(
        passed=all(result.passed for result in results),
        artifact=config.artifact,
        reference=judge.name,
        precision=description.precision,
        device=str(device),
        min_snr_db=bound,
        results=tuple(results),
        tf32_snr_db=tf32_snr_db,
    )


def compare(
    artifact: Artifact, method: str, block_size: int, given: Tensor, offline: Tensor, min_snr_db: float
) -> tuple[Comparison, Trace]:
    """Stream an input through a method and compare the output with the offline one, from the first sample on.

    Args:
        artifact: what is judged.
        method: encode, decode or forward.
        block_size: audio samples per block.
        given: the method's input, [B, C, T].
        offline: the output of the offline model, [B, C', T'].
        min_snr_db: the bound.

    Returns:
        The comparison, and the signals behind it for a plot.
    """
    ratio = artifact.ratio
    declared = artifact.description.latency_samples[method]
    in_ratio = ratio if method == "decode" else 1
    out_ratio = ratio if method == "encode" else 1
    length = offline.shape[2]
    step = block_size // in_ratio
    total = given.shape[2]
    sizes = [min(step, total - begin) for begin in range(0, total, step)]
    stream = torch.cat([block.cpu() for block in artifact.blocks(method, given.to(artifact.device), sizes)], dim=2)

    late = declared // out_ratio
    # A stream that is too short lacks samples, and those count as silence.
    streamed = torch.nn.functional.pad(stream[:, :, late:], (0, max(length + late - stream.shape[2], 0)))[:, :, :length]
    complete = stream.shape[2] == length + late or not artifact.description.streaming
    borders = [end * in_ratio // out_ratio - late for end in itertools.accumulate(sizes)]
    reach = -(-metrics.SEAM_REACH // out_ratio)
    wide = block_size // out_ratio > 2 * reach
    delay = metrics.measured_delay(offline, stream)
    snr = metrics.snr_db(offline, streamed)
    measured = None if delay is None else delay * out_ratio
    comparison = Comparison(
        method=method,
        block_size=block_size,
        passed=snr >= min_snr_db and measured in (declared, None) and complete,
        snr_db=snr,
        max_abs_error=metrics.max_abs_error(offline, streamed),
        samples_compared=length,
        first_sample_compared=0,
        latency_samples=declared,
        latency_measured=measured,
        # In blocks so short that everything lies at a border there is no elsewhere to compare with.
        seam_error_ratio=metrics.seam_error_ratio(offline, streamed, borders, reach) if wide else None,
    )
    rate = artifact.description.architecture.sample_rate / out_ratio
    return comparison, Trace(method, block_size, snr, offline[0], (streamed - offline)[0], rate, borders)


def _signal(config: Config, sample_rate: int, channels: int) -> Tensor:
    """The audio that is streamed, [C, T]."""
    settings = config.verify
    if settings.audio is None:
        return audio.test_signal(sample_rate, channels, settings.seconds)
    return audio.read(settings.audio, sample_rate, channels, settings.seconds)
