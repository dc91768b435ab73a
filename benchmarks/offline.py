"""A sound as a whole and in chunks through other libraries, and through saoctl: memory, time and accuracy."""

import gc
import statistics
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from torch import Tensor

from benchmarks import process
from benchmarks.memory import DEMO_SOUND
from benchmarks.model import checkpoint, method_input, reference, streamed, streaming_weights
from benchmarks.page import tell
from saoctl.bench.process import fresh
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.pipelines import stream_vae
from saoctl.vocabulary import Method

CODERS: tuple[Method, ...] = ("encode", "decode")
CHUNK = 128  # latent frames of stable-audio-tools' chunks, below which it cuts nothing up
WARM_UP = 8  # latent frames

Run = Callable[[Tensor], Iterable[Tensor]]


@dataclass(frozen=True)
class Taken:
    """The resources that one way took for the sound.

    Args:
        seconds: in all.
        computing: processor seconds of all threads together, which other programs affect less.
        first: seconds until the first of the output was there.
        above: the most memory in MB, beyond that of the process with the model loaded and warm.
        peak: the most memory of the process, in MB.
    """

    seconds: float
    computing: float
    first: float
    above: float
    peak: float


@dataclass(frozen=True)
class Way:
    """A way through a coder, over all turns.

    Args:
        method: encode or decode.
        name: of the way.
        median: the medians of what it took; of the memory, the most.
        decibels: SNR of its output to that of the offline model; None for that, and where it was left out.
        lacking: number of frames, or samples, that its output lacks at the end.
    """

    method: Method
    name: str
    median: Taken
    decibels: float | None
    lacking: int = 0


def measure(
    architecture: OobleckArchitecture,
    seconds: float,
    turns: int,
    threads: int,
    folder: Path,
    methods: Sequence[Method] = CODERS,
    without: Sequence[str] = (),
) -> list[Way]:
    """Measure the ways by turns, each in a process of its own; the first is the offline model.

    Args:
        architecture: of the model, whose weights are random.
        seconds: of sound, as whole latent frames.
        turns: how often each way is measured.
        threads: number of threads that compute.
        folder: for inputs and outputs.
        methods: encode, decode or both.
        without: parts of the names of ways that are left out, such as one that needs more memory than there is.
    """
    names = [name for name in WAYS if not any(part in name for part in without)]
    frames = round(seconds * architecture.sample_rate / architecture.ratio)
    fresh(write_inputs, architecture, frames, folder)
    taken: dict[tuple[Method, str], list[Taken]] = {(method, name): [] for method in methods for name in names}
    for _ in range(turns):
        for (method, name), found in taken.items():
            found.append(fresh(run, architecture, method, name, threads, folder))
            tell(f"{method}, {name}: {found[-1]}")
    return [Way(*case, _median(found), *_distance(*case, folder)) for case, found in taken.items()]


