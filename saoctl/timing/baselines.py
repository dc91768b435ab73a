"""What people run without streaming state, as a measure of the gain: the offline model, whole and in chunks."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from saoctl import reference
from saoctl.timing.worker import timed
from saoctl.weights.architecture import Architecture
from saoctl.weights.made import random_state

CHUNK, OVERLAP = 128, 32  # latent frames, the defaults of stable-audio-tools' chunked encoding and decoding
WARM_UP = 8  # frames
REPEATS = 3
ENOUGH_SECONDS = 3.0  # of computing, after which nothing is repeated


@dataclass(frozen=True)
class Baseline:
    """The offline model in float32 on one device.

    Args:
        device, method: where and what; forward is encode and then decode.
        kind: offline: a signal of one chunk, as a whole. overlap: a longer one in chunks of 128 latent frames that
            overlap by 32, of which half is discarded at each inner edge.
        realtime_factor: seconds of audio per second of computing, of the median run.
        latency_ms: between sound in and sound out if it were run live, without its computing: the new frames of a chunk
            and the overlap after them must be there first. Null for a signal as a whole.
    """

    device: str
    method: str
    kind: Literal["offline", "overlap"]
    realtime_factor: float
    latency_ms: float | None


def overlap_discard(
    call: Callable[[Tensor], Tensor], signal: Tensor, chunk: int, overlap: int, in_ratio: int, out_ratio: int
) -> Tensor:
    """A whole signal in overlapping chunks: of each, what lies half an overlap or more from an inner edge is kept.

    Args:
        call: the model, [B, C, frames * in_ratio] -> [B, C', frames * out_ratio].
        signal: its input.
        chunk: in latent frames.
        overlap: of two chunks, in latent frames.
        in_ratio: samples of input per latent frame.
        out_ratio: samples of output per latent frame.
    """
    frames = signal.shape[2] // in_ratio
    kept, done = [], 0
    while done < frames:
        # The last chunk ends with the signal and overlaps by more.
        begin = max(min(done - overlap // 2, frames - chunk), 0)
        end = min(begin + chunk, frames)
        until = frames if end == frames else end - overlap // 2
        output = call(signal[:, :, begin * in_ratio : end * in_ratio])
        kept.append(output[:, :, (done - begin) * out_ratio : (until - begin) * out_ratio])
        done = until
    return torch.cat(kept, dim=2)


def measure(numbers: Architecture, kind: str, device: str, threads: int) -> list[Baseline]:
    """In a worker: time the offline model, with made weights, which take as long as any others.

    Args:
        numbers: its architecture.
        kind: which implementation, see `reference.build`.
        device: to run it on.
        threads: of the CPU.
    """
    torch.set_num_threads(threads)
    judge = reference.build(kind, numbers, random_state(numbers, seed=0))
    where = torch.device(device)
    judge.model.to(where)
    frames = {"offline": CHUNK, "overlap": 2 * CHUNK - OVERLAP}
    seconds: dict[tuple[str, str], float] = {}
    for method, shape in (
        ("encode", (numbers.audio_channels, numbers.ratio)),
        ("decode", (numbers.latent_dim, 1)),
    ):
        call: Callable[[Tensor], Tensor] = getattr(judge, method)
        in_ratio, out_ratio = (numbers.ratio, 1) if method == "encode" else (1, numbers.ratio)
        channels, per_frame = shape
        signal = 0.1 * torch.randn(1, channels, frames["overlap"] * per_frame, device=where)
        call(signal[:, :, : WARM_UP * per_frame])
        whole = partial(call, signal[:, :, : CHUNK * per_frame])
        seconds[method, "offline"] = _median(whole, where)
        chunked = partial(overlap_discard, call, signal, CHUNK, OVERLAP, in_ratio, out_ratio)
        seconds[method, "overlap"] = _median(chunked, where)
    return _rows(device, seconds, frames, numbers)


def _rows(
    device: str, seconds: Mapping[tuple[str, str], float], frames: Mapping[str, int], numbers: Architecture
) -> list[Baseline]:
    frame = numbers.ratio / numbers.sample_rate
    rows = []
    for method in ("encode", "decode", "forward"):
        parts = ("encode", "decode") if method == "forward" else (method,)
        for kind in ("offline", "overlap"):
            factor = frames[kind] * frame / sum(seconds[part, kind] for part in parts)
            waits = len(parts) * (CHUNK - OVERLAP // 2) * frame * 1e3 if kind == "overlap" else None
            rows.append(Baseline(device, method, "offline" if kind == "offline" else "overlap", factor, waits))
    return rows


def _median(call: Callable[[], object], device: torch.device) -> float:
    """The median seconds of a call, repeated as long as that is cheap."""
    seconds: list[float] = []
    begin = time.perf_counter()
    while len(seconds) < REPEATS and (not seconds or time.perf_counter() - begin < ENOUGH_SECONDS):
        seconds.append(timed(call, device))
    return statistics.median(seconds)
