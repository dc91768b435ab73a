"""What ports of SAME with chunks get wrong, as models that have the fault: by them `verify` tells which one it is."""

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from saoctl.models.family import Fault, Reference
from saoctl.models.layouts import LayoutError
from saoctl.models.own import OwnModel
from saoctl.models.same.architecture import SameArchitecture
from saoctl.models.same.model import Resampling, Rotary, offline_model
from saoctl.models.same.tensors import to_state


@dataclass(frozen=True)
class Moved(OwnModel):
    """A model whose chunks begin some latent frames before the signal.

    Args:
        ratio: audio samples per latent frame.
        frames: how many latent frames before it.
    """

    ratio: int = 1
    frames: int = 0

    def encode(self, audio: Tensor) -> Tensor:
        return super().encode(F.pad(audio, (self.frames * self.ratio, 0)))[:, :, self.frames :]

    def decode(self, latents: Tensor) -> Tensor:
        return super().decode(F.pad(latents, (self.frames, 0)))[:, :, self.frames * self.ratio :]


def unshifted(self: Resampling, x: Tensor) -> Tensor:
    """Run all blocks on the same chunks; it takes the place of `Resampling.attend`."""
    batch = x.shape[0]
    x = x.reshape(-1, self.tokens, self.width)
    for block in self.transformers:
        x = block(x)
    return x.reshape(batch, -1, self.width)


def restarted(self: Rotary, tokens: int) -> Tensor:
    """Count the positions from each half of the chunk; it takes the place of `Rotary.forward`."""
    half = Rotary.forward(self, tokens // 2)
    return torch.cat((half, half), dim=1)


def faults(architecture: SameArchitecture, tensors: Mapping[str, Tensor]) -> Iterator[Fault]:
    """Yield models with one fault each; a model with sliding windows, or in no known layout, has none of these."""
    if architecture.window is not None:
        return
    try:
        state = to_state(tensors, architecture)
    except LayoutError:
        return

    def wrong(kind: type[torch.nn.Module], name: str, method: Callable[..., Tensor]) -> Reference:
        model = offline_model(architecture, state)
        for part in model.modules():
            if isinstance(part, kind):
                setattr(part, name, types.MethodType(method, part))
        return OwnModel(model)

    for frames in range(1, architecture.frames):
        model = Moved(offline_model(architecture, state), ratio=architecture.ratio, frames=frames)
        noun = "frame" if frames == 1 else "frames"
        message = f"its chunks begin {frames} latent {noun} too early: they must begin with the signal"
        yield Fault("phase", message, model)
    message = "the second half of the transformer blocks works on the same chunks as the first: the shift is missing"
    yield Fault("everywhere", message, wrong(Resampling, "attend", unshifted))
    message = "the rotary positions begin again in the middle of each chunk: they must be counted through a chunk"
    yield Fault("everywhere", message, wrong(Rotary, "forward", restarted))