def write_inputs(architecture: OobleckArchitecture, frames: int, folder: Path) -> None:
    """Write the demo's recording over and over, and the latents that the model makes of it."""
    samples = soundfile.read(DEMO_SOUND, dtype="float32", always_2d=True)[0].T[: architecture.audio_channels]
    length = frames * architecture.ratio
    sound = np.tile(samples, -(-length // samples.shape[1]))[None, :, :length]
    np.save(folder / "encode.npy", sound)
    latents = streamed(streaming_weights(architecture), "encode", torch.from_numpy(sound))
    np.save(folder / "decode.npy", torch.cat(list(latents), dim=2).numpy())


@torch.inference_mode()
def run(architecture: OobleckArchitecture, method: Method, name: str, threads: int, folder: Path) -> Taken:
    """Measure one way in this process; its output is written beside the input."""
    torch.set_num_threads(threads)
    go = WAYS[name](architecture, method)
    for _ in go(method_input(architecture, method, WARM_UP * architecture.ratio)):
        pass
    given = torch.from_numpy(np.load(folder / f"{method}.npy"))
    gc.collect()
    loading = process.read().peak
    process.forget_peak()
    before = process.read().peak
    begin, computing, first, parts = time.perf_counter(), time.process_time(), None, []
    for part in go(given):
        first = first or time.perf_counter() - begin
        parts.append(part)
    seconds, computing, peak = time.perf_counter() - begin, time.process_time() - computing, process.read().peak
    np.save(folder / f"{method}, {name}.npy", torch.cat(parts, dim=2).numpy())
    return Taken(seconds, computing, first or seconds, peak - before, max(loading, peak))


def _diffusers(architecture: OobleckArchitecture, method: Method, tiles: bool = False, stream: bool = False) -> Run:
    """Return the model of diffusers: as it is, in tiles of its default size, or streamed in place."""
    from diffusers import AutoencoderOobleck

    load: Any = AutoencoderOobleck.from_pretrained
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vae = load(checkpoint(architecture).weights.parent, low_cpu_mem_usage=False)
    if tiles:
        vae.enable_tiling()
    if stream:
        pieces = stream_vae(vae).decode_iter
        if method == "decode":
            return pieces

    def encode(audio: Tensor) -> Iterator[Tensor]:
        yield vae.encode(audio).latent_dist.mean

    def decode(latents: Tensor) -> Iterator[Tensor]:
        yield vae.decode(latents).sample

    return encode if method == "encode" else decode


def _chunked(architecture: OobleckArchitecture, method: Method) -> Run:
    """Return stable-audio-tools' model in chunks of its default length and overlap."""
    model = reference(architecture).model
    # Its bottleneck gives the mean and not a sample, so that a difference is due to the chunks.
    model.bottleneck.encode = lambda moments, return_info: (moments.chunk(2, dim=1)[0], {})

    def encode(audio: Tensor) -> Iterator[Tensor]:
        yield model.encode_audio(audio, chunked=audio.shape[2] >= CHUNK * architecture.ratio)

    def decode(latents: Tensor) -> Iterator[Tensor]:
        yield model.decode_audio(latents, chunked=latents.shape[2] >= CHUNK)

    return encode if method == "encode" else decode


def _saoctl(architecture: OobleckArchitecture, method: Method) -> Run:
    """Return the stream of `saoctl encode` and `decode`."""
    return partial(streamed, streaming_weights(architecture), method)


OFFLINE = "diffusers, as a whole"
WAYS: dict[str, Callable[[OobleckArchitecture, Method], Run]] = {
    OFFLINE: _diffusers,
    "diffusers, `enable_tiling()`": partial(_diffusers, tiles=True),
    "stable-audio-tools, `chunked=True`": _chunked,
    "diffusers, `saoctl.stream_vae`": partial(_diffusers, stream=True),
    "saoctl": _saoctl,
}


def _median(found: list[Taken]) -> Taken:
    return Taken(
        seconds=statistics.median(each.seconds for each in found),
        computing=statistics.median(each.computing for each in found),
        first=statistics.median(each.first for each in found),
        above=max(each.above for each in found),
        peak=max(each.peak for each in found),
    )


def _distance(method: Method, name: str, folder: Path) -> tuple[float | None, int]:
    """Return the SNR of an output to that of the offline model, if there is one, and how much of it is lacking."""
    if name == OFFLINE or not (folder / f"{method}, {OFFLINE}.npy").exists():
        return None, 0
    due, came = (np.load(folder / f"{method}, {each}.npy").astype(np.float64) for each in (OFFLINE, name))
    return decibels(due, came), due.shape[2] - came.shape[2]


def decibels(due: np.ndarray, came: np.ndarray) -> float:
    """Return the SNR of `came` to `due`, both [B, C, T]; what is lacking at the end counts as silence."""
    length = min(due.shape[2], came.shape[2])
    filled = np.zeros_like(due)
    filled[:, :, :length] = came[:, :, :length]
    with np.errstate(divide="ignore"):
        return float(10 * np.log10((due**2).sum() / ((filled - due) ** 2).sum()))
