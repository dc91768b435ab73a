"""`saoctl encode`: its options."""

from dataclasses import dataclass
from typing import Annotated

import typer

from saoctl.cli.convert import ConvertCommand, NoiseOptions
from saoctl.cli.execute import execute
from saoctl.cli.options import ReportOptions


@dataclass(frozen=True)
class Encode(NoiseOptions, ConvertCommand):
    """The command of the method encode."""

    name = "encode"
    format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="safetensors or npy, where -o names no file.")
    ] = None
    layout: Annotated[
        str, typer.Option("--layout", metavar="NAME", help="plain, or stable-audio-tools: npy and json to train with.")
    ] = "plain"


def command(options: ReportOptions, encode: Encode) -> None:
    """Encode audio files of any length to latents.

    It takes whole folders, and keeps their tree. Outputs that exist are skipped, so the same command goes on after an
    interruption.

    Examples: saoctl encode song.wav, or saoctl encode music/ -o latents/ --shard 3/64
    """
    execute(options, [encode])
