"""The trace of a step to ONNX: repeated parts are traced once, and the graph has standard operators alone."""

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from saoctl.formats.onnx import OPSET
from saoctl.formats.onnx_trace import Tracer
from saoctl.streaming.pure import Repeated
from saoctl.verify.metrics import snr_db


class Gate(nn.Module):
    """A layer with a number that is no tensor, and a method that widens its input."""

    def __init__(self, power: float) -> None:
        super().__init__()
        self.power, self.linear = power, nn.Linear(4, 8)

    def widened(self, x: Tensor) -> Tensor:
        y: Tensor = self.linear(x)
        return y

    def forward(self, x: Tensor, wide: Tensor, first: Tensor) -> Tensor:
        index = torch.arange(x.shape[1]) + first
        value, gate = wide.narrow(1, 0, x.shape[1]).chunk(2, dim=2)
        return x + value * gate.sigmoid() * self.power * (index > 1).to(x.dtype)[:, None]


class Layers(nn.Module):
    """A step that repeats the parts of two kinds of layers, which have different powers."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        layers = [Gate(1.0 + number % 2) for number in range(depth)]
        self.widened = nn.ModuleList(Repeated(layer, 8, "widened") for layer in layers)
        self.gated = nn.ModuleList(Repeated(layer, 4) for layer in layers)

    def forward(self, x: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        for widened, gated in zip(self.widened, self.gated, strict=True):
            x = gated(x, torch.nn.functional.pad(widened(x), (0, 0, 0, 2)), first)
        return x, x.sum(dim=1)


def traced(step: nn.Module, tracer: Tracer) -> Any:
    like = {"x": torch.zeros(2, 6, 4), "first": torch.zeros(1, dtype=torch.int64)}
    batch, length = torch.export.Dim("batch", min=1, max=64), torch.export.Dim("length", min=1, max=64)
    return tracer.trace(step.eval().requires_grad_(False), like, {"x": {0: batch, 1: 2 * length}, "first": None})


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> list[nn.Module]:
    """What torch.export traces."""
    traces, export = [], torch.export.export

    def noted(module: nn.Module, *arguments: Any, **options: Any) -> Any:
        traces.append(module)
        return export(module, *arguments, **options)

    monkeypatch.setattr(torch.export, "export", noted)
    return traces


def test_a_deeper_step_needs_no_more_traces_and_its_graph_is_flat_and_exact(traces: list[nn.Module]) -> None:
    for depth in (4, 9):
        traces.clear()
        step = Layers(depth)
        before = {name: tensor.clone() for name, tensor in step.state_dict().items()}
        proto = traced(step, Tracer(OPSET, ("y", "sum")))
        assert len(traces) == 5, "the step, and both parts of the two kinds of layers"
        assert not proto.functions
        assert {(each.domain, each.version) for each in proto.opset_import} == {("", OPSET)}
        names = [node.name for node in proto.graph.node]
        assert len(set(names)) == len(names)
        onnx.checker.check_model(proto, full_check=True)
        assert all(torch.equal(tensor, before[name]) for name, tensor in step.state_dict().items())
        session = onnxruntime.InferenceSession(proto.SerializeToString())
        for batch, length in ((1, 2), (3, 10)):
            x, first = torch.randn(batch, length, 4), torch.tensor([length // 4])
            output = session.run(None, {"x": x.numpy(), "first": first.numpy()})
            for expected, given in zip(step(x, first), output, strict=True):
                assert snr_db(expected, torch.from_numpy(given)) >= 120


@pytest.mark.usefixtures("traced_once")
def test_another_step_with_the_same_parts_needs_one_trace(traces: list[nn.Module]) -> None:
    tracer, step = Tracer(OPSET, ("y", "sum")), Layers(5)
    traced(Layers(4), tracer)
    traces.clear()
    session = onnxruntime.InferenceSession(traced(step, tracer).SerializeToString())
    assert traces == [step]
    x, first = torch.randn(1, 4, 4), torch.tensor([0])
    output = session.run(None, {"x": x.numpy(), "first": first.numpy()})[0]
    assert snr_db(step(x, first)[0], torch.from_numpy(output)) >= 120


class Finite(nn.Module):
    """A step with an operator that torch.onnx does not have."""

    def forward(self, x: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        return torch.nan_to_num(x, 1.0, 2.0, 3.0), 1 - first


def test_a_step_may_have_operators_that_torch_onnx_does_not_have() -> None:
    session = onnxruntime.InferenceSession(traced(Finite(), Tracer(OPSET, ("y", "sum"))).SerializeToString())
    x = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.5]).expand(1, 2, 4)
    output, less = session.run(None, {"x": x.numpy(), "first": np.array([3])})
    assert output[0, 0].tolist() == [1.0, 2.0, 3.0, 0.5]
    assert less.tolist() == [-2]
