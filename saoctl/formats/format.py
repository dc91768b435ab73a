"""The contract of a format: how an exported file is written and read, and what a loaded one can do."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import torch
from torch import Tensor

from saoctl.config import StatedGraph
from saoctl.filetypes import EXPORTED
from saoctl.formats.description import Description
from saoctl.formats.limits import LIMITS
from saoctl.formats.nn_tilde import NnTilde
from saoctl.formats.packages import import_for
from saoctl.vocabulary import FORMAT_SUFFIXES, FormatName, Precision, Signature


@dataclass(frozen=True)
class Capabilities:
    """The capabilities of a loaded file. A file of another tool is treated as a file with fewer of them.

    Args:
        methods: the methods that can be called, with their signatures.
        keeps_state: whether the file keeps state from block to block. If not, each block is a whole signal.
        flushes: whether the file can return the output that is still due at the end of a signal.
        resets: whether the streams can be reset. If not, the file must be loaded again.
        latency_samples: the latency of each method in audio samples, as far as the file declares it.
        block_size: the size of blocks in audio samples, if it is fixed; the last block of a signal may then be shorter.
            None: a block is any whole number of latent frames.
        grid: if latents are held, see `saoctl.streaming.queues`, the audio samples per step; a block is then any whole
            number of steps. None: latents have a value per frame.
    """

    methods: Mapping[str, Signature]
    keeps_state: bool = True
    flushes: bool = True
    resets: bool = True
    latency_samples: Mapping[str, int] = field(default_factory=dict)
    block_size: int | None = None
    grid: int | None = None


@dataclass
class Artifact(ABC):
    """A loaded file.

    Args:
        path: the file.
        device: the device that it runs on.
        precision: the precision of the computation; for a file of another tool, that of its weights.
        description: the description in the file; None if saoctl did not write the file.
        can: its capabilities.
    """

    path: Path
    device: torch.device
    precision: Precision
    description: Description | None
    can: Capabilities

    def fresh(self) -> Self:
        """Return this artifact with all streams at their beginning, loaded again if it cannot be reset."""
        self.reset()
        return self

    @abstractmethod
    def call(self, method: str, block: Tensor) -> Tensor:
        """Run a method on a block as a host does, [B, C, T] -> [B, C', T']."""

    @abstractmethod
    def flush(self, method: str) -> Tensor:
        """Return the output of a method still due at the end of a signal, [B, C', T']; only if `can.flushes`."""

    @abstractmethod
    def reset(self) -> None:
        """Reset every stream; only if `can.resets`."""

    def set_noise(self, noise: float) -> bool:
        """Set the amount of sampling noise, and return whether that was possible; it is not for other tools' files."""
        return False

    def in_frames(self) -> "Artifact":
        """Return the file as a stream of whole latent frames: if a host sees held latents, without the holding.

        Its methods are then as late as the model is, without the latency of the queues. The file is not loaded again,
        so both must not be used at once.
        """
        return self

    def blocks(self, method: str, signal: Tensor, sizes: Iterable[int]) -> Iterator[Tensor]:
        """Stream a whole signal: yield the output of each block, and at last the output still due at the end.

        Args:
            method: encode, decode or forward.
            signal: the input of the method, [B, C, T].
            sizes: the sizes of the blocks in values of the input; they add up to T.
        """
        for block in torch.split(signal, list(sizes), dim=2):
            yield self.call(method, block)
        if self.can.flushes:
            yield self.flush(method)


@dataclass(frozen=True)
class Contents:
    """The contents of a file of saoctl or of another tool.

    Args:
        dtypes: the number of weights of each dtype.
        methods: the methods that a host can call.
        attributes: the attributes that a host can set.
        inputs, outputs: the dtypes and shapes of the inputs and outputs of a graph of another tool, by name.
    """

    dtypes: dict[str, int]
    methods: dict[str, Signature]
    attributes: list[str]
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


class Format(ABC):
    """A kind of exported file.

    To add a format, write a module beside `torchscript.py` with an Artifact, whose Capabilities say what such a file
    can do, and a Format, which writes, describes and loads it. Add its name and suffix to `saoctl.vocabulary`, its
    limits to `limits.LIMITS`, and a line to `artifact.FORMATS`. verify, bench and info then accept its files, because
    they ask the capabilities and never the format. `tests/formats/test_artifact.py` shows the tests.

    Attributes:
        name: the name of the format.
        cpu_only: whether its files run on the CPU only.
        needs: the modules that an export needs besides saoctl's own packages.
    """

    name: ClassVar[FormatName]
    cpu_only: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...]] = ()

    @property
    def title(self) -> str:
        """The name of the format in messages."""
        return LIMITS[self.name].title

    @property
    def suffix(self) -> str:
        """The suffix of its files."""
        return FORMAT_SUFFIXES[self.name]

    def check_packages(self) -> None:
        """Refuse an export for which a package is missing, before any work.

        Raises:
            ConfigError: a package is missing.
        """
        import_for(self.name, *self.needs)

    @abstractmethod
    def save(self, model: NnTilde, path: Path, description: Description) -> int:
        """Reset a model's streams, write it with its description, and return the size of `path` in bytes.

        Raises:
            FileError: the file cannot be written; a file that was there before is unchanged.
            ConfigError: no file of the format can hold the model, or a package is missing.
        """

    def recognises(self, path: Path) -> bool:
        """Return whether a file is of this format, by its content."""
        return EXPORTED[self.name].matches(path)

    @abstractmethod
    def describe(self, path: Path) -> Description | None:
        """Return the description in a file, without loading its weights, or None if saoctl did not write the file.

        Raises:
            FileError: the file is missing or damaged, or this version cannot read its description.
        """

    @abstractmethod
    def load(
        self, path: Path, device: torch.device, description: Description | None, stated: StatedGraph | None = None
    ) -> Artifact:
        """Read a file of saoctl or of another tool, and move it to a device.

        Args:
            path: the file.
            device: where it is to run; the CPU if `cpu_only`.
            description: the description in the file; None if saoctl did not write the file.
            stated: facts about a file of another tool; a format whose files hold all facts ignores them.

        Raises:
            FileError: the file cannot be loaded.
            ConfigError: the stated facts contradict the file, or a package is missing.
        """

    @abstractmethod
    def contents(self, path: Path, description: Description | None) -> Contents:
        """Return what a file of saoctl or of another tool holds; for the arguments see `load`.

        Raises:
            FileError: the file cannot be loaded.
        """
