"""Published configs are read as they are meant, and what is not supported is refused by name."""

import copy
from typing import Any

import pytest
from hypothesis import given

from saoctl.models.oobleck.architecture import (
    OobleckArchitecture,
    UnsupportedArchitectureError,
    to_diffusers,
    to_stable_audio_tools,
    to_stable_audio_tools_diffusion,
)
from saoctl.models.oobleck.family import Oobleck
from saoctl.models.registry import known_models, read_config
from tests.architectures import DECODER, FULL_SIZE, architectures, halves

# The facts of stabilityai/stable-audio-open-1.0's model_config.json and vae/config.json.
AUTOENCODER: dict[str, Any] = {
    "encoder": {
        "type": "oobleck",
        "requires_grad": False,
        "config": {
            "in_channels": 2,
            "channels": 128,
            "c_mults": [1, 2, 4, 8, 16],
            "strides": [2, 4, 4, 8, 8],
            "latent_dim": 128,
            "use_snake": True,
        },
    },
    "decoder": {
        "type": "oobleck",
        "config": {
            "out_channels": 2,
            "channels": 128,
            "c_mults": [1, 2, 4, 8, 16],
            "strides": [2, 4, 4, 8, 8],
            "latent_dim": 64,
            "use_snake": True,
            "final_tanh": False,
        },
    },
    "bottleneck": {"type": "vae"},
    "latent_dim": 64,
    "downsampling_ratio": 2048,
    "io_channels": 2,
}
DIFFUSION = {
    "model_type": "diffusion_cond",
    "sample_size": 2097152,
    "sample_rate": 44100,
    "audio_channels": 2,
    "model": {
        "pretransform": {"type": "autoencoder", "iterate_batch": True, "config": AUTOENCODER},
        "conditioning": {"configs": []},
    },
}
PLAIN = {"model_type": "autoencoder", "sample_rate": 44100, "audio_channels": 2, "model": AUTOENCODER}
DIFFUSERS = {
    "_class_name": "AutoencoderOobleck",
    "_diffusers_version": "0.30.0.dev0",
    "audio_channels": 2,
    "channel_multiples": [1, 2, 4, 8, 16],
    "decoder_channels": 128,
    "decoder_input_channels": 64,
    "downsampling_ratios": [2, 4, 4, 8, 8],
    "encoder_hidden_size": 128,
    "sampling_rate": 44100,
}


@pytest.mark.parametrize("config", [DIFFUSION, PLAIN, DIFFUSERS], ids=["diffusion", "plain", "diffusers"])
def test_every_published_format_gives_stable_audio_open(config: dict[str, Any]) -> None:
    assert read_config(config) == FULL_SIZE


def test_dreamvaes_config_is_read_as_what_it_is() -> None:
    config = {
        "channels": 128,
        "input_channels": 64,
        "audio_channels": 2,
        "upsampling_ratios": [10, 6, 4, 4, 2],
        "channel_multiples": [1, 2, 4, 8, 8],
    }
    read = read_config(config)
    assert read == known_models()["dreamvae"].architecture
    assert round(Oobleck().parameters(read) / 1e6, 1) == 51.7  # as its authors count
    with pytest.raises(UnsupportedArchitectureError, match="`input_channels` is missing"):
        read_config({**config, "input_channels": None})


@given(architecture=architectures() | halves())
def test_written_configs_read_back_as_themselves(architecture: OobleckArchitecture) -> None:
    assert read_config(to_stable_audio_tools_diffusion(architecture)) == architecture
    assert read_config(to_stable_audio_tools(architecture)) == architecture.model_copy(update={"scale": 1.0})
    diffusers = to_diffusers(architecture)
    assert diffusers is None or read_config(diffusers) == architecture


def test_a_config_of_neither_direction_is_refused() -> None:
    config = {**PLAIN, "model": {**AUTOENCODER, "encoder": None, "decoder": None}}
    with pytest.raises(UnsupportedArchitectureError, match="no `encoder` section"):
        read_config(config)


def test_usual_dilations_and_a_missing_direction_are_not_written() -> None:
    assert "dilations" not in str(FULL_SIZE.described())
    assert "encoder" not in DECODER.described()
    assert "dilations" not in str(to_stable_audio_tools(FULL_SIZE))


def test_the_scale_of_the_pretransform_is_read() -> None:
    config = copy.deepcopy(DIFFUSION)
    config["model"]["pretransform"]["scale"] = 0.5  # type: ignore[index]
    assert read_config(config).scale == 0.5


def test_what_is_left_out_has_stable_audio_tools_defaults() -> None:
    config = copy.deepcopy(PLAIN)
    del config["model"]["decoder"]["config"]["final_tanh"]  # type: ignore[index]
    del config["model"]["encoder"]["config"]["use_snake"]  # type: ignore[index]
    architecture = read_config(config)
    assert architecture.final_tanh
    assert not architecture.encoder.use_snake


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("encoder", "type"), "dac", "encoder type `dac`"),
        (("decoder", "type"), "taae", "decoder type `taae`"),
        (("bottleneck", "type"), "tanh", "bottleneck type `tanh`"),
        (("bottleneck",), None, "without a bottleneck"),
        (("encoder", "config", "antialias_activation"), True, "antialias_activation"),
        (("decoder", "config", "antialias_activation"), True, "antialias_activation"),
        (("decoder", "config", "use_nearest_upsample"), True, "use_nearest_upsample"),
        (("decoder", "soft_clip"), True, "soft_clip"),
        (("pretransform",), {"type": "pqmf"}, "pretransform of its own"),
        (("in_channels",), 1, "in_channels is 1"),
        (("encoder", "config", "latent_dim"), 64, "encoder.config.latent_dim"),
        (("decoder", "config", "out_channels"), 1, "decoder.config.out_channels is 1"),
        (("encoder", "config", "strides"), [2, 4, 4, 8], "5 c_mults for 4 strides"),
        (("encoder", "config", "strides"), [1, 8, 4, 8, 8], "encoder.strides.0"),
        (("encoder", "config", "channels"), "many", "encoder.channels"),
        (("decoder", "config", "strides"), [2, 2, 2, 2, 2], "must be equal"),
        (("downsampling_ratio",), 1024, "downsampling_ratio is 1024"),
        (("latent_dim",), None, "`latent_dim` is missing"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(path: tuple[str, ...], value: object, named: str) -> None:
    config = copy.deepcopy(PLAIN)
    section: Any = config["model"]
    for key in path[:-1]:
        section = section[key]
    section[path[-1]] = value
    with pytest.raises(UnsupportedArchitectureError) as error:
        read_config(config)
    assert named in str(error.value)


@pytest.mark.parametrize("config", [[], {}, {"model": 3}, {"model_type": "autoencoder", "model": {}}, None])
def test_what_is_no_config_is_refused(config: object) -> None:
    with pytest.raises(UnsupportedArchitectureError):
        read_config(config)


def test_another_diffusers_class_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedArchitectureError, match="AutoencoderKL"):
        read_config({**DIFFUSERS, "_class_name": "AutoencoderKL"})
