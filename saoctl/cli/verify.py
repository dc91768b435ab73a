"""`saoctl verify`: its options, its work, and the tables and sentences of its result."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saoctl.cli.command import ReportCommand
from saoctl.cli.execute import execute
from saoctl.cli.options import (
    ArtifactOption,
    BlockSizeOption,
    DeviceOption,
    ModelArgument,
    ReportOptions,
    artifact_flag,
    weights_flags,
)
from saoctl.cli.shown import Answer, Hint, Remark, Shown, ends_group, markdown_report, right, table
from saoctl.errors import ExitCode
from saoctl.files import check_output, check_place
from saoctl.kinds import PLOT_OR_PAGE

if TYPE_CHECKING:
    from saoctl.config import Config
    from saoctl.progress import Progress
    from saoctl.verify.result import VerifyResult

MOST_BLOCKS = 24  # of the random schedule are printed; the JSON has all of them


@dataclass(frozen=True)
class Verify(ReportCommand["VerifyResult"]):
    """The command that compares the artifact with the offline model."""

    name = "verify"
    sleeps = False
    model: ModelArgument = None
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", "--path", metavar="CHECKPOINT", help="Weights on this machine, in place of the config's."
        ),
    ] = None
    artifact: ArtifactOption = None
    audio: Annotated[Path | None, typer.Option("--audio", metavar="FILE", help="WAV, FLAC, OGG or MP3.")] = None
    block_size: BlockSizeOption = None
    schedule: Annotated[
        list[str] | None,
        typer.Option(
            "--schedule", metavar="KIND", help="fixed, frames, random, whole, reset or batch; default: all of them."
        ),
    ] = None
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Seed of the random schedule.")] = None
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="NAME", help="auto, or a name such as stable-audio-tools.")
    ] = None
    device: DeviceOption = None
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw the errors (.png, .svg, .pdf), or report them (.html)."),
    ] = None
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="Write what was compared as audio files.")
    ] = None

    def flags(self) -> dict[str, object]:
        return {
            **weights_flags(self.against),
            "artifact": artifact_flag(self.model, self.artifact),
            "audio": self.audio and str(self.audio),
            "verify.block_sizes": self.block_size,
            "verify.schedules": self.schedule,
            "verify.seed": self.seed,
            "reference": self.reference,
            "device": self.device,
        }

    def check(self, config: "Config") -> None:
        if self.plot is not None:
            check_output(self.plot, PLOT_OR_PAGE, overwrite=self.overwrite, make_folder=True)
        if self.save is not None:
            check_place(self.save / "input.wav")

    def run(self, config: "Config", progress: "Progress") -> "VerifyResult":
        from saoctl.verify import verify

        return verify.run(config, progress, self.plot, self.save)

    def exit_code(self, result: "VerifyResult") -> ExitCode:
        return ExitCode.GOOD if result.passed else ExitCode.CHECK_FAILED

    def problems(self, result: "VerifyResult") -> Sequence[str]:
        from saoctl.verify import sentences

        return sentences.findings(result)

    def shown(self, result: "VerifyResult") -> Iterator[Shown]:
        from rich.text import Text

        from saoctl.verify import sentences

        priced = result.lookahead is not None
        # Eighty columns have room for one of the two.
        error, borders = ("price dB", "clicks") if priced else ("max error", "seams")
        columns = ("blocks", "SNR dB", error, "compared", "latency", borders)
        title = f"Streamed against {result.reference}, {result.precision} on {result.device}"
        shown = table(title, "method", *right(*columns), "")
        for row, end in zip(result.results, ends_group([row.method for row in result.results]), strict=True):
            verdict = Text("good", "green") if row.passed else Text("BAD", "bold red")
            cells = (sentences.CELLS[name](row) for name in columns)
            shown.add_row(row.method, *cells, verdict, end_section=end)
        yield shown
        latency = "taking off the latency" if result.written_by_saoctl else "taking off the latency that was measured"
        yield Hint(
            f"Compared from sample 0 on, after {latency}; SNR must reach {result.min_snr_db:g} dB."
            + ("" if priced else " seams: error near block borders over that elsewhere, 1 is best.")
        )
        if priced:
            yield Hint(
                "SNR: to what a stream with this lookahead should give, computed slowly block by block. price: to the"
                f" offline model; it must reach {result.min_price_db:g} dB. It depends on the weights and the audio."
                " clicks: how much rougher that difference is where blocks meet than around it; about 1 and less cannot"
                " be heard."
            )
        for sentence in sentences.rounding(result):
            yield Hint(sentence)
        blocks = "; ".join(f"{name}: {meaning}" for name, meaning in sentences.schedules(result))
        yield Hint(f"blocks: {blocks}.")
        if result.random_blocks:
            first_blocks = " ".join(map(str, result.random_blocks[:MOST_BLOCKS]))
            more = " …" if len(result.random_blocks) > MOST_BLOCKS else ""
            yield Hint(f"random blocks (seed {result.seed}): {first_blocks}{more}")
        if result.tf32_snr_db is not None:
            tf32 = f"{result.tf32_snr_db:.1f} dB"
            yield Hint(f"Measured without TF32. With TF32 convolutions, which hosts on this device allow: {tf32}.")
        if result.weights is not None:
            yield Hint(f"weights: {result.weights.summary()}")
        for path in result.files:
            yield Hint(f"written: {path}")
        for sentence in sentences.caveats(result):
            yield Remark("Warning", sentence)
        yield Answer("\n".join([sentences.verdict(result), *sentences.findings(result)]))

    def markdown(self, result: "VerifyResult") -> str:
        from saoctl.verify import sentences

        price = [] if result.lookahead is None else ["price dB"]
        columns = ["blocks", "SNR dB", *price, "max error", "compared"]
        rows = [
            [
                row.method,
                *(sentences.CELLS[name](row) for name in columns),
                row.latency_samples if row.latency_measured is None else row.latency_measured,
                "good" if row.passed else "**bad**",
            ]
            for row in result.results
        ]
        random = f"; the random blocks are those of seed {result.seed}" if result.random_blocks else ""
        return markdown_report(
            f"verify: {sentences.outcome(result)}",
            f"`{result.artifact}` against {result.reference}, {result.precision} on {result.device}. Every sample is"
            f" compared, from the first one on; the SNR must reach {result.min_snr_db:g} dB. Blocks and latency are in"
            f" audio samples{random}.",
            ["method", *columns, "latency", ""],
            rows,
            [sentences.verdict(result).capitalize(), *(f"- {note}" for note in sentences.notes(result))],
        )


def command(options: ReportOptions, verify: Verify) -> None:
    """Compare every streamed sample with the offline output.

    Files of other tools are judged too: their latency is measured. Exit code 1 means that the two outputs differ by
    more than the rounding error of the precision.

    Examples: saoctl verify -c demo --plot errors.png, or saoctl verify other.ts --against vae/
    """
    execute(options, [verify])
