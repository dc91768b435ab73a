"""What the formats for runtimes other than torch share: a stream for each method, and pure steps."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from saoctl.errors import ConfigError
from saoctl.formats.description import Description
from saoctl.formats.format import Artifact
from saoctl.formats.limits import check_stream
from saoctl.formats.nn_tilde import MAX_NOISE, NnTilde
from saoctl.streaming.pure import PureStep
from saoctl.streaming.registry import streaming_of
from saoctl.vocabulary import FormatName, Method, Signature


class MethodStream(ABC):
    """The stream of one method of a loaded file, whose blocks are multiples of one size.

    A shorter remainder ends the signal: it is padded with silence, and the file is told the end of the signal.

    Args:
        block_size: in audio samples.
        ratio: audio samples per latent frame.
        signature: of the method.
        flush_values: the values per channel that are due at the end of a signal.

    Attributes:
        batch: the batch size of the stream; 0 before the first block.
        position: audio samples of the signal before the next block.
        end: audio samples of the whole signal; -1 while it goes on.
        most: values of the input that `run` takes at a time, a multiple of the block size.
    """

    def __init__(self, block_size: int, ratio: int, signature: Signature, flush_values: int) -> None:
        self.block_size, self.ratio, self.signature, self.flush_values = block_size, ratio, signature, flush_values
        # The values of a block.
        self.length, self.out_length = block_size // signature.in_ratio, block_size // signature.out_ratio
        self.most = self.length
        self.reset()

    @abstractmethod
    def begin(self) -> None:
        """Prepare the state of `batch` fresh streams."""

    @abstractmethod
    def run(self, blocks: Tensor, noise: float) -> Tensor:
        """Return the output for one or more whole blocks, [B, C, T] -> [B, C', T'], which begin at `position`."""

    def reset(self) -> None:
        """Begin a fresh stream."""
        self.position, self.end, self.batch = 0, -1, 0
        # The output of the last block behind the end of the signal.
        self.left = torch.zeros(0, self.signature.out_channels, 0)

    def call(self, block: Tensor, noise: float) -> Tensor:
        """Run the method on one or more blocks, [B, C, T] -> [B, C', T']; a new batch size begins a fresh stream.

        Args:
            block: the blocks.
            noise: the amount of sampling noise.

        Raises:
            ConfigError: a remainder has ended the signal before, or T is no whole number of latent frames.
        """
        batch, _, values = block.shape
        if values * self.signature.in_ratio % self.ratio:
            message = f"The file takes whole latent frames of {self.ratio} samples, and {values} are none."
            raise ConfigError(message, f"Give blocks of {self.block_size} samples.")
        if batch != self.batch:
            self.reset()
            self.batch = batch
            self.begin()
        if self.end >= 0:
            message = f"The file takes blocks of {self.block_size} samples, and a shorter one ended the signal before."
            raise ConfigError(message, "Give whole blocks, but for the last one of a signal.")
        missing = -values % self.length
        if missing:
            self.end = self.position + values * self.signature.in_ratio
            block = torch.nn.functional.pad(block, (0, missing))
        output = self._streamed(block, noise)
        due = values * self.out_length // self.length
        self.left = output[:, :, due:]
        return output[:, :, :due]

    def flush(self, noise: float) -> Tensor:
        """Return the output still due, [B, C', T'], and begin a fresh stream; B is 0 if there was no block."""
        if self.end < 0:
            self.end = self.position
        blocks = max(-(-(self.flush_values - self.left.shape[2]) // self.out_length), 0) if self.batch else 0
        output = self._streamed(torch.zeros(self.batch, self.signature.in_channels, blocks * self.length), noise)
        due = torch.cat((self.left, output), dim=2)[:, :, : self.flush_values]
        self.reset()
        return due

    def _streamed(self, blocks: Tensor, noise: float) -> Tensor:
        """Stream whole blocks, [B, C, n * length] -> [B, C', n * out_length]."""
        outputs = [torch.zeros(self.batch, self.signature.out_channels, 0)]
        for part in torch.split(blocks.to(torch.float32), self.most, dim=2):
            if part.shape[2]:
                outputs.append(self.run(part, noise))
                self.position += part.shape[2] * self.signature.in_ratio
        return torch.cat(outputs, dim=2)


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
