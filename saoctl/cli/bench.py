"""`saoctl bench`: its options and its step."""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saoctl.cli.command import ReportCommand
from saoctl.cli.execute import execute
from saoctl.cli.options import ArtifactOption, BlockSizeOption, PathOption, ReportOptions, artifact_flag, weights_flags
from saoctl.cli.shown import Shown
from saoctl.errors import ConfigError, ExitCode
from saoctl.files import check_output
from saoctl.filetypes import refuse_folder
from saoctl.kinds import PLOT

if TYPE_CHECKING:
    from saoctl.bench.result import BenchResult
    from saoctl.config import Config
    from saoctl.progress import Progress

TOLERANCE = 0.15  # finds a file whose blocks take 25 % longer: it has lost 20 % of its speed
OLD_PRECISIONS = (
    "--precision (bench.precisions) ends with version 0.3: use `saoctl tune`, or export and `saoctl bench A.ts B.ts`."
)


@dataclass(frozen=True)
class Bench(ReportCommand["BenchResult"]):
    """Time exported files."""

    name = "bench"
    sleeps = False
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Exported files. Default: the config's artifact.")
    ] = None
    artifact: ArtifactOption = None
    path: PathOption = None
    device: Annotated[
        list[str] | None, typer.Option("--device", metavar="DEVICE", help="cpu, cuda or mps. Can be repeated.")
    ] = None
    block_size: BlockSizeOption = None
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="METHOD", help="encode, decode or forward. Can be repeated.")
    ] = None
    threads: Annotated[
        int | None, typer.Option("--threads", metavar="N", help="Number of CPU threads. Default: all.")
    ] = None
    min_rtf: Annotated[
        float | None, typer.Option("--min-rtf", metavar="X", help="Exit 1 if any realtime factor is below X.")
    ] = None
    precision: Annotated[
        list[str] | None,
        typer.Option("--precision", metavar="DTYPE", help="Until 0.3: export other precisions too. Use `saoctl tune`."),
    ] = None
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="JSON of an earlier bench. Exit 1 if a row is slower now."),
    ] = None
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="X", help="The share of its speed that a row may lose.")
    ] = TOLERANCE
    offline: Annotated[
        bool | None,
        typer.Option(
            "--offline/--no-offline",
            "--baselines/--no-baselines",
            help="Time the offline model too. --baselines is the old name.",
        ),
    ] = None
    together: Annotated[
        bool | None,
        typer.Option("--together/--no-together", help="Time encode and decode at once too, as in two objects of nn~."),
    ] = None
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the realtime factors (.png, .svg or .pdf).")
    ] = None
    exact: Annotated[bool | None, typer.Option("--exact/--no-exact", hidden=True)] = None
    form: Annotated[list[str] | None, typer.Option("--format", hidden=True)] = None

    def flags(self) -> dict[str, object]:
        for file in self.files or ():
            refuse_folder(file)
        return {
            **weights_flags(self.path),
            "artifact": artifact_flag(self.files[0] if self.files else None, self.artifact),
            "bench.devices": "auto" if self.device == ["auto"] else self.device,
            "bench.block_sizes": self.block_size,
            "bench.methods": self.method,
            "bench.threads": self.threads,
            "bench.precisions": self.precision,
            "bench.offline": self.offline,
            "bench.together": self.together,
            "bench.formats": self.form,
            "bench.exact": self.exact or None,
        }

    def check(self, config: "Config") -> None:
        if not 0 <= self.tolerance < 1:
            raise ConfigError(f"A tolerance of {self.tolerance:g} is impossible.", "Give 0 or more and less than 1.")
        if self.min_rtf is not None and not 0 < self.min_rtf < math.inf:
            raise ConfigError(f"A realtime factor of {self.min_rtf:g} is impossible.", "Give a number above 0.")
        several = len(self.files or ()) > 1
        if self.baseline is not None and several:
            raise ConfigError("A baseline is of one file, and cannot be compared with several.", "Name one file.")
        if config.bench.precisions and several:
            raise ConfigError("bench.precisions is for one file.", "Export the others, and name them all.")
        if self.plot is not None:
            check_output(self.plot, PLOT, overwrite=self.overwrite, make_folder=True)

    def run(self, config: "Config", progress: "Progress") -> "BenchResult":
        from saoctl.bench import time_files

        with ExitStack() as stack:
            files: Sequence[Path] = self.files or ()
            if config.bench.precisions:
                from saoctl.tune.precisions import files_in_precisions

                progress.warn(OLD_PRECISIONS)
                files = stack.enter_context(files_in_precisions(config, progress))
            return time_files.run(config, progress, self.baseline, self.tolerance, self.min_rtf, self.plot, files)

    def exit_code(self, result: "BenchResult") -> ExitCode:
        return ExitCode.GOOD if result.passed else ExitCode.CHECK_FAILED

    def problems(self, result: "BenchResult") -> Sequence[str]:
        from saoctl.cli.bench_sentences import failures

        return failures(result)

    def shown(self, result: "BenchResult") -> Iterator[Shown]:
        from saoctl.cli.bench_tables import shown

        return shown(result)

    def markdown(self, result: "BenchResult") -> str:
        from saoctl.cli.bench_tables import markdown

        return markdown(result)


def command(options: ReportOptions, bench: Bench) -> None:
    """Measure how fast exported files run, and the buffer for nn~.

    The speed is the realtime factor: seconds of audio per second of computing, for each device, method and block size.
    Several files are timed by turns and compared with the first. bench exports nothing; `saoctl tune` finds the file
    for this machine.

    Examples: saoctl bench -c demo --plot speed.png, or saoctl bench A.ts B.ts C.onnx --method decode
    """
    execute(options, [bench])
