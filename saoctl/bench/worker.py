"""What runs in a worker process: blocks through an artifact, and the peak of the device."""

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil
import torch
from torch import Tensor

from saoctl import devices
from saoctl.bench.tasks import TimingTask
from saoctl.formats import artifact as artifacts
from saoctl.vocabulary import Signature

WARM_UP_BLOCKS = 16  # TorchScript's executor still rewrites the graph in its first dozen calls
FEWEST_BLOCKS = 20  # below this, percentiles mean nothing
CUT_BLOCKS = 3  # a row that is cut short has at least these
PEAK_SIZE = 2048  # rows and columns of the matrices whose product tells the peak
PEAK_REPEATS = 5  # products, before the rows and after them; the best counts
LONGEST_PRODUCT = 0.5  # seconds; a dtype that the processor only imitates is measured with a smaller product
SMALL_SIZE = 256
MB = 1e6


@dataclass(frozen=True)
class BlockTimes:
    """What a worker measured for a task.

    Args:
        seconds: computing time of each block.
        first: computing time of the first block after loading, which is not among them.
        memory_mb: the most memory held, see `Timing`.
        cut_short: the time limit was reached before all of the audio was computed.
        before: blocks that were computed before these, since the stream began.
    """

    seconds: tuple[float, ...]
    first: float
    memory_mb: float
    cut_short: bool = False
    before: int = 1


def peak_gflops(device: str, precision: str, threads: int) -> float:
    """Return the GFLOP/s of the best matrix product of a precision on a device."""
    torch.set_num_threads(threads)
    where, dtype = torch.device(device), devices.PRODUCT_DTYPES[precision]
    small = devices.matrix_product_gflops(where, dtype, SMALL_SIZE, PEAK_REPEATS)
    if 2 * PEAK_SIZE**3 / (small * 1e9) > LONGEST_PRODUCT:
        return small
    return max(small, devices.matrix_product_gflops(where, dtype, PEAK_SIZE, PEAK_REPEATS))


def noise(signature: Signature, samples: int) -> Tensor:
    """Return noise as the input of a method for a number of audio samples, [1, C, T]."""
    shape = (1, signature.in_channels, signature.input_values(samples))
    level = 0.1 if signature.in_ratio == 1 else 1.0  # of audio and of latents
    return level * torch.randn(shape, generator=torch.Generator().manual_seed(0))


def open_stream(task: TimingTask) -> Callable[[], object]:
    """Load a copy of a task's artifact, and return a call that streams a block of noise through it."""
    device = torch.device(task.device)
    artifact = artifacts.load(task.file.path, device)
    if task.in_frames:
        artifact = artifact.in_frames()
    block = noise(artifact.can.methods[task.method], task.block_size)
    return lambda: artifact.call(task.method, block.to(device)).cpu()  # as in nn~, whose signals are on the CPU


def measure(task: TimingTask) -> BlockTimes:
    """Stream noise through an artifact in blocks of one size."""
    begin = time.perf_counter()
    gc.collect()
    torch.set_num_threads(task.threads)
    device, call = torch.device(task.device), open_stream(task)
    (measured,) = repeat(lambda: (devices.timed(call, device),), task, begin)
    return measured


def repeat(tick: Callable[[], Sequence[float]], task: TimingTask, begin: float) -> tuple[BlockTimes, ...]:
    """Compute block after block, after a warm-up.

    Args:
        tick: computes a block of one stream or of several, and gives the seconds of each.
        task: says how much audio is computed, and how long that may take.
        begin: when the task began, by `time.perf_counter`.
    """
    device = torch.device(task.device)
    blocks = max(math.ceil(task.seconds * task.file.architecture.sample_rate / task.block_size), FEWEST_BLOCKS)
    blocks = max(blocks, task.cycle)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    first, before = tick(), 1
    for _ in range(WARM_UP_BLOCKS):
        if time.perf_counter() - begin > task.time_limit / 2:
            break
        tick()
        before += 1
    ticks: list[Sequence[float]] = []
    memory = 0.0
    while len(ticks) < blocks and (len(ticks) < CUT_BLOCKS or time.perf_counter() - begin < task.time_limit):
        ticks.append(tick())
        memory = max(memory, _memory_mb(device))
    cut_short = len(ticks) < blocks
    return tuple(
        BlockTimes(seconds, own_first, memory, cut_short, before)
        for seconds, own_first in zip(zip(*ticks, strict=True), first, strict=True)
    )


def _memory_mb(device: torch.device) -> float:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / MB
    if device.type == "mps":
        return torch.mps.driver_allocated_memory() / MB
    return psutil.Process().memory_info().rss / MB
