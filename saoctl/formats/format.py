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
from saoctl.formats import limits
from saoctl.formats.description import Description
from saoctl.formats.limits import LIMITS, Limits
from saoctl.formats.nn_tilde import NnTilde
from saoctl.kinds import exported_files
from saoctl.vocabulary import FORMAT_SUFFIXES, FormatName, Precision, Signature


@dataclass(frozen=True)
class Capabilities:
    """What a loaded file can do. A file of another tool is a file that can do less.

    Args:
        methods: that can be called, with their signatures.
        keeps_state: from block to block; without, each block is a whole signal.
        flushes: what is still due at the end of a signal can be had.
        resets: it can be made to begin anew; otherwise it is loaded anew.
        latency_samples: per method, in audio samples, where the file declares it.
        block_size: in audio samples, if its blocks have one size: it takes whole blocks, and of a signal's last one its
            beginning. None: it takes any whole number of latent frames.
    """

    methods: Mapping[str, Signature]
    keeps_state: bool = True
    flushes: bool = True
    resets: bool = True
    latency_samples: Mapping[str, int] = field(default_factory=dict)
    block_size: int | None = None


@dataclass(frozen=True)
class Artifact(ABC):
    """An exported file, loaded.

    Args:
        path: where it is.
        device: where it runs.
        precision: that it computes in; of a file of another tool, that of its weights.
        description: what it says of itself; None if saoctl did not write it.
        can: what it can do.
    """

    path: Path
    device: torch.device
    precision: Precision
    description: Description | None
    can: Capabilities

    @abstractmethod
    def fresh(self) -> Self:
        """The artifact with its streams at their beginning."""

    @abstractmethod
    def call(self, method: str, block: Tensor) -> Tensor:
        """One block through a method, as a host computes it, [B, C, T] -> [B, C', T']."""

    @abstractmethod
    def flush(self, method: str) -> Tensor:
        """What a method still owes at the end of a signal, [B, C', T']; only of a file that `flushes`."""

    @abstractmethod
    def reset(self) -> None:
        """Make every stream begin anew; only of a file that `resets`."""

    @abstractmethod
    def set_noise(self, noise: float) -> bool:
        """How much sampling noise `encode` adds from now on; False if that cannot be. Only of a file of ours."""

    def blocks(self, method: str, signal: Tensor, sizes: Iterable[int]) -> Iterator[Tensor]:
        """A whole signal as a stream: the output of each block, and last what is still due at the end.

        Args:
            method: encode, decode or forward.
            signal: the method's input, [B, C, T].
            sizes: the sizes of the blocks in samples of the input; they add up to T.
        """
        for block in torch.split(signal, list(sizes), dim=2):
            yield self.call(method, block)
        if self.can.flushes:
            yield self.flush(method)


@dataclass(frozen=True)
class Contents:
    """What a file holds, whoever wrote it.

    Args:
        dtypes: of its parameters, the dtypes, and how many numbers each has.
        methods: that a host can call.
        attributes: that a host can set.
        inputs, outputs: of a graph whose own names these are, with their dtypes and shapes.
    """

    dtypes: dict[str, int]
    methods: dict[str, Signature]
    attributes: list[str]
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


class Format(ABC):
    """A kind of exported file.

    To add one: a module beside `torchscript.py` with an Artifact that says in its Capabilities what such a file can do,
    and a Format that writes, describes and loads it; its name in `saoctl.vocabulary`; and a line in
    `artifact.FORMATS`. verify, bench and info take it then: they ask the capabilities, never the format. Its tests are
    those of `tests/formats/test_artifact.py`.

    Attributes:
        name: of the format.
        cpu_only: its files run on the CPU, and on nothing else.
    """

    name: ClassVar[FormatName]
    cpu_only: ClassVar[bool] = False

    @property
    def limits(self) -> Limits:
        """What its files can hold."""
        return LIMITS[self.name]

    @property
    def title(self) -> str:
        """What people call it."""
        return self.limits.title

    @property
    def suffix(self) -> str:
        """How the names of its files end."""
        return FORMAT_SUFFIXES[self.name]

    def check(self, precision: Precision, streaming: bool) -> None:
        """Refuse what no file of the format can hold, before any work for it.

        Args:
            precision: of the computation.
            streaming: the streaming model, or the offline one.

        Raises:
            ConfigError: it cannot be held, or a package is missing.
        """
        limits.check(self.name, precision, streaming)

    def files(self, path: Path) -> tuple[Path, ...]:
        """The files of a model whose artifact is `path`, which comes first."""
        return tuple(exported_files(self.name, path))

    @abstractmethod
    def save(self, model: NnTilde, path: Path, description: Description) -> int:
        """Write a model with its description; the size of `path` in bytes. Its streams are reset first.

        Raises:
            FileError: the file cannot be written; what was there before is still there.
        """

    def recognises(self, path: Path) -> bool:
        """Whether a file is of this format, by its content."""
        return EXPORTED[self.name].matches(path)

    @abstractmethod
    def describe(self, path: Path) -> Description | None:
        """What a file says of itself, without loading its weights, or None if saoctl did not write it.

        Raises:
            FileError: it is missing or damaged, or says it in a way that this version cannot read.
        """

    @abstractmethod
    def load(self, path: Path, device: torch.device, stated: StatedGraph | None = None) -> Artifact:
        """Read a file of saoctl or of another tool, and move it to a device.

        Args:
            path: the file.
            device: where it is to run.
            stated: facts about a file of another tool; a format whose files hold all facts ignores them.

        Raises:
            FileError: the file cannot be loaded.
            ConfigError: the stated facts contradict the file, or it cannot run on the device.
        """

    @abstractmethod
    def contents(self, path: Path) -> Contents:
        """What a file holds, whoever wrote it.

        Raises:
            FileError: it cannot be loaded.
        """
