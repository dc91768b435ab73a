"""What formats of exact streams have in common that run outside of torch: a stream per method, and what they refuse."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, Self

from torch import Tensor

from saoctl.errors import ConfigError
from saoctl.formats.description import Description
from saoctl.formats.format import Artifact
from saoctl.formats.limits import not_exact
from saoctl.formats.nn_tilde import MAX_NOISE
from saoctl.models.family import Architecture
from saoctl.streaming import stream as streaming
from saoctl.streaming.pure import NoPureStepError, PureStep
from saoctl.streaming.registry import streaming_of
from saoctl.vocabulary import METHODS, Method


class Stream(Protocol):
    """A method that streams."""

    def reset(self) -> None:
        """Begin anew."""

    def call(self, block: Tensor, noise: float) -> Tensor:
        """Some blocks with so much noise, [B, C, T] -> [B, C', T']; in a fresh stream if the batch is new."""

    def flush(self, noise: float) -> Tensor:
        """What is still due, [B, C', T']; afterwards the stream is fresh. Batch 0 if there was no block."""


class Streams:
    """The methods of a loaded file, each loaded when it is first called.

    Args:
        open: loads a method.
        description: of the file.
    """

    def __init__(self, open: Callable[[str], Stream], description: Description) -> None:
        self._open, self._streams = open, dict[str, Stream]()
        self.most_noise = 0.0 if description.skip_bottleneck else MAX_NOISE
        self.noise = min(1.0, self.most_noise)  # that `encode` and `forward` add, as trained at first

    def stream(self, method: str) -> Stream:
        """The stream of a method."""
        if method not in self._streams:
            self._streams[method] = self._open(method)
        return self._streams[method]

    def reset(self) -> None:
        """All begin anew."""
        for stream in self._streams.values():
            stream.reset()


@dataclass(frozen=True)
class StreamsArtifact(Artifact):
    """A loaded file whose methods are `Streams`."""

    streams: Streams

    def fresh(self) -> Self:
        self.reset()
        return self

    def call(self, method: str, block: Tensor) -> Tensor:
        return self.streams.stream(method).call(block, self.streams.noise)

    def flush(self, method: str) -> Tensor:
        return self.streams.stream(method).flush(self.streams.noise)

    def reset(self) -> None:
        self.streams.reset()

    def set_noise(self, noise: float) -> bool:
        good = 0.0 <= noise <= self.streams.most_noise
        if good:
            self.streams.noise = noise
        return good


def pure_steps(kind: str, stream: streaming.Stream, architecture: Architecture) -> dict[Method, PureStep]:
    """Return each method of a stream as a function of its state.

    Args:
        kind: the title of the format that needs them.
        stream: the stream.
        architecture: of its model.

    Raises:
        ConfigError: the stream has no such form.
    """
    family = streaming_of(architecture)
    try:
        return {method: family.step(stream, method) for method in METHODS}
    except NoPureStepError as error:
        raise not_exact(kind, error.what) from error


def import_for(kind: str, extra: str, *names: str) -> list[Any]:
    """Packages that a format alone needs.

    Args:
        kind: the format, as it is called.
        extra: of saoctl, that has them.
        names: of their modules.

    Raises:
        ConfigError: one is not there.
    """
    try:
        return [import_module(name) for name in names]
    except ImportError as error:
        raise ConfigError(f"{kind} files need the package {error.name}.", f"pip install 'saoctl[{extra}]'") from error
