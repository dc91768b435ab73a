"""`saoctl verify`: its options, its step, and what is shown of the result."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saoctl.cli.command import ReportStep
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
from saoctl.errors import ExitCode
from saoctl.files import check_output, check_place
from saoctl.kinds import PLOT_OR_PAGE

if TYPE_CHECKING:
    from saoctl.cli.shown import Shown
    from saoctl.config import Config
    from saoctl.progress import Progress
    from saoctl.verify.result import VerifyResult

MOST_BLOCKS = 24  # of a random schedule that are printed; all of them are in the JSON


def command(
    options: ReportOptions,
    model: ModelArgument = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", "--path", metavar="CHECKPOINT", help="Weights on this machine, in place of the config's."
        ),
    ] = None,
    artifact: ArtifactOption = None,
    audio: Annotated[Path | None, typer.Option("--audio", metavar="FILE", help="WAV, FLAC, OGG or MP3.")] = None,
    block_size: BlockSizeOption = None,
    schedule: Annotated[
        list[str] | None,
        typer.Option(
            "--schedule", metavar="KIND", help="fixed, frames, random, whole, reset or batch; default: all of them."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Of the random schedule.")] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="NAME", help="auto, or a name such as stable-audio-tools.")
    ] = None,
    device: DeviceOption = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw the errors (.png, .svg, .pdf), or report them (.html)."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="Write what was compared as audio files.")
    ] = None,
) -> None:
    """Compare streamed with offline output, every sample of it.

    Files of other tools are judged too: their latency is found by measurement. Exit code 1 means that the two differ
    by more than the precision's rounding.

    Examples: saoctl verify -c demo --plot errors.png, or saoctl verify other.ts --against vae/
    """

    def flags() -> dict[str, object]:
        return {
            **weights_flags(against),
            "artifact": artifact_flag(model, artifact),
            "audio": audio and str(audio),
            "verify.block_sizes": block_size,
            "verify.schedules": schedule,
            "verify.seed": seed,
            "reference": reference,
            "device": device,
        }

    execute(options, flags, [Verify(plot, save, options.overwrite)])


class Verify(ReportStep["VerifyResult"]):
    """Compare the artifact with the offline model.

    Args:
        plot: a file for a drawing of the errors.
        save: a folder for audio files of what was compared.
        overwrite: whether the drawing may take the place of a file of another kind.
    """

    name = "verify"
    sleeps = False

    def __init__(self, plot: Path | None = None, save: Path | None = None, overwrite: bool = False) -> None:
        self.plot, self.save, self.overwrite = plot, save, overwrite

    @staticmethod
    def result_type() -> type[Any]:
        from saoctl.verify.result import VerifyResult

        return VerifyResult

    def check(self, config: "Config") -> None:
        if self.plot is not None:
            check_output(self.plot, PLOT_OR_PAGE, overwrite=self.overwrite, make_folder=True)
        if self.save is not None:
            check_place(self.save / "input.wav")

    def run(self, config: "Config", progress: "Progress") -> "VerifyResult":
        from saoctl.verify import step

        return step.run(config, progress, self.plot, self.save)

    def exit_code(self, result: "VerifyResult") -> ExitCode:
        return ExitCode.GOOD if result.passed else ExitCode.CHECK_FAILED

    def problems(self, result: "VerifyResult") -> Sequence[str]:
        from saoctl.verify import sentences

        return sentences.findings(result)

    def shown(self, result: "VerifyResult") -> "Iterator[Shown]":
        return shown(result)

    def markdown(self, result: "VerifyResult") -> str:
        return markdown(result)


def shown(result: "VerifyResult") -> "Iterator[Shown]":
    """The comparisons as a table, what helps to read it, and the verdict."""
    from rich.table import Table
    from rich.text import Text

    from saoctl.cli.shown import Answer, Hint, Remark, ends_group, right
    from saoctl.verify import sentences

    priced = result.lookahead is not None
    table = Table(
        "method",
        # Eighty columns have room for one of the two.
        *right(
            "blocks",
            "SNR dB",
            "price dB" if priced else "max error",
            "compared",
            "latency",
            "clicks" if priced else "seams",
        ),
        "",
        title=f"Streamed against {result.reference}, {result.precision} on {result.device}",
        title_justify="left",
    )
    for row, end in zip(result.results, ends_group([row.method for row in result.results]), strict=True):
        measured = "" if row.latency_measured in (row.latency_samples, None) else f" ≠ {row.latency_measured}"
        table.add_row(
            row.method,
            row.blocks,
            f"{row.snr_db:.1f}",
            f"{row.max_abs_error:.1e}" if row.price_db is None else f"{row.price_db:.1f}",
            str(row.samples_compared),
            f"{row.latency_samples}{measured}",
            _ratio(row.click_ratio if priced else row.seam_error_ratio),
            Text("good", "green") if row.passed else Text("BAD", "bold red"),
            end_section=end,
        )
    yield table
    latency = "taking off the latency" if result.written_by_saoctl else "taking off the latency that was measured"
    yield Hint(
        f"Compared from sample 0 on, after {latency}; SNR must reach {result.min_snr_db:g} dB."
        + ("" if priced else " seams: error near block borders over that elsewhere, 1 is best.")
    )
    if priced:
        yield Hint(
            f"SNR: to what a stream with this lookahead should give, computed slowly block by block. price: to the"
            f" offline model; it must reach {result.min_price_db:g} dB. It depends on the weights and the audio."
            " clicks: how much rougher that difference is where blocks meet than around it; about 1 and less cannot be"
            " heard."
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
        yield Hint(f"weights: {result.weights.told()}")
    for path in result.files:
        yield Hint(f"written: {path}")
    for sentence in sentences.caveats(result):
        yield Remark("Warning", sentence)
    yield Answer("\n".join([sentences.verdict(result), *sentences.findings(result)]))


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def markdown(result: "VerifyResult") -> str:
    """The comparisons as a report."""
    from saoctl.cli.shown import markdown_table
    from saoctl.verify import sentences

    notes = [*sentences.caveats(result), *sentences.findings(result), *sentences.rounding(result)]
    rows = [
        [
            row.method,
            row.blocks,
            f"{row.snr_db:.1f}",
            *([f"{row.price_db:.1f}"] if row.price_db is not None else []),
            f"{row.max_abs_error:.1e}",
            row.samples_compared,
            row.latency_samples if row.latency_measured is None else row.latency_measured,
            "good" if row.passed else "**bad**",
        ]
        for row in result.results
    ]
    price = ["price dB"] if result.lookahead is not None else []
    header = ["method", "blocks", "SNR dB", *price, "max error", "compared", "latency", ""]
    return "\n".join(
        [
            f"## saoctl verify: {sentences.outcome(result)}",
            "",
            f"`{result.artifact}` against {result.reference}, {result.precision} on {result.device}. Every sample is"
            f" compared, from the first one on; the SNR must reach {result.min_snr_db:g} dB. Blocks and latency are in"
            f" audio samples{f'; the random blocks are those of seed {result.seed}' if result.random_blocks else ''}.",
            "",
            *markdown_table(header, rows),
            "",
            sentences.verdict(result).capitalize(),
            *(f"- {note}" for note in notes),
            "",
        ]
    )
