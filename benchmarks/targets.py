"""How fast the exported files are, set against the offline model and the machine's product, all in one run.

The offline model is stable-audio-tools' own, in float32, on 3 seconds of audio. Everything is measured by turns, so
that what disturbs the machine disturbs all alike.

Run: python -m benchmarks.targets [--rounds N]
"""

import argparse
import statistics
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from benchmarks.model import STABLE_AUDIO_OPEN, full_size_config, method_input, state
from saoctl.devices import matrix_product_gflops
from saoctl.formats import artifact, export
from saoctl.models.registry import family_of

PRECISIONS = ("float32", "mixed", "bfloat16")
METHODS = ("encode", "decode")
BLOCK_SIZES = (2048, 4096, 16384)
OFFLINE_SAMPLES = 3 * STABLE_AUDIO_OPEN.sample_rate // STABLE_AUDIO_OPEN.ratio * STABLE_AUDIO_OPEN.ratio
BLOCKS = 6  # in a row per round, after one that is not counted
CPU = torch.device("cpu")


def timed(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def realtime(samples: int, seconds: list[float]) -> float:
    return samples / STABLE_AUDIO_OPEN.sample_rate / statistics.median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    warnings.simplefilter("ignore")
    judge = family_of(STABLE_AUDIO_OPEN).reference("stable-audio-tools", STABLE_AUDIO_OPEN, state())
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for precision in PRECISIONS:
            path = Path(folder) / f"{precision}.ts"
            export.run(full_size_config(precision, str(path)))
            files[precision] = artifact.load(path, CPU)
    offline: dict[str, list[float]] = defaultdict(list)
    peaks: dict[torch.dtype, float] = defaultdict(float)
    seconds: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    cases = [(p, m, size) for p in PRECISIONS for size in BLOCK_SIZES for m in METHODS] + [
        (p, "forward", 4096) for p in PRECISIONS
    ]
    for _ in range(rounds):
        for dtype in (torch.float32, torch.bfloat16):
            peaks[dtype] = max(peaks[dtype], matrix_product_gflops(CPU, dtype, 2048, 5))
        for method in METHODS:
            whole = method_input(method, OFFLINE_SAMPLES)
            offline[method].append(timed(partial(getattr(judge, method), whole)))
        for case in cases:
            precision, method, size = case
            block = method_input(method, size)
            call = partial(files[precision].call, method, block)
            call()
            seconds[case] += [timed(call) for _ in range(BLOCKS)]
    work = family_of(STABLE_AUDIO_OPEN).arithmetic(STABLE_AUDIO_OPEN)
    factors = {method: realtime(OFFLINE_SAMPLES, times) for method, times in offline.items()}
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"offline, float32: encode {factors['encode']:.2f}, decode {factors['decode']:.2f} x realtime")
    print(f"peak: float32 {peaks[torch.float32]:.0f}, bfloat16 {peaks[torch.bfloat16]:.0f} GFLOP/s\n")
    print("| precision | method | block | x realtime | x offline | GFLOP/s | of peak |\n|---|---|---|---|---|---|---|")
    for (precision, method, size), times in seconds.items():
        factor = realtime(size, times)
        peak = peaks[torch.float32 if precision == "float32" else torch.bfloat16]
        gflops = factor * work[method]
        against = f"{factor / factors[method]:.2f}" if method in factors else ""
        print(f"| {precision} | {method} | {size} | {factor:.2f} | {against} | {gflops:.0f} | {gflops / peak:.2f} |")


if __name__ == "__main__":
    main()
