"""What `encode`, `decode` and `forward` share: their options, their work, and what they print."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from saoctl.cli.command import ReportCommand
from saoctl.cli.options import ModelOptions, PrecisionOption
from saoctl.cli.shown import Answer, Hint, Remark, Shown, markdown_report, right, table
from saoctl.errors import ConfigError, ExitCode
from saoctl.vocabulary import PIPE, Method

if TYPE_CHECKING:
    from saoctl.config import Config
    from saoctl.convert.choices import Converted
    from saoctl.convert.collection import ConvertResult
    from saoctl.progress import Progress

SHOWN = 20  # of more files, only those that failed are named
HEADER = ("file", "becomes", "seconds", "")


@dataclass(frozen=True)
class ConvertCommand(ModelOptions, ReportCommand["ConvertResult"]):
    """Convert files with a method: what `encode`, `decode` and `forward` share."""

    name: ClassVar[Method]
    without_weights = "`--artifact FILE` takes an exported file instead of weights."

    given: Annotated[
        list[Path] | None,
        typer.Argument(metavar="AUDIO|FOLDER...", help="Audio files, or folders; - is standard input."),
    ] = None
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE|FOLDER|-", help="Default: beside each file; - is standard output."
        ),
    ] = None
    artifact: Annotated[
        Path | None, typer.Option("--artifact", metavar="FILE", help="An exported file, instead of the weights.")
    ] = None
    precision: PrecisionOption = None
    format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="wav or flac, where -o names no file.")
    ] = None
    block_seconds: Annotated[
        float, typer.Option("--block-seconds", metavar="S", help="Seconds of audio to compute at a time.")
    ] = 1.0
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="K/N", help="Convert only the K-th of N shares of the files.")
    ] = None
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="local, or ray: on the workers of a Ray cluster.")
    ] = "local"
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", help="Of the cluster; default: one per GPU or machine."),
    ] = None

    def flags(self) -> dict[str, object]:
        if self.artifact is not None and (self.path is not None or self.precision is not None):
            raise ConfigError("--artifact has its own weights and precision.", "Leave --path and --precision out.")
        if self.fills_stdout and sys.stdout.isatty():
            raise ConfigError("A terminal cannot show the result.", "Name a file with -o, or pipe it on.")
        return {**super().flags(), "precision": self.precision}

    @property
    def fills_stdout(self) -> bool:
        return self.output == PIPE or (self.output is None and self.given == [PIPE])

    def run(self, config: "Config", progress: "Progress") -> "ConvertResult":
        from saoctl.convert.choices import Choices
        from saoctl.convert.collection import convert_files

        # Most choices are options of the same name; each method has its own.
        same_name = {each.name: getattr(self, each.name) for each in fields(Choices) if hasattr(self, each.name)}
        parsed = {"shard": _shard(self.shard), "suffix": _suffix(self.format, self.name)}
        return convert_files(config, self.name, self.given or [], Choices(**{**same_name, **parsed}), progress)

    def exit_code(self, result: "ConvertResult") -> ExitCode:
        return ExitCode.GOOD if result.passed else ExitCode.CHECK_FAILED

    def problems(self, result: "ConvertResult") -> Sequence[str]:
        return [each.error for each in result.results if each.error]

    def shown(self, result: "ConvertResult") -> Iterator[Shown]:
        from rich.text import Text

        rows = [each for each in result.results if len(result.results) <= SHOWN or each.error]
        if len(rows) > 1:
            first, second, third, last = HEADER
            shown = table("", first, second, *right(third), last)
            for each in rows:
                colour = "red" if each.error else ""
                shown.add_row(*_cells(each)[:3], Text(each.state, colour))
            yield shown
        for each in result.results:
            if each.clipped:
                yield Remark("Warning", f"{each.output}: {each.clipped} samples above full scale were clipped.")
            elif each.peak is not None and each.peak > 1:
                yield Hint(f"{each.output}: the peak is {each.peak:.2f}, above full scale.")
        if result.realtime_factor is not None:
            yield Hint(
                f"{result.seconds:.1f} s of audio in {result.computing_seconds:.1f} s,"
                f" {result.realtime_factor:.1f} x realtime; {result.precision} on {_where(result)}, {result.source}"
            )
        lines = [] if any(each.output == PIPE for each in result.results) else answers(result)
        yield Answer("\n".join(lines)) if lines else Hint("written to standard output")

    def markdown(self, result: "ConvertResult") -> str:
        return markdown_report(
            f"{result.method}: {'passed' if result.passed else 'failed'}",
            f"Weights: `{result.source}`, {result.precision} on {_where(result)}.",
            HEADER,
            [_cells(each) for each in result.results],
            [f"- **{problem}**" for problem in self.problems(result)],
        )


@dataclass(frozen=True)
class SoundOptions:
    """The format of samples that are written."""

    sample_rate: Annotated[
        int | None, typer.Option("--sample-rate", metavar="HZ", help="Sample rate to write; default: the model's.")
    ] = None
    bits: Annotated[
        int | None, typer.Option("--bits", metavar="N", help="16, 24, or 32 for floats; default: 32, and 24 in FLAC.")
    ] = None


@dataclass(frozen=True)
class NoiseOptions:
    """The VAE's sampling noise."""

    noise: Annotated[float, typer.Option("--noise", metavar="X", help="The VAE's sampling noise, 1 as trained.")] = 0.0
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The seed of the noise.")] = 0


def answers(result: "ConvertResult") -> list[str]:
    """Return the lines that name what was written, what existed already, and what failed."""
    written = [each for each in result.results if each.state == "written"]
    if len(result.results) == 1:
        (each,) = result.results
        return [str(each.output) + (" (existed already)" if each.state == "skipped" else "")]
    counts = {state: sum(each.state == state for each in result.results) for state in ("written", "skipped", "failed")}
    lines = [f"{counts['written']} written, {counts['skipped']} existed already, {counts['failed']} failed"]
    lines += [str(each.output) for each in written if len(result.results) <= SHOWN]
    return [*lines, *(f"failed: {each.error}" for each in result.results if each.error)]


def _where(result: "ConvertResult") -> str:
    return result.device if result.engine == "local" else f"{result.device}, {result.workers} workers"


def _cells(each: "Converted") -> list[str]:
    return [str(each.given), str(each.output), f"{each.seconds:.1f}" if each.seconds else "–", each.state]


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    share, slash, shares = text.partition("/")
    if not (slash and share.isdigit() and shares.isdigit()):
        raise ConfigError(f"--shard {text} is not of the form K/N.", "Example: --shard 3/64.")
    return int(share), int(shares)


def _suffix(name: str | None, method: Method) -> str | None:
    from saoctl.convert.jobs import output_suffixes

    if name is None:
        return None
    suffix, allowed = f".{name.lower()}", output_suffixes(method)
    if suffix not in allowed:
        names = ", ".join(each.removeprefix(".") for each in allowed)
        raise ConfigError(f"--format {name} cannot be written here.", f"Allowed: {names}.")
    return suffix
