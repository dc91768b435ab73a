"""What bench times: exported files, and the tasks that its workers are given."""

import itertools
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from saoctl.formats import artifact as artifacts
from saoctl.formats import limits
from saoctl.formats.description import Description
from saoctl.formats.format import Format
from saoctl.models.family import Architecture
from saoctl.vocabulary import Method, Precision

Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class BenchRow:
    """A row of a bench.

    Args:
        device, precision, method, block_size: which row it is; the block in audio samples.
    """

    device: str
    precision: str
    method: str
    block_size: int

    @property
    def key(self) -> Key:
        """What identifies the row in another run."""
        return self.device, self.precision, self.method, self.block_size


@dataclass(frozen=True)
class BenchFile:
    """An exported file that is to be timed.

    Args:
        path: of the file.
        description: what the file says of itself.
    """

    path: Path
    description: Description

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the description of a file.

        Raises:
            FileError: it is missing, not what it should be, or was not written by saoctl.
        """
        return cls(path, artifacts.describe(path))

    @property
    def format(self) -> Format:
        """The format of the file."""
        return artifacts.format_of(self.path)

    @property
    def computes(self) -> Precision:
        """The precision of its computation."""
        return limits.computes(self.format.name, self.description.precision)

    @property
    def architecture(self) -> Architecture:
        """The numbers of its model."""
        return self.description.architecture

    def frames(self, block_size: int, blocks: int) -> list[int]:
        """Return how many latent frames the file computes in each of the first blocks of a stream.

        Args:
            block_size: audio samples per block.
            blocks: how many.
        """
        ends = [count * block_size // self.architecture.ratio for count in range(blocks + 1)]
        return [end - begin for begin, end in itertools.pairwise(ends)]

    def runs_on(self, device: str) -> bool:
        """Return whether the file can be run on a device."""
        return device == "cpu" or not self.format.cpu_only


@dataclass(frozen=True)
class TimingTask(BenchRow):
    """What is measured for one row of the result.

    Args:
        device, precision, method, block_size: what to run; the block in audio samples.
        file: the exported file, which has that precision.
        seconds: of audio to compute, at least.
        threads: of the CPU.
        time_limit: seconds of wall time, after which it is cut short.
        in_frames: whether to run the file in whole latent frames, also if it has a grid; see `Artifact.in_frames`.
    """

    method: Method
    file: BenchFile
    seconds: float
    threads: int
    time_limit: float = math.inf
    in_frames: bool = False

    def whole(self) -> Self:
        """Return the task with blocks of whole latent frames, of which each has the same number; at least one."""
        ratio = self.file.architecture.ratio
        return replace(self, block_size=max(self.block_size // ratio, 1) * ratio, in_frames=True)

    @property
    def cycle(self) -> int:
        """The blocks after which one begins with a latent frame again: 1, unless the file has a grid."""
        ratio = self.file.architecture.ratio
        return ratio // math.gcd(ratio, self.block_size)
