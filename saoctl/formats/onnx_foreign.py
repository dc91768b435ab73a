"""ONNX files of other tools: a graph as a stream, and as the method that it is.

`saoctl.formats.onnx_graph` says what its inputs and outputs are.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor

from saoctl.config import StatedGraph
from saoctl.errors import FileError
from saoctl.formats.format import Artifact, Capabilities, Contents
from saoctl.formats.onnx_graph import KEYS, Reading, Value, read, values
from saoctl.vocabulary import Precision, Signature

LOW_PRECISIONS: dict[str, Precision] = {"float16": "float16", "bfloat16": "bfloat16"}  # all else is judged as float32
LONGEST = 1 << 17  # values that are tried to find how many come out; three frames of any ratio that is in use


class Stream:
    """A graph as a stream.

    Args:
        session: of onnxruntime.
        reading: of the graph.
        constants: what inputs are always given, by name.

    Attributes:
        together: the signals of a batch go through in one call; if the graph has no room for that, one by one.
    """

    def __init__(self, session: Any, reading: Reading, constants: dict[str, float]) -> None:
        self._session, self._reading, self._constants = session, reading, constants
        self._values = {each.name: each for each in values(session.get_inputs())}
        # A state of one dimension, such as a counter, is that of all signals.
        kept = [state for state, _ in reading.states if len(state.shape) > 1]
        self.together = 0 in reading.signal.free and all(state.free for state in kept)
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.batch, self._states = 0, list[dict[str, Tensor]]()

    def call(self, block: Tensor) -> Tensor:
        """A block, [B, C, T] -> [B, C', T']; in a fresh stream if the batch is new.

        A graph with states whose blocks have one size is given several one after the other, and silence makes the last
        one whole.

        Raises:
            RuntimeError: the graph cannot take it.
        """
        length, values = self._reading.signal.shape[2], block.shape[2]
        if not isinstance(length, int) or not self._reading.states:
            return self._one(block)
        whole = torch.nn.functional.pad(block, (0, -values % length))
        came = torch.cat([self._one(part) for part in torch.split(whole, length, dim=2)], dim=2)
        return came[:, :, : came.shape[2] * values // whole.shape[2]]

    def _one(self, block: Tensor) -> Tensor:
        parts = [block] if self.together else list(torch.split(block, 1))
        if block.shape[0] != self.batch:
            self.batch = block.shape[0]
            self._states = [self._zeros(part.shape[0]) for part in parts]
        came = [self._call(part, state) for part, state in zip(parts, self._states, strict=True)]
        return torch.cat(came)

    def _call(self, block: Tensor, state: dict[str, Tensor]) -> Tensor:
        signal, result = self._reading.signal, self._reading.result
        length = signal.shape[2]
        if isinstance(length, int) and block.shape[2] != length:
            raise RuntimeError(f"it takes blocks of {length} values alone, not of {block.shape[2]}")
        given = {signal.name: block.to(getattr(torch, signal.dtype)), **state}
        for name, number in self._constants.items():
            given[name] = self._constant(self._values[name], number, block)
        names = [result.name, *(output.name for _, output in self._reading.states)]
        try:
            output, *new = self._session.run(names, {name: each.numpy(force=True) for name, each in given.items()})
        except Exception as error:  # onnxruntime's own have no common class
            raise RuntimeError(reason(error)) from error
        for (each, _), tensor in zip(self._reading.states, new, strict=True):
            state[each.name] = torch.as_tensor(tensor)
        return torch.as_tensor(output).to(torch.float32)

    def _zeros(self, batch: int) -> dict[str, Tensor]:
        """All states at the beginning."""
        return {
            each.name: torch.zeros(
                [size if isinstance(size, int) else batch for size in each.shape], dtype=getattr(torch, each.dtype)
            )
            for each, _ in self._reading.states
        }

    def _constant(self, like: Value, number: float, block: Tensor) -> Tensor:
        """A number in the shape of an input, where free sizes are those that the block has by the same name, or 1."""
        known = {}
        for size, actual in zip(self._reading.signal.shape, block.shape, strict=True):
            if isinstance(size, str):
                multiple, name = _multiple(size)
                known[name] = actual // multiple
        shape = []
        for size in like.shape:
            multiple, name = _multiple(size) if isinstance(size, str) else (1, "")
            shape.append(size if isinstance(size, int) else multiple * known[name] if name in known else 1)
        return torch.full(shape, number, dtype=getattr(torch, like.dtype))


@dataclass(frozen=True)
class GraphArtifact(Artifact):
    """An ONNX graph of another tool, loaded; it has one method. See `load`."""

    stream: Stream = field(repr=False)

    def fresh(self) -> Self:
        self.reset()
        return self

    def call(self, method: str, block: Tensor) -> Tensor:
        signature = self.can.methods[method]
        output = self.stream.call(block)
        if self.can.keeps_state:
            return output
        # What odd strides lose at the end of a signal is silence, as in an offline export of ours.
        lost = signature.output_values(block.shape[2] * signature.in_ratio) - output.shape[2]
        return torch.nn.functional.pad(output, (0, max(lost, 0)))

    def flush(self, method: str) -> Tensor:
        """Nothing: of a graph without state each block is a whole signal."""
        return torch.zeros(self.stream.batch, self.can.methods[method].out_channels, 0)

    def reset(self) -> None:
        self.stream.reset()

    def set_noise(self, noise: float) -> bool:
        return False


def load(path: Path, session: Any, dtypes: dict[str, int], stated: StatedGraph) -> GraphArtifact:
    """A graph of another tool as an artifact.

    Short blocks of silence tell how many channels and how many values come out, and so which method it is. Without
    states it is an offline model, whose block is a whole signal. The states are all there is to a stream, so it can
    begin anew; but there is no way to ask for what is still due at the end.

    Args:
        path: of its file.
        session: of onnxruntime, that has loaded it.
        dtypes: of its weights, and how many numbers each has.
        stated: what the user says of it.

    Raises:
        FileError: it is not understood, or does not run.
        ConfigError: what is stated cannot be.
    """
    reading = read(path, values(session.get_inputs()), values(session.get_outputs()), stated)
    batch, channels, length = reading.signal.shape
    if isinstance(batch, int) and batch != 1:
        raise FileError(f"{path} takes {batch} signals at once.", "Export it for one, or for any number of them.")
    if not isinstance(channels, int):
        raise FileError(
            f"{path} does not say how many channels its input `{reading.signal.name}` has.", "Export it anew."
        )
    stream = Stream(session, reading, stated.constants)
    per_value, out_channels = _measure(path, stream, reading.signal)
    signature = _signature(path, channels, out_channels, per_value, stated.method)
    method = stated.method or _method(signature)
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
    """What a graph of another tool holds, as far as it can be told; see `Format.contents`.

    Args:
        path: of its file.
        open: gives its session of onnxruntime; raises a FileError if that cannot load it.
        dtypes: of its weights.
    """
    try:
        session = open()
    except FileError:
        return Contents(dtypes, {}, [])
    inputs, outputs = (
        {each.name: each.told() for each in values(ends)} for ends in (session.get_inputs(), session.get_outputs())
    )
    try:
        methods = dict(load(path, session, dtypes, StatedGraph()).can.methods)
    except FileError:
        methods = {}
    return Contents(dtypes, methods, [], inputs, outputs)


def _measure(path: Path, stream: Stream, signal: Value) -> tuple[Fraction, int]:
    """How many values come out for each that goes in, and in how many channels.

    Raises:
        FileError: the graph runs with no length that was tried.
    """
    channels, failure = 0, "nothing comes out"

    @cache
    def count(length: int) -> int:
        """The values that come of so many in a fresh stream; 0 if the graph does not run."""
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
    found = Fraction(count(length), length) if isinstance(length, int) else _slope(count, _multiple(str(length))[0])
    stream.reset()
    if not found or not channels:
        raise FileError(f"{path} is not understood: no block was found that it takes. {failure}.", "Export it anew.")
    return found, channels


def _multiple(size: str) -> tuple[int, str]:
    """Of a free size such as `8*frames`, as torch.export calls them, the number and the name."""
    found = re.fullmatch(r"(\d+) ?\* ?(\w+)", size)
    return (int(found[1]), found[2]) if found else (1, size)


def _slope(count: Callable[[int], int], unit: int) -> Fraction:
    """How many values come out for each that goes in; 0 if there are none.

    What comes grows in steps, which an encoder takes once a frame. Where the first one is depends on the paddings, so
    the slope is that between the next two.

    Args:
        count: the values that come of a length.
        unit: what all lengths are multiples of.
    """
    steps = [(0, 0)]  # lengths in units, and what comes of them
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


def _signature(path: Path, in_channels: int, out_channels: int, per_value: Fraction, method: str | None) -> Signature:
    """The signature of a graph that gives so many values for each; as the stated method, if there is one.

    Raises:
        FileError: it is that of no method.
    """
    if method is None and 1 not in (per_value.numerator, per_value.denominator):
        raise FileError(
            f"{path} is not understood: {per_value.numerator} values come out for {per_value.denominator} that go in.",
            f"Say what it is: --set {KEYS}.method=encode, decode or forward",
        )
    # What a stated method loses at the ends of a fixed block is not its ratio.
    if method == "encode" or (method is None and per_value < 1):
        return Signature(in_channels, 1, out_channels, max(math.floor(1 / per_value), 1))
    if method == "decode" or (method is None and per_value > 1):
        return Signature(in_channels, math.ceil(per_value), out_channels, 1)
    return Signature(in_channels, 1, out_channels, 1)


def _method(signature: Signature) -> str:
    return "encode" if signature.out_ratio > 1 else "decode" if signature.in_ratio > 1 else "forward"


def reason(error: Exception) -> str:
    """What onnxruntime says in one line, without its codes."""
    return re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", " ".join(str(error).split())).rstrip(".")
