"""The numbers of an Oobleck autoencoder, read from the config files that models are published with."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from saoctl.models.family import Architecture, Count, PartialArchitecture, UnsupportedArchitectureError
from saoctl.models.published import need, validated
from saoctl.vocabulary import METHODS, Method

# Those of stable-audio-tools' OobleckEncoder and OobleckDecoder.
CODER_DEFAULTS = {"channels": 128, "c_mults": [1, 2, 4, 8], "strides": [2, 4, 8, 8], "use_snake": False}

UPSAMPLING = "upsampling_ratios"  # the key by which DreamVAE's config is recognised
DREAMVAE_DILATIONS = (1, 3)
DILATIONS = (1, 3, 9)  # of the residual units of a block, in all models of stable-audio-tools and diffusers

Stride = Annotated[int, Field(strict=True, ge=2)]
Dilations = Annotated[tuple[Count, ...], Field(min_length=1)]


class Coder(BaseModel):
    """One direction: a first convolution, then one block per stride.

    Args:
        channels: width at the audio end.
        c_mults: width after each block, in multiples of `channels`, from the audio end.
        strides: stride of each block, from the audio end.
        use_snake: SnakeBeta activations; else ELU.
        dilations: the dilation of each residual unit of a block, in the order in which they run; the same in all
            blocks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    channels: Count
    c_mults: Annotated[tuple[Count, ...], Field(min_length=1)]
    strides: Annotated[tuple[Stride, ...], Field(min_length=1)]
    use_snake: bool = True
    dilations: Dilations = DILATIONS

    @model_validator(mode="after")
    def _one_multiple_per_stride(self) -> Self:
        if len(self.c_mults) != len(self.strides):
            raise ValueError(f"{len(self.c_mults)} c_mults for {len(self.strides)} strides; there must be one for each")
        return self

    def described(self) -> dict[str, Any]:
        """Return the numbers without the usual dilations; see `Architecture.described`."""
        return self.model_dump(mode="json", exclude={"dilations"} if self.dilations == DILATIONS else None)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels before the first block and after each one, from the audio end."""
        return tuple(self.channels * m for m in (1, *self.c_mults))


Scale = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class PartialOobleck(PartialArchitecture):
    """The numbers of an Oobleck autoencoder that its tensors do not show.

    Args:
        sample_rate, final_tanh, scale: see `OobleckArchitecture`.
        dilations: see `Coder`. They are those of each direction that has as many residual units in a block.
    """

    # A scale belongs to the model around an autoencoder, which publishes a config.
    assumed: ClassVar[Mapping[str, Any]] = {"scale": 1.0}

    final_tanh: bool | None = None
    scale: Scale | None = None
    dilations: Dilations | None = None

    def over(self, architecture: "OobleckArchitecture") -> "OobleckArchitecture":  # type: ignore[override]
        given = self.given()
        if (dilations := given.pop("dilations", None)) is not None:
            for name, coder in architecture.coders.items():
                given[name] = coder.model_copy(update={"dilations": dilations})
        return architecture.model_copy(update=given)


class OobleckArchitecture(Architecture):
    """An Oobleck autoencoder with a VAE bottleneck, or its encoder or its decoder alone.

    Args:
        sample_rate: Hz.
        audio_channels: channels of the audio on both sides.
        latent_dim: channels of the latents; the encoder gives twice as many (mean and scale).
        encoder, decoder: the two directions; None: the model does not have it.
        final_tanh: the decoder ends in tanh.
        scale: latents are divided by it after encoding and multiplied before decoding (`pretransform.scale`).
    """

    encoder: Coder | None = None
    decoder: Coder | None = None
    final_tanh: bool = False
    scale: Scale = 1.0

    @model_validator(mode="after")
    def _same_ratio_both_ways(self) -> Self:
        if not self.coders:
            raise ValueError("has neither an `encoder` nor a `decoder`")
        ratios = [math.prod(coder.strides) for coder in self.coders.values()]
        if ratios[0] != ratios[-1]:
            down, up = ratios
            raise ValueError(f"the encoder's strides multiply to {down}, the decoder's to {up}; they must be equal")
        return self

    @property
    def coders(self) -> dict[str, Coder]:
        """The directions that the model has, by name."""
        both = {"encoder": self.encoder, "decoder": self.decoder}
        return {name: coder for name, coder in both.items() if coder is not None}

    @property
    def methods(self) -> tuple[Method, ...]:
        if len(self.coders) == 2:
            return METHODS
        return ("encode",) if self.decoder is None else ("decode",)

    def described(self) -> dict[str, Any]:
        own = {name: coder.described() for name, coder in self.coders.items()}
        fields = {key: own.get(key, value) for key, value in super().described().items()}
        return {key: value for key, value in fields.items() if value is not None}

    @property
    def ratio(self) -> int:
        return math.prod(self.strides)

    @property
    def strides(self) -> tuple[int, ...]:
        return next(iter(self.coders.values())).strides


def recognises(config: Mapping[str, Any]) -> bool:
    """Return whether a published config names this kind of autoencoder; `read_config` says what is wrong with it."""
    if "downsampling_ratios" in config or UPSAMPLING in config:
        return True
    model: object = config.get("model")
    for key in ("pretransform", "config"):
        model = model.get(key, model) if isinstance(model, Mapping) else None
    halves = [model.get(name) for name in ("encoder", "decoder")] if isinstance(model, Mapping) else []
    return any(isinstance(half, Mapping) and half.get("type") == "oobleck" for half in halves)


def read_config(config: Mapping[str, Any]) -> OobleckArchitecture:
    """Return the architecture in any of the published config formats, which differ in their keys.

    Formats: stable-audio-tools' `model_config.json` (`model_type` diffusion_cond, diffusion_uncond or autoencoder),
    diffusers' `vae/config.json` (AutoencoderOobleck) and DreamVAE's `config.json`.

    Raises:
        UnsupportedArchitectureError: what is described is not an Oobleck autoencoder with a VAE bottleneck, or a key is
            missing or has an impossible value. The message names it.
    """
    if "downsampling_ratios" in config:
        return _from_diffusers(config)
    if UPSAMPLING in config:
        return _from_dreamvae(config)
    if isinstance(config.get("model"), Mapping):
        return _from_stable_audio_tools(config)
    raise UnsupportedArchitectureError(
        "the config has neither `model` (stable-audio-tools) nor `downsampling_ratios` (diffusers)"
    )


def _from_diffusers(config: Mapping[str, Any]) -> OobleckArchitecture:
    kind = config.get("_class_name", "AutoencoderOobleck")
    if kind != "AutoencoderOobleck":
        raise UnsupportedArchitectureError(f"diffusers class {kind} is not supported, only AutoencoderOobleck")
    shared = {"c_mults": need(config, "channel_multiples"), "strides": config["downsampling_ratios"]}
    return validated(
        OobleckArchitecture,
        sample_rate=need(config, "sampling_rate"),
        audio_channels=need(config, "audio_channels"),
        latent_dim=need(config, "decoder_input_channels"),
        encoder={"channels": need(config, "encoder_hidden_size"), **shared},
        decoder={"channels": need(config, "decoder_channels"), **shared},
    )


def _from_dreamvae(config: Mapping[str, Any]) -> OobleckArchitecture:
    """Return the architecture of a decoder alone, whose residual units and sample rate are those of the published one.

    Its class is FastOobleckDecoder: https://github.com/daydreamlive/DEMON, `acestep/models/dreamvae.py`.
    """
    return validated(
        OobleckArchitecture,
        sample_rate=config.get("sampling_rate", 48000),
        audio_channels=need(config, "audio_channels"),
        latent_dim=need(config, "input_channels"),
        decoder={
            "channels": need(config, "channels"),
            "c_mults": need(config, "channel_multiples"),
            "strides": list(config[UPSAMPLING])[::-1],  # which it lists from the latents on
            "dilations": DREAMVAE_DILATIONS,
        },
    )


def _from_stable_audio_tools(config: Mapping[str, Any]) -> OobleckArchitecture:
    model = config["model"]
    scale = 1.0
    if config.get("model_type") != "autoencoder":
        pretransform = _mapping(model, "pretransform", "model")
        _only(pretransform, "autoencoder", "model.pretransform")
        scale = pretransform.get("scale", 1.0)
        model = _mapping(pretransform, "config", "model.pretransform")

    bottleneck = model.get("bottleneck")
    if not isinstance(bottleneck, Mapping):
        raise UnsupportedArchitectureError("a model without a bottleneck is not supported, only `vae`")
    _only(bottleneck, "vae", "bottleneck")
    if model.get("pretransform") is not None:
        raise UnsupportedArchitectureError("an autoencoder with a pretransform of its own is not supported")
    # A config of stable-audio-tools has both; one that `to_stable_audio_tools` wrote of a half has one.
    names = [name for name in ("encoder", "decoder") if model.get(name) is not None] or ["encoder"]
    halves = {name: _coder(model, name) for name in names}
    encoder_config, decoder_config = (halves.get(name, ({}, None))[1] for name in ("encoder", "decoder"))

    # The defaults are those of stable-audio-tools' OobleckEncoder and OobleckDecoder.
    audio_channels = need(model, "io_channels")
    latent_dim = need(model, "latent_dim")
    channels = [
        ("in_channels", model.get("in_channels") or audio_channels, audio_channels),
        ("out_channels", model.get("out_channels") or audio_channels, audio_channels),
    ]
    if encoder_config is not None:
        found = encoder_config.get("latent_dim", 32)
        channels.append(("encoder.config.in_channels", encoder_config.get("in_channels", 2), audio_channels))
        channels.append(("encoder.config.latent_dim (mean and scale)", found, 2 * latent_dim))
    if decoder_config is not None:
        if _mapping(model, "decoder", "model").get("soft_clip"):
            raise UnsupportedArchitectureError("decoder.soft_clip is not supported")
        channels.append(("decoder.config.out_channels", decoder_config.get("out_channels", 2), audio_channels))
        channels.append(("decoder.config.latent_dim", decoder_config.get("latent_dim", 32), latent_dim))
    for name, found, expected in channels:
        if found != expected:
            raise UnsupportedArchitectureError(f"{name} is {found}, but io_channels and latent_dim ask for {expected}")
    architecture = validated(
        OobleckArchitecture,
        sample_rate=need(config, "sample_rate"),
        audio_channels=audio_channels,
        latent_dim=latent_dim,
        **{name: fields for name, (fields, _) in halves.items()},
        final_tanh=decoder_config is not None and decoder_config.get("final_tanh", True),
        scale=scale,
    )
    declared = model.get("downsampling_ratio", architecture.ratio)
    if declared != architecture.ratio:
        raise UnsupportedArchitectureError(
            f"downsampling_ratio is {declared}, but the strides multiply to {architecture.ratio}"
        )
    return architecture


def _coder(model: Mapping[str, Any], name: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return the fields of a Coder, and the config that they come from."""
    section = _mapping(model, name, "model")
    _only(section, "oobleck", name)
    config = section.get("config", {})
    for unsupported in ("antialias_activation", "use_nearest_upsample"):
        if config.get(unsupported):
            raise UnsupportedArchitectureError(f"{name}.config.{unsupported} is not supported")
    # stable-audio-tools has no key for dilations; `to_stable_audio_tools` writes one if they are other than its own.
    defaults = {**CODER_DEFAULTS, "dilations": DILATIONS}
    return {name: config.get(name, default) for name, default in defaults.items()}, config


