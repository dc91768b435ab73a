"""`saoctl frontier`: its options, its work, and the tables and sentences of its result."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saoctl.cli.command import ReportCommand
from saoctl.cli.execute import execute
from saoctl.cli.options import ModelOptions, ReportOptions
from saoctl.cli.shown import Answer, Hint, Remark, Shown, ends_group, markdown_report, right, table
from saoctl.files import check_output
from saoctl.kinds import PLOT

if TYPE_CHECKING:
    from saoctl.config import Config
    from saoctl.frontier.frontier import FrontierResult
    from saoctl.frontier.point import Point
    from saoctl.progress import Progress

FIGURES = ("latency", "ms", "SNR dB", "to input", "clicks", "arithmetic")
WANTED_DB = (20.0, 30.0, 40.0, 60.0)  # the answer says for each of these SNRs which latency reaches it
CHUNKS_DB = (40.0, 60.0)  # and for these, which overlap of chunks


@dataclass(frozen=True)
class Frontier(ModelOptions, ReportCommand["FrontierResult"]):
    """The command that measures the price of less lookahead."""

    name = "frontier"
    sleeps = False
    audio: Annotated[Path | None, typer.Option("--audio", metavar="FILE", help="WAV, FLAC, OGG or MP3.")] = None
    block_size: Annotated[
        int | None, typer.Option("--block-size", metavar="SAMPLES", help="Samples per block; default: about 4096.")
    ] = None
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the frontier (.png, .svg or .pdf).")
    ] = None

    def flags(self) -> dict[str, object]:
        return {**super().flags(), "audio": self.audio and str(self.audio)}

    def check(self, config: "Config") -> None:
        if self.plot is not None:
            check_output(self.plot, PLOT, overwrite=self.overwrite, make_folder=True)

    def run(self, config: "Config", progress: "Progress") -> "FrontierResult":
        from saoctl.frontier import frontier

        return frontier.run(config, progress, self.block_size, self.plot)

    def shown(self, result: "FrontierResult") -> Iterator[Shown]:
        title = f"Blocks of {result.block_size}, {result.seconds:.1f} s of audio"
        shown = table(title, "method", *right(*FIGURES))
        rows = result.results
        for point, end in zip(rows, ends_group([point.method for point in rows]), strict=True):
            shown.add_row(point.method, *_cells(point), end_section=end)
        yield shown
        yield Hint(
            "SNR: to the offline model. to input: to the audio that went in, a measure of what the model itself loses."
            " arithmetic: in terms of the exact stream. latency is the model's alone, without the block and the host."
        )
        yield Hint(
            "clicks: how much rougher the difference to the offline model is where blocks meet than around it; about 1"
            " and less cannot be heard."
        )
        yield Hint("It depends on the weights and on the audio: measure yours.")
        for file in result.files:
            yield Hint(f"written: {file}")
        for sentence in caveats(result):
            yield Remark("Warning", sentence)
        yield Answer("\n".join(answers(result)))

    def markdown(self, result: "FrontierResult") -> str:
        return markdown_report(
            "frontier",
            f"Weights: `{result.source}`. Blocks of {result.block_size} samples, {result.seconds:.1f} s of audio."
            " SNR to the offline model and to the input; arithmetic in terms of the exact stream.",
            ["method", *FIGURES],
            [[point.method, *_cells(point)] for point in result.results],
            [*(f"- {sentence}" for sentence in caveats(result)), *(f"- {line}." for line in answers(result))],
        )


def command(options: ReportOptions, frontier: Frontier) -> None:
    """Measure what less lookahead costs, on your audio.

    It says, for each latency, how near a stream with that latency comes to the offline model. `saoctl export
    --lookahead MS` exports such a stream.

    Examples: saoctl frontier -c demo --plot frontier.png, or saoctl frontier --audio song.wav
    """
    execute(options, [frontier])


def caveats(result: "FrontierResult") -> list[str]:
    """Return a sentence for each reason why the audio was not enough."""
    return [f"These figures say too little: {caveat.message}." for caveat in result.caveats]


def answers(result: "FrontierResult") -> list[str]:
    """Return in words which latency of `forward`, and which overlap of chunks, reach which SNR to the offline model."""
    from saoctl.frontier.overlap import least
    from saoctl.frontier.point import at_most

    lines = []
    for wanted in WANTED_DB:
        point = at_most(result.results, "forward", wanted)
        if point is not None:
            lines.append(
                f"forward is {wanted:.0f} dB or more from {point.latency_ms:.0f} ms on ({point.snr_db:.1f} dB)"
            )
    exact = next(point for point in result.results if point.method == "forward" and point.exact)
    lines.append(f"forward is exact at {exact.latency_ms:.0f} ms")
    for chunk in result.overlaps:
        if chunk.exact:
            found = [(wanted, least(result.overlaps, chunk.method, wanted)) for wanted in CHUNKS_DB]
            enough = [
                f"{wanted:.0f} dB with an overlap of {each.overlap_frames} frames" for wanted, each in found if each
            ]
            reached = f"reach {' and '.join(enough)}, and " if enough else ""
            lines.append(f"chunks of {chunk.method} {reached}are exact with {chunk.overlap_frames}")
    return lines


def _cells(point: "Point") -> list[str]:
    return [
        str(point.latency_samples),
        f"{point.latency_ms:.0f}",
        "exact" if point.exact else f"{point.snr_db:.1f}",
        "–" if point.input_snr_db is None else f"{point.input_snr_db:.2f}",
        "–" if point.click_ratio is None else f"{point.click_ratio:.2f}",
        f"{point.arithmetic:.2f}",
    ]
