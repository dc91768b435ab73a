"""The same weights in any layout end in the same state dict, and sound as in the models they are for."""

import contextlib
import io
from pathlib import Path

import pytest
import torch
from torch import Tensor

from saoctl.models import layouts
from saoctl.models.checkpoint import load, locate
from saoctl.models.layouts import LayoutError
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture, to_diffusers
from saoctl.models.oobleck.model import WeightNorm, offline_model
from saoctl.models.oobleck.random import random_state
from saoctl.models.oobleck.tensors import expected_shapes, to_diffusers_name, to_state
from saoctl.models.registry import family_of
from saoctl.verify.metrics import snr_db
from saoctl.weights.source import write_random
from tests.architectures import FULL_SIZE, STABLE_AUDIO_OPEN, TINY

STATE = random_state(TINY, seed=0)


def folded(state: dict[str, Tensor], architecture: OobleckArchitecture = TINY) -> dict[str, Tensor]:
    """The weights that the model computes with."""
    model = offline_model(architecture, state)
    convolutions = {name: module for name, module in model.named_modules() if isinstance(module, WeightNorm)}
    weights = {f"{name}.weight": module.folded_weight() for name, module in convolutions.items()}
    others = {name: tensor for name, tensor in state.items() if not name.endswith(("weight_g", "weight_v"))}
    return {**weights, **others}


def parametrized(name: str) -> str:
    """A name as torch.nn.utils.parametrizations.weight_norm has it."""
    name = name.replace("weight_g", "parametrizations.weight.original0")
    return name.replace("weight_v", "parametrizations.weight.original1")


def in_diffusers(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights under diffusers' names, with or without weight norm."""
    tensors = {}
    for name, tensor in state.items():
        snake = name.endswith((".alpha", ".beta"))
        renamed = to_diffusers_name(name, TINY)
        tensors[renamed] = tensor[None, :, None] if snake else tensor
    return tensors


FORMS = {
    "weight norm": STATE,
    "parametrized": {parametrized(name): tensor for name, tensor in STATE.items()},
    "folded": folded(STATE),
}
LAYOUTS = {
    **{
        f"{prefix or 'bare'} {form}": (prefix, tensors)
        for prefix in layouts.PREFIXES
        for form, tensors in FORMS.items()
    },
    **{f"diffusers {form}": ("", in_diffusers(tensors)) for form, tensors in FORMS.items()},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_layouts_fold_to_the_same_bits(layout: str) -> None:
    prefix, tensors = LAYOUTS[layout]
    beside = {"model.model.weight": torch.zeros(3)} if prefix else {}
    state = to_state({**{prefix + name: tensor for name, tensor in tensors.items()}, **beside}, TINY)
    assert state.keys() == STATE.keys()
    expected = folded(STATE)
    assert all(torch.equal(weight, expected[name]) for name, weight in folded(state).items())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("form", FORMS)
def test_half_precision_is_loaded_as_float32_without_another_rounding(form: str, dtype: torch.dtype) -> None:
    tensors = {name: tensor.to(dtype) for name, tensor in FORMS[form].items()}
    state = to_state(tensors, TINY)
    assert all(tensor.dtype == torch.float32 for tensor in state.values())
    rounded = {name: tensor.float() for name, tensor in tensors.items()}
    expected = rounded if form == "folded" else folded(to_state(rounded, TINY))
    assert all(torch.equal(weight, expected[name]) for name, weight in folded(state).items())


def test_a_folded_row_of_zeros_stays_zero() -> None:
    tensors = folded(STATE)
    tensors["encoder.layers.0.weight"][1] = 0
    refolded = folded(to_state(tensors, TINY))
    assert torch.equal(refolded["encoder.layers.0.weight"], tensors["encoder.layers.0.weight"])


def test_a_tensor_that_is_there_in_two_forms_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"has twice the tensors: encoder\.layers\.0\.weight_g"):
        to_state({**STATE, "encoder.layers.0.weight": STATE["encoder.layers.0.weight_v"]}, TINY)


@pytest.mark.parametrize(
    "wrong",
    [torch.zeros(8).to_sparse(), torch.zeros(8, device="meta"), torch.zeros(8, dtype=torch.complex64)],
    ids=["sparse", "meta", "complex"],
)
def test_what_is_no_plain_tensor_is_refused(wrong: Tensor) -> None:
    with pytest.raises(LayoutError, match=r"decoder\.layers\.0\.bias"):
        to_state({**STATE, "decoder.layers.0.bias": wrong}, TINY)


def test_diffusers_names_of_the_full_model_are_all_different() -> None:
    names = [to_diffusers_name(name, FULL_SIZE) for name in expected_shapes(FULL_SIZE)]
    assert len(set(names)) == 365
    assert "encoder.block.0.res_unit1.conv1.weight_g" in names
    assert "decoder.block.4.conv_t1.bias" in names
    assert "decoder.conv2.weight_v" in names


NARROW = STABLE_AUDIO_OPEN.model_copy(update={"channels": 8})
ACE_STEP = NARROW.model_copy(update={"strides": (2, 4, 4, 6, 10)})


@pytest.mark.parametrize("coder", [NARROW, ACE_STEP], ids=["stable-audio-open", "ace-step-1.5"])
def test_the_vae_layout_is_what_diffusers_loads_and_sounds_the_same(tmp_path: Path, coder: Coder) -> None:
    architecture = OobleckArchitecture(sample_rate=48000, audio_channels=2, latent_dim=4, encoder=coder, decoder=coder)
    assert to_diffusers(architecture) is not None
    write_random(tmp_path / "random", architecture, seed=0)
    with contextlib.redirect_stdout(io.StringIO()):
        from diffusers import AutoencoderOobleck
    judge = AutoencoderOobleck.from_pretrained(tmp_path / "random" / "vae").eval()
    _, state = load(locate(tmp_path / "random"))
    stable_audio_tools = family_of(architecture).reference("stable-audio-tools", architecture, state)
    model = offline_model(architecture, state)
    audio = torch.randn(1, 2, 6 * architecture.ratio, generator=torch.Generator().manual_seed(0)) * 0.3
    with torch.inference_mode():
        latents = judge.encode(audio).latent_dist.mode()
        decoded = judge.decode(latents).sample
        assert snr_db(model.encode(audio), latents) >= 100
        assert snr_db(model.decode(latents), decoded) >= 100
    assert snr_db(stable_audio_tools.encode(audio), latents) >= 100
    assert snr_db(stable_audio_tools.decode(latents), decoded) >= 100
