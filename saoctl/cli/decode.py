"""`saoctl decode`: its options."""

from saoctl.cli.convert import LatentsArgument, Places, SoundOptions, Wanted, WorkOptions, run
from saoctl.cli.options import ReportOptions


def command(
    options: ReportOptions,
    places: Places,
    sound: SoundOptions,
    work: WorkOptions,
    given: LatentsArgument = None,
) -> None:
    """Decode files of latents to audio.

    As long as the original to the sample. Whole folders too, see `encode`.

    Examples: saoctl decode song.safetensors -o song.wav, or saoctl decode latents/ -o sound/ --format flac
    """
    run("decode", options, given, Wanted(places, work, sound=sound))
