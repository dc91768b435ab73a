"""Schedules: in which blocks a signal is streamed when it is compared with the offline model."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from saoctl.vocabulary import ScheduleKind

LONGEST_RANDOM = 2  # times the largest fixed block


@dataclass(frozen=True)
class Schedule:
    """How a signal is cut into blocks, in latent frames.

    Args:
        kind: fixed: blocks of one size. frames: single latent frames. random: blocks of random sizes. whole: all in
            one block. reset: like fixed, after the first half of the signal and a reset. batch: like fixed, for both
            halves of the signal at once.
        block: the size of a block, the largest one where they differ.
        sizes: of all blocks; they add up to the signal.
    """

    kind: ScheduleKind
    block: int
    sizes: tuple[int, ...]

    @property
    def halves(self) -> bool:
        """Whether what is streamed are the halves of the signal, not the signal."""
        return self.kind in ("reset", "batch")


def schedules(
    kinds: Sequence[ScheduleKind], frames: int, blocks: Sequence[int], seed: int, unit: int = 1
) -> list[Schedule]:
    """The schedules for a signal, each of them once. The last block of each may be shorter than any.

    Args:
        kinds: which ones; without `frames` if `unit` is more than 1.
        frames: latent frames of the signal.
        blocks: sizes of fixed blocks, in frames; multiples of `unit`.
        seed: of the random sizes.
        unit: frames, of which all blocks are multiples.
    """
    found: list[Schedule] = []
    for kind in dict.fromkeys(kinds):
        if kind == "fixed":
            found += [Schedule(kind, block, fixed_sizes(frames, block)) for block in dict.fromkeys(blocks)]
        elif kind == "frames" and not any(each.block == 1 for each in found):
            found.append(Schedule(kind, 1, fixed_sizes(frames, 1)))
        elif kind == "random":
            sizes = random_sizes(frames, LONGEST_RANDOM * max(blocks), seed, unit)
            found.append(Schedule(kind, max(sizes), sizes))
        elif kind == "whole":
            found.append(Schedule(kind, frames, (frames,)))
        elif kind in ("reset", "batch"):
            found.append(Schedule(kind, max(blocks), fixed_sizes(half(frames), max(blocks))))
    return found


def half(frames: int) -> int:
    """The frames of each half of a signal; the halves share one if their number is odd."""
    return -(-frames // 2)


def fixed_sizes(frames: int, block: int) -> tuple[int, ...]:
    """Blocks of one size; the last may be shorter."""
    return tuple(min(block, frames - begin) for begin in range(0, frames, block))


def random_sizes(frames: int, longest: int, seed: int, unit: int = 1) -> tuple[int, ...]:
    """Random blocks of `unit` to `longest` frames, short ones more often, the same for the same seed."""
    dice = random.Random(seed)
    sizes: list[int] = []
    while (left := frames - sum(sizes)) > 0:
        sizes.append(min(unit * round((longest / unit) ** dice.random()), left))
    return tuple(sizes)
