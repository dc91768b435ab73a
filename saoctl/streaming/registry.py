"""The streaming families that saoctl knows: how the models of each family stream."""

from typing import Any

from saoctl.models.family import Architecture
from saoctl.models.registry import family_of
from saoctl.streaming.family import StreamingFamily
from saoctl.streaming.oobleck.family import StreamingOobleck
from saoctl.streaming.same.family import StreamingSameFamily

FAMILIES: list[StreamingFamily[Any]] = [StreamingOobleck(), StreamingSameFamily()]


def streaming_of(architecture: Architecture) -> StreamingFamily[Any]:
    """Return how the models of an architecture stream."""
    name = family_of(architecture).name
    return next(family for family in FAMILIES if family.name == name)
