"""A method of an exact stream as a module that keeps its state, for runtimes whose buffers outlast a call.

ExecuTorch is one: it keeps buffers from call to call, and takes blocks of one size.
"""

import torch
from torch import Tensor, nn

from saoctl.streaming.pure import Histories, PureStep, Settings


class RowHistories(Histories):
    """The histories of one stream, whose state is [S]; each part lies as it is used, [C, rows]."""

    def take(self) -> Tensor:
        rows, channels = self._sizes[len(self._left)]
        return self._given[len(self._left)].reshape(1, channels, 1, rows)

    def keep(self, x: Tensor) -> None:
        self._left.append(x.reshape(-1))


class StatefulStep(nn.Module):
    """A method that keeps its state, for blocks of one size and one stream.

    Args:
        step: the method, as `PureStep.fixed` gives it.
        frames: latent frames of a block.

    Attributes:
        names: of the inputs, in their order; see `example`.

    Inputs, each [1] except for the block and `normal`:
        block: [1, C, T].
        reset: 1 if the block begins a signal, else 0.
        end: audio samples of the whole signal, a whole number of frames; -1 while it goes on. See `PureStep`.
        latent_scale, latent_bias, freeze, glide, rest: see `NnTilde`. Of a step that plays; rest with a basis.
        noise: the amount of the model's sampling noise. Of a step that takes noise.
        normal: normal numbers, [1, latent_dim, frames]. With `noise`.
    """

    state: Tensor
    position: Tensor

    def __init__(self, step: PureStep, frames: int) -> None:
        super().__init__()
        self.step, self.frames = step, frames
        self.register_buffer("state", torch.zeros(step.state_size))
        self.register_buffer("position", torch.zeros(1, dtype=torch.int64))
        self.names = ["block", "reset", "end"]
        if step.plays:
            self.names += ["latent_scale", "latent_bias", "freeze", "glide"]
            self.names += ["rest"] if step.controls.rest else []
        if step.takes_noise:
            self.names += ["noise", "normal"]

    def example(self) -> tuple[Tensor, ...]:
        """Return inputs of the shapes and dtypes that it takes."""
        step = self.step
        channels, length = step.audio_channels, self.frames * step.ratio
        if step.method == "decode":
            channels, length = step.controls.channels, self.frames
        shapes = {"block": (1, channels, length), "normal": (1, step.latent_dim, self.frames)}
        whole = ("reset", "end", "freeze")
        dtypes = {name: torch.int64 if name in whole else torch.float32 for name in self.names}
        return tuple(torch.zeros(shapes.get(name, (1,)), dtype=dtypes[name]) for name in self.names)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the output of the method for a block, late by the stream's latency."""
        step, given = self.step, dict(zip(self.names, inputs, strict=True))
        position = torch.where(given["reset"] == 0, self.position, 0)
        # The state of a stream at its beginning is zero, whatever the buffer holds.
        histories = RowHistories(torch.where(position > 0, self.state, 0.0), step.sizes)
        noise = given["normal"] * given["noise"] if step.takes_noise else None
        settings = self._settings(given) if step.plays else None
        output = step.run(given["block"].unsqueeze(2), step.place(position, given["end"]), histories, settings, noise)
        self.state.copy_(histories.state())
        self.position.copy_(position + self.frames * step.ratio)
        return output.squeeze(2)

    def _settings(self, given: dict[str, Tensor]) -> Settings:
        channels = self.step.controls.channels
        rest = given.get("rest", torch.zeros(1))
        motion = torch.cat((given["freeze"].to(torch.float32), given["glide"], rest))
        return Settings(given["latent_scale"].expand(channels), given["latent_bias"].expand(channels), motion)
