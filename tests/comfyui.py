"""A double of ComfyUI as far as nodes for audio see it: its VAE, its model, its progress bar and its loading of nodes.

Written by what comfy/sd.py, comfy/ldm/audio/autoencoder.py and comfy_extras/nodes_audio.py do in 2026. No package
brings these. The encoder and the decoder are those of stable-audio-tools, which ComfyUI's are copies of.
"""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, remove_weight_norm

from saoctl.models.oobleck.architecture import OobleckArchitecture
from tests.architectures import judge

NODES = Path(__file__).parents[1] / "examples" / "comfyui"
BYTES_PER_SAMPLE = 1000  # in ComfyUI's estimate of the memory, per value of the dtype


class Sampling(nn.Module):
    """The bottleneck: it always samples, and nothing else."""

    def encode(self, moments: Tensor) -> Tensor:
        mean, scale = moments.chunk(2, dim=1)
        return torch.randn_like(mean) * (nn.functional.softplus(scale) + 1e-4) + mean

    def decode(self, latents: Tensor) -> Tensor:
        return latents


class AudioOobleckVAE(nn.Module):
    """The model, with ComfyUI's names; `new` weight norm is that of parametrizations."""

    def __init__(self, architecture: OobleckArchitecture, new: bool) -> None:
        super().__init__()
        original: Any = judge(architecture).model  # type: ignore[attr-defined]
        self.encoder, self.decoder, self.bottleneck = original.encoder, original.decoder, Sampling()
        for layer in list(self.modules()) if new else ():
            if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d):
                parametrizations.weight_norm(remove_weight_norm(layer))

    def encode(self, audio: Tensor) -> Tensor:
        return self.bottleneck.encode(self.encoder(audio))

    def decode(self, latents: Tensor) -> Tensor:
        output: Tensor = self.decoder(self.bottleneck.decode(latents))
        return output


class VAE:
    """What nodes pass on a VAE socket.

    Attributes:
        reserved: the memory in bytes that was reserved, call by call.
        tiled: how often memory ran out, and tiles were computed.
    """

    def __init__(
        self, architecture: OobleckArchitecture, new: bool = True, dtype: torch.dtype = torch.float32, **more: Any
    ) -> None:
        self.first_stage_model = AudioOobleckVAE(architecture, new).to(dtype).eval()
        self.vae_dtype, self.downscale_ratio, self.output_channels = dtype, architecture.ratio, 2
        self.memory_used_encode: Callable[..., int] = lambda shape, dtype: BYTES_PER_SAMPLE * shape[2] * dtype.itemsize
        self.memory_used_decode: Callable[..., int] = lambda shape, dtype: (
            BYTES_PER_SAMPLE * shape[2] * architecture.ratio * dtype.itemsize
        )
        self.reserved: list[int] = []
        self.tiled = 0
        vars(self).update(more)

    def encode(self, pixels: Tensor) -> Tensor:
        """[B, T, channels] -> [B, C, F]: cut in the middle to whole frames, mono to both channels."""
        extra = pixels.shape[1] % self.downscale_ratio
        pixels = pixels.narrow(1, extra // 2, pixels.shape[1] - extra)
        pixels = pixels.expand(-1, -1, self.output_channels).movedim(-1, 1)
        return self._computed(self.first_stage_model.encode, self.memory_used_encode, pixels)

    def decode(self, latents: Tensor) -> Tensor:
        """[B, C, F] -> [B, T, channels]."""
        return self._computed(self.first_stage_model.decode, self.memory_used_decode, latents).movedim(1, -1)

    def _computed(self, call: Callable[[Tensor], Tensor], estimate: Callable[..., int], given: Tensor) -> Tensor:
        try:
            self.reserved.append(estimate(given.shape, self.vae_dtype))
            return torch.cat([call(each.to(self.vae_dtype)).float() for each in given.split(1)])
        except torch.OutOfMemoryError:
            self.tiled += 1
            return torch.zeros(0, 0, 0)


class InterruptError(Exception):
    """The user has pressed the button."""


class ProgressBar:
    """The bar of `comfy.utils`, whose updates raise an error when the user has interrupted.

    Attributes:
        shown: the value and the total of each update of all bars.
        interrupted: whether the user has interrupted.
    """

    shown: list[tuple[int, int]]
    interrupted = False

    def __init__(self, total: int, node_id: str | None = None) -> None:
        self.total = total

    def update_absolute(self, value: int, total: int | None = None, preview: object = None) -> None:
        self.total = self.total if total is None else total
        self.shown.append((min(value, self.total), self.total))
        if self.interrupted:
            raise InterruptError


def load(patch: pytest.MonkeyPatch) -> ModuleType:
    """Load the nodes as ComfyUI loads a folder of `custom_nodes`."""
    comfy, utils = ModuleType("comfy"), ModuleType("comfy.utils")
    patch.setattr(ProgressBar, "shown", [], raising=False)
    vars(utils)["ProgressBar"] = ProgressBar
    vars(comfy)["utils"] = utils
    patch.setitem(sys.modules, "comfy", comfy)
    patch.setitem(sys.modules, "comfy.utils", utils)
    spec = importlib.util.spec_from_file_location("custom_nodes_saoctl", NODES / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    patch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def run(nodes: ModuleType, name: str, **inputs: Any) -> Any:
    """Run a node as ComfyUI does: inputs by name, in inference mode, one output per return type."""
    node = nodes.NODE_CLASS_MAPPINGS[name]
    sockets = node.INPUT_TYPES()
    assert set(sockets["required"]) <= set(inputs) <= {*sockets["required"], *sockets["optional"]}
    with torch.inference_mode():
        outputs = getattr(node(), node.FUNCTION)(**inputs)
    assert len(outputs) == len(node.RETURN_TYPES) == 1
    return outputs[0]
