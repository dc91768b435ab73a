"""Mean and covariance are numpy's, however the vectors are cut into blocks."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from saoctl.basis.moments import Moments


@given(
    size=st.integers(1, 5),
    blocks=st.lists(st.integers(0, 20), min_size=1, max_size=6),
    offset=st.sampled_from([0.0, -3.0, 1e6]),
    seed=st.integers(0, 1000),
)
def test_they_are_numpys_in_any_blocks(size: int, blocks: list[int], offset: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    vectors = torch.randn(size, max(sum(blocks), 1), generator=generator, dtype=torch.float64) + offset
    blocks = blocks if sum(blocks) else [1]
    moments, merged = Moments(size), Moments(size)
    for block in torch.split(vectors, blocks, dim=1):
        moments.add(block)
        other = Moments(size)
        other.add(block)
        merged.merge(other)
    expected = np.cov(vectors.numpy(), bias=True).reshape(size, size)
    for found in (moments, merged):
        assert found.count == vectors.shape[1]
        assert np.allclose(found.mean.numpy(), vectors.mean(1).numpy(), rtol=1e-12, atol=1e-12)
        # Not a digit is lost to a mean that is a million times as large.
        assert np.allclose(found.covariance.numpy(), expected, atol=1e-9)
