"""`saoctl tune`: its options, its work, and what is shown of the result."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from saoctl.cli.command import Command
from saoctl.cli.execute import execute
from saoctl.cli.options import BlockSizeOption, ModelOptions, Options
from saoctl.cli.shown import Answer, Hint, Remark, Shown, right, size, table
from saoctl.errors import ConfigError, ExitCode, FileError
from saoctl.files import check_place
from saoctl.vocabulary import METHODS, FormatName, Method, Precision

if TYPE_CHECKING:
    from saoctl.config import Config
    from saoctl.progress import Progress
    from saoctl.tune.candidates import TuneChoices
    from saoctl.tune.tuning import TuneResult


@dataclass(frozen=True)
class TuneOptions(ModelOptions):
    """The options of tune."""

    at_most: Annotated[
        float | None,
        typer.Option("--at-most", metavar="MS", help="Choose the best-sounding file that is at most so late."),
    ] = None
    method: Annotated[str, typer.Option("--method", metavar="METHOD", help="encode, decode or forward.")] = "forward"
    precision: Annotated[
        list[str] | None,
        typer.Option(
            "--precision", metavar="DTYPE", help="A precision to try. Can be repeated. Default: all that are fast here."
        ),
    ] = None
    packed: Annotated[
        bool | None, typer.Option("--packed/--no-packed", help="Try only packed weights, or only plain ones.")
    ] = None
    lookahead: Annotated[
        list[str] | None,
        typer.Option("--lookahead", metavar="MS|exact", help="A lookahead to try. Can be repeated. Default: exact."),
    ] = None
    form: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="NAME", help="torchscript, onnx or executorch. Can be repeated."),
    ] = None
    block_size: BlockSizeOption = None
    threads: Annotated[
        int | None, typer.Option("--threads", metavar="N", help="Number of CPU threads. Default: all.")
    ] = None
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="FOLDER", help="Keep the files that were tried in this folder.")
    ] = None


@dataclass(frozen=True)
class Tune(Command["TuneResult"]):
    """Find the file and the buffer for this machine.

    Args:
        given: the options.
        words: of the command line that choose the config, for the export command.
    """

    name = "tune"
    sleeps = False
    given: TuneOptions = field(default_factory=TuneOptions)
    words: Sequence[str] = ()

    def flags(self) -> dict[str, object]:
        return {
            **self.given.flags(),
            "bench.block_sizes": self.given.block_size,
            "bench.threads": self.given.threads,
        }

    def check(self, config: "Config") -> None:
        at_most, keep = self.given.at_most, self.given.keep
        if at_most is not None and not 0 < at_most < math.inf:
            raise ConfigError(f"A latency of {at_most:g} ms is impossible.", "Give a number above 0.")
        if not config.export.streaming:
            raise ConfigError("tune is for streams, and export.streaming is false.", "Add --set export.streaming=true.")
        _check_names("--method", [self.given.method], METHODS)
        _check_names("--precision", self.given.precision or (), get_args(Precision))
        _check_names("--format", self.given.form or (), get_args(FormatName))
        self._wanted(config).candidates(config, config.model.whole_architecture)
        if keep is not None:
            check_place(keep / "candidate.ts")
            if keep.is_dir() and any(keep.iterdir()):
                raise FileError(f"The folder {keep} is not empty.", "Name a new one.")

    def run(self, config: "Config", progress: "Progress") -> "TuneResult":
        from saoctl.tune import tuning

        wanted, method = self._wanted(config), cast(Method, self.given.method)
        return tuning.run(config, wanted, progress, method, self.given.at_most, self.given.keep, self.words)

    def _wanted(self, config: "Config") -> "TuneChoices":
        from saoctl.tune.candidates import TuneChoices, lookahead_of

        precisions, formats, lookaheads = self.given.precision, self.given.form or (), self.given.lookahead
        return TuneChoices(
            precisions=cast("tuple[Precision, ...]", tuple(dict.fromkeys(precisions))) if precisions else None,
            formats=cast("tuple[FormatName, ...]", tuple(dict.fromkeys(formats)) or ("torchscript",)),
            packed=self.given.packed,
            lookaheads=tuple(dict.fromkeys(map(_milliseconds, lookaheads))) if lookaheads else (lookahead_of(config),),
        )

    def exit_code(self, result: "TuneResult") -> ExitCode:
        return ExitCode.GOOD if result.passed else ExitCode.CHECK_FAILED

    def problems(self, result: "TuneResult") -> Sequence[str]:
        return () if result.passed else [verdict(result)]

    def shown(self, result: "TuneResult") -> Iterator[Shown]:
        from rich.text import Text

        title = f"{result.method} on {result.device}, the best-sounding first"
        shown = table(title, "file", *right("buffer", "load", "late, ms", "model", "nn~", "size"))
        for row in result.results:
            style = "green" if row == result.chosen else "" if row.buffer else "red"
            figures = (row.buffer, row.total_latency_ms, row.model_latency_ms, row.host_latency_ms)
            buffer, total, model, host = ("–" if figure is None else f"{figure:.0f}" for figure in figures)
            shown.add_row(Text(row.described(), style), buffer, f"{row.load:.0%}", total, model, host, size(row.bytes))
        yield shown
        yield Hint(
            "buffer: the smallest that was measured in which 99 % of the blocks need at most 80 % of the time that they"
            " last, and none takes longer. load: what they need there, or at best. late: the model's latency and that"
            " of nn~ with that buffer, in one object."
        )
        machine = result.machine
        yield Hint(f"{machine['processor']} ({machine['instructions']}), threads: {machine['threads']}")
        for sentence in result.disturbances:
            yield Remark("Warning", sentence)
        earliest = min(result.results, key=lambda row: row.late_ms)
        if result.chosen is not None and earliest.late_ms < result.chosen.late_ms:
            late = math.ceil(earliest.late_ms)
            yield Hint(f"The least delay is {late} ms, with {earliest.described()}: saoctl tune --at-most {late}")
        if result.chosen is not None and result.chosen.format == "torchscript":
            yield Hint(f"The second line is the object in PureData or Max; put {result.artifact} beside the patch.")
        yield Answer("\n".join(line for line in (verdict(result), result.export, result.play) if line is not None))


def command(options: Options, given: TuneOptions) -> None:
    """Find the file and the buffer for this machine.

    It exports candidates into a folder of its own and times them by turns. It chooses the best-sounding one that keeps
    up in realtime, and prints the command that exports it, the object that plays it, and its delay.

    Examples: saoctl tune -c demo, or saoctl tune --at-most 400
    """
    words = [] if options.config_name is None else ["-c", options.config_name]
    settings = [setting for setting in options.settings or () if not setting.startswith("bench.")]
    words += [word for setting in settings for word in ("--set", setting)]
    words += [] if given.path is None else ["--path", str(given.path)]
    execute(options, [Tune(given, words)])


def verdict(result: "TuneResult") -> str:
    """Return the choice in a sentence, or why there is none."""
    limit = "" if result.at_most_ms is None else f" and is at most {result.at_most_ms:g} ms late"
    chosen = result.chosen
    if chosen is not None:
        return (
            f"best-sounding that keeps up{limit}: {chosen.described()}; buffer {chosen.buffer}, {chosen.late_ms:.0f} ms"
            f" late (model {chosen.model_latency_ms:.0f}, nn~ {chosen.host_latency_ms:.0f})"
        )
    earliest = min(result.results, key=lambda row: row.late_ms)
    if earliest.buffer is not None:
        return f"none keeps up{limit}: the nearest is {earliest.described()}, {earliest.late_ms:.0f} ms late"
    nearest = min(result.results, key=lambda row: row.load)
    advice = "repeat it on a quiet machine" if result.disturbances else "try larger blocks, --block-size 32768"
    return (
        f"none keeps up: {nearest.described()} comes nearest, and needs {nearest.load:.0%} of the time that its blocks"
        f" last; {advice}"
    )


def _check_names(option: str, given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            raise ConfigError(f"{option} {name} is not known.", f"Give one of: {', '.join(known)}.")


def _milliseconds(lookahead: str) -> float | None:
    """Return a lookahead in ms, or None for `exact`."""
    try:
        found = None if lookahead == "exact" else float(lookahead)
    except ValueError:
        found = math.nan
    if found is not None and not 0 <= found < math.inf:
        raise ConfigError(f"A lookahead of {lookahead} is impossible.", "Give a number of ms, or `exact`.")
    return found
