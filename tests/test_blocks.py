"""Block sizes are whole numbers of latent frames, or of a file's blocks: others are refused, the usual ones adapt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saoctl.blocks import block_sizes, block_sizes_of_file
from saoctl.errors import ConfigError

USUAL = (2048, 4096, 8192, 16384)


def test_block_sizes_that_are_no_multiple_of_the_ratio_are_refused_with_the_nearest() -> None:
    assert block_sizes([2048, 4096, 2048], USUAL, 2048, "verify.block_sizes") == [2048, 4096]
    with pytest.raises(ConfigError, match=r"5000 samples is no multiple of the model's ratio 2048. Use 4096 or 6144"):
        block_sizes([5000], USUAL, 2048, "verify.block_sizes")
    with pytest.raises(ConfigError, match="Use 2048"):
        block_sizes([100], USUAL, 2048, "bench.block_sizes")


def test_the_usual_sizes_are_those_of_before_for_stable_audio_open() -> None:
    assert block_sizes(None, USUAL, 2048, "bench.block_sizes") == list(USUAL)


@given(ratio=st.integers(1, 50_000))
def test_without_a_choice_every_ratio_has_the_largest_sizes_up_to_the_usual_ones(ratio: int) -> None:
    sizes = block_sizes(None, USUAL, ratio, "bench.block_sizes")
    assert sizes == sorted(set(sizes))
    assert all(size % ratio == 0 for size in sizes)
    for usual in USUAL:
        assert max((size for size in sizes if size <= usual), default=ratio) > usual - ratio


def test_a_file_whose_blocks_have_one_size_takes_its_multiples_and_the_usual_sizes_adapt() -> None:
    assert block_sizes_of_file([2048, 4096, 8192], USUAL, 1024, 4096, "verify.block_sizes") == ([4096, 8192], [2048])
    assert block_sizes_of_file([2048], USUAL, 1024, None, "verify.block_sizes") == ([2048], [])
    assert block_sizes_of_file(None, USUAL, 1024, 3072, "verify.block_sizes") == ([3072, 6144, 15360], [])
    with pytest.raises(ConfigError, match=r"bench\.block_sizes: the file takes blocks of 4096 samples, not of 2048"):
        block_sizes_of_file([2048], USUAL, 1024, 4096, "bench.block_sizes")
    with pytest.raises(ConfigError, match="no multiple of the model's ratio 1024"):
        block_sizes_of_file([2048, 4095], USUAL, 1024, 4096, "bench.block_sizes")
