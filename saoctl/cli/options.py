"""The options that commands share, and how a command's own stand beside them."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saoctl.errors import ConfigError
from saoctl.filetypes import refuse_folder

if TYPE_CHECKING:
    from saoctl.cli.documents import Render

ConfigOption = Annotated[
    str | None, typer.Option("--config", "-c", metavar="PATH|NAME", help="Config file, or the name of a shipped one.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set any key, e.g. --set seconds=4.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print results, warnings and errors only.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Print a traceback with an error.")]
PrintConfigOption = Annotated[bool, typer.Option("--print-config", help="Print the resolved config and stop.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print the rows as CSV on stdout.")]
MarkdownOption = Annotated[bool, typer.Option("--markdown", help="Print a report in markdown on stdout.")]
ReportOption = Annotated[
    list[Path] | None,
    typer.Option("--report", metavar="FILE", help="Also write a report (.json, .csv or .md); can be repeated."),
]

OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Write over files that exist, of whatever kind they are.")
]

DeviceOption = Annotated[str | None, typer.Option("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:1 or mps.")]
PrecisionOption = Annotated[
    str | None, typer.Option("--precision", metavar="DTYPE", help="float32, float16, bfloat16 or mixed.")
]
ArtifactOption = Annotated[Path | None, typer.Option("--artifact", metavar="FILE", help="The exported file.")]
PathOption = Annotated[
    Path | None, typer.Option("--path", metavar="FILE|DIR", help="Weights on this machine, in place of the config's.")
]
ModelArgument = Annotated[Path | None, typer.Argument(metavar="[MODEL.ts]", help="Default: the config's artifact.")]
BlockSizeOption = Annotated[
    list[int] | None, typer.Option("--block-size", metavar="SAMPLES", help="Samples per block; can be repeated.")
]


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
    def may_overwrite(self) -> bool:
        """Whether reports may take the place of files of other kinds."""
        return False

    @property
    def render(self) -> "Render | None":
        """What makes the text on stdout, if it is not the usual one."""
        return None

    def check(self) -> None:
        """Refuse what cannot be.

        Raises:
            ConfigError: options exclude each other.
        """


@dataclass(frozen=True)
class ReportOptions(Options):
    """What commands take that have a report."""

    reports: ReportOption = None
    as_csv: CsvOption = False
    as_markdown: MarkdownOption = False
    overwrite: OverwriteOption = False

    @property
    def report_files(self) -> Sequence[Path]:
        return self.reports or ()

    @property
    def may_overwrite(self) -> bool:
        return self.overwrite

    @property
    def render(self) -> "Render | None":
        from saoctl.cli.documents import to_csv, to_markdown

        return to_csv if self.as_csv else to_markdown if self.as_markdown else None

    def check(self) -> None:
        if self.as_json + self.as_csv + self.as_markdown > 1:
            raise ConfigError("--json, --csv and --markdown exclude each other.", "Add --report FILE for another.")


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command as typer wants it, with the fields of a group of options in the place of the group.

    A parameter whose type is a dataclass is such a group. The first parameter is what every command takes, a kind of
    Options; its fields come last.
    """
    first, *own = inspect.signature(command).parameters.values()
    kinds = ((each.name, each.annotation) for each in (first, *own))
    groups = {name: kind for name, kind in kinds if isinstance(kind, type) and is_dataclass(kind)}

    def spread(parameter: inspect.Parameter) -> list[inspect.Parameter]:
        group = groups.get(parameter.name)
        return [parameter] if group is None else list(inspect.signature(group).parameters.values())

    def called(**values: Any) -> None:
        whole = {
            name: group(**{each: values.pop(each) for each in inspect.signature(group).parameters})
            for name, group in groups.items()
        }
        command(**whole, **values)

    parameters = [each for parameter in (*own, first) for each in spread(parameter)]
    called.__doc__ = command.__doc__
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def weights_flags(path: Path | None) -> dict[str, object]:
    """What --path lays over the config: another source of weights takes the place of the whole section."""
    return {} if path is None else {"model": {"path": str(path)}}


def artifact_flag(model: Path | None, artifact: Path | None = None) -> str | None:
    """The exported file that an argument or --artifact names.

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
