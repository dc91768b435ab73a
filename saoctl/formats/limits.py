"""What files of a format cannot hold. Nothing here loads torch, so that a command can refuse it at once."""

from dataclasses import dataclass

from saoctl.errors import ConfigError
from saoctl.vocabulary import FORMAT_SUFFIXES, FormatName, Precision

PACKED_PRECISIONS: tuple[Precision, ...] = ("float32", "mixed")  # that have products in float32


@dataclass(frozen=True)
class Limits:
    """What the files of a format can hold.

    Args:
        title: what people call the format.
        exact_alone: exact streams in float32, and nothing else.
        fixed_blocks: the blocks of a file have one size, that of its description, or else one latent frame.
        packs: weights that are packed for x86, see `saoctl.streaming.oobleck.packed`.
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


def check(name: FormatName, precision: Precision, streaming: bool, block_size: int | None) -> None:
    """Refuse what no file of a format can hold.

    Args:
        name: of the format.
        precision: of the computation.
        streaming: the streaming model, or the offline one.
        block_size: in audio samples, if one is asked for.

    Raises:
        ConfigError: it cannot be held.
    """
    limits = LIMITS[name]
    if block_size is not None and not limits.fixed_blocks:
        raise ConfigError(
            f"{limits.title} files take blocks of any number of latent frames, and have no block size of their own.",
            "Leave --block-size out.",
        )
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
