"""Every schedule covers the signal exactly, and the random one can be had again."""

from hypothesis import given
from hypothesis import strategies as st

from saoctl.verify.schedules import half, random_sizes, schedules

KINDS = ("fixed", "frames", "random", "whole", "reset", "batch")


BLOCKS = st.lists(st.integers(1, 40), min_size=1, max_size=4)


@given(frames=st.integers(1, 500), blocks=BLOCKS, seed=st.integers(0, 99))
def test_the_blocks_of_every_schedule_add_up_to_what_is_streamed(frames: int, blocks: list[int], seed: int) -> None:
    made = schedules(KINDS, frames, blocks, seed)
    assert [each.kind for each in made if each.kind != "fixed"] == [
        k for k in KINDS[1:] if k != "frames" or 1 not in blocks
    ]
    for each in made:
        assert sum(each.sizes) == (half(frames) if each.halves else frames)
        assert 0 < min(each.sizes) <= max(each.sizes) <= each.block


@given(frames=st.integers(1, 500), blocks=BLOCKS, seed=st.integers(0, 99), unit=st.integers(2, 7))
def test_all_blocks_but_the_last_are_multiples_of_the_files_own(
    frames: int, blocks: list[int], seed: int, unit: int
) -> None:
    kinds = [kind for kind in KINDS if kind != "frames"]
    for each in schedules(kinds, frames, [unit * block for block in blocks], seed, unit):
        assert sum(each.sizes) == (half(frames) if each.halves else frames)
        assert each.kind == "whole" or not any(size % unit for size in each.sizes[:-1])


def test_single_frames_are_not_streamed_twice() -> None:
    assert [each.kind for each in schedules(("fixed", "frames"), 9, [1, 4], 0)] == ["fixed", "fixed"]
    assert [each.kind for each in schedules(("fixed", "frames"), 9, [4], 0)] == ["fixed", "frames"]


def test_random_sizes_are_those_of_the_seed_and_of_many_lengths() -> None:
    assert random_sizes(500, 16, 1) == random_sizes(500, 16, 1)
    assert random_sizes(500, 16, 1) != random_sizes(500, 16, 2)
    assert set(random_sizes(500, 16, 1)) >= {1, 2, 3, 4, 8, 16}
    assert random_sizes(1500, 48, 1, unit=3) == tuple(3 * size for size in random_sizes(500, 16, 1))
