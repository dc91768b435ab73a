"""ONNX files of other tools: a graph as the stream of one method.

`saoctl.formats.onnx_graph` finds the roles of its inputs and outputs.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from saoctl.config import StatedGraph
from saoctl.errors import FileError
from saoctl.formats.format import Artifact, Capabilities, Contents
from saoctl.formats.onnx_graph import KEYS, Reading, Value, read, values
from saoctl.vocabulary import Precision, Signature

LOW_PRECISIONS: dict[str, Precision] = {"float16": "float16", "bfloat16": "bfloat16"}  # others count as float32
LONGEST = 1 << 17  # the longest input that is tried to find the ratio: several frames of any ratio that is in use


class GraphStream:
    """The stream of a graph.

    Args:
        session: the graph, loaded by onnxruntime.
        reading: the roles of its inputs and outputs.
        constants: the values of inputs that are constant, by name.

    Attributes:
        batched: whether one call computes all signals of a batch. If the graph takes only one, each has its own call.
    """

    def __init__(self, session: Any, reading: Reading, constants: dict[str, float]) -> None:
        self._session, self._reading, self._constants = session, reading, constants
        self._values = {each.name: each for each in values(session.get_inputs())}
        # All signals of a batch share a state of one dimension, such as a counter.
        own = [state for state, _ in reading.states if len(state.shape) > 1]
        self.batched = 0 in reading.signal.free and all(state.free for state in own)
        self.reset()

    def reset(self) -> None:
        """Begin a fresh stream."""
        self.batch, self._states = 0, list[dict[str, Tensor]]()

    def call(self, block: Tensor) -> Tensor:
        """Run the graph on a block, [B, C, T] -> [B, C', T']; a change of the batch size begins a fresh stream.

        If the graph has states and blocks of a fixed size, the block is padded with silence to a multiple of this size,
        and the graph runs on each part.

        Raises:
            RuntimeError: the graph cannot run on the block.
        """
        length, values = self._reading.signal.shape[2], block.shape[2]
        if not isinstance(length, int) or not self._reading.states:
            return self._call_batch(block)
        padded = torch.nn.functional.pad(block, (0, -values % length))
        output = torch.cat([self._call_batch(part) for part in torch.split(padded, length, dim=2)], dim=2)
        return output[:, :, : output.shape[2] * values // padded.shape[2]]

    def _call_batch(self, block: Tensor) -> Tensor:
        parts = [block] if self.batched else list(torch.split(block, 1))
        if block.shape[0] != self.batch:
            self.batch = block.shape[0]
            self._states = [self._zeros(part.shape[0]) for part in parts]
        return torch.cat([self._call(part, state) for part, state in zip(parts, self._states, strict=True)])

    def _call(self, block: Tensor, state: dict[str, Tensor]) -> Tensor:
        signal, result = self._reading.signal, self._reading.result
        length = signal.shape[2]
        if isinstance(length, int) and block.shape[2] != length:
            raise RuntimeError(f"it takes only blocks of {length} values, not of {block.shape[2]}")
        inputs = {signal.name: block.to(getattr(torch, signal.dtype)), **state}
        for name, number in self._constants.items():
            inputs[name] = self._constant(self._values[name], number, block)
        names = [result.name, *(output.name for _, output in self._reading.states)]
        try:
            output, *new = self._session.run(names, {name: each.numpy(force=True) for name, each in inputs.items()})
        except Exception as error:  # The errors of onnxruntime have no common class.
            raise RuntimeError(reason(error)) from error
        for (each, _), tensor in zip(self._reading.states, new, strict=True):
            state[each.name] = torch.as_tensor(tensor)
        return torch.as_tensor(output).to(torch.float32)

    def _zeros(self, batch: int) -> dict[str, Tensor]:
        """Return all states as they are at the beginning of a stream."""
        return {
            each.name: torch.zeros(
                [size if isinstance(size, int) else batch for size in each.shape], dtype=getattr(torch, each.dtype)
            )
            for each, _ in self._reading.states
        }

    def _constant(self, like: Value, number: float, block: Tensor) -> Tensor:
        """Return a tensor with the shape of an input; a name in it counts as in the signal, or else as 1."""
        sizes = zip(map(_parse_size, self._reading.signal.shape), block.shape, strict=True)
        known = {name: actual // multiple for (multiple, name), actual in sizes if name}
        shape = [multiple * known.get(name, 1) for multiple, name in map(_parse_size, like.shape)]
        return torch.full(shape, number, dtype=getattr(torch, like.dtype))


@dataclass
class GraphArtifact(Artifact):
    """A loaded ONNX graph of another tool, which has one method; see `load`."""

    stream: GraphStream = field(repr=False)

    def call(self, method: str, block: Tensor) -> Tensor:
        signature = self.can.methods[method]
        output = self.stream.call(block)
        if self.can.keeps_state:
            return output
        # Odd strides lose values at the end of a signal. Silence takes their place, as in offline exports of saoctl.
        lost = signature.output_values(block.shape[2] * signature.in_ratio) - output.shape[2]
        return torch.nn.functional.pad(output, (0, max(lost, 0)))

    def flush(self, method: str) -> Tensor:
        """Return an output of length 0: without state, each block is a whole signal."""
        return torch.zeros(self.stream.batch, self.can.methods[method].out_channels, 0)

    def reset(self) -> None:
        self.stream.reset()


def load(path: Path, session: Any, dtypes: dict[str, int], stated: StatedGraph) -> GraphArtifact:
    """Return a graph of another tool as an artifact.

    Short blocks of silence show the channels and the length of the output, and so which method the graph is. A graph
    without states is an offline model, for which a block is a whole signal. A graph with states can be reset, because
    its states are inputs, but it cannot flush.

    Args:
        path: the file.
        session: the graph, loaded by onnxruntime.
        dtypes: the number of weights of each dtype.
        stated: what the user states about the graph.

    Raises:
        FileError: the graph is not understood, or does not run.
        ConfigError: what is stated contradicts the graph.
    """
    reading = read(path, values(session.get_inputs()), values(session.get_outputs()), stated)
    batch, channels, length = reading.signal.shape
    if isinstance(batch, int) and batch != 1:
        raise FileError(f"{path} takes {batch} signals at once.", "Export it for one signal, or for any number.")
    if not isinstance(channels, int):
        raise FileError(
            f"{path} does not say how many channels its input `{reading.signal.name}` has.", "Export it again."
        )
    stream = GraphStream(session, reading, stated.constants)
    per_value, out_channels = _measure(path, stream, reading.signal)
    method = stated.method or _method(path, per_value)
    # A block of a fixed size can lose output at its ends. Rounding the ratio of a stated method makes up for that.
    in_ratio = math.ceil(per_value) if method == "decode" else 1
    out_ratio = max(math.floor(1 / per_value), 1) if method == "encode" else 1
    signature = Signature(channels, in_ratio, out_channels, out_ratio)
    stateful = bool(reading.states)
    can = Capabilities(
        {method: signature},
        keeps_state=stateful,
        flushes=not stateful,
        block_size=length * signature.in_ratio if isinstance(length, int) else None,
    )
    most = max(dtypes, key=lambda name: dtypes[name], default="float32")
    precision = LOW_PRECISIONS.get(reading.signal.dtype) or LOW_PRECISIONS.get(most, "float32")
    return GraphArtifact(path, torch.device("cpu"), precision, None, can, stream)


def contents(path: Path, open: Callable[[], Any], dtypes: dict[str, int]) -> Contents:
    """Return what a graph of another tool holds, as far as it can be found out; see `Format.contents`.

    Args:
        path: the file.
        open: a function that loads the graph with onnxruntime, and raises a FileError if onnxruntime cannot.
        dtypes: the number of weights of each dtype.
    """
    try:
        session = open()
    except FileError:
        return Contents(dtypes, {}, [])
    inputs, outputs = (
        {each.name: each.summary() for each in values(ends)} for ends in (session.get_inputs(), session.get_outputs())
    )
    try:
        methods = dict(load(path, session, dtypes, StatedGraph()).can.methods)
    except FileError:
        methods = {}
    return Contents(dtypes, methods, [], inputs, outputs)


def _measure(path: Path, stream: GraphStream, signal: Value) -> tuple[Fraction, int]:
    """Return how many output values a graph computes per input value, and the number of output channels.

    Raises:
        FileError: the graph does not run on any block that was tried.
    """
    channels, failure = 0, "the output is empty"

    @cache
    def count(length: int) -> int:
        """Return the length of the output for an input of a length in a fresh stream; 0 if the graph does not run."""
        nonlocal channels, failure
        stream.reset()
        try:
            output = stream.call(torch.zeros(1, int(signal.shape[1] or 0), length))
        except RuntimeError as error:
            failure = str(error)
            return 0
        channels = output.shape[1]
        return output.shape[2]

    length = signal.shape[2]
    found = Fraction(count(length), length) if isinstance(length, int) else _slope(count, _parse_size(length)[0])
    stream.reset()
    if not found or not channels:
        raise FileError(f"{path} is not understood: no block was found that it takes: {failure}.", "Export it again.")
    return found, channels


def _parse_size(size: int | str | None) -> tuple[int, str]:
    """Return the factor and the name in a size such as `8*frames`, as torch.export writes it; a number has no name."""
    found = re.fullmatch(r"(\d+) ?\* ?(\w+)", str(size))
    return (int(found[1]), found[2]) if found else (size, "") if isinstance(size, int) else (1, size or "")


def _slope(count: Callable[[int], int], unit: int) -> Fraction:
    """Return how many output values there are per input value; 0 if the output is empty.

    The length of the output grows in steps; that of an encoder grows once per frame. The padding shifts the first step,
    so the result is the slope between the second step and the third.

    Args:
        count: returns the length of the output for a length of the input.
        unit: the number that all input lengths are multiples of.
    """
    steps = [(0, 0)]  # lengths of the input in units, and of the output
    for _ in range(3):
        low, before = steps[-1]
        high = max(2 * low, 1)
        while count(high * unit) <= before:
            low, high = high, 2 * high
            if high * unit > LONGEST:
                return Fraction(0)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if count(middle * unit) <= before else (low, middle)
        steps.append((high, count(high * unit)))
    (begin, less), (end, more) = steps[-2:]
    return Fraction(more - less, (end - begin) * unit)


def _method(path: Path, per_value: Fraction) -> str:
    """Return the method of a graph with `per_value` output values per input value.

    Raises:
        FileError: no method has this ratio.
    """
    if 1 not in (per_value.numerator, per_value.denominator):
        raise FileError(
            f"{path} is not understood: {per_value.numerator} values come out for {per_value.denominator} that go in.",
            f"State the method: --set {KEYS}.method=encode, decode or forward",
        )
    return "encode" if per_value < 1 else "decode" if per_value > 1 else "forward"


def reason(error: Exception) -> str:
    """Return an error message of onnxruntime in one line, without its codes."""
    return re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", " ".join(str(error).split())).rstrip(".")
