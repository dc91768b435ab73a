"""SAME with sliding windows: diffusers and stable-audio-tools judge the offline model, and that judges the stream."""

import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

import saoctl
from saoctl.models.own import OwnModel
from saoctl.models.registry import family_of, read_config
from saoctl.models.same.architecture import SameArchitecture
from saoctl.models.same.known import SAME_L
from saoctl.models.same.model import offline_model
from saoctl.models.same.random import random_state
from saoctl.models.same.tensors import DIFFUSERS, PROJECTIONS, to_state
from saoctl.streaming.registry import streaming_of
from saoctl.streaming.same.exact import StreamingSame
from saoctl.streaming.same.pure import pure_step
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Method
from tests.architectures import stream
from tests.examples import examples
from tests.same import TINY_WINDOWS, needs_judge, same_judge, same_offline, sound, windowed_architectures
from tests.streaming.same.test_exact import (
    FLOAT32_SNR_DB,
    FLOAT64_SNR_DB,
    offline_output,
    signal_of,
    streamed,
)
from tests.streaming.same.test_pure import run

pytestmark = pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")


@pytest.fixture(autouse=True, scope="module")
def _eager() -> Iterator[None]:
    """stable-audio-tools has its attention compiled, which takes seconds for each shape."""
    with torch.compiler.set_stance("force_eager"):
        yield


