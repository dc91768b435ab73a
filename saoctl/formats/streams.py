"""What the formats for runtimes other than torch share: a stream for each method, and pure steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from saoctl.formats.description import Description
from saoctl.formats.format import Artifact
from saoctl.formats.limits import check_stream
from saoctl.formats.nn_tilde import MAX_NOISE, NnTilde
from saoctl.streaming.pure import PureStep
from saoctl.streaming.registry import streaming_of
from saoctl.vocabulary import FormatName, Method


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


@dataclass
class StreamsArtifact(Artifact):
    """A loaded file with a stream for each method.

    Args:
        open: a function that opens the stream of a method; it is called once for each method that is used.
    """

    open: Callable[[str], MethodStream]

    def __post_init__(self) -> None:
        samples = self.description is not None and not self.description.skip_bottleneck
        self._streams = dict[str, MethodStream]()
        self._most_noise = MAX_NOISE if samples else 0.0
        self._noise = min(1.0, self._most_noise)  # 1, as trained, if the model samples

    def stream(self, method: str) -> MethodStream:
        """Return the stream of a method."""
        if method not in self._streams:
            self._streams[method] = self.open(method)
        return self._streams[method]

    def call(self, method: str, block: Tensor) -> Tensor:
        return self.stream(method).call(block, self._noise)

    def flush(self, method: str) -> Tensor:
        return self.stream(method).flush(self._noise)

    def reset(self) -> None:
        for stream in self._streams.values():
            stream.reset()

    def set_noise(self, noise: float) -> bool:
        good = 0.0 <= noise <= self._most_noise
        if good:
            self._noise = noise
        return good


def pure_steps(name: FormatName, model: NnTilde, description: Description) -> dict[Method, PureStep]:
    """Return each method of a model as a function of its state.

    Args:
        name: the name of the format that needs these functions.
        model: the model.
        description: the description of the model.

    Raises:
        ConfigError: the model has no such form.
    """
    check_stream(name, description.precision, description.streaming)
    family = streaming_of(description.architecture)
    return {method: family.pure_step(model.model, method) for method in description.architecture.methods}
