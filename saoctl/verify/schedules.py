"""Schedules: the blocks in which a signal is streamed when it is compared with the offline model."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from saoctl.vocabulary import ScheduleKind

LONGEST_RANDOM = 2  # times the largest fixed block


@dataclass(frozen=True)
class Schedule:
    """How a signal is cut into blocks, in steps: a latent frame is one step, unless the file holds latents for several.

    Args:
        kind: fixed: blocks of one size. frames: single latent frames. random: blocks of random sizes. whole: all in
            one block. reset: like fixed, after the first half of the signal and a reset. batch: like fixed, for both
            halves of the signal at once.
        block: the size of a block, or of the largest if they differ.
        sizes: the sizes of all blocks; they add up to the length of the signal.
    """

    kind: ScheduleKind
    block: int
    sizes: tuple[int, ...]

    @property
    def halves(self) -> bool:
        """Whether the halves of the signal are streamed, and not the whole."""
        return self.kind in ("reset", "batch")


def schedules(
    kinds: Sequence[ScheduleKind], frames: int, blocks: Sequence[int], seed: int, unit: int = 1, hold: int = 1
) -> list[Schedule]:
    """Return the schedules for a signal, each of them once. The last block of each may be shorter than the others.

    Args:
        kinds: the kinds of schedule; `frames` is not among them if `unit` is more than 1.
        frames: the length of the signal in latent frames.
        blocks: the sizes of fixed blocks, in steps; they are multiples of `unit`.
        seed: the seed of the random sizes.
        unit: all blocks but the last are multiples of this number of steps.
        hold: steps of a latent frame.
    """
    found: list[Schedule] = []
    steps = frames * hold
    for kind in dict.fromkeys(kinds):
        if kind == "fixed":
            found += [Schedule(kind, block, fixed_sizes(steps, block)) for block in dict.fromkeys(blocks)]
        elif kind == "frames" and not any(each.block == hold for each in found):
            found.append(Schedule(kind, hold, fixed_sizes(steps, hold)))
        elif kind == "random":
            sizes = random_sizes(steps, LONGEST_RANDOM * max(blocks), seed, unit)
            found.append(Schedule(kind, max(sizes), sizes))
        elif kind == "whole":
            found.append(Schedule(kind, steps, (steps,)))
        elif kind in ("reset", "batch"):
            found.append(Schedule(kind, max(blocks), fixed_sizes(half(frames) * hold, max(blocks))))
    return found


def half(frames: int) -> int:
    """Return the frames of each half of a signal; if their number is odd, both halves have the middle frame."""
    return -(-frames // 2)


def fixed_sizes(steps: int, block: int) -> tuple[int, ...]:
    """Return blocks of one size; the last may be shorter."""
    return tuple(min(block, steps - begin) for begin in range(0, steps, block))


def random_sizes(steps: int, longest: int, seed: int, unit: int = 1) -> tuple[int, ...]:
    """Return blocks of random sizes from `unit` to `longest` steps; short ones are more frequent."""
    dice = random.Random(seed)
    sizes: list[int] = []
    while (left := steps - sum(sizes)) > 0:
        sizes.append(min(unit * round((longest / unit) ** dice.random()), left))
    return tuple(sizes)
