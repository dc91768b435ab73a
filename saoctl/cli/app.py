"""The commands: parse, call, render, exit code."""

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

import saoctl
from saoctl import config
from saoctl.bench import step as bench
from saoctl.cli import report
from saoctl.cli.console import Console
from saoctl.cli.report import Report, Result
from saoctl.config import Config
from saoctl.errors import ConfigError, ExitCode, FileError, SaoctlError
from saoctl.formats import export, info
from saoctl.verify import step as verify
from saoctl.weights import download

app = typer.Typer(
    name="saoctl",
    help="Stable Audio Open's autoencoder as an exact realtime stream, exported for nn~.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigOption = Annotated[
    str | None, typer.Option("--config", "-c", metavar="PATH|NAME", help="Config file, or the name of a shipped one.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set any key, e.g. --set verify.seconds=4.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print results, warnings and errors only.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Print a traceback with an error.")]
PrintConfigOption = Annotated[bool, typer.Option("--print-config", help="Print the resolved config and stop.")]
DeviceOption = Annotated[str | None, typer.Option("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:1 or mps.")]
PrecisionOption = Annotated[
    str | None, typer.Option("--precision", metavar="DTYPE", help="float32, float16, bfloat16 or mixed.")
]
ArtifactOption = Annotated[Path | None, typer.Option("--artifact", metavar="FILE", help="The exported file.")]
PathOption = Annotated[
    Path | None, typer.Option("--path", metavar="FILE|DIR", help="Weights on this machine, in place of the config's.")
]
AgainstOption = Annotated[
    Path | None,
    typer.Option(
        "--against", "--path", metavar="CHECKPOINT", help="Weights on this machine, in place of the config's."
    ),
]
ModelArgument = Annotated[Path | None, typer.Argument(metavar="[MODEL.ts]", help="Default: the config's artifact.")]
BlockSizeOption = Annotated[
    list[int] | None, typer.Option("--block-size", metavar="SAMPLES", help="Samples per block; can be repeated.")
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print the rows as CSV on stdout.")]
MarkdownOption = Annotated[bool, typer.Option("--markdown", help="Print a report in markdown on stdout.")]
ReportOption = Annotated[
    list[Path] | None,
    typer.Option("--report", metavar="FILE", help="Also write a report (.json, .csv or .md); can be repeated."),
]

# Typer's own class of it: newer ones bring their click with them, older ones use the installed one.
UsageError: Any = typer.BadParameter.__base__
INTERRUPTED = 130  # as shells count: 128 and the number of the signal

Step = Callable[[Config, Console], tuple[Result, ExitCode]]


@dataclass(frozen=True)
class Options:
    """What every command takes."""

    config_name: ConfigOption = None
    settings: SetOption = None
    as_json: JsonOption = False
    quiet: QuietOption = False
    verbose: VerboseOption = False
    print_config: PrintConfigOption = False

    @property
    def report_files(self) -> Sequence[Path]:
        """Files for reports."""
        return ()

    @property
    def render(self) -> Callable[[Any], str] | None:
        """What makes the text on stdout, if it is not the usual one."""
        return None

    def check(self) -> None:
        """Refuse what cannot be."""


@dataclass(frozen=True)
class ReportOptions(Options):
    """What commands take that have a report."""

    reports: ReportOption = None
    as_csv: CsvOption = False
    as_markdown: MarkdownOption = False

    @property
    def report_files(self) -> Sequence[Path]:
        return self.reports or ()

    @property
    def render(self) -> Callable[[Any], str] | None:
        return report.to_csv if self.as_csv else report.to_markdown if self.as_markdown else None

    def check(self) -> None:
        if self.as_json + self.as_csv + self.as_markdown > 1:
            raise ConfigError("--json, --csv and --markdown exclude each other.", "Add --report FILE for another.")
        report.check(self.report_files)


def command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a command whose first parameter, a kind of Options, stands for all of their fields."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        first, *own = inspect.signature(function).parameters.values()
        shared = list(inspect.signature(first.annotation).parameters.values())

        def called(**values: Any) -> None:
            function(first.annotation(**{each.name: values.pop(each.name) for each in shared}), **values)

        called.__doc__ = function.__doc__
        called.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        called.__annotations__ = {each.name: each.annotation for each in (*own, *shared)}
        app.command(name)(called)
        return function

    return register


@command("download")
def download_command(
    options: Options,
    path: PathOption = None,
    full: Annotated[
        bool, typer.Option("--full", help="Fetch the whole checkpoint, not the autoencoder's part alone.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be fetched, and whether you may; fetch nothing.")
    ] = False,
) -> None:
    """Fetch and cache the autoencoder's weights.

    What is fetched is the least that holds the autoencoder; what is broken off is continued by the same command.

    Examples: saoctl download --dry-run, or saoctl download --path vae/
    """

    def step(config: Config, console: Console) -> tuple[Result, ExitCode]:
        if dry_run:
            planned = download.dry_run(config, console, full=full)
            return planned, ExitCode.GOOD if planned.access else ExitCode.WEIGHTS
        return download.run(config, console, full=full), ExitCode.GOOD

    _run({"download": step}, options, _weights(path))


@command("export")
def export_command(
    options: Options,
    path: PathOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")] = None,
    device: DeviceOption = None,
    half: Annotated[bool, typer.Option("--half", help="The same as --precision float16.")] = False,
    precision: PrecisionOption = None,
    streaming: Annotated[
        bool | None, typer.Option("--streaming/--no-streaming", help="The streaming model, or the offline one.")
    ] = None,
    skip_bottleneck: Annotated[
        bool | None, typer.Option("--skip-bottleneck", help="Leave out the VAE's sampling: latents are the mean.")
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Run verify on what was just written.")] = False,
) -> None:
    """Build the streaming model and write it as TorchScript.

    Examples: saoctl export -c demo --test, or saoctl export --precision bfloat16 -o sao-bf16.ts
    """
    flags = {
        **_weights(path),
        "artifact": output and str(output),
        "device": device,
        "precision": "float16" if half and precision is None else precision,
        "export.streaming": streaming,
        "export.skip_bottleneck": skip_bottleneck,
    }
    steps: dict[str, Step] = {"export": _export}
    if test:
        steps["verify"] = _verify
    conflict = ConfigError("--half and --precision contradict each other.", "Give one of them.")
    clash = conflict if half and precision not in (None, "float16") else None
    _run(steps, options, flags, clash)


@command("verify")
def verify_command(
    options: ReportOptions,
    model: ModelArgument = None,
    against: AgainstOption = None,
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
        str | None, typer.Option("--reference", metavar="NAME", help="auto, stable-audio-tools or oobleck.")
    ] = None,
    device: DeviceOption = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the errors (.png, .svg, .pdf or .html).")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="Write what was compared as audio files.")
    ] = None,
) -> None:
    """Compare chunked inference with offline inference, on every sample.

    Files of other tools are judged too: their latency is found by measurement. Exit code 1 means that the two differ
    by more than the precision's rounding.

    Examples: saoctl verify -c demo --plot errors.png, or saoctl verify other.ts --against vae/
    """
    flags = {
        **_weights(against),
        "artifact": _artifact(model, artifact),
        "verify.audio": audio and str(audio),
        "verify.block_sizes": block_size,
        "verify.schedules": schedule,
        "verify.seed": seed,
        "verify.reference": reference,
        "device": device,
    }

    def step(config: Config, console: Console) -> tuple[Result, ExitCode]:
        result = verify.run(config, console, plot, save)
        return result, _checked(result.passed)

    _run({"verify": step}, options, flags, _clash(model, artifact))


