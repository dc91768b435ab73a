"""Block sizes in audio samples: which of them a model or a file can take, and which it is given if none are chosen."""

from collections.abc import Sequence

from saoctl.errors import ConfigError


def block_sizes(chosen: Sequence[int] | None, usual: Sequence[int], ratio: int, key: str) -> list[int]:
    """The block sizes to run a model in, each of them once.

    Args:
        chosen: in audio samples, by the user; None: the largest whole numbers of latent frames that are no longer than
            the usual ones, and at least one frame.
        usual: in audio samples.
        ratio: audio samples per latent frame.
        key: of the config that the chosen ones are from.

    Raises:
        ConfigError: a chosen one is no whole number of latent frames. It names the key, the size and the nearest sizes
            that are.

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
    """The block sizes to run a file in, and the chosen ones that it cannot be run in.

    Args:
        chosen: see `block_sizes`.
        usual: see `block_sizes`.
        ratio: audio samples per latent frame.
        block_size: of the file, which takes its multiples alone; None: any whole number of latent frames.
        key: of the config that the chosen ones are from.

    Raises:
        ConfigError: see `block_sizes`; or it can be run in none of those that are chosen.

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
