"""An encoder or decoder that another library has built is read as it computes, or refused."""

from typing import Any

import pytest
import torch
from hypothesis import given
from torch import nn

from saoctl.models.family import UnsupportedArchitectureError
from saoctl.models.layouts import LayoutError
from saoctl.models.oobleck import foreign
from saoctl.models.oobleck.architecture import OobleckArchitecture
from tests.architectures import TINY, architectures, diffusers_vae, judge
from tests.examples import examples

DIRECTIONS: tuple[foreign.Direction, ...] = ("encoder", "decoder")


@pytest.mark.slow
@examples(10)
@given(architecture=architectures())
@torch.no_grad()
def test_every_model_of_stable_audio_tools_is_read_without_a_config(architecture: OobleckArchitecture) -> None:
    model = judge(architecture).model
    for direction in DIRECTIONS:
        theirs = getattr(model, direction)
        ours = foreign.read(theirs, direction)
        assert foreign.recognises(theirs, direction)
        assert {name: t.shape for name, t in ours.state_dict().items()} == {
            name: t.shape for name, t in theirs.state_dict().items()
        }
        signal = (
            torch.randn(2, architecture.audio_channels, 3 * architecture.ratio)
            if direction == "encoder"
            else torch.randn(2, architecture.latent_dim, 3)
        )
        torch.testing.assert_close(ours(signal), theirs(signal))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["weight norm", "folded", "parametrized"])
def test_a_model_of_diffusers_is_read_with_any_form_of_weight_norm(form: str) -> None:
    vae = diffusers_vae()
    signals = {"encoder": torch.randn(1, 2, 64), "decoder": torch.randn(1, 4, 8)}
    with torch.no_grad():
        expected = {direction: getattr(vae, direction)(signal) for direction, signal in signals.items()}
    for part in vae.modules():
        if form != "weight norm" and hasattr(part, "weight_g"):
            nn.utils.remove_weight_norm(part)
            if form == "parametrized":
                nn.utils.parametrizations.weight_norm(part)
    for direction in DIRECTIONS:
        ours = foreign.read(getattr(vae, direction), direction)
        torch.testing.assert_close(ours(signals[direction]), expected[direction])


def test_weights_that_are_float32_are_shared() -> None:
    model = judge(TINY).model
    ours = foreign.read(model.encoder, "encoder").state_dict()
    assert all(ours[name].data_ptr() == tensor.data_ptr() for name, tensor in model.encoder.state_dict().items())


def changed(what: str) -> Any:
    """A decoder that is no longer Oobleck's."""
    decoder = judge(TINY).model.decoder
    convolution = decoder.layers[0]
    if what == "padding":
        convolution.padding = (6,)
    elif what == "reflections":
        convolution.padding_mode = "reflect"
    elif what == "a layer more":
        decoder.layers.append(nn.Conv1d(2, 2, 1))
    elif what == "no strides":
        decoder.layers = decoder.layers[:1]
    elif what == "no logarithms":
        next(part for part in decoder.modules() if hasattr(part, "alpha_logscale")).alpha_logscale = False
    elif what == "a tensor more":
        decoder.register_buffer("more", torch.zeros(3))
    else:
        convolution.bias.data[0] = torch.nan
    return decoder


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        ("padding", UnsupportedArchitectureError, "other convolutions"),
        ("reflections", UnsupportedArchitectureError, "other convolutions"),
        ("a layer more", UnsupportedArchitectureError, "other convolutions"),
        ("no strides", UnsupportedArchitectureError, "no strides"),
        ("no logarithms", UnsupportedArchitectureError, "not logarithms"),
        ("a tensor more", LayoutError, r"unexpected tensors: decoder\.more"),
        ("not a number", LayoutError, "not finite"),
    ],
)
def test_what_computes_something_else_is_refused(what: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        foreign.read(changed(what), "decoder")


def test_what_has_another_name_is_not_recognised() -> None:
    model = judge(TINY).model
    assert not foreign.recognises(model.encoder, "decoder")
    assert not foreign.recognises(nn.Conv1d(1, 1, 1), "encoder")
    assert not foreign.recognises(None, "encoder")
