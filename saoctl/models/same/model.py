"""The offline autoencoder in plain torch: the whole signal in, the whole signal out.

The architecture is SAME, the autoencoder of Stable Audio 3 (https://arxiv.org/abs/2605.18613). Modules and parameters
are named as in stable-audio-tools, so that its checkpoints load strictly.

Audio is cut into patches. A latent frame is a group of tokens: one for each of its patches, and one for the frame. The
encoder is given the patches and learns to say everything in the token of the frame, behind them; the decoder is given
the token of the frame, and its patches come from the tokens behind it. Attention stays within chunks of some frames.
The first half of the transformer blocks works on one row of chunks, and the second half on chunks that begin half a
chunk earlier, so that every frame meets its neighbours on both sides. Or there are no chunks, and each token attends to
the tokens around it, as far as some latent frames away on each side.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.models.same.architecture import SameArchitecture, Transformer
from saoctl.models.weight_norm import WeightNorm

ROTARY_BASE = 10000.0
FAR = -3e4  # what is added to the scores of tokens that are not attended to: no dtype makes it infinite
NOISE = 1e-3  # of the bottleneck when it decodes, relative to the deviation of the latents


class DynamicTanh(nn.Module):
    """gamma * tanh(alpha * x) + beta, in the place of a norm; Zhu et al. 2025, https://arxiv.org/abs/2503.10622."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.empty(1))
        self.gamma = nn.Parameter(torch.empty(channels))
        self.beta = nn.Parameter(torch.empty(channels))

    def forward(self, x: Tensor) -> Tensor:
        return torch.addcmul(self.beta, self.gamma, torch.tanh(self.alpha * x))


class Rotary(nn.Module):
    """The frequencies of rotary positions; Su et al. 2021, https://arxiv.org/abs/2104.09864."""

    inv_freq: Tensor

    def __init__(self, pairs: int) -> None:
        super().__init__()
        self.register_buffer("inv_freq", torch.empty(pairs))

    def forward(self, tokens: int) -> Tensor:
        """Return cosines and sines of the angles of so many tokens, [2, tokens, pairs]."""
        angles = torch.arange(tokens, device=self.inv_freq.device)[:, None] * self.inv_freq
        return torch.cat((torch.cos(angles)[None], torch.sin(angles)[None]))


def inverse_frequencies(dim_heads: int) -> Tensor:
    """Return the frequencies of the rotary positions of a head, half of whose channels are rotated in pairs."""
    rotated = dim_heads // 2
    return 1.0 / (ROTARY_BASE ** (torch.arange(0, rotated, 2).float() / rotated))


class Attention(nn.Module):
    """Attention of all tokens of a chunk to each other, [N, tokens, width] -> [N, tokens, width].

    Differential attention is attend(q, k, v) - attend(q', k', v), which is one product of v with the difference of the
    two softmaxes. The projection gives q, k, v, q' and k' in this order.
    """

    def __init__(self, width: int, dim_heads: int, differential: bool) -> None:
        super().__init__()
        self.heads, self.dim_heads = width // dim_heads, dim_heads
        self.pairs, self.maps = dim_heads // 4, 2 if differential else 1
        self.to_qkv = nn.Linear(width, width * (2 * self.maps + 1), bias=False)
        self.to_out = nn.Linear(width, width, bias=False)
        self.q_norm, self.k_norm = DynamicTanh(dim_heads), DynamicTanh(dim_heads)

    def forward(self, x: Tensor, rotary: Tensor) -> Tensor:
        count, tokens, width = x.shape[0], x.shape[1], x.shape[2]
        # [projections, N, heads, tokens, dim_heads], of which q and q' are three apart, as k and k' are.
        given = self.to_qkv(x).view(count, tokens, 2 * self.maps + 1, self.heads, self.dim_heads)
        parts = given.permute(2, 0, 3, 1, 4)
        q, k = self._turned(self.q_norm(parts[0::3]), rotary), self._turned(self.k_norm(parts[1::3]), rotary)
        weights = torch.softmax(torch.matmul(q, k.transpose(3, 4)) * (self.dim_heads**-0.5), dim=-1)
        y = torch.matmul(weights[0] - weights[1] if self.maps == 2 else weights[0], parts[2])
        out: Tensor = self.to_out(y.transpose(1, 2).reshape(count, tokens, width))
        return out

    def _turned(self, x: Tensor, rotary: Tensor) -> Tensor:
        """Rotate the first half of the channels of each head: channel i with channel i + pairs."""
        pairs, cosine, sine = self.pairs, rotary[0], rotary[1]
        first, second = x.narrow(-1, 0, pairs), x.narrow(-1, pairs, pairs)
        rest = x.narrow(-1, 2 * pairs, x.shape[-1] - 2 * pairs)
        return torch.cat((first * cosine - second * sine, second * cosine + first * sine, rest), dim=-1)


