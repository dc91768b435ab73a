"""How fast the exported files are, set against the offline model and the machine's product, all in one run.

Everything is measured by turns, so that what disturbs the machine disturbs all alike.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.model import (
    gigaflop_per_second_of_audio,
    load_file,
    method_input,
    peak_gflops,
    product_dtype,
    reference,
    write_file,
)
from benchmarks.plan import Plan
from saoctl.vocabulary import Method, Precision

# What the offline model runs one after the other.
PARTS: dict[Method, tuple[Method, ...]] = {
    "encode": ("encode",),
    "decode": ("decode",),
    "forward": ("encode", "decode"),
}


@dataclass(frozen=True)
class Speed:
    """An exported file in steady state.

    Args:
        precision, method, block_size: what was run; the block in audio samples.
        realtime: seconds of audio per second of computing.
        over_offline: how many times faster than the offline model.
        of_peak: share of the arithmetic rate of a large matrix product of the same dtype.
    """

    precision: Precision
    method: Method
    block_size: int
    realtime: float
    over_offline: float
    of_peak: float


@dataclass(frozen=True)
class Run:
    """All exported files, measured by turns.

    Args:
        offline: what the offline model is called.
        realtime_offline: its seconds of audio per second of computing, by method, for a whole signal.
        peaks: GFLOP/s of a large matrix product, by dtype.
        speeds: of the files.
    """

    offline: str
    realtime_offline: dict[Method, float]
    peaks: dict[str, float]
    speeds: tuple[Speed, ...]


def write_files(plan: Plan, folder: Path) -> None:
    """Export the model in every precision."""
    for precision in plan.precisions:
        write_file(plan.architecture, precision, folder / f"{precision}.ts")


def measure(plan: Plan, folder: Path) -> Run:
    """One run.

    Args:
        plan: what to measure.
        folder: with the files of `write_files`.
    """
    architecture = plan.architecture
    files = {precision: load_file(folder / f"{precision}.ts") for precision in plan.precisions}
    offline = reference(architecture)
    samples = int(plan.offline_seconds * architecture.sample_rate) // architecture.ratio * architecture.ratio
    parts = tuple(dict.fromkeys(part for method in plan.methods for part in PARTS[method]))
    dtypes = {_dtype(precision): precision for precision in plan.precisions}
    cases = [(p, m, size) for p in plan.precisions for size in plan.block_sizes for m in plan.methods]

    peaks: dict[str, float] = defaultdict(float)
    offline_seconds: dict[str, list[float]] = defaultdict(list)
    seconds: dict[tuple[Precision, Method, int], list[float]] = defaultdict(list)
    for _ in range(plan.rounds):
        for dtype, precision in dtypes.items():
            peaks[dtype] = max(peaks[dtype], peak_gflops(precision, plan.peak_size, repeats=5))
        for part in parts:
            whole = method_input(architecture, part, samples)
            offline_seconds[part].append(_timed(partial(getattr(offline, part), whole)))
        for case in cases:
            precision, method, size = case
            call = partial(files[precision].call, method, method_input(architecture, method, size))
            call()
            seconds[case] += [_timed(call) for _ in range(plan.blocks)]

    work = gigaflop_per_second_of_audio(architecture)
    realtime_offline = {
        method: samples / architecture.sample_rate / sum(statistics.median(offline_seconds[part]) for part in parts)
        for method, parts in PARTS.items()
        if method in plan.methods
    }
    speeds = []
    for (precision, method, size), times in seconds.items():
        realtime = size / architecture.sample_rate / statistics.median(times)
        over_offline = realtime / realtime_offline[method]
        of_peak = realtime * work[method] / peaks[_dtype(precision)]
        speeds.append(Speed(precision, method, size, realtime, over_offline, of_peak))
    return Run(offline.name, realtime_offline, dict(peaks), tuple(speeds))


def _dtype(precision: Precision) -> str:
    return str(product_dtype(precision)).removeprefix("torch.")


def _timed(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin
