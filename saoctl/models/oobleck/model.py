"""The offline autoencoder in plain torch: the whole signal in, the whole signal out.

The architecture is Oobleck, the VAE of Stable Audio (Evans et al. 2024, https://arxiv.org/abs/2407.14358). Modules and
parameters are named as in stable-audio-tools, so that its checkpoints load strictly.
"""

import math
from collections.abc import Mapping
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.weight_norm import WeightNorm

SNAKE_EPSILON = 1e-9  # keeps 1 / beta finite
SCALE_FLOOR = 1e-4  # the smallest standard deviation of the VAE's latents


class Conv1d(WeightNorm):
    """Weight-normalised convolution, [B, in, T] -> [B, out, T'] with T' as for torch.nn.Conv1d."""

    bias: nn.Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        stride: int = 1,
        dilation: int = 1,
        padding: int = 0,
        bias: bool = True,
    ) -> None:
        super().__init__(out_channels, in_channels, kernel)
        self.kernel, self.stride, self.dilation, self.padding = kernel, stride, dilation, padding
        self.register_parameter("bias", nn.Parameter(torch.empty(out_channels)) if bias else None)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv1d(x, self.folded_weight(), self.bias, self.stride, self.padding, self.dilation)


class ConvTranspose1d(WeightNorm):
    """Weight-normalised transposed convolution, [B, in, T] -> [B, out, T'] with T' as for torch.nn.ConvTranspose1d."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, stride: int, padding: int) -> None:
        super().__init__(in_channels, out_channels, kernel)
        self.kernel, self.stride, self.padding = kernel, stride, padding
        self.bias = nn.Parameter(torch.empty(out_channels))

    def forward(self, x: Tensor) -> Tensor:
        return F.conv_transpose1d(x, self.folded_weight(), self.bias, self.stride, self.padding)


class SnakeBeta(nn.Module):
    """x + sin²(αx) / β with α = exp(alpha), β = exp(beta) per channel, [B, C, T] -> [B, C, T].

    Ziyin et al. 2020, https://arxiv.org/abs/2006.08195; with a β of its own as in BigVGAN.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.empty(channels))
        self.beta = nn.Parameter(torch.empty(channels))
        self.epsilon = SNAKE_EPSILON

    def frequency(self) -> Tensor:
        return self.alpha.exp()

    def gain(self) -> Tensor:
        return 1 / (self.beta.exp() + self.epsilon)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.gain()[:, None] * torch.sin(x * self.frequency()[:, None]).square()


