"""Published configs are read as they are meant, and what is not supported is refused by name."""

import copy
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from saoctl.models.family import UnsupportedArchitectureError
from saoctl.models.registry import read_config
from saoctl.models.same.architecture import SameArchitecture, to_stable_audio_tools
from saoctl.models.same.known import SAME_L, SAME_S
from tests.same import same_architectures, windowed_architectures

# The facts of stabilityai/SAME-S's model_config.json.
CODER = {
    "channels": 128,
    "c_mults": [6],
    "strides": [16],
    "latent_dim": 256,
    "transformer_depths": [6],
    "checkpointing": False,
    "differential": True,
    "dyt": True,
    "dim_heads": 64,
    "variable_stride": True,
    "chunk_size": 32,
    "chunk_midpoint_shift": True,
    "mask_noise": 0.0,
    "ff_mult": 3,
}
AUTOENCODER: dict[str, Any] = {
    "pretransform": {"type": "patched", "config": {"patch_size": 256, "channels": 2}},
    "encoder": {"type": "same", "config": {"in_channels": 512, "conv_mapping": False, **CODER}},
    "decoder": {
        "type": "same",
        "config": {"out_channels": 512, "sinusoidal_blocks": [0], "conv_mapping": True, **CODER},
    },
    "bottleneck": {
        "type": "softnorm",
        "config": {"dim": 256, "noise_augment_dim": 0, "noise_regularize": True, "auto_scale": True, "freeze": True},
    },
    "latent_dim": 256,
    "downsampling_ratio": 4096,
    "io_channels": 2,
}
PLAIN = {"model_type": "autoencoder", "sample_rate": 44100, "audio_channels": 2, "model": AUTOENCODER}
DIFFUSION = {
    "model_type": "diffusion_cond",
    "sample_rate": 44100,
    "audio_channels": 2,
    "model": {"pretransform": {"type": "autoencoder", "iterate_batch": True, "config": AUTOENCODER}},
}


@pytest.mark.parametrize("config", [PLAIN, DIFFUSION], ids=["autoencoder", "diffusion"])
def test_the_published_configs_are_those_of_the_known_model(config: dict[str, Any]) -> None:
    assert read_config(config) == SAME_S


@given(same_architectures() | windowed_architectures())
def test_a_written_config_is_read_as_the_same_architecture(architecture: SameArchitecture) -> None:
    assert read_config(to_stable_audio_tools(architecture)) == architecture


def changed(path: str, value: object) -> dict[str, Any]:
    config = copy.deepcopy(PLAIN)
    *sections, key = path.split(".")
    section: Any = config["model"]
    for each in sections:
        section = section[each]
    section[key] = value
    return config


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("encoder.config.strides", [4, 4], "only a single stage"),
        ("encoder.config.sliding_window", [1, 1], "decoder.config.sliding_window is None"),
        ("decoder.config.chunk_midpoint_shift", False, "chunk_midpoint_shift False is not supported"),
        ("decoder.config.variable_stride", False, "variable_stride False is not supported"),
        ("encoder.config.dyt", False, "dyt False is not supported"),
        ("encoder.config.mask_noise", 0.1, "mask_noise 0.1 is not supported"),
        ("encoder.config.conformer", True, "conformer True is not supported"),
        ("encoder.config.chunk_size", 48, "decoder.config.chunk_size is 32"),
        ("decoder.type", "oobleck", "type `oobleck` is not supported"),
        ("pretransform.config.oversampling", 2, "oversampling 2 is not supported"),
        ("pretransform.config.postfilter_channels", 8, "postfilter_channels 8 is not supported"),
        ("pretransform.type", "pqmf", "type 'pqmf' is not supported"),
        ("bottleneck.type", "vae", "type 'vae' is not supported"),
        ("bottleneck.config.noise_augment_dim", 4, "noise_augment_dim 4 is not supported"),
        ("bottleneck.config.auto_scale", False, "auto_scale False is not supported"),
        ("decoder.soft_clip", True, "soft_clip is not supported"),
        ("downsampling_ratio", 2048, "multiply to 4096"),
        ("latent_dim", 128, "encoder.config.latent_dim is 256"),
        ("io_channels", 1, "channels is 2"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_what_is_not_supported_is_refused_by_name(path: str, value: object, words: str) -> None:
    with pytest.raises(UnsupportedArchitectureError) as refusal:
        read_config(changed(path, value))
    assert words in str(refusal.value)


def test_a_chunk_of_an_odd_number_of_frames_is_refused() -> None:
    config = changed("encoder.config.chunk_size", 48)
    config["model"]["decoder"]["config"]["chunk_size"] = 48
    with pytest.raises(UnsupportedArchitectureError, match="no even number of latent frames"):
        read_config(config)


def test_a_window_with_more_frames_on_one_side_is_refused() -> None:
    config = changed("encoder.config.sliding_window", [2, 1])
    config["model"]["decoder"]["config"]["sliding_window"] = [2, 1]
    with pytest.raises(UnsupportedArchitectureError, match=r"sliding_window is \[2, 1\]; only windows"):
        read_config(config)


def test_a_config_of_diffusers_means_sliding_windows() -> None:
    numbers = {
        "audio_channels": 2, "patch_size": 256, "encoder_channels": 256, "encoder_c_mults": [6],
        "encoder_strides": [16], "encoder_transformer_depths": [12], "latent_dim": 256, "dim_heads": 64, "ff_mult": 3,
        "use_differential_attention": True, "sliding_window": 1, "encoder_sinusoidal_blocks": [0],
        "decoder_sinusoidal_blocks": [8], "sampling_rate": 44100,
    }  # fmt: skip
    read = read_config({"_class_name": "AutoencoderSAME", **numbers})
    assert read == SAME_L.model_copy(update={"noise_regularize": False})
    with pytest.raises(UnsupportedArchitectureError, match="window: Input should be greater than 0"):
        read_config({"_class_name": "AutoencoderSAME", **{**numbers, "sliding_window": 0}})


@pytest.mark.parametrize("both", [{}, {"chunk": 32, "window": 1}])
def test_attention_is_either_in_chunks_or_in_windows(both: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="either a chunk or a window"):
        SameArchitecture.model_validate({**SAME_L.model_dump(), "window": None, **both})


def test_files_of_chunks_describe_themselves_as_before_there_were_windows() -> None:
    assert "window" not in SAME_S.described()
    for architecture in (SAME_S, SAME_L):
        assert SameArchitecture.model_validate(architecture.described()) == architecture