def of_diffusers(**numbers: Any) -> tuple[Any, SameArchitecture, dict[str, Tensor]]:
    """A model of diffusers with our random weights, whose output follows the input; its architecture; the weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it imports is deprecated here and there
        from diffusers.models.autoencoders.autoencoder_same import AutoencoderSAME
    small = {
        "patch_size": 4, "encoder_channels": 16, "encoder_c_mults": (2,), "encoder_strides": (4,),
        "encoder_transformer_depths": (3,), "latent_dim": 6, "dim_heads": 8, "decoder_sinusoidal_blocks": (2,),
    }  # fmt: skip
    model: Any = AutoencoderSAME(**{**small, **numbers})
    architecture = read_config({"_class_name": "AutoencoderSAME", **model.config})
    assert isinstance(architecture, SameArchitecture)
    state = random_state(architecture, 0)
    named = {}
    for name, tensor in state.items():
        for pattern, ours in DIFFUSERS:
            theirs = pattern.strip("^$").replace("\\", "")
            name = re.sub(rf"^{re.escape(ours)}$" if pattern.endswith("$") else re.escape(ours), theirs, name)
        if name.endswith("to_qkv.weight") and tensor.shape[0] == 5 * tensor.shape[1]:
            parts = tensor.chunk(5)
            tensor = torch.cat([parts[PROJECTIONS.index(place)] for place in range(5)])
        named[name] = tensor
    model.load_state_dict({name: tensor for name, tensor in named.items() if not name.endswith("inv_freq")})
    return model.eval(), architecture, state


@pytest.mark.parametrize("numbers", [{}, {"sliding_window": 2, "use_differential_attention": False}])
def test_offline_it_is_diffusers_model(numbers: dict[str, Any]) -> None:
    theirs, architecture, state = of_diffusers(**numbers)
    assert to_state(theirs.state_dict(), architecture).keys() == state.keys()
    ours = offline_model(architecture, to_state(theirs.state_dict(), architecture))
    for frames in (1, 2, 5, 30):
        audio = sound(architecture, frames, batch=2)
        with torch.inference_mode():
            latents = theirs.encode(audio).latents
            decoded = theirs.decode(latents).sample
            other = theirs.decode(latents + 0.5 * torch.randn_like(latents)).sample
        assert snr_db(latents, ours.encode(audio)) >= 110
        assert snr_db(decoded, ours.decode(latents)) >= 110
        assert snr_db(decoded, other) < 30, "the output follows the input"


@pytest.mark.slow
@needs_judge
@examples(6)
@given(architecture=windowed_architectures(), frames=st.integers(1, 12), data=st.data())
def test_offline_and_streamed_it_is_stable_audio_tools_model(
    architecture: SameArchitecture, frames: int, data: st.DataObject
) -> None:
    judge, ours = same_judge(architecture), same_offline(architecture)
    model = StreamingSame(same_offline(architecture))
    blocks = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4).map(lambda sizes: [*sizes, frames]))
    for method in ("encode", "decode"):
        signal = signal_of(architecture, method, sum(blocks))
        expected = offline_output(judge, method, signal)
        assert snr_db(expected, getattr(ours, method)(signal)) >= FLOAT32_SNR_DB, method
        assert snr_db(expected, streamed(model, method, signal, blocks)) >= FLOAT32_SNR_DB, method


@pytest.mark.slow
@examples(20)
@given(
    architecture=windowed_architectures(),
    batch=st.integers(1, 2),
    unit=st.sampled_from([None, 2]),
    blocks=st.lists(st.integers(1, 9), min_size=1, max_size=6),
)
def test_in_float64_the_stream_is_the_offline_model_in_any_blocks(
    architecture: SameArchitecture, batch: int, unit: int | None, blocks: list[int]
) -> None:
    reference = OwnModel(same_offline(architecture).double())
    model = StreamingSame(same_offline(architecture).double(), unit).double()
    for method in METHODS:
        signal = signal_of(architecture, method, sum(blocks), batch).double()
        expected = offline_output(reference, method, signal)
        output = streamed(model, method, signal, blocks)
        assert output.shape == expected.shape
        assert snr_db(expected, output) >= FLOAT64_SNR_DB, method
        pure = run(pure_step(model, method), signal, blocks)
        late = getattr(model, f"latency_{method}") // (architecture.ratio if method == "encode" else 1)
        assert snr_db(expected, pure[:, :, late : late + expected.shape[2]]) >= FLOAT64_SNR_DB, method


@pytest.mark.slow
def test_scripted_it_is_the_same_from_any_frame_on_and_after_a_reset() -> None:
    model: Any = torch.jit.script(StreamingSame(same_offline(TINY_WINDOWS)))
    model.warm_up(torch.zeros(1))
    reference = OwnModel(same_offline(TINY_WINDOWS))
    for blocks in ([1] * 7, [20, 1, 300], [3]):
        for method in METHODS:
            signal = signal_of(TINY_WINDOWS, method, sum(blocks), batch=2)
            output = streamed(model, method, signal, blocks)
            assert snr_db(offline_output(reference, method, signal), output) >= FLOAT32_SNR_DB
            model.reset()


def test_the_latency_of_the_published_model_is_a_frame_for_each_block() -> None:
    assert streaming_of(SAME_L).latency(SAME_L) == {"encode": 49152, "decode": 49152, "forward": 98304}


@examples(15)
@given(architecture=windowed_architectures())
def test_no_stream_can_be_earlier_and_the_receptive_field_is_what_an_output_depends_on(
    architecture: SameArchitecture,
) -> None:
    reference, ratio = OwnModel(same_offline(architecture).double()), architecture.ratio
    family = streaming_of(architecture)
    field, late = family.receptive_field(architecture)["decode"], family.latency(architecture)["decode"]
    reach = architecture.decoder.depth * 2 + 2
    latents = torch.randn(1, architecture.latent_dim, 2 * reach + 1, dtype=torch.float64)
    whole = reference.decode(latents)
    latents[:, :, reach] += 1.0
    places = (whole != reference.decode(latents)).any(1)[0].nonzero().flatten()
    assert (reach * ratio - int(places[0]), int(places[-1]) - (reach + 1) * ratio + 1) == (
        field.ahead_samples,
        field.back_samples,
    )
    assert late == field.ahead_samples


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_each_token_is_computed_once(method: Method) -> None:
    model = StreamingSame(same_offline(TINY_WINDOWS))
    call = model if method == "forward" else getattr(model, method)
    seconds = TINY_WINDOWS.ratio / TINY_WINDOWS.sample_rate
    expected = family_of(TINY_WINDOWS).arithmetic(TINY_WINDOWS)[method] * 1e9 * 8 * seconds
    for sizes in ([8], [1] * 8, [3, 5]):
        with FlopCounterMode(display=False) as counter:
            for size in sizes:
                call(signal_of(TINY_WINDOWS, method, size))
        assert counter.get_total_flops() == pytest.approx(expected)


@pytest.mark.parametrize("block_frames", [1, 4, 32])
def test_stream_vae_gives_what_diffusers_model_gave(block_frames: int) -> None:
    theirs, architecture, _ = of_diffusers()
    audio = sound(architecture, 33, batch=2)[:, :, : -architecture.ratio // 3]

    def results() -> list[Tensor]:
        latents = theirs.encode(audio).latents
        return [latents, theirs.decode(latents).sample]

    with torch.inference_mode():
        before = results()
        with saoctl.stream_vae(theirs, block_frames=block_frames):
            after = results()
    for expected, output in zip(before, after, strict=True):
        assert output.shape == expected.shape
        assert snr_db(expected, output) >= FLOAT32_SNR_DB


@needs_judge
def test_stream_vae_gives_what_stable_audio_tools_model_gave() -> None:
    judge: Any = same_judge(TINY_WINDOWS)
    model, audio = judge.model, sound(TINY_WINDOWS, 11)

    def results() -> list[Tensor]:
        latents = model.encode(audio)
        return [latents, model.decode(latents)]

    with torch.inference_mode():
        before = results()
        with saoctl.stream_vae(model, block_frames=3):
            for expected, output in zip(before, results(), strict=True):
                assert snr_db(expected, output) >= FLOAT32_SNR_DB


def test_a_long_stream_is_as_exact_at_its_end() -> None:
    """Positions are counted from the block and not from the stream, so their angles stay small."""
    frames = 2000
    latents = torch.randn(1, TINY_WINDOWS.latent_dim, frames)
    expected = OwnModel(same_offline(TINY_WINDOWS).double()).decode(latents[:, :, -40:].double())
    model = StreamingSame(same_offline(TINY_WINDOWS))
    output = stream(model, "decode", latents, [50] * 40)[:, :, -20 * TINY_WINDOWS.ratio :]
    assert snr_db(expected[:, :, -20 * TINY_WINDOWS.ratio :], output.double()) >= FLOAT32_SNR_DB
