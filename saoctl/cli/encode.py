"""`saoctl encode`: its options."""

from saoctl.cli.convert import AudioArgument, LatentsOptions, NoiseOptions, Places, Wanted, WorkOptions, run
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

    Whole folders too: their tree is kept, and what is there already is skipped, so the same command goes on after an
    interruption.

    Examples: saoctl encode song.wav, or saoctl encode music/ -o latents/ --shard 3/64
    """
    run("encode", options, given, Wanted(places, work, noise, latents=latents))
