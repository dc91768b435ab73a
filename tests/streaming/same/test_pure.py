"""A method of SAME as a function of its state is the stream: in blocks of whole chunks, and with all its controls."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.models.own import OwnModel
from saoctl.models.same.architecture import SameArchitecture
from saoctl.streaming.pure import PureStep
from saoctl.streaming.same.exact import StreamingSame
from saoctl.streaming.same.pure import pure_step
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Method
from tests.examples import examples
from tests.same import TINY_SAME, same_architectures, same_offline, sound
from tests.streaming.same.test_exact import FLOAT64_SNR_DB, offline_output, signal_of

MOTION = torch.zeros(3)


def run(step: PureStep, signal: Tensor, chunks: list[int], begin: int = 0, **controls: Tensor) -> Tensor:
    """The output for a signal, which ends within the last block if it is no whole number of chunks, and the flush.

    Args:
        step: the method.
        signal: its input.
        chunks: the blocks; silence fills the last one.
        begin: the position of the first block, in audio samples.
        controls: other inputs than neutral ones; `noise` is that of the whole signal.
    """
    unit = 1 if step.method == "decode" else step.ratio
    sizes = [count * step.block_frames for count in [*chunks, step.flush_frames // step.block_frames]]
    length = signal.shape[2] // unit * step.ratio
    signal = torch.nn.functional.pad(signal, (0, sum(sizes) * unit - signal.shape[2]))
    state, position, outputs = signal.new_zeros(signal.shape[0], step.state_size), begin, []
    given: dict[str, Any] = {}
    if step.plays:
        latents = step.controls.channels
        given = {"gain": signal.new_ones(latents), "offset": signal.new_zeros(latents), "motion": MOTION.to(signal)}
    given |= controls
    noise = given.pop("noise", None)
    for size, block in zip(sizes, signal.split([size * unit for size in sizes], dim=2), strict=True):
        if noise is not None:
            given["noise"], noise = noise[:, :, :size], noise[:, :, size:]
        end = -1 if position - begin + size * step.ratio <= length and len(outputs) < len(chunks) else length + begin
        output, state = step(block, state, torch.tensor([position]), torch.tensor([end]), **given)
        outputs.append(output)
        position += size * step.ratio
    return torch.cat(outputs, dim=2)


@pytest.mark.slow
@examples(20)
@given(architecture=same_architectures(), batch=st.integers(1, 2), data=st.data())
def test_in_float64_it_is_the_offline_model_in_any_blocks_of_whole_chunks(
    architecture: SameArchitecture, batch: int, data: st.DataObject
) -> None:
    chunks = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4), label="chunks")
    frames = sum(chunks) * architecture.frames - data.draw(st.integers(0, architecture.frames - 1), label="missing")
    reference = OwnModel(same_offline(architecture).double())
    stream = StreamingSame(same_offline(architecture).double(), architecture.frames).double()
    for method in METHODS:
        signal = signal_of(architecture, method, frames, batch).double()
        output = run(pure_step(stream, method), signal, chunks)
        late = getattr(stream, f"latency_{method}") // (architecture.ratio if method == "encode" else 1)
        expected = offline_output(reference, method, signal)
        assert not output[:, :, :late].any()
        assert snr_db(expected, output[:, :, late : late + expected.shape[2]]) >= FLOAT64_SNR_DB, method


def test_encode_and_decode_in_series_are_forward_where_decode_begins_as_much_earlier_as_encode_is_late() -> None:
    stream = StreamingSame(same_offline(TINY_SAME).double(), 2).double()
    audio, late = sound(TINY_SAME, 12).double(), stream.latency_encode
    latents = run(pure_step(stream, "encode"), audio, [6])
    decoded = run(pure_step(stream, "decode"), latents[:, :, :12], [1, 2, 3], begin=-late)
    expected = run(pure_step(stream, "forward"), audio, [6])
    common = 11 * TINY_SAME.ratio - stream.latency_decode
    assert snr_db(expected[:, :, : late + common], decoded[:, :, : late + common]) >= FLOAT64_SNR_DB


@pytest.mark.parametrize("method", ["decode", "forward"])
def test_what_a_player_does_to_latents_is_what_it_does_in_the_stream(method: Method) -> None:
    stream = StreamingSame(same_offline(TINY_SAME), 2)
    signal, unit = signal_of(TINY_SAME, method, 12), 1 if method == "decode" else TINY_SAME.ratio
    assert stream.controls.set_scale(1.5)
    assert stream.controls.set_bias(0.25)
    assert stream.controls.set_glide(5.0)
    expected = torch.cat([stream(block) if method == "forward" else stream.decode(block)
                          for block in signal.split([4 * unit, 2 * unit, 6 * unit], dim=2)], dim=2)  # fmt: skip
    controls = {"gain": torch.full((6,), 1.5), "offset": torch.full((6,), 0.25), "motion": torch.tensor([0, 5.0, 0])}
    output = run(pure_step(stream, method), signal, [2, 1, 3], **controls)
    assert snr_db(expected, output[:, :, : expected.shape[2]]) >= 100


def test_noise_is_added_to_the_latents_and_is_of_the_amount_that_is_given() -> None:
    stream = StreamingSame(same_offline(TINY_SAME), 2)
    latents, noise = torch.randn(1, 6, 12), torch.randn(1, 6, 20)
    step = pure_step(stream, "decode")
    assert step.takes_noise
    assert not pure_step(stream, "encode").takes_noise
    noisy = latents + stream.deviation * noise[:, :, :12]
    expected = run(step, noisy, [6], noise=torch.zeros_like(noise))
    assert snr_db(expected, run(step, latents, [6], noise=noise)) >= 100
    assert snr_db(expected, run(step, latents, [6], noise=torch.zeros_like(noise))) < 80
