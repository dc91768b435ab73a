"""The contract of a family of models: what saoctl must know of a kind of autoencoder to stream, judge and time it."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from saoctl.vocabulary import Method

if TYPE_CHECKING:  # what only reads configs does without torch
    from torch import Tensor, nn

Count = Annotated[int, Field(strict=True, gt=0)]


class UnsupportedArchitectureError(ValueError):
    """The config is readable but describes a model that is not supported; the message names what."""


class Architecture(BaseModel, ABC):
    """The numbers of an autoencoder; each family adds its own.

    Args:
        sample_rate: Hz.
        audio_channels: channels of the audio on both sides.
        latent_dim: channels of the latents.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sample_rate: Count
    audio_channels: Count
    latent_dim: Count

    @property
    @abstractmethod
    def strides(self) -> tuple[int, ...]:
        """By how much each strided layer of the encoder shortens its input, from the audio end."""

    @property
    def ratio(self) -> int:
        """Audio samples per latent frame."""
        return math.prod(self.strides)


class Reference(Protocol):
    """An offline model that streamed output is judged by, in float32, on the CPU at first."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    @property
    def model(self) -> Any:
        """The module itself."""

    def encode(self, audio: "Tensor") -> "Tensor":
        """Audio [B, C, F * ratio] to the mean of its latents [B, latent_dim, F]."""

    def decode(self, latents: "Tensor") -> "Tensor":
        """Latents [B, latent_dim, F] to audio [B, C, T]."""

    def split_decoder(self, first: int, second: int) -> "Sequence[Callable[[Tensor], Tensor]]":
        """The decoder in three: latents to a signal that has `first` samples per latent frame, from there to one that
        has `second`, and from there to audio.
        """


A = TypeVar("A", bound=Architecture)


class Family(ABC, Generic[A]):
    """A kind of autoencoder: all that differs from one kind to the next, but for how it streams.

    To add one: a folder beside `oobleck/` with its architecture (an `Architecture`, torch-free, since configs are read
    before torch is), its offline model, the names of its tensors, its random weights and its references, and in its
    `family.py` a Family that hands them out; a line in `registry.FAMILIES`; and its streaming form in
    `saoctl.streaming`, with a line in `saoctl.streaming.build`. Nothing above these two folders asks which family a
    model is of. A test that is worth having from the first day: the state dict in every published layout, and the
    offline model against the code that the weights were published with.

    Attributes:
        name: in descriptions of exported files.
        architecture: the class of its numbers.
        references: the names of its judges, the best first; `auto` takes the first that is installed.
    """

    name: ClassVar[str]
    architecture: ClassVar[type[Architecture]]
    references: ClassVar[tuple[str, ...]]

    @abstractmethod
    def recognises(self, config: Mapping[str, Any]) -> bool:
        """Whether a published config file is of this family."""

    @abstractmethod
    def read_config(self, config: Mapping[str, Any]) -> A:
        """The architecture that a published config file describes.

        Raises:
            UnsupportedArchitectureError: something in it is not supported; the message names it.
        """

    @abstractmethod
    def shapes(self, architecture: A) -> dict[str, tuple[int, ...]]:
        """Name and shape of every tensor of the state dict."""

    @abstractmethod
    def to_state(self, tensors: "Mapping[str, Tensor]", architecture: A) -> "dict[str, Tensor]":
        """The state dict, float32, from a checkpoint in any published layout.

        Raises:
            LayoutError: a tensor is missing, there twice, unexpected, of the wrong shape or type, or not finite.
        """

    @abstractmethod
    def random_state(self, architecture: A, seed: int) -> "dict[str, Tensor]":
        """Random weights through which a signal passes, the same for the same seed on every machine."""

    @abstractmethod
    def write(self, folder: Path, architecture: A, state: "Mapping[str, Tensor]") -> None:
        """Write config and weights into a folder as its repos publish them."""

    @abstractmethod
    def offline(self, architecture: A, state: "Mapping[str, Tensor]", sampling: bool = True) -> "nn.Module":
        """The offline model with the given weights, which it shares, for inference.

        Args:
            architecture: its numbers.
            state: see `to_state`.
            sampling: whether its sampling noise can be had; if not, latents are their mean.
        """

    @abstractmethod
    def check_reference(self, kind: str) -> None:
        """Refuse a reference that cannot be built, before any work for it.

        Raises:
            ConfigError: it is not installed.
        """

    @abstractmethod
    def reference(self, kind: str, architecture: A, state: "Mapping[str, Tensor]") -> Reference:
        """The judge of a name out of `references`, or for `auto` the first that is installed.

        Raises:
            ConfigError: it is not installed.
        """

    @abstractmethod
    def arithmetic(self, architecture: A) -> dict[Method, float]:
        """10⁹ multiplications and additions of the products for a second of audio, per method."""

    def parameters(self, architecture: A) -> int:
        """How many numbers a checkpoint holds."""
        return sum(math.prod(shape) for shape in self.shapes(architecture).values())
