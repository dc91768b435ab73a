"""The frontier step: measure what less lookahead costs, by simulation with the offline model."""

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from torch import Tensor

from saoctl import audio, devices
from saoctl.blocks import block_sizes
from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.formats.limits import check_methods
from saoctl.frontier import overlap, plot
from saoctl.frontier.overlap import Overlap
from saoctl.frontier.point import Point
from saoctl.models.checkpoint import load
from saoctl.models.registry import check_reference, family_of
from saoctl.progress import Progress, Silent
from saoctl.streaming.registry import streaming_of
from saoctl.verify.caveats import Caveat, caveats_of_sound
from saoctl.verify.metrics import click_ratio, snr_db
from saoctl.verify.schedules import fixed_sizes
from saoctl.vocabulary import METHODS, Method
from saoctl.weights.source import find

SECONDS = 4.0  # the most audio that is simulated: each block takes some fifty frames
USUAL_BLOCK_SIZE = 4096  # audio samples
# The points have the largest latency that is at most each of these.
MILLISECONDS = (0, 25, 50, 75, 100, 125, 150, 175, 200, 250, 300, 400, 500, 600)


@dataclass(frozen=True)
class FrontierResult:
    """The price of less lookahead.

    Args:
        source: what the weights are called.
        reference: the offline model that simulates the stream.
        audio: the file that was streamed; null for the built-in test signal.
        seconds: the length of the audio.
        block_size: audio samples per block. A larger block has more of the future in it.
        results: the points of each method, from the least latency to that of the exact stream.
        conclusive: whether the audio was enough to measure the price; then there are no `caveats`.
        caveats: the reasons why the audio was not enough.
        files: the plots that were written.
        overlaps: chunks in the place of a stream: for encode and decode, each overlap from none to the exact one. It is
            empty if the audio is too short.
    """

    source: str
    reference: str
    audio: Path | None
    seconds: float
    block_size: int
    results: tuple[Point, ...]
    conclusive: bool
    caveats: tuple[Caveat, ...]
    files: tuple[Path, ...] = ()
    overlaps: tuple[Overlap, ...] = ()


def run(
    config: Config, progress: Progress | None = None, block_size: int | None = None, plot_file: Path | None = None
) -> FrontierResult:
    """Measure the price of less lookahead.

    Args:
        config: which weights and which audio.
        progress: a listener.
        block_size: audio samples per block; None for about USUAL_BLOCK_SIZE.
        plot_file: a file for a drawing, in the format of its suffix.

    Raises:
        ConfigError: the block size is no multiple of the model's ratio, the device is not there, or the reference is
            not installed.
        WeightsError: the weights are not on this machine.
        FileError: the weights or the audio are missing or not what they should be.
    """
    progress = progress or Silent()
    check_reference(config.reference)
    device = devices.resolve(config.device)
    source = find(config.model, progress)
    architecture = source.read_architecture()
    check_methods(architecture, METHODS, source.name)
    family, ratio = streaming_of(architecture), architecture.ratio
    dial = family.dial
    if dial is None:
        raise ConfigError(f"{family.title} has one lookahead, so there is no price of less.", "Use saoctl verify.")
    progress.start("Loading the weights")
    architecture, weights = load(source.checkpoint, architecture)
    (size,) = block_sizes(None if block_size is None else [block_size], (USUAL_BLOCK_SIZE,), ratio, "--block-size")
    reference = family_of(architecture).reference(config.reference, architecture, weights)
    reference.model.to(device)
    rate, channels = architecture.sample_rate, architecture.audio_channels
    signal = audio.signal(config.audio, rate, channels, min(config.seconds, SECONDS), ratio).to(device)
    frames = fixed_sizes(signal.shape[2] // ratio, size // ratio)

    progress.start("Computing the offline output")
    latents = reference.encode(signal)
    decoded = reference.decode(latents)
    progress.start("Cutting it into chunks")
    fields = family.receptive_field(architecture)
    overlaps = [
        *overlap.at_ends("encode", reference.encode, signal, latents, fields["encode"], ratio),
        *overlap.at_ends("decode", reference.decode, latents, decoded, fields["decode"], ratio),
    ]
    progress.start("Simulating", total=2)
    late = {method: dial.near(architecture, method, MILLISECONDS) for method in METHODS}
    outputs: dict[Method, list[Tensor]] = {}
    together: list[tuple[Tensor, list[Method]]] = [(signal, ["encode", "forward"]), (latents, ["decode"])]
    for given, methods in together:
        aheads = {method: list(late[method]) for method in methods}
        outputs |= dial.simulate(reference, architecture, aheads, given, frames)
        progress.advance()
    points: list[Point] = []
    for method in METHODS:
        is_audio = method != "encode"
        expected = decoded if is_audio else latents
        arithmetic = dial.arithmetic(architecture, method, list(late[method]), size // ratio)
        for latency, output, times in zip(late[method].values(), outputs[method], arithmetic, strict=True):
            exact = latency == max(late[method].values())
            borders = [end * ratio - latency for end in accumulate(frames)]
            points.append(
                Point(
                    method=method,
                    latency_samples=latency,
                    latency_ms=latency / rate * 1e3,
                    exact=exact,
                    snr_db=snr_db(expected, output, ratio if is_audio else 1),
                    # Odd strides lose samples at the end.
                    input_snr_db=snr_db(signal[:, :, : output.shape[2]], output) if is_audio else None,
                    click_ratio=click_ratio(expected, output, borders) if is_audio and not exact else None,
                    arithmetic=1.0 if exact else times,
                )
            )

    if plot_file is not None:
        progress.start("Drawing")
        plot.draw(points, f"What less lookahead costs: {Path(source.name).name}", plot_file)
    caveats = caveats_of_sound(signal[0].cpu().unfold(1, ratio, ratio), architecture)
    return FrontierResult(
        source=source.name,
        reference=reference.name,
        audio=config.audio,
        seconds=signal.shape[2] / rate,
        block_size=size,
        results=tuple(points),
        conclusive=not caveats,
        caveats=caveats,
        files=() if plot_file is None else (plot_file,),
        overlaps=tuple(overlaps),
    )
