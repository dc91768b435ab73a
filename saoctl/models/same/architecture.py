"""The numbers of a SAME autoencoder, read from the config files that models are published with."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from saoctl.models.family import Architecture, Count, PartialArchitecture, UnsupportedArchitectureError
from saoctl.models.published import need, validated

KINDS = ("same", "taae_v2")  # what stable-audio-tools calls the encoder and the decoder

# Options of stable-audio-tools' SAMEEncoder and SAMEDecoder that change the model, and the only value supported here.
# Where a config leaves one out, `DEFAULTS` holds the value that stable-audio-tools takes, if it is another one.
ONLY = {
    "dyt": True,
    "variable_stride": True,
    "mask_noise": 0,
    "causal": False,
    "conformer": False,
    "layer_scale": False,
    "feat_scale": False,
    "cross_attn": False,
    "mapping_bias": True,
}
DEFAULTS = {"variable_stride": False}


class Transformer(BaseModel):
    """One direction: transformer blocks between a linear layer at the latents and a convolution at the audio.

    Args:
        width: channels of the tokens.
        depth: the number of transformer blocks; with chunks, the second half of them works on the shifted ones.
        dim_heads: channels of each attention head, half of which have rotary positions, in pairs.
        ff_mult: inner width of the feed-forward layers, in multiples of `width`.
        differential: attention is the difference of two attentions.
        conv_mapping: the convolution between patches and tokens has a kernel of 3; else of 1.
        sinusoidal_blocks: the last blocks, fewer than this number, have a sine in the place of SiLU.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    width: Count
    depth: Count
    dim_heads: Annotated[int, Field(strict=True, ge=8, multiple_of=4)]
    ff_mult: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 3.0
    differential: bool = True
    conv_mapping: bool = False
    sinusoidal_blocks: Annotated[int, Field(strict=True, ge=0)] = 0

    @model_validator(mode="after")
    def _whole_heads(self) -> Self:
        if self.width % self.dim_heads:
            raise ValueError(f"a width of {self.width} is no whole number of heads with {self.dim_heads} channels")
        return self

    @property
    def inner(self) -> int:
        """The inner width of the feed-forward layers."""
        return int(self.width * self.ff_mult)


class PartialSame(PartialArchitecture):
    """The numbers of a SAME autoencoder that its tensors do not show.

    Args:
        sample_rate, audio_channels, patch, stride, chunk, window, noise_regularize: see `SameArchitecture`.
    """

    assumed: ClassVar[Mapping[str, Any]] = {"window": None, "noise_regularize": True}

    audio_channels: Count | None = None
    patch: Count | None = None
    stride: Count | None = None
    chunk: Count | None = None
    window: Count | None = None
    noise_regularize: bool | None = None

    def given(self) -> dict[str, Any]:
        return {**({} if self.window is None else {"chunk": None}), **super().given()}


class SameArchitecture(Architecture):
    """A SAME autoencoder with a softnorm bottleneck.

    Its attention stays within chunks with a midpoint shift, as in SAME-S, or is in sliding windows, as in SAME-L.

    Args:
        sample_rate: Hz.
        audio_channels: channels of the audio on both sides.
        latent_dim: channels of the latents.
        patch: audio samples that are one patch.
        stride: patches per latent frame.
        chunk: patches in which the attention stays, an even number of latent frames; None with a window.
        window: latent frames on each side of a token that its attention sees; None with chunks.
        encoder, decoder: the two directions.
        noise_regularize: the bottleneck adds a little noise to the latents before they are decoded.
    """

    patch: Count
    stride: Count
    chunk: Count | None = None
    window: Count | None = None
    encoder: Transformer
    decoder: Transformer
    noise_regularize: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.chunk is None) == (self.window is None):
            raise ValueError("it needs either a chunk or a window")
        if self.chunk is not None and self.chunk % (2 * self.stride):
            raise ValueError(
                f"a chunk of {self.chunk} patches is no even number of latent frames with {self.stride} patches each"
            )
        for name, coder in (("encoder", self.encoder), ("decoder", self.decoder)):
            if coder.width == self.patched:
                raise ValueError(f"the {name} is as wide as a patch, {self.patched} channels, and so has no mapping")
        return self

    @property
    def ratio(self) -> int:
        return self.patch * self.stride

    @property
    def strides(self) -> tuple[int, ...]:
        return (self.patch, self.stride)

    @property
    def patched(self) -> int:
        """Channels of a patch of all audio channels."""
        return self.patch * self.audio_channels

    @property
    def frames(self) -> int:
        """Latent frames per chunk; 1 with a window."""
        return 1 if self.chunk is None else self.chunk // self.stride

    @property
    def tokens(self) -> int:
        """Tokens per chunk: of each latent frame its patches, and one that stands for the frame."""
        return self.frames * (self.stride + 1)

    def described(self) -> dict[str, Any]:
        left_out = "window" if self.window is None else "chunk"
        return {key: value for key, value in super().described().items() if key != left_out}


