"""What a player does to latents on their way into the decoder: hold them, scale and shift them, slow them down."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from saoctl.streaming.noise import normal_at
from saoctl.streaming.state import Cursor, Rows

MAX_SCALE = 10.0
MAX_BIAS = 10.0
MAX_GLIDE = 60_000.0  # ms
MAX_REST = 2.0
ARRIVED = 0.05  # what is left of a jump after the time of `glide`


class LatentControls(nn.Module):
    """Freeze, then (latents * gain) * scale + offset + bias with gain and offset per channel, then glide.

    latents [B, F, C] -> [B, F, C]. What is frozen can so still be bent, and what is bent glides. As built, it changes
    no bit. Setters answer whether they took the value; what is out of range changes nothing. They assign new tensors
    rather than change old ones in place, which may have been made in inference mode.

    It computes in the dtype of the state that it is given, which is that of the frame it holds and of the frame that
    glides. Both are zero at first.

    Args:
        channels: that can be played.
        ratio: audio samples per frame.
        sample_rate: Hz.
        rest: channels behind them that are played by `rest` alone.
    """

    gain: Tensor
    offset: Tensor

    def __init__(self, channels: int, ratio: int, sample_rate: int, rest: int = 0) -> None:
        super().__init__()
        self.channels, self.ratio = channels, ratio
        self.frame_ms = ratio / sample_rate * 1e3
        self.max_scale, self.max_bias, self.max_glide, self.arrived = MAX_SCALE, MAX_BIAS, MAX_GLIDE, ARRIVED
        self.max_rest = MAX_REST if rest else 0.0
        self.scale, self.bias, self.freeze, self.glide, self.rest = 1.0, 0.0, 0, 0.0, 0.0
        self.kept = 0.0  # of the frame before, while it glides
        self.register_buffer("gain", torch.ones(channels))
        self.register_buffer("offset", torch.zeros(channels))
        width = channels + rest
        self.held, self.gliding = Rows(1, width, 0), Rows(1, width, width)

    @property
    def state_size(self) -> int:
        """Values of state per batch row."""
        return self.held.size + self.gliding.size

    def forward(self, latents: Tensor, cursor: Cursor) -> Tensor:
        """Latents as the decoder is to have them.

        Args:
            latents: as a host gives them, or as `shown` does.
            cursor: where they stand. If its last frames are provisional, the last of all is held, which is the newest
                to be heard, and the last settled one glides on.
        """
        frames = latents.shape[1]
        settled = frames if cursor.settled < 0 else cursor.settled // self.ratio
        held = self.held.history(cursor)
        played = self._with_rest(latents.to(held.dtype), cursor)
        if self.freeze == 1:
            played = held.expand(-1, frames, -1)
        elif frames > 0:
            held.copy_(played.narrow(1, frames - 1, 1))
        played = self._begun(self._bent(played), cursor)
        gliding = self.gliding.history(cursor)
        if self.glide > 0.0:
            played = self._slowed(played, gliding)
        if settled > 0:
            gliding.copy_(played.narrow(1, settled - 1, 1))
        return self._latents(played).to(latents.dtype)

    def _with_rest(self, latents: Tensor, cursor: Cursor) -> Tensor:
        """All channels, those that are not played too."""
        return latents

    def _begun(self, played: Tensor, cursor: Cursor) -> Tensor:
        """Zeroes, in place, what precedes the signal: nothing glides in from there."""
        before = min(-(cursor.begin // self.ratio), played.shape[1])
        if before > 0:
            played.narrow(1, 0, before).zero_()
        return played

    def _bent(self, latents: Tensor) -> Tensor:
        """Scaled and shifted."""
        return latents * (self.gain * self.scale) + (self.offset + self.bias)

    def _slowed(self, latents: Tensor, before: Tensor) -> Tensor:
        """A low-pass of one pole: of each step to a new frame, ARRIVED is left after the time of `glide`."""
        slowed = [torch.nan_to_num(before, 0.0, 0.0, 0.0)]  # a frame that was no number must not stay for ever
        for frame in range(latents.shape[1]):
            slowed.append(slowed[frame] * self.kept + latents.narrow(1, frame, 1) * (1.0 - self.kept))
        return torch.cat(slowed[1:], dim=1)

    def _latents(self, played: Tensor) -> Tensor:
        """What the decoder takes, [B, F, latent_dim]."""
        return played

    @torch.jit.export
    def shown(self, latents: Tensor) -> Tensor:
        """What the encoder's latents are given out as, [B, F, latent_dim] -> [B, F, C]."""
        return latents

    @torch.jit.export
    def set_scale(self, scale: float) -> bool:
        """Scale of all channels, -MAX_SCALE to MAX_SCALE."""
        good = abs(scale) <= self.max_scale
        if good:
            self.scale = scale
        return good

    @torch.jit.export
    def set_bias(self, bias: float) -> bool:
        """Bias of all channels, -MAX_BIAS to MAX_BIAS."""
        good = abs(bias) <= self.max_bias
        if good:
            self.bias = bias
        return good

    @torch.jit.export
    def set_channel(self, channel: int, gain: float, offset: float) -> bool:
        """Gain and offset of one channel, counted from 1, in the ranges of scale and bias."""
        good = 1 <= channel <= self.channels and abs(gain) <= self.max_scale and abs(offset) <= self.max_bias
        if good:
            gains, offsets = self.gain.clone(), self.offset.clone()
            gains[channel - 1] = gain
            offsets[channel - 1] = offset
            self.gain, self.offset = gains, offsets
        return good

    @torch.jit.export
    def set_freeze(self, freeze: int) -> bool:
        """1 holds the latest frame, 0 lets go."""
        good = freeze == 0 or freeze == 1
        if good:
            self.freeze = freeze
        return good

    @torch.jit.export
    def set_glide(self, glide: float) -> bool:
        """How many ms a frame takes to arrive, 0 to MAX_GLIDE."""
        good = 0.0 <= glide <= self.max_glide
        if good:
            self.glide = glide
            self.kept = self.arrived ** (self.frame_ms / glide) if glide > 0.0 else 0.0
        return good

    @torch.jit.export
    def set_rest(self, rest: float) -> bool:
        """How much the channels vary that are not played, 0 to MAX_REST; 0 alone if there are none."""
        good = 0.0 <= rest <= self.max_rest
        if good:
            self.rest = rest
        return good


