"""The contract of a model family: what saoctl must know about one kind of autoencoder apart from how it streams."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from saoctl.errors import ConfigError
from saoctl.vocabulary import Method

if TYPE_CHECKING:  # what only reads configs does without torch
    from torch import Tensor, nn

Count = Annotated[int, Field(strict=True, gt=0)]


class UnsupportedArchitectureError(ValueError):
    """The config can be read, but describes a model that is not supported; the message names what."""


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
    def ratio(self) -> int:
        """Audio samples per latent frame."""

    @property
    def strides(self) -> tuple[int, ...]:
        """The factors of the ratio: by how much each step of the encoder shortens its input, from the audio end."""
        return (self.ratio,)


class Reference(ABC):
    """An offline model that streamed output is compared with; it begins in float32 on the CPU.

    Attributes:
        name: what reports call it.
        model: the module itself.
    """

    name: str
    model: Any

    @abstractmethod
    def encode(self, audio: "Tensor") -> "Tensor":
        """Encode audio [B, C, F * ratio] to latents [B, latent_dim, F], without noise."""

    @abstractmethod
    def decode(self, latents: "Tensor") -> "Tensor":
        """Decode latents [B, latent_dim, F] to audio [B, C, T], without noise."""

    def model_latents(self, latents: "Tensor") -> "Tensor":
        """Return what `model` decodes for `latents`: the same, unless they are coordinates in a basis."""
        return latents


A = TypeVar("A", bound=Architecture)


class Family(ABC, Generic[A]):
    """A kind of autoencoder: everything that differs from one kind to the next, except how it streams.

    A `saoctl.streaming.family.StreamingFamily` describes how it streams. Nothing above `models/` and `streaming/` asks
    which family a model is of; CONTRIBUTING.md says how to add one.

    Attributes:
        name: identifies the family in configs and in the descriptions of exported files.
        title: what people call its models, in messages.
        architecture: the class of its numbers. It needs no torch, because configs are read before torch is loaded.
        references: the names of its references, the best first; `auto` takes the first that is installed.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    architecture: ClassVar[type[Architecture]]
    references: ClassVar[tuple[str, ...]]

    @abstractmethod
    def recognises(self, config: Mapping[str, Any]) -> bool:
        """Return whether a published config file is of this family."""

    @abstractmethod
    def read_config(self, config: Mapping[str, Any]) -> A:
        """Return the architecture that a published config file describes.

        Raises:
            UnsupportedArchitectureError: something in it is not supported; the message names what.
        """

    @abstractmethod
    def shapes(self, architecture: A) -> dict[str, tuple[int, ...]]:
        """Return the name and the shape of every tensor of the state dict."""

    @abstractmethod
    def to_state(self, tensors: "Mapping[str, Tensor]", architecture: A) -> "dict[str, Tensor]":
        """Return the state dict, in float32, of a checkpoint in any published layout.

        Raises:
            LayoutError: a tensor is missing, there twice, unexpected, of the wrong shape or type, or not finite.
        """

    @abstractmethod
    def random_state(self, architecture: A, seed: int) -> "dict[str, Tensor]":
        """Return random weights whose output follows the input, the same for the same seed on every machine."""

    @abstractmethod
    def write(self, folder: Path, architecture: A, state: "Mapping[str, Tensor]") -> None:
        """Write the config and the weights into a folder, as its repos publish them."""

    @abstractmethod
    def offline(self, architecture: A, state: "Mapping[str, Tensor]", sampling: bool = True) -> "nn.Module":
        """Return the offline model for inference; it shares the given weights.

        It has `architecture`, `ratio`, `audio_channels`, `latent_dim`, `sampling`, and `noise`, which is the amount of
        noise in its next call; its methods are `encode` and `decode`, as of `Reference`.

        Args:
            architecture: the numbers of the model.
            state: see `to_state`.
            sampling: whether the model can add its noise; if not, `noise` has no effect.
        """

    def check_reference(self, kind: str) -> None:
        """Refuse a reference that this family does not have or that is not installed, before any work for it.

        Raises:
            ConfigError: it cannot be built.
        """
        names = ("auto", *self.references)
        if kind not in names:
            raise ConfigError(f"{self.title} has no reference {kind}.", f"Use {', '.join(names[:-1])} or {names[-1]}.")

    @abstractmethod
    def reference(self, kind: str, architecture: A, state: "Mapping[str, Tensor]") -> Reference:
        """Return the reference with a name out of `references`; for `auto`, the first that is installed.

        Raises:
            ConfigError: see `check_reference`.
        """

    @abstractmethod
    def arithmetic(self, architecture: A) -> dict[Method, float]:
        """Return the multiplications and additions of all products for a second of audio, in 10⁹, per method."""

    def parameters(self, architecture: A) -> int:
        """Return the number of values in a checkpoint."""
        return sum(math.prod(shape) for shape in self.shapes(architecture).values())
