"""An architecture is recognised by the names and shapes of its tensors, in any layout; the rest is asked."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saoctl.models.family import KnownModel, UndecidedError, UnsupportedArchitectureError
from saoctl.models.layouts import PREFIXES
from saoctl.models.oobleck.architecture import OobleckArchitecture, PartialOobleck
from saoctl.models.oobleck.family import Oobleck
from saoctl.models.oobleck.tensors import expected_shapes, to_diffusers_name, to_dreamvae_name
from saoctl.models.registry import complete, known_models
from tests.architectures import DREAMVAE, FULL_SIZE, ODD, USUAL, architectures, diffusers_vae, halves, judge
from tests.examples import examples

Shapes = Mapping[str, tuple[int, ...]]
HIDDEN = ("sample_rate", "final_tanh", "scale")
ACE_STEP = known_models()["ace-step-1.5"].architecture


def told(architecture: OobleckArchitecture) -> PartialOobleck:
    """What a person says of a model beside its tensors."""
    hidden = {key: getattr(architecture, key) for key in HIDDEN}
    return PartialOobleck(**hidden, dilations=next(iter(architecture.coders.values())).dilations)


def bare(architecture: OobleckArchitecture) -> Shapes:
    return expected_shapes(architecture)


def folded(architecture: OobleckArchitecture) -> Shapes:
    shapes = {name.replace("weight_v", "weight"): shape for name, shape in bare(architecture).items()}
    return {name: shape for name, shape in shapes.items() if not name.endswith("weight_g")}


def parametrized(architecture: OobleckArchitecture) -> Shapes:
    forms = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
    shapes = {}
    for name, shape in bare(architecture).items():
        module, _, last = name.rpartition(".")
        shapes[f"{module}.{forms.get(last, last)}"] = shape
    return shapes


def in_diffusers(architecture: OobleckArchitecture) -> Shapes:
    return {
        to_diffusers_name(name, architecture): (1, *shape, 1) if name.endswith((".alpha", ".beta")) else shape
        for name, shape in bare(architecture).items()
    }


FORMS = {"weight norm": bare, "parametrized": parametrized, "folded": folded, "diffusers": in_diffusers}


def with_prefix(prefix: str, shapes: Shapes) -> Shapes:
    return {f"{prefix}{name}": shape for name, shape in shapes.items()}


@pytest.mark.slow
@examples(40)
@given(
    architecture=architectures(same_units=True),
    form=st.sampled_from(sorted(FORMS)),
    prefix=st.sampled_from([*PREFIXES, "first_stage_model.", "model.vae."]),
)
def test_any_architecture_is_recognised_in_any_layout(
    architecture: OobleckArchitecture, form: str, prefix: str
) -> None:
    beside = {"model.model.weight": (3, 3), "conditioner.encoder.layers.0.self_attn.weight": (9, 9)}
    shapes = {**beside, **with_prefix(prefix, FORMS[form](architecture))}
    assert complete(shapes, told(architecture)) == architecture


@pytest.mark.parametrize("architecture", [USUAL, ODD], ids=["snake", "elu and odd strides"])
def test_stable_audio_tools_own_tensors_are_recognised(architecture: OobleckArchitecture) -> None:
    tensors = judge(architecture).model.state_dict()
    assert complete({name: tuple(each.shape) for name, each in tensors.items()}, told(architecture)) == architecture


def test_diffusers_own_tensors_are_recognised() -> None:
    vae = diffusers_vae(strides=(2, 3, 4), mults=(1, 2, 4), latents=4, audio_channels=1)
    found = complete({name: tuple(each.shape) for name, each in vae.state_dict().items()}, told(USUAL))
    assert isinstance(found, OobleckArchitecture)
    assert (found.strides, found.encoder.c_mults, found.encoder.channels) == ((2, 3, 4), (1, 2, 4), 8)
    assert (found.latent_dim, found.audio_channels) == (4, 1)


@pytest.mark.parametrize("name", [model.name for model in Oobleck.known])
def test_each_known_model_is_recognised_without_being_asked_for(name: str) -> None:
    architecture = known_models()[name].architecture
    assert isinstance(architecture, OobleckArchitecture)
    assert complete(bare(architecture)) == architecture


def test_the_pretransform_is_taken_where_a_conditioner_has_a_second_copy() -> None:
    """AudioX publishes such a checkpoint."""
    second = "conditioner.conditioners.audio_prompt.pretransform.model."
    shapes = {**with_prefix(second, bare(USUAL)), **with_prefix("pretransform.model.", bare(FULL_SIZE))}
    assert complete(shapes) == FULL_SIZE


def test_what_shapes_do_not_show_is_asked_for_by_its_keys() -> None:
    with pytest.raises(UndecidedError) as error:
        complete(bare(USUAL))
    assert "strides [2, 4]" in error.value.message
    assert "--set model.architecture.sample_rate=" in error.value.hint
    assert "--set model.architecture.final_tanh=" in error.value.hint
    with pytest.raises(UndecidedError) as error:
        complete(bare(USUAL), PartialOobleck(sample_rate=8000))
    assert "sample_rate=" not in error.value.hint
    assert complete(bare(USUAL), PartialOobleck(sample_rate=8000, final_tanh=False)) == USUAL


TWO_UNITS = USUAL.model_copy(
    update={name: coder.model_copy(update={"dilations": (2, 5)}) for name, coder in USUAL.coders.items()}
)


def test_dilations_are_asked_for_if_a_block_has_another_number_of_residual_units() -> None:
    hidden = {"sample_rate": 8000, "final_tanh": False}
    with pytest.raises(UndecidedError, match="2 residual units in each block of its encoder") as error:
        complete(bare(TWO_UNITS), PartialOobleck(**hidden))
    assert "--set 'model.architecture.dilations=[1, 3]'" in error.value.hint
    assert complete(bare(TWO_UNITS), PartialOobleck(**hidden, dilations=(2, 5))) == TWO_UNITS
    with pytest.raises(UnsupportedArchitectureError, match=r"its encoder has 2 and .* not 3 as `dilations`"):
        complete(bare(TWO_UNITS), PartialOobleck(**hidden, dilations=(1, 3, 9)))


def test_dilations_of_each_direction_follow_from_its_number_of_residual_units() -> None:
    halves = USUAL.model_copy(update={"decoder": TWO_UNITS.decoder})
    partial = PartialOobleck(sample_rate=8000, final_tanh=False, dilations=(2, 5))
    assert complete(bare(halves), partial) == halves


@examples(20)
@given(architecture=halves(), form=st.sampled_from(sorted(FORMS)), prefix=st.sampled_from([*PREFIXES, "model.vae."]))
def test_an_encoder_or_a_decoder_alone_is_recognised_in_any_layout(
    architecture: OobleckArchitecture, form: str, prefix: str
) -> None:
    assert complete(with_prefix(prefix, FORMS[form](architecture)), told(architecture)) == architecture


@examples(20)
@given(architecture=halves(), form=st.sampled_from(sorted(FORMS)))
def test_the_state_dict_of_an_encoder_or_a_decoder_itself_is_recognised(
    architecture: OobleckArchitecture, form: str
) -> None:
    own = {name.partition(".")[2]: shape for name, shape in FORMS[form](architecture).items()}
    assert complete(own, told(architecture)) == architecture


def test_a_decoder_alone_is_one_of_the_known_models_with_its_shape() -> None:
    decoder = ACE_STEP.model_copy(update={"encoder": None})
    assert complete(bare(decoder)) == decoder


@pytest.mark.parametrize("form", [bare, folded, parametrized], ids=lambda form: form.__name__)
def test_dreamvae_is_recognised_by_its_own_names_with_its_dilations(
    form: Callable[[OobleckArchitecture], Shapes],
) -> None:
    own = {to_dreamvae_name(name, DREAMVAE): shape for name, shape in form(DREAMVAE).items()}
    assert {"conv1", "blocks", "final_snake", "conv2"} == {name.partition(".")[0] for name in own}
    assert complete(own, PartialOobleck(sample_rate=8000, final_tanh=False)) == DREAMVAE


def test_an_encoder_alone_is_not_asked_for_a_tanh() -> None:
    alone = USUAL.model_copy(update={"decoder": None})
    assert complete(bare(alone), PartialOobleck(sample_rate=8000)) == alone


def test_what_a_person_says_beats_what_is_known() -> None:
    assert complete(bare(ACE_STEP), PartialOobleck(sample_rate=44100)) == ACE_STEP.model_copy(
        update={"sample_rate": 44100}
    )


def model(name: str, **numbers: object) -> KnownModel:
    return KnownModel(name, name, USUAL.model_copy(update=numbers), "a/b", None, False, None)


def test_between_two_possible_models_the_question_names_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Oobleck, "known", (model("one"), model("two", sample_rate=16000, final_tanh=True)))
    with pytest.raises(UndecidedError) as error:
        complete(bare(USUAL))
    assert "one" in error.value.message
    assert "two" in error.value.message
    assert "Is its sample_rate 8000 (one) or 16000 (two)?" in error.value.hint
    assert complete(bare(USUAL), PartialOobleck(sample_rate=16000)) == USUAL.model_copy(
        update={"sample_rate": 16000, "final_tanh": True}
    )


def without(part: str, shapes: Shapes) -> Shapes:
    return {name: shape for name, shape in shapes.items() if not name.startswith(part)}


UNKNOWN = {
    "none": ({}, "none at all"),
    "others": ({"blocks.0.conv_t.weight": (8, 4, 4)}, r"1 others, such as blocks\.0\.conv_t\.weight \[8, 4, 4\]"),
    "an encoder without a scale": (
        {**without("decoder.", bare(USUAL)), "encoder.layers.4.weight_v": (3, 8, 3)},
        "its encoder gives 3 channels, which are not mean and scale",
    ),
    "two copies": (
        {**with_prefix("teacher.", bare(USUAL)), **with_prefix("student.", bare(USUAL))},
        r"several autoencoders, whose tensors begin with student\. and teacher\., and none",
    ),
    "a residual unit less in a block": (
        without("encoder.layers.1.layers.2.", bare(USUAL)),
        "its encoder has blocks with 2 and 3 residual units; Oobleck's have the same number",
    ),
    "an odd kernel": (
        {**bare(USUAL), "encoder.layers.1.layers.4.weight_v": (4, 4, 5)},
        "its encoder has a convolution with 4 channels and a kernel of 5",
    ),
    "no mean and scale": (
        {**bare(USUAL), "encoder.layers.4.weight_v": (2, 8, 3)},
        "gives 2 channels and its decoder takes 2: a VAE gives twice as many",
    ),
    "mono in, stereo out": (
        {**bare(USUAL), "encoder.layers.0.weight_v": (4, 1, 7)},
        "takes 1 channels, and .* gives 2",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_other_tensors_are_refused_with_what_was_found(case: str) -> None:
    shapes, words = UNKNOWN[case]
    with pytest.raises(UnsupportedArchitectureError, match=words):
        complete(shapes)
