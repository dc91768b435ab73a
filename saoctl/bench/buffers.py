"""The answer to "what buffer do I set in nn~?": the smallest that holds realtime, and what it costs in latency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saoctl.bench.timing import Timing

HEADROOM = 0.2  # share of a block's duration that is to stay free, for the host and for what disturbs it
VECTOR = 64  # samples; the signal vector of Max and PureData


@dataclass(frozen=True)
class BufferChoice:
    """The smallest measured buffer that holds realtime with headroom, of one method on one device.

    It holds if 99 of 100 blocks take at most 80 % of the time that they last, and none takes longer than that time.

    Args:
        device, precision, method: what runs where.
        buffer: the last argument of nn~, a power of two; null if no measured block size holds.
        load: share of a block's duration that 99 of 100 blocks need, at that buffer, or where it comes nearest.
        missed: blocks that took longer than they last there.
        model_latency_ms: of the method, by which it must be late to be exact.
        host_latency_ms: of nn~, which hands blocks to a thread and takes them back: twice the buffer less a vector.
        total_latency_ms: the sum; with `host_latency_ms` null if no buffer holds.
    """

    device: str
    precision: str
    method: str
    buffer: int | None
    load: float
    missed: int
    model_latency_ms: float
    host_latency_ms: float | None
    total_latency_ms: float | None


def choose_buffers(
    timings: Sequence[Timing], latency_samples: Mapping[str, int], sample_rate: int
) -> tuple[BufferChoice, ...]:
    """The answers for all methods that were measured in a block size that nn~ can be set to.

    Args:
        timings: per device, precision, method and block size.
        latency_samples: per method, in audio samples.
        sample_rate: Hz.
    """
    groups: dict[tuple[str, str, str], list[Timing]] = {}
    for timing in timings:
        if timing.block_size & (timing.block_size - 1) == 0:  # nn~ rounds other sizes up to a power of two
            groups.setdefault((timing.device, timing.precision, timing.method), []).append(timing)
    answers = []
    for (device, precision, method), rows in groups.items():
        best = min((row for row in rows if holds(row)), key=lambda row: row.block_size, default=None)
        told = best or min(rows, key=load)
        late = latency_samples[method] / sample_rate * 1e3
        waits = host_delay(best.block_size) / sample_rate * 1e3 if best else None
        answers.append(
            BufferChoice(
                device=device,
                precision=precision,
                method=method,
                buffer=best.block_size if best else None,
                load=load(told),
                missed=told.missed_deadlines,
                model_latency_ms=late,
                host_latency_ms=waits,
                total_latency_ms=None if waits is None else late + waits,
            )
        )
    return tuple(answers)


def host_delay(buffer: int) -> int:
    """What nn~ adds in one object, in audio samples.

    An object hands a full buffer to a thread, and takes the result when the next one is full.
    """
    return 2 * buffer - VECTOR


def host_delay_of_two(buffer: int, ratio: int) -> int:
    """What nn~ adds in an encoder's object and a decoder's after it, in audio samples.

    A latent frame is held for as many samples as the ratio, and of these the decoder's object reads the last. So a
    frame that comes late by less than a frame is still in time for it.

    Args:
        buffer: of both.
        ratio: audio samples per latent frame.
    """
    late = host_delay(buffer)
    return late // ratio * ratio + late


def holds(row: Timing) -> bool:
    """Whether a row is realtime with headroom."""
    return row.missed_deadlines == 0 and load(row) <= 1 - HEADROOM


def could_hold(row: Timing) -> bool:
    """Whether it would be but for its slowest blocks."""
    return row.median_ms / row.budget_ms <= 1 - HEADROOM


def load(row: Timing) -> float:
    """The share of a block's duration that 99 of 100 blocks need."""
    return row.p99_ms / row.budget_ms


def no_buffers(streaming: bool, ratio: int, block_sizes: Sequence[int]) -> str | None:
    """Why no buffer for nn~ can be told of a model, if that is so.

    Args:
        streaming: whether it keeps state from block to block.
        ratio: audio samples per latent frame.
        block_sizes: that it is measured in.
    """
    if not streaming:
        return "an offline export keeps no state, and is right in no buffer"
    if ratio & (ratio - 1):
        return f"buffers are powers of two, and none is a multiple of this model's ratio {ratio}"
    if all(size & (size - 1) for size in block_sizes):
        return "buffers are powers of two, and none of these block sizes is one"
    return None
