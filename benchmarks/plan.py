"""What is measured, of which model and how often: the whole of it, or a small model to try the benchmarks with."""

from dataclasses import dataclass

from benchmarks.model import STABLE_AUDIO_OPEN, TINY, OobleckArchitecture
from saoctl.vocabulary import Method, Precision


@dataclass(frozen=True)
class Plan:
    """A measurement.

    Args:
        title: of the model, in words.
        architecture: of the model; its weights are random.
        precisions: of the exported files.
        products: precisions whose products are measured in every form; each has one dtype.
        methods: encode, decode, forward.
        block_sizes: in audio samples.
        runs: of the exported files, each in a process of its own.
        rounds: how often a run goes through all that it measures.
        blocks: in a row in each round, after one that is not counted.
        offline_seconds: of audio, that the offline model takes as one signal.
        peak_size: rows and columns of the matrices whose product tells the peak of the machine.
        memory_values: float32 values whose sum tells how fast memory is read; many times what a cache holds.
    """

    title: str
    architecture: OobleckArchitecture
    precisions: tuple[Precision, ...] = ("float32", "mixed", "bfloat16")
    products: tuple[Precision, ...] = ("float32", "bfloat16")
    methods: tuple[Method, ...] = ("encode", "decode", "forward")
    block_sizes: tuple[int, ...] = (2048, 4096, 16384)
    runs: int = 3
    rounds: int = 5
    blocks: int = 6
    offline_seconds: float = 3.0
    peak_size: int = 2048
    memory_values: int = 64 * 1024 * 1024


FULL = Plan("Stable Audio Open's architecture with random weights", STABLE_AUDIO_OPEN)

# Some seconds in all. Nothing that it measures means anything.
QUICK = Plan(
    "A tiny model, to try the benchmarks with: its figures mean nothing",
    TINY,
    block_sizes=(64, 256),
    runs=2,
    rounds=1,
    blocks=1,
    offline_seconds=0.1,
    peak_size=64,
    memory_values=1024,
)
