"""`saoctl basis`: its options, its work, and what it prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saoctl.basis.page import DIRECTIONS, check_folder
from saoctl.cli.command import ReportCommand
from saoctl.cli.execute import execute
from saoctl.cli.options import ModelOptions, ReportOptions
from saoctl.cli.shown import Answer, Hint, Shown, markdown_report, right, table
from saoctl.errors import ConfigError
from saoctl.files import check_output, find_files
from saoctl.filetypes import AUDIO_READER
from saoctl.kinds import AUDIO_SUFFIXES, BASIS, PLOT

if TYPE_CHECKING:
    from saoctl.basis.fidelity import Fidelity
    from saoctl.basis.make import BasisResult
    from saoctl.config import Config
    from saoctl.progress import Progress

MOST_VARIANCE = 0.9  # the answer says how many directions keep this share
HEADER = ("directions", "variance", "SNR dB", "spectra dB")


@dataclass(frozen=True)
class BasisCommand(ModelOptions, ReportCommand["BasisResult"]):
    """Find the basis of sounds."""

    name = "basis"
    sounds: Annotated[list[Path] | None, typer.Argument(metavar="AUDIO|FOLDER...", help="Your sounds.")] = None
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The basis, a safetensors file.")] = (
        Path("basis.safetensors")
    )
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw what directions keep and change (.png, .svg, .pdf)."),
    ] = None
    listen: Annotated[
        Path | None,
        typer.Option("--listen", metavar="DIR", help="Write the sound of each direction, and a page."),
    ] = None
    directions: Annotated[
        int, typer.Option("--directions", metavar="N", min=2, help="Directions to plot and to write as sounds.")
    ] = DIRECTIONS

    def check(self, config: "Config") -> None:
        check_output(self.output, BASIS, overwrite=self.overwrite)
        if self.plot is not None:
            check_output(self.plot, PLOT, overwrite=self.overwrite, make_folder=True)
        if self.listen is not None:
            check_folder(self.listen)
        found = find(self.sounds)
        if len(found) == 1:
            AUDIO_READER.check(found[0])

    def run(self, config: "Config", progress: "Progress") -> "BasisResult":
        from saoctl.basis.make import make_basis

        found = find(self.sounds)
        return make_basis(config, found, self.output, progress, self.plot, self.listen, self.directions)

    def shown(self, result: "BasisResult") -> Iterator[Shown]:
        shown = table(f"What the first directions keep, of {result.latent_dim}", *right(*HEADER))
        for row in result.results:
            shown.add_row(*_cells(row))
        yield shown
        yield Hint(
            "variance: the share of the latents' variance. SNR: of the sound decoded from these directions, against"
            " that from all. spectra: the mean difference of the two. Both are measured on"
            f" {result.listened_seconds:.0f} s of the sounds."
        )
        for file in result.files:
            yield Hint(f"written: {file}")
        if result.listen:
            *sounds, page = result.listen
            yield Hint(f"written: {page}, which plays the sounds of {len(sounds)} directions")
        yield Answer("\n".join([str(result.basis), *answers(result)]))

    def markdown(self, result: "BasisResult") -> str:
        return markdown_report(
            "basis",
            f"Weights: `{result.source}`. SNR and spectra compare the sound decoded from the first directions with"
            f" that from all, on {result.listened_seconds:.0f} s of the sounds.",
            HEADER,
            [_cells(row) for row in result.results],
            [*(f"- {line}." for line in answers(result)), *(f"- left out: {reason}" for reason in result.left_out)],
        )


def command(options: ReportOptions, basis: BasisCommand) -> None:
    """Find the principal directions of your sounds' latents.

    It writes the mean of the latents, their principal directions, the one with the most variance first, and the
    standard deviation along each. It prints what the first few keep. Audio of any length takes constant memory.

    Examples: saoctl basis song.wav --plot basis.png, or saoctl basis my-sounds/ --listen directions
    """
    execute(options, [basis])


def find(sounds: Sequence[Path] | None) -> list[Path]:
    """Return the audio files that are named, and those in named folders; see `saoctl.files.find_files`.

    Raises:
        FileError: a file does not exist, or a folder has no audio files.
        ConfigError: nothing is named.
    """
    if not sounds:
        raise ConfigError("No sounds are named.", "Give audio files, or folders of them.")
    return [path for path, _ in find_files(sounds, AUDIO_SUFFIXES, "audio files")]


def answers(result: "BasisResult") -> list[str]:
    """Return what the basis was computed from, and how many directions keep most of the variance."""
    files = f"{len(result.audio)} file{'' if len(result.audio) == 1 else 's'}"
    most = next(row for row in result.results if row.variance >= MOST_VARIANCE)
    return [
        f"from {result.seconds:.1f} s of audio in {files}, {result.frames} latent frames",
        f"{most.directions} of {result.latent_dim} directions keep {most.variance:.0%} of the variance",
    ]


def _cells(row: "Fidelity") -> list[str]:
    return [
        str(row.directions),
        f"{row.variance:.1%}",
        "all" if row.snr_db is None else f"{row.snr_db:.1f}",
        f"{row.spectral_db:.2f}",
    ]
