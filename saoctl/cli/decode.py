"""`saoctl decode`: its options."""

from pathlib import Path
from typing import Annotated

import typer

from saoctl.cli.convert import (
    ArtifactInsteadOption,
    BitsOption,
    BlockSecondsOption,
    OutputOption,
    OverwriteOption,
    RateOption,
    ShardOption,
    Wanted,
    run,
)
from saoctl.cli.options import DeviceOption, PathOption, PrecisionOption, ReportOptions


def command(
    options: ReportOptions,
    given: Annotated[
        list[Path] | None, typer.Argument(metavar="LATENTS|FOLDER...", help="Files of latents, or folders.")
    ] = None,
    output: OutputOption = None,
    artifact: ArtifactInsteadOption = None,
    path: PathOption = None,
    device: DeviceOption = None,
    precision: PrecisionOption = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="wav or flac, where -o names no file.")
    ] = None,
    sample_rate: RateOption = None,
    bits: BitsOption = None,
    block_seconds: BlockSecondsOption = 1.0,
    shard: ShardOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Decode files of latents to audio.

    As long as the original to the sample. Whole folders too, see `encode`.

    Examples: saoctl decode song.safetensors -o song.wav, or saoctl decode latents/ -o sound/ --format flac
    """
    wanted = Wanted(
        output=output,
        artifact=artifact,
        format=format,
        sample_rate=sample_rate,
        bits=bits,
        block_seconds=block_seconds,
        shard=shard,
        overwrite=overwrite,
    )
    run("decode", options, given, wanted, path, device, precision)
