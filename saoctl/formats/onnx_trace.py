"""Tracing of pure steps to ONNX graphs. Each kind of repeated part is traced once, because tracing is slow.

In the trace of a step each repeated part is the call of a function, whose inputs are those of the part and its tensors.
The function is the graph of one of these parts. Not every runtime knows functions, so each call is then replaced by the
nodes of its function.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Any

import torch
from torch import Tensor, nn

from saoctl.formats.packages import import_for, quiet
from saoctl.streaming.pure import Repeated

DOMAIN = "saoctl"  # of the functions

Inputs = list[tuple[torch.Size, torch.dtype]]
# By the name of the function: a part that calls it, and the inputs of this part.
Calls = dict[str, tuple[Repeated, Inputs]]


class Tracer:
    """A tracer for the steps of a model. A kind of part that several steps have is traced in the first of them.

    Parts are of one kind if they differ in nothing but the values of their tensors.

    Args:
        opset: the version of the operators.
        outputs: the names of the outputs of a step.
    """

    def __init__(self, opset: int, outputs: tuple[str, ...]) -> None:
        self._options: dict[str, Any] = {"opset_version": opset, "dynamo": True, "verbose": False}
        self._options["custom_translation_table"] = _operators(opset)
        self._outputs = outputs
        self._functions: dict[str, Any] = {}

    def trace(self, step: nn.Module, like: Mapping[str, Tensor], free: Mapping[str, Any]) -> Any:
        """Return a step as an ONNX ModelProto.

        Args:
            step: the step.
            like: an example of each input.
            free: the free dimensions of each input, as `torch.export.export` takes them.
        """
        from torch._dynamo import config as dynamo_config  # takes a second to load

        # The cache of fake tensors seldom hits where sizes are symbols, and filling it takes a tenth of the time.
        with quiet(), dynamo_config.patch(fake_tensor_cache_enabled=False):
            calls: Calls = {}
            with _as_calls(step, calls):
                exported = torch.export.export(step, (), dict(like), dynamic_shapes=dict(free), strict=False)
            program = self._converted(exported, output_names=self._outputs)
            for name, (part, inputs) in calls.items():
                if name not in self._functions:
                    self._functions[name] = self._function(name, part, inputs)
                function = self._functions[name]
                program.model.functions[function.identifier()] = function
            if calls:
                _replace_calls(program.model)
            return program.model_proto

    def _converted(self, exported: Any, **options: Any) -> Any:
        """Return an exported program as an ONNXProgram.

        torch.onnx would check the inputs if the program had examples of them, which takes a third of the time. And it
        would decompose the operators that it does not have, and trace the program a second time for that, which takes
        half of it. So it gets those that our steps use.
        """
        exported.example_inputs = None
        decompose, exported.run_decompositions = exported.run_decompositions, lambda _: exported
        try:
            return torch.onnx.export(exported, **options, **self._options)
        except torch.onnx.OnnxExporterError:  # the step has others, or an older torch has fewer
            exported.run_decompositions = decompose
            return torch.onnx.export(exported, **options, **self._options)

    def _function(self, name: str, part: Repeated, inputs: Inputs) -> Any:
        """Return the graph of a part, in which those dimensions are free that were free in the trace of the step."""
        (ir,) = import_for("onnx", "onnx_ir")
        tensors, like, free = list(_tensors(part).values()), [], []
        for shape, dtype in inputs:
            sizes = [size if isinstance(size, int) else size.node.hint for size in shape]
            like.append(torch.zeros(sizes, dtype=dtype))
            free.append({place: torch.export.Dim.AUTO for place, size in enumerate(shape) if not isinstance(size, int)})
        dimensions = (free, [None] * len(tensors))
        exported = torch.export.export(_Function(part), (like, tensors), dynamic_shapes=dimensions, strict=False)
        graph = self._converted(exported).model.graph
        for value in list(graph.initializers.values()):  # a function cannot have any
            node = ir.node("Constant", [], {"value": value.const_value})
            value.replace_all_uses_with(node.outputs[0])
            graph.insert_before(graph[0], node)
        graph.initializers.clear()
        return ir.Function(DOMAIN, name, graph=graph, attributes=[])


def _operators(opset: int) -> dict[Any, Callable[..., Any]]:
    """Return the operators of our steps that torch.onnx does not have, each as a function that makes its nodes."""
    (script,) = import_for("onnx", "onnxscript")
    op, aten = getattr(script, f"opset{opset}"), torch.ops.aten

    def cast(x: Any, dtype: int) -> Any:
        return op.Cast(x, to=dtype)

    def both(x: Any, y: Any) -> Any:
        return op.And(x, y)

    def subtracted_from(x: Any, number: float) -> Any:
        return op.Sub(op.CastLike(number, x), x)

    return {aten.to.dtype: cast, aten.__and__.Tensor: both, aten.rsub.Scalar: subtracted_from}


def _replace_calls(model: Any) -> None:
    """Replace the calls in a graph, in place, by the nodes of their functions.

    The graph and the functions are optimised already. What is left is what depends on the weights, and what several
    functions compute alike. To optimise the whole graph again would take most of the time.
    """
    passes, optimizer = import_for("onnx", "onnx_ir.passes.common", "onnxscript.optimizer")
    passes.InlinePass()(model)
    optimizer.fold_constants(model, onnx_shape_inference=False)
    passes.RemoveUnusedNodesPass()(model)
    passes.RemoveUnusedOpsetsPass()(model)
    passes.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0)(model)
    passes.DeduplicateInitializersPass()(model)
    passes.CommonSubexpressionEliminationPass()(model)
    passes.NameFixPass()(model)


class _Function(nn.Module):
    """A repeated part as a function of its inputs and its tensors."""

    def __init__(self, part: Repeated) -> None:
        super().__init__()
        # In a tuple the part is not registered, and so its tensors are not traced a second time.
        self.part, self.names = (part,), list(_tensors(part))

    def forward(self, inputs: list[Tensor], tensors: list[Tensor]) -> Tensor:
        named = dict(zip(self.names, tensors, strict=True))
        y: Tensor = torch.func.functional_call(self.part[0], named, tuple(inputs))
        return y


@contextmanager
def _as_calls(step: nn.Module, calls: Calls) -> Iterator[None]:
    """Make the repeated parts of a step call functions, and record the first call of each function."""

    def call(structure: str, part: Repeated, *inputs: Tensor) -> Tensor:
        shapes = [[size if isinstance(size, int) else None for size in each.shape] for each in inputs]
        name = f"part_{sha256(f'{structure} {shapes}'.encode()).hexdigest()}"
        calls.setdefault(name, (part, [(each.shape, each.dtype) for each in inputs]))
        first, given = inputs[0], (*inputs, *_tensors(part).values())
        shape = (*first.shape[:-1], part.channels)
        return torch.onnx.ops.symbolic(f"{DOMAIN}::{name}", given, dtype=first.dtype, shape=shape)

    # Torch can trace calls since 2.8. Older versions trace each part.
    every = [part for part in step.modules() if isinstance(part, Repeated) and hasattr(torch.onnx, "ops")]
    structures = [_structure(part) for part in every]
    several = [pair for pair in zip(every, structures, strict=True) if structures.count(pair[1]) > 1]
    for part, structure in several:
        part.forward = partial(call, structure, part)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for part, _ in several:
            del part.forward


def _structure(part: nn.Module) -> str:
    """Return everything on which the graph of a part depends, besides its inputs."""
    tensors = [(name, each.shape, each.dtype) for name, each in _tensors(part).items()]
    modules = [
        (name, type(each), {key: value for key, value in vars(each).items() if not key.startswith("_")})
        for name, each in part.named_modules()
    ]
    return repr((tensors, modules))


def _tensors(part: nn.Module) -> dict[str, Tensor]:
    return {**dict(part.named_parameters()), **dict(part.named_buffers())}
