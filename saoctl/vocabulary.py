"""The words that every part of saoctl shares: methods and their signatures, precisions, schedules."""

from pathlib import Path
from typing import Literal, NamedTuple, get_args

Method = Literal["encode", "decode", "forward"]
METHODS: tuple[Method, ...] = get_args(Method)

# The two halves of an autoencoder.
Direction = Literal["encoder", "decoder"]

Precision = Literal["float32", "float16", "bfloat16", "mixed"]

# Formats of exported files, and how the names of their files end.
FormatName = Literal["torchscript", "onnx", "executorch"]
FORMAT_SUFFIXES: dict[FormatName, str] = {"torchscript": ".ts", "onnx": ".onnx", "executorch": ".pte"}

# In which blocks verify streams a signal; `saoctl.verify.schedules` says what each is.
ScheduleKind = Literal["fixed", "frames", "random", "whole", "reset", "batch"]

# What names the weights: a config that is shipped, a repo on the hub, a path, or the seed of random ones.
SourceKind = Literal["config", "repo", "path", "seed"]

# Stands for standard input or output in the place of a file.
PIPE = Path("-")

# Of the JSON that commands print: raised when a key changes its meaning or goes; a new key keeps it.
SCHEMA_VERSION = 1


class Signature(NamedTuple):
    """What goes into a method and what comes out, in the order in which nn~ keeps it beside the method.

    Args:
        in_channels: of the input.
        in_ratio: audio samples per value of an input channel: 1 for audio, the model's ratio for latents.
        out_channels: of the output.
        out_ratio: audio samples per value of an output channel.

    Example:
        >>> encode = signatures(audio_channels=2, latent_dim=64, ratio=2048)["encode"]
        >>> encode
        Signature(in_channels=2, in_ratio=1, out_channels=64, out_ratio=2048)
        >>> encode.input_values(4096), encode.output_values(4096)
        (4096, 2)
    """

    in_channels: int
    in_ratio: int
    out_channels: int
    out_ratio: int

    def input_values(self, samples: int) -> int:
        """Values per channel of the input for so many audio samples."""
        return samples // self.in_ratio

    def output_values(self, samples: int) -> int:
        """Values per channel of the output for so many audio samples."""
        return samples // self.out_ratio


def signatures(audio_channels: int, latent_dim: int, ratio: int) -> dict[Method, Signature]:
    """The signatures of the methods of an autoencoder.

    Args:
        audio_channels: on both sides.
        latent_dim: channels of the latents.
        ratio: audio samples per latent frame.
    """
    return {
        "encode": Signature(audio_channels, 1, latent_dim, ratio),
        "decode": Signature(latent_dim, ratio, audio_channels, 1),
        "forward": Signature(audio_channels, 1, audio_channels, 1),
    }
