"""The command line app: its commands, its version, and the errors of wrong usage."""

import sys
from typing import Annotated, Any

import typer

import saoctl
from saoctl.cli import (
    basis,
    bench,
    decode,
    download,
    encode,
    export,
    forward,
    frontier,
    info,
    models,
    run,
    signals,
    tune,
    verify,
)
from saoctl.cli.options import with_options
from saoctl.errors import ConfigError, ExitCode

# The modules of the commands, each called as its command, in the order of `saoctl --help`.
COMMANDS = (models, download, export, verify, bench, tune, frontier, basis, encode, decode, forward, info, run)

app = typer.Typer(
    name="saoctl",
    help="Stable Audio Open's autoencoder as an exact realtime stream.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in COMMANDS:
    app.command(module.__name__.rpartition(".")[2])(with_options(module.command))

# The base class of usage errors: newer versions of typer contain a click of their own, older ones import it.
UsageError: Any = typer.BadParameter.__base__


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"saoctl {saoctl.__version__}")
        raise typer.Exit


def main() -> None:
    """Run the app; the entry point of the console script."""
    signals.install()
    try:
        code = app(standalone_mode=False)
        # Outside of `execute`, such as while modules are imported, typer handles an interrupt itself.
        sys.exit(signals.error().exit_code if code == ExitCode.INTERRUPTED else code)
    except UsageError as error:
        error.show()
        if "--json" in sys.argv:
            from saoctl.cli.console import Console

            Console(as_json=True).failed(ConfigError(error.format_message(), "See --help."))
        sys.exit(ExitCode.USAGE)
    except typer.Abort:  # older versions of typer raise it for an interrupt
        sys.exit(signals.error().exit_code)
