"""Block sizes in audio samples: those that a model or a file can run in, chosen or default."""

from collections.abc import Sequence

from saoctl.errors import ConfigError


def block_sizes(chosen: Sequence[int] | None, usual: Sequence[int], ratio: int, key: str) -> list[int]:
    """Return the block sizes to run a model in, each of them once.

    Args:
        chosen: the sizes that the user chose, in audio samples. None: the usual ones, rounded down to whole latent
            frames, and at least one frame.
        usual: in audio samples.
        ratio: audio samples per latent frame.
        key: the config key of the chosen sizes, for messages.

    Raises:
        ConfigError: a chosen size is not a whole number of latent frames. The message names the nearest sizes that
            are.

    Example:
        >>> block_sizes(None, (2048, 4096, 8192), 1920, "verify.block_sizes")
        [1920, 3840, 7680]
    """
    if chosen is None:
        return list(dict.fromkeys(max(size // ratio, 1) * ratio for size in usual))
    for size in chosen:
        if size % ratio:
            below, above = size // ratio * ratio, (size // ratio + 1) * ratio
            near = f"{below} or {above}" if below else f"{above}"
            raise ConfigError(
                f"{key}: a block of {size} samples is no multiple of the model's ratio {ratio}.", f"Use {near}."
            )
    return list(dict.fromkeys(chosen))


def block_sizes_of_file(
    chosen: Sequence[int] | None, usual: Sequence[int], ratio: int, block_size: int | None, key: str
) -> tuple[list[int], list[int]]:
    """Return the block sizes to run a file in, and the chosen ones that it cannot run in.

    Args:
        chosen: see `block_sizes`.
        usual: see `block_sizes`.
        ratio: audio samples per latent frame.
        block_size: the file's own, of which it takes only multiples. None: it takes whole latent frames.
        key: see `block_sizes`.

    Raises:
        ConfigError: a chosen size is not a whole number of latent frames, or the file can run in none of them.

    Example:
        >>> block_sizes_of_file([2048, 4096], (), 2048, 4096, "verify.block_sizes")
        ([4096], [2048])
    """
    unit = block_size or ratio
    sizes = block_sizes(chosen, usual, unit if chosen is None else ratio, key)
    possible = [size for size in sizes if size % unit == 0]
    if not possible:
        found = " and ".join(map(str, sizes))
        raise ConfigError(f"{key}: the file takes blocks of {unit} samples, not of {found}.", f"Use {unit}.")
    return possible, [size for size in sizes if size not in possible]
