"""The bench step: how fast the artifact runs, per device, method and block size, against what the device could do.

Every device is measured in a process of its own, so that its memory and its first blocks are its own too.
"""

import gc
import json
import math
import multiprocessing
import os
import platform
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from torch.utils.flop_counter import FlopCounterMode

from saoctl import artifact as artifacts
from saoctl import devices
from saoctl.config import Config, Method
from saoctl.errors import FileError
from saoctl.oobleck import OobleckAutoencoder
from saoctl.progress import Progress, Silent
from saoctl.weights.architecture import Architecture

WARM_UP_BLOCKS = 16  # TorchScript's executor still rewrites the graph in its first dozen calls
FEWEST_BLOCKS = 20  # below this, percentiles mean nothing
PEAK_SIZE = 2048  # of the matrix product that the peak is measured with
PEAK_REPEATS = 10
MB = 1e6


@dataclass(frozen=True)
class Timing:
    """A method in blocks of one size on one device, in steady state.

    Args:
        device, precision, method, block_size: what was run; the block in audio samples.
        realtime_factor: seconds of audio per second of computing; above 1 is faster than realtime.
        budget_ms: how long a block lasts.
        median_ms, p95_ms, p99_ms, max_ms: computing time of a block.
        missed_deadlines: blocks that took longer than they last.
        blocks: how many were measured.
        first_block_ms: the first block after loading, which is not among them.
        gflops: arithmetic rate, in 10⁹ multiplications and additions per second.
        peak_gflops: rate of a large matrix product of the same dtype on the same device.
        roofline_fraction: gflops / peak_gflops.
        peak_memory_mb: the most memory held between blocks; of the process, or on the device if it has its own.
        speedup: realtime factor over that of the baseline, where the baseline has the same row.
    """

    device: str
    precision: str
    method: str
    block_size: int
    realtime_factor: float
    budget_ms: float
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
    speedup: float | None = None


@dataclass(frozen=True)
class BenchResult:
    """All timings, and the machine that they hold for."""

    machine: dict[str, Any]
    results: tuple[Timing, ...]


@dataclass(frozen=True)
class Job:
    """One row of the result, to be measured in a worker."""

    artifact: Path
    device: str
    method: Method
    block_size: int
    seconds: float
    threads: int


def run(config: Config, progress: Progress | None = None, baseline: Path | None = None) -> BenchResult:
    """Time the config's artifact on the config's devices.

    Args:
        config: what to time.
        progress: a listener.
        baseline: the JSON of an earlier bench, to which each row is set in relation.

    Raises:
        FileError: the artifact or the baseline is missing or not what it should be.
        ConfigError: a block size is no multiple of the model's ratio, or a device is not there.
    """
    progress = progress or Silent()
    settings = config.bench
    names = devices.available() if settings.devices == "auto" else settings.devices
    found = list(dict.fromkeys(str(devices.resolve(name)) for name in names))
    description = artifacts.describe(config.artifact)
    artifacts.check_block_sizes(settings.block_sizes, description.architecture.ratio, "bench.block_sizes")
    earlier = read_baseline(baseline) if baseline else {}
    work = gigaflop_per_second_of_audio(description.architecture)
    timings = []
    rows = [
        (method, size) for method in dict.fromkeys(settings.methods) for size in dict.fromkeys(settings.block_sizes)
    ]
    threads = settings.threads or torch.get_num_threads()
    progress.start("Timing", total=len(rows) * len(found))
    for device in found:
        if warning := devices.slow_precision(torch.device(device), description.precision):
            progress.warn(warning)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as worker:
            peak = worker.submit(_peak_gflops, device, description.precision, threads).result()
            for method, size in rows:
                job = Job(config.artifact.resolve(), device, method, size, settings.seconds, threads)
                seconds, first, memory = worker.submit(_measure, job).result()
                timings.append(
                    _timing(
                        job,
                        description.precision,
                        description.architecture,
                        seconds,
                        first,
                        memory,
                        work,
                        peak,
                        earlier,
                    )
                )
                progress.advance()
    return BenchResult(describe_machine(threads), tuple(timings))


def gigaflop_per_second_of_audio(architecture: Architecture) -> dict[str, float]:
    """Arithmetic of the convolutions for a second of audio, per method, counted on the offline model."""
    frames = 16
    with torch.device("meta"), torch.no_grad():
        model = OobleckAutoencoder(architecture)
        counts = {}
        for method, shape in (
            ("encode", (1, architecture.audio_channels, frames * architecture.ratio)),
            ("decode", (1, architecture.latent_dim, frames)),
        ):
            with FlopCounterMode(display=False) as counter:
                getattr(model, method)(torch.empty(shape))
            seconds = frames * architecture.ratio / architecture.sample_rate
            counts[method] = counter.get_total_flops() / seconds / 1e9
    return {**counts, "forward": counts["encode"] + counts["decode"]}