class ResidualUnit(nn.Module):
    """x + conv1(snake(conv7(snake(x)))), [B, C, T] -> [B, C, T]."""

    def __init__(self, channels: int, dilation: int, use_snake: bool) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _activation(channels, use_snake),
            Conv1d(channels, channels, 7, dilation=dilation, padding=3 * dilation),
            _activation(channels, use_snake),
            Conv1d(channels, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return y + x


class Layers(nn.Module):
    """A chain of layers under the name that stable-audio-tools gives it."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return y


class Absent(nn.Module):
    """The place of the encoder or the decoder in a model that does not have it."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def forward(self, x: Tensor) -> Tensor:
        raise RuntimeError(f"this model has no {self.what}")


def _activation(channels: int, use_snake: bool) -> nn.Module:
    return SnakeBeta(channels) if use_snake else nn.ELU()


def _residual_units(channels: int, coder: Coder) -> list[nn.Module]:
    return [ResidualUnit(channels, dilation, coder.use_snake) for dilation in coder.dilations]


def encoder_layers(coder: Coder, audio_channels: int, out_channels: int) -> Layers:
    """Return the layers from audio [B, audio_channels, T] to the input of the bottleneck, [B, out_channels, F]."""
    blocks = [
        Layers(
            *_residual_units(narrow, coder),
            _activation(narrow, coder.use_snake),
            Conv1d(narrow, wide, 2 * stride, stride, padding=math.ceil(stride / 2)),
        )
        for narrow, wide, stride in zip(coder.widths, coder.widths[1:], coder.strides, strict=False)
    ]
    return Layers(
        Conv1d(audio_channels, coder.widths[0], 7, padding=3),
        *blocks,
        _activation(coder.widths[-1], coder.use_snake),
        Conv1d(coder.widths[-1], out_channels, 3, padding=1),
    )


def decoder_layers(coder: Coder, latent_dim: int, audio_channels: int, final_tanh: bool) -> Layers:
    """Return the layers from latents [B, latent_dim, F] to audio [B, audio_channels, T]."""
    blocks = [
        Layers(
            _activation(wide, coder.use_snake),
            ConvTranspose1d(wide, narrow, 2 * stride, stride, padding=math.ceil(stride / 2)),
            *_residual_units(narrow, coder),
        )
        for narrow, wide, stride in zip(coder.widths, coder.widths[1:], coder.strides, strict=False)
    ]
    return Layers(
        Conv1d(latent_dim, coder.widths[-1], 7, padding=3),
        *reversed(blocks),
        _activation(coder.widths[0], coder.use_snake),
        Conv1d(coder.widths[0], audio_channels, 7, padding=3, bias=False),
        nn.Tanh() if final_tanh else nn.Identity(),
    )


def mean_latents(moments: Tensor, dim: int) -> Tensor:
    """Return the mean: the first half of the encoder's output along `dim`, whose second half is the scale."""
    mean, _ = moments.chunk(2, dim)
    return mean


def sample_latents(moments: Tensor, noise: float, dim: int) -> Tensor:
    """Return mean + noise * randn * (softplus(scale) + 1e-4): noise 1 is the model as trained, noise 0 the mean."""
    mean, _ = moments.chunk(2, dim)
    return mean if noise == 0.0 else noisy_latents(moments, noise, torch.randn_like(mean), dim)


def noisy_latents(moments: Tensor, noise: float, normal: Tensor, dim: int, floor: float = SCALE_FLOOR) -> Tensor:
    """Return what `sample_latents` does, with normal noise that is given."""
    mean, scale = moments.chunk(2, dim)
    return mean + noise * normal * (F.softplus(scale) + floor)


class OobleckAutoencoder(nn.Module):
    """The offline model, with uninitialised parameters: load a state dict into it.

    Args:
        architecture: the numbers of the model.
        sampling: whether `encode` can add the VAE's sampling noise (see `noise`); if not, it returns the mean.

    Attributes:
        noise: the amount of sampling noise, 1 as trained; 0 gives the mean.
        encoder, decoder: the layers of a direction, or `Absent`, which raises a RuntimeError when it is called.

    Shape:
        audio [B, audio_channels, F * ratio] <-> latents [B, latent_dim, F]. With odd strides in the decoder the
        decoded audio lacks a few samples at the end.
    """

    sampling: Final[bool]

    def __init__(self, architecture: OobleckArchitecture, sampling: bool = True) -> None:
        super().__init__()
        self.architecture = architecture
        self.sampling = sampling
        self.noise = 0.0
        self.ratio, self.scale = architecture.ratio, architecture.scale
        self.audio_channels, self.latent_dim = architecture.audio_channels, architecture.latent_dim
        audio, latents, tanh = self.audio_channels, self.latent_dim, architecture.final_tanh
        encoder, decoder = architecture.encoder, architecture.decoder
        self.encoder = Absent("encoder") if encoder is None else encoder_layers(encoder, audio, 2 * latents)
        self.decoder = Absent("decoder") if decoder is None else decoder_layers(decoder, latents, audio, tanh)

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        moments: Tensor = self.encoder(audio)
        if self.sampling:  # noqa: SIM108 - TorchScript drops the dead branch of a statement alone
            latents = sample_latents(moments, self.noise, 1)
        else:
            latents = mean_latents(moments, 1)
        return latents / self.scale

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        audio: Tensor = self.decoder(latents * self.scale)
        return audio

    def forward(self, audio: Tensor) -> Tensor:
        return self.decode(self.encode(audio))


def offline_model(
    architecture: OobleckArchitecture, state: Mapping[str, Tensor], sampling: bool = True
) -> OobleckAutoencoder:
    """Return the offline model for inference; it shares the given weights."""
    with torch.device("meta"):
        model = OobleckAutoencoder(architecture, sampling)
    model.load_state_dict(dict(state), strict=True, assign=True)
    return model.eval().requires_grad_(False)


def fold_weight_norm(module: nn.Module) -> None:
    """Replace, in place, every weight-normalised convolution by a plain one with the same weight."""
    meta = torch.device("meta")  # where torch's own initial weights take no time and no random numbers
    for name, child in module.named_children():
        plain: nn.Conv1d | nn.ConvTranspose1d
        if isinstance(child, Conv1d):
            outputs, inputs, kernel = child.weight_v.shape
            plain = nn.Conv1d(inputs, outputs, kernel, child.stride, child.padding, child.dilation, device=meta)
        elif isinstance(child, ConvTranspose1d):
            inputs, outputs, kernel = child.weight_v.shape
            plain = nn.ConvTranspose1d(inputs, outputs, kernel, child.stride, child.padding, device=meta)
        else:
            fold_weight_norm(child)
            continue
        plain.weight = nn.Parameter(child.folded_weight().detach())
        plain.register_parameter("bias", child.bias)
        setattr(module, name, plain)