@dataclass(frozen=True)
class Directions:
    """A basis of latents, see `saoctl.weights.basis`, of which the first directions are played.

    Args:
        mean: of the latents, [L].
        directions: a row each, of length 1, [L, L].
        spread: standard deviation in each, [L].
        count: how many are played.
    """

    mean: Tensor
    directions: Tensor
    spread: Tensor
    count: int


class DirectionControls(LatentControls):
    """The same for coordinates along directions, [B, F, N], which become latents [B, F, L] behind it.

    The other directions stay at the mean, or vary as in the sounds that the basis is of: as noise, new in each frame.
    """

    mean: Tensor
    to_latents: Tensor
    to_coordinates: Tensor

    def __init__(self, basis: Directions, ratio: int, sample_rate: int) -> None:
        super().__init__(basis.count, ratio, sample_rate, len(basis.spread) - basis.count)
        along, spread = basis.directions.double(), basis.spread.double()[:, None]
        self.register_buffer("mean", basis.mean.float())
        self.register_buffer("to_latents", (along * spread).float())
        self.register_buffer("to_coordinates", (along / spread)[: basis.count].T.float().contiguous())

    def _with_rest(self, latents: Tensor, cursor: Cursor) -> Tensor:
        rest = self.held.history(cursor).narrow(2, self.channels, self.held.channels - self.channels)
        noise = normal_at(cursor.begin // self.ratio, latents.shape[1], rest)
        return self._begun(torch.cat((latents, noise), dim=2), cursor)

    def _bent(self, latents: Tensor) -> Tensor:
        coordinates = latents.narrow(2, 0, self.channels) * (self.gain * self.scale) + (self.offset + self.bias)
        # What glides is smoothed, and independent frames vary less then: this makes up for it.
        wide = self.rest * ((1.0 + self.kept) / (1.0 - self.kept)) ** 0.5
        rest = latents.narrow(2, self.channels, self.held.channels - self.channels) * wide
        return torch.cat((coordinates, rest), dim=2)

    def _latents(self, played: Tensor) -> Tensor:
        return torch.matmul(played, self.to_latents) + self.mean

    @torch.jit.export
    def shown(self, latents: Tensor) -> Tensor:
        """The coordinates of the encoder's latents."""
        coordinates = torch.matmul(latents.to(self.mean.dtype) - self.mean, self.to_coordinates)
        return coordinates.to(latents.dtype)
