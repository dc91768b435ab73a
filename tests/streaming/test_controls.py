"""Latents that are frozen, bent, slowed down and varied are what was promised, in every form, however they are cut."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.build import build
from saoctl.streaming.controls import MAX_GLIDE, MAX_REST
from saoctl.streaming.noise import normal_at
from saoctl.streaming.oobleck.dial import OobleckDial
from saoctl.streaming.oobleck.lookahead import most_lookahead
from saoctl.streaming.stream import Stream
from saoctl.verify.tolerance import Tolerance
from tests.architectures import TINY, architectures, judge, offline, stream
from tests.examples import examples
from tests.played import Player, Settings, given_to_the_decoder
from tests.streaming.test_directions import random_basis

BOUND = 100.0
FRAME_MS = TINY.ratio / TINY.sample_rate * 1e3


def moves(channels: int) -> st.SearchStrategy[tuple[int, Settings]]:
    """A block of so many frames and the settings that it is played with."""

    def settled(numbers: list[float], freeze: int, glide: float) -> Settings:
        return Settings(torch.tensor(numbers[:channels]), torch.tensor(numbers[channels:]), freeze, glide)

    numbers = st.lists(st.floats(-2, 2, width=16), min_size=2 * channels, max_size=2 * channels)
    glides = st.one_of(st.just(0.0), st.floats(1, 5000))
    return st.tuples(st.integers(1, 9), st.builds(settled, numbers, st.integers(0, 1), glides))


def play(model: Stream, chosen: Settings) -> None:
    controls = model.controls
    for channel in range(controls.channels):
        assert controls.set_channel(channel + 1, float(chosen.scale[channel]), float(chosen.bias[channel]))
    assert controls.set_freeze(chosen.freeze)
    assert controls.set_glide(chosen.glide)


@pytest.mark.slow
@examples(15)
@given(data=st.data(), architecture=architectures(), form=st.sampled_from(["exact", "lookahead", "offline"]))
def test_decode_and_forward_play_latents_as_promised(
    data: st.DataObject, architecture: OobleckArchitecture, form: str
) -> None:
    channels, ratio = architecture.latent_dim, architecture.ratio
    lookahead = most_lookahead(architecture).described if form == "lookahead" else None
    model = build(offline(architecture), "float32", form != "offline", lookahead)
    exact, rounded = judge(architecture, dtype=torch.float64), judge(architecture)
    chosen = data.draw(st.lists(moves(channels), min_size=1, max_size=6))
    if form == "offline":  # each block is a signal, so one is enough
        chosen = chosen[:1]
    total = sum(size for size, _ in chosen)
    generator = torch.Generator().manual_seed(total)
    audio = 0.3 * torch.randn(1, architecture.audio_channels, total * ratio, generator=generator)
    latents = torch.randn(1, channels, total, generator=generator)
    by_frame = [each for size, each in chosen for _ in range(size)]
    late = model.latency_encode // ratio
    # `forward` plays a frame when it comes out of the encoder, which is late.
    later = (by_frame + [by_frame[-1]] * late)[late:]
    frame_ms = ratio / architecture.sample_rate * 1e3
    played = Player(frame_ms).frames(latents, by_frame)
    through = Player(frame_ms).frames(exact.encode(audio.double()), later)
    through_rounded = Player(frame_ms).frames(rounded.encode(audio).double(), later)
    due = {"decode": (latents, played, played), "forward": (audio, through, through_rounded)}
    for method, (signal, expected, single) in due.items():
        blocks, came = signal.split([size * (1 if method == "decode" else ratio) for size, _ in chosen], dim=2), []
        for block, (_, each) in zip(blocks, chosen, strict=True):
            play(model, each)
            came.append(model(block) if method == "forward" else model.decode(block))
        came.append(getattr(model, f"flush_{method}")())
        sound = torch.cat(came, dim=2)[:, :, getattr(model, f"latency_{method}") :]
        truth, own = exact.decode(expected), rounded.decode(single.float()).double()
        sound, truth, own = (each[:, :, : min(sound.shape[2], truth.shape[2])] for each in (sound, truth, own))
        tolerance = Tolerance(BOUND, ratio, own - truth)
        assert tolerance.holds(truth, sound), (method, tolerance.snr_db(truth, sound))


def test_a_jump_arrives_in_the_time_of_the_glide() -> None:
    model = build(offline(TINY), "float32")
    assert model.controls.set_glide(10 * FRAME_MS)
    jump = torch.ones(1, 2, 30)
    came = given_to_the_decoder(model, jump, [7, 23])[0, :, 0]
    assert came[9].item() == pytest.approx(0.95, abs=1e-6)
    assert (came.diff() > 0).all()


def test_what_was_no_number_does_not_stay() -> None:
    model = build(offline(TINY), "float32")
    assert model.controls.set_glide(10 * FRAME_MS)
    given_to_the_decoder(model, torch.full((1, 2, 4), math.nan), [4])
    came = given_to_the_decoder(model, torch.ones(1, 2, 30), [30])[0, :, 0]
    assert came[9].item() == pytest.approx(0.95, abs=1e-6)


def test_in_low_precision_slow_latents_do_not_get_stuck() -> None:
    model = build(offline(TINY), "bfloat16")
    assert model.controls.set_glide(1000 * FRAME_MS)
    came = given_to_the_decoder(model, torch.ones(1, 2, 1000).bfloat16(), [10] * 100)[0, :, 0]
    assert came[-1].item() == pytest.approx(0.95, abs=0.005)


def test_what_is_frozen_can_be_bent_and_goes_on_when_it_is_let_go() -> None:
    model = build(offline(TINY), "float32")
    latents = torch.randn(1, 2, 12, generator=torch.Generator().manual_seed(0))
    live = given_to_the_decoder(model, latents[:, :, :4], [4])
    assert model.controls.set_freeze(1)
    assert model.controls.set_scale(2.0)
    frozen = given_to_the_decoder(model, latents[:, :, 4:8], [1, 3])
    assert torch.equal(frozen, 2 * live[:, -1:].expand(-1, 4, -1))
    assert model.controls.set_freeze(0)
    assert model.controls.set_scale(1.0)
    assert torch.equal(given_to_the_decoder(model, latents[:, :, 8:], [4]), latents[:, :, 8:].transpose(1, 2))


@pytest.mark.parametrize("form", ["exact", "lookahead", "offline"])
def test_a_reset_forgets_what_is_held(form: str) -> None:
    lookahead = most_lookahead(TINY).described if form == "lookahead" else None
    model = build(offline(TINY), "float32", form != "offline", lookahead)
    model.noise = 0.0
    assert model.controls.set_glide(500.0)
    blocks = torch.randn(1, 2, 40 * TINY.ratio, generator=torch.Generator().manual_seed(0)).split(8 * TINY.ratio, dim=2)
    first = [model(block) for block in blocks]
    model.reset()
    again = [model(block) for block in blocks]
    assert all(torch.equal(*each) for each in zip(first, again, strict=True))


def test_less_lookahead_freezes_the_newest_latents_and_stays_there() -> None:
    lookahead = OobleckDial().choose(TINY, 20.0)
    model = build(offline(TINY), "float32", lookahead=lookahead)
    model.noise = 0.0
    audio = 0.3 * torch.randn(1, 2, 200 * TINY.ratio, generator=torch.Generator().manual_seed(0))
    model(audio[:, :, : 100 * TINY.ratio])
    assert model.controls.set_freeze(1)
    held = torch.cat([model(block) for block in audio[:, :, 100 * TINY.ratio :].split(10 * TINY.ratio, dim=2)], dim=2)
    # Once the decoder has nothing else in sight, each frame sounds as the one before.
    steady = held[0, :, -20 * TINY.ratio :].unfold(1, TINY.ratio, TINY.ratio)
    assert torch.allclose(steady, steady[:, :1], atol=1e-5)
    assert steady.std() > 1e-3


class TestRest:
    """The directions that are not played."""

    def latents(self, rest: float, sizes: list[int], glide: float = 0.0, count: int = 1) -> Tensor:
        basis = random_basis(6, count, 0)
        architecture = TINY.model_copy(update={"latent_dim": 6})
        model = build(offline(architecture), "float32", basis=basis)
        assert model.controls.set_rest(rest)
        assert model.controls.set_glide(glide)
        came = given_to_the_decoder(model, torch.zeros(1, count, sum(sizes)), sizes)[0].double()
        return (came - basis.mean) @ basis.directions.T / basis.spread

    def test_they_stay_at_the_mean_at_first(self) -> None:
        assert self.latents(0.0, [50]).abs().max() < 1e-5

    @pytest.mark.slow
    @pytest.mark.parametrize("glide", [0.0, 3 * FRAME_MS])
    def test_at_1_they_vary_as_in_the_sounds_and_those_played_do_not(self, glide: float) -> None:
        count = 40_000
        came = self.latents(1.0, [count], glide)
        assert came[:, 0].abs().max() < 1e-4
        # Frames that glide hang together: so many less are independent.
        left = 0.05 ** (FRAME_MS / glide) if glide else 0.0
        error = 5 * math.sqrt(2 / count * (1 + left**2) / (1 - left**2))
        assert (came[:, 1:].var(dim=0) - 1).abs().max() < error
        correlations = torch.corrcoef(came[:, 1:].T) - torch.eye(5)
        assert correlations.abs().max() < error

    def test_they_are_the_same_in_any_blocks_and_after_a_reset(self) -> None:
        whole = self.latents(0.5, [60])
        # To rounding: how a product adds up depends on the length of the block on some processors.
        assert torch.allclose(whole, self.latents(0.5, [1, 7, 30, 2, 20]), atol=1e-5)
        assert torch.allclose(whole, 0.5 * self.latents(1.0, [60]), atol=1e-5)

    def test_a_frame_that_is_estimated_again_has_the_noise_of_before(self) -> None:
        """So the stream of all lookahead, which estimates frames many times, is the exact one."""
        architecture = TINY.model_copy(update={"latent_dim": 6})
        basis = random_basis(6, 2, 0)
        audio = 0.3 * torch.randn(1, 2, 60 * TINY.ratio, generator=torch.Generator().manual_seed(0))
        came = []
        for lookahead in (None, most_lookahead(architecture).described):
            model = build(offline(architecture), "float32", lookahead=lookahead, basis=basis)
            model.noise = 0.0
            assert model.controls.set_rest(1.0)
            assert model.controls.set_glide(3 * FRAME_MS)
            came.append(stream(model, "forward", audio, [6 * TINY.ratio] * 10).double())
        assert Tolerance(BOUND, TINY.ratio).snr_db(*came) >= BOUND

    def test_two_signals_at_once_have_noise_of_their_own(self) -> None:
        noise = normal_at(0, 1000, torch.zeros(2, 1, 3))
        assert abs(torch.corrcoef(noise.reshape(2, -1))[0, 1]) < 5 / math.sqrt(3000)


def test_noise_of_a_place_is_normal_and_independent() -> None:
    frames = 20_000
    noise = normal_at(-100, frames, torch.zeros(1, 1, 20))[0].double()
    each = 5 / math.sqrt(frames)
    assert noise.mean(dim=0).abs().max() < each
    assert (noise.var(dim=0) - 1).abs().max() < each * math.sqrt(2)
    assert abs((noise**4).mean() - 3) < 5 * math.sqrt(96 / noise.numel())
    assert (torch.corrcoef(noise.T) - torch.eye(20)).abs().max() < each
    for lag in (1, 2, 20):
        assert (noise[lag:] * noise[:-lag]).mean(dim=0).abs().max() < each
    assert torch.equal(noise[150:].float(), normal_at(50, frames - 150, torch.zeros(1, 1, 20))[0])


@pytest.mark.parametrize(("setter", "most"), [("set_glide", MAX_GLIDE), ("set_rest", MAX_REST)])
def test_controls_have_limits(setter: str, most: float) -> None:
    controls = build(offline(TINY), "float32", basis=random_basis(2, 1, 0)).controls
    for value, good in ((most, True), (most * 1.001, False), (-0.1, False), (math.nan, False), (0.0, True)):
        assert getattr(controls, setter)(value) == good


def test_without_directions_that_are_not_played_rest_is_nothing() -> None:
    for basis in (None, random_basis(2, 2, 0)):
        controls = build(offline(TINY), "float32", basis=basis).controls
        assert controls.set_rest(0.0)
        assert not controls.set_rest(0.1)
