"""With less lookahead the stream is what it is said to be: estimates as if the signal ended with each block."""

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.streaming.oobleck.lookahead import (
    CORE_BLOCKS,
    MIDDLE_BLOCKS,
    Lookahead,
    LookaheadAutoencoder,
    most_lookahead,
)
from saoctl.verify.metrics import snr_db
from tests.architectures import FULL_SIZE, TINY, WIDE, architectures, judge, offline, schedules, stream
from tests.examples import examples

FLOAT64_SNR_DB = 200.0


def slow(
    architecture: OobleckArchitecture, most: Lookahead, method: str, signal: Tensor, sizes: Sequence[int], ahead: int
) -> Tensor:
    """What the stream should give, by stable-audio-tools' own model: each block's prefix of the signal by itself."""
    reference = judge(architecture, dtype=torch.float64)
    layers = reference.model.decoder.layers
    blocks = len(architecture.decoder.strides)
    first, second = 1 + min(CORE_BLOCKS, blocks), 1 + min(CORE_BLOCKS + MIDDLE_BLOCKS, blocks)
    core, middle, rest = layers[:first], layers[first:second], layers[second:]
    per_frame = 1 if method == "decode" else architecture.ratio
    low, rate = architecture.ratio // most.core_step, architecture.ratio // most.step
    frozen, given = signal[:, :0], []
    seen = 0
    for size in sizes:
        seen += size
        latents = signal[:, :, :seen] if method == "decode" else reference.encode(signal[:, :, :seen])
        frames, last = seen // per_frame, seen == signal.shape[2]
        if method == "encode":
            until = frames if last else max(frames - ahead, 0)
            given.append(latents[:, :, sum(part.shape[2] for part in given) : until])
            continue
        rows = core(latents * architecture.scale)
        # Odd strides lose rows at an end that is none; there the stream has zeros.
        padded = rows if last else nn.functional.pad(rows, (0, frames * low - rows.shape[2]))
        frozen = padded[:, :, :0] if frozen.shape[1] != rows.shape[1] else frozen
        inputs = torch.cat((frozen, padded[:, :, frozen.shape[2] :]), dim=2)
        settled = max(frames * low - -(-ahead * low // rate), frozen.shape[2])
        frozen = inputs[:, :, :settled]
        outputs = middle(inputs)
        until = outputs.shape[2] if last else max(frames * rate - ahead, 0)
        given.append(outputs[:, :, sum(part.shape[2] for part in given) : until])
    whole = torch.cat(given, dim=2)
    return whole if method == "encode" else rest(whole)


@pytest.mark.slow
@examples(12)
@given(architecture=architectures(), schedule=schedules(9), batch=st.integers(1, 2), data=st.data())
@torch.inference_mode()
def test_the_stream_is_what_each_block_gives_as_the_end_of_the_signal(
    architecture: OobleckArchitecture, schedule: list[int], batch: int, data: st.DataObject
) -> None:
    model = offline(architecture).double()
    most = most_lookahead(architecture)
    ahead = {
        "encode": data.draw(st.integers(0, most.encode)),
        "decode": data.draw(st.integers(most.least, most.decode)),
        "forward": data.draw(st.integers(most.least, most.forward)),
    }
    lookahead = LookaheadAutoencoder(model, **ahead).double()
    frames = sum(schedule)
    audio = torch.randn(batch, architecture.audio_channels, frames * architecture.ratio, dtype=torch.float64)
    latents = torch.randn(batch, architecture.latent_dim, frames, dtype=torch.float64)
    samples = [size * architecture.ratio for size in schedule]
    for method, signal, sizes in (
        ("encode", audio, samples),
        ("decode", latents, schedule),
        ("forward", audio, samples),
    ):
        late = getattr(lookahead, f"latency_{method}") // (architecture.ratio if method == "encode" else 1)
        expected = slow(architecture, most, method, signal, sizes, ahead[method])
        streamed = stream(lookahead, method, signal, sizes)
        assert streamed.shape[2] == late + expected.shape[2]
        assert snr_db(expected, streamed[:, :, late:]) >= FLOAT64_SNR_DB, method
        assert not streamed[:, :, :late].any()  # what stands for the latency is silence


@pytest.mark.parametrize("architecture", [TINY, WIDE], ids=["tiny", "wide"])
@torch.inference_mode()
def test_with_all_of_the_lookahead_it_is_the_exact_stream(architecture: OobleckArchitecture) -> None:
    model = offline(architecture).double()
    most = most_lookahead(architecture)
    lookahead = LookaheadAutoencoder(model, most.encode, most.decode, most.forward).double()
    exact = StreamingAutoencoder(model).double()
    audio = torch.randn(2, 2, 60 * architecture.ratio, dtype=torch.float64)
    latents = torch.randn(2, architecture.latent_dim, 60, dtype=torch.float64)
    for method, signal, unit in (
        ("encode", audio, architecture.ratio),
        ("decode", latents, 1),
        ("forward", audio, architecture.ratio),
    ):
        assert getattr(lookahead, f"latency_{method}") == getattr(exact, f"latency_{method}")
        sizes = [unit * frames for frames in (1, 2, 7, 50)]
        assert snr_db(stream(exact, method, signal, sizes), stream(lookahead, method, signal, sizes)) >= FLOAT64_SNR_DB


@pytest.mark.slow
@torch.inference_mode()
def test_more_lookahead_is_nearer_to_the_offline_model() -> None:
    model = offline(WIDE).double()
    audio = torch.randn(1, 2, 80 * WIDE.ratio, dtype=torch.float64)
    expected = model(audio)
    most = most_lookahead(WIDE).forward
    found = []
    for ahead in (0, most // 2, most):
        lookahead = LookaheadAutoencoder(model, 0, 0, ahead).double()
        streamed = stream(lookahead, "forward", audio, [2 * WIDE.ratio] * 40)
        found.append(snr_db(expected, streamed[:, :, lookahead.latency_forward :]))
    assert found[0] < found[1] < found[2]
    assert found[2] >= FLOAT64_SNR_DB


def test_the_latency_of_stable_audio_open_goes_down_to_10_ms() -> None:
    with torch.device("meta"):
        from saoctl.models.oobleck.model import OobleckAutoencoder

        least = LookaheadAutoencoder(OobleckAutoencoder(FULL_SIZE), 0, 0, 0)
    assert (least.latency_encode, least.latency_decode, least.latency_forward) == (0, 453, 453)
    assert least.step == 32
    assert least.most_encode * 2048 == 16384
    assert least.most_decode * least.step + least.latency_decode == 18981
    assert least.most_forward * least.step + least.latency_forward == 35365


@pytest.mark.slow
@torch.inference_mode()
def test_latents_that_are_estimated_again_keep_their_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame has the noise that was drawn when it came: blocks make no difference where nothing is estimated."""
    table = torch.randn(1, 60, WIDE.latent_dim, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    drawn = 0

    def draw(like: Tensor) -> Tensor:
        nonlocal drawn
        drawn += like.shape[1]
        return table[:, drawn - like.shape[1] : drawn]

    model = offline(WIDE).double()
    most = most_lookahead(WIDE)
    full = LookaheadAutoencoder(model, most.encode, most.decode, most.forward).double()
    monkeypatch.setattr(torch, "randn_like", draw)
    full.noise = 1.0
    audio = table[:, :, :2].transpose(1, 2).repeat(1, 1, WIDE.ratio)
    results = []
    for sizes in ([1] * 60, [60], [7, 2, 51]):
        drawn = 0
        results.append(stream(full, "forward", audio, [size * WIDE.ratio for size in sizes]))
    assert snr_db(results[0], results[1]) >= FLOAT64_SNR_DB
    assert snr_db(results[0], results[2]) >= FLOAT64_SNR_DB
    full.noise = 0.0
    assert snr_db(stream(full, "forward", audio, [60 * WIDE.ratio]), results[1]) < 60


@torch.inference_mode()
def test_a_change_of_the_batch_and_a_reset_begin_a_fresh_stream() -> None:
    lookahead = LookaheadAutoencoder(offline(TINY), 2, 10, 30)
    audio = torch.randn(2, 2, 40 * TINY.ratio)
    fresh = stream(lookahead, "forward", audio, [80, 240])
    lookahead(torch.randn(1, 2, 80))
    first = lookahead(audio[:, :, :80])
    assert torch.equal(first, fresh[:, :, :80])
    lookahead.reset()
    assert torch.equal(lookahead(audio[:, :, :80]), fresh[:, :, :80])


def test_an_impossible_lookahead_is_refused() -> None:
    with pytest.raises(ValueError, match="a lookahead of 99999 for forward is not within 0 and"):
        LookaheadAutoencoder(offline(TINY), 0, 0, 99999)