def to_stable_audio_tools(architecture: OobleckArchitecture) -> dict[str, Any]:
    """Return the config of an autoencoder, as `create_autoencoder_from_config` of stable-audio-tools reads it.

    `scale` belongs to the pretransform around an autoencoder and is not part of it. Dilations that stable-audio-tools
    cannot have are written under a key of our own, `dilations`. A config of one half alone is our own too.
    """

    def coder(coder: Coder, **more: Any) -> dict[str, Any]:
        return {"type": "oobleck", "config": {**coder.described(), **more}}

    audio, latents = architecture.audio_channels, architecture.latent_dim
    encoder, decoder, halves = architecture.encoder, architecture.decoder, {}
    if encoder is not None:
        halves["encoder"] = coder(encoder, in_channels=audio, latent_dim=2 * latents)
    if decoder is not None:
        tanh = architecture.final_tanh
        halves["decoder"] = coder(decoder, out_channels=audio, latent_dim=latents, final_tanh=tanh)
    return {
        "model_type": "autoencoder",
        "sample_rate": architecture.sample_rate,
        "audio_channels": audio,
        "model": {
            **halves,
            "bottleneck": {"type": "vae"},
            "latent_dim": latents,
            "downsampling_ratio": architecture.ratio,
            "io_channels": audio,
        },
    }


