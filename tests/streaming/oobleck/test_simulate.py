"""What a stream with less lookahead is judged by: it needs no more of the past than it is given."""

import pytest
import torch

from saoctl.streaming.oobleck.lookahead import context_frames, most_lookahead
from saoctl.streaming.oobleck.simulate import simulate
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Method
from tests.architectures import TINY, WIDE, judge

FLOAT64_SNR_DB = 200.0


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("architecture", [TINY, WIDE], ids=["tiny", "wide"])
def test_the_near_past_is_enough(architecture: type, method: Method) -> None:
    reference = judge(architecture, dtype=torch.float64)  # type: ignore[arg-type]
    most = most_lookahead(architecture)  # type: ignore[arg-type]
    aheads: dict[Method, list[int]] = {method: [getattr(most, method) // 2]}
    frames = [1, 5, 2] * 20
    given = torch.randn(1, 2, sum(frames) * architecture.ratio, dtype=torch.float64)  # type: ignore[attr-defined]
    if method == "decode":
        given = torch.randn(1, architecture.latent_dim, sum(frames), dtype=torch.float64)  # type: ignore[attr-defined]
    enough = context_frames(architecture)  # type: ignore[arg-type]
    near, whole = (
        simulate(reference, architecture, aheads, given, frames, context)[method][0]  # type: ignore[arg-type]
        for context in (enough, sum(frames))
    )
    assert enough < sum(frames)
    assert snr_db(whole, near) >= FLOAT64_SNR_DB


@pytest.mark.slow
def test_with_all_of_the_lookahead_it_is_the_offline_output() -> None:
    reference = judge(WIDE, dtype=torch.float64)
    most = most_lookahead(WIDE)
    audio = torch.randn(1, 2, 60 * WIDE.ratio, dtype=torch.float64)
    expected = reference.decode(reference.encode(audio))
    aheads: dict[Method, list[int]] = {"forward": [most.forward]}
    (found,) = simulate(reference, WIDE, aheads, audio, [3] * 20, context_frames(WIDE))["forward"]
    assert snr_db(expected, found) >= FLOAT64_SNR_DB
