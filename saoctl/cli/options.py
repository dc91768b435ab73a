"""The options that several commands share, and how typer learns of them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from saoctl.errors import ConfigError
from saoctl.filetypes import refuse_folder

OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace existing files, of any kind.")]

DeviceOption = Annotated[str | None, typer.Option("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:1 or mps.")]
PrecisionOption = Annotated[
    str | None, typer.Option("--precision", metavar="DTYPE", help="float32, float16, bfloat16 or mixed.")
]
ArtifactOption = Annotated[Path | None, typer.Option("--artifact", metavar="FILE", help="The exported file.")]
PathOption = Annotated[
    Path | None, typer.Option("--path", metavar="FILE|DIR", help="Weights on this machine, instead of the config's.")
]
ModelArgument = Annotated[Path | None, typer.Argument(metavar="[MODEL.ts]", help="Default: the config's artifact.")]
BlockSizeOption = Annotated[
    list[int] | None, typer.Option("--block-size", metavar="SAMPLES", help="Audio samples per block. Can be repeated.")
]


@dataclass(frozen=True)
class Options:
    """The options that every command has."""

    config_name: Annotated[
        str | None,
        typer.Option("--config", "-c", metavar="PATH|NAME", help="Config file, or the name of a shipped one."),
    ] = None
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set any key, e.g. --set seconds=4.")
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, and nothing else.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only results, warnings and errors.")] = False
    verbose: Annotated[bool, typer.Option("--verbose", help="Print a traceback with an error.")] = False
    print_config: Annotated[bool, typer.Option("--print-config", help="Print the resolved config and stop.")] = False


@dataclass(frozen=True)
class ReportOptions(Options):
    """The options of a command that has a report; by default they ask for none."""

    reports: Annotated[
        list[Path] | None,
        typer.Option("--report", metavar="FILE", help="Also write a report (.json, .csv or .md). Can be repeated."),
    ] = None
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the rows as CSV on stdout.")] = False
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print a report in markdown on stdout.")] = False

    @property
    def form(self) -> str | None:
        """The suffix of the kind of report that is printed on stdout; None: the usual output."""
        return ".csv" if self.as_csv else ".md" if self.as_markdown else None

    def check(self, fills_stdout: bool) -> None:
        """Refuse options that exclude each other.

        Args:
            fills_stdout: whether the result itself goes to stdout.

        Raises:
            ConfigError: several things would go to stdout.
        """
        asked = self.as_json + self.as_csv + self.as_markdown
        if asked > 1:
            raise ConfigError("--json, --csv and --markdown exclude each other.", "Add --report FILE for another.")
        if asked and fills_stdout:
            raise ConfigError("A report and the result cannot both go to standard output.", "Use --report FILE.")


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """The options of a command that runs the weights of a model."""

    path: PathOption = None
    device: DeviceOption = None

    def flags(self) -> dict[str, object]:
        """Return the config keys that these options set."""
        return {**weights_flags(self.path), "device": self.device}


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command for typer, in which the fields of a group of options are parameters of their own.

    A parameter whose type is a dataclass is a group, such as a `Command`. The first parameter is the group that every
    command has, a kind of Options; its fields come last. typer reads a command's options from its signature, which
    PEP 362 lets a function state as `__signature__`.
    """
    first, *own = inspect.signature(command).parameters.values()
    groups: dict[str, Any] = {each.name: each.annotation for each in (first, *own) if is_dataclass(each.annotation)}

    def spread(parameter: inspect.Parameter) -> list[inspect.Parameter]:
        group = groups.get(parameter.name)
        return [parameter] if group is None else list(inspect.signature(group).parameters.values())

    def called(**values: Any) -> None:
        whole = {
            name: group(**{each: values.pop(each) for each in inspect.signature(group).parameters})
            for name, group in groups.items()
        }
        command(**whole, **values)

    parameters = [each.replace(kind=each.KEYWORD_ONLY) for parameter in (*own, first) for each in spread(parameter)]
    called.__doc__ = command.__doc__
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def weights_flags(path: Path | None) -> dict[str, object]:
    """Return the config keys that --path sets: its weights replace the whole section `model`."""
    return {} if path is None else {"model": {"path": str(path)}}


def artifact_flag(model: Path | None, artifact: Path | None = None) -> str | None:
    """Return the exported file that an argument or --artifact names; None if neither is given.

    Raises:
        ConfigError: both name one.
        FileError: it is a folder.
    """
    if model and artifact:
        raise ConfigError("MODEL.ts and --artifact both name the exported file.", "Give one of them.")
    named = model or artifact
    if named is None:
        return None
    refuse_folder(named)
    return str(named)
