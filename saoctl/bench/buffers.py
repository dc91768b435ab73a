"""The answer to "what buffer do I set in nn~?": the smallest that holds realtime, and the latency that it brings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from saoctl.bench.timing import Pair, Timing
from saoctl.blocks import grid_of

HEADROOM = 0.2  # share of a block's duration that must stay free for the host and for disturbances
VECTOR = 64  # samples; the signal vector of Max and PureData
WORTH_SETTING = 0.05  # share of a block's duration that one thread each must gain before the host is set to it


R = TypeVar("R", Timing, Pair)


@dataclass(frozen=True)
class Buffer:
    """The smallest measured buffer of nn~ in which blocks hold realtime with headroom, and the latency that it brings.

    They hold if 99 of 100 blocks take at most 80 % of the time that they last, and none takes longer than that time.

    Args:
        buffer: the last argument of nn~, a power of two; None if no measured block size holds.
        load: share of a block's duration that 99 of 100 blocks need, at that buffer, or where it comes nearest.
        missed: blocks that took longer than they last there.
        model_latency_ms: latency of the method.
        host_latency_ms: latency of nn~, which hands blocks to a thread and takes them back: twice the buffer less a
            vector.
        total_latency_ms: the sum; with `host_latency_ms` None if no buffer holds.
    """

    buffer: int | None
    load: float
    missed: int
    model_latency_ms: float
    host_latency_ms: float | None
    total_latency_ms: float | None


@dataclass(frozen=True, kw_only=True)
class BufferChoice(Buffer):
    """The smallest measured buffer in which one method of a file holds realtime with headroom on one device.

    It holds if 99 of 100 blocks take at most 80 % of the time that they last, and none takes longer than that time.

    Args:
        device, precision, method: what runs where.
        artifact: the file.
    """

    device: str
    precision: str
    method: str
    artifact: Path


@dataclass(frozen=True, kw_only=True)
class PairBufferChoice(Buffer):
    """The smallest measured buffer in which encode and decode in two objects both hold realtime with headroom.

    Both hold as one alone does, see `BufferChoice`, while the other computes too.

    Args:
        device, precision: where.
        buffer: of both objects; None if no measured block size holds.
        threads: of the CPU, for each of the two; if several numbers hold, one thread only if that is clearly better.
        load: share of a block's duration that 99 of 100 blocks of the busier one need, at that buffer, or where it
            comes nearest.
        missed: blocks of both that took longer than they last there.
        model_latency_ms: latency of encode and then decode.
        host_latency_ms: latency of nn~ in two objects.
        artifact: the file.
    """

    device: str
    precision: str
    threads: int
    artifact: Path


def choose_buffers(
    timings: Sequence[Timing], latency_samples: Mapping[str, int], sample_rate: int
) -> tuple[BufferChoice, ...]:
    """Return the answer for each method that was measured in a block size that nn~ can be set to.

    Args:
        timings: of one file, per device, precision, method and block size.
        latency_samples: per method, in audio samples.
        sample_rate: Hz.
    """
    groups: dict[tuple[str, str, str], list[Timing]] = {}
    for timing in timings:
        if can_be_set(timing.block_size):
            groups.setdefault((timing.device, timing.precision, timing.method), []).append(timing)
    answers = []
    for (device, precision, method), rows in groups.items():
        row, buffer = smallest_buffer(rows, latency_samples[method], host_delay, sample_rate)
        choice = BufferChoice(**vars(buffer), device=device, precision=precision, method=method, artifact=row.artifact)
        answers.append(choice)
    return tuple(answers)


def choose_pair_buffers(
    pairs: Sequence[Pair], latency_samples: Mapping[str, int], ratio: int, sample_rate: int
) -> tuple[PairBufferChoice, ...]:
    """Return the answers for encode and decode in two objects, if a block size was measured that nn~ can be set to.

    Args:
        pairs: of one file, per device, precision, block size and number of threads.
        latency_samples: per method, in audio samples.
        ratio: audio samples per latent frame.
        sample_rate: Hz.
    """
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        if can_be_set(pair.block_size):
            groups.setdefault((pair.encode.device, pair.encode.precision), []).append(pair)
    answers = []
    for (device, precision), measured in groups.items():
        late = latency_samples["encode"] + latency_samples["decode"]
        pair, buffer = smallest_buffer(measured, late, partial(host_delay_of_two, ratio=ratio), sample_rate)
        artifact = pair.encode.artifact
        choice = PairBufferChoice(
            **vars(buffer), device=device, precision=precision, threads=pair.threads, artifact=artifact
        )
        answers.append(choice)
    return tuple(answers)


def smallest_buffer(
    measured: Sequence[R], latency: int, delay: Callable[[int], int], sample_rate: int
) -> tuple[R, Buffer]:
    """Return the smallest block size that holds, as a buffer, with what was measured at it or else came nearest.

    Args:
        measured: in block sizes that nn~ can be set to.
        latency: of the model, in audio samples.
        delay: returns the latency that nn~ adds with a buffer, in audio samples.
        sample_rate: Hz.
    """

    def cost(each: R) -> float:
        return each.load + (WORTH_SETTING if isinstance(each, Pair) and each.threads == 1 else 0)

    smallest = min((each.block_size for each in measured if holds(each)), default=None)
    good = [each for each in measured if each.block_size == smallest and holds(each)]
    best = min(good or measured, key=cost)
    late = latency / sample_rate * 1e3
    waits = None if smallest is None else delay(smallest) / sample_rate * 1e3
    total = None if waits is None else late + waits
    return best, Buffer(smallest, best.load, best.missed_deadlines, late, waits, total)


def can_be_set(size: int) -> bool:
    """Return whether a block size can be a buffer of nn~: a power of two, to which nn~ rounds other sizes up."""
    return size & (size - 1) == 0


def host_delay(buffer: int) -> int:
    """Return the latency that nn~ adds in one object, in audio samples.

    An object hands a full buffer to a thread, and takes the result when the next one is full.
    """
    return 2 * buffer - VECTOR


def host_delay_of_two(buffer: int, ratio: int) -> int:
    """Return the latency that nn~ adds in an encoder's object and a decoder's after it, in audio samples.

    The encoder's object holds a value for as many samples as the grid, and the decoder's object reads the last of
    these. So a value that comes late by less than the grid is still in time. The grid is the ratio, or the greatest
    power of two that divides it. Then the decoder's object takes a latent every ratio / grid values, and a frame is
    late by whole frames. The latency of the file counts the waiting for that in both objects, which happens once.

    Args:
        buffer: of both.
        ratio: audio samples per latent frame.
    """
    late, grid = host_delay(buffer), grid_of(ratio) or ratio
    held = late // grid * grid
    return -(-held // ratio) * ratio - (ratio - grid) + late


def holds(row: Timing | Pair) -> bool:
    """Return whether a row, or both of a pair, hold realtime with headroom."""
    return row.missed_deadlines == 0 and row.load <= 1 - HEADROOM


def could_hold(row: Timing) -> bool:
    """Return whether a row would hold without its slowest blocks."""
    return row.median_ms / row.budget_ms <= 1 - HEADROOM


def no_buffers(streaming: bool, block_sizes: Sequence[int]) -> str | None:
    """Return why no buffer of nn~ can be named for a model, or None if one can.

    Args:
        streaming: whether it keeps state from block to block.
        block_sizes: the sizes that it is measured in.
    """
    if not streaming:
        return "an offline export keeps no state, and is right in no buffer"
    if not any(map(can_be_set, block_sizes)):
        return "buffers are powers of two, and none of these block sizes is one"
    return None
