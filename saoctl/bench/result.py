"""What a bench tells: the timings of all files, what they mean, and the machine that they hold for."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saoctl.bench.buffers import BufferChoice, PairBufferChoice
from saoctl.bench.offline import OfflineTiming
from saoctl.bench.paired import Paired
from saoctl.bench.regressions import BaselineComparison, Regression
from saoctl.bench.timing import Pair, Timing
from saoctl.vocabulary import FormatName


@dataclass(frozen=True)
class TimedFile:
    """An exported file that was timed.

    Args:
        artifact: the file.
        format: of the file.
        precision: of its weights and its computation.
        lookahead: how far it looks ahead, see `saoctl export`; None if it is exact.
        packed: whether its weights are packed for x86.
        latency_samples: of each method, in audio samples.
        no_buffers: why no buffer for nn~ can be told; None if one can.
    """

    artifact: Path
    format: FormatName
    precision: str
    lookahead: dict[str, int] | None
    packed: bool
    latency_samples: dict[str, int]
    no_buffers: str | None


@dataclass(frozen=True)
class BenchResult:
    """All timings, what they mean, and the machine that they hold for.

    Args:
        passed: no realtime factor is below what was asked for, and none has regressed.
        artifact: the first of the files.
        machine: that the figures hold for.
        warm_up_blocks: blocks that were run before each row, and not measured.
        results: the timings, file by file.
        buffers: per file, device and method the smallest buffer for nn~.
        no_buffers: why there are none for the first file.
        offline: the offline model in the same run.
        disturbances: what made the figures worse than the machine is, a sentence each.
        min_rtf: the realtime factor that was asked for.
        too_slow: rows below it.
        tolerance: the share of its earlier speed that a row may lose.
        regressions: rows that lost more, and more than noise explains.
        time_limit: seconds of wall time that a row was given.
        lookahead: of the first file, see `saoctl export`; None if it is exact.
        format: of the first file.
        files: the files, in the order in which they were given.
        together: encode and decode at once in one process, if that was asked for.
        together_buffers: per file and device the smallest buffer for encode and decode in two objects of nn~.
        together_too_slow: rows of `together` that are below `min_rtf` with every number of threads.
        paired: the processor times of the rows on the CPU, by which a later bench compares them; empty if several files
            were timed.
        comparison: how well the rows could be compared with the baseline; null without one.
    """

    passed: bool
    artifact: Path
    machine: dict[str, Any]
    warm_up_blocks: int
    results: tuple[Timing, ...]
    buffers: tuple[BufferChoice, ...]
    no_buffers: str | None
    offline: tuple[OfflineTiming, ...] = field(metadata={"old_name": "baselines"})
    disturbances: tuple[str, ...]
    min_rtf: float | None
    too_slow: tuple[Timing, ...]
    tolerance: float
    regressions: tuple[Regression, ...]
    time_limit: float
    lookahead: dict[str, int] | None = None
    format: FormatName = "torchscript"
    files: tuple[TimedFile, ...] = ()
    together: tuple[Pair, ...] = ()
    together_buffers: tuple[PairBufferChoice, ...] = ()
    together_too_slow: tuple[Pair, ...] = ()
    paired: tuple[Paired, ...] = ()
    comparison: BaselineComparison | None = None
