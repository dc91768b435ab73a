"""The run of commands: the config, the work in sequence, the output, and the exit code."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import typer

from saoctl import waiting
from saoctl.cli import signals
from saoctl.cli.advice import next_step
from saoctl.cli.command import Command, ReportCommand
from saoctl.cli.console import Console
from saoctl.cli.options import Options, ReportOptions
from saoctl.errors import ExitCode, FileError, MissingArtifactError, ResumableInterrupt, SaoctlError, WeightsError
from saoctl.files import reason, remedy


def execute(options: Options, commands: Sequence[Command[Any]], *, nested: bool = False) -> None:
    """Load the config, run the commands until one fails, show their results, and exit.

    Args:
        options: the options that every command has.
        commands: the commands to run, in order; the options of the first one set keys of the config.
        nested: whether the JSON object has a key for the first command too; it always has one for each of the others.

    Raises:
        typer.Exit: always, with the exit code.
    """
    console = Console(options.as_json, options.quiet, options.verbose)
    try:
        code = _run(console, options, commands, nested)
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


def _run(console: Console, options: Options, commands: Sequence[Command[Any]], nested: bool) -> ExitCode:
    """Load the config and run the commands; the caller handles errors."""
    from saoctl import config as configs
    from saoctl.cli import documents

    report = options if isinstance(options, ReportOptions) else ReportOptions()
    flags = commands[0].flags()
    report.check(commands[0].fills_stdout)
    config = configs.load(options.config_name, options.settings or (), flags)
    if options.print_config:
        if options.as_json:
            console.emit(config.model_dump(mode="json"))
        else:
            console.text(configs.to_yaml(config))
        return ExitCode.GOOD
    if all(command.sleeps for command in commands):
        waiting.wait_asleep()
    for command in commands:
        if isinstance(command, ReportCommand):
            documents.check(report.reports or (), command.overwrite)
        command.check(config)
    code, printed = ExitCode.GOOD, dict[str, Any]()
    with ExitStack() as stack:
        if len(commands) > 1:  # they load their weights once
            from saoctl.models.checkpoint import loading_once

            stack.enter_context(loading_once())
        for command in commands:
            try:
                result = command.run(config, console)
            except (WeightsError, MissingArtifactError) as error:
                error.hint = next_step(error, command, config)
                raise
            code = command.exit_code(result)
            text = documents.render(command, result, report.form) if report.form else None
            console.show(command.shown(result), command.problems(result), text)
            printed[command.name] = documents.document(result)
            for path in report.reports or ():
                documents.write(command, result, path)
            if code != ExitCode.GOOD:
                break
    # The document of the first command is the whole object, in which the others have keys.
    console.emit(documents.versioned(printed) if nested else {**printed.pop(commands[0].name), **printed})
    return code