def recognises(config: Mapping[str, Any]) -> bool:
    """Return whether a published config names this kind of autoencoder; `read_config` says what is wrong with it."""
    if config.get("_class_name") == "AutoencoderSAME":
        return True
    model = config.get("model")
    around = model.get("pretransform") if isinstance(model, Mapping) else None
    for each in (model, around.get("config") if isinstance(around, Mapping) else None):
        encoder = each.get("encoder") if isinstance(each, Mapping) else None
        if isinstance(encoder, Mapping) and encoder.get("type") in KINDS:
            return True
    return False


def read_config(config: Mapping[str, Any]) -> SameArchitecture:
    """Return the architecture in a config of diffusers' AutoencoderSAME, or in stable-audio-tools' `model_config.json`.

    That is the config of an autoencoder, or of a diffusion model.

    Raises:
        UnsupportedArchitectureError: what is described is not a SAME autoencoder that is supported, or a key is missing
            or has an impossible value. The message names it.
    """
    if config.get("_class_name") == "AutoencoderSAME":
        return _of_diffusers(config)
    model = _mapping(config, "model", "the config")
    if config.get("model_type") != "autoencoder":
        pretransform = _mapping(model, "pretransform", "model")
        _same(pretransform, "model.pretransform", {"type": "autoencoder", "scale": 1.0}, {"scale": 1.0})
        model = _mapping(pretransform, "config", "model.pretransform")
    patches = _mapping(model, "pretransform", "model")
    _same(patches, "pretransform", {"type": "patched"})
    patched = _mapping(patches, "config", "pretransform")
    _same(patched, "pretransform.config", {"oversampling": 1, "postfilter_channels": 0}, patched)
    bottleneck = _mapping(model, "bottleneck", "model")
    _same(bottleneck, "bottleneck", {"type": "softnorm"})
    norm = _mapping(bottleneck, "config", "bottleneck")
    _same(norm, "bottleneck.config", {"noise_augment_dim": 0, "auto_scale": True}, {"noise_augment_dim": 0})
    if _mapping(model, "decoder", "model").get("soft_clip"):
        raise UnsupportedArchitectureError("decoder.soft_clip is not supported")
    channels, latents = need(model, "io_channels"), need(model, "latent_dim")
    encoder, decoder = (_mapping(_coder(model, name), "config", name) for name in ("encoder", "decoder"))
    patch = need(patched, "patch_size")
    for name, found, expected in (
        ("in_channels", model.get("in_channels") or channels, channels),
        ("out_channels", model.get("out_channels") or channels, channels),
        ("pretransform.config.channels", patched.get("channels"), channels),
        ("encoder.config.in_channels", encoder.get("in_channels", 2), channels * patch),
        ("decoder.config.out_channels", decoder.get("out_channels", 2), channels * patch),
        ("encoder.config.latent_dim", encoder.get("latent_dim", 32), latents),
        ("decoder.config.latent_dim", decoder.get("latent_dim", 32), latents),
        ("bottleneck.config.dim", norm.get("dim", 32), latents),
        ("decoder.config.strides", [_one(decoder, "strides", "decoder")], [_one(encoder, "strides", "encoder")]),
        ("decoder.config.sliding_window", decoder.get("sliding_window"), encoder.get("sliding_window")),
        ("decoder.config.chunk_size", decoder.get("chunk_size", 128), encoder.get("chunk_size", 128)),
    ):
        if found != expected:
            raise UnsupportedArchitectureError(f"{name} is {found}, where the rest of the config asks for {expected}")
    architecture = validated(
        SameArchitecture,
        sample_rate=need(config, "sample_rate"),
        audio_channels=channels,
        latent_dim=latents,
        patch=patch,
        stride=_one(encoder, "strides", "encoder"),
        **_attention(encoder),
        encoder=_transformer(encoder, "encoder"),
        decoder=_transformer(decoder, "decoder"),
        noise_regularize=norm.get("noise_regularize", False),
    )
    declared = model.get("downsampling_ratio", architecture.ratio)
    if declared != architecture.ratio:
        raise UnsupportedArchitectureError(
            f"downsampling_ratio is {declared}, but patch and stride multiply to {architecture.ratio}"
        )
    return architecture


def _of_diffusers(config: Mapping[str, Any]) -> SameArchitecture:
    """Return the architecture in a config of diffusers' AutoencoderSAME, which has sliding windows and no noise."""
    width = need(config, "encoder_channels") * _one(config, "encoder_c_mults", "the config")

    def coder(name: str) -> dict[str, Any]:
        return {
            "width": width,
            "depth": _one(config, "encoder_transformer_depths", "the config"),
            "dim_heads": min(need(config, "dim_heads"), width),
            "ff_mult": need(config, "ff_mult"),
            "differential": need(config, "use_differential_attention"),
            "sinusoidal_blocks": _one(config, f"{name}_sinusoidal_blocks", "the config", [0]),
        }

    return validated(
        SameArchitecture,
        sample_rate=need(config, "sampling_rate"),
        audio_channels=need(config, "audio_channels"),
        latent_dim=need(config, "latent_dim"),
        patch=need(config, "patch_size"),
        stride=_one(config, "encoder_strides", "the config"),
        window=need(config, "sliding_window"),
        encoder=coder("encoder"),
        decoder=coder("decoder"),
        noise_regularize=False,
    )


