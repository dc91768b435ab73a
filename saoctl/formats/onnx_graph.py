"""What the inputs and the outputs of an ONNX graph of another tool are.

Nothing in ONNX says what an input is for. Here a graph is a method with one signal [B, C, T] in and one out. Each other
input is a state, zeros at first, that an output replaces: `state` and `next_state`, `cache_in` and `cache_out`, or as
the order has it. A graph that can be read in no way, or in several, is refused; the config can say what it does not.
Tensors and dimensions are told in https://onnx.ai/onnx/repo-docs/IR.html.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from saoctl.config import StatedGraph
from saoctl.errors import ConfigError, FileError

KEYS = "verify.onnx"  # of the config, where it is stated what a graph does not tell
FLOATS = ("float32", "float16", "float64")  # of a signal
NUMBERS = (*FLOATS, "int64", "int32", "int16", "int8", "uint8", "bool")  # what torch and numpy both have
RENAMED = {"float": "float32", "double": "float64"}  # of onnxruntime's types, those that torch calls otherwise

# Words that tell a state from what replaces it, and do not tell one state from another.
BEFORE_AND_AFTER = {
    *("in", "input", "prev", "previous", "past", "old", "cur", "current"),
    *("out", "output", "next", "new", "present", "updated"),
}


class Value(NamedTuple):
    """An input or an output of a graph.

    Args:
        name: of it.
        dtype: as torch calls it.
        shape: sizes; of one that is free its name, or None.
    """

    name: str
    dtype: str
    shape: tuple[int | str | None, ...]

    @property
    def is_signal(self) -> bool:
        """Whether it can be [B, C, T] of audio or latents."""
        return len(self.shape) == 3 and self.dtype in FLOATS

    @property
    def free(self) -> list[int]:
        """The dimensions without a size."""
        return [place for place, size in enumerate(self.shape) if not isinstance(size, int)]

    def told(self) -> str:
        """Dtype and shape in words."""
        return f"{self.dtype} [{', '.join('any' if size is None else str(size) for size in self.shape)}]"


@dataclass(frozen=True)
class Reading:
    """What the inputs and the outputs of a graph are.

    Args:
        signal: the input [B, C, T].
        result: the output [B, C', T'].
        states: inputs that are zeros at first, each with the output that replaces it.
        unknown: inputs that are neither.
        named: how many states have found their outputs by name.
    """

    signal: Value
    result: Value
    states: tuple[tuple[Value, Value], ...]
    unknown: tuple[Value, ...]
    named: int


def values(described: Sequence[Any]) -> list[Value]:
    """The inputs or the outputs of a session of onnxruntime."""
    return [
        Value(each.name, RENAMED.get(kind := each.type.removeprefix("tensor(").removesuffix(")"), kind), (*each.shape,))
        for each in described
    ]


def read(path: Path, inputs: Sequence[Value], outputs: Sequence[Value], stated: StatedGraph) -> Reading:
    """The only way to read a graph, or the one in which most names agree.

    Args:
        path: of its file, for what is said of it.
        inputs: all that the graph has.
        outputs: likewise.
        stated: what the user says of them, which holds.

    Raises:
        FileError: there is no way, or more than one.
        ConfigError: what is stated cannot be.
    """
    _check_stated(path, inputs, outputs, stated)
    signals = [
        each
        for each in inputs
        if each.name not in (*stated.states, *stated.constants)
        and (each.name == stated.input if stated.input is not None else each.is_signal)
    ]
    results = [
        each
        for each in outputs
        if each.name not in stated.states.values()
        and (each.name == stated.output if stated.output is not None else each.is_signal)
    ]
    for kind, found, every in (("inputs", signals, inputs), ("outputs", results, outputs)):
        if not found:
            raise FileError(
                f"{path} is not understood: none of its {kind} is a signal [batch, channels, length] of floating-point"
                f" numbers; it has {_list(every)}.",
                "Export it with such a one.",
            )
    # What has a free length is no state, and what comes of it has one too.
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
            f"{path} is not understood: its input `{unknown.name}`, {unknown.told()}, is neither the signal nor a state"
            " that one of its outputs replaces.",
            f"Say which one does, --set '{KEYS}.states={{{unknown.name}: OUTPUT}}', or what number is to be given,"
            f" --set '{KEYS}.constants={{{unknown.name}: 0}}'.",
        )
    key, names = "input", list(dict.fromkeys(way.signal.name for way in best))
    if len(names) == 1:
        key, names = "output", list(dict.fromkeys(way.result.name for way in best))
    raise FileError(
        f"{path} is not understood: each of its {key}s {_names(names)} could be the signal.",
        f"Say which one is: --set {KEYS}.{key}={names[0]}",
    )


def _check_stated(path: Path, inputs: Sequence[Value], outputs: Sequence[Value], stated: StatedGraph) -> None:
    """Refuse what the graph does not have, or what cannot be what it is said to be."""
    given, gives = {each.name: each for each in inputs}, {each.name: each for each in outputs}
    for key, kind, names, known in (
        ("input", "input", [stated.input], given),
        ("output", "output", [stated.output], gives),
        ("states", "input", list(stated.states), given),
        ("states", "output", list(stated.states.values()), gives),
        ("constants", "input", list(stated.constants), given),
    ):
        for name in names:
            if name is not None and name not in known:
                raise ConfigError(
                    f"{KEYS}.{key}: {path} has no {kind} `{name}`.", f"It has {_list([*known.values()])}."
                )
    for key, chosen in (("input", given.get(stated.input or "")), ("output", gives.get(stated.output or ""))):
        if chosen is not None and not chosen.is_signal:
            raise ConfigError(
                f"{KEYS}.{key}: `{chosen.name}` is {chosen.told()}, and no signal [batch, channels, length] of"
                f" {', '.join(FLOATS)}."
            )
    for name, output in stated.states.items():
        if not _fits(given[name], gives[output]):
            raise ConfigError(
                f"{KEYS}.states: `{output}`, {gives[output].told()}, cannot replace `{name}`, {given[name].told()}.",
                "A state has one shape, in which only the batch may be free.",
            )
    for name in stated.constants:
        if given[name].dtype not in NUMBERS:
            raise ConfigError(f"{KEYS}.constants: `{name}` is {given[name].told()}, which no number fits.")
    for named in ((stated.input, *stated.states, *stated.constants), (stated.output, *stated.states.values())):
        if twice := [name for name in named if name is not None and named.count(name) > 1]:
            raise ConfigError(f"{KEYS}: `{twice[0]}` is stated twice.", "Say one thing of it.")


def _reading(
    signal: Value, result: Value, inputs: Sequence[Value], outputs: Sequence[Value], stated: StatedGraph
) -> Reading:
    """What the other inputs are if these two are the signal and what comes of it."""
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
    # The rest by order, if the order leaves nothing over.
    if len(left) == len(free) and all(map(_fits, left, free)):
        pairs |= {each.name: other.name for each, other in zip(left, free, strict=True)}
        left = []
    find = {each.name: each for each in outputs}
    states = tuple((each, find[pairs[each.name]]) for each in inputs if each.name in pairs)
    # Those that no output at all fits are told first.
    left.sort(key=lambda each: any(_fits(each, other) for other in free))
    return Reading(signal, result, states, tuple(left), count)


def _fits(state: Value, output: Value) -> bool:
    """Whether an output can replace a state: of its dtype and shape, of which the batch alone may be free."""
    if state.dtype != output.dtype or state.dtype not in NUMBERS or len(state.shape) != len(output.shape):
        return False
    sizes = zip(state.shape, output.shape, strict=True)
    return (
        all(a == b for a, b in sizes if isinstance(a, int) and isinstance(b, int))
        # In recurrent layers the batch comes second: https://onnx.ai/onnx/operators/onnx__LSTM.html
        and state.free in ([], [0], [1])
    )


def _replaces(output: str, state: str) -> bool:
    """Whether the name of an output is that of a state but for words such as `next`, or as h_n is that of h_0."""
    before, after = _words(state), _words(output)
    same = [each for each in before if each not in BEFORE_AND_AFTER]
    if same and same == [each for each in after if each not in BEFORE_AND_AFTER]:
        return True
    return "".join(after) == "".join(before).removesuffix("0") + "n"


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)]


def _names(found: Sequence[str]) -> str:
    return ", ".join(f"`{each}`" for each in found)


def _list(found: Sequence[Value]) -> str:
    return ", ".join(f"`{each.name}` {each.told()}" for each in found) or "none"
