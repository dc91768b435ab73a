"""Stable Audio Open's autoencoder as an exact realtime stream, exported for nn~.

Example:
    >>> import torch, saoctl
    >>> stream = saoctl.load("demo")
    >>> audio = torch.randn(1, stream.audio_channels, 8 * stream.ratio)
    >>> blocks = [stream.forward(block) for block in audio.split(2 * stream.ratio, dim=2)]
    >>> streamed = torch.cat([*blocks, stream.flush_forward()], dim=2)
    >>> streamed[:, :, stream.latency["forward"] :].shape == audio.shape
    True
"""

from typing import TYPE_CHECKING, Any

from saoctl import errors

if TYPE_CHECKING:
    from saoctl.autoencoder import Autoencoder, load
    from saoctl.pipelines import StreamedVae, stream_vae

__all__ = ["Autoencoder", "StreamedVae", "__version__", "errors", "load", "stream_vae"]

MODULES = {"Autoencoder": "autoencoder", "load": "autoencoder", "StreamedVae": "pipelines", "stream_vae": "pipelines"}

__version__: str


def __getattr__(name: str) -> Any:
    """Import a name when it is first used: torch takes seconds to import, and most commands do not need it."""
    if name == "__version__":
        from importlib.metadata import version

        return version("saoctl")
    if name in MODULES:
        from importlib import import_module

        return getattr(import_module(f"saoctl.{MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