def _attention(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the chunk or the window in a config of stable-audio-tools, where a window takes precedence."""
    window = config.get("sliding_window")
    if window is None:
        return {"chunk": config.get("chunk_size", 128)}
    if not isinstance(window, list | tuple) or len(window) != 2 or window[0] != window[1]:
        raise UnsupportedArchitectureError(
            f"encoder.config.sliding_window is {window}; only windows with as many frames on both sides are supported"
        )
    return {"window": window[0]}


def to_stable_audio_tools(architecture: SameArchitecture) -> dict[str, Any]:
    """Return the config of an autoencoder, as `create_autoencoder_from_config` of stable-audio-tools reads it."""
    attention: dict[str, Any] = {"chunk_size": architecture.chunk, "chunk_midpoint_shift": True}
    if architecture.window is not None:
        attention = {"sliding_window": [architecture.window] * 2}

    def coder(coder: Transformer, **more: Any) -> dict[str, Any]:
        numbers = {
            "channels": coder.width,
            "c_mults": [1],
            "strides": [architecture.stride],
            "latent_dim": architecture.latent_dim,
            "transformer_depths": [coder.depth],
            "dim_heads": coder.dim_heads,
            "ff_mult": coder.ff_mult,
            "differential": coder.differential,
            "conv_mapping": coder.conv_mapping,
            "dyt": True,
            "variable_stride": True,
            **attention,
            "mask_noise": 0.0,
        }
        return {"type": KINDS[0], "config": {**numbers, **more}}

    channels, latents = architecture.audio_channels, architecture.latent_dim
    sines = [architecture.decoder.sinusoidal_blocks]
    return {
        "model_type": "autoencoder",
        "sample_rate": architecture.sample_rate,
        "audio_channels": channels,
        "model": {
            "pretransform": {"type": "patched", "config": {"patch_size": architecture.patch, "channels": channels}},
            "encoder": coder(architecture.encoder, in_channels=architecture.patched),
            "decoder": coder(architecture.decoder, out_channels=architecture.patched, sinusoidal_blocks=sines),
            "bottleneck": {
                "type": "softnorm",
                "config": {
                    "dim": latents,
                    "noise_augment_dim": 0,
                    "noise_regularize": architecture.noise_regularize,
                    "auto_scale": True,
                },
            },
            "latent_dim": latents,
            "downsampling_ratio": architecture.ratio,
            "io_channels": channels,
        },
    }


def _coder(model: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the section of a direction, in which everything is supported."""
    section = _mapping(model, name, "model")
    if section.get("type") not in KINDS:
        raise UnsupportedArchitectureError(f"{name} type `{section.get('type')}` is not supported, only `{KINDS[0]}`")
    config = _mapping(section, "config", name)
    _same(config, f"{name}.config", ONLY, {**ONLY, **DEFAULTS})
    if config.get("sliding_window") is None:
        _same(config, f"{name}.config", {"chunk_midpoint_shift": True}, {"chunk_midpoint_shift": False})
    return section


def _transformer(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the fields of a `Transformer`; the defaults are those of stable-audio-tools."""
    width = need(config, "channels") * _one(config, "c_mults", name)
    return {
        "width": width,
        "depth": _one(config, "transformer_depths", name),
        "dim_heads": min(config.get("dim_heads", 128), width),
        "ff_mult": config.get("ff_mult", 3),
        "differential": config.get("differential", True),
        "conv_mapping": config.get("conv_mapping", False),
        # The encoder of stable-audio-tools hands none on, and has none.
        "sinusoidal_blocks": _one(config, "sinusoidal_blocks", name, [0]) if name == "decoder" else 0,
    }


def _one(config: Mapping[str, Any], key: str, name: str, default: Any = None) -> Any:
    """Return the value of a list with one for each stage; several stages are not supported."""
    values = config.get(key, default)
    if not isinstance(values, list | tuple) or len(values) != 1:
        raise UnsupportedArchitectureError(f"{name}.config.{key} is {values}; only a single stage is supported")
    return values[0]


def _same(
    section: Mapping[str, Any], where: str, only: Mapping[str, Any], defaults: Mapping[str, Any] | None = None
) -> None:
    """Refuse values other than those that are supported; what is missing has its value in `defaults`."""
    for key, supported in only.items():
        found = section.get(key, (defaults or {}).get(key, supported if defaults is not None else None))
        if found != supported:
            raise UnsupportedArchitectureError(f"{where}.{key} {found!r} is not supported, only {supported!r}")


def _mapping(mapping: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = mapping.get(key)
    if not isinstance(value, Mapping):
        raise UnsupportedArchitectureError(f"{where} has no `{key}` section")
    return value
