"""What only trained weights can tell: the demo's model on the demo's sound."""

from pathlib import Path

import pytest
import torch

import saoctl
from saoctl import audio

DEMO = Path(__file__).parents[1] / "configs" / "demo.flac"
BLOCK = 4096
NEAR = 20_000  # samples that a change of the latents takes to pass through the decoder, and to look at before it
SHORT = 16  # samples of a click
FIRST = 9  # block that is played as before the change


@pytest.mark.parametrize("change", [18, 22, 26])
@pytest.mark.parametrize(
    ("setter", "before", "after"),
    [
        ("set_scale", 1.0, 0.0),
        ("set_scale", 1.0, 2.0),
        ("set_scale", 1.0, -1.0),
        ("set_freeze", 0, 1),
        ("set_freeze", 1, 0),
    ],
)
def test_a_jump_of_an_attribute_between_two_blocks_does_not_click(
    setter: str, before: float, after: float, change: int
) -> None:
    """The decoder fades by itself: nothing is rougher than the sound as it was, or would have been, or is then."""
    signal = audio.to_whole_frames(audio.read(DEMO, 44100, 2, seconds=4.0), BLOCK)[None]
    stream = saoctl.load("demo")
    controls = stream._artifact.module.model.controls  # type: ignore[attr-defined]

    def streamed(change: int) -> torch.Tensor:
        parts = []
        assert controls.set_freeze(0)
        assert controls.set_scale(1.0)
        for number, block in enumerate(signal.split(BLOCK, dim=2)):
            if number in (FIRST, change):
                assert getattr(controls, setter)(before if number == FIRST else after)
            parts.append(stream(block))
        return torch.cat([*parts, stream.flush_forward()], dim=2)[0, :, stream.latency["forward"] :]

    unchanged, changed = streamed(-1), streamed(change)
    begin = int(((changed - unchanged).abs().amax(0) > 1e-6).nonzero()[0])
    assert begin > NEAR

    def roughest(sound: torch.Tensor, first: int) -> float:
        second = sound[:, first : first + NEAR].double().diff(n=2).square().mean(0)
        return second.unfold(0, SHORT, SHORT).mean(1).max().item()

    others = roughest(unchanged, begin - NEAR), roughest(unchanged, begin), roughest(changed, begin + NEAR)
    assert roughest(changed, begin) <= 1.1 * max(others)
