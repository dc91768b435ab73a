"""A comparison says when its audio was not enough to tell a right file from a wrong one."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from saoctl import audio
from saoctl.formats.format import Capabilities
from saoctl.verify.caveats import SOUND, Caveat, find_caveats, receptive_field
from saoctl.verify.measure import Facts, measure
from saoctl.verify.schedules import Schedule, schedules
from saoctl.verify.stream import Case
from saoctl.vocabulary import Method
from tests.architectures import TINY

RATIO, FIELD = TINY.ratio, receptive_field(TINY)
LONG = 4 * FIELD  # frames


def noise(frames: int = LONG) -> Tensor:
    """Sound in both channels."""
    return 0.3 * torch.randn(2, frames * RATIO, generator=torch.Generator().manual_seed(0))


def compared(method: Method, signal: Tensor, begins: tuple[int, ...] = (0,), frames: int | None = None) -> Facts:
    """A comparison of some frames, from some frames on."""
    count = signal.shape[1] // RATIO if frames is None else frames
    output = torch.zeros(len(begins), 2, count if method == "encode" else count * RATIO)
    case = Case(TINY, method, Schedule("whole", count, (count,)), signal, output, begins=begins)
    return measure(case, output, Capabilities({}), 100.0, 0)


def found(signal: Tensor, *measured: Facts, block: int = 8) -> tuple[Caveat, ...]:
    """The caveats of audio that was compared, all of it if nothing else is said."""
    chosen = schedules(("fixed", "whole"), signal.shape[1] // RATIO, [block], seed=0)
    return find_caveats(signal, TINY, measured or [compared("forward", signal)], chosen)


def kinds(signal: Tensor, *measured: Facts, block: int = 8) -> list[str]:
    return [caveat.kind for caveat in found(signal, *measured, block=block)]


def pulse(frames: int) -> Tensor:
    """Silence with some frames of sound in its middle."""
    signal = torch.zeros(2, LONG * RATIO)
    signal[:, FIELD * RATIO : (FIELD + frames) * RATIO] = noise(frames)
    return signal


def test_as_much_sound_as_the_receptive_field_is_enough() -> None:
    assert kinds(noise(FIELD)) == []
    assert kinds(pulse(FIELD)) == []
    assert kinds(audio.test_signal(TINY.sample_rate, 2, 0.25)[:, : 250 * RATIO]) == []


@pytest.mark.parametrize(
    ("signal", "kind", "words"),
    [
        (torch.zeros(2, LONG * RATIO), "silent", "0.29 s of audio that were compared are silent"),
        (noise() * SOUND / 10, "silent", "no sample is louder than -70 dBFS"),
        (torch.full((2, LONG * RATIO), 0.3), "constant", "are constant"),
        (noise(1), "short", "only 0.001 s of audio were compared"),
        (noise(FIELD - 1), "short", "shorter than the model's receptive field"),
        (pulse(FIELD - 1), "short", "of the 0.29 s of audio that were compared, only 0.072 s are sound"),
    ],
    ids=["silence", "dither", "constant", "one frame", "a frame too short", "mostly silence"],
)
def test_audio_that_proves_too_little_is_named_with_what_is_enough(signal: Tensor, kind: str, words: str) -> None:
    (caveat,) = found(signal)
    assert caveat.kind == kind
    assert words in caveat.message
    assert "give at least 0.08 s of sound" in caveat.message


def test_constant_audio_is_constant_whatever_padding_leaves_at_its_ends() -> None:
    signal = torch.full((2, LONG * RATIO), 0.3)
    signal[:, -3:] = 0
    assert kinds(signal) == ["constant"]


def test_pauses_between_sounds_are_sound_if_they_are_no_longer_than_the_receptive_field() -> None:
    beats = torch.zeros(2, LONG * RATIO)
    beats[:, :: FIELD // 2 * RATIO] = torch.tensor([[0.9], [0.5]])
    assert kinds(beats) == []
    far = torch.zeros(2, LONG * RATIO)
    far[:, 0] = far[:, -1] = torch.tensor([0.9, 0.5])
    assert kinds(far) == ["short"]


def silent_until(frame: int) -> Tensor:
    signal = noise()
    signal[:, : frame * RATIO] = 0
    return signal


def test_what_counts_is_the_part_that_is_compared() -> None:
    late = silent_until(LONG // 2)
    assert kinds(late) == []
    # A file that cannot flush, whose last frames are not compared.
    assert kinds(late, compared("encode", late), compared("decode", late, frames=LONG // 2)) == ["silent"]
    assert kinds(late, compared("decode", late, frames=LONG // 2 + 9)) == ["short"]
    # The reset schedule alone, which compares the second half.
    second = LONG // 2
    assert kinds(late, compared("encode", late, (second,), LONG - second)) == []
    early = late.flip(1)
    assert kinds(early, compared("encode", early, (second,), LONG - second)) == ["silent"]
    assert kinds(early, compared("decode", early, (0, second), second)) == []


def with_silent_channel(value: float) -> Callable[[Tensor], Tensor]:
    return lambda signal: torch.stack((signal[0], torch.full_like(signal[1], value)))


@pytest.mark.parametrize("value", [0.0, 0.3], ids=["silent", "constant"])
def test_a_channel_without_sound_is_named(value: float) -> None:
    (caveat,) = found(with_silent_channel(value)(noise()))
    assert caveat.kind == "channel"
    assert caveat.message.startswith("channel 2 of the audio is silent or constant")


def test_mono_audio_cannot_tell_swapped_channels() -> None:
    signal = noise()
    (caveat,) = found(signal[:1].repeat(2, 1))
    assert caveat.kind == "mono"
    assert "channels 1 and 2 of the audio are alike" in caveat.message
    assert kinds(torch.stack((signal[0], 0.5 * signal[0]))) == []
    assert kinds(torch.zeros(2, LONG * RATIO)) == ["silent"]  # of which mono goes without saying


def test_audio_that_no_schedule_cuts_proves_nothing_of_block_borders() -> None:
    assert kinds(noise(), block=LONG) == ["one block"]
    assert kinds(noise(), block=LONG - 1) == []
    whole = schedules(("whole",), LONG, [8], seed=0)  # who asks for one block gets one
    assert find_caveats(noise(), TINY, [compared("forward", noise())], whole) == ()