def read_baseline(path: Path) -> dict[tuple[str, str, str, int], float]:
    """The realtime factors of an earlier bench's JSON, by device, precision, method and block size.

    Raises:
        FileError: the file is missing or is no such JSON.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["results"]
        return {
            (row["device"], row["precision"], row["method"], row["block_size"]): float(row["realtime_factor"])
            for row in rows
        }
    except OSError as error:
        raise FileError(f"The baseline {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(f"The baseline {path} is not the JSON of `saoctl bench --json`.") from error


def describe_machine(threads: int) -> dict[str, Any]:
    """What the figures hold for, computed with `threads` CPU threads."""
    return {
        "platform": platform.platform(terse=True),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "gpus": [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())],
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _timing(
    job: Job,
    precision: str,
    architecture: Architecture,
    seconds: list[float],
    first: float,
    memory: float,
    work: Mapping[str, float],
    peak: float,
    earlier: Mapping[tuple[str, str, str, int], float],
) -> Timing:
    """A row of the result from the computing times of its blocks."""
    duration = job.block_size / architecture.sample_rate
    factor = duration * len(seconds) / sum(seconds)
    milliseconds = np.array(seconds) * 1e3
    gflops = factor * work[job.method]
    before = earlier.get((job.device, precision, job.method, job.block_size))
    return Timing(
        device=job.device,
        precision=precision,
        method=job.method,
        block_size=job.block_size,
        realtime_factor=factor,
        budget_ms=duration * 1e3,
        median_ms=float(np.median(milliseconds)),
        p95_ms=float(np.percentile(milliseconds, 95)),
        p99_ms=float(np.percentile(milliseconds, 99)),
        max_ms=float(milliseconds.max()),
        missed_deadlines=int((milliseconds > duration * 1e3).sum()),
        blocks=len(seconds),
        first_block_ms=first * 1e3,
        gflops=gflops,
        peak_gflops=peak,
        roofline_fraction=gflops / peak,
        peak_memory_mb=memory,
        speedup=factor / before if before else None,
    )


def _peak_gflops(device: str, precision: str, threads: int) -> float:
    """In a worker: the best matrix product of the precision on the device."""
    torch.set_num_threads(threads)
    return devices.matrix_product_gflops(
        torch.device(device), devices.PRODUCT_DTYPES[precision], PEAK_SIZE, PEAK_REPEATS
    )


def _measure(job: Job) -> tuple[list[float], float, float]:
    """In a worker: the computing times of the blocks, that of the first after loading, and the memory held."""
    gc.collect()
    torch.set_num_threads(job.threads)
    device = torch.device(job.device)
    artifact = artifacts.load(job.artifact, device)
    architecture = artifact.description.architecture
    generator = torch.Generator().manual_seed(0)
    if job.method == "decode":
        shape = (1, architecture.latent_dim, job.block_size // architecture.ratio)
        block = torch.randn(shape, generator=generator)
    else:
        block = 0.1 * torch.randn(1, architecture.audio_channels, job.block_size, generator=generator)
    block = block.to(device)

    def timed() -> float:
        devices.synchronize(device)
        begin = time.perf_counter()
        artifact.call(job.method, block)
        devices.synchronize(device)
        return time.perf_counter() - begin

    first = timed()
    for _ in range(WARM_UP_BLOCKS):
        timed()
    seconds, memory = [], 0.0
    blocks = max(math.ceil(job.seconds * architecture.sample_rate / job.block_size), FEWEST_BLOCKS)
    for _ in range(blocks):
        seconds.append(timed())
        memory = max(memory, _memory_mb(device))
    return seconds, first, memory


def _memory_mb(device: torch.device) -> float:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / MB
    if device.type == "mps":
        return torch.mps.driver_allocated_memory() / MB
    return psutil.Process().memory_info().rss / MB


def to_json(result: BenchResult) -> dict[str, Any]:
    """The result as `--json` prints it; `speedup` is there only with a baseline."""
    rows = [asdict(timing) for timing in result.results]
    return {"machine": result.machine, "results": [{k: v for k, v in row.items() if v is not None} for row in rows]}
