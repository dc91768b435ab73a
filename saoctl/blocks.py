"""Block sizes in audio samples: which of them a model can take."""

from collections.abc import Iterable

from saoctl.errors import ConfigError


def check_block_sizes(sizes: Iterable[int], ratio: int, key: str) -> None:
    """Refuse block sizes that are no whole number of latent frames.

    Args:
        sizes: in audio samples.
        ratio: audio samples per latent frame.
        key: of the config that they are from.

    Raises:
        ConfigError: naming the key, the size and the nearest sizes that are allowed.
    """
    for size in sizes:
        if size % ratio:
            below, above = size // ratio * ratio, (size // ratio + 1) * ratio
            near = f"{below} or {above}" if below else f"{above}"
            raise ConfigError(
                f"{key}: a block of {size} samples is no multiple of the model's ratio {ratio}.", f"Use {near}."
            )
