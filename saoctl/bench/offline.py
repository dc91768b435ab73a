"""The offline model, on a whole signal and in chunks: how people run it without streaming state."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from saoctl.bench.worker import noise
from saoctl.devices import timed
from saoctl.models.family import Architecture
from saoctl.models.registry import family_of
from saoctl.vocabulary import METHODS, Method, signatures

CHUNK, OVERLAP = 128, 32  # latent frames, the defaults of stable-audio-tools' chunked encoding and decoding
CHUNKS = 2  # of the signal in chunks
WARM_UP = 32  # frames
FEWEST, REPEATS = 2, 3  # runs of a chunk by itself
ENOUGH_SECONDS = 3.0  # of computing, after which nothing is repeated more often than it must

Kind = Literal["offline", "overlap"]
CODERS: tuple[Method, ...] = ("encode", "decode")  # the offline model has these; forward runs one after the other


@dataclass(frozen=True)
class OfflineTiming:
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
    """Run a model on a whole signal in overlapping chunks, without half an overlap at each inner edge of the output.

    Args:
        call: the model, [B, C, frames * in_ratio] -> [B, C', frames * out_ratio].
        signal: its input.
        chunk: in latent frames.
        overlap: of two chunks, in latent frames.
        in_ratio: samples of input per latent frame.
        out_ratio: samples of output per latent frame.
    """
    frames = signal.shape[2] // in_ratio
    parts, done = [], 0
    while done < frames:
        # The last chunk ends with the signal and overlaps by more.
        begin = max(min(done - overlap // 2, frames - chunk), 0)
        end = min(begin + chunk, frames)
        until = frames if end == frames else end - overlap // 2
        output = call(signal[:, :, begin * in_ratio : end * in_ratio])
        parts.append(output[:, :, (done - begin) * out_ratio : (until - begin) * out_ratio])
        done = until
    return torch.cat(parts, dim=2)


def measure(
    architecture: Architecture, kind: str, device: str, threads: int, time_limit: float = math.inf
) -> list[OfflineTiming]:
    """Time the offline model in a worker, with random weights, which take as long as trained ones.

    Args:
        architecture: its numbers.
        kind: which implementation, see `Family.reference`.
        device: to run it on.
        threads: of the CPU.
        time_limit: seconds of wall time for each way to run each method, after which nothing is repeated.
    """
    torch.set_num_threads(threads)
    family = family_of(architecture)
    reference = family.reference(kind, architecture, family.random_state(architecture, seed=0))
    where = torch.device(device)
    reference.model.to(where)
    seconds: dict[tuple[str, str], list[float]] = {}
    forms = signatures(architecture.audio_channels, architecture.latent_dim, architecture.ratio)
    for method in (method for method in CODERS if method in architecture.methods):
        form = forms[method]
        call: Callable[[Tensor], Tensor] = getattr(reference, method)
        per_frame = form.input_values(architecture.ratio)
        signal = noise(form, (CHUNKS * CHUNK - OVERLAP) * architecture.ratio).to(where)
        call(signal[:, :, : WARM_UP * per_frame])
        whole = partial(call, signal[:, :, : CHUNK * per_frame])
        seconds[method, "offline"] = _repeated(whole, where, FEWEST, time_limit)
        chunked = partial(
            overlap_discard, call, signal, CHUNK, OVERLAP, per_frame, form.output_values(architecture.ratio)
        )
        seconds[method, "overlap"] = _repeated(chunked, where, 1, time_limit)
    return rows(device, seconds, architecture.ratio / architecture.sample_rate)


def rows(device: str, seconds: Mapping[tuple[str, str], Sequence[float]], frame: float) -> list[OfflineTiming]:
    """Return the rows of measured times.

    Args:
        device: where they were measured.
        seconds: of each run, per method (encode, decode) and kind.
        frame: seconds that a latent frame lasts.
    """
    # In a long signal every chunk adds the frames that it does not share with the chunk before.
    new: dict[Kind, int] = {"offline": CHUNK, "overlap": CHUNKS * (CHUNK - OVERLAP)}
    timings = []
    for method in METHODS:
        coders = CODERS if method == "forward" else (method,)
        if any((coder, "offline") not in seconds for coder in coders):
            continue  # the model does not have it
        for kind, frames in new.items():
            runs = [seconds[coder, kind] for coder in coders]
            # The new frames of a chunk must be there, and half an overlap after them for each coder.
            waits = CHUNK - OVERLAP + len(coders) * OVERLAP // 2 if kind == "overlap" else None
            factor = frames * frame / sum(statistics.median(times) for times in runs)
            latency_ms = None if waits is None else waits * frame * 1e3
            timings.append(OfflineTiming(device, method, kind, factor, min(map(len, runs)), latency_ms))
    return timings


def _repeated(call: Callable[[], object], device: torch.device, fewest: int, time_limit: float) -> list[float]:
    """Return the seconds of repeated calls; few if a call is slow."""
    seconds = [timed(call, device)]
    while sum(seconds) < time_limit and (
        len(seconds) < fewest or (len(seconds) < REPEATS and sum(seconds) < ENOUGH_SECONDS)
    ):
        seconds.append(timed(call, device))
    return seconds
