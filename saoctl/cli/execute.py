"""The run of commands: the config, the work in sequence, the output, and the exit code."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import typer

from saoctl import waiting
from saoctl.cli import signals
from saoctl.cli.advice import advice
from saoctl.cli.command import Command, ReportCommand
from saoctl.cli.console import Console
from saoctl.cli.options import Options, ReportOptions
from saoctl.errors import ExitCode, FileError, ResumableInterrupt, SaoctlError
from saoctl.files import reason, remedy

Flags = Mapping[str, object]


def execute(
    options: Options, flags: Callable[[], Flags], commands: Sequence[Command[Any]], *, nested: bool = False
) -> None:
    """Load the config, run the commands until one fails, show their results, and exit.

    Args:
        options: the options that every command has.
        flags: returns the values that the command's own options set in the config, by key path; it may raise a
            SaoctlError.
        commands: the commands to run, in order.
        nested: whether the JSON object has a key for the first command too; it always has one for each of the others.

    Raises:
        typer.Exit: always, with the exit code.
    """
    console = Console(options.as_json, options.quiet, options.verbose)
    try:
        code = _run(console, options, flags, commands, nested)
    except SaoctlError as error:
        code = console.error(error)
    except BrokenPipeError:
        code = console.abandon()
    except OSError as error:  # for example because the disk under stdout is full
        what = error.filename or "A file or standard output"
        code = console.error(FileError(f"{what} cannot be read or written: {reason(error)}.", remedy(error)))
    except KeyboardInterrupt as interrupt:
        hint = interrupt.hint if isinstance(interrupt, ResumableInterrupt) else ""
        code = console.error(signals.error(hint), traceback=False)
    except Exception as error:  # a defect of saoctl, which must not look like a failed check
        message = f"Something unforeseen went wrong: {error!r}."
        code = console.error(SaoctlError(message, "Report it with the output of --verbose."))
    finally:
        console.stop()
    raise typer.Exit(code)


def _run(
    console: Console, options: Options, flags: Callable[[], Flags], commands: Sequence[Command[Any]], nested: bool
) -> ExitCode:
    """Load the config and run the commands; the caller handles errors."""
    from saoctl import config as configs
    from saoctl.cli import documents

    report = options if isinstance(options, ReportOptions) else ReportOptions()
    chosen = flags()
    report.check()
    config = configs.load(options.config_name, options.settings or (), chosen)
    if options.print_config:
        if options.as_json:
            console.emit(config.model_dump(mode="json"))
        else:
            console.text(configs.to_yaml(config))
        return ExitCode.GOOD
    if all(command.sleeps for command in commands):
        waiting.wait_asleep()
    documents.check(report.reports or (), report.overwrite)
    for command in commands:
        command.check(config)
    code, printed = ExitCode.GOOD, dict[str, Any]()
    with _weights_kept(commands):
        for command in commands:
            with advice(command, config):
                result = command.run(config, console)
            code = command.exit_code(result)
            text = report.render(command, result) if report.render and isinstance(command, ReportCommand) else None
            console.show(command.shown(result), command.problems(result), text)
            printed[command.name] = documents.document(result)
            if isinstance(command, ReportCommand):
                for path in report.reports or ():
                    documents.write(command, result, path)
            if code != ExitCode.GOOD:
                break
    first, *rest = printed
    alone = {**printed[first], **{name: printed[name] for name in rest}}
    console.emit(documents.versioned(printed) if nested else alone)
    return code


def _weights_kept(commands: Sequence[Command[Any]]) -> AbstractContextManager[None]:
    """Return a context in which several commands load their weights once."""
    if len(commands) == 1:
        return nullcontext()
    from saoctl.models.checkpoint import loading_once

    return loading_once()
