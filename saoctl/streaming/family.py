"""The contract of a streaming family: how one kind of autoencoder streams, as the code above `streaming/` uses it.

Nothing here loads torch, so that a command can refuse at once what a family does not have.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Protocol, Self, TypeVar

from saoctl.models.family import Architecture, Reference
from saoctl.models.registry import FAMILIES
from saoctl.vocabulary import Direction, FormatName, Method, Precision

if TYPE_CHECKING:
    from torch import Tensor, nn

    from saoctl.streaming.pure import PureStep
    from saoctl.streaming.stream import Stream

A = TypeVar("A", bound=Architecture)

# How far each method looks ahead: `encode`, `decode` and `forward` in units of the family's own, and what else the
# family has to know. It is part of the description of an exported file.
Lookahead = Mapping[str, int]


@dataclass(frozen=True)
class ReceptiveField:
    """The input that an output of the offline model depends on.

    Args:
        back_samples, ahead_samples: how far it reaches back from an output and ahead of it, at most, in audio samples.
            A latent frame begins with its first audio sample and ends with its last.
        back_frames, ahead_frames: how many latent frames before and after a frame its output depends on.
        overlap_frames: the least number of latent frames that neighbouring chunks of the input must share for their
            outputs, with half of the overlap cut off each, to be those of the whole input.
    """

    back_samples: int
    ahead_samples: int
    back_frames: int
    ahead_frames: int
    overlap_frames: int

    @classmethod
    def around(cls, back: int, ahead: int, ratio: int) -> Self:
        """Return the receptive field of one direction.

        Args:
            back: how far it reaches back from an output, in audio samples.
            ahead: how far it reaches ahead of an output, in audio samples.
            ratio: audio samples per latent frame.
        """
        return cls._of(back, ahead, -(-back // ratio), -(-ahead // ratio))

    def then(self, other: Self, ratio: int) -> Self:
        """Return the receptive field of a direction that is followed by another.

        A latent frame between them that is needed in part is needed as a whole, so the reach in samples depends on the
        position in the frame; this is the largest.
        """
        part = ratio - 1
        return self._of(
            self.back_samples + part + other.back_samples,
            self.ahead_samples + part + other.ahead_samples,
            self.back_frames + other.back_frames,
            self.ahead_frames + other.ahead_frames,
        )

    @classmethod
    def _of(cls, back_samples: int, ahead_samples: int, back_frames: int, ahead_frames: int) -> Self:
        return cls(back_samples, ahead_samples, back_frames, ahead_frames, 2 * max(back_frames, ahead_frames))


class Dial(ABC, Generic[A]):
    """The choice of a lookahead shorter than the exact one; values that need later input are estimated."""

    @abstractmethod
    def choose(
        self,
        architecture: A,
        total: float,
        encode: float | None = None,
        decode: float | None = None,
        queued: int = 0,
    ) -> dict[str, int] | None:
        """Return the lookahead with which no method is later than asked for; None if that is the exact one.

        Args:
            architecture: the numbers of the model.
            total: the latency of `forward`, and that of `encode` and `decode` together, in ms.
            encode: the latency of `encode` in ms; None: what `decode` leaves of `total`, or the share that serves best.
            decode: the latency of `decode` in ms; None: what `encode` leaves of `total`.
            queued: audio samples by which queues make each method later, see `saoctl.streaming.queues`. They count
                once in `total`: `encode` and `decode` in a row wait once for whole frames.

        Raises:
            ValueError: a latency is not possible; the message names the nearest one that is.
        """

    @abstractmethod
    def stream(self, offline: "nn.Module", lookahead: Lookahead) -> "Stream":
        """Return the stream of an offline model with a lookahead out of `choose`."""

    @abstractmethod
    def near(self, architecture: A, method: Method, milliseconds: Sequence[float]) -> dict[int, int]:
        """Return lookaheads near some latencies, with the latency of each in audio samples, from least to exact.

        Args:
            architecture: the numbers of the model.
            method: encode, decode or forward.
            milliseconds: latencies to come near to; the least and the exact lookahead are always included.
        """

    @abstractmethod
    def arithmetic(self, architecture: A, method: Method, aheads: Sequence[int], frames: int) -> list[float]:
        """Return the arithmetic of a method per lookahead, relative to the exact stream, in blocks of `frames`."""

    @abstractmethod
    def simulate(
        self,
        reference: Reference,
        architecture: A,
        aheads: Mapping[Method, Sequence[int]],
        given: "Tensor",
        frames: Sequence[int],
    ) -> "dict[Method, list[Tensor]]":
        """Compute the expected output of streams with a shorter lookahead, slowly, from the offline model alone.

        Args:
            reference: the offline model.
            architecture: the numbers of the model.
            aheads: the lookaheads of each method; `decode` cannot stand beside others, because its input differs.
            given: the input of all methods, [B, C, T].
            frames: the block sizes in latent frames; their sum is the length of the signal.

        Returns:
            Per method an output [B, C', T'] for each lookahead, from the first sample of the signal on.
        """


class Follower(Protocol):
    """A stream of one direction for signals that are there as a whole, see `saoctl.stream_vae`.

    Attributes:
        channels: the channels of the input.
        gives: the channels of the output.
    """

    channels: int
    gives: int

    def length(self, samples: int) -> int:
        """Return the length of the output for an input of so many samples or frames; not positive if too short."""

    def pieces(self, signal: "Tensor", frames: int) -> "Iterator[Tensor]":
        """Yield the output piece by piece; the pieces side by side are the whole output.

        Args:
            signal: [B, channels, T], of the dtype and on the device of the weights.
            frames: latent frames that are computed at a time.
        """

    def to(self, to: Any) -> "Follower":
        """Move it to a dtype or a device, as a module is moved."""


class Adapter(ABC):
    """How a family's autoencoders are found in other libraries, and followed.

    Attributes:
        classes: what a person can give, in words.
    """

    classes: ClassVar[str]

    @abstractmethod
    def recognises(self, encoder: object, decoder: object) -> bool:
        """Return whether two modules of another library are an encoder and a decoder of the family."""

    @abstractmethod
    def check(self, coder: "nn.Module", direction: Direction) -> None:
        """Refuse an encoder or a decoder that `follow` cannot follow.

        Raises:
            UnsupportedArchitectureError: its layers are not those of the family.
            LayoutError: its tensors are not.
        """

    @abstractmethod
    def follow(self, coder: "nn.Module", direction: Direction) -> Follower:
        """Return the stream of an encoder or a decoder, with a copy of its weights; raises what `check` does."""


class StreamingFamily(ABC, Generic[A]):
    """How the autoencoders of one family stream.

    Attributes:
        name: of the model family, see `saoctl.models.family.Family`.
        precisions: the precisions in which its streams can compute.
        formats: the formats in which its streams can be exported. ONNX and ExecuTorch need a pure step.
        packable: whether the weights of its streams can be packed for x86.
        noise_in: the method that adds the bottleneck's noise; None if there is none. `forward` adds it too.
        latency_by_block: whether the latency is shorter if all blocks are multiples of a larger block.
    """

    name: ClassVar[str]
    precisions: ClassVar[tuple[Precision, ...]] = ("float32",)
    formats: ClassVar[tuple[FormatName, ...]] = ("torchscript",)
    packable: ClassVar[bool] = False
    noise_in: ClassVar[Literal["encode", "decode"] | None] = None
    latency_by_block: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What people call the models, in messages; see `saoctl.models.family.Family`."""
        return next(family.title for family in FAMILIES if family.name == self.name)

    @property
    def dial(self) -> Dial[A] | None:
        """The choice of a shorter lookahead; None if there is none."""
        return None

    @property
    def adapter(self) -> Adapter | None:
        """The adapter for autoencoders of other libraries; None if there is none."""
        return None

    @abstractmethod
    def exact(self, offline: "nn.Module", block_frames: int | None = None) -> "Stream":
        """Return the exact stream of an offline model, in the dtype of its weights.

        The offline model's weights may be freed while the stream is built, so that memory never holds both.

        Args:
            offline: the model to follow.
            block_frames: latent frames of which each block is a multiple, except the last one of a signal; None:
                blocks have any size. Without `latency_by_block` it changes nothing.
        """

    @abstractmethod
    def receptive_field(self, architecture: A) -> dict[Method, ReceptiveField]:
        """Return the receptive field of each method of the offline model."""

    @abstractmethod
    def latency(self, architecture: A, block_frames: int | None = None) -> dict[Method, int]:
        """Return the latency of each method of the exact stream in audio samples; for `block_frames` see `exact`."""

    def whole(self, offline: "nn.Module") -> "Stream":
        """Return the offline model with the interface of a stream: each block is a whole signal."""
        from saoctl.streaming.offline import OfflineAutoencoder

        return OfflineAutoencoder(offline)

    def apply_precision(self, model: "nn.Module", precision: Precision) -> None:
        """Convert a stream's weights and state, in place, to the dtypes of one of `precisions`."""
        from saoctl.streaming.precision import DTYPES

        model.to(DTYPES[precision])

    def pack(self, model: "nn.Module") -> None:
        """Let a stream pack its weights for x86, in place; only of a family that is `packable`."""
        raise NotImplementedError

    def pure_block_frames(self, architecture: A) -> int:
        """Return the latent frames of which the blocks of a pure step are multiples."""
        return 1

    def pure_step(self, stream: "Stream", method: Method) -> "PureStep":
        """Return a method of an exact stream in float32 as a function of its state; only for formats that need it.

        The stream is for blocks that are multiples of `pure_block_frames`.
        """
        raise NotImplementedError
