"""Host models that do one thing wrong each, as ports of the model do: what verify must catch and name."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from saoctl.formats import export
from saoctl.formats.format import Artifact
from saoctl.formats.nn_tilde import NnTilde
from saoctl.formats.torchscript import TorchScriptArtifact, wrapped
from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.progress import Silent
from saoctl.streaming.oobleck.layers import ConvTranspose, Edges, Stack
from saoctl.streaming.state import Cursor
from saoctl.verify.compare import Trace
from saoctl.verify.comparisons import judge_all, measure_all
from saoctl.verify.rounding import Precise
from saoctl.verify.stream import Case
from tests.architectures import TINY, State, description, offline


def layers(stack: Stack) -> list[Any]:
    return [link.layer for link in stack.links]


class Late(nn.Module):
    """A layer whose output comes one sample of its grid too late: a wrong phase."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer
        self.last = torch.zeros(0)

    def forward(self, x: Tensor, block: Cursor) -> Tensor:
        y = self.layer(x, block)
        last = self.last if block.begin > 0 and len(self.last) == len(y) else torch.zeros_like(y[:, :1])
        self.last = y[:, -1:].clone()
        return torch.cat((last, y[:, :-1]), dim=1)


def blanked(edges: Edges, x: Tensor, block: Cursor, at_start: bool, at_end: bool) -> Tensor:
    """As `Edges` does it, but only at one of the two ends."""
    begin = block.begin if at_start else max(block.begin, edges.delay * edges.step)
    return Edges.forward(edges, x, Cursor(block.state, begin, block.end if at_end else -1, -1, -1))


class Broken(NnTilde):
    """A streaming model with one fault, which `wrong` names."""

    def __init__(self, wrong: str, architecture: OobleckArchitecture = TINY, state: State | None = None) -> None:
        model = export.build(offline(architecture, state=state), "float32", streaming=True).model
        super().__init__(model, torch.float32)
        self.wrong = wrong
        self.calls = 0  # since the last reset
        self.last = torch.zeros(0)
        self.model.noise = 0.0
        encoder, decoder = self.model.encoder, self.model.decoder
        strided = [layer for layer in layers(encoder) if getattr(layer, "product", None) and layer.product.stride > 1]
        if wrong.startswith("no blanking"):
            for module in self.model.modules():
                if isinstance(module, Edges):
                    module.forward = partial(
                        blanked, module, at_start=wrong.endswith("end"), at_end=wrong.endswith("start")
                    )
        if wrong.startswith("wrong phase in strided layer"):
            strided[int(wrong[-1]) - 1].window.rows -= 1
        if wrong == "wrong phase in the decoder":
            link = next(link for link in decoder.links if isinstance(link.layer, ConvTranspose))
            link.layer = Late(link.layer)
        stale = {
            "stale history near the audio": layers(decoder)[-1],
            "stale history near the latents": layers(decoder)[0],
            "stale history in the encoder": strided[0],
        }
        if wrong in stale:
            window = stale[wrong].window
            window.history = lambda block: torch.zeros(len(block.state), window.rows, window.channels)
        if wrong == "other weights":
            for stack in (encoder, decoder):
                layers(stack)[0].product.weight += 1e-4

    def encode(self, x: Tensor) -> Tensor:
        return self.spoilt(super().encode(x))

    def decode(self, x: Tensor) -> Tensor:
        return self.spoilt(super().decode(x))

    def forward(self, x: Tensor) -> Tensor:
        return self.spoilt(super().forward(x))

    def flush_decode(self) -> Tensor:
        y = self.spoilt(super().flush_decode())
        return y[:, :, :-5] if self.wrong == "too short" else y

    def flush_encode(self) -> Tensor:
        return self.spoilt(super().flush_encode())

    def flush_forward(self) -> Tensor:
        return self.spoilt(super().flush_forward())

    def reset(self) -> None:
        self.calls = 0
        self.last = torch.zeros(0)
        if self.wrong != "no reset":
            super().reset()

    def spoilt(self, y: Tensor) -> Tensor:
        if self.wrong == "silent":
            return torch.zeros_like(y)
        if self.wrong == "NaN":
            return torch.where(torch.arange(y.shape[2]) == 3, torch.nan, y)
        if self.wrong == "swapped channels":
            return y.flip(1)
        if self.wrong == "inverted":
            return -y
        if self.wrong == "twice as loud":
            return 2 * y
        if self.wrong == "leaking batch":
            return y + 0.01 * (y.sum(0, keepdim=True) - y)
        if self.wrong == "raises" and y.shape[2] > 0:
            raise RuntimeError("Traceback of TorchScript:\n  some code\nRuntimeError: it raised")
        if self.wrong == "raises as TorchScript does":
            raise torch.jit.Error("Traceback of TorchScript:\n  some code\nbuiltins.RuntimeError: it raised")
        if self.wrong == "mono":
            return y[:, :1]
        if self.wrong == "no batch":
            return y[0]
        if self.wrong == "integers":
            return y.long()
        if self.wrong == "half a block":
            return y[:, :, : y.shape[2] // 2]
        self.calls += 1
        if self.wrong.endswith("before the signal") and self.calls == 1:
            y = y.clone()
            y[:, :, 0] = torch.nan if self.wrong.startswith("NaN") else 1e3
        if self.wrong == "one block missing" and self.calls == 4:
            return torch.zeros_like(y)
        if self.wrong == "soft at first" and self.calls == 1:
            return 0.3 * y
        if self.wrong == "one channel soft":
            return torch.cat((0.5 * y[:, :1], y[:, 1:]), dim=1)
        if self.wrong == "one channel late" and y.shape[2]:
            last = self.last if len(self.last) == len(y) else torch.zeros_like(y[:, :1, :3])
            late = torch.cat((last, y[:, :1]), dim=2)
            self.last = late[:, :, -3:]
            return torch.cat((late[:, :, :-3], y[:, 1:]), dim=1)
        if self.wrong == "noise":
            return y + 1e-3 * y.abs().mean() * torch.randn_like(y)
        return y


def artifact(
    wrong: str, late: int = 0, architecture: OobleckArchitecture = TINY, state: State | None = None
) -> TorchScriptArtifact:
    """A broken model as a loaded file, whose declared latencies are `late` samples too large."""
    host = Broken(wrong, architecture, state)
    latency = {method: samples + late for method, samples in export.latency_samples(host).items()}
    return wrapped(Path("broken.ts"), host, torch.device("cpu"), description(architecture, latency))


def compared(
    artifact: Artifact,
    reference: Reference,
    cases: Sequence[Case],
    bound: float = 100.0,
    precise: Callable[[], Precise] | None = None,
) -> list[Trace]:
    """Return the comparisons of an artifact."""
    return judge_all(artifact, reference, measure_all(artifact, cases, bound, Silent(), precise))
