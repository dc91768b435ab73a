"""What the formats for runtimes other than torch share: a stream per method, pure steps, and imports of packages."""

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
from saoctl.streaming.pure import NoPureStepError, PureStep
from saoctl.streaming.registry import streaming_of
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import METHODS, Method


class MethodStream(Protocol):
    """The stream of one method of a loaded file."""

    def reset(self) -> None:
        """Begin a fresh stream."""

    def call(self, block: Tensor, noise: float) -> Tensor:
        """Run the method on one or more blocks, [B, C, T] -> [B, C', T']; a new batch size begins a fresh stream.

        `noise` is the amount of sampling noise.
        """

    def flush(self, noise: float) -> Tensor:
        """Return the output still due, [B, C', T'], and begin a fresh stream; B is 0 if there was no block."""


class Streams:
    """The streams of a loaded file, each opened when its method is first called.

    Args:
        open: a function that opens the stream of a method.
        description: the description of the file.

    Attributes:
        max_noise: the largest amount of sampling noise.
        noise: the amount of sampling noise; at first 1, as trained, if the model samples.
    """

    def __init__(self, open: Callable[[str], MethodStream], description: Description) -> None:
        self._open, self._streams = open, dict[str, MethodStream]()
        self.max_noise = 0.0 if description.skip_bottleneck else MAX_NOISE
        self.noise = min(1.0, self.max_noise)

    def stream(self, method: str) -> MethodStream:
        """Return the stream of a method."""
        if method not in self._streams:
            self._streams[method] = self._open(method)
        return self._streams[method]

    def reset(self) -> None:
        """Reset every stream."""
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
        good = 0.0 <= noise <= self.streams.max_noise
        if good:
            self.streams.noise = noise
        return good


def pure_steps(kind: str, stream: Stream, architecture: Architecture) -> dict[Method, PureStep]:
    """Return each method of a stream as a function of its state.

    Args:
        kind: the title of the format that needs these functions.
        stream: the stream.
        architecture: the architecture of the model.

    Raises:
        ConfigError: the stream has no such form.
    """
    family = streaming_of(architecture)
    try:
        return {method: family.step(stream, method) for method in METHODS}
    except NoPureStepError as error:
        raise not_exact(kind, error.what) from error


def import_for(kind: str, extra: str, *names: str) -> list[Any]:
    """Import modules of packages that only one format needs.

    Args:
        kind: the title of the format.
        extra: the extra of saoctl that installs the packages.
        names: the names of the modules.

    Raises:
        ConfigError: a package is not installed.
    """
    try:
        return [import_module(name) for name in names]
    except ImportError as error:
        raise ConfigError(f"{kind} files need the package {error.name}.", f"pip install 'saoctl[{extra}]'") from error