def to_stable_audio_tools_diffusion(architecture: OobleckArchitecture) -> dict[str, Any]:
    """Return the config as the full checkpoint has it: the autoencoder as the pretransform of a diffusion model."""
    plain = to_stable_audio_tools(architecture)
    pretransform = {"type": "autoencoder", "iterate_batch": True, "scale": architecture.scale, "config": plain["model"]}
    return {**plain, "model_type": "diffusion_cond", "model": {"pretransform": pretransform}}


def to_diffusers(architecture: OobleckArchitecture) -> dict[str, Any] | None:
    """Return the `vae/config.json` of the architecture, or None where diffusers' format cannot express it."""
    encoder, decoder = architecture.encoder, architecture.decoder
    if encoder is None or decoder is None:
        return None
    config = {
        "_class_name": "AutoencoderOobleck",
        "audio_channels": architecture.audio_channels,
        "channel_multiples": list(encoder.c_mults),
        "decoder_channels": decoder.channels,
        "decoder_input_channels": architecture.latent_dim,
        "downsampling_ratios": list(encoder.strides),
        "encoder_hidden_size": encoder.channels,
        "sampling_rate": architecture.sample_rate,
    }
    # diffusers ends its encoder with encoder_hidden_size channels.
    is_expressible = encoder.channels == 2 * architecture.latent_dim and _from_diffusers(config) == architecture
    return config if is_expressible else None


def _mapping(mapping: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = mapping.get(key)
    if not isinstance(value, Mapping):
        raise UnsupportedArchitectureError(f"`{where}` has no `{key}` section, so there is no autoencoder in it")
    return value


def _only(section: Mapping[str, Any], supported: str, where: str) -> None:
    if section.get("type") != supported:
        raise UnsupportedArchitectureError(f"{where} type `{section.get('type')}` is not supported, only `{supported}`")
