"""SAME-S as a stream, as a whole, and in windows that are computed anew for each block: by turns, in one process.

`python -m benchmarks.same --seconds 12 --turns 5` prints a table. The windows are those of programs that stream this
autoencoder without keeping anything: a block of one chunk, with the latent frames of a chunk on both sides as context.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from saoctl.models.registry import family_of
from saoctl.models.same.known import SAME_S
from saoctl.streaming.build import build
from saoctl.vocabulary import METHODS, Method

FAMILY = family_of(SAME_S)
CHUNK = SAME_S.frames


def unit(method: Method) -> int:
    """Return how many values of the input one latent frame has."""
    return 1 if method == "decode" else SAME_S.ratio


def call(model: Any, method: Method) -> Callable[[Tensor], Tensor]:
    """Return a method of a model."""
    found: Callable[[Tensor], Tensor] = model if method == "forward" else getattr(model, method)
    return found


def streamed(model: Any, method: Method, signal: Tensor, frames: int) -> None:
    """Run a stream over a signal, and flush it."""
    run = call(model, method)
    for block in torch.split(signal, frames * unit(method), dim=2):
        run(block)
    getattr(model, f"flush_{method}")()


def windowed(model: Any, method: Method, signal: Tensor) -> None:
    """Run the offline model on each block with its context."""
    run, size = call(model, method), unit(method)
    for begin in range(0, signal.shape[2] // size, CHUNK):
        run(signal[:, :, max(begin - CHUNK, 0) * size : (begin + 2 * CHUNK) * size])


def main() -> None:
    """Measure by turns and print the median realtime factors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12.0, help="of audio")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    def made() -> Any:
        return FAMILY.offline(SAME_S, FAMILY.random_state(SAME_S, 0))

    frames = round(options.seconds * SAME_S.sample_rate / SAME_S.ratio / CHUNK) * CHUNK
    seconds = frames * SAME_S.ratio / SAME_S.sample_rate
    audio = 0.1 * torch.randn(1, SAME_S.audio_channels, frames * SAME_S.ratio)
    latents = torch.randn(1, SAME_S.latent_dim, frames)
    offline = torch.jit.script(build(made(), "float32", streaming=False))
    chunks, any_blocks = (torch.jit.script(build(made(), "float32", block_frames=each)) for each in (CHUNK, None))
    ways: dict[str, Callable[[Method, Tensor], Any]] = {
        "whole": lambda method, signal: call(offline, method)(signal),
        "blocks of 8192": lambda method, signal: streamed(chunks, method, signal, CHUNK),
        "blocks of 4096": lambda method, signal: streamed(any_blocks, method, signal, 1),
        "windows of 8192": lambda method, signal: windowed(offline, method, signal),
    }
    print(f"{seconds:.1f} s of audio, {options.threads} threads, medians of {options.turns} turns, x realtime")
    print(f"{'':8}" + "".join(f"{way:>18}" for way in ways))
    with torch.inference_mode():
        for method in METHODS:
            signal = latents if method == "decode" else audio
            taken: dict[str, list[float]] = {way: [] for way in ways}
            for turn in range(options.turns + 1):
                for way, run in ways.items():
                    begun = time.perf_counter()
                    run(method, signal)
                    if turn:  # the first one warms up
                        taken[way].append(time.perf_counter() - begun)
            print(f"{method:8}" + "".join(f"{seconds / statistics.median(times):>18.2f}" for times in taken.values()))


if __name__ == "__main__":
    main()
