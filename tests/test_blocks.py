"""Block sizes that a model cannot take are refused with those that it can."""

import pytest

from saoctl.blocks import check_block_sizes
from saoctl.errors import ConfigError


def test_block_sizes_that_are_no_multiple_of_the_ratio_are_refused_with_the_nearest() -> None:
    check_block_sizes([2048, 4096], 2048, "verify.block_sizes")
    with pytest.raises(ConfigError, match=r"5000 samples is no multiple of the model's ratio 2048. Use 4096 or 6144"):
        check_block_sizes([5000], 2048, "verify.block_sizes")
    with pytest.raises(ConfigError, match="Use 2048"):
        check_block_sizes([100], 2048, "bench.block_sizes")
