"""The frontier step: what less lookahead costs, on the config's weights and audio, simulated with the offline model."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from torch import Tensor

from saoctl import audio, devices
from saoctl.blocks import block_sizes
from saoctl.config import Config
from saoctl.frontier import plot
from saoctl.frontier.point import Point
from saoctl.models.checkpoint import load
from saoctl.models.registry import check_reference, family_of
from saoctl.progress import Progress, Silent
from saoctl.streaming.oobleck.lookahead import Lookahead, arithmetic_ratios, context_frames, most_lookahead
from saoctl.verify.caveats import Caveat, caveats_of_sound
from saoctl.verify.metrics import click_ratio, snr_db
from saoctl.verify.schedules import fixed_sizes
from saoctl.verify.simulate import simulate_all
from saoctl.vocabulary import METHODS, Method
from saoctl.weights.source import resolve

SECONDS = 4.0  # of audio at most: each block takes some fifty frames
USUAL_BLOCK_SIZE = 4096  # audio samples
MILLISECONDS = (0, 25, 50, 75, 100, 125, 150, 175, 200, 250, 300, 400, 500, 600)  # late at most; what can be had of it


@dataclass(frozen=True)
class FrontierResult:
    """What less lookahead costs.

    Args:
        source: of the weights.
        reference: the offline model that was simulated with.
        audio: that was streamed; null for the built-in test signal.
        seconds: of it.
        block_size: audio samples per block. Larger ones have more of the future.
        results: the points, per method from the least latency to the exact one.
        conclusive: whether the audio was enough to measure the price: there are no `caveats`.
        caveats: why it was not enough.
        files: plots that were written.
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


def run(
    config: Config, progress: Progress | None = None, block_size: int | None = None, plot_file: Path | None = None
) -> FrontierResult:
    """Measure the price of less lookahead.

    Args:
        config: which weights and which audio.
        progress: a listener.
        block_size: audio samples per block; None: two frames or so.
        plot_file: a file for a drawing of it, in a format that its suffix names.

    Raises:
        ConfigError: the block size is no multiple of the model's ratio, the device is not there, or the reference is
            not installed.
        WeightsError: the weights are not on this machine.
        FileError: the weights or the audio are missing or not what they should be.
    """
    progress = progress or Silent()
    settings = config.verify
    check_reference(settings.reference)
    device = devices.resolve(config.device)
    source = resolve(config.model, progress, local_only=True)
    progress.start("Loading the weights")
    architecture, weights = load(source.checkpoint, source.architecture)
    ratio = architecture.ratio
    chosen = [block_size] if block_size is not None else None
    (size,) = block_sizes(chosen, (USUAL_BLOCK_SIZE,), ratio, "--block-size")
    reference = family_of(architecture).reference(settings.reference, architecture, weights)
    reference.model.to(device)
    most = most_lookahead(architecture)
    rate, channels = architecture.sample_rate, architecture.audio_channels
    signal = audio.signal(settings.audio, rate, channels, min(settings.seconds, SECONDS), ratio).to(device)
    frames = fixed_sizes(signal.shape[2] // ratio, size // ratio)

    progress.start("Computing the offline output")
    latents = reference.encode(signal)
    decoded = reference.decode(latents)
    context = context_frames(architecture)
    progress.start("Simulating", total=2)
    aheads = {method: _aheads(method, most, rate) for method in METHODS}
    steps = most.core_step, most.step
    outputs: dict[Method, list[Tensor]] = {}
    together: list[tuple[Tensor, list[Method]]] = [(signal, ["encode", "forward"]), (latents, ["decode"])]
    for given, methods in together:
        wanted = {method: aheads[method] for method in methods}
        outputs |= simulate_all(reference, architecture, steps, given, frames, wanted, context)
        progress.advance()
    points: list[Point] = []
    for method in METHODS:
        due = latents if method == "encode" else decoded
        arithmetic = arithmetic_ratios(architecture, method, aheads[method], size // ratio)
        for ahead, output, times in zip(aheads[method], outputs[method], arithmetic, strict=True):
            exact, late = ahead == aheads[method][-1], most.late(method, ahead)
            points.append(
                Point(
                    method=method,
                    latency_samples=late,
                    latency_ms=late / rate * 1e3,
                    exact=exact,
                    snr_db=snr_db(due, output, 1 if method == "encode" else ratio),
                    input_snr_db=None if method == "encode" else _to_input(signal, output),
                    click_ratio=None if method == "encode" or exact else _clicks(due, output, frames, ratio, late),
                    arithmetic=1.0 if exact else times,
                )
            )

    files: tuple[Path, ...] = ()
    if plot_file is not None:
        progress.start("Drawing")
        plot.draw(points, f"What less lookahead costs: {Path(source.name).name}", plot_file)
        files = (plot_file,)
    caveats = caveats_of_sound(signal[0].cpu().unfold(1, ratio, ratio), architecture)
    return FrontierResult(
        source=source.name,
        reference=reference.name,
        audio=settings.audio,
        seconds=signal.shape[2] / rate,
        block_size=size,
        results=tuple(points),
        conclusive=not caveats,
        caveats=caveats,
        files=files,
    )


def _to_input(signal: Tensor, output: Tensor) -> float:
    """SNR in dB of audio to what went in; odd strides lose some at the end."""
    length = min(output.shape[2], signal.shape[2])
    return snr_db(signal[:, :, :length], output[:, :, :length])


def _clicks(due: Tensor, output: Tensor, frames: Sequence[int], ratio: int, late: int) -> float | None:
    return click_ratio(due, output, [end * ratio - late for end in accumulate(frames)])


def _aheads(method: Method, most: Lookahead, sample_rate: int) -> list[int]:
    """Lookaheads of a method, from the least to the exact one, in its own steps."""
    if method == "encode":
        return list(range(most.encode + 1))
    exact = most.decode if method == "decode" else most.forward
    wanted = [(round(ms * sample_rate / 1e3) - most.rest) // most.step for ms in MILLISECONDS]
    return sorted({most.least, *(steps for steps in wanted if most.least < steps < exact), exact})
