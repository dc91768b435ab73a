"""The contract of a model family: what saoctl must know about one kind of autoencoder apart from how it streams."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from saoctl.errors import ConfigError
from saoctl.vocabulary import METHODS, Direction, Method

if TYPE_CHECKING:  # what only reads configs does without torch
    from torch import Tensor, nn

Count = Annotated[int, Field(strict=True, gt=0)]


class UnsupportedArchitectureError(ValueError):
    """A config, or the tensors of a checkpoint, are those of a model that is not supported; the message names what."""


class UndecidedError(ValueError):
    """The tensors of a checkpoint leave open what model it is.

    Args:
        message: what was found, as the end of a sentence that begins with the file.
        hint: the question that decides it, and how to answer it.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Numbers(BaseModel):
    """Numbers of an autoencoder, all of them or a part."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PartialArchitecture(Numbers):
    """The numbers that tensors do not show, as far as a person gives them; each family adds its own.

    Args:
        sample_rate: Hz.

    Attributes:
        assumed: values of numbers that nobody is asked for.
    """

    assumed: ClassVar[Mapping[str, Any]] = {}

    sample_rate: Count | None = None

    def given(self) -> dict[str, Any]:
        """Return the numbers that a person gave, by name."""
        return self.model_dump(exclude_none=True)

    def over(self, architecture: "Architecture") -> "Architecture":
        """Return an architecture with these numbers in the place of its own."""
        return architecture.model_copy(update=self.given())


class Architecture(Numbers, ABC):
    """The numbers of an autoencoder; each family adds its own.

    Args:
        sample_rate: Hz.
        audio_channels: channels of the audio on both sides.
        latent_dim: channels of the latents.
    """

    sample_rate: Count
    audio_channels: Count
    latent_dim: Count

    @property
    @abstractmethod
    def ratio(self) -> int:
        """Audio samples per latent frame."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """What the model can do: an encoder or a decoder alone has one method."""
        return METHODS

    def described(self) -> dict[str, Any]:
        """Return the numbers as exported files hold them.

        A number that was added later is left out where it has the value of all models before, so that their files stay
        the same, byte for byte.
        """
        return self.model_dump(mode="json")

    @property
    def strides(self) -> tuple[int, ...]:
        """The factors of the ratio: by how much each step of the encoder shortens its input, from the audio end."""
        return (self.ratio,)


@dataclass(frozen=True)
class KnownModel:
    """A public model whose autoencoder has a name here.

    Args:
        name: of its config and of its architecture.
        title: what people call it.
        architecture: its numbers.
        repo: where it is published on the hub.
        file: the file of the weights in the repo; None: they lie in a usual layout.
        gated: whether an account must accept a licence first.
        licence: of the weights; None: unknown here, so read the model's page.
        bytes_per_weight: 4 for float32, 2 for a half precision, as published.
        tried: whether it was fetched from this repo by saoctl's authors.
    """

    name: str
    title: str
    architecture: Architecture
    repo: str
    file: str | None
    gated: bool
    licence: str | None
    bytes_per_weight: int = 4
    tried: bool = False


@dataclass(frozen=True)
class UnavailableModel:
    """A public model that saoctl cannot stream.

    Args:
        name: what a person might give as a name.
        title: what people call it.
        reason: why it cannot be had, in one sentence.
        step: what to do instead, in one sentence; can be empty.
    """

    name: str
    title: str
    reason: str
    step: str


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


@dataclass(frozen=True)
class Fault:
    """What a port of a model may get wrong.

    Args:
        kind: `phase`, or `everywhere` for another arithmetic; see `saoctl.verify.causes`.
        message: what is wrong, in a sentence without its full stop.
        model: a model that has the fault. At the edges of a signal it may differ from a port.
    """

    kind: Literal["phase", "everywhere"]
    message: str
    model: Reference


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
        partial: the class of the numbers that tensors do not show.
        known: its public models.
        unavailable: public models that are taken for its own, and cannot be streamed.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    architecture: ClassVar[type[Architecture]]
    references: ClassVar[tuple[str, ...]]
    partial: ClassVar[type[PartialArchitecture]] = PartialArchitecture
    known: ClassVar[tuple[KnownModel, ...]] = ()
    unavailable: ClassVar[tuple[UnavailableModel, ...]] = ()

    @abstractmethod
    def recognises(self, config: Mapping[str, Any]) -> bool:
        """Return whether a published config file is of this family."""

    @abstractmethod
    def read_config(self, config: Mapping[str, Any]) -> A:
        """Return the architecture that a published config file describes.

        Raises:
            UnsupportedArchitectureError: something in it is not supported; the message names what.
        """

    def read_shapes(
        self, shapes: Mapping[str, tuple[int, ...]], partial: PartialArchitecture | None = None
    ) -> dict[str, Any]:
        """Return the numbers of an architecture that the names and shapes of a checkpoint's tensors show.

        Args:
            shapes: the shape of each tensor, by its name in any published layout.
            partial: the numbers that a person gave. Those that are no number of the whole architecture by themselves
                are part of what is returned.

        Raises:
            UnsupportedArchitectureError: the tensors are not those of this family; the message says what was found.
            UndecidedError: they are, but leave a part of the numbers open.
        """
        raise UnsupportedArchitectureError(f"it has tensors by which {self.title} cannot be recognised")

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

    def half(self, architecture: A, direction: Direction) -> A:
        """Return the architecture of an encoder or a decoder alone.

        Raises:
            UnsupportedArchitectureError: the model does not have it, or the family has no halves.
        """
        raise UnsupportedArchitectureError(f"is {self.title}, of which no {direction} can be taken alone")

    def joined(self, encoder: A, decoder: A) -> A:
        """Return the architecture of an encoder and a decoder that are taken from two models.

        Raises:
            UnsupportedArchitectureError: they do not belong together; the message names a number in which they differ.
        """
        raise UnsupportedArchitectureError(f"{self.title} cannot be put together of two")

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

    def faults(self, architecture: A, tensors: "Mapping[str, Tensor]") -> Iterator[Fault]:
        """Yield what ports of a model get wrong and no correction of their output can prove.

        `tensors` are those of a reference, see `Reference.model`.
        """
        return iter(())

    @abstractmethod
    def arithmetic(self, architecture: A) -> dict[Method, float]:
        """Return the multiplications and additions of all products for a second of audio, in 10⁹, per method."""

    def parameters(self, architecture: A) -> int:
        """Return the number of values in a checkpoint."""
        return sum(math.prod(shape) for shape in self.shapes(architecture).values())
