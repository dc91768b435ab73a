"""The receptive field is that of the published code: as far as a NaN spreads in it, and as its chunks are exact."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.streaming.family import ReceptiveField
from saoctl.streaming.registry import streaming_of
from saoctl.verify.metrics import snr_db
from tests.architectures import FULL_SIZE, WIDE, architectures, diffusers_vae, judge
from tests.examples import examples

FLOAT64_SNR_DB = 250.0
CHUNK_FRAMES = 60


def fields(architecture: OobleckArchitecture) -> dict[str, ReceptiveField]:
    return {**streaming_of(architecture).receptive_field(architecture)}


def spoiled(output: Tensor) -> tuple[int, int]:
    """The first and the last place where an output [C, T] is not finite; there are no others between finite ones."""
    places = output.isnan().any(0).nonzero().flatten()
    assert len(places) == places[-1] - places[0] + 1
    return int(places[0]), int(places[-1])


@pytest.mark.slow
@examples(8)
@given(architecture=architectures(), data=st.data())
def test_a_nan_spreads_as_far_as_the_receptive_field_and_no_further(
    architecture: OobleckArchitecture, data: st.DataObject
) -> None:
    reference, ratio, field = judge(architecture), architecture.ratio, fields(architecture)
    frame = 1 + max(each.overlap_frames for each in field.values())
    latents = torch.zeros(1, architecture.latent_dim, 2 * frame)
    latents[0, 0, frame] = torch.nan
    decode = field["decode"]
    begin, end = frame * ratio - decode.ahead_samples, (frame + 1) * ratio - 1 + decode.back_samples
    assert spoiled(reference.decode(latents)[0]) == (begin, end)
    assert (begin // ratio, end // ratio) == (frame - decode.ahead_frames, frame + decode.back_frames)

    at = frame * ratio + data.draw(st.integers(0, ratio - 1), label="position in the frame")
    audio = torch.zeros(1, architecture.audio_channels, 2 * frame * ratio)
    audio[0, 0, at] = torch.nan
    encoded, encode = reference.encode(audio), field["encode"]
    first, last = -((encode.ahead_samples + ratio - 1 - at) // ratio), (at + encode.back_samples) // ratio
    assert spoiled(encoded[0]) == (first, last)
    assert frame - encode.ahead_frames <= first
    assert last <= frame + encode.back_frames
    begin, end = spoiled(reference.decode(encoded)[0])
    forward = field["forward"]
    assert begin >= at - forward.ahead_samples
    assert end <= at + forward.back_samples
    assert frame - forward.ahead_frames <= begin // ratio
    assert end // ratio <= frame + forward.back_frames


def chunked_by_stable_audio_tools(method: str, given: Tensor, reference: Reference, overlap: int) -> Tensor:
    model: Any = reference.model  # type: ignore[attr-defined]
    call = model.encode_audio if method == "encode" else model.decode_audio
    with torch.no_grad():
        result: Tensor = call(given, chunked=True, overlap=overlap, chunk_size=CHUNK_FRAMES)
    return result


@pytest.mark.parametrize("method", ["encode", "decode"])
def test_chunks_of_stable_audio_tools_with_that_overlap_are_exact_and_with_less_they_are_not(method: str) -> None:
    reference = judge(WIDE, dtype=torch.float64)
    # The mean in place of a sample, so that only the chunks can make a difference.
    reference.model.bottleneck.encode = lambda moments, **_: (moments.chunk(2, dim=1)[0], {})  # type: ignore[attr-defined]
    frames, overlap = 3 * CHUNK_FRAMES, fields(WIDE)[method].overlap_frames
    shape = (1, 2, frames * WIDE.ratio) if method == "encode" else (1, WIDE.latent_dim, frames)
    given_ = torch.randn(shape, dtype=torch.float64)
    whole = reference.encode(given_) if method == "encode" else reference.decode(given_)
    assert snr_db(whole, chunked_by_stable_audio_tools(method, given_, reference, overlap)) >= FLOAT64_SNR_DB
    # It cuts off half of the overlap at each side, so two frames less are one less at each.
    assert snr_db(whole, chunked_by_stable_audio_tools(method, given_, reference, overlap - 2)) < FLOAT64_SNR_DB


@pytest.mark.slow
def test_tiles_of_diffusers_with_half_that_overlap_on_each_side_are_exact_and_with_less_they_are_not() -> None:
    vae = diffusers_vae().double().eval()
    coder = Coder(channels=8, c_mults=(1, 2), strides=(2, 4))
    like = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=4, encoder=coder, decoder=coder)
    field, ratio = fields(like), like.ratio
    latents = torch.randn(1, 4, 400, dtype=torch.float64)
    audio = torch.randn(1, 2, 400 * ratio, dtype=torch.float64)

    def results() -> list[Tensor]:
        with torch.no_grad():
            return [vae.encode(audio).latent_dist.parameters, vae.decode(latents).sample]

    whole = results()
    vae.enable_tiling()
    vae.tile_latent_min_length, vae.tile_sample_min_length = 3 * CHUNK_FRAMES, 3 * CHUNK_FRAMES * ratio
    for less in (0, 1):
        vae.tile_sample_overlap = (field["encode"].overlap_frames // 2 - less) * ratio
        vae.tile_latent_overlap = field["decode"].overlap_frames // 2 - less
        for expected, tiled in zip(whole, results(), strict=True):
            assert (snr_db(expected, tiled) >= FLOAT64_SNR_DB) == (not less)


def test_stable_audio_opens_decoder_reaches_as_far_as_it_is_late() -> None:
    decode = fields(FULL_SIZE)["decode"]
    assert decode == ReceptiveField(18981, 18981, 10, 10, 20)
    assert fields(FULL_SIZE)["encode"].overlap_frames == 16
    assert fields(FULL_SIZE)["forward"].overlap_frames == 36
