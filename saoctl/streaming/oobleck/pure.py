"""The exact stream with no state of its own: (block, state, position, end, controls) -> (output, state).

Runtimes that keep nothing between calls need this form. Its numbers, delays and layout of the state are those of
`oobleck.StreamingAutoencoder`, whose weights it shares. `torch.export` can trace it for any batch and any number of
frames: nothing is changed in place, and no Python branch or loop depends on a value.

Signals are images of one row, [B, C, 1, T]: onnxruntime has a faster convolution for images than for signals.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from saoctl.models.oobleck.model import mean_latents, noisy_latents
from saoctl.streaming.controls import DirectionControls, LatentControls
from saoctl.streaming.delay import Grid
from saoctl.streaming.noise import normal_of
from saoctl.streaming.oobleck import layers
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.streaming.state import Rows
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import Method

ENDLESS = 1 << 40  # latent frames; where a signal ends that goes on


class Place(NamedTuple):
    """Where a block stands.

    Args:
        frame: the offline index of its first latent frame, [1]; negative for what precedes the signal.
        end: how many latent frames the whole signal has, [1].
    """

    frame: Tensor
    end: Tensor


class Histories:
    """The rows that layers keep from block to block: what the block before has left, and what this one leaves.

    Args:
        state: [B, S].
        sizes: rows and channels of each layer's part, in the order in which they run.
    """

    def __init__(self, state: Tensor, sizes: list[tuple[int, int]]) -> None:
        self._sizes = sizes
        self._given = list(torch.split(state, [rows * channels for rows, channels in sizes], dim=-1))
        self._left: list[Tensor] = []

    def take(self) -> Tensor:
        """The next part, [B, C, 1, rows]; `keep` must follow."""
        rows, channels = self._sizes[len(self._left)]
        return self._given[len(self._left)].reshape(-1, rows, channels).transpose(1, 2).unsqueeze(2)

    def keep(self, x: Tensor) -> None:
        """What to find there in the block to come, [B, C, 1, rows]."""
        self._left.append(x.squeeze(2).transpose(1, 2).flatten(1))

    def before(self, x: Tensor) -> Tensor:
        """The next part and then x, [B, C, 1, T] -> [B, C, 1, rows + T], whose last rows are kept."""
        history = self.take()
        both = torch.cat((history, x), dim=3)
        self.keep(both.narrow(3, x.shape[3], history.shape[3]))
        return both

    def state(self) -> Tensor:
        """The state for the block to come, [B, S]."""
        return torch.cat(self._left, dim=-1)


def _sizes(module: nn.Module) -> list[tuple[int, int]]:
    """Rows and channels of what the layers of a stream keep."""
    kept = (part for part in module.modules() if isinstance(part, Rows))
    return [(part.rows, part.channels) for part in kept if part.size]


class Edges(nn.Module):
    """Zeroes the samples of a block that lie before the offline signal begins or after it ends, [B, C, 1, T]."""

    def __init__(self, like: layers.Edges, ratio: int) -> None:
        super().__init__()
        self.rate, self.delay, self.shortfall = ratio // like.step, like.delay, like.shortfall

    def forward(self, x: Tensor, place: Place) -> Tensor:
        index = torch.arange(x.shape[3], device=x.device) + (place.frame * self.rate - self.delay)
        inside = (index >= 0) & (index < place.end * self.rate - self.shortfall)
        return x * inside.to(x.dtype)  # a choice by `where` takes runtimes several times as long


class Product(nn.Module):
    """A convolution without padding, [B, in, 1, T] -> [B, out, 1, (T - span) // stride + 1]."""

    def __init__(self, like: layers.Product) -> None:
        super().__init__()
        weight = like.weight.view(like.outputs, 1, like.kernel, like.inputs).permute(0, 3, 1, 2)
        self.weight, self.bias = nn.Parameter(weight, requires_grad=False), like.bias
        self.stride, self.dilation = [1, like.stride], [1, like.dilation]

    def forward(self, window: Tensor) -> Tensor:
        return F.conv2d(window, self.weight, self.bias, self.stride, 0, self.dilation)


class Snake(nn.Module):
    """x + sin²(αx) / β per channel, [B, C, 1, T]."""

    def __init__(self, like: layers.Snake) -> None:
        super().__init__()
        self.frequency = nn.Parameter(like.frequency.view(-1, 1, 1), requires_grad=False)
        self.gain = nn.Parameter(like.gain.view(-1, 1, 1), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        sine = torch.sin(x * self.frequency)
        return x + sine * sine * self.gain


class Conv(nn.Module):
    """Activation and convolution, [B, in, 1, T] -> [B, out, 1, T / stride]."""

    def __init__(self, like: layers.Conv, ratio: int) -> None:
        super().__init__()
        self.activation, self.remembers = _activation(like.window.activation), like.window.size > 0
        self.product, self.edges = Product(like.product), Edges(like.edges, ratio)

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        x = self.activation(x)
        y: Tensor = self.edges(self.product(histories.before(x) if self.remembers else x), place)
        return y


class ConvTranspose(nn.Module):
    """Activation and transposed convolution, [B, in, 1, T] -> [B, out, 1, T * stride]; see `layers.ConvTranspose`."""

    def __init__(self, like: layers.ConvTranspose, ratio: int) -> None:
        super().__init__()
        self.stride, self.outputs = like.stride, like.outputs
        self.activation, self.remembers = _activation(like.window.activation), like.window.size > 0
        self.product, self.edges = Product(like.product), Edges(like.edges, ratio)

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        x = self.activation(x)
        y = self.product(histories.before(x) if self.remembers else x)
        y = y.reshape(-1, self.stride, self.outputs, x.shape[3]).permute(0, 2, 3, 1)
        z: Tensor = self.edges(y.reshape(x.shape[0], self.outputs, 1, -1), place)
        return z


class Residual(nn.Module):
    """Residual unit, [B, C, 1, T] -> [B, C, 1, T]."""

    def __init__(self, like: layers.Residual, ratio: int) -> None:
        super().__init__()
        self.first, self.second = _activation(like.window.activation), _activation(like.second)
        self.dilated, self.pointwise = Product(like.dilated), Product(like.pointwise)
        self.edges = Edges(like.edges, ratio)

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        y = self.dilated(histories.before(self.first(x)))
        y = self.pointwise(self.second(y))
        z: Tensor = self.edges(y + histories.before(x).narrow(3, 0, x.shape[3]), place)
        return z


class Tanh(nn.Module):
    """tanh, [B, C, 1, T] -> [B, C, 1, T]."""

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        return torch.tanh(x)


def _activation(like: nn.Module) -> nn.Module:
    if isinstance(like, layers.Snake):
        return Snake(like)
    return nn.ELU() if isinstance(like, layers.Elu) else nn.Identity()


class Stack(nn.Module):
    """Layers in a row, [B, in, 1, T] -> [B, out, 1, T']."""

    def __init__(self, like: layers.Stack, ratio: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([_layer(link.layer, ratio) for link in like.links])

    def forward(self, x: Tensor, place: Place, histories: Histories) -> Tensor:
        for layer in self.layers:
            x = layer(x, place, histories)
        return x


def _layer(like: object, ratio: int) -> nn.Module:
    if isinstance(like, layers.Conv):
        return Conv(like, ratio)
    if isinstance(like, layers.ConvTranspose):
        return ConvTranspose(like, ratio)
    if isinstance(like, layers.Residual):
        return Residual(like, ratio)
    assert isinstance(like, layers.Tanh)
    return Tanh()


class Controls(nn.Module):
    """What a player does to latents, see `controls.LatentControls`, [B, C, 1, F] -> [B, latent_dim, 1, F].

    Its settings are tensors: gain and offset per channel, [C], with what all channels share multiplied and added in;
    and `motion`, [3]: freeze, glide in ms, and rest.
    """

    def __init__(self, like: LatentControls) -> None:
        super().__init__()
        self.channels, self.rest = like.channels, like.held.channels - like.channels
        self.frame_ms, self.arrived = like.frame_ms, like.arrived
        self.along = isinstance(like, DirectionControls)
        if isinstance(like, DirectionControls):
            self.mean, self.to_coordinates, self.to_latents = like.mean, like.to_coordinates, like.to_latents

    def forward(
        self, latents: Tensor, gain: Tensor, offset: Tensor, motion: Tensor, place: Place, histories: Histories
    ) -> Tensor:
        frozen, glide, rest = motion[0:1] > 0, motion[1:2], motion[2:3]
        # Of the frame before, while it glides. Slow glides keep nearly all, and what they do not is lost in float32.
        kept = torch.pow(self.arrived, self.frame_ms / glide.double())
        frames = latents.shape[3]
        frame = torch.arange(frames, device=latents.device) + place.frame
        within = frame >= 0  # nothing glides in from before the signal
        if self.rest:
            noise = normal_of(frame, latents.new_zeros(1, 1, self.rest).expand(latents.shape[0], 1, self.rest))
            noise = torch.where(within, noise.transpose(1, 2).unsqueeze(2), 0.0)
            latents = torch.cat((latents, noise), dim=1)
        held = histories.take()
        histories.keep(torch.where(frozen, held, latents.narrow(3, frames - 1, 1)))
        played = torch.where(frozen, held, latents)
        if self.rest:
            # See `DirectionControls`: what glides is smoothed and varies less.
            wide = rest * torch.sqrt((1.0 + kept) / (1.0 - kept)).to(rest.dtype)
            gain = torch.cat((gain, wide.expand(self.rest)))
            offset = torch.cat((offset, torch.zeros_like(gain.narrow(0, 0, self.rest))))
        played = torch.where(within, played * gain.view(-1, 1, 1) + offset.view(-1, 1, 1), 0.0)
        before = histories.take()
        played = torch.where(glide > 0, self._slowed(played, before, kept), played)
        histories.keep(played.narrow(3, frames - 1, 1))
        if self.along:
            turned = torch.matmul(played.squeeze(2).transpose(1, 2), self.to_latents) + self.mean
            played = turned.transpose(1, 2).unsqueeze(2)
        return played

    def shown(self, latents: Tensor) -> Tensor:
        """What the encoder's latents are given out as, [B, latent_dim, 1, F] -> [B, C, 1, F]."""
        if not self.along:
            return latents
        rows = latents.squeeze(2).transpose(1, 2)
        return torch.matmul(rows - self.mean, self.to_coordinates).transpose(1, 2).unsqueeze(2)

    def _slowed(self, latents: Tensor, before: Tensor, kept: Tensor) -> Tensor:
        """The low-pass of one pole, y[t] = kept * y[t-1] + (1 - kept) * x[t], as one product over all frames.

        Written out it is y[t] = kept^(t+1) * y[-1] + (1 - kept) * sum of kept^(t-s) * x[s] over s <= t, all of whose
        weights are between 0 and 1, so that nothing is divided by a power that has become too small.
        """
        frame = torch.arange(latents.shape[3], device=latents.device)
        age = frame - frame.unsqueeze(1)  # [s, t]
        weights = torch.where(age >= 0, torch.pow(kept, age.clamp(min=0).double()) * (1.0 - kept), 0.0)
        finite = torch.nan_to_num(before, 0.0, 0.0, 0.0)  # a frame that was no number must not stay for ever
        fading = torch.pow(kept, (frame + 1).double()).to(latents.dtype)
        return finite * fading + torch.matmul(latents, weights.to(latents.dtype))


class PureStep(nn.Module):
    """A method of an exact stream as a function. All of its state is in `state`, [B, S], zeros at first.

    Args:
        stream: whose numbers it gives and whose weights it shares.
        method: of the stream.

    Attributes:
        state_size: S. The parts of the state are those of the stream in the order in which they run: encoder,
            controls, decoder, as far as the method has them.
        takes_noise: whether there is noise to give.
        plays: whether there are controls to give.
        lag: latent frames by which what is decoded is late; of forward, which is encode and then decode at a position
            that is so much less.
        flush_frames: of silence, that bring what is due at the end of a signal.
        flush_values: per channel, that are due then; what follows them is nothing.

    Inputs, besides the block and the state:
        position: audio samples of the signal before this block, int64 [1].
        end: samples of the whole signal, a whole number of frames, int64 [1]; -1 while it goes on. Blocks of silence
            with the end given bring what is still due.
        gain, offset, motion: see `Controls`; ones, zeros, zeros change nothing. Of decode and forward.
        noise: the VAE's, [B, latent_dim, F] of normal numbers times their amount; zeros give the mean. Of encode and
            forward, if the model samples.
    """

    def __init__(self, stream: StreamingAutoencoder, method: Method) -> None:
        super().__init__()
        self.method, self.ratio, self.scale = method, stream.ratio, stream.scale
        self.audio_channels, self.latent_dim = stream.audio_channels, stream.latent_dim
        encodes, decodes = method != "decode", method != "encode"
        self.takes_noise, self.plays = encodes and stream.sampling, decodes
        self.lag = stream.latency_encode // stream.ratio if method == "forward" else 0  # of what is decoded, in frames
        self.flush_frames, self.flush_values = {
            "encode": (stream.encode_tail_frames, stream.encode_tail),
            "decode": (stream.decode_tail_frames, stream.decode_tail),
            "forward": (
                stream.encode_tail_frames + stream.decode_tail_frames,
                stream.encode_tail * stream.ratio + stream.decode_tail,
            ),
        }[method]
        self.controls = Controls(stream.controls)
        self.sizes: list[tuple[int, int]] = []
        if encodes:
            self.encoder = Stack(stream.encoder, self.ratio)
            self.sizes += _sizes(stream.encoder)
        if decodes:
            self.decoder = Stack(stream.decoder, self.ratio)
            self.sizes += _sizes(stream.controls) + _sizes(stream.decoder)
        # Of the latents, which `decode` is given in time.
        self.given_edges = Edges(stream.latent_edges if encodes else layers.Edges(Grid(1), self.ratio), self.ratio)
        self.state_size = sum(rows * channels for rows, channels in self.sizes)

    def forward(
        self,
        block: Tensor,
        state: Tensor,
        position: Tensor,
        end: Tensor,
        gain: Tensor | None = None,
        offset: Tensor | None = None,
        motion: Tensor | None = None,
        noise: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """The output of the method for a block, late by the stream's latency, and the state for the block to come."""
        histories = Histories(state, self.sizes)
        frame = position // self.ratio
        place = Place(frame, torch.where(end < 0, ENDLESS, end // self.ratio))
        x = block.unsqueeze(2)
        if self.method != "decode":
            x = self._encode(x, noise, place, histories)
        if self.plays:
            assert gain is not None
            assert offset is not None
            assert motion is not None
            late = Place(frame - self.lag, place.end)
            x = self.given_edges(self.controls(x, gain, offset, motion, late, histories), place)
            x = self.decoder(x * self.scale, late, histories)
        return x.squeeze(2), histories.state()

    def _encode(self, audio: Tensor, noise: Tensor | None, place: Place, histories: Histories) -> Tensor:
        moments = self.encoder(audio, place, histories)
        if self.takes_noise:
            assert noise is not None
            latents = noisy_latents(moments, 1.0, noise.unsqueeze(2), 1)
        else:
            latents = mean_latents(moments, 1)
        shown: Tensor = self.given_edges(self.controls.shown(latents / self.scale), place)
        return shown


def pure_step(stream: Stream, method: Method) -> PureStep:
    """A method of a stream as a function.

    Raises:
        TypeError: the stream is not exact, or computes in more than one dtype.
    """
    if not isinstance(stream, StreamingAutoencoder):
        raise TypeError(f"no pure step of {type(stream).__name__}")
    if len({parameter.dtype for parameter in stream.parameters()}) > 1:
        raise TypeError("no pure step of a stream of several dtypes")
    return PureStep(stream, method).eval().requires_grad_(False)
