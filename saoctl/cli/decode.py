"""`saoctl decode`: its options."""

from saoctl.cli.convert import ConvertOptions, LatentsArgument, Places, SoundOptions, WorkOptions, run
from saoctl.cli.options import ReportOptions


def command(
    options: ReportOptions,
    places: Places,
    sound: SoundOptions,
    work: WorkOptions,
    given: LatentsArgument = None,
) -> None:
    """Decode files of latents to audio.

    The audio is as long as the original, to the sample. It takes whole folders, as `encode` does.

    Examples: saoctl decode song.safetensors -o song.wav, or saoctl decode latents/ -o sound/ --format flac
    """
    run("decode", options, given, ConvertOptions(places, work, sound=sound))
