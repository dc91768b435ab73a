"""A double of DreamVAE's decoder: diffusers' layers under the names, and in the order, of its published class."""

import warnings

import torch
from torch import Tensor, nn

from saoctl.models.oobleck.architecture import Coder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what it imports is deprecated here and there
    from diffusers.models.autoencoders.autoencoder_oobleck import OobleckResidualUnit, Snake1d

normed = nn.utils.weight_norm


class Block(nn.Module):
    """A snake, a transposed convolution, and two residual units."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.snake1 = Snake1d(inputs)
        self.conv_t = normed(nn.ConvTranspose1d(inputs, outputs, 2 * stride, stride, padding=(stride + 1) // 2))
        self.res1 = OobleckResidualUnit(outputs, dilation=1)
        self.res2 = OobleckResidualUnit(outputs, dilation=3)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.res2(self.res1(self.conv_t(self.snake1(x))))
        return y


class FastOobleckDecoder(nn.Module):
    """The decoder with random weights, for inference.

    Args:
        coder: its numbers; the dilations are its own.
        latents, channels: of its input and its output.
    """

    def __init__(self, coder: Coder, latents: int, channels: int) -> None:
        super().__init__()
        widths, strides = coder.widths[::-1], coder.strides[::-1]
        self.conv1 = normed(nn.Conv1d(latents, widths[0], 7, padding=3))
        ends = zip(widths, widths[1:], strides, strict=False)
        self.blocks = nn.ModuleList([Block(wide, narrow, stride) for wide, narrow, stride in ends])
        self.final_snake = Snake1d(widths[-1])
        self.conv2 = normed(nn.Conv1d(widths[-1], channels, 7, padding=3, bias=False))
        self.eval().requires_grad_(False)

    def forward(self, latents: Tensor) -> Tensor:
        x = self.conv1(latents)
        for block in self.blocks:
            x = block(x)
        y: Tensor = self.conv2(self.final_snake(x))
        return y


def dreamvae(coder: Coder, latents: int, channels: int = 2) -> FastOobleckDecoder:
    """The decoder, whose weights are the same each time."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return FastOobleckDecoder(coder, latents, channels)
