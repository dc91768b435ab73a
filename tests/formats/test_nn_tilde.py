"""The exported model keeps to nn~'s protocol."""

import pytest
import torch

from saoctl.formats import export
from saoctl.formats.nn_tilde import NnTilde
from saoctl.streaming.build import build
from saoctl.vocabulary import METHODS
from tests.architectures import TINY, offline
from tests.played import given_to_the_decoder


@pytest.fixture(params=[True, False], ids=["streaming", "offline"])
def host(request: pytest.FixtureRequest) -> NnTilde:
    return export.build(offline(TINY), "float32", streaming=request.param)


def test_the_methods_and_their_parameters_are_what_the_host_reads(host: NnTilde) -> None:
    assert set(host.get_methods()) == set(METHODS)
    for method in host.get_methods():
        in_channels, in_ratio, out_channels, out_ratio = getattr(host, f"{method}_params").tolist()
        buffer = 64
        output = getattr(host, method)(torch.zeros(3, in_channels, buffer // in_ratio))
        assert output.shape == (3, out_channels, buffer // out_ratio)
        assert output.dtype == torch.float32
        assert len(getattr(host, f"{method}_input_labels")) == in_channels
        assert len(getattr(host, f"{method}_output_labels")) == out_channels


def test_labels_say_what_a_channel_is(host: NnTilde) -> None:
    assert host.encode_input_labels == ["audio left", "audio right"]
    assert host.encode_output_labels == ["latent 1 of 2", "latent 2 of 2"]


def test_parameters_do_not_require_grad(host: NnTilde) -> None:
    assert not any(parameter.requires_grad for parameter in host.parameters())


def test_every_attribute_has_types_and_a_getter_that_gives_one_value_for_each(host: NnTilde) -> None:
    for name in host.get_attributes():
        types = getattr(host, f"{name}_params").tolist()
        values = getattr(host, f"get_{name}")()
        assert [{1: int, 2: float}[kind] for kind in types] == [type(value) for value in values]


def test_latencies_can_be_read_and_not_set(host: NnTilde) -> None:
    for method in METHODS:
        (latency,) = getattr(host, f"get_latency_{method}")()
        assert latency == export.latency_samples(host)[method]
        assert getattr(host, f"set_latency_{method}")(latency + 1) == -1
        assert getattr(host, f"get_latency_{method}")() == [latency]


@pytest.mark.parametrize("method", ["decode", "forward"])
def test_latent_controls_bend_what_enters_the_decoder(method: str, host: NnTilde) -> None:
    host.set_noise(0.0)
    model = offline(TINY)
    audio = torch.randn(1, 2, 60 * TINY.ratio)
    with torch.inference_mode():
        latents = model.encode(audio)
        given = audio if method == "forward" else latents
        scale, bias = torch.tensor([0.5 * 2.0, 0.5])[:, None], torch.tensor([0.1 - 0.3, 0.1])[:, None]
        expected = model.decode(latents * scale + bias)
        assert host.set_latent_scale(0.5) == host.set_latent_bias(0.1) == host.set_latent(1, 2.0, -0.3) == 0
        late = export.latency_samples(host)[method]
        streamed = torch.cat([getattr(host, method)(given), getattr(host, f"flush_{method}")()], dim=2)[:, :, late:]
    assert torch.allclose(streamed, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("latent_scale", (10.1,)),
        ("latent_scale", (float("nan"),)),
        ("latent_bias", (-10.1,)),
        ("latent_bias", (float("inf"),)),
        ("latent", (0, 1.0, 0.0)),
        ("latent", (3, 1.0, 0.0)),
        ("latent", (1, 11.0, 0.0)),
        ("latent", (1, 1.0, float("nan"))),
        ("freeze", (2,)),
        ("freeze", (-1,)),
        ("glide", (-0.1,)),
        ("glide", (60_001.0,)),
        ("glide", (float("nan"),)),
        ("rest", (-0.1,)),
        ("rest", (0.1,)),  # there are no directions that are not played
        ("reset", (2,)),
        ("reset", (-1,)),
    ],
)
def test_what_is_out_of_range_is_refused_and_changes_nothing(
    host: NnTilde, name: str, arguments: tuple[float, ...]
) -> None:
    before = getattr(host, f"get_{name}")()
    assert getattr(host, f"set_{name}")(*arguments) == -1
    assert getattr(host, f"get_{name}")() == before


def test_latents_that_are_not_bent_are_the_same_bit_for_bit() -> None:
    latents = torch.randn(2, 2, 50)
    for precision in ("float32", "float16", "bfloat16"):
        given = latents.to(getattr(torch, precision))
        played = given_to_the_decoder(build(offline(TINY), precision), given, [50])
        assert torch.equal(played, given.transpose(1, 2))
        assert played.dtype == given.dtype


def test_noise_starts_as_trained_and_is_refused_out_of_range(host: NnTilde) -> None:
    assert host.get_noise() == [1.0]
    for value, code in ((0.0, 0), (2.0, 0), (0.25, 0), (-0.1, -1), (2.1, -1), (float("nan"), -1)):
        assert (host.set_noise(value) == 0) == (code == 0)
    assert host.get_noise() == [0.25], "what is refused changes nothing"


def test_noise_changes_the_latents_and_zero_noise_does_not() -> None:
    host = export.build(offline(TINY), "float32", streaming=True)
    audio = torch.randn(1, 2, 400)

    def encoded(noise: float) -> torch.Tensor:
        host.set_noise(noise)
        host.reset()
        return host.encode(audio)

    assert torch.equal(encoded(0.0), encoded(0.0))
    assert not torch.equal(encoded(1.0), encoded(1.0))


@pytest.mark.slow
def test_asking_for_the_methods_warms_up_and_leaves_a_fresh_stream(host: NnTilde) -> None:
    scripted = torch.jit.script(host)
    scripted.set_noise(0.0)
    audio = torch.randn(1, 2, 40 * TINY.ratio)
    cold = [scripted.encode(audio), scripted.forward(audio)]
    scripted.reset()
    scripted.get_methods()
    warm = [scripted.encode(audio), scripted.forward(audio)]
    assert all(torch.equal(a, b) for a, b in zip(cold, warm, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["encode", "decode", "forward"])
def test_asking_for_the_methods_within_a_stream_does_not_disturb_it(host: NnTilde, method: str) -> None:
    scripted = torch.jit.script(host)
    scripted.set_noise(0.0)
    channels, ratio = (TINY.latent_dim, 1) if method == "decode" else (2, TINY.ratio)
    blocks = torch.randn(1, channels, 40 * ratio).split(20 * ratio, dim=2)
    call = getattr(scripted, method)
    undisturbed = [call(block) for block in blocks]
    scripted.reset()
    first = call(blocks[0])
    scripted.get_methods()
    assert torch.equal(torch.cat([first, call(blocks[1])], dim=2), torch.cat(undisturbed, dim=2))
