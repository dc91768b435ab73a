"""`saoctl forward`: its options."""

from saoctl.cli.convert import AudioArgument, ConvertOptions, NoiseOptions, Places, SoundOptions, WorkOptions, run
from saoctl.cli.options import ReportOptions


def command(
    options: ReportOptions,
    places: Places,
    sound: SoundOptions,
    noise: NoiseOptions,
    work: WorkOptions,
    given: AudioArgument = None,
) -> None:
    """Encode and decode audio files in one go.

    The audio is as long as the original, to the sample. With - for input and output, it plays while it computes.

    Examples: saoctl forward song.wav -o through.flac, or ffmpeg -i song.mp3 -f wav - | saoctl forward - -o - | ffplay -
    """
    run("forward", options, given, ConvertOptions(places, work, noise, sound))
