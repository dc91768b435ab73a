"""Streamed in blocks of any size, SAME is its offline model, from the first sample to the end of the flush."""

from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from saoctl.models.family import Reference
from saoctl.models.own import OwnModel
from saoctl.models.registry import family_of
from saoctl.models.same.architecture import SameArchitecture
from saoctl.models.same.known import SAME_S
from saoctl.models.same.model import offline_model
from saoctl.streaming.registry import streaming_of
from saoctl.streaming.same.exact import StreamingSame
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Method
from tests.architectures import stream
from tests.examples import examples
from tests.same import TINY_SAME, golden, needs_judge, same_architectures, same_judge, same_offline, sound

FLOAT64_SNR_DB = 200.0
FLOAT32_SNR_DB = 100.0


@st.composite
def schedules(draw: st.DrawFn, architecture: SameArchitecture) -> tuple[int | None, list[int]]:
    """What a stream is built for, and blocks that it takes: multiples of it, and a last one of any size."""
    half = architecture.frames // 2
    unit = draw(st.sampled_from([None, 2, 3, half, 2 * half, 4 * half]))
    sizes = [(unit or 1) * count for count in draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))]
    return unit, sizes + draw(st.lists(st.integers(1, 3 * half), max_size=1))


def streamed(model: Any, method: Method, signal: Tensor, frames: list[int]) -> Tensor:
    """The output of a fresh stream without its latency, which must be silent."""
    ratio = 1 if method == "decode" else model.ratio
    output = stream(model, method, signal, [count * ratio for count in frames])
    late = getattr(model, f"latency_{method}") // (model.ratio if method == "encode" else 1)
    assert not output[:, :, :late].any()
    return output[:, :, late:]


def offline_output(reference: Reference, method: Method, signal: Tensor) -> Tensor:
    if method == "forward":
        return reference.decode(reference.encode(signal))
    expected: Tensor = getattr(reference, method)(signal)
    return expected


def signal_of(architecture: SameArchitecture, method: Method, frames: int, batch: int = 1) -> Tensor:
    if method == "decode":
        return torch.randn(batch, architecture.latent_dim, frames)
    return sound(architecture, frames, batch)


@pytest.mark.slow
@examples(25)
@given(architecture=same_architectures(), batch=st.integers(1, 2), data=st.data())
def test_in_float64_it_is_the_offline_model_for_any_architecture_and_any_blocks(
    architecture: SameArchitecture, batch: int, data: st.DataObject
) -> None:
    unit, frames = data.draw(schedules(architecture), label="blocks")
    reference = OwnModel(same_offline(architecture).double())
    model = StreamingSame(same_offline(architecture).double(), unit).double()
    for method in METHODS:
        signal = signal_of(architecture, method, sum(frames), batch).double()
        expected = offline_output(reference, method, signal)
        output = streamed(model, method, signal, frames)
        assert output.shape == expected.shape
        assert snr_db(expected, output) >= FLOAT64_SNR_DB, method


@pytest.mark.slow
@needs_judge
@examples(6)
@given(architecture=same_architectures(), data=st.data())
def test_in_float32_it_is_stable_audio_tools(architecture: SameArchitecture, data: st.DataObject) -> None:
    unit, frames = data.draw(schedules(architecture), label="blocks")
    model, judge = StreamingSame(same_offline(architecture), unit), same_judge(architecture)
    for method in ("encode", "decode"):
        signal = signal_of(architecture, method, sum(frames))
        expected = offline_output(judge, method, signal)
        assert snr_db(expected, streamed(model, method, signal, frames)) >= FLOAT32_SNR_DB, method


