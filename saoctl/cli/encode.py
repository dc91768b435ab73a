"""`saoctl encode`: its options."""

from saoctl.cli.convert import AudioArgument, ConvertOptions, LatentsOptions, NoiseOptions, Places, WorkOptions, run
from saoctl.cli.options import ReportOptions


def command(
    options: ReportOptions,
    places: Places,
    noise: NoiseOptions,
    work: WorkOptions,
    latents: LatentsOptions,
    given: AudioArgument = None,
) -> None:
    """Encode audio files of any length to latents.

    It takes whole folders, and keeps their tree. Outputs that exist are skipped, so the same command goes on after an
    interruption.

    Examples: saoctl encode song.wav, or saoctl encode music/ -o latents/ --shard 3/64
    """
    run("encode", options, given, ConvertOptions(places, work, noise, latents=latents))