class GatedUnit(nn.Module):
    """Half of a linear layer times the activation of the other half."""

    sinusoidal: Final[bool]

    def __init__(self, width: int, inner: int, sinusoidal: bool) -> None:
        super().__init__()
        self.sinusoidal = sinusoidal
        self.proj = nn.Linear(width, 2 * inner)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = torch.chunk(self.proj(x), 2, dim=-1)
        return value * (torch.sin(math.pi * gate) if self.sinusoidal else F.silu(gate))


class FeedForward(nn.Module):
    """A gated unit and a linear layer, under the names that stable-audio-tools gives them."""

    def __init__(self, width: int, inner: int, sinusoidal: bool) -> None:
        super().__init__()
        self.ff = nn.Sequential(GatedUnit(width, inner, sinusoidal), nn.Identity(), nn.Linear(inner, width))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.ff(x)
        return y


class Block(nn.Module):
    """A transformer block on chunks, [N, tokens, width] -> [N, tokens, width]."""

    def __init__(self, coder: Transformer, sinusoidal: bool) -> None:
        super().__init__()
        self.pre_norm, self.ff_norm = DynamicTanh(coder.width), DynamicTanh(coder.width)
        self.self_attn = Attention(coder.width, coder.dim_heads, coder.differential)
        self.ff = FeedForward(coder.width, coder.inner, sinusoidal)
        self.rope = Rotary(coder.dim_heads // 4)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(self.pre_norm(x), self.rope(x.shape[1]))
        y: Tensor = x + self.ff(self.ff_norm(x))
        return y


class WindowAttention(Attention):
    """Attention of each token to those in a window around it; `Attention` has the layout of the projections.

    The tokens of a latent frame are computed together: they see so many whole frames on each side, and a mask. Only
    differences of positions matter, so positions are counted in the window, and their angles stay small.

    Args:
        tokens: of a latent frame.
        window: latent frames on each side.
    """

    def __init__(self, width: int, dim_heads: int, differential: bool, tokens: int, window: int) -> None:
        super().__init__(width, dim_heads, differential)
        self.tokens, self.window, self.seen, self.far = tokens, window, 2 * window + 1, FAR

    @torch.jit.export
    def within(self, given: Tensor, rotary: Tensor, first: int, end: int) -> Tensor:
        """Return the attention of some latent frames, [B, F * tokens, width].

        Args:
            given: the projections of these frames and of `window` frames on each side.
            rotary: of the tokens of a window.
            first: the index of the first of these frames.
            end: the number of latent frames of the signal. Frames before 0 and from here on are not seen.
        """
        batch, every = given.shape[0], given.shape[1] // self.tokens
        frames, width = every - 2 * self.window, self.heads * self.dim_heads
        given = given.view(batch, every, self.tokens, 2 * self.maps + 1, self.heads, self.dim_heads)
        parts = given.permute(3, 0, 4, 1, 2, 5)  # [projections, B, heads, frames, tokens, dim_heads]
        bias = self._bias(frames, first, end, given)
        scored = self._scored(parts[0::3], parts[1::3], rotary, bias)
        weights = scored[0] - scored[1] if self.maps == 2 else scored[0]
        values = torch.cat([parts[2].narrow(2, frame, frames) for frame in range(self.seen)], dim=3)
        y = torch.matmul(weights, values).permute(0, 2, 3, 1, 4)
        out: Tensor = self.to_out(y.reshape(batch, frames * self.tokens, width))
        return out

    def _scored(self, q: Tensor, k: Tensor, rotary: Tensor, bias: Tensor) -> Tensor:
        """Return the weights of the tokens in each window, [maps, B, heads, F, tokens, seen * tokens]."""
        tokens, frames = self.tokens, q.shape[3] - 2 * self.window
        middle = self.window * tokens
        q = self.q_norm(q.narrow(3, self.window, frames))
        k = self._turned(self.k_norm(k), rotary.narrow(1, middle, tokens))
        scores = []
        for frame in range(self.seen):
            # All keys are turned as if they were in the middle, and so queries stand as much further back.
            moved = self._turned(q, rotary.narrow(1, 2 * middle - frame * tokens, tokens))
            scores.append(torch.matmul(moved, k.narrow(3, frame, frames).transpose(4, 5)))
        return torch.softmax(torch.cat(scores, dim=5) * (self.dim_heads**-0.5) + bias, dim=-1)

    def _bias(self, frames: int, first: int, end: int, like: Tensor) -> Tensor:
        """Return what is added to the scores of each frame, [F, tokens, seen * tokens]."""
        token, reach = torch.arange(self.tokens, device=like.device), self.window * self.tokens
        distance = torch.arange(self.seen * self.tokens, device=like.device) - reach - token[:, None]
        near = (distance >= -reach).to(like.dtype) * (distance <= reach).to(like.dtype)
        frame = torch.arange(frames + 2 * self.window, device=like.device) + (first - self.window)
        inside = (frame >= 0).to(like.dtype) * (frame < end).to(like.dtype)
        windows = torch.cat([inside.narrow(0, shift, frames)[:, None] for shift in range(self.seen)], dim=1)
        known = windows[:, :, None].expand(-1, -1, self.tokens).reshape(frames, 1, self.seen * self.tokens)
        return (1.0 - known * near) * self.far


class WindowBlock(nn.Module):
    """A transformer block with sliding windows, [B, F * tokens, width] -> [B, F * tokens, width]; see `Block`."""

    def __init__(self, coder: Transformer, sinusoidal: bool, tokens: int, window: int) -> None:
        super().__init__()
        self.pre_norm, self.ff_norm = DynamicTanh(coder.width), DynamicTanh(coder.width)
        self.self_attn = WindowAttention(coder.width, coder.dim_heads, coder.differential, tokens, window)
        self.ff = FeedForward(coder.width, coder.inner, sinusoidal)
        self.rope = Rotary(coder.dim_heads // 4)
        self.tokens, self.window = tokens, window

    @torch.jit.export
    def given(self, x: Tensor) -> Tensor:
        """Return the projections of tokens, [B, T, width] -> [B, T, projections * width]."""
        y: Tensor = self.self_attn.to_qkv(self.pre_norm(x))
        return y

    @torch.jit.export
    def joined(self, x: Tensor, given: Tensor, first: int, end: int) -> Tensor:
        """Return the output for tokens whose projections have `window` frames more on each side."""
        x = x + self.self_attn.within(given, self.rope(self.self_attn.seen * self.tokens), first, end)
        y: Tensor = x + self.ff(self.ff_norm(x))
        return y

    def forward(self, x: Tensor) -> Tensor:
        around = self.window * self.tokens
        return self.joined(x, F.pad(self.given(x), [0, 0, around, around]), 0, x.shape[1] // self.tokens)


class Mapping1d(WeightNorm):
    """The weight-normalised convolution between patches and tokens, [B, in, T] -> [B, out, T]."""

    def __init__(self, inputs: int, outputs: int, wide: bool) -> None:
        super().__init__(outputs, inputs, 3 if wide else 1)
        self.bias = nn.Parameter(torch.empty(outputs))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.folded_weight()
        return F.conv1d(x, weight, self.bias, padding=weight.shape[2] // 2)


class Resampling(nn.Module):
    """The transformer blocks of one direction, with the mapping and the learned token; subclasses run them.

    Args:
        architecture: the numbers of the model.
        coder: those of the direction.
    """

    def __init__(self, architecture: SameArchitecture, coder: Transformer, inputs: int, outputs: int) -> None:
        super().__init__()
        self.frames, self.stride, self.width = architecture.frames, architecture.stride, coder.width
        self.tokens, self.split = architecture.tokens, coder.depth // 2
        self.mapping: Any = Mapping1d(inputs, outputs, coder.conv_mapping)
        self.new_tokens = nn.Parameter(torch.empty(1, 1, coder.width))
        sines = [coder.depth - number < coder.sinusoidal_blocks for number in range(coder.depth)]
        self.transformers = nn.ModuleList(
            Block(coder, sine)
            if architecture.window is None
            else WindowBlock(coder, sine, architecture.tokens, architecture.window)
            for sine in sines
        )

    def attend(self, x: Tensor) -> Tensor:
        """Run the blocks on the tokens of whole chunks, [B, T, width] -> [B, T, width]."""
        batch, half = x.shape[0], self.tokens // 2
        x = x.reshape(-1, self.tokens, self.width)
        for number, block in enumerate(self.transformers):
            if number == self.split:
                # The chunks of the second half begin half a chunk earlier. At both ends of the signal, where they would
                # be half empty, the half chunk there is repeated.
                x = x.reshape(batch, -1, self.width)
                x = torch.cat((x[:, :half], x, x[:, -half:]), dim=1).reshape(-1, self.tokens, self.width)
            x = block(x)
        return x.reshape(batch, -1, self.width)[:, half:-half]


class Downsampling(Resampling):
    """Patches to the tokens of frames, [B, patched, F * stride] -> [B, width, F]."""

    def __init__(self, architecture: SameArchitecture, coder: Transformer) -> None:
        super().__init__(architecture, coder, architecture.patched, coder.width)

    def forward(self, patches: Tensor) -> Tensor:
        batch, frames = patches.shape[0], patches.shape[2] // self.stride
        patches = F.pad(patches, [0, -frames % self.frames * self.stride])
        x = self.mapping(patches).transpose(1, 2).reshape(batch, -1, self.stride, self.width)
        x = torch.cat((x, self.new_tokens.expand(batch, x.shape[1], 1, self.width)), dim=2)
        x = self.attend(x.reshape(batch, -1, self.width)).reshape(batch, -1, self.stride + 1, self.width)
        return x[:, :frames, self.stride].transpose(1, 2)


class Upsampling(Resampling):
    """The tokens of frames to patches, [B, width, F] -> [B, patched, F * stride]."""

    def __init__(self, architecture: SameArchitecture, coder: Transformer) -> None:
        super().__init__(architecture, coder, coder.width, architecture.patched)

    def forward(self, x: Tensor) -> Tensor:
        batch, frames = x.shape[0], x.shape[2]
        x = F.pad(x, [0, -frames % self.frames]).transpose(1, 2).unsqueeze(2)
        x = torch.cat((x, self.new_tokens.expand(batch, x.shape[1], self.stride, self.width)), dim=2)
        x = self.attend(x.reshape(batch, -1, self.width)).reshape(batch, -1, self.stride + 1, self.width)
        x = x[:, :, 1:].reshape(batch, -1, self.width).transpose(1, 2)
        patches: Tensor = self.mapping(x)
        return patches[:, :, : frames * self.stride]


class Windowed(Resampling):
    """Transformer blocks with sliding windows in the place of chunks."""

    def attend(self, x: Tensor) -> Tensor:
        """Run the blocks on the tokens of latent frames, [B, T, width] -> [B, T, width]."""
        for block in self.transformers:
            x = block(x)
        return x


class WindowedDownsampling(Windowed, Downsampling):
    """`Downsampling` with sliding windows."""


class WindowedUpsampling(Windowed, Upsampling):
    """`Upsampling` with sliding windows."""


class Transpose(nn.Module):
    """[B, C, T] <-> [B, T, C]; it keeps the places that the layers have in stable-audio-tools."""

    def forward(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2)


class Chain(nn.Module):
    """A chain of layers under the name that stable-audio-tools gives it."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return y


class SoftNorm(nn.Module):
    """The bottleneck: latents are scaled and shifted per channel, and have a deviation of about 1."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scaling_factor = nn.Parameter(torch.empty(1, channels, 1))
        self.bias = nn.Parameter(torch.empty(1, channels, 1))
        self.running_std = nn.Parameter(torch.empty(1))

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return (x * self.scaling_factor + self.bias) / self.running_std

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        return latents * self.running_std


class SameAutoencoder(nn.Module):
    """The offline model, with uninitialised parameters: load a state dict into it.

    A signal that is no whole number of chunks is padded with zeros, as by stable-audio-tools, which also returns what
    becomes of the padding; here it is cut off.

    Args:
        architecture: the numbers of the model.
        sampling: whether `decode` can add the bottleneck's noise (see `noise`).

    Attributes:
        noise: the amount of noise that is added to the latents in `decode`, 1 as trained; 0 adds none.

    Shape:
        audio [B, audio_channels, F * ratio] <-> latents [B, latent_dim, F].
    """

    sampling: Final[bool]

    def __init__(self, architecture: SameArchitecture, sampling: bool = True) -> None:
        super().__init__()
        self.architecture = architecture
        self.sampling = sampling and architecture.noise_regularize
        self.noise, self.deviation = 0.0, NOISE
        self.ratio, self.patch = architecture.ratio, architecture.patch
        self.audio_channels, self.latent_dim = architecture.audio_channels, architecture.latent_dim
        encoder, decoder, latents = architecture.encoder, architecture.decoder, architecture.latent_dim
        chunked = architecture.window is None
        down = (Downsampling if chunked else WindowedDownsampling)(architecture, encoder)
        up = (Upsampling if chunked else WindowedUpsampling)(architecture, decoder)
        self.encoder = Chain(down, Transpose(), nn.Linear(encoder.width, latents), Transpose())
        self.decoder = Chain(Transpose(), nn.Linear(latents, decoder.width), Transpose(), up)
        self.bottleneck = SoftNorm(latents)

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        batch, channels, samples = audio.shape[0], audio.shape[1], audio.shape[2]
        patches = audio.reshape(batch, channels, samples // self.patch, self.patch).transpose(2, 3)
        latents: Tensor = self.bottleneck.encode(self.encoder(patches.reshape(batch, channels * self.patch, -1)))
        return latents

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        if self.sampling and self.noise > 0.0:
            latents = latents + torch.randn_like(latents) * (self.noise * self.deviation)
        patches: Tensor = self.decoder(self.bottleneck.decode(latents))
        parted = patches.reshape(patches.shape[0], self.audio_channels, self.patch, -1)
        return parted.transpose(2, 3).reshape(patches.shape[0], self.audio_channels, -1)

    def forward(self, audio: Tensor) -> Tensor:
        return self.decode(self.encode(audio))


def fold_weight_norm(model: SameAutoencoder) -> None:
    """Replace, in place, the weight-normalised convolutions by plain ones with the same weights."""
    for resampling in [part for part in model.modules() if isinstance(part, Resampling)]:
        folded: Any = resampling.mapping
        outputs, inputs, kernel = folded.weight_v.shape
        plain = nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2, device="meta")
        plain.weight, plain.bias = nn.Parameter(folded.folded_weight().detach()), folded.bias
        resampling.mapping = plain.requires_grad_(False)


def offline_model(
    architecture: SameArchitecture, state: Mapping[str, Tensor], sampling: bool = True
) -> SameAutoencoder:
    """Return the offline model for inference; it shares the given weights."""
    with torch.device("meta"):
        model = SameAutoencoder(architecture, sampling)
    model.load_state_dict(dict(state), strict=True, assign=True)
    return model.eval().requires_grad_(False)
