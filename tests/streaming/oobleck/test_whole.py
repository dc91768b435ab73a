"""A whole signal block by block is what stable-audio-tools' layers give of it: any length, any blocks."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.oobleck.whole import WholeSignal
from saoctl.verify.metrics import snr_db
from tests.architectures import TINY, architectures, judge, offline
from tests.examples import examples

FLOAT64_SNR_DB = 200.0  # rounding alone gives 280 and more


@pytest.mark.slow
@examples(10)
@given(architecture=architectures(), data=st.data(), frames=st.integers(1, 12), batch=st.integers(1, 3))
def test_audio_of_any_length_is_encoded_as_stable_audio_tools_does(
    architecture: OobleckArchitecture, data: st.DataObject, frames: int, batch: int
) -> None:
    theirs = judge(architecture, dtype=torch.float64).model.encoder
    encoder = WholeSignal(offline(architecture).double().encoder, "encoder").double()
    samples = data.draw(st.integers(architecture.ratio, 20 * architecture.ratio), label="samples")
    audio = torch.randn(batch, architecture.audio_channels, samples, dtype=torch.float64)
    expected = theirs(audio)
    assert (encoder.channels, encoder.gives) == (architecture.audio_channels, 2 * architecture.latent_dim)
    assert encoder.length(samples) == expected.shape[2]
    streamed = torch.cat(list(encoder.pieces(audio, frames)), dim=2)
    assert streamed.shape == expected.shape
    assert snr_db(expected, streamed) >= FLOAT64_SNR_DB


@pytest.mark.slow
@examples(10)
@given(architecture=architectures(), length=st.integers(1, 20), frames=st.integers(1, 12), batch=st.integers(1, 3))
def test_latents_are_decoded_as_stable_audio_tools_does(
    architecture: OobleckArchitecture, length: int, frames: int, batch: int
) -> None:
    theirs = judge(architecture, dtype=torch.float64).model.decoder
    decoder = WholeSignal(offline(architecture).double().decoder, "decoder").double()
    latents = torch.randn(batch, architecture.latent_dim, length, dtype=torch.float64)
    expected = theirs(latents)
    assert decoder.length(length) == expected.shape[2]
    streamed = torch.cat(list(decoder.pieces(latents, frames)), dim=2)
    assert streamed.shape == expected.shape
    assert snr_db(expected, streamed) >= FLOAT64_SNR_DB


@pytest.mark.slow
@given(architecture=architectures(), data=st.data())
def test_a_signal_is_too_short_where_it_is_offline(architecture: OobleckArchitecture, data: st.DataObject) -> None:
    samples = data.draw(st.integers(1, architecture.ratio), label="samples")
    model = offline(architecture)
    try:
        frames = model.encoder(torch.zeros(1, architecture.audio_channels, samples)).shape[2]
    except RuntimeError:
        frames = 0
    assert max(WholeSignal(model.encoder, "encoder").length(samples), 0) == frames


def test_two_signals_can_be_taken_by_turns() -> None:
    decoder = WholeSignal(offline(TINY).decoder, "decoder")
    latents = torch.randn(2, 1, TINY.latent_dim, 30)
    alone = [torch.cat(list(decoder.pieces(signal, 4)), dim=2) for signal in latents]
    by_turns = list(zip(*(decoder.pieces(signal, 4) for signal in latents), strict=True))
    for signal, pieces in zip(alone, zip(*by_turns, strict=True), strict=True):
        assert torch.equal(torch.cat(pieces, dim=2), signal)


def test_the_caller_keeps_its_gradients_between_pieces() -> None:
    decoder = WholeSignal(offline(TINY).decoder, "decoder")
    with torch.enable_grad():
        for piece in decoder.pieces(torch.randn(1, TINY.latent_dim, 30), 4):
            assert torch.is_grad_enabled()
            assert not piece.requires_grad


@pytest.mark.parametrize("frames", [1, 32])
def test_no_piece_is_longer_than_its_block(frames: int) -> None:
    """What memory is used does not depend on the length of the signal, so neither does what comes out at a time."""
    decoder = WholeSignal(offline(TINY).decoder, "decoder")
    lengths = [piece.shape[2] for piece in decoder.pieces(torch.randn(1, TINY.latent_dim, 100), frames)]
    assert max(lengths) <= frames * TINY.ratio
    assert sum(lengths) == 100 * TINY.ratio
