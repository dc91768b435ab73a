"""`saoctl encode`: its options."""

from pathlib import Path
from typing import Annotated

import typer

from saoctl.cli.convert import (
    ArtifactInsteadOption,
    BlockSecondsOption,
    NoiseOption,
    OutputOption,
    OverwriteOption,
    SeedOption,
    ShardOption,
    Wanted,
    run,
)
from saoctl.cli.options import DeviceOption, PathOption, PrecisionOption, ReportOptions


def command(
    options: ReportOptions,
    given: Annotated[
        list[Path] | None,
        typer.Argument(metavar="AUDIO|FOLDER...", help="Audio files, or folders; - is standard input."),
    ] = None,
    output: OutputOption = None,
    artifact: ArtifactInsteadOption = None,
    path: PathOption = None,
    device: DeviceOption = None,
    precision: PrecisionOption = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="safetensors or npy, where -o names no file.")
    ] = None,
    noise: NoiseOption = 0.0,
    seed: SeedOption = 0,
    block_seconds: BlockSecondsOption = 1.0,
    shard: ShardOption = None,
    overwrite: OverwriteOption = False,
    layout: Annotated[
        str, typer.Option("--layout", metavar="NAME", help="plain, or stable-audio-tools: npy and json to train with.")
    ] = "plain",
) -> None:
    """Encode audio files of any length to latents.

    Whole folders too: their tree is kept, and what is there already is skipped, so the same command goes on after an
    interruption.

    Examples: saoctl encode song.wav, or saoctl encode music/ -o latents/ --shard 3/64
    """
    wanted = Wanted(
        output=output,
        artifact=artifact,
        format=format,
        noise=noise,
        seed=seed,
        block_seconds=block_seconds,
        shard=shard,
        overwrite=overwrite,
        layout=layout,
    )
    run("encode", options, given, wanted, path, device, precision)
