"""The files of candidates: how each is exported, and where it lies."""

from collections.abc import Sequence
from pathlib import Path

import torch

from saoctl import devices
from saoctl.bench.turns import BenchFile
from saoctl.config import Config
from saoctl.formats import export
from saoctl.formats.limits import LIMITS
from saoctl.tune.candidates import Candidate, lookahead_of
from saoctl.vocabulary import FORMAT_SUFFIXES


def without_slow(candidates: Sequence[Candidate], device: torch.device) -> list[Candidate]:
    """Return the candidates whose precision is not slower than float32 on a device; most CPUs only imitate float16."""
    precisions = {candidate.precision for candidate in candidates}
    slow = {each for each in precisions if devices.slow_precision(device, each) is not None}
    return [candidate for candidate in candidates if candidate.precision not in slow]


def export_config(config: Config, candidate: Candidate, artifact: Path, block_size: int | None = None) -> Config:
    """Return the config that exports a candidate.

    Args:
        config: whose weights, and whose choices of everything that a candidate does not say.
        candidate: what to export.
        artifact: the file to write.
        block_size: in audio samples, for a format that fixes it.
    """
    choices: dict[str, object] = {"packed": candidate.packed, "block_size": block_size, "format": candidate.format}
    if candidate.lookahead_ms != lookahead_of(config):
        choices |= {"lookahead": "exact" if candidate.lookahead_ms is None else candidate.lookahead_ms}
        choices |= {"lookahead_encode": None, "lookahead_decode": None}
    update = {"precision": candidate.precision, "artifact": artifact}
    return config.model_copy(update={**update, "export": config.export.model_copy(update=choices)})


class CandidateFiles:
    """The files of candidates, in a folder of their own; each is exported when it is first asked for.

    Args:
        config: whose weights they have.
        folder: where they are written.
    """

    def __init__(self, config: Config, folder: Path) -> None:
        self.config, self.folder = config, folder
        self._files: dict[tuple[Candidate, int | None], BenchFile] = {}

    def get(self, candidate: Candidate, block_size: int) -> BenchFile:
        """Return the file of a candidate, for blocks of a size in audio samples.

        A format that fixes the size of its blocks has a file for each: a host has one that was exported for its own.

        Raises:
            ConfigError: the format or the model cannot have it.
        """
        fixed = block_size if LIMITS[candidate.format].fixed_blocks else None
        if (candidate, fixed) not in self._files:
            words = (candidate.precision, "packed" if candidate.packed else None, candidate.lookahead_ms, fixed)
            name = "-".join(str(word) for word in words if word is not None)
            path = self.folder / f"{name}{FORMAT_SUFFIXES[candidate.format]}"
            export.run(export_config(self.config, candidate, path, fixed))
            self._files[candidate, fixed] = BenchFile.read(path)
        return self._files[candidate, fixed]
