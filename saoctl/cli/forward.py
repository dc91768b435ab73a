"""`saoctl forward`: its options."""

from pathlib import Path
from typing import Annotated

import typer

from saoctl.cli.convert import (
    ArtifactInsteadOption,
    BitsOption,
    BlockSecondsOption,
    NoiseOption,
    OutputOption,
    OverwriteOption,
    RateOption,
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
        str | None, typer.Option("--format", metavar="NAME", help="wav or flac, where -o names no file.")
    ] = None,
    sample_rate: RateOption = None,
    bits: BitsOption = None,
    noise: NoiseOption = 0.0,
    seed: SeedOption = 0,
    block_seconds: BlockSecondsOption = 1.0,
    shard: ShardOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Encode and decode audio files in one go.

    As long as the original to the sample. With - for input and output it plays while it computes.

    Examples: saoctl forward song.wav -o through.flac, or ffmpeg -i song.mp3 -f wav - | saoctl forward - -o - | ffplay -
    """
    wanted = Wanted(
        output=output,
        artifact=artifact,
        format=format,
        sample_rate=sample_rate,
        bits=bits,
        noise=noise,
        seed=seed,
        block_seconds=block_seconds,
        shard=shard,
        overwrite=overwrite,
    )
    run("forward", options, given, wanted, path, device, precision)
