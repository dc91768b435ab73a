"""What is measured, with which model and how often: everything, or a small model to try the benchmarks with."""

from dataclasses import dataclass

from benchmarks.model import STABLE_AUDIO_OPEN, TINY
from saoctl.models.oobleck.architecture import OobleckArchitecture
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
        runs: how often the exported files are timed, each time in new processes.
        seconds: of audio that an exported file computes in each run, for each method and block size.
        rounds: how often the products are gone through.
        memory_values: number of float32 values whose sum tells how fast memory is read; far more than a cache holds.
    """

    title: str
    architecture: OobleckArchitecture
    precisions: tuple[Precision, ...] = ("float32", "mixed", "bfloat16")
    products: tuple[Precision, ...] = ("float32", "bfloat16")
    methods: tuple[Method, ...] = ("encode", "decode", "forward")
    block_sizes: tuple[int, ...] = (2048, 4096, 16384)
    runs: int = 3
    seconds: float = 3.0
    rounds: int = 5
    memory_values: int = 64 * 1024 * 1024


FULL = Plan("Stable Audio Open's architecture with random weights", STABLE_AUDIO_OPEN)

# Some seconds in all. Nothing that it measures means anything.
QUICK = Plan(
    "A tiny model, to try the benchmarks with: its figures mean nothing",
    TINY,
    precisions=("float32", "bfloat16"),
    block_sizes=(64, 256),
    runs=2,
    seconds=0.01,
    rounds=1,
    memory_values=1024,
)
