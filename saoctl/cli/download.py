"""`saoctl download`: its options, its work, and how their results are shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saoctl.cli.command import Command
from saoctl.cli.execute import execute
from saoctl.cli.options import Options, PathOption, weights_flags
from saoctl.cli.shown import Answer, Hint, Remark, Shown, right, size, table
from saoctl.errors import ExitCode

if TYPE_CHECKING:
    from saoctl.config import Config
    from saoctl.progress import Progress
    from saoctl.weights.download import DownloadResult, DryRunResult


@dataclass(frozen=True)
class Download(Command["DownloadResult"]):
    """The command that fetches, finds or makes the weights."""

    name = "download"
    path: PathOption = None
    full: Annotated[
        bool, typer.Option("--full", help="Fetch the whole checkpoint instead of the autoencoder's part.")
    ] = False

    def flags(self) -> dict[str, object]:
        return weights_flags(self.path)

    def run(self, config: "Config", progress: "Progress") -> "DownloadResult":
        from saoctl.weights import download

        return download.run(config, progress, full=self.full)

    def shown(self, result: "DownloadResult") -> Iterator[Shown]:
        title = f"Weights of {result.source}"
        shown = table(title, "file", *right("size"), min_width=len(title))
        for file in result.files:
            shown.add_row(Path(file.name).name if Path(file.name).is_absolute() else file.name, size(file.bytes))
        yield shown
        commit = (result.commit or "")[:12]
        if result.from_cache:
            how = f", from the cache: commit {commit}. Nothing was fetched."
        elif result.bytes_downloaded:
            whole = f" of {size(result.bytes_in_repo)} in the repo" if result.bytes_in_repo else ""
            how = f"; fetched {size(result.bytes_downloaded)}{whole}, commit {commit}."
        else:
            how = ", on this machine already."
        yield Hint(f"{result.parameters / 1e6:.1f} M parameters{how}")
        yield Answer(f"{result.directory}")


@dataclass(frozen=True)
class DryRun(Command["DryRunResult"]):
    """The command that lists what a download would fetch; its options are those of `Download`."""

    name = "download-dry-run"
    path: Path | None
    full: bool

    def flags(self) -> dict[str, object]:
        return weights_flags(self.path)

    def run(self, config: "Config", progress: "Progress") -> "DryRunResult":
        from saoctl.weights import download

        return download.dry_run(config, progress, full=self.full)

    def exit_code(self, result: "DryRunResult") -> ExitCode:
        return ExitCode.GOOD if result.access else ExitCode.WEIGHTS

    def shown(self, result: "DryRunResult") -> Iterator[Shown]:
        title = f"{result.source} at {result.commit[:12]}"
        shown = table(title, "file", *right("size", "to fetch"), min_width=len(title))
        for file in result.files:
            shown.add_row(file.name, size(file.bytes), size(file.missing) if file.missing else "in the cache")
        yield shown
        yield Answer(f"would fetch {size(result.bytes_to_download)} of {size(result.bytes_in_repo)} in the repo")
        if result.access:
            yield Hint("This account has access. Nothing was fetched.")
        else:
            yield Remark("No access", result.refusal or "", "bold red")


def command(
    options: Options,
    download: Download,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Fetch nothing; list the files, and whether your account has access."),
    ] = False,
) -> None:
    """Fetch and cache the autoencoder's weights.

    Only the part of the repo that holds the autoencoder is fetched. An interrupted download continues when the same
    command runs again.

    Examples: saoctl download --dry-run, or saoctl download --path vae/
    """
    execute(options, [DryRun(download.path, download.full) if dry_run else download])
