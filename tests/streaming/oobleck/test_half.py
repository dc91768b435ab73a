"""An encoder or a decoder alone streams as stable-audio-tools' own computes, and says what it cannot do."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.oobleck.exact import StreamingHalf
from saoctl.streaming.registry import streaming_of
from saoctl.verify.metrics import snr_db
from tests.architectures import DECODER, ENCODER, TINY, halves, judge, offline, schedules, stream
from tests.examples import examples

SNR_DB = {torch.float32: 100.0, torch.float64: 200.0}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("dtype", SNR_DB, ids=["float32", "float64"])
@examples(5)
@given(architecture=halves(), schedule=schedules(), batch=st.integers(1, 2))
@torch.no_grad()
def test_a_half_equals_stable_audio_tools_from_the_first_sample_to_the_last(
    dtype: torch.dtype, architecture: OobleckArchitecture, schedule: list[int], batch: int
) -> None:
    streaming = torch.jit.script(StreamingHalf(offline(architecture).to(dtype)).to(dtype))
    reference = judge(architecture, dtype=dtype)
    (method,), ratio = architecture.methods, architecture.ratio
    if method == "encode":
        signal = torch.randn(batch, architecture.audio_channels, sum(schedule) * ratio, dtype=dtype)
        sizes, step = [size * ratio for size in schedule], ratio
    else:
        signal, sizes, step = torch.randn(batch, architecture.latent_dim, sum(schedule), dtype=dtype), schedule, 1
    streaming.warm_up(signal)
    expected = getattr(reference, method)(signal)
    streamed = stream(streaming, method, signal, sizes)
    late = getattr(streaming, f"latency_{method}") // step
    assert streaming_of(architecture).latency(architecture) == {method: late * step}
    assert streamed.shape[2] == expected.shape[2] + late
    assert not streamed[:, :, :late].any()
    assert snr_db(expected, streamed[:, :, late:]) >= SNR_DB[dtype]


@pytest.mark.parametrize(
    ("architecture", "missing"), [(DECODER, ("encode", "encoder")), (ENCODER, ("decode", "decoder"))], ids=str
)
def test_what_a_half_cannot_do_it_refuses_by_name(architecture: OobleckArchitecture, missing: tuple[str, str]) -> None:
    streaming, method = StreamingHalf(offline(architecture)), missing[0]
    block = torch.zeros(1, 2, TINY.ratio)
    for call in (getattr(streaming, method), streaming):
        with pytest.raises(RuntimeError, match=f"this model has no {missing[1]}"):
            call(block)


@pytest.mark.parametrize("architecture", [DECODER, ENCODER], ids=["decoder", "encoder"])
def test_a_half_has_the_latency_and_the_receptive_field_of_its_part(architecture: OobleckArchitecture) -> None:
    streams, (method,) = streaming_of(TINY), architecture.methods
    assert streams.latency(architecture) == {method: streams.latency(TINY)[method]}
    assert streams.receptive_field(architecture) == {method: streams.receptive_field(TINY)[method]}
