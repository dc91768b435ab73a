"""Stable Audio Open's autoencoder as an exact realtime stream, exported for nn~."""

from importlib.metadata import version

__version__ = version("saoctl")
