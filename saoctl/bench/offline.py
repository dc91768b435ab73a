"""What people run without streaming state, as a measure of the gain: the offline model, whole and in chunks."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from saoctl.bench.worker import timed
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of

CHUNK, OVERLAP = 128, 32  # latent frames, the defaults of stable-audio-tools' chunked encoding and decoding
CHUNKS = 2  # of the signal in chunks
WARM_UP = 32  # frames
FEWEST, REPEATS = 2, 3  # runs of a chunk by itself
ENOUGH_SECONDS = 3.0  # of computing, after which nothing is repeated more often than it must

Kind = Literal["offline", "overlap"]


@dataclass(frozen=True)
class Baseline:
    """The offline model in float32 on one device.

    Args:
        device, method: where and what; forward is encode and then decode.
        kind: offline: a signal of one chunk, as a whole. overlap: a longer one in chunks of 128 latent frames that
            overlap by 32, of which half is discarded at each inner edge: 96 new frames for 128 that are computed.
        realtime_factor: seconds of audio per second of computing, of the median run.
        runs: how many there were.
        latency_ms: between sound in and sound out if it were run live, without its computing: the new frames of a chunk
            and half an overlap after them must be there first. Null for a signal as a whole.
    """

    device: str
    method: str
    kind: Kind
    realtime_factor: float
    runs: int
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
        kind: which implementation, see `Family.reference`.
        device: to run it on.
        threads: of the CPU.
    """
    torch.set_num_threads(threads)
    family = family_of(numbers)
    judge = family.reference(kind, numbers, family.random_state(numbers, seed=0))
    where = torch.device(device)
    judge.model.to(where)
    seconds: dict[tuple[str, str], list[float]] = {}
    for method, shape in (
        ("encode", (numbers.audio_channels, numbers.ratio)),
        ("decode", (numbers.latent_dim, 1)),
    ):
        call: Callable[[Tensor], Tensor] = getattr(judge, method)
        in_ratio, out_ratio = (numbers.ratio, 1) if method == "encode" else (1, numbers.ratio)
        channels, per_frame = shape
        signal = 0.1 * torch.randn(1, channels, (CHUNKS * CHUNK - OVERLAP) * per_frame, device=where)
        call(signal[:, :, : WARM_UP * per_frame])
        whole = partial(call, signal[:, :, : CHUNK * per_frame])
        seconds[method, "offline"] = _repeated(whole, where, FEWEST)
        chunked = partial(overlap_discard, call, signal, CHUNK, OVERLAP, in_ratio, out_ratio)
        seconds[method, "overlap"] = _repeated(chunked, where, 1)
    return rows(device, seconds, numbers.ratio / numbers.sample_rate)


def rows(device: str, seconds: Mapping[tuple[str, str], Sequence[float]], frame: float) -> list[Baseline]:
    """The baselines that measured times amount to.

    Args:
        device: that they were measured on.
        seconds: of each run, per method (encode, decode) and kind.
        frame: seconds that a latent frame lasts.
    """
    # In a long signal every chunk gives what it does not share with the one before.
    new: dict[Kind, int] = {"offline": CHUNK, "overlap": CHUNKS * (CHUNK - OVERLAP)}
    made = []
    for method in ("encode", "decode", "forward"):
        parts = ("encode", "decode") if method == "forward" else (method,)
        for kind, frames in new.items():
            runs = [seconds[part, kind] for part in parts]
            # The new frames of a chunk, and what each part must hear after them.
            waits = CHUNK - OVERLAP + len(parts) * OVERLAP // 2 if kind == "overlap" else None
            made.append(
                Baseline(
                    device=device,
                    method=method,
                    kind=kind,
                    realtime_factor=frames * frame / sum(statistics.median(times) for times in runs),
                    runs=min(map(len, runs)),
                    latency_ms=None if waits is None else waits * frame * 1e3,
                )
            )
    return made


def _repeated(call: Callable[[], object], device: torch.device, fewest: int) -> list[float]:
    """The seconds of a call, repeated as long as that is cheap."""
    seconds: list[float] = []
    while len(seconds) < fewest or (len(seconds) < REPEATS and sum(seconds) < ENOUGH_SECONDS):
        seconds.append(timed(call, device))
    return seconds