@command("bench")
def bench_command(
    options: ReportOptions,
    model: ModelArgument = None,
    artifact: ArtifactOption = None,
    device: Annotated[
        list[str] | None, typer.Option("--device", metavar="DEVICE", help="cpu, cuda, mps; can be repeated.")
    ] = None,
    block_size: BlockSizeOption = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="METHOD", help="encode, decode, forward; can be repeated.")
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", metavar="N", help="CPU threads; default: all.")] = None,
    min_rtf: Annotated[
        float | None, typer.Option("--min-rtf", metavar="X", help="Exit 1 if any realtime factor is below X.")
    ] = None,
    precision: Annotated[
        list[str] | None,
        typer.Option("--precision", metavar="DTYPE", help="Export and time others too; can be repeated."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="JSON of an earlier bench; exit 1 if a row is slower now."),
    ] = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="X", help="How much slower it may be: machines are noisy.")
    ] = 0.2,
    baselines: Annotated[
        bool | None, typer.Option("--baselines/--no-baselines", help="Time the offline model too, to show the gain.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the realtime factors (.png, .svg or .pdf).")
    ] = None,
) -> None:
    """Report the realtime factor per device, precision, method and block size, and the buffer to set in nn~.

    Examples: saoctl bench -c demo --plot speed.png, or saoctl bench --device cpu --method decode --min-rtf 1
    """
    flags = {
        "artifact": _artifact(model, artifact),
        "bench.devices": "auto" if device == ["auto"] else device,
        "bench.block_sizes": block_size,
        "bench.methods": method,
        "bench.threads": threads,
        "bench.precisions": precision,
        "bench.baselines": baselines,
    }

    def step(config: Config, console: Console) -> tuple[Result, ExitCode]:
        result = bench.run(config, console, baseline, tolerance, min_rtf, plot)
        return result, _checked(result.passed)

    _run({"bench": step}, options, flags, _clash(model, artifact))


