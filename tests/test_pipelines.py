"""saoctl.stream_vae: what other libraries have loaded gives what it gave, block by block, until undone."""

import copy
import importlib
import subprocess
import sys
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

import saoctl
from saoctl.errors import ConfigError
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture, to_stable_audio_tools
from saoctl.models.oobleck.random import random_state
from saoctl.verify.metrics import snr_db
from tests import comfyui
from tests.architectures import USUAL, architectures, diffusers_vae, judge
from tests.dreamvae import dreamvae
from tests.examples import examples

FLOAT32_SNR_DB = 100.0
# Of a few numbers from few channels some are unlucky. That no sample is wrong, test_whole.py shows in float64.
SHORT_SNR_DB = 80.0


@pytest.fixture(autouse=True)
def _no_gradients() -> Any:
    with torch.no_grad():
        yield


def autoencoder(change: Callable[[dict[str, Any]], None] = lambda config: None) -> Any:
    """An autoencoder of stable-audio-tools with a changed config; its output follows the input."""
    module = importlib.import_module(type(judge(USUAL).model).__module__)
    config = to_stable_audio_tools(USUAL)
    change(config["model"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = module.create_autoencoder_from_config(config)
    # Where a change made tensors of other shapes, they stay as they were built.
    shapes = {name: tensor.shape for name, tensor in model.state_dict().items()}
    state = {name: tensor for name, tensor in random_state(USUAL, 0).items() if shapes.get(name) == tensor.shape}
    model.load_state_dict(state, strict=False)
    return model.eval()


def pretransform(model: Any, **numbers: Any) -> Any:
    """A pretransform of stable-audio-tools around an autoencoder of it."""
    module = importlib.import_module("stable_audio_tools.models.pretransforms")
    return module.AutoencoderPretransform(model, **numbers)


# diffusers


@pytest.mark.slow
@examples(6)
@given(
    strides=st.lists(st.integers(2, 7), min_size=1, max_size=3),
    latents=st.integers(1, 3),
    channels=st.integers(1, 2),
    batch=st.integers(1, 3),
    block_frames=st.integers(1, 9),
    data=st.data(),
)
def test_diffusers_gives_what_it_gave_for_any_length_in_any_blocks(
    strides: list[int], latents: int, channels: int, batch: int, block_frames: int, data: st.DataObject
) -> None:
    mults = data.draw(st.lists(st.integers(1, 3), min_size=len(strides), max_size=len(strides)), label="mults")
    vae = diffusers_vae(strides, mults, latents, channels)
    samples = data.draw(st.integers(vae.hop_length, 20 * vae.hop_length), label="samples")
    audio = torch.randn(batch, channels, samples)
    encoded = vae.encode(audio)
    z = encoded.latent_dist.mode()
    decoded = vae.decode(z)
    whole = vae(audio)
    handle = saoctl.stream_vae(vae, block_frames=block_frames)
    again = vae.encode(audio)
    assert type(again) is type(encoded)
    assert type(again.latent_dist) is type(encoded.latent_dist)
    assert again.latent_dist.parameters.shape == encoded.latent_dist.parameters.shape
    assert snr_db(encoded.latent_dist.parameters, again.latent_dist.parameters) >= SHORT_SNR_DB
    assert type(vae.decode(z)) is type(decoded)
    assert vae.decode(z).sample.shape == decoded.sample.shape
    assert snr_db(decoded.sample, vae.decode(z).sample) >= SHORT_SNR_DB
    assert snr_db(whole.sample, vae(audio).sample) >= SHORT_SNR_DB
    assert torch.equal(torch.cat(list(handle.decode_iter(z)), dim=2), vae.decode(z).sample)


def test_diffusers_distribution_is_its_own_in_all_respects() -> None:
    vae = diffusers_vae()
    audio = torch.randn(2, 2, 100 * vae.hop_length)
    before = vae.encode(audio).latent_dist
    saoctl.stream_vae(vae)
    (after,) = vae.encode(audio, return_dict=False)
    for name in ("mean", "std", "var", "logvar"):
        assert snr_db(getattr(before, name), getattr(after, name)) >= FLOAT32_SNR_DB, name
    samples = [each.sample(torch.Generator().manual_seed(1)) for each in (before, after)]
    assert snr_db(*samples) >= FLOAT32_SNR_DB
    assert not torch.equal(after.sample(), after.mode())
    (sample,) = vae.decode(after.mode(), return_dict=False)
    assert torch.equal(sample, vae.decode(after.mode()).sample)


def test_slices_stay_and_tiles_become_the_whole_signal() -> None:
    vae = diffusers_vae()
    vae.tile_sample_min_length, vae.tile_sample_overlap = 20 * vae.hop_length, 2 * vae.hop_length
    vae.tile_latent_min_length, vae.tile_latent_overlap = 20, 2
    audio = torch.randn(3, 2, 100 * vae.hop_length)
    moments = vae.encode(audio).latent_dist.parameters
    latents = vae.encode(audio).latent_dist.mode()
    decoded = vae.decode(latents).sample
    vae.enable_tiling()
    assert snr_db(decoded, vae.decode(latents).sample) < 60, "tiles are not exact, or this test would show nothing"
    handle = saoctl.stream_vae(vae)
    for _ in range(2):
        assert snr_db(moments, vae.encode(audio).latent_dist.parameters) >= FLOAT32_SNR_DB
        assert snr_db(decoded, vae.decode(latents).sample) >= FLOAT32_SNR_DB
        vae.enable_slicing()
    handle.undo()
    assert snr_db(decoded, vae.decode(latents).sample) < 60


def test_a_pipelines_autoencoder_is_found_and_follows_it_to_another_dtype() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diffusers import DiffusionPipeline

    class Pipeline(DiffusionPipeline):  # type: ignore[misc]
        def __init__(self, vae: Any) -> None:
            super().__init__()
            self.register_modules(vae=vae)

    pipeline = Pipeline(diffusers_vae())
    latents = torch.randn(1, 4, 100)
    exact = pipeline.vae.decode(latents).sample
    saoctl.stream_vae(pipeline)
    assert snr_db(exact, pipeline.vae.decode(latents).sample) >= FLOAT32_SNR_DB
    pipeline.to(torch.bfloat16)
    streamed = pipeline.vae.decode(latents.bfloat16()).sample
    saoctl.stream_vae(pipeline).undo()
    theirs = pipeline.vae.decode(latents.bfloat16()).sample
    assert streamed.dtype == theirs.dtype == torch.bfloat16
    assert snr_db(exact, streamed) >= snr_db(exact, theirs) - 3, "no less exact than bfloat16 is by itself"


# stable-audio-tools


@pytest.mark.slow
@examples(6)
@given(architecture=architectures(), block_frames=st.integers(1, 9), batch=st.integers(1, 3), data=st.data())
def test_stable_audio_tools_gives_what_it_gave_for_any_architecture(
    architecture: OobleckArchitecture, block_frames: int, batch: int, data: st.DataObject
) -> None:
    model = judge(architecture).model
    samples = data.draw(st.integers(architecture.ratio, 20 * architecture.ratio), label="samples")
    audio = torch.randn(batch, architecture.audio_channels, samples)

    def results() -> list[Tensor]:
        torch.manual_seed(0)
        sampled, info = model.encode(audio, return_info=True)
        moments = model.encoder(audio)
        latents = moments.chunk(2, dim=1)[0]
        told = [each for each in info.values() if isinstance(each, Tensor)]  # more in some versions than in others
        first = [sampled, moments, *told, model.encode_audio(audio)]
        return [*first, model.decode(latents), model.decode_audio(latents), model.decode(latents, iterate_batch=True)]

    before = results()
    handle = saoctl.stream_vae(model, block_frames=block_frames)
    for expected, streamed in zip(before, results(), strict=True):
        assert streamed.shape == expected.shape
        assert snr_db(expected, streamed) >= SHORT_SNR_DB
    latents = before[1].chunk(2, dim=1)[0]
    assert torch.equal(torch.cat(list(handle.decode_iter(latents)), dim=2), model.decode(latents))


@pytest.mark.slow
def test_chunks_of_stable_audio_tools_become_the_whole_signal() -> None:
    model = autoencoder(lambda config: config.pop("bottleneck"))
    latents = torch.randn(2, 2, 100)
    audio = model.decode_audio(latents)
    chunked = model.decode_audio(latents, chunked=True, overlap=2, chunk_size=10)
    assert snr_db(audio, chunked) < 60, "chunks are not exact, or this test would show nothing"
    saoctl.stream_vae(model)
    assert snr_db(audio, model.decode_audio(latents, chunked=True, overlap=2, chunk_size=10)) >= FLOAT32_SNR_DB
    assert torch.equal(model.encode_audio(audio, True, 2, 10), model.encode(audio))
    assert torch.equal(model.encode_audio(audio, chunked=True, iterate_batch=True), model.encode(audio))


def without_bottleneck(config: dict[str, Any]) -> None:
    config.pop("bottleneck")
    config["encoder"]["config"]["latent_dim"] = 3  # no mean and scale, and odd
    config["decoder"]["config"]["latent_dim"] = 3
    config["latent_dim"] = 3


def soft_clip(config: dict[str, Any]) -> None:
    config["decoder"]["soft_clip"] = True


def another_bottleneck(config: dict[str, Any]) -> None:
    config["bottleneck"] = {"type": "tanh"}
    config["encoder"]["config"]["latent_dim"] = 2


@pytest.mark.parametrize("change", [without_bottleneck, soft_clip, another_bottleneck])
def test_what_is_around_encoder_and_decoder_stays_theirs(change: Callable[[dict[str, Any]], None]) -> None:
    model = autoencoder(change)
    audio = torch.randn(1, 2, 80 * USUAL.ratio)
    torch.manual_seed(0)
    latents = model.encode_audio(audio)
    decoded = model.decode_audio(latents)
    handle = saoctl.stream_vae(model, block_frames=5)
    torch.manual_seed(0)
    assert snr_db(latents, model.encode_audio(audio)) >= FLOAT32_SNR_DB
    assert snr_db(decoded, model.decode_audio(latents)) >= FLOAT32_SNR_DB
    assert torch.equal(torch.cat(list(handle.decode_iter(latents)), dim=2), model.decode_audio(latents))


@pytest.mark.parametrize("numbers", [{"scale": 0.3, "iterate_batch": True}, {"scale": 2.0, "chunked": True}])
@pytest.mark.parametrize("inside", [False, True], ids=["pretransform", "inside a diffusion model"])
def test_a_pretransform_scales_its_pieces_too(numbers: dict[str, Any], inside: bool) -> None:
    outer = pretransform(autoencoder(), **{**numbers, "chunked": False})
    latents = torch.randn(2, 2, 150)
    decoded = outer.decode(latents)
    outer.chunked = numbers.get("chunked", False)
    handle = saoctl.stream_vae(SimpleNamespace(pretransform=outer, model=nn.Linear(1, 1)) if inside else outer)
    assert snr_db(decoded, outer.decode(latents)) >= FLOAT32_SNR_DB
    assert snr_db(decoded, torch.cat(list(handle.decode_iter(latents)), dim=2)) >= FLOAT32_SNR_DB


def test_a_pretransform_in_half_precision_gives_pieces_as_it_gives_the_whole() -> None:
    outer = pretransform(autoencoder(), model_half=True, scale=0.5)
    handle = saoctl.stream_vae(outer)
    latents = torch.randn(1, 2, 40)
    pieces = list(handle.decode_iter(latents))
    assert {piece.dtype for piece in pieces} == {torch.float32}
    assert torch.equal(torch.cat(pieces, dim=2), outer.decode(latents))


def test_a_pretransform_of_the_autoencoders_own_decodes_all_at_once() -> None:
    model = autoencoder()
    model.pretransform = importlib.import_module("stable_audio_tools.models.pretransforms").PatchedPretransform(1, 2)
    latents = torch.randn(1, 2, 40)
    decoded = model.decode(latents)
    handle = saoctl.stream_vae(model)
    assert snr_db(decoded, model.decode(latents)) >= FLOAT32_SNR_DB
    with pytest.raises(ConfigError, match=r"needs the whole signal. Use decode"):
        handle.decode_iter(latents)


# ComfyUI


@pytest.mark.slow
@pytest.mark.parametrize("new", [True, False], ids=["parametrizations", "hooks"])
@pytest.mark.parametrize("inside", [True, False], ids=["what nodes pass", "its model"])
def test_comfyuis_vae_gives_what_it_gave_whole_and_piece_by_piece(new: bool, inside: bool) -> None:
    vae = comfyui.VAE(USUAL, new=new)
    model, latents = vae.first_stage_model, torch.randn(2, 2, 100)
    audio = torch.randn(2, 2, 100 * USUAL.ratio)

    def results() -> list[Tensor]:
        torch.manual_seed(0)
        return [model.encode(audio), model.decode(latents)]

    before = results()
    with saoctl.stream_vae(vae if inside else model, block_frames=7) as handle:
        for expected, streamed in zip(before, results(), strict=True):
            assert snr_db(expected, streamed) >= FLOAT32_SNR_DB
        assert torch.equal(torch.cat(list(handle.decode_iter(latents)), dim=2), model.decode(latents))


# In place, and back


def attributes(vae: Any) -> dict[str, set[str]]:
    """The names of what an autoencoder and its two directions hold themselves, beside what their classes give."""
    return {name: set(part.__dict__) for name, part in (("", vae), ("e", vae.encoder), ("d", vae.decoder))}


@torch.no_grad()
def test_a_decoder_with_other_residual_units_in_the_place_of_diffusers_own_is_followed() -> None:
    vae, latents = diffusers_vae(), torch.randn(1, 4, 50)
    vae.decoder = dreamvae(Coder(channels=4, c_mults=(1, 2), strides=(2, 4)), latents=4)
    expected = vae.decode(latents).sample
    with saoctl.stream_vae(vae, block_frames=7):
        assert snr_db(expected, vae.decode(latents).sample) >= FLOAT32_SNR_DB


def test_to_stream_takes_no_random_numbers_from_those_who_draw_them() -> None:
    vae = diffusers_vae()
    audio = torch.randn(1, 2, 60 * vae.hop_length)
    torch.manual_seed(0)
    sampled = vae.encode(audio).latent_dist.sample()
    torch.manual_seed(0)
    with saoctl.stream_vae(vae):
        assert snr_db(sampled, vae.encode(audio).latent_dist.sample()) >= FLOAT32_SNR_DB


def test_progress_is_told_after_each_block_up_to_the_whole_length() -> None:
    vae, told = diffusers_vae(), list[tuple[int, int]]()
    saoctl.stream_vae(vae, block_frames=10, progress=lambda done, total: told.append((done, total)))
    vae.encode(torch.randn(1, 2, 60 * vae.hop_length))
    assert len(told) >= 6
    assert told == sorted(told)
    assert told[-1] == (60, 60)
    told.clear()
    saoctl.stream_vae(vae)  # without a listener
    vae.decode(torch.randn(1, 4, 60))
    assert told == []


@pytest.mark.parametrize("make", [diffusers_vae, autoencoder])
def test_undone_all_is_as_it_was(make: Callable[[], Any]) -> None:
    vae = make()
    latents = torch.randn(1, 4 if make is diffusers_vae else 2, 50)
    before, there, names = vae.decoder(latents), attributes(vae), list(vae.state_dict())
    with pytest.raises(KeyError), saoctl.stream_vae(vae) as handle:
        assert not torch.equal(vae.decoder(latents), before)
        assert list(vae.state_dict()) == names, "what is saved is the original alone"
        raise KeyError
    assert torch.equal(vae.decoder(latents), before)
    assert attributes(vae) == there
    handle.undo()
    with pytest.raises(ConfigError, match=r"does not stream any more. Call stream_vae again"):
        handle.decode_iter(latents)


def test_what_somebody_else_had_put_there_comes_back_and_is_not_lost() -> None:
    vae = diffusers_vae()
    theirs = vae.decoder.forward
    vae.decoder.forward = theirs
    handle = saoctl.stream_vae(vae)
    ours = vae.decoder.forward
    vae.decoder.forward = lambda x: ours(x)
    with pytest.raises(ConfigError, match="Other code has replaced `forward` since"):
        handle.undo()
    vae.decoder.forward = ours
    handle.undo()
    assert vae.decoder.forward is theirs


def test_a_second_call_takes_over_the_block_size_and_is_undone_with_the_first() -> None:
    vae = diffusers_vae()
    latents = torch.randn(1, 4, 100)
    decoded = vae.decode(latents).sample
    first = saoctl.stream_vae(vae)
    second = saoctl.stream_vae(SimpleNamespace(vae=vae), block_frames=3)
    assert len(list(first.decode_iter(latents))) > 30
    assert len(list(second.decode_iter(latents, block_frames=60))) == 2
    second.undo()
    assert torch.equal(vae.decode(latents).sample, decoded)
    first.undo()


def test_a_copy_streams_by_itself() -> None:
    vae = diffusers_vae()
    latents = torch.randn(1, 4, 50)
    saoctl.stream_vae(vae)
    decoded = vae.decode(latents).sample
    other = copy.deepcopy(vae)
    other.decoder.conv2.weight_g.data.mul_(2)
    torch.testing.assert_close(other.decode(latents).sample, 2 * decoded)
    assert torch.equal(vae.decode(latents).sample, decoded)
    saoctl.stream_vae(other).undo()
    assert attributes(other) == attributes(diffusers_vae())
    assert attributes(vae) != attributes(other)


def halved(vae: Any) -> None:
    vae.decoder.conv2.weight_g.mul_(0.5)


def loaded(vae: Any) -> None:
    vae.load_state_dict(diffusers_vae(seed=1).state_dict())


def replaced(vae: Any) -> None:
    vae.decoder.conv2.weight_g.data = vae.decoder.conv2.weight_g.data * 0.5


@pytest.mark.parametrize("change", [halved, loaded, replaced])
def test_weights_that_change_later_are_seen(change: Callable[[Any], None]) -> None:
    vae = diffusers_vae()
    latents = torch.randn(1, 4, 50)
    handle = saoctl.stream_vae(vae)
    vae.decode(latents)
    change(vae)
    streamed = vae.decode(latents).sample
    handle.undo()
    assert snr_db(vae.decode(latents).sample, streamed) >= FLOAT32_SNR_DB


def test_calls_in_and_out_of_inference_mode_can_be_mixed() -> None:
    vae = diffusers_vae()
    latents = torch.randn(1, 4, 80)
    expected = vae.decode(latents).sample
    handle = saoctl.stream_vae(vae, block_frames=7)
    with torch.inference_mode():
        vae.decode(latents)
        pieces = handle.decode_iter(latents)
        heard = [next(pieces), next(pieces)]
    heard += pieces
    assert snr_db(expected, torch.cat(heard, dim=2)) >= FLOAT32_SNR_DB


def test_an_autoencoder_that_was_made_in_inference_mode_streams_in_and_out_of_it() -> None:
    """Some programs load and run all of a pipeline in it."""
    with torch.inference_mode():
        vae = diffusers_vae()
        latents = torch.randn(1, 4, 40)
        whole = vae.decode(latents).sample
        saoctl.stream_vae(vae)
        inside = vae.decode(latents).sample
    assert snr_db(whole, inside) > FLOAT32_SNR_DB
    assert torch.equal(vae.decode(latents).sample, inside)


def test_under_autocast_it_computes_in_the_dtype_of_the_weights() -> None:
    vae = diffusers_vae()
    latents = torch.randn(1, 4, 80).bfloat16()
    expected = vae.decode(latents.float()).sample
    handle = saoctl.stream_vae(vae)
    with torch.autocast("cpu", torch.bfloat16):
        assert snr_db(expected, vae.decode(latents).sample) >= FLOAT32_SNR_DB
        assert snr_db(expected, torch.cat(list(handle.decode_iter(latents)), dim=2)) >= FLOAT32_SNR_DB


def test_pieces_call_weights_back_that_wait_elsewhere() -> None:
    vae = diffusers_vae()
    called = []
    vae._hf_hook = SimpleNamespace(pre_forward=called.append)
    list(saoctl.stream_vae(vae).decode_iter(torch.randn(1, 4, 9)))
    assert called == [vae]


def test_no_signals_give_no_signals() -> None:
    vae = diffusers_vae()
    saoctl.stream_vae(vae)
    assert vae.decode(torch.zeros(0, 4, 9)).sample.shape == (0, 2, 9 * vae.hop_length)


# What cannot be had


def test_gradients_are_refused_and_evaluation_needs_no_switch() -> None:
    vae = diffusers_vae()
    handle = saoctl.stream_vae(vae)
    latents = torch.randn(1, 4, 20)
    with torch.enable_grad():
        assert not vae.decode(latents).sample.requires_grad
        wanted = latents.clone().requires_grad_()
        for call in (lambda: vae.decode(wanted), lambda: handle.decode_iter(wanted)):
            with pytest.raises(ConfigError, match=r"decoder records no gradients.*torch\.no_grad\(\).*undo"):
                call()
        vae.train()
        with pytest.raises(ConfigError, match="encoder records no gradients"):
            vae.encode(torch.randn(1, 2, 80))
        with torch.no_grad():
            vae.encode(torch.randn(1, 2, 80))
        vae.requires_grad_(False)
        vae.encode(torch.randn(1, 2, 80))


def test_what_the_original_would_not_take_is_refused() -> None:
    vae = diffusers_vae()
    saoctl.stream_vae(vae)
    with pytest.raises(ValueError, match=r"decoder takes \[batch, 4, length\], not \[1, 3, 9\]"):
        vae.decode(torch.randn(1, 3, 9))
    with pytest.raises(ValueError, match=r"encoder takes \[batch, 2, length\], not \[2, 80\]"):
        vae.encode(torch.randn(2, 80))
    with pytest.raises(ValueError, match=r"in torch\.float32 on cpu, and its input in torch\.float64 on cpu"):
        vae.decode(torch.randn(1, 4, 9).double())
    with pytest.raises(ValueError, match="a length of 3 is too short"):
        vae.encode(torch.randn(1, 2, 3))
    with pytest.raises(ValueError, match="a length of 0 is too short"):
        vae.decode(torch.randn(1, 4, 0))


def test_what_is_no_tensor_of_floating_point_numbers_is_refused_by_name() -> None:
    vae, audio, latents = diffusers_vae(), torch.zeros(1, 2, 80), torch.zeros(1, 4, 10)
    stream = saoctl.stream_vae(vae)
    calls: tuple[tuple[str, Callable[[Any], Any], Tensor], ...] = (
        ("the encoder", vae.encode, audio),
        ("the decoder", vae.decode, latents),
        ("decode_iter", stream.decode_iter, latents),
    )
    for taker, call, good in calls:
        for wrong in (good.numpy(), good.tolist()):
            with pytest.raises(TypeError, match=rf"{taker} takes a torch.Tensor, not .*: give torch.as_tensor"):
                call(wrong)
        for dtype, words in ((torch.int16, "floating-point (audio|latents)"), (torch.complex64, "floating-point num")):
            for autocast in (False, True):
                with (
                    torch.autocast("cpu", torch.bfloat16, enabled=autocast),
                    pytest.raises(TypeError, match=f"{taker} takes {words}"),
                ):
                    call(good.to(dtype))


def test_a_streamed_vae_says_what_it_is() -> None:
    stream = saoctl.stream_vae(diffusers_vae(), block_frames=7)
    assert repr(stream) == "<saoctl.StreamedVae of AutoencoderOobleck: in blocks of 7 latent frames>"
    stream.undo()
    assert repr(stream) == "<saoctl.StreamedVae of AutoencoderOobleck: undone>"


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("stable-audio-open-1.0", r"in an object of type str that can stream\. Give diffusers' AutoencoderOobleck"),
        (None, "type NoneType"),
        (nn.Linear(1, 1), "type Linear"),
        (SimpleNamespace(vae=nn.Linear(1, 1)), "type SimpleNamespace, with `vae` of type Linear"),
    ],
    ids=["a name", "nothing", "another module", "a pipeline with another vae"],
)
def test_what_holds_no_such_autoencoder_is_refused_with_what_could_be_given(what: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        saoctl.stream_vae(what)


def offloaded(vae: Any) -> None:
    vae.to("meta")


def doubled(vae: Any) -> None:
    vae.double()


def partly_half(vae: Any) -> None:
    vae.decoder.conv2.half()


def broken(vae: Any) -> None:
    vae.decoder.conv2.weight_g.fill_(torch.inf)


def padded_otherwise(vae: Any) -> None:
    vae.encoder.conv1.padding = (6,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (offloaded, r"not in memory.*Use enable_model_cpu_offload"),
        (doubled, r"weights in torch\.float64\. Only float32"),
        (partly_half, r"weights in torch\.float16, torch\.float32"),
        (broken, r"has values that are not finite in the tensor decoder\."),
        (padded_otherwise, "its encoder has other convolutions than Oobleck's"),
    ],
)
def test_weights_that_cannot_be_followed_are_refused_before_anything_changes(
    change: Callable[[Any], None], message: str
) -> None:
    vae = diffusers_vae()
    change(vae)
    there = attributes(vae)
    with pytest.raises(ConfigError, match=message):
        saoctl.stream_vae(vae)
    assert attributes(vae) == there


@pytest.mark.parametrize("frames", [0, -1, 2.5, "8"])
def test_blocks_without_whole_frames_are_refused(frames: Any) -> None:
    vae = diffusers_vae()
    with pytest.raises(ConfigError, match="latent frames is impossible"):
        saoctl.stream_vae(vae, block_frames=frames)
    with pytest.raises(ConfigError, match="latent frames is impossible"):
        saoctl.stream_vae(vae).decode_iter(torch.randn(1, 4, 9), frames)


@pytest.mark.slow
def test_neither_library_has_to_be_there() -> None:
    program = (
        "import sys; sys.modules |= {'diffusers': None, 'stable_audio_tools': None}; from saoctl import stream_vae"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
