"""The files of candidates: how each is exported, and where it lies."""

from collections.abc import Sequence
from pathlib import Path

import torch

from saoctl import devices
from saoctl.bench.tasks import BenchFile
from saoctl.config import Config
from saoctl.formats import export
from saoctl.formats.limits import LIMITS, least_block
from saoctl.models.family import Architecture
from saoctl.streaming.registry import streaming_of
from saoctl.tune.candidates import Candidate, export_config
from saoctl.vocabulary import FORMAT_SUFFIXES


def without_slow(candidates: Sequence[Candidate], device: torch.device) -> list[Candidate]:
    """Return the candidates whose precision is not slower than float32 on a device; most CPUs only imitate float16."""
    precisions = {candidate.precision for candidate in candidates}
    slow = {each for each in precisions if devices.slow_precision(device, each) is not None}
    return [candidate for candidate in candidates if candidate.precision not in slow]


class CandidateFiles:
    """The files of candidates, in a folder of their own; each is exported when it is first asked for.

    Args:
        config: whose weights they have.
        architecture: of the model.
        folder: where they are written.
    """

    def __init__(self, config: Config, architecture: Architecture, folder: Path) -> None:
        self.config, self.architecture, self.folder = config, architecture, folder
        self._files: dict[tuple[Candidate, int | None], BenchFile] = {}

    def get(self, candidate: Candidate, block_size: int) -> BenchFile:
        """Return the file of a candidate, for blocks of a size in audio samples.

        Raises:
            ConfigError: the format or the model cannot have it.
        """
        fixed = self.block_size(candidate, block_size)
        if (candidate, fixed) not in self._files:
            words = (candidate.precision, "packed" if candidate.packed else None, candidate.lookahead_ms, fixed)
            name = "-".join(str(word) for word in words if word is not None)
            path = self.folder / f"{name}{FORMAT_SUFFIXES[candidate.format]}"
            export.run(export_config(self.config, candidate, path, fixed))
            self._files[candidate, fixed] = BenchFile.read(path)
        return self._files[candidate, fixed]

    def takes(self, candidate: Candidate, block_size: int) -> bool:
        """Return whether the file of a candidate can run in blocks of a size in audio samples."""
        return block_size % (least_block(candidate.format, self.architecture) or 1) == 0

    def block_size(self, candidate: Candidate, block_size: int) -> int | None:
        """Return the block size to export a candidate for; None if one file is for blocks of any size.

        A host has a file for its own blocks where the format fixes them, or the latency depends on them.
        """
        by_block = streaming_of(self.architecture).latency_by_block
        return block_size if LIMITS[candidate.format].fixed_blocks or by_block else None
