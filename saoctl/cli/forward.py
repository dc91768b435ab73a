"""`saoctl forward`: its options."""

from dataclasses import dataclass

from saoctl.cli.convert import ConvertCommand, NoiseOptions, SoundOptions
from saoctl.cli.execute import execute
from saoctl.cli.options import ReportOptions


@dataclass(frozen=True)
class Forward(NoiseOptions, SoundOptions, ConvertCommand):
    """The command of the method forward."""

    name = "forward"


def command(options: ReportOptions, forward: Forward) -> None:
    """Encode and decode audio files in one go.

    The audio is as long as the original, to the sample. With - for input and output, it plays while it computes.

    Examples: saoctl forward song.wav -o through.flac, or ffmpeg -i song.mp3 -f wav - | saoctl forward - -o - | ffplay -
    """
    execute(options, [forward])