@command("info")
def info_command(
    options: Options,
    model: ModelArgument = None,
) -> None:
    """Print what is inside an exported file, also of one that saoctl did not write.

    Examples: saoctl info -c demo, or saoctl info other.ts --json
    """

    def step(config: Config, console: Console) -> tuple[Result, ExitCode]:
        return info.run(config.artifact), ExitCode.GOOD

    _run({"info": step}, options, {"artifact": _artifact(model, None)})


@command("run")
def run_command(
    options: Options,
    path: PathOption = None,
) -> None:
    """Run download, export, verify and bench, stopping at the first that fails.

    Example: saoctl run -c demo
    """
    steps = {"download": _download, "export": _export, "verify": _verify, "bench": _bench}
    _run(steps, options, _weights(path), nested=True)


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    if version:
        Console().text(f"saoctl {saoctl.__version__}")
        raise typer.Exit


def main() -> None:
    """The console script."""
    try:
        sys.exit(app(standalone_mode=False))
    except UsageError as error:
        error.show()
        if "--json" in sys.argv:
            Console(as_json=True).failed(ConfigError(error.format_message(), "See --help."))
        sys.exit(ExitCode.USAGE)
    except typer.Abort:
        sys.exit(INTERRUPTED)


def _weights(path: Path | None) -> dict[str, object]:
    """What --path lays over the config: another source of weights takes the place of the whole section."""
    return {} if path is None else {"model": {"path": str(path)}}


def _artifact(model: Path | None, artifact: Path | None) -> str | None:
    """The exported file that an argument or --artifact names."""
    return str(model or artifact) if model or artifact else None


def _clash(model: Path | None, artifact: Path | None) -> SaoctlError | None:
    if model and artifact:
        return ConfigError("MODEL.ts and --artifact both name the exported file.", "Give one of them.")
    return None


def _checked(passed: bool) -> ExitCode:
    return ExitCode.GOOD if passed else ExitCode.CHECK_FAILED


def _download(config: Config, console: Console) -> tuple[Result, ExitCode]:
    return download.run(config, console), ExitCode.GOOD


def _export(config: Config, console: Console) -> tuple[Result, ExitCode]:
    return export.run(config, console), ExitCode.GOOD


def _verify(config: Config, console: Console) -> tuple[Result, ExitCode]:
    result = verify.run(config, console)
    return result, _checked(result.passed)


def _bench(config: Config, console: Console) -> tuple[Result, ExitCode]:
    return bench.run(config, console), ExitCode.GOOD


def _run(
    steps: Mapping[str, Step],
    options: Options,
    flags: Mapping[str, object],
    wrong_usage: SaoctlError | None = None,
    nested: bool = False,
) -> None:
    """Load the config, run the steps until one fails, show their results, and exit."""
    console = Console(options.as_json, options.quiet, options.render)
    code = ExitCode.GOOD
    documents: dict[str, Any] = {}
    try:
        if wrong_usage is not None:
            raise wrong_usage
        options.check()
        resolved = config.load(options.config_name, options.settings or (), flags)
        if options.print_config:
            if options.as_json:
                console.emit(resolved.model_dump(mode="json"))
            else:
                console.text(config.to_yaml(resolved))
            raise typer.Exit
        for name, step in steps.items():
            result, code = step(resolved, console)
            console.show(result)
            documents[name] = report.document(result)
            if isinstance(result, Report):
                for path in options.report_files:
                    report.write(result, path)
            if code != ExitCode.GOOD:
                break
        first, *rest = documents
        console.emit(documents if nested else {**documents[first], **{name: documents[name] for name in rest}})
    except SaoctlError as error:
        console.error(error, options.verbose)
        raise typer.Exit(error.exit_code) from None
    except OSError as error:  # such as a full disk under stdout
        reason = error.strerror or str(error)
        console.error(FileError(f"Something cannot be read or written: {reason}.", "See --verbose."), options.verbose)
        raise typer.Exit(ExitCode.FILE) from None
    except Exception as error:
        if isinstance(error, typer.Exit):
            raise
        unforeseen = SaoctlError(
            f"Something unforeseen went wrong: {error!r}.", "Report it with what --verbose prints."
        )
        console.error(unforeseen, options.verbose)
        raise typer.Exit(ExitCode.CHECK_FAILED) from None
    except KeyboardInterrupt as interrupt:
        console.error(SaoctlError("Interrupted.", str(interrupt)), verbose=False)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        console.stop()
    raise typer.Exit(code)
