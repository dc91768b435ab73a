"""The roles of the inputs and the outputs of an ONNX graph of another tool.

ONNX does not say what an input is for. saoctl reads a graph as a method with one signal [B, C, T] as input and one as
output. Each other input is a state, zero at first, which an output replaces. The names say which output it is, as
`state` and `next_state` or `cache_in` and `cache_out`; if they do not, the order decides. A graph that can be read in
no way, or in several, is refused until the config says more. https://onnx.ai/onnx/repo-docs/IR.html describes tensors
and dimensions.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from saoctl.config import StatedGraph
from saoctl.errors import ConfigError, FileError

KEYS = "verify.onnx"  # the section of the config that states what a graph does not say
FLOATS = ("float32", "float16", "float64")  # dtypes of a signal
NUMBERS = (*FLOATS, "int64", "int32", "int16", "int8", "uint8", "bool")  # dtypes that torch and numpy share
RENAMED = {"float": "float32", "double": "float64"}  # names of onnxruntime that differ from those of torch

# Words that say whether a name is that of a state or of its replacement, but not which state it is.
BEFORE_AND_AFTER = {
    *("in", "input", "prev", "previous", "past", "old", "cur", "current"),
    *("out", "output", "next", "new", "present", "updated"),
}


class Value(NamedTuple):
    """An input or an output of a graph.

    Args:
        name: its name.
        dtype: the name of its dtype in torch.
        shape: the size of each dimension; of a free dimension its name, or None.
    """

    name: str
    dtype: str
    shape: tuple[int | str | None, ...]

    @property
    def is_signal(self) -> bool:
        """Whether this can be audio or latents, [B, C, T]."""
        return len(self.shape) == 3 and self.dtype in FLOATS

    @property
    def free(self) -> list[int]:
        """The indices of the free dimensions."""
        return [index for index, size in enumerate(self.shape) if not isinstance(size, int)]

    def summary(self) -> str:
        """Return the dtype and the shape in words."""
        return f"{self.dtype} [{', '.join('any' if size is None else str(size) for size in self.shape)}]"


@dataclass(frozen=True)
class Reading:
    """A way to read the inputs and the outputs of a graph.

    Args:
        signal: the input signal, [B, C, T].
        result: the output signal, [B, C', T'].
        states: the inputs that are states, each with the output that replaces it.
        unknown: the inputs that are neither signal, state nor constant.
        named: the number of states whose output is known by its name.
    """

    signal: Value
    result: Value
    states: tuple[tuple[Value, Value], ...]
    unknown: tuple[Value, ...]
    named: int


def values(described: Sequence[Any]) -> list[Value]:
    """Return the inputs or the outputs of a session of onnxruntime as values."""
    return [
        Value(each.name, RENAMED.get(kind := each.type.removeprefix("tensor(").removesuffix(")"), kind), (*each.shape,))
        for each in described
    ]


def read(path: Path, inputs: Sequence[Value], outputs: Sequence[Value], stated: StatedGraph) -> Reading:
    """Return the only way to read a graph, or the one in which most names agree.

    Args:
        path: the file, which errors name.
        inputs: all inputs of the graph.
        outputs: all outputs of the graph.
        stated: what the user states about them; it overrides names and order.

    Raises:
        FileError: there is no way to read the graph, or there are several.
        ConfigError: what is stated contradicts the graph.
    """
    _check_stated(path, inputs, outputs, stated)
    signals = _signals(inputs, stated.input, {*stated.states, *stated.constants})
    results = _signals(outputs, stated.output, set(stated.states.values()))
    for kind, found, every in (("inputs", signals, inputs), ("outputs", results, outputs)):
        if not found:
            raise FileError(
                f"{path} is not understood: none of its {kind} is a signal [batch, channels, length] of floating-point"
                f" numbers; it has {_list(every)}.",
                "Export the model with such a signal.",
            )
    # A state has no free length. An output signal has one if the input signal has, unless no output has one.
    if any(2 in each.free for each in signals):
        signals = [each for each in signals if 2 in each.free]
        results = [each for each in results if 2 in each.free] or results
    ways = [_reading(signal, result, inputs, outputs, stated) for signal, result in product(signals, results)]
    good = [way for way in ways if not way.unknown]
    best = [way for way in good if way.named == max(each.named for each in good)]
    if len(best) == 1:
        return best[0]
    if not best:
        unknown = min(ways, key=lambda way: len(way.unknown)).unknown[0]
        raise FileError(
            f"{path} is not understood: its input `{unknown.name}`, {unknown.summary()}, is neither the signal nor a"
            " state that one of its outputs replaces.",
            f"Name the output that replaces it: --set '{KEYS}.states={{{unknown.name}: OUTPUT}}'; or give its value:"
            f" --set '{KEYS}.constants={{{unknown.name}: 0}}'.",
        )
    key, names = "input", list(dict.fromkeys(way.signal.name for way in best))
    if len(names) == 1:
        key, names = "output", list(dict.fromkeys(way.result.name for way in best))
    quoted = ", ".join(f"`{name}`" for name in names)
    raise FileError(
        f"{path} is not understood: each of its {key}s {quoted} could be the signal.",
        f"Name the one that is: --set {KEYS}.{key}={names[0]}",
    )


def _signals(found: Sequence[Value], name: str | None, others: Set[str]) -> list[Value]:
    """Return the values that can be the signal: the one of a stated name, or all of its kind without another role."""
    if name is not None:
        return [each for each in found if each.name == name]
    return [each for each in found if each.is_signal and each.name not in others]


def _check_stated(path: Path, inputs: Sequence[Value], outputs: Sequence[Value], stated: StatedGraph) -> None:
    """Refuse stated names that the graph does not have, and stated roles that an input or an output cannot have."""
    by_input, by_output = {each.name: each for each in inputs}, {each.name: each for each in outputs}
    for key, kind, names, known in (
        ("input", "input", [stated.input], by_input),
        ("output", "output", [stated.output], by_output),
        ("states", "input", list(stated.states), by_input),
        ("states", "output", list(stated.states.values()), by_output),
        ("constants", "input", list(stated.constants), by_input),
    ):
        for name in names:
            if name is not None and name not in known:
                raise ConfigError(
                    f"{KEYS}.{key}: {path} has no {kind} `{name}`.", f"It has {_list([*known.values()])}."
                )
    for key, chosen in (("input", by_input.get(stated.input or "")), ("output", by_output.get(stated.output or ""))):
        if chosen is not None and not chosen.is_signal:
            raise ConfigError(
                f"{KEYS}.{key}: `{chosen.name}` is {chosen.summary()}, and no signal [batch, channels, length] of"
                f" {', '.join(FLOATS)}."
            )
    for name, output in stated.states.items():
        state, after = by_input[name], by_output[output]
        if not _fits(state, after):
            raise ConfigError(
                f"{KEYS}.states: `{output}`, {after.summary()}, cannot replace `{name}`, {state.summary()}.",
                "Both must have the same dtype and shape, in which only the batch may be free.",
            )
    for name in stated.constants:
        if by_input[name].dtype not in NUMBERS:
            raise ConfigError(f"{KEYS}.constants: `{name}` is {by_input[name].summary()}, which no number fits.")
    for named in ((stated.input, *stated.states, *stated.constants), (stated.output, *stated.states.values())):
        if twice := [name for name in named if name is not None and named.count(name) > 1]:
            raise ConfigError(f"{KEYS}: `{twice[0]}` is stated twice.", "Give it one role.")


def _reading(
    signal: Value, result: Value, inputs: Sequence[Value], outputs: Sequence[Value], stated: StatedGraph
) -> Reading:
    """Return the roles of all other inputs if two values are the input signal and the output signal."""
    pairs = dict(stated.states)
    left = [each for each in inputs if each.name not in (signal.name, *pairs, *stated.constants)]
    free = [each for each in outputs if each.name not in (result.name, *pairs.values())]
    for each in list(left):
        named = [other for other in free if _fits(each, other) and _replaces(other.name, each.name)]
        if len(named) == 1:
            pairs[each.name] = named[0].name
            left.remove(each)
            free.remove(named[0])
    count = len(pairs)
    # The other states are paired with the other outputs by their order, if every pair fits.
    if len(left) == len(free) and all(map(_fits, left, free)):
        pairs |= {each.name: other.name for each, other in zip(left, free, strict=True)}
        left = []
    by_name = {each.name: each for each in outputs}
    states = tuple((each, by_name[pairs[each.name]]) for each in inputs if each.name in pairs)
    # An error names the first of these, so an input that fits no output comes first.
    left.sort(key=lambda each: any(_fits(each, other) for other in free))
    return Reading(signal, result, states, tuple(left), count)


def _fits(state: Value, output: Value) -> bool:
    """Return whether an output can replace a state: if dtype and shape agree, and only the batch is free."""
    if state.dtype != output.dtype or state.dtype not in NUMBERS or len(state.shape) != len(output.shape):
        return False
    sizes = zip(state.shape, output.shape, strict=True)
    return (
        all(a == b for a, b in sizes if isinstance(a, int) and isinstance(b, int))
        # In recurrent layers the batch is the second dimension: https://onnx.ai/onnx/operators/onnx__LSTM.html
        and state.free in ([], [0], [1])
    )


def _replaces(output: str, state: str) -> bool:
    """Return whether two names differ only in words such as `next`, or as `h_n` and `h_0` do."""
    before, after = _words(state), _words(output)
    same = [each for each in before if each not in BEFORE_AND_AFTER]
    if same and same == [each for each in after if each not in BEFORE_AND_AFTER]:
        return True
    return "".join(after) == "".join(before).removesuffix("0") + "n"


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)]


def _list(found: Sequence[Value]) -> str:
    return ", ".join(f"`{each.name}` {each.summary()}" for each in found) or "none"