@pytest.mark.slow
@examples(10)
@given(data=st.data())
@pytest.mark.parametrize("case", ["b", "c"])
def test_it_gives_what_the_published_code_gave(case: str, data: st.DataObject) -> None:
    architecture, state, cases = golden(case)
    model = StreamingSame(offline_model(architecture, state))
    total = cases["audio"].shape[2] // architecture.ratio

    def cut(length: int) -> list[int]:
        inner = data.draw(st.lists(st.integers(1, length - 1), max_size=6, unique=True).map(sorted))
        return [end - begin for begin, end in zip([0, *inner], [*inner, length], strict=True)]

    encoded = streamed(model, "encode", cases["audio"], cut(total))
    assert snr_db(cases["latents"][:, :, :total], encoded) >= FLOAT32_SNR_DB
    decoded = streamed(model, "decode", cases["latents"], cut(cases["latents"].shape[2]))
    assert snr_db(cases["decoded"], decoded) >= FLOAT32_SNR_DB


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("frames", range(1, 6))
def test_signals_below_a_chunk_and_of_odd_lengths_are_exact(frames: int, method: Method) -> None:
    architecture = TINY_SAME.model_copy(update={"chunk": 16})
    reference = OwnModel(same_offline(architecture).double())
    model = torch.jit.script(StreamingSame(same_offline(architecture).double()).double())
    signal = signal_of(architecture, method, frames).double()
    for blocks in ([frames], [1] * frames):
        output = streamed(model, method, signal, blocks)
        assert snr_db(offline_output(reference, method, signal), output) >= FLOAT64_SNR_DB


@pytest.mark.parametrize(
    ("frames", "late"),
    [(None, (8192, 8448, 16640)), (1, (8192, 8448, 16640)), (2, (4096, 4352, 12544)), (6, (4096, 4352, 12544))],
)
def test_the_latency_of_the_published_model_follows_from_its_chunks(
    frames: int | None, late: tuple[int, int, int]
) -> None:
    assert tuple(streaming_of(SAME_S).latency(SAME_S, frames)[method] for method in METHODS) == late


@pytest.mark.slow
@examples(20)
@given(architecture=same_architectures(), frames=st.sampled_from([None, 1, 2, 4, 6]))
def test_no_stream_of_blocks_of_a_size_can_be_earlier(architecture: SameArchitecture, frames: int | None) -> None:
    """A shorter latency would need samples that have not come: some output changes with the newest frame."""
    assume(architecture.decoder.depth > 1)  # else only the shifted chunks are left
    reference = OwnModel(same_offline(architecture).double())
    declared = streaming_of(architecture).latency(architecture, frames)["decode"] / architecture.ratio
    chunk, unit = architecture.frames, frames or 1
    latest = 0.0
    for come in range(unit, 4 * chunk * unit + 1, unit):
        latents = torch.randn(1, architecture.latent_dim, come + 3 * chunk, dtype=torch.float64)
        whole = reference.decode(latents)
        latents[:, :, come:] += 1.0  # what follows after the block
        same = (whole == reference.decode(latents)).all(1)[0]
        known = int((~same).nonzero()[0]) if not same.all() else whole.shape[2]
        latest = max(latest, come - known / architecture.ratio)
    assert latest == pytest.approx(declared)


def test_each_chunk_is_computed_once_and_those_of_a_block_together() -> None:
    model = StreamingSame(same_offline(TINY_SAME), 2)
    counts: list[int] = []
    for block in (*model.encoder.blocks.first, *model.encoder.blocks.second):
        block.register_forward_pre_hook(lambda _, given: counts.append(given[0].shape[0]))
    for frames in (2, 8, 4):
        model.encode(sound(TINY_SAME, frames))
    assert counts == [1, 1, 4, 4, 2, 2]


@pytest.mark.parametrize("frames", [None, 2])
@pytest.mark.parametrize("method", METHODS)
def test_the_arithmetic_is_the_offline_models_whatever_the_block(method: Method, frames: int | None) -> None:
    model = StreamingSame(same_offline(TINY_SAME), frames)
    run = model if method == "forward" else getattr(model, method)
    seconds = TINY_SAME.ratio / TINY_SAME.sample_rate
    for sizes in ([2, 2], [8], [2, 6]) if frames else ([1, 1], [1, 1, 1, 1], [3, 1]):
        run(signal_of(TINY_SAME, method, 8))
        with FlopCounterMode(display=False) as counter:
            for size in sizes:
                run(signal_of(TINY_SAME, method, size))
        expected = family_of(TINY_SAME).arithmetic(TINY_SAME)[method] * 1e9 * sum(sizes) * seconds
        assert counter.get_total_flops() == pytest.approx(expected)


def test_blocks_that_are_no_multiples_are_refused_except_for_the_last_one() -> None:
    model = StreamingSame(same_offline(TINY_SAME), 2)
    model.encode(sound(TINY_SAME, 4))
    model.encode(sound(TINY_SAME, 1))
    with pytest.raises(ValueError, match="multiples of 2 frames"):
        model.encode(sound(TINY_SAME, 2))
    model.reset()
    model.encode(sound(TINY_SAME, 2))


