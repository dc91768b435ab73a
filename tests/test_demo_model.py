"""What only trained weights can tell: the demo's model on the demo's sound."""

import functools
import math
import re
from pathlib import Path

import pytest
import torch

import saoctl
from saoctl import audio, config
from saoctl.formats import export
from saoctl.formats.nn_tilde import NnTilde
from saoctl.progress import Silent
from saoctl.weights.source import find
from tests.examples import FACTOR

DEMO = Path(__file__).parents[1] / "configs" / "demo.flac"
RATE = 44100  # Hz
ONSET = 0.05  # seconds of silence before the first note
BLOCK = 4096
NEAR = 20_000  # samples that a change of the latents takes to pass through the decoder, and to look at before it
SHORT = 16  # samples of a click
FIRST = 9  # block that is played as before the change

pytestmark = pytest.mark.slow


@functools.cache
def demo() -> NnTilde:
    """Return the demo's model as a host has it."""
    loaded = config.load("demo")
    return export.build_from_weights(loaded, find(loaded.model, Silent()), torch.device("cpu"), Silent())[0]


@functools.cache
@torch.inference_mode()
def streamed(setter: str, before: float, after: float, change: int) -> torch.Tensor:
    """Return the demo's sound [2, T] through its model, with an attribute set at a block and again at another.

    Args:
        setter: of the attribute.
        before: its value from the block FIRST on.
        after: its value from the block `change` on.
        change: the number of a block.
    """
    host, parts = demo(), []
    host.reset()
    assert (host.set_noise(0.0), host.set_freeze(0), host.set_latent_scale(1.0)) == (0, 0, 0)
    signal = audio.to_whole_frames(audio.read(DEMO, RATE, 2, seconds=3.2), BLOCK)[None]
    for number, block in enumerate(signal.split(BLOCK, dim=2)):
        for value, begin in ((before, FIRST), (after, change)):
            assert number != begin or getattr(host, setter)(value) == 0
        parts.append(host(block).clone())
    late = export.latency_samples(host)["forward"]
    return torch.cat([*parts, host.flush_forward()], dim=2)[0, :, late:]


@pytest.mark.parametrize("change", [18] if FACTOR == 1 else [18, 22])
@pytest.mark.parametrize(
    ("setter", "before", "after"),
    [
        ("set_latent_scale", 1.0, 0.0),
        ("set_latent_scale", 1.0, 2.0),
        ("set_latent_scale", 1.0, -1.0),
        ("set_freeze", 0, 1),
        ("set_freeze", 1, 0),
    ],
)
def test_a_jump_of_an_attribute_between_two_blocks_does_not_click(
    setter: str, before: float, after: float, change: int
) -> None:
    """The decoder fades by itself: nothing is rougher than the sound as it was, or would have been, or is then."""
    unchanged, changed = streamed(setter, before, before, FIRST), streamed(setter, before, after, change)
    begin = int(((changed - unchanged).abs().amax(0) > 1e-6).nonzero()[0])
    assert begin > NEAR

    def roughest(sound: torch.Tensor, first: int) -> float:
        second = sound[:, first : first + NEAR].double().diff(n=2).square().mean(0)
        return second.unfold(0, SHORT, SHORT).mean(1).max().item()

    others = roughest(unchanged, begin - NEAR), roughest(unchanged, begin), roughest(changed, begin + NEAR)
    assert roughest(changed, begin) <= 1.1 * max(others)


def decibels(power: torch.Tensor, reference: torch.Tensor | float = 1.0) -> float:
    """Of two powers."""
    return 10 * math.log10(power.item() / float(reference))


def power(sound: torch.Tensor) -> torch.Tensor:
    """The mean power."""
    return sound.square().mean()


def width(sound: torch.Tensor) -> float:
    """The power of the side against that of mid, in dB, of [2, T]."""
    return decibels(power(sound[0] - sound[1]), power(sound[0] + sound[1]))


def band(sound: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """The power from one frequency to another, times a constant."""
    spectrum = torch.fft.rfft(sound).abs().square().sum(0)
    frequencies = torch.fft.rfftfreq(sound.shape[1], 1 / RATE)
    return spectrum[(frequencies >= low) & (frequencies < high)].sum()


def test_what_its_page_says_that_it_does_to_a_sound_is_measured() -> None:
    page = (DEMO.parent / "demo" / "README.md").read_text()
    said = {
        name: [int(number) for number in re.findall(r"(-?\d+) dB", values)]
        for name, values in re.findall(r"^\| ([^|]+?) \|(.*dB.*)\|$", page, re.MULTILINE)
    }
    sound = audio.read(DEMO, RATE, 2, seconds=10)
    stream = saoctl.load("demo")
    late = stream.latency["forward"]
    blocks = audio.to_whole_frames(sound, BLOCK)[None].split(BLOCK, dim=2)
    through = torch.cat([*map(stream, blocks), stream.flush_forward()], dim=2)[0, :, late : late + sound.shape[1]]
    sound, through = sound.double(), through.double()
    measured = {"side against mid": [width(sound), width(through)]}
    for name, low, high in (
        ("20 Hz to 1 kHz, against `demo.flac`", 20, 1000),
        ("1 to 4 kHz", 1000, 4000),
        ("4 to 14 kHz", 4000, 14_000),
    ):
        measured[name] = [0.0, decibels(band(through, low, high), band(sound, low, high))]
    before = round(ONSET * RATE)
    assert not sound[:, :before].any()
    measured["the 50 ms before the first note"] = [decibels(power(through[:, :before]))]
    assert said.keys() == measured.keys()
    for name, values in measured.items():
        assert values == pytest.approx(said[name], abs=0.6), name  # rounded to whole decibels
