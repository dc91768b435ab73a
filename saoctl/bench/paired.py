"""The processor time of a block beside that of the offline model, by turns: the measure that compares two benches.

The clock tells how fast a file runs now, and little about another moment: on a busy machine, threads that wait for each
other can make a block last a hundred times as long. The processor time of a single thread does not grow while other
programs have the processor. If they take caches and memory, it still grows by half; but the time of the offline model
for a block of the same size grows alike, and the ratio of the two stays within a few percent.

That ratio varies most with the place in memory of a loaded file. So the file is loaded several times, and a few blocks
are enough each time.
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch

from saoctl.bench.tasks import BenchRow, TimingTask
from saoctl.bench.worker import noise, open_stream
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of
from saoctl.vocabulary import Method, signatures

ROUNDS = 3  # of a bench
WARM_UP_BLOCKS = 2  # TorchScript compiles in its first two calls
FEWEST_PAIRS, MOST_PAIRS = 3, 5
ENOUGH_SECONDS = 0.2  # of pairs, in a round


@dataclass(frozen=True)
class Repeat:
    """Medians of one round.

    Args:
        block_ms: processor time of a block of the artifact, with one thread.
        offline_ms: that of a block of the same size of the offline model in float32, with random weights.
    """

    block_ms: float
    offline_ms: float

    @property
    def log_ratio(self) -> float:
        """Natural logarithm of block_ms / offline_ms."""
        return math.log(self.block_ms / self.offline_ms)


@dataclass(frozen=True)
class Paired(BenchRow):
    """The processor times of a row of the results, beside the offline model.

    Args:
        device, precision, method, block_size: which row.
        repeats: a pair of times from each round; the file was loaded anew for each.
    """

    repeats: tuple[Repeat, ...]

    @property
    def mean_log_ratio(self) -> float:
        """Mean of the logarithms of the ratios; there must be a repeat."""
        return statistics.fmean(each.log_ratio for each in self.repeats)

    @property
    def mean_log_offline(self) -> float:
        """Mean of the logarithms of the offline model's times."""
        return statistics.fmean(math.log(each.offline_ms) for each in self.repeats)

    def joined(self, more: "Paired") -> "Paired":
        """Return the row with the repeats of another measurement of it."""
        return replace(self, repeats=self.repeats + more.repeats)


def measure(tasks: Sequence[TimingTask], rounds: int = ROUNDS) -> tuple[Paired, ...]:
    """Time blocks of an artifact and of the offline model by turns in a worker, on one thread.

    Args:
        tasks: of one artifact on the CPU; each round goes through all of them. A task's time limit holds for all of
            its rounds together, except for the first pair of blocks.
        rounds: how many, unless the time limit is reached before.
    """
    torch.set_num_threads(1)
    offline = _offline(tasks[0].file.architecture)
    left = [task.time_limit for task in tasks]
    repeats: list[list[Repeat]] = [[] for _ in tasks]
    for _ in range(rounds):
        for index, task in enumerate(tasks):
            if left[index] <= 0:
                continue
            begin = time.perf_counter()
            whole = task.whole()
            repeat = _round(open_stream(whole), offline(task.method, whole.block_size), begin + left[index])
            if repeat.block_ms > 0 and repeat.offline_ms > 0:  # the clock of Windows misses short times
                repeats[index].append(repeat)
            left[index] -= time.perf_counter() - begin
    return tuple(Paired(*task.key, tuple(found)) for task, found in zip(tasks, repeats, strict=True))


def _offline(architecture: Architecture) -> Callable[[Method, int], Callable[[], object]]:
    """Return a function of method and block size that makes a call, which computes a block with the offline model."""
    family = family_of(architecture)
    own = family.references[-1]  # the last one needs no other package, so that it is the same everywhere
    model = family.reference(own, architecture, family.random_state(architecture, seed=0))
    forms = signatures(architecture.audio_channels, architecture.latent_dim, architecture.ratio)

    def call_of(method: Method, block_size: int) -> Callable[[], object]:
        block = noise(forms[method], block_size)
        if method == "forward":
            return lambda: model.decode(model.encode(block))
        return lambda: getattr(model, method)(block)

    return call_of


def _round(block: Callable[[], object], offline: Callable[[], object], deadline: float) -> Repeat:
    """Time two calls by turns.

    Args:
        block: computes a block of the artifact.
        offline: computes a block of the offline model.
        deadline: when to stop, by `time.perf_counter`, after one pair at least.
    """
    for _ in range(WARM_UP_BLOCKS):
        block()
    offline()
    pairs: list[tuple[float, float]] = []
    begin = time.perf_counter()
    while len(pairs) < MOST_PAIRS:
        now = time.perf_counter()
        if pairs and (now > deadline or (len(pairs) >= FEWEST_PAIRS and now - begin > ENOUGH_SECONDS)):
            break
        beside = _processor_ms(offline)
        pairs.append((_processor_ms(block), beside))
    blocks, besides = zip(*pairs, strict=True)
    return Repeat(statistics.median(blocks), statistics.median(besides))


def _processor_ms(call: Callable[[], object]) -> float:
    """Return the milliseconds for which a call has the processor in this thread."""
    begin = time.thread_time()
    call()
    return (time.thread_time() - begin) * 1e3
