"""`saoctl decode`: its options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from saoctl.cli.convert import ConvertCommand, SoundOptions
from saoctl.cli.execute import execute
from saoctl.cli.options import ReportOptions


@dataclass(frozen=True)
class Decode(SoundOptions, ConvertCommand):
    """The command of the method decode."""

    name = "decode"
    given: Annotated[
        list[Path] | None,
        typer.Argument(metavar="LATENTS|FOLDER...", help="Files of latents, or folders; - is standard input."),
    ] = None


def command(options: ReportOptions, decode: Decode) -> None:
    """Decode files of latents to audio.

    The audio is as long as the original, to the sample. It takes whole folders, as `encode` does.

    Examples: saoctl decode song.safetensors -o song.wav, or saoctl decode latents/ -o sound/ --format flac
    """
    execute(options, [decode])
