"""Block sizes in audio samples: those that a model or a file can run in, chosen or default."""

from collections.abc import Sequence

from saoctl.errors import ConfigError


def grid_of(ratio: int) -> int | None:
    """Return the greatest power of two that divides a ratio, or None if the ratio is a power of two itself.

    nn~ sends blocks of 2^n samples. If a latent frame is no power of two, it counts latents in this many samples; see
    `saoctl.streaming.queues`.

    Example:
        >>> grid_of(2048), grid_of(1920), grid_of(480)
        (None, 128, 32)
    """
    grid = ratio & -ratio
    return None if grid == ratio else grid


def block_sizes(
    chosen: Sequence[int] | None, usual: Sequence[int], ratio: int, key: str, name: str = "the model's ratio"
) -> list[int]:
    """Return the block sizes to run a model in, each of them once.

    Args:
        chosen: the sizes that the user chose, in audio samples. None: the usual ones, rounded down to whole latent
            frames, and at least one frame.
        usual: in audio samples.
        ratio: audio samples per latent frame.
        key: the config key of the chosen sizes, for messages.
        name: what `ratio` is, for messages.

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
            raise ConfigError(f"{key}: a block of {size} samples is no multiple of {name} {ratio}.", f"Use {near}.")
    return list(dict.fromkeys(chosen))


def block_sizes_of_file(
    chosen: Sequence[int] | None,
    usual: Sequence[int],
    ratio: int,
    block_size: int | None,
    key: str,
    grid: int | None = None,
) -> tuple[list[int], list[int]]:
    """Return the block sizes to run a file in, and the chosen ones that it cannot run in.

    Args:
        chosen: see `block_sizes`.
        usual: see `block_sizes`.
        ratio: audio samples per latent frame.
        block_size: the file's own, of which it takes only multiples. None: it takes whole latent frames.
        key: see `block_sizes`.
        grid: the file's, of which it takes multiples instead of whole latent frames, see `Capabilities`; None without.

    Raises:
        ConfigError: a chosen size is not a whole number of latent frames or steps of the grid, or the file can run in
            none of them.

    Example:
        >>> block_sizes_of_file([2048, 4096], (), 2048, 4096, "verify.block_sizes")
        ([4096], [2048])
    """
    if grid is not None:
        return block_sizes(chosen, usual, grid, key, "the file's grid"), []
    unit = block_size or ratio
    sizes = block_sizes(chosen, usual, unit if chosen is None else ratio, key)
    possible = [size for size in sizes if size % unit == 0]
    if not possible:
        found = " and ".join(map(str, sizes))
        raise ConfigError(f"{key}: the file takes blocks of {unit} samples, not of {found}.", f"Use {unit}.")
    return possible, [size for size in sizes if size not in possible]
