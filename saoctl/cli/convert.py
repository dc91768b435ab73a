"""What `encode`, `decode` and `forward` share: their options, their step, and what they print."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saoctl.cli.command import ReportCommand
from saoctl.cli.execute import execute
from saoctl.cli.options import DeviceOption, PathOption, PrecisionOption, ReportOptions, weights_flags
from saoctl.errors import ConfigError, ExitCode
from saoctl.vocabulary import PIPE

if TYPE_CHECKING:
    from saoctl.cli.shown import Shown
    from saoctl.config import Config
    from saoctl.convert.choices import Choices, Converted
    from saoctl.convert.collection import ConvertResult
    from saoctl.progress import Progress
    from saoctl.vocabulary import Method

BITS = (16, 24, 32)
SHOWN = 20  # of more files, only those that failed are named
HEADER = ("file", "becomes", "seconds", "")

AudioArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="AUDIO|FOLDER...", help="Audio files, or folders; - is standard input."),
]
LatentsArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="LATENTS|FOLDER...", help="Files of latents, or folders; - is standard input."),
]


@dataclass(frozen=True)
class Places:
    """The model, and where the results go."""

    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE|FOLDER|-", help="Default: beside each file; - is standard output."
        ),
    ] = None
    artifact: Annotated[
        Path | None, typer.Option("--artifact", metavar="FILE", help="An exported file, instead of the weights.")
    ] = None
    path: PathOption = None
    device: DeviceOption = None
    precision: PrecisionOption = None


@dataclass(frozen=True)
class SoundOptions:
    """The format of audio that is written."""

    format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="wav or flac, where -o names no file.")
    ] = None
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


@dataclass(frozen=True)
class WorkOptions:
    """How files are computed."""

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


@dataclass(frozen=True)
class LatentsOptions:
    """The format of files of latents."""

    format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="safetensors or npy, where -o names no file.")
    ] = None
    layout: Annotated[
        str, typer.Option("--layout", metavar="NAME", help="plain, or stable-audio-tools: npy and json to train with.")
    ] = "plain"


@dataclass(frozen=True)
class ConvertOptions:
    """The options of a conversion, as the user gave them."""

    places: Places = field(default_factory=Places)
    work: WorkOptions = field(default_factory=WorkOptions)
    noise: NoiseOptions = field(default_factory=NoiseOptions)
    sound: SoundOptions = field(default_factory=SoundOptions)
    latents: LatentsOptions = field(default_factory=LatentsOptions)
    overwrite: bool = False

    def choices(self, method: "Method") -> "Choices":
        """Parse the options.

        Raises:
            ConfigError: an option is impossible.
        """
        from saoctl.convert.choices import ENGINES, Choices
        from saoctl.convert.jobs import output_suffixes
        from saoctl.convert.layouts import LAYOUTS

        return Choices(
            output=self.places.output,
            artifact=self.places.artifact,
            suffix=_suffix(self.sound.format or self.latents.format, output_suffixes(method)),
            bits=_bits(self.sound.bits),
            sample_rate=self.sound.sample_rate,
            noise=self.noise.noise,
            seed=self.noise.seed,
            block_seconds=self.work.block_seconds,
            shard=_shard(self.work.shard),
            overwrite=self.overwrite,
            layout=_one_of("layout", self.latents.layout, LAYOUTS),
            engine=_one_of("engine", self.work.engine, ENGINES),
            workers=self.work.workers,
        )


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    share, slash, shares = text.partition("/")
    if not (slash and share.isdigit() and shares.isdigit()):
        raise ConfigError(f"--shard {text} is not of the form K/N.", "Example: --shard 3/64.")
    return int(share), int(shares)


def _suffix(name: str | None, suffixes: Sequence[str]) -> str | None:
    if name is None:
        return None
    if f".{name.lower()}" not in suffixes:
        allowed = ", ".join(each.removeprefix(".") for each in suffixes)
        raise ConfigError(f"--format {name} cannot be written here.", f"Allowed: {allowed}.")
    return f".{name.lower()}"


def _one_of(what: str, name: str, allowed: Sequence[str]) -> Any:
    if name not in allowed:
        raise ConfigError(f"There is no {what} {name}.", f"Allowed: {', '.join(allowed)}.")
    return name


def _bits(number: int | None) -> Any:
    if number is not None and number not in BITS:
        raise ConfigError(f"Samples of {number} bits cannot be written.", "Give 16, 24 or 32.")
    return number


def run(method: "Method", options: ReportOptions, given: Sequence[Path] | None, wanted: ConvertOptions) -> None:
    """Run the command of a method."""

    def flags() -> dict[str, object]:
        places = wanted.places
        if places.artifact is not None and (places.path is not None or places.precision is not None):
            raise ConfigError("--artifact has its own weights and precision.", "Leave --path and --precision out.")
        if places.output == PIPE or (places.output is None and given == [PIPE]):
            if options.as_json or options.as_csv or options.as_markdown:
                raise ConfigError("A report and the result cannot both go to standard output.", "Use --report FILE.")
            if sys.stdout.isatty():
                raise ConfigError("A terminal cannot show the result.", "Name a file with -o, or pipe it on.")
        return {**weights_flags(places.path), "device": places.device, "precision": places.precision}

    execute(options, flags, [ConvertCommand(method, given or [], replace(wanted, overwrite=options.overwrite))])


class ConvertCommand(ReportCommand["ConvertResult"]):
    """Convert files with a method.

    Args:
        name: encode, decode or forward.
        given: files and folders; PIPE is standard input.
        wanted: the options.
    """

    without_weights = "`--artifact FILE` takes an exported file instead of weights."

    def __init__(self, name: "Method", given: Sequence[Path], wanted: ConvertOptions) -> None:
        self.name = name  # type: ignore[misc] # one class is the step of three commands
        self.method, self.given, self.wanted = name, given, wanted

    def run(self, config: "Config", progress: "Progress") -> "ConvertResult":
        from saoctl.convert.collection import convert_files

        return convert_files(config, self.method, self.given, self.wanted.choices(self.method), progress)

    def exit_code(self, result: "ConvertResult") -> ExitCode:
        return ExitCode.GOOD if result.passed else ExitCode.CHECK_FAILED

    def problems(self, result: "ConvertResult") -> Sequence[str]:
        return [each.error for each in result.results if each.error]

    def shown(self, result: "ConvertResult") -> "Iterator[Shown]":
        from rich.table import Table
        from rich.text import Text

        from saoctl.cli.shown import Answer, Hint, Remark, right

        rows = [each for each in result.results if len(result.results) <= SHOWN or each.error]
        if len(rows) > 1:
            first, second, third, last = HEADER
            table = Table(first, second, *right(third), last, title_justify="left")
            for each in rows:
                colour = "red" if each.error else ""
                table.add_row(*_cells(each)[:3], Text(each.state, colour))
            yield table
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
        from saoctl.cli.shown import markdown_table

        return "\n".join(
            [
                f"## saoctl {result.method}: {'passed' if result.passed else 'failed'}",
                "",
                f"Weights: `{result.source}`, {result.precision} on {_where(result)}.",
                "",
                *markdown_table(list(HEADER), [_cells(each) for each in result.results]),
                "",
                *(f"- **{problem}**" for problem in self.problems(result)),
                "",
            ]
        )


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
