"""The stream as a function equals stable-audio-tools, and the stream that keeps its state, whose state it can take."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.build import build
from saoctl.streaming.oobleck.base import OobleckStream
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.streaming.oobleck.lookahead import LookaheadAutoencoder, most_lookahead
from saoctl.streaming.oobleck.pure import pure_step
from saoctl.streaming.pure import PureStep
from saoctl.verify.metrics import snr_db
from saoctl.verify.tolerance import Tolerance
from saoctl.vocabulary import METHODS, Method
from tests.architectures import TINY, WIDE, architectures, judge, offline, schedules
from tests.examples import examples
from tests.played import Player
from tests.streaming.test_controls import moves, play
from tests.streaming.test_directions import random_basis

FLOAT64_SNR_DB = 200.0  # rounding alone gives 280 and more
BOUND = 100.0


@pytest.fixture(autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


@dataclass
class Host:
    """What keeps the state of a step between blocks, as a host does."""

    step: PureStep
    batch: int = 1
    dtype: torch.dtype = torch.float32
    position: int = 0
    state: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.state = torch.zeros(self.batch, self.step.state_size, dtype=self.dtype)
        channels = self.step.controls.channels
        self.gain, self.offset = torch.ones(channels, dtype=self.dtype), torch.zeros(channels, dtype=self.dtype)
        self.motion = torch.zeros(3, dtype=self.dtype)

    @property
    def per_frame(self) -> int:
        return 1 if self.step.method == "decode" else self.step.ratio

    def call(self, block: Tensor, end: int = -1, noise: Tensor | None = None) -> Tensor:
        frames = block.shape[2] // self.per_frame
        given: dict[str, Tensor] = {}
        if self.step.plays:
            given |= {"gain": self.gain, "offset": self.offset, "motion": self.motion}
        if self.step.takes_noise:
            silent = torch.zeros(self.batch, self.step.latent_dim, frames, dtype=self.dtype)
            given["noise"] = silent if noise is None else noise
        came, self.state = self.step(block, self.state, torch.tensor([self.position]), torch.tensor([end]), **given)
        self.position += frames * self.step.ratio
        return came

    def flush(self, sizes: list[int] | None = None) -> Tensor:
        channels = self.step.controls.channels if self.step.method == "decode" else self.step.audio_channels
        end, sizes = self.position, [self.step.flush_frames] if sizes is None else sizes
        silence = (torch.zeros(self.batch, channels, size * self.per_frame, dtype=self.dtype) for size in sizes if size)
        due = [self.call(block, end) for block in silence]
        return torch.cat(due, dim=2)[:, :, : self.step.flush_values] if due else torch.zeros(self.batch, 1, 0)

    def play(self, model: OobleckStream) -> None:
        """With the settings of a stream."""
        controls = model.controls
        self.gain, self.offset = controls.gain * controls.scale, controls.offset + controls.bias
        self.motion = torch.tensor([controls.freeze, controls.glide, controls.rest], dtype=self.dtype)


@pytest.mark.slow
@examples(12)
@given(
    architecture=architectures(),
    schedule=schedules(),
    silences=schedules(5),
    batch=st.integers(1, 3),
    sampling=st.booleans(),
)
def test_steps_equal_stable_audio_tools_from_the_first_sample_to_the_last(
    architecture: OobleckArchitecture, schedule: list[int], silences: list[int], batch: int, sampling: bool
) -> None:
    model = offline(architecture).double()
    model.sampling = sampling
    streaming = StreamingAutoencoder(model).double()
    reference = judge(architecture, dtype=torch.float64)
    ratio, frames = architecture.ratio, sum(schedule)
    audio = torch.randn(batch, architecture.audio_channels, frames * ratio, dtype=torch.float64)
    latents = reference.encode(audio)
    decoded = reference.decode(latents)
    due: dict[Method, tuple[Tensor, Tensor, int]] = {
        "encode": (audio, latents, streaming.latency_encode // ratio),
        "decode": (latents, decoded, streaming.latency_decode),
        "forward": (audio, decoded, streaming.latency_forward),
    }
    for method, (signal, expected, late) in due.items():
        step = pure_step(streaming, method)
        assert step.takes_noise == (sampling and method != "decode")
        host = Host(step, batch, torch.float64)
        blocks = signal.split([size * host.per_frame for size in schedule], dim=2)
        # The silence of the flush comes in any blocks too, and may be longer than what is due.
        came = torch.cat([*map(host.call, blocks), host.flush([*silences, step.flush_frames])], dim=2)
        assert came.shape[2] == expected.shape[2] + late, f"{method}: the flush completes the signal"
        assert not came[:, :, :late].any(), f"{method}: silence before the first sample"
        assert snr_db(expected, came[:, :, late:]) >= FLOAT64_SNR_DB, method


@pytest.mark.slow
@examples(12)
@given(data=st.data(), architecture=architectures(), silences=schedules(5), batch=st.integers(1, 2))
def test_steps_of_less_lookahead_equal_the_stream_that_keeps_its_state(
    data: st.DataObject, architecture: OobleckArchitecture, silences: list[int], batch: int
) -> None:
    """With controls and noise that change from block to block; test_lookahead.py judges that stream."""
    most = most_lookahead(architecture)
    encode = data.draw(st.integers(0, most.encode))
    decode, forward = (data.draw(st.integers(most.least, each)) for each in (most.decode, most.forward))
    model = offline(architecture).double()
    model.sampling = data.draw(st.booleans())
    stream = LookaheadAutoencoder(model, encode, decode, forward).double()
    chosen = data.draw(st.lists(moves(architecture.latent_dim), min_size=1, max_size=6))
    generator = torch.Generator().manual_seed(sum(size for size, _ in chosen))
    for method in METHODS:
        host = Host(pure_step(stream, method), batch, torch.float64)
        channels = architecture.latent_dim if method == "decode" else architecture.audio_channels
        stream.noise, came, expected = 0.5, [], []
        for size, each in chosen:
            play(stream, each)
            host.play(stream)
            block = torch.randn(batch, channels, size * host.per_frame, dtype=torch.float64, generator=generator)
            normal = torch.randn(batch, size, architecture.latent_dim, dtype=torch.float64, generator=generator)
            stream._normal = lambda like, frames, normal=normal: normal  # type: ignore[method-assign,misc]
            expected.append(stream(block) if method == "forward" else getattr(stream, method)(block))
            came.append(host.call(block, noise=stream.noise * normal.transpose(1, 2)))
        stream._normal = lambda like, frames: torch.zeros(batch, 0, architecture.latent_dim)  # type: ignore[method-assign]
        expected.append(getattr(stream, f"flush_{method}")())
        came.append(host.flush([*silences, host.step.flush_frames]))
        assert snr_db(torch.cat(expected, dim=2), torch.cat(came, dim=2)) >= FLOAT64_SNR_DB, method


@pytest.mark.slow
@examples(12)
@given(data=st.data(), architecture=architectures())
def test_steps_play_latents_as_promised(data: st.DataObject, architecture: OobleckArchitecture) -> None:
    """Freeze, gain, offset and glide, which change from block to block."""
    channels, ratio = architecture.latent_dim, architecture.ratio
    model = build(offline(architecture), "float32")
    assert isinstance(model, StreamingAutoencoder)
    exact, rounded = judge(architecture, dtype=torch.float64), judge(architecture)
    chosen = data.draw(st.lists(moves(channels), min_size=1, max_size=6))
    total = sum(size for size, _ in chosen)
    generator = torch.Generator().manual_seed(total)
    audio = 0.3 * torch.randn(1, architecture.audio_channels, total * ratio, generator=generator)
    latents = torch.randn(1, channels, total, generator=generator)
    by_frame = [each for size, each in chosen for _ in range(size)]
    late = model.latency_encode // ratio
    later = (by_frame + [by_frame[-1]] * late)[late:]
    frame_ms = ratio / architecture.sample_rate * 1e3
    played = Player(frame_ms).frames(latents, by_frame)
    through = Player(frame_ms).frames(exact.encode(audio.double()), later)
    through_rounded = Player(frame_ms).frames(rounded.encode(audio).double(), later)
    due: dict[Method, tuple[Tensor, Tensor, Tensor]] = {
        "decode": (latents, played, played),
        "forward": (audio, through, through_rounded),
    }
    for method, (signal, expected, single) in due.items():
        host = Host(pure_step(model, method))
        blocks, came = signal.split([size * host.per_frame for size, _ in chosen], dim=2), []
        for block, (_, each) in zip(blocks, chosen, strict=True):
            play(model, each)
            host.play(model)
            came.append(host.call(block))
        sound = torch.cat([*came, host.flush()], dim=2)[:, :, getattr(model, f"latency_{method}") :]
        truth, own = exact.decode(expected), rounded.decode(single.float()).double()
        assert sound.shape == truth.shape
        tolerance = Tolerance(BOUND, ratio, own - truth)
        assert tolerance.holds(truth, sound), (method, tolerance.snr_db(truth, sound))


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("turn", ["to the stream", "to the step"])
@pytest.mark.parametrize("directions", [0, 1, 3])
def test_a_state_moves_between_the_stream_and_the_step(method: Method, turn: str, directions: int) -> None:
    """With controls and a basis: so they agree in what they keep, and in all that follows from it."""
    architecture = TINY.model_copy(update={"latent_dim": 3})
    basis = random_basis(3, directions, 0) if directions else None

    def stream_of() -> StreamingAutoencoder:
        model = build(offline(architecture).double(), "float32", basis=basis)
        assert isinstance(model, StreamingAutoencoder)
        model = model.double()
        assert model.controls.set_glide(20.0)
        assert model.controls.set_scale(1.5)
        assert model.controls.set_channel(1, 0.5, 0.25)
        assert model.controls.set_rest(1.0 if model.controls.max_rest else 0.0)
        return model

    def parts(model: StreamingAutoencoder) -> list[str]:
        encoder, controls, decoder = (
            [f"{method}_encode_state", f"{method}_controls_state", f"{method}_decode_state"]
            if method == "forward"
            else [f"{method}_state", f"{method}_controls_state", f"{method}_state"]
        )
        return {"encode": [encoder], "decode": [controls, decoder], "forward": [encoder, controls, decoder]}[method]

    first, second = stream_of(), stream_of()
    host = Host(pure_step(second, method), 2, torch.float64)
    host.play(second)
    channels = first.controls.channels if method == "decode" else 2
    generator = torch.Generator().manual_seed(0)
    signal = torch.randn(2, channels, 40 * host.per_frame, dtype=torch.float64, generator=generator)
    before, after = signal.split([13 * host.per_frame, 27 * host.per_frame], dim=2)

    def call(model: StreamingAutoencoder, block: Tensor) -> Tensor:
        came: Tensor = model(block) if method == "forward" else getattr(model, method)(block)
        return came

    came = [call(first, before), host.call(before)]
    state = torch.cat([getattr(first, name).values for name in parts(first)], dim=1)
    assert snr_db(state, host.state) >= FLOAT64_SNR_DB
    if turn == "to the step":
        host.state = state
    else:
        sizes = [getattr(first, name).size for name in parts(first)]
        for name, values in zip(parts(first), host.state.split(sizes, dim=1), strict=True):
            getattr(first, name).values = values.clone()
    for model, follow, flush in (
        (0, lambda block: call(first, block), getattr(first, f"flush_{method}")),
        (1, host.call, host.flush),
    ):
        came[model] = torch.cat([came[model], follow(after), flush()], dim=2)
    assert came[0].shape == came[1].shape
    assert snr_db(came[0], came[1]) >= FLOAT64_SNR_DB


@pytest.mark.parametrize("method", ["encode", "forward"])
def test_noise_is_that_of_the_stream(method: Method) -> None:
    streaming = StreamingAutoencoder(offline(TINY).double()).double()
    step = pure_step(streaming, method)
    audio = torch.randn(2, 2, 60 * TINY.ratio, dtype=torch.float64)
    normal = torch.randn(2, 60, 2, dtype=torch.float64)
    streaming._normal = lambda like, frames: normal  # type: ignore[method-assign]
    streaming.noise = 0.7
    expected = streaming.encode(audio) if method == "encode" else streaming(audio)
    came = Host(step, 2, torch.float64).call(audio, noise=0.7 * normal.transpose(1, 2))
    assert snr_db(expected, came) >= FLOAT64_SNR_DB
    assert snr_db(came, Host(step, 2, torch.float64).call(audio)) < 60


def test_at_neutral_no_bit_of_the_latents_changes() -> None:
    streaming = StreamingAutoencoder(offline(TINY))
    latents = torch.randn(1, 2, 30)
    step = pure_step(streaming, "decode")
    given: list[Tensor] = []
    step.decoder.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    Host(step).call(latents)
    assert torch.equal(given[0].squeeze(2), latents * TINY.scale)


def test_a_frame_that_was_no_number_does_not_stay() -> None:
    host = Host(pure_step(StreamingAutoencoder(offline(TINY)), "decode"))
    host.motion[1] = 1.0
    host.call(torch.full((1, 2, 4), torch.nan))
    held, gliding = host.state[:, :4].split(2, dim=1)
    assert gliding.isnan().all()
    assert held.isnan().all()
    host.call(torch.ones(1, 2, 30))
    assert torch.allclose(host.state[:, :4], torch.ones(1, 4))


@pytest.mark.slow
def test_many_frames_glide_at_once_as_one_by_one() -> None:
    """Slow glides and long blocks, whose powers are small beyond what float32 can tell from zero."""
    step = pure_step(StreamingAutoencoder(offline(TINY)), "decode")
    for glide in (0.0, 1e-9, 0.01, 1.0, 30.0, 60_000.0):
        kept = step.controls.arrived ** (step.controls.frame_ms / glide) if glide else 0.0
        for latents in (torch.randn(1, 2, 2000), torch.ones(1, 2, 2000)):
            one_by_one = torch.zeros(1, 2, dtype=torch.float64)
            for frame in latents.double().unbind(2):
                one_by_one = kept * one_by_one + (1.0 - kept) * frame
            host = Host(step)
            host.motion[1] = glide
            host.call(latents)
            held, gliding = host.state[:, :4].split(2, dim=1)
            assert torch.equal(held, latents[:, :, -1])
            assert torch.allclose(gliding.double(), one_by_one, atol=1e-5)


def test_the_weights_are_those_of_the_stream() -> None:
    streaming = StreamingAutoencoder(offline(WIDE))
    shared = {parameter.data_ptr() for parameter in streaming.parameters()}
    for method in METHODS:
        assert {parameter.data_ptr() for parameter in pure_step(streaming, method).parameters()} <= shared
