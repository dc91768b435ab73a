"""Rows of a bench, and a worker in this process, for tests."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from saoctl.bench.paired import Paired, Repeat
from saoctl.bench.timing import Pair, Timing


class InProcess(ThreadPoolExecutor):
    """A worker in this process; a real one takes seconds to start. Takes the place of ProcessPoolExecutor."""

    def __init__(self, workers: int, mp_context: object) -> None:
        super().__init__(workers)


def timing(
    method: str,
    block_size: int,
    factor: float,
    p99_share: float | None = None,
    missed: int = 0,
    precision: str = "float32",
    artifact: Path = Path("model.ts"),
) -> Timing:
    """A row of a model at 44.1 kHz; 99 of 100 blocks take `p99_share` of the time that they last."""
    lasts = block_size / 44.1
    typical = lasts / factor
    return Timing(
        "cpu",
        precision,
        method,
        block_size,
        realtime_factor=factor,
        budget_ms=lasts,
        min_ms=typical,
        median_ms=typical,
        p95_ms=typical,
        p99_ms=typical if p99_share is None else p99_share * lasts,
        max_ms=typical,
        missed_deadlines=missed,
        blocks=100,
        first_block_ms=typical,
        gflops=1.0,
        peak_gflops=10.0,
        roofline_fraction=0.1,
        peak_memory_mb=100.0,
        cut_short=False,
        artifact=artifact,
    )


def pair(
    block_size: int,
    threads: int,
    encode: float,
    decode: float,
    missed: int = 0,
    precision: str = "float32",
) -> Pair:
    """Encode and decode at once; 99 of 100 blocks take `encode` and `decode` of the time that they last."""
    return Pair(
        threads,
        timing("encode", block_size, 1 / encode, encode, precision=precision),
        timing("decode", block_size, 1 / decode, decode, missed=missed, precision=precision),
    )


def paired(method: str, block_size: int, ratios: Sequence[float], offline_ms: float = 10.0) -> Paired:
    """Blocks that take these shares of the processor time of the offline model."""
    repeats = tuple(Repeat(ratio * offline_ms, offline_ms) for ratio in ratios)
    return Paired("cpu", "float32", method, block_size, repeats)
