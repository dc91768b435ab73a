"""The names that every part of saoctl shares: methods and their signatures, formats, precisions, schedules."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

Method = Literal["encode", "decode", "forward"]
METHODS: tuple[Method, ...] = get_args(Method)

# The two halves of an autoencoder.
Direction = Literal["encoder", "decoder"]

Precision = Literal["float32", "float16", "bfloat16", "mixed"]

# Formats of exported files, and the suffixes of their names.
FormatName = Literal["torchscript", "onnx", "executorch"]
FORMAT_SUFFIXES: dict[FormatName, str] = {"torchscript": ".ts", "onnx": ".onnx", "executorch": ".pte"}

# How verify divides a signal into blocks; `saoctl.verify.schedules` explains each.
ScheduleKind = Literal["fixed", "frames", "random", "whole", "reset", "batch"]

# What identifies the weights: a shipped config, a repo on the hub, a path, the paths of an encoder and of a decoder, or
# the seed of random weights.
SourceKind = Literal["config", "repo", "path", "halves", "seed"]

# Standard input or output, where a file is expected.
PIPE = Path("-")

# Version of the JSON that commands print. It is raised when a key changes its meaning or is removed, not for a new key.
SCHEMA_VERSION = 1


class Signature(NamedTuple):
    """The input and output of a method, in the order in which nn~ stores them.

    Args:
        in_channels: channels of the input.
        in_ratio: audio samples per value of an input channel: 1 for audio, the model's ratio for latents.
        out_channels: channels of the output.
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
        """Return the number of input values per channel for a number of audio samples."""
        return samples // self.in_ratio

    def output_values(self, samples: int) -> int:
        """Return the number of output values per channel for a number of audio samples."""
        return samples // self.out_ratio


def signatures(
    audio_channels: int, latent_dim: int, ratio: int, methods: Sequence[Method] = METHODS
) -> dict[Method, Signature]:
    """Return the signatures of the methods of an autoencoder.

    Args:
        audio_channels: of its input and output.
        latent_dim: channels of the latents.
        ratio: audio samples per latent frame.
        methods: those that it has.
    """
    every: dict[Method, Signature] = {
        "encode": Signature(audio_channels, 1, latent_dim, ratio),
        "decode": Signature(latent_dim, ratio, audio_channels, 1),
        "forward": Signature(audio_channels, 1, audio_channels, 1),
    }
    return {method: every[method] for method in methods}
