"""Every schedule covers the signal exactly, and the random one can be had again."""

from hypothesis import given
from hypothesis import strategies as st

from saoctl.verify.schedules import half, random_sizes, schedules

KINDS = ("fixed", "frames", "random", "whole", "reset", "batch")


@given(frames=st.integers(1, 500), blocks=st.lists(st.integers(1, 40), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_the_blocks_of_every_schedule_add_up_to_what_is_streamed(frames: int, blocks: list[int], seed: int) -> None:
    made = schedules(KINDS, frames, blocks, seed)
    assert [each.kind for each in made if each.kind != "fixed"] == [
        k for k in KINDS[1:] if k != "frames" or 1 not in blocks
    ]
    for each in made:
        assert sum(each.sizes) == (half(frames) if each.halves else frames)
        assert 0 < min(each.sizes) <= max(each.sizes) <= each.block


def test_single_frames_are_not_streamed_twice() -> None:
    assert [each.kind for each in schedules(("fixed", "frames"), 9, [1, 4], 0)] == ["fixed", "fixed"]
    assert [each.kind for each in schedules(("fixed", "frames"), 9, [4], 0)] == ["fixed", "frames"]


def test_random_sizes_are_those_of_the_seed_and_of_many_lengths() -> None:
    assert random_sizes(500, 16, 1) == random_sizes(500, 16, 1)
    assert random_sizes(500, 16, 1) != random_sizes(500, 16, 2)
    assert set(random_sizes(500, 16, 1)) >= {1, 2, 3, 4, 8, 16}
