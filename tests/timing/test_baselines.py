"""The baselines are what they are called: chunks cover the signal once, and equal the offline model inside."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.timing.baselines import CHUNK, OVERLAP, overlap_discard
from tests.models import TINY, offline


@given(frames=st.integers(1, 400), chunk=st.integers(4, 128), overlap=st.integers(0, 60))
def test_every_frame_is_kept_once(frames: int, chunk: int, overlap: int) -> None:
    overlap = min(overlap, chunk - 2) // 2 * 2
    signal = torch.arange(frames, dtype=torch.float32)[None, None]
    longest = 0

    def call(part: Tensor) -> Tensor:
        nonlocal longest
        longest = max(longest, part.shape[2])
        return part.repeat_interleave(3, dim=2)

    joined = overlap_discard(call, signal, chunk, overlap, in_ratio=1, out_ratio=3)
    assert torch.equal(joined, signal.repeat_interleave(3, dim=2))
    assert longest <= chunk


@pytest.mark.parametrize("method", ["encode", "decode"])
def test_chunks_with_enough_context_equal_the_offline_model(method: str) -> None:
    model = offline(TINY)
    frames = 2 * CHUNK - OVERLAP + 37
    given, in_ratio, out_ratio = {
        "encode": (torch.randn(1, 2, frames * 8), 8, 1),
        "decode": (torch.randn(1, 2, frames), 1, 8),
    }[method]
    with torch.inference_mode():
        whole = getattr(model, method)(given)
        # The tiny model's edges reach 17 frames.
        joined = overlap_discard(getattr(model, method), given, CHUNK, 48, in_ratio, out_ratio)
        torch.testing.assert_close(joined, whole, atol=1e-5, rtol=1e-4)
        cropped = overlap_discard(getattr(model, method), given, CHUNK, 2, in_ratio, out_ratio)
    assert (cropped - whole).abs().max() > 1e-3
