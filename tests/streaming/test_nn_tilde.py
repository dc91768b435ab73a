"""The exported model keeps to nn~'s protocol."""

import pytest
import torch

from saoctl import export
from saoctl.streaming.nn_tilde import METHODS, NnTilde
from tests.models import TINY, offline


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


def test_noise_starts_as_trained_and_is_refused_out_of_range(host: NnTilde) -> None:
    assert host.get_attributes() == ["noise"]
    assert host.noise_params.tolist() == [2]
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
