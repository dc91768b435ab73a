"""The answer to "what buffer do I set in nn~?": the smallest that holds realtime, and the latency that it brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from saoctl.bench.timing import Pair, Timing

HEADROOM = 0.2  # share of a block's duration that must stay free for the host and for disturbances
VECTOR = 64  # samples; the signal vector of Max and PureData
WORTH_SETTING = 0.05  # share of a block's duration that one thread each must gain before the host is set to it


@dataclass(frozen=True)
class BufferChoice:
    """The smallest measured buffer in which one method of a file holds realtime with headroom on one device.

    It holds if 99 of 100 blocks take at most 80 % of the time that they last, and none takes longer than that time.

    Args:
        device, precision, method: what runs where.
        buffer: the last argument of nn~, a power of two; null if no measured block size holds.
        load: share of a block's duration that 99 of 100 blocks need, at that buffer, or where it comes nearest.
        missed: blocks that took longer than they last there.
        model_latency_ms: latency of the method.
        host_latency_ms: latency of nn~, which hands blocks to a thread and takes them back: twice the buffer less a
            vector.
        total_latency_ms: the sum; with `host_latency_ms` null if no buffer holds.
        artifact: the file.
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
    artifact: Path = Path()


@dataclass(frozen=True)
class PairBufferChoice:
    """The smallest measured buffer in which encode and decode in two objects both hold realtime with headroom.

    Both hold as one alone does, see `BufferChoice`, while the other computes too.

    Args:
        device, precision: where.
        buffer: of both objects; null if no measured block size holds.
        threads: of the CPU, for each of the two; if several numbers hold, one thread only if that is clearly better.
        load: share of a block's duration that 99 of 100 blocks of the busier one need, at that buffer, or where it
            comes nearest.
        missed: blocks of both that took longer than they last there.
        model_latency_ms: latency of encode and then decode.
        host_latency_ms: latency of nn~ in two objects.
        total_latency_ms: the sum; with `host_latency_ms` null if no buffer holds.
        artifact: the file.
    """

    device: str
    precision: str
    buffer: int | None
    threads: int
    load: float
    missed: int
    model_latency_ms: float
    host_latency_ms: float | None
    total_latency_ms: float | None
    artifact: Path = Path()


def choose_buffers(
    timings: Sequence[Timing], latency_samples: Mapping[str, int], sample_rate: int
) -> tuple[BufferChoice, ...]:
    """Return the answer for each method that was measured in a block size that nn~ can be set to.

    Args:
        timings: per device, precision, method and block size.
        latency_samples: per method, in audio samples.
        sample_rate: Hz.
    """
    groups: dict[tuple[str, str, str], list[Timing]] = {}
    for timing in timings:
        if can_be_set(timing.block_size):
            groups.setdefault((timing.device, timing.precision, timing.method), []).append(timing)
    answers = []
    for (device, precision, method), rows in groups.items():
        best = min((row for row in rows if holds(row)), key=lambda row: row.block_size, default=None)
        told = best or min(rows, key=lambda row: row.load)
        late = latency_samples[method] / sample_rate * 1e3
        waits = host_delay(best.block_size) / sample_rate * 1e3 if best else None
        answers.append(
            BufferChoice(
                device=device,
                precision=precision,
                method=method,
                buffer=best.block_size if best else None,
                load=told.load,
                missed=told.missed_deadlines,
                model_latency_ms=late,
                host_latency_ms=waits,
                total_latency_ms=None if waits is None else late + waits,
                artifact=told.artifact,
            )
        )
    return tuple(answers)


def choose_pair_buffers(
    pairs: Sequence[Pair], latency_samples: Mapping[str, int], ratio: int, sample_rate: int
) -> tuple[PairBufferChoice, ...]:
    """Return the answers for encode and decode in two objects, if a block size was measured that nn~ can be set to.

    Args:
        pairs: per device, precision, block size and number of threads.
        latency_samples: per method, in audio samples.
        ratio: audio samples per latent frame.
        sample_rate: Hz.
    """
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        if can_be_set(pair.encode.block_size):
            groups.setdefault((pair.encode.device, pair.encode.precision), []).append(pair)
    late = (latency_samples["encode"] + latency_samples["decode"]) / sample_rate * 1e3
    answers = []
    for (device, precision), measured in groups.items():
        smallest = min((pair.encode.block_size for pair in measured if pair_holds(pair)), default=None)
        good = [pair for pair in measured if pair.encode.block_size == smallest and pair_holds(pair)]
        told = min(good or measured, key=lambda pair: _pair_load(pair) + (WORTH_SETTING if pair.threads == 1 else 0))
        waits = None if smallest is None else host_delay_of_two(smallest, ratio) / sample_rate * 1e3
        answers.append(
            PairBufferChoice(
                device=device,
                precision=precision,
                buffer=smallest,
                threads=told.threads,
                load=_pair_load(told),
                missed=sum(row.missed_deadlines for row in told.rows),
                model_latency_ms=late,
                host_latency_ms=waits,
                total_latency_ms=None if waits is None else late + waits,
                artifact=told.encode.artifact,
            )
        )
    return tuple(answers)


def pair_holds(pair: Pair) -> bool:
    """Return whether both methods hold realtime with headroom at once."""
    return all(holds(row) for row in pair.rows)


def _pair_load(pair: Pair) -> float:
    return max(row.load for row in pair.rows)


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

    The encoder's object holds a latent frame for as many samples as the ratio, and the decoder's object reads the last
    of these. So a frame that comes late by less than a frame is still in time.

    Args:
        buffer: of both.
        ratio: audio samples per latent frame.
    """
    late = host_delay(buffer)
    return late // ratio * ratio + late


def holds(row: Timing) -> bool:
    """Return whether a row holds realtime with headroom."""
    return row.missed_deadlines == 0 and row.load <= 1 - HEADROOM


def could_hold(row: Timing) -> bool:
    """Return whether a row would hold without its slowest blocks."""
    return row.median_ms / row.budget_ms <= 1 - HEADROOM


def no_buffers(streaming: bool, ratio: int, block_sizes: Sequence[int]) -> str | None:
    """Return why no buffer of nn~ can be named for a model, or None if one can.

    Args:
        streaming: whether it keeps state from block to block.
        ratio: audio samples per latent frame.
        block_sizes: the sizes that it is measured in.
    """
    if not streaming:
        return "an offline export keeps no state, and is right in no buffer"
    if ratio & (ratio - 1):
        return f"buffers are powers of two, and none is a multiple of this model's ratio {ratio}"
    if not any(map(can_be_set, block_sizes)):
        return "buffers are powers of two, and none of these block sizes is one"
    return None
