"""With a basis, a stream is stable-audio-tools' model and the matrix, from the first sample on."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.build import build
from saoctl.streaming.controls import Directions
from saoctl.streaming.stream import Stream
from saoctl.verify.tolerance import Tolerance
from tests.architectures import TINY, architectures, judge, offline, schedules, stream
from tests.examples import examples

BOUND = 100.0


def random_basis(size: int, count: int, seed: int) -> Directions:
    """Directions at right angles, with spreads as sounds have them, from large to small."""
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(size, size, generator=generator, dtype=torch.float64)
    directions = torch.linalg.qr(matrix)[0]
    spread = torch.logspace(0, -1.5, size, dtype=torch.float64)
    return Directions(torch.randn(size, generator=generator, dtype=torch.float64), directions, spread, count)


def coordinates(basis: Directions, latents: Tensor) -> Tensor:
    played = basis.directions @ (latents - basis.mean[:, None]) / basis.spread[:, None]
    return played[:, : basis.count]


def latents_of(basis: Directions, given: Tensor) -> Tensor:
    along = (basis.directions * basis.spread[:, None])[: basis.count]
    return along.T @ given + basis.mean[:, None]


def streamed(model: Stream, method: str, given: Tensor, frames: list[int], per_frame: int) -> Tensor:
    """All that a method gives, without its latency."""
    late = getattr(model, f"latency_{method}") // (model.ratio if method == "encode" else 1)
    return stream(model, method, given, [size * per_frame for size in frames])[:, :, late:]


@pytest.mark.slow
@examples(12)
@given(architecture=architectures(), frames=schedules(12), part=st.floats(0, 1), seed=st.integers(0, 1000))
def test_the_stream_is_the_offline_model_and_the_matrix(
    architecture: OobleckArchitecture, frames: list[int], part: float, seed: int
) -> None:
    size, ratio = architecture.latent_dim, architecture.ratio
    basis = random_basis(size, 1 + round(part * (size - 1)), seed)
    exact, rounded = judge(architecture, dtype=torch.float64), judge(architecture)
    model = build(offline(architecture), "float32", basis=basis)
    model.noise = 0.0
    generator = torch.Generator().manual_seed(seed)
    audio = 0.3 * torch.randn(1, architecture.audio_channels, sum(frames) * ratio, generator=generator)
    given = torch.randn(1, basis.count, sum(frames), generator=generator)
    found = coordinates(basis, exact.encode(audio.double()))
    single = coordinates(basis, rounded.encode(audio).double())
    due = {
        "encode": (audio, found, single),
        "decode": (given, exact.decode(latents_of(basis, given.double())), None),
        "forward": (audio, exact.decode(latents_of(basis, found)), None),
    }
    for method, (signal, expected, own) in due.items():
        if own is None:
            source = given.double() if method == "decode" else single
            own = rounded.decode(latents_of(basis, source).float())
        came = streamed(model, method, signal, frames, 1 if method == "decode" else ratio)
        period = 1 if method == "encode" else ratio
        # Small spreads and few values amplify rounding, the offline model's own as well.
        tolerance = Tolerance(BOUND, period, own.double() - expected)
        assert came.shape == expected.shape
        assert tolerance.holds(expected, came), (method, tolerance.snr_db(expected, came))


def test_what_comes_before_and_after_the_signal_is_silence_not_the_mean() -> None:
    model = build(offline(TINY), "float32", basis=random_basis(2, 2, 0))
    model.noise = 0.0
    audio = torch.randn(1, 2, 40 * TINY.ratio)
    whole = stream(model, "encode", audio, [4 * TINY.ratio] * 10)
    late = model.latency_encode // TINY.ratio
    assert late > 0
    assert not whole[:, :, :late].any()
    assert whole.shape[2] == late + 40


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "mixed"])
def test_with_all_directions_the_sound_is_that_without_a_basis(precision: str) -> None:
    plain = build(offline(TINY), precision)  # type: ignore[arg-type]
    along = build(offline(TINY), precision, basis=random_basis(2, 2, 0))  # type: ignore[arg-type]
    plain.noise = along.noise = 0.0
    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
    audio = 0.3 * torch.randn(1, 2, 60 * TINY.ratio, generator=torch.Generator().manual_seed(0)).to(dtype)
    sizes = [6 * TINY.ratio] * 10
    expected, found = (stream(model, "forward", audio, sizes).double() for model in (plain, along))
    bound = {"float32": 100.0, "mixed": 40.0, "bfloat16": 25.0}[precision]
    assert Tolerance(bound, TINY.ratio).snr_db(expected, found) >= bound


def test_the_controls_act_on_coordinates() -> None:
    basis = random_basis(2, 2, 0)
    given = torch.randn(1, 2, 40, generator=torch.Generator().manual_seed(1))
    one, two = (build(offline(TINY), "float32", basis=basis) for _ in range(2))
    assert one.controls.set_channel(2, 0.5, 0.25)
    assert one.controls.set_scale(2.0)
    bent = given * 2
    bent[:, 1] = given[:, 1] * 0.5 * 2 + 0.25
    assert torch.allclose(stream(one, "decode", given, [10] * 4), stream(two, "decode", bent, [10] * 4), atol=1e-6)
    assert not one.controls.set_channel(3, 1.0, 0.0)


def test_as_many_coordinates_are_taken_as_there_are_directions() -> None:
    model = build(offline(TINY), "float32", basis=random_basis(2, 1, 0))
    assert model.encode(torch.zeros(1, 2, TINY.ratio)).shape == (1, 1, 1)
    with pytest.raises(ValueError, match=r"latents must be \[batch, 1, frames\]"):
        model.decode(torch.zeros(1, 2, 4))
