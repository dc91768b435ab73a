"""Checkpoints in every layout give the same state dict; wrong tensors are refused by name."""

import warnings
from typing import Any

import pytest
import torch
from hypothesis import given
from torch import Tensor

from saoctl.models.checkpoint import load, locate
from saoctl.models.family import UnsupportedArchitectureError
from saoctl.models.layouts import LayoutError
from saoctl.models.registry import complete, recognise
from saoctl.models.same.architecture import PartialSame, SameArchitecture
from saoctl.models.same.family import Same
from saoctl.models.same.known import SAME_S
from saoctl.models.same.random import random_state
from saoctl.weights.source import write_random
from tests.same import TINY_SAME, same_architectures

FAMILY = Same()
STATE = random_state(TINY_SAME, 0)


def renamed(old: str, new: str) -> dict[str, Tensor]:
    return {name.replace(old, new): tensor for name, tensor in STATE.items()}


def folded() -> dict[str, Tensor]:
    model = FAMILY.offline(TINY_SAME, STATE)
    plain = {name: tensor for name, tensor in STATE.items() if not name.endswith(("weight_g", "weight_v"))}
    return plain | {
        "encoder.layers.0.mapping.weight": model.encoder.layers[0].mapping.folded_weight(),
        "decoder.layers.3.mapping.weight": model.decoder.layers[3].mapping.folded_weight(),
    }


LAYOUTS = {
    "bare": STATE,
    "prefixed": {f"pretransform.model.{name}": tensor for name, tensor in STATE.items()} | {"model.x": torch.ones(1)},
    "parametrized": {
        name.replace("weight_g", "parametrizations.weight.original0").replace(
            "weight_v", "parametrizations.weight.original1"
        ): tensor
        for name, tensor in STATE.items()
    },
    "with the empty tensor": STATE | {"bottleneck.noise_scaling_factor": torch.zeros(1, 0, 1)},
    "without what is derived": {name: tensor for name, tensor in STATE.items() if "inv_freq" not in name},
}


@pytest.mark.parametrize("tensors", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_layout_gives_the_same_state_dict(tensors: dict[str, Tensor]) -> None:
    state = FAMILY.to_state(tensors, TINY_SAME)
    assert state.keys() == STATE.keys()
    assert all(torch.equal(state[name], tensor) for name, tensor in STATE.items())


def test_folded_weights_are_the_same_weights() -> None:
    folded_again = FAMILY.offline(TINY_SAME, FAMILY.to_state(folded(), TINY_SAME))
    assert torch.equal(
        folded_again.encoder.layers[0].mapping.folded_weight(), folded()["encoder.layers.0.mapping.weight"]
    )


def test_diffusers_names_are_understood() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it imports is deprecated here and there
        from diffusers.models.autoencoders.autoencoder_same import AutoencoderSAME
    theirs: Any = AutoencoderSAME(
        patch_size=4, encoder_channels=16, encoder_c_mults=(1,), encoder_strides=(4,),
        encoder_transformer_depths=(2,), latent_dim=6, dim_heads=8, ff_mult=2,
    )  # fmt: skip
    # The two are one model where attention reaches everything: in a signal of a single frame.
    plain = TINY_SAME.model_copy(update={"decoder": TINY_SAME.decoder.model_copy(update={"conv_mapping": False})})
    generator = torch.Generator().manual_seed(0)
    for tensor in theirs.state_dict().values():
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.3 + 0.5)
    state = FAMILY.to_state(theirs.state_dict(), plain)
    theirs.decoder.blocks[0].mapping = theirs.encoder.blocks[0].mapping = torch.nn.Identity()
    block, x = FAMILY.offline(plain, state).encoder.layers[0].transformers[0], torch.randn(2, 5, 16)
    assert torch.allclose(block(x), theirs.encoder.blocks[0].transformers[0](x), atol=1e-5)
    assert torch.equal(state["bottleneck.scaling_factor"], theirs.bottleneck.scale)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"encoder.layers.0.new_tokens": None}, "lacks tensors: encoder.layers.0.new_tokens"),
        ({"encoder.layers.9.weight": torch.ones(1)}, "unexpected tensors: encoder.layers.9.weight"),
        ({"bottleneck.running_std": torch.ones(2)}, "misshapen"),
        ({"bottleneck.running_std": torch.full((1,), torch.nan)}, "not finite"),
        ({"bottleneck.noise_scaling_factor": torch.ones(1, 3, 1)}, "noise augmentation"),
    ],
)
def test_wrong_tensors_are_refused_by_name(change: dict[str, Tensor | None], words: str) -> None:
    tensors = {name: tensor for name, tensor in (STATE | change).items() if tensor is not None}
    with pytest.raises(LayoutError, match=words):
        FAMILY.to_state(tensors, TINY_SAME)


@pytest.mark.slow
@given(same_architectures())
def test_the_shapes_show_all_but_how_audio_is_cut(architecture: SameArchitecture) -> None:
    family, shown = recognise(FAMILY.shapes(architecture))
    assert family.name == "same"
    whole = architecture.model_dump()
    for key, numbers in shown.items():
        assert whole[key] == (whole[key] | numbers if isinstance(numbers, dict) else numbers)


def test_a_checkpoint_of_the_known_size_needs_no_config() -> None:
    shapes = {f"pretransform.model.{name}": shape for name, shape in FAMILY.shapes(SAME_S).items()}
    assert complete(shapes) == SAME_S


def test_a_checkpoint_of_another_size_needs_the_numbers_that_do_not_show() -> None:
    given = PartialSame(sample_rate=8000, audio_channels=2, patch=4, stride=4, chunk=8)
    assert complete(FAMILY.shapes(TINY_SAME), given) == TINY_SAME


def test_other_tensors_are_not_taken_for_it() -> None:
    with pytest.raises(UnsupportedArchitectureError):
        FAMILY.read_shapes({"encoder.layers.0.weight": (4, 2, 7)})


def test_made_weights_are_written_as_published_and_read_again(tmp_path: Any) -> None:
    write_random(tmp_path / "made", TINY_SAME, 0)
    architecture, state = load(locate(tmp_path / "made"))
    assert architecture == TINY_SAME
    assert all(torch.equal(state[name], tensor) for name, tensor in STATE.items())