@pytest.mark.parametrize("scripted", [False, True])
def test_after_a_reset_and_in_another_batch_a_stream_is_fresh(scripted: bool) -> None:
    model: Any = StreamingSame(same_offline(TINY_SAME))
    model = torch.jit.script(model) if scripted else model
    audio = sound(TINY_SAME, 9, batch=2)
    first = model(audio)
    model.reset()
    assert torch.allclose(model(audio), first, atol=1e-6)
    alone = model(audio[:1])
    assert torch.allclose(alone, first[:1], atol=1e-6)


def test_without_a_block_nothing_is_due() -> None:
    model = StreamingSame(same_offline(TINY_SAME))
    assert [getattr(model, f"flush_{method}")().shape[0] for method in METHODS] == [0, 0, 0]


def test_methods_do_not_touch_each_other() -> None:
    signals = {method: signal_of(TINY_SAME, method, 12) for method in METHODS}
    units = {method: 1 if method == "decode" else TINY_SAME.ratio for method in METHODS}
    alone = {}
    for method in METHODS:
        alone[method] = stream(StreamingSame(same_offline(TINY_SAME)), method, signals[method], [12 * units[method]])
    model = StreamingSame(same_offline(TINY_SAME))
    together: dict[str, list[Tensor]] = {method: [] for method in METHODS}
    for number in range(4):
        for method in METHODS:
            block = signals[method].split(3 * units[method], dim=2)[number]
            together[method].append(model(block) if method == "forward" else getattr(model, method)(block))
    for method in METHODS:
        output = torch.cat([*together[method], getattr(model, f"flush_{method}")()], dim=2)
        assert torch.allclose(output, alone[method], atol=1e-5)


@pytest.mark.parametrize("method", ["decode", "forward"])
def test_noise_is_the_same_in_blocks_of_any_size(method: Method) -> None:
    model = StreamingSame(same_offline(TINY_SAME))
    signal, unit = signal_of(TINY_SAME, method, 12), 1 if method == "decode" else TINY_SAME.ratio
    quiet = stream(model, method, signal, [12 * unit])
    model.noise = 1.0
    outputs = []
    for frames in ([12], [1, 2, 3, 6]):
        torch.manual_seed(0)
        outputs.append(stream(model, method, signal, [count * unit for count in frames])[:, :, : 12 * TINY_SAME.ratio])
    assert torch.allclose(outputs[0], outputs[1], atol=1e-6)
    assert 20 < snr_db(quiet[:, :, : 12 * TINY_SAME.ratio], outputs[0]) < 90


def test_a_nan_spreads_as_far_as_the_receptive_field_and_no_further() -> None:
    architecture = TINY_SAME.model_copy(
        update={"chunk": 16, "encoder": TINY_SAME.encoder.model_copy(update={"conv_mapping": True})}
    )
    field, ratio = streaming_of(architecture).receptive_field(architecture), architecture.ratio
    reference = OwnModel(same_offline(architecture))
    reach = {"back": 0, "ahead": 0, "back samples": 0, "ahead samples": 0}
    for frame in range(24, 28):
        latents = torch.zeros(1, architecture.latent_dim, 48)
        latents[0, 0, frame] = torch.nan
        spoiled = reference.decode(latents)[0].isnan().any(0).nonzero().flatten()
        reach["ahead samples"] = max(reach["ahead samples"], frame * ratio - int(spoiled[0]))
        reach["back samples"] = max(reach["back samples"], int(spoiled[-1]) - (frame + 1) * ratio + 1)
        audio = torch.zeros(1, 2, 48 * ratio)
        audio[0, 0, frame * ratio] = torch.nan
        spoiled = reference.encode(audio)[0].isnan().any(0).nonzero().flatten()
        reach["ahead"], reach["back"] = max(reach["ahead"], frame - int(spoiled[0])), int(spoiled[-1]) - frame
    decode, encode = field["decode"], field["encode"]
    assert (decode.back_samples, decode.ahead_samples) == (reach["back samples"], reach["ahead samples"])
    assert encode.ahead_frames == reach["ahead"]
    assert encode.back_frames >= reach["back"]
