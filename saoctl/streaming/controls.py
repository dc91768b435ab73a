"""What a player does to the latents that enter the decoder: freeze them, scale and shift them, let them glide."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from saoctl.streaming.noise import normal_at
from saoctl.streaming.state import Cursor, Rows

MAX_SCALE = 10.0
MAX_BIAS = 10.0
MAX_GLIDE = 60_000.0  # ms
MAX_REST = 2.0
ARRIVED = 0.05  # the part of a step that is left after the time of `glide`


class LatentControls(nn.Module):
    """Freeze, then (latents * gain) * scale + offset + bias with gain and offset per channel, then glide.

    Latents [B, F, C] -> [B, F, C]. Scale and bias are applied after freeze, so frozen latents can still be scaled and
    shifted, and after both the latents glide. With the initial settings, no bit changes. A setter returns whether it
    took the value; a value out of range changes nothing. Setters assign new tensors, because the old ones may have been
    made in inference mode and cannot be changed in place then.

    Everything is computed in the dtype of the state, which holds the frozen frame and the last frame of the glide. Both
    are zero at first.

    Args:
        channels: the channels that can be played.
        ratio: audio samples per frame.
        sample_rate: Hz.
        rest: the number of further channels, which only `rest` plays.
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
        self.kept = 0.0  # the part of the frame before that a gliding frame keeps
        self.register_buffer("gain", torch.ones(channels))
        self.register_buffer("offset", torch.zeros(channels))
        width = channels + rest
        self.held, self.gliding = Rows(1, width, 0), Rows(1, width, width)

    @property
    def state_size(self) -> int:
        """The number of values of state per batch row."""
        return self.held.size + self.gliding.size

    def forward(self, latents: Tensor, cursor: Cursor) -> Tensor:
        """Return the latents for the decoder.

        Args:
            latents: as a host or `shown` gives them.
            cursor: their position. If the last frames are provisional, freeze holds the last one of all, because it is
                the newest that is heard, and the glide continues from the last settled one.
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
        """Append the channels that are not played."""
        return latents

    def _begun(self, played: Tensor, cursor: Cursor) -> Tensor:
        """Zero the frames before the signal, in place, so that nothing glides in from there."""
        before = min(-(cursor.begin // self.ratio), played.shape[1])
        if before > 0:
            played.narrow(1, 0, before).zero_()
        return played

    def _bent(self, latents: Tensor) -> Tensor:
        """Scale and shift the latents."""
        return latents * (self.gain * self.scale) + (self.offset + self.bias)

    def _slowed(self, latents: Tensor, before: Tensor) -> Tensor:
        """Apply a low-pass of one pole: of each step to a new frame, ARRIVED is left after the time of `glide`."""
        slowed = [torch.nan_to_num(before, 0.0, 0.0, 0.0)]  # NaN must not stay for ever
        for frame in range(latents.shape[1]):
            slowed.append(slowed[frame] * self.kept + latents.narrow(1, frame, 1) * (1.0 - self.kept))
        return torch.cat(slowed[1:], dim=1)

    def _latents(self, played: Tensor) -> Tensor:
        """Return the input of the decoder, [B, F, latent_dim]."""
        return played

    @torch.jit.export
    def shown(self, latents: Tensor) -> Tensor:
        """Return what `encode` gives a host for the encoder's latents, [B, F, latent_dim] -> [B, F, C]."""
        return latents

    @torch.jit.export
    def set_scale(self, scale: float) -> bool:
        """Set the scale of all channels, -MAX_SCALE to MAX_SCALE."""
        good = abs(scale) <= self.max_scale
        if good:
            self.scale = scale
        return good

    @torch.jit.export
    def set_bias(self, bias: float) -> bool:
        """Set the bias of all channels, -MAX_BIAS to MAX_BIAS."""
        good = abs(bias) <= self.max_bias
        if good:
            self.bias = bias
        return good

    @torch.jit.export
    def set_channel(self, channel: int, gain: float, offset: float) -> bool:
        """Set gain and offset of one channel, counted from 1, in the ranges of scale and bias."""
        good = 1 <= channel <= self.channels and abs(gain) <= self.max_scale and abs(offset) <= self.max_bias
        if good:
            gains, offsets = self.gain.clone(), self.offset.clone()
            gains[channel - 1] = gain
            offsets[channel - 1] = offset
            self.gain, self.offset = gains, offsets
        return good

    @torch.jit.export
    def set_freeze(self, freeze: int) -> bool:
        """Hold the latest frame (1), or let go (0)."""
        good = freeze == 0 or freeze == 1
        if good:
            self.freeze = freeze
        return good

    @torch.jit.export
    def set_glide(self, glide: float) -> bool:
        """Set the time in ms that a frame takes to arrive, 0 to MAX_GLIDE."""
        good = 0.0 <= glide <= self.max_glide
        if good:
            self.glide = glide
            self.kept = self.arrived ** (self.frame_ms / glide) if glide > 0.0 else 0.0
        return good

    @torch.jit.export
    def set_rest(self, rest: float) -> bool:
        """Set how much the channels vary that are not played, 0 to MAX_REST; only 0 if there are none."""
        good = 0.0 <= rest <= self.max_rest
        if good:
            self.rest = rest
        return good


@dataclass(frozen=True)
class Directions:
    """A basis of latents, see `saoctl.weights.basis`, whose first directions are played.

    Args:
        mean: of the latents, [L].
        directions: one in each row, of length 1, [L, L].
        spread: the standard deviation in each direction, [L].
        count: the number of directions that are played.
    """

    mean: Tensor
    directions: Tensor
    spread: Tensor
    count: int


class DirectionControls(LatentControls):
    """Controls of coordinates along directions, [B, F, N], which become latents [B, F, L] afterwards.

    The other directions stay at the mean, or vary as in the sounds of the basis: as noise, new in each frame.
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
        # A glide smooths the frames, and the noise in them varies less then: this makes up for it.
        wide = self.rest * ((1.0 + self.kept) / (1.0 - self.kept)) ** 0.5
        rest = latents.narrow(2, self.channels, self.held.channels - self.channels) * wide
        return torch.cat((coordinates, rest), dim=2)

    def _latents(self, played: Tensor) -> Tensor:
        return torch.matmul(played, self.to_latents) + self.mean

    @torch.jit.export
    def shown(self, latents: Tensor) -> Tensor:
        """Return the coordinates of the encoder's latents."""
        coordinates = torch.matmul(latents.to(self.mean.dtype) - self.mean, self.to_coordinates)
        return coordinates.to(latents.dtype)
