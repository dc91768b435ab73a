"""Streamed equals offline: every sample, any schedule, any architecture, judged by stable-audio-tools."""

import itertools
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from saoctl.models.oobleck import model as oobleck
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.verify.metrics import measured_delay, snr_db
from tests.architectures import FULL_SIZE, TINY, WIDE, architectures, judge, offline, schedules, stream
from tests.examples import examples

FLOAT64_SNR_DB = 200.0  # rounding alone gives 280 and more
METHODS = ("encode", "decode", "forward")


@pytest.fixture(autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


def script(module: nn.Module) -> torch.jit.ScriptModule:
    return torch.jit.script(module)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@examples(6)
@given(architecture=architectures(), schedule=schedules(), batch=st.integers(1, 3))
def test_scripted_streams_equal_stable_audio_tools_from_the_first_sample_to_the_last(
    architecture: OobleckArchitecture, schedule: list[int], batch: int
) -> None:
    streaming = script(StreamingAutoencoder(offline(architecture).double()).double())
    reference = judge(architecture, dtype=torch.float64)
    ratio, frames = architecture.ratio, sum(schedule)
    audio = torch.randn(batch, architecture.audio_channels, frames * ratio, dtype=torch.float64)
    latents = reference.encode(audio)
    decoded = reference.decode(latents)

    samples = [size * ratio for size in schedule]
    for method, signal, sizes, expected, late in (
        ("encode", audio, samples, latents, streaming.latency_encode // ratio),
        ("decode", latents, schedule, decoded, streaming.latency_decode),
        ("forward", audio, samples, decoded, streaming.latency_forward),
    ):
        streamed = stream(streaming, method, signal, sizes)
        assert streamed.shape[2] == expected.shape[2] + late, f"{method}: the flush completes the signal"
        assert not streamed[:, :, :late].any(), f"{method}: silence before the first sample"
        assert snr_db(expected, streamed[:, :, late:]) >= FLOAT64_SNR_DB, method


@pytest.mark.slow
def test_latencies_of_stable_audio_open_are_the_models_own_right_context() -> None:
    with torch.device("meta"):
        streaming = StreamingAutoencoder(oobleck.OobleckAutoencoder(FULL_SIZE))
    assert streaming.latency_encode == 8 * 2048
    assert streaming.latency_decode == 18981
    assert streaming.latency_forward == 35365


@pytest.mark.parametrize("method", METHODS)
def test_declared_latency_is_the_measured_one(method: str) -> None:
    streaming = StreamingAutoencoder(offline(TINY))
    audio = torch.randn(1, 2, 50 * TINY.ratio)
    latents = streaming.encode(audio) if method == "decode" else None
    given_, sizes = (audio, [25 * TINY.ratio] * 2) if latents is None else (latents, [25, 25])
    expected = offline(TINY)(audio) if method == "forward" else getattr(offline(TINY), method)(given_)
    delay = measured_delay(expected, stream(streaming, method, given_, sizes))
    assert delay is not None
    assert delay * (TINY.ratio if method == "encode" else 1) == getattr(streaming, f"latency_{method}")


@pytest.mark.parametrize(
    ("dtype", "bound"),
    [(torch.float64, 250), (torch.float32, 110), (torch.float16, 45), (torch.bfloat16, 30)],
    ids=["float64", "float32", "float16", "bfloat16"],
)
def test_every_dtype_streams_to_its_own_rounding(dtype: torch.dtype, bound: float) -> None:
    exact = offline(TINY).double()
    audio = torch.randn(1, 2, 40 * TINY.ratio, dtype=torch.float64)
    streaming = StreamingAutoencoder(offline(TINY).double()).to(dtype)
    streamed = stream(streaming, "forward", audio.to(dtype), [8, 160, 152])[:, :, streaming.latency_forward :]
    assert streamed.dtype == dtype
    assert snr_db(exact(audio), streamed) >= bound


@pytest.mark.slow
def test_all_kernel_forms_are_the_same_convolution() -> None:
    """Blocks below and above the size at which layers change from a product to a convolution, and narrow layers."""
    streaming = StreamingAutoencoder(offline(WIDE).double()).double()
    frames = 400
    audio = torch.randn(1, 2, frames * WIDE.ratio, dtype=torch.float64)
    one_block = stream(streaming, "forward", audio, [frames * WIDE.ratio])
    many = stream(streaming, "forward", audio, [WIDE.ratio] * (frames - 300) + [300 * WIDE.ratio])
    assert snr_db(one_block, many) >= FLOAT64_SNR_DB


def test_reset_begins_a_fresh_stream() -> None:
    streaming = StreamingAutoencoder(offline(TINY))
    audio = torch.randn(1, 2, 20 * TINY.ratio)
    fresh = streaming(audio)
    streaming(torch.randn_like(audio))
    streaming.reset()
    assert torch.equal(streaming(audio), fresh)


def test_flush_leaves_a_fresh_stream() -> None:
    streaming = StreamingAutoencoder(offline(TINY))
    audio = torch.randn(1, 2, 20 * TINY.ratio)
    sizes = [20 * TINY.ratio]
    fresh = torch.cat([streaming(audio), streaming.flush_forward()], dim=2)
    again = torch.cat([streaming(audio), streaming.flush_forward()], dim=2)
    assert torch.equal(fresh, again)
    assert torch.equal(fresh, stream(streaming, "forward", audio, sizes))


@pytest.mark.parametrize("method", METHODS)
def test_flushing_an_unused_stream_gives_nothing(method: str) -> None:
    streaming = StreamingAutoencoder(offline(TINY))
    assert getattr(streaming, f"flush_{method}")().shape[0] == 0


def test_another_batch_size_begins_a_fresh_stream() -> None:
    streaming = StreamingAutoencoder(offline(TINY))
    audio = torch.randn(3, 2, 20 * TINY.ratio)
    fresh = streaming(audio)
    streaming.reset()
    streaming(torch.randn(1, 2, 8 * TINY.ratio))
    assert torch.equal(streaming(audio), fresh)


def test_batch_rows_do_not_leak_into_each_other() -> None:
    streaming = StreamingAutoencoder(offline(TINY).double()).double()
    audio = torch.randn(2, 2, 20 * TINY.ratio, dtype=torch.float64)
    sizes = [8 * TINY.ratio, 12 * TINY.ratio]
    together = stream(streaming, "forward", audio, sizes)
    for row in range(2):
        alone = stream(streaming, "forward", audio[row : row + 1], sizes)
        assert snr_db(alone, together[row : row + 1]) >= FLOAT64_SNR_DB


@pytest.mark.slow
@pytest.mark.parametrize("order", list(itertools.permutations(METHODS)), ids="-".join)
def test_methods_interleaved_do_not_touch_each_other(order: tuple[str, ...]) -> None:
    inputs = {
        "encode": torch.randn(1, 2, 4 * TINY.ratio),
        "decode": torch.randn(1, 2, 4),
        "forward": torch.randn(1, 2, 4 * TINY.ratio),
    }
    alone = {}
    for method in METHODS:
        streaming = StreamingAutoencoder(offline(TINY))
        alone[method] = [getattr(streaming, method)(inputs[method]) for _ in range(4)]
    streaming = StreamingAutoencoder(offline(TINY))
    for round_ in range(4):
        for method in order:
            assert torch.equal(getattr(streaming, method)(inputs[method]), alone[method][round_])


def test_two_instances_share_no_state() -> None:
    model = offline(TINY)
    first, second = StreamingAutoencoder(model), StreamingAutoencoder(model)
    audio = torch.randn(1, 2, 8 * TINY.ratio)
    fresh = first(audio)
    first(audio)
    assert torch.equal(second(audio), fresh)


def test_calls_in_and_out_of_inference_mode_can_be_mixed() -> None:
    streaming = StreamingAutoencoder(offline(TINY))
    audio = torch.randn(1, 2, 24 * TINY.ratio)
    expected = stream(streaming, "forward", audio, [8 * TINY.ratio] * 3)
    streaming.reset()
    blocks = []
    for number, block in enumerate(audio.split(8 * TINY.ratio, dim=2)):
        with torch.inference_mode(number % 2 == 0):
            blocks.append(streaming(block).clone())
    blocks.append(streaming.flush_forward())
    assert torch.equal(torch.cat([block.clone() for block in blocks], dim=2), expected)


@pytest.mark.parametrize(
    ("method", "shape", "message"),
    [
        ("encode", (1, 3, 8), "audio must be"),
        ("encode", (1, 2, 9), "multiple of 8"),
        ("forward", (1, 2, 0), "multiple of 8"),
        ("decode", (1, 3, 4), "latents must be"),
        ("decode", (2, 4), "latents must be"),
    ],
)
def test_blocks_of_the_wrong_shape_are_refused(method: str, shape: tuple[int, ...], message: str) -> None:
    streaming = StreamingAutoencoder(offline(TINY))
    with pytest.raises(ValueError, match=message):
        getattr(streaming, method)(torch.zeros(shape))


def test_noise_is_the_vaes_and_silent_before_the_signal_begins() -> None:
    streaming = StreamingAutoencoder(offline(TINY).double()).double()
    model = offline(TINY).double()
    audio = torch.randn(1, 2, 2000 * TINY.ratio, dtype=torch.float64)
    mean, scale = model.encoder(audio).chunk(2, dim=1)
    deviation = torch.nn.functional.softplus(scale) + 1e-4
    streaming.noise = 1.0
    streamed = stream(streaming, "encode", audio, [1000 * TINY.ratio] * 2)
    late = streaming.latency_encode // TINY.ratio
    assert not streamed[:, :, :late].any()
    normal = (streamed[:, :, late:] - mean) / deviation
    assert normal.mean().abs() < 0.1
    assert (normal.std() - 1).abs() < 0.1
