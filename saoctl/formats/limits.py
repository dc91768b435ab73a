"""What a format cannot hold and a family does not have. Nothing here loads torch, so a command can refuse at once."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.models.family import Architecture
from saoctl.streaming.family import StreamingFamily
from saoctl.streaming.registry import FAMILIES, streaming_of
from saoctl.vocabulary import FORMAT_SUFFIXES, METHODS, FormatName, Method, Precision

PACKED_PRECISIONS: tuple[Precision, ...] = ("float32", "mixed")  # only products in float32 can be packed


@dataclass(frozen=True)
class Limits:
    """The limits of what the files of a format can hold.

    Args:
        title: the name of the format in messages.
        streams_only: whether the files can hold only streams, which compute in float32, as pure steps.
        stored: the lower precisions in which such files can store their weights.
        fixed_blocks: whether the blocks of a file have one size: that of its description, or else one latent frame.
        packs: whether the files can hold packed weights, see `saoctl.streaming.family.StreamingFamily.pack`.
    """

    title: str
    streams_only: bool = False
    stored: tuple[Precision, ...] = ()
    fixed_blocks: bool = False
    packs: bool = False


LIMITS: dict[FormatName, Limits] = {
    "torchscript": Limits("TorchScript", packs=True),
    "onnx": Limits("ONNX", streams_only=True, stored=("float16", "bfloat16")),
    "executorch": Limits("ExecuTorch", streams_only=True, fixed_blocks=True),
}


def computes(name: FormatName | None, precision: Precision) -> Precision:
    """Return the precision of the computation of a file with weights in `precision`.

    Args:
        name: the name of the format; None if no file is written.
        precision: of the export.
    """
    return "float32" if name is not None and precision in LIMITS[name].stored else precision


def check_all(name: FormatName | None, config: Config, architecture: Architecture | None = None) -> None:
    """Refuse an export that the format or the model's family does not allow, before any work.

    Args:
        name: the name of the format; None if no file is written, and only the family counts.
        config: the precision, and the choices of `export`.
        architecture: the architecture of the model; None if it is not known yet. An export is then only refused if no
            family allows it.

    Raises:
        ConfigError: the format or the family does not allow the export.
    """
    if name is not None:
        check_stream(name, config.precision, config.export.streaming)
        if config.export.packed:
            check_packed(name, config.precision)
    if config.export.lookahead != "exact" and architecture is not None and architecture.methods != METHODS:
        message = f"{alone(architecture).capitalize()} cannot look ahead less than it does."
        raise ConfigError(message, "Leave --lookahead out.")
    families = FAMILIES if architecture is None else [streaming_of(architecture)]
    refusals = [_refusal(family, name, config, architecture) for family in families]
    if all(refusals):
        raise next(refusal for refusal in refusals if refusal is not None)


def least_block(name: FormatName, architecture: Architecture) -> int | None:
    """Return the audio samples of which blocks must be multiples in the files of a format.

    None: a block is any whole number of latent frames, or the format has a block size anyway.
    """
    frames = streaming_of(architecture).pure_block_frames(architecture) if LIMITS[name].streams_only else 1
    return None if frames == 1 else frames * architecture.ratio


def alone(architecture: Architecture) -> str:
    """Return what a model is that has one direction, in words."""
    return "an encoder alone" if architecture.methods == ("encode",) else "a decoder alone"


def check_methods(architecture: Architecture, wanted: Collection[Method], source: str | Path) -> None:
    """Refuse work for which a model needs methods that it does not have.

    Args:
        architecture: the numbers of the model.
        wanted: what the model must be able to do.
        source: what the weights or the file are called.

    Raises:
        ConfigError: the model does not have all of these methods.
    """
    if not set(wanted) <= set(architecture.methods):
        cannot = "decode" if "encode" in architecture.methods else "encode"
        raise ConfigError(
            f"{source} is {alone(architecture)}, and cannot {cannot}.",
            "Take the model that it belongs to, or give both as `model.encoder` and `model.decoder`.",
        )


def _refusal(
    family: StreamingFamily[Any], name: FormatName | None, config: Config, architecture: Architecture | None
) -> ConfigError | None:
    """Return why a family does not allow the export that a config asks for, or None if it does."""
    title, choices = family.title, config.export
    if name is not None and name not in family.formats:
        suffixes = " or ".join(FORMAT_SUFFIXES[name] for name in family.formats)
        return ConfigError(f"{title} has no form in {LIMITS[name].title}.", f"Write a {suffixes} file.")
    if computes(name, config.precision) not in family.precisions:
        message = f"{title} has no precision {config.precision}."
        return ConfigError(message, f"Choose --precision {' or '.join(family.precisions)}.")
    if choices.packed and not family.packable:
        return ConfigError(f"{title} has no packed weights.", "Leave --packed out.")
    if choices.lookahead != "exact" and family.dial is None:
        return ConfigError(f"{title} cannot look ahead less than it does.", "Leave --lookahead out.")
    if name is None:
        return None
    limits = LIMITS[name]
    if choices.block_size is not None and not (limits.fixed_blocks or family.latency_by_block):
        message = (
            f"{limits.title} files take blocks of any number of latent frames, and have no block size of their own."
        )
        return ConfigError(message, "Leave --block-size out.")
    unit = least_block(name, architecture) if architecture is not None else None
    if choices.block_size is not None and unit is not None and choices.block_size % unit:
        message = f"{title} takes blocks of {unit} samples in {limits.title} files, not of {choices.block_size}."
        return ConfigError(message, f"Choose --block-size {unit} or a multiple of it.")
    return None


def check_stream(name: FormatName, precision: Precision, streaming: bool) -> None:
    """Refuse what is no stream in float32, if the files of a format can hold only that.

    Args:
        name: the name of the format.
        precision: the precision of the computation.
        streaming: whether it is the streaming model or the offline one.

    Raises:
        ConfigError: no file of the format can hold the model.
    """
    limits = LIMITS[name]
    if not limits.streams_only:
        return
    if not streaming:
        message = f"{limits.title} files hold streams, not the offline model."
        raise ConfigError(message, "Write a .ts file, or leave --no-streaming out.")
    if precision != "float32" and precision not in limits.stored:
        message = f"{limits.title} files are written in {_or('float32', *limits.stored)}, not in {precision}."
        raise ConfigError(message, "Write a .ts file, or choose --precision float32.")


def _or(*names: str) -> str:
    """Return names as `a`, `a or b`, or `a, b or c`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def check_packed(name: FormatName, precision: Precision) -> None:
    """Refuse packed weights if no file of a format can hold them.

    Raises:
        ConfigError: the format or the precision has no packed weights.
    """
    if not LIMITS[name].packs:
        suffix = FORMAT_SUFFIXES[name]
        message = f"export.packed is for TorchScript: programs that run {suffix} files pack the weights themselves."
        raise ConfigError(message, "Leave --packed out.")
    if precision not in PACKED_PRECISIONS:
        message = f"export.packed is for products in float32, which {precision} does not have."
        raise ConfigError(message, f"Leave --packed out, or choose --precision {' or '.join(PACKED_PRECISIONS)}.")
