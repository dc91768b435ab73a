"""What a format cannot hold, and what a family does not have; without torch, so that a command can refuse at once."""

from dataclasses import dataclass
from typing import Any

from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.models.family import Architecture
from saoctl.streaming.family import StreamingFamily
from saoctl.streaming.registry import FAMILIES, streaming_of
from saoctl.vocabulary import FORMAT_SUFFIXES, FormatName, Precision

PACKED_PRECISIONS: tuple[Precision, ...] = ("float32", "mixed")  # that have products in float32


@dataclass(frozen=True)
class Limits:
    """What the files of a format can hold.

    Args:
        title: what people call the format.
        exact_alone: exact streams in float32, and nothing else.
        fixed_blocks: the blocks of a file have one size, that of its description, or else one latent frame.
        packs: weights that are packed for x86, see `saoctl.streaming.family.StreamingFamily.pack`.
    """

    title: str
    exact_alone: bool = False
    fixed_blocks: bool = False
    packs: bool = False


LIMITS: dict[FormatName, Limits] = {
    "torchscript": Limits("TorchScript", packs=True),
    "onnx": Limits("ONNX", exact_alone=True),
    "executorch": Limits("ExecuTorch", exact_alone=True, fixed_blocks=True),
}


def check_all(name: FormatName, config: Config, architecture: Architecture | None = None) -> None:
    """Refuse a file that its format or the model's family cannot be, before any work.

    Args:
        name: of the format.
        config: the precision, and the choices of `export`.
        architecture: of the model; None if it is not known yet: then only what no family can be is refused.

    Raises:
        ConfigError: it cannot be.
    """
    check(name, config.precision, config.export.streaming)
    if config.export.packed:
        check_packed(name, config.precision)
    families = FAMILIES if architecture is None else [streaming_of(architecture)]
    refusals = [_refusal(family, name, config) for family in families]
    if all(refusals):
        raise next(refusal for refusal in refusals if refusal is not None)


def _refusal(family: StreamingFamily[Any], name: FormatName, config: Config) -> ConfigError | None:
    """Return why the streams of a family cannot be as a config asks for, or None if they can."""
    title, choices, limits = family.title, config.export, LIMITS[name]
    if name not in family.formats:
        return ConfigError(f"{title} has no form in {limits.title}.", _suffixes(family))
    if config.precision not in family.precisions:
        message = f"{title} has no precision {config.precision}."
        return ConfigError(message, f"Choose --precision {' or '.join(family.precisions)}.")
    if choices.packed and not family.packable:
        return ConfigError(f"{title} has no packed weights.", "Leave --packed out.")
    if choices.lookahead != "exact" and family.dial is None:
        return ConfigError(f"{title} cannot look ahead less than it does.", "Leave --lookahead out.")
    if choices.lookahead != "exact" and limits.exact_alone:
        return not_exact(limits.title, "a stream of less lookahead")
    if choices.block_size is not None and not (limits.fixed_blocks or family.latency_by_block):
        files = f"{limits.title} files take blocks of any number of latent frames"
        message = f"{files}, and have no block size of their own."
        return ConfigError(message, "Leave --block-size out.")
    return None


def _suffixes(family: StreamingFamily[Any]) -> str:
    return f"Write a {' or '.join(FORMAT_SUFFIXES[name] for name in family.formats)} file."


def check(name: FormatName, precision: Precision, streaming: bool) -> None:
    """Refuse what no file of a format can hold.

    Args:
        name: of the format.
        precision: of the computation.
        streaming: the streaming model, or the offline one.

    Raises:
        ConfigError: it cannot be held.
    """
    limits = LIMITS[name]
    if limits.exact_alone and not streaming:
        raise not_exact(limits.title, "the offline model")
    if limits.exact_alone and precision != "float32":
        message = f"{limits.title} files are written in float32, not in {precision}."
        raise ConfigError(message, "Write a .ts file, or choose --precision float32.")


def check_packed(name: FormatName, precision: Precision) -> None:
    """Refuse weights that are packed for x86 where no file of a format can hold them.

    Raises:
        ConfigError: the format or the precision cannot have them.
    """
    if not LIMITS[name].packs:
        suffix = FORMAT_SUFFIXES[name]
        message = f"export.packed is for TorchScript: what runs {suffix} files packs the weights by itself."
        raise ConfigError(message, "Leave --packed out.")
    if precision not in PACKED_PRECISIONS:
        message = f"export.packed is for products in float32, which {precision} does not have."
        raise ConfigError(message, f"Leave --packed out, or choose --precision {' or '.join(PACKED_PRECISIONS)}.")


def not_exact(title: str, what: str) -> ConfigError:
    """Return the error that a model has no form in a format."""
    return ConfigError(f"{title} files hold exact streams, not {what}.", "Write a .ts file, or an exact stream.")
