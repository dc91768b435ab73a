"""The offline model is timed as it is run without streaming: chunks cover the signal once, and equal it inside."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.bench.offline import CHUNK, OVERLAP, measure, overlap_discard, rows
from tests.architectures import TINY, offline

KINDS = {"offline": 1.0, "overlap": 2.0}  # chunks that are computed


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


def test_factors_and_latencies_are_those_of_a_long_signal_run_live() -> None:
    # A chunk takes a second whatever its method; a frame lasts 10 ms.
    seconds = {(method, kind): [n, n, 9.0] for method in ("encode", "decode") for kind, n in KINDS.items()}
    made = {(each.method, each.kind): each for each in rows("cpu", seconds, 0.01)}
    assert made["encode", "offline"].realtime_factor == pytest.approx(1.28)
    assert made["forward", "offline"].realtime_factor == pytest.approx(0.64)
    # Of 128 frames that are computed 96 are new.
    assert made["decode", "overlap"].realtime_factor == pytest.approx(0.96)
    assert made["forward", "overlap"].realtime_factor == pytest.approx(0.48)
    assert made["encode", "offline"].latency_ms is None
    assert made["encode", "overlap"].latency_ms == pytest.approx((96 + 16) * 10)
    assert made["forward", "overlap"].latency_ms == pytest.approx((96 + 16 + 16) * 10)
    assert {each.runs for each in made.values()} == {3}


def test_the_offline_model_is_timed() -> None:
    made = measure(TINY, "oobleck", "cpu", 1)
    assert [(each.method, each.kind) for each in made] == [
        (method, kind) for method in ("encode", "decode", "forward") for kind in KINDS
    ]
    factors = {(each.method, each.kind): each.realtime_factor for each in made}
    for kind in KINDS:
        parts = 1 / factors["encode", kind] + 1 / factors["decode", kind]
        assert factors["forward", kind] == pytest.approx(1 / parts)
