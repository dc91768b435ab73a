"""A row of bench: the computing times of the blocks as figures, beside what the device could do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from saoctl.bench.tasks import BenchRow, TimingTask
from saoctl.bench.worker import BlockTimes
from saoctl.models.registry import family_of


@dataclass(frozen=True, kw_only=True)
class Timing(BenchRow):
    """A method in blocks of one size on one device, in steady state.

    Args:
        device, precision, method, block_size: what was run; the block in audio samples.
        realtime_factor: seconds of audio per second of computing; above 1 is faster than realtime.
        budget_ms: how long a block lasts.
        min_ms, median_ms, p95_ms, p99_ms, max_ms: computing time of a block.
        missed_deadlines: blocks that took longer than they last, which a host hears as dropouts.
        blocks: how many were measured.
        first_block_ms: the first block after loading, which is not among them.
        gflops: arithmetic rate, in 10⁹ multiplications and additions per second.
        peak_gflops: rate of a large matrix product of the same dtype on the same device.
        roofline_fraction: gflops / peak_gflops.
        cut_short: its time limit was reached before all of its audio was computed.
        attempts: how often it was measured; if it would have failed a check, more than once, and then the best counts.
        peak_memory_mb: the most memory held: on the device if it has its own, else by the whole process between blocks.
        speedup: realtime factor over that of `--baseline`, if that has the same row.
        speedup_over_offline, speedup_over_overlap: realtime factor over those of the offline model in the same run.
        artifact: the file.
        speedup_over_first: the median time of a block of the first file over that of this one, where several files are
            timed.
        fullest_p99_ms: `p99_ms` of the blocks with the most latent frames, if the blocks of a file hold now more, now
            less; null if all hold the same number.
    """

    realtime_factor: float
    budget_ms: float
    min_ms: float
    median_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    missed_deadlines: int
    blocks: int
    first_block_ms: float
    gflops: float
    peak_gflops: float
    roofline_fraction: float
    peak_memory_mb: float
    cut_short: bool
    attempts: int = 1
    speedup: float | None = None
    speedup_over_offline: float | None = None
    speedup_over_overlap: float | None = None
    artifact: Path
    speedup_over_first: float | None = None
    fullest_p99_ms: float | None = None

    @property
    def load(self) -> float:
        """Share of a block's duration that 99 of 100 blocks need, and also of the fullest ones if they differ."""
        return max(self.p99_ms, self.fullest_p99_ms or 0.0) / self.budget_ms

    @classmethod
    def of(cls, task: TimingTask, measured: BlockTimes) -> Self:
        """Return the row of a task, which is not yet compared with a peak or with other rows.

        Args:
            task: what was run.
            measured: the times of its blocks.
        """
        architecture = task.file.architecture
        duration = task.block_size / architecture.sample_rate
        factor = duration * len(measured.seconds) / sum(measured.seconds)
        milliseconds = np.array(measured.seconds) * 1e3
        median, p95, p99 = np.percentile(milliseconds, (50, 95, 99))
        frames = np.array(task.file.frames(task.block_size, measured.before + len(milliseconds))[measured.before :])
        fullest = None if task.cycle == 1 else np.percentile(milliseconds[frames == frames.max()], 99)
        return cls(
            *task.key,
            realtime_factor=factor,
            budget_ms=duration * 1e3,
            min_ms=float(milliseconds.min()),
            median_ms=float(median),
            p95_ms=float(p95),
            p99_ms=float(p99),
            max_ms=float(milliseconds.max()),
            missed_deadlines=int((milliseconds > duration * 1e3).sum()),
            blocks=len(measured.seconds),
            first_block_ms=measured.first * 1e3,
            gflops=factor * family_of(architecture).arithmetic(architecture)[task.method],
            peak_gflops=0.0,
            roofline_fraction=0.0,
            peak_memory_mb=measured.memory_mb,
            cut_short=measured.cut_short,
            artifact=task.file.path,
            fullest_p99_ms=None if fullest is None else float(fullest),
        )

    def against_peak(self, peaks: Mapping[Path, float]) -> Self:
        """Return the row beside the GFLOP/s of a large matrix product in the precision in which its file computes."""
        peak = peaks[self.artifact]
        return replace(self, peak_gflops=peak, roofline_fraction=self.gflops / peak)


@dataclass(frozen=True)
class Pair:
    """Encode and decode at once in one process, as in two objects of nn~, in blocks of one size on one device.

    Args:
        threads: of the CPU, that each of the two had.
        encode, decode: their rows; the time of a block is from when both began until that method was done.
    """

    threads: int
    encode: Timing
    decode: Timing

    @property
    def rows(self) -> tuple[Timing, Timing]:
        """Both rows."""
        return self.encode, self.decode

    @property
    def block_size(self) -> int:
        """Audio samples of a block of either."""
        return self.encode.block_size

    @property
    def load(self) -> float:
        """Share of a block's duration that 99 of 100 blocks of the busier one need."""
        return max(row.load for row in self.rows)

    @property
    def missed_deadlines(self) -> int:
        """Blocks of both that took longer than they last."""
        return sum(row.missed_deadlines for row in self.rows)

    @property
    def slower(self) -> Timing:
        """The row with the lower realtime factor."""
        return min(self.rows, key=lambda row: row.realtime_factor)
