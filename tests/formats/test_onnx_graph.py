"""What the inputs and outputs of a graph are is read where there is one way, and asked for where there is not."""

from pathlib import Path

import pytest

from saoctl.config import StatedGraph
from saoctl.errors import ConfigError, FileError
from saoctl.formats.onnx_graph import Reading, Value, read

PATH = Path("a.onnx")


def value(name: str, *shape: int | str | None, dtype: str = "float32") -> Value:
    return Value(name, dtype, shape)


X, Y = value("x", 1, 2, "T"), value("y", 1, 2, "U")
S, N = value("s", 1, 4, 6), value("n", 1, 4, 6)


def pairs(inputs: list[Value], outputs: list[Value], **stated: object) -> dict[str, str]:
    found = read(PATH, inputs, outputs, StatedGraph.model_validate(stated))
    return {state.name: output.name for state, output in found.states}


def ends(found: Reading) -> tuple[str, str]:
    return found.signal.name, found.result.name


def test_a_graph_with_one_input_has_no_state() -> None:
    found = read(PATH, [X], [Y], StatedGraph())
    assert ends(found) == ("x", "y")
    assert not found.states


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("state", "next_state"),
        ("cache_in", "cache_out"),
        ("cacheIn", "cacheOut"),
        ("input_state", "output_state"),
        ("past.0.key", "present.0.key"),
        ("prev_h", "new_h"),
        ("h", "hn"),
        ("h0", "hn"),
        ("h_0", "h_n"),
        ("decoder/state_1", "decoder/next_state_1"),
    ],
)
def test_a_state_is_known_by_its_name_whatever_the_order(state: str, after: str) -> None:
    """The other one, of the same shape, would have it if the order said so."""
    inputs = [value(state, 1, 4, 6), S, X]
    assert pairs(inputs, [Y, N, value(after, 1, 4, 6)]) == {state: after, "s": "n"}


def test_names_that_say_nothing_go_by_the_order() -> None:
    inputs, outputs = [X, value("a", 1, 5), value("b", 1, 5)], [Y, value("c", 1, 5), value("d", 1, 5)]
    assert pairs(inputs, outputs) == {"a": "c", "b": "d"}


def test_numbers_in_names_tell_states_from_each_other() -> None:
    inputs = [X, value("state_1", 1, 5), value("state_11", 1, 5)]
    outputs = [Y, value("next_state_11", 1, 5), value("next_state_1", 1, 5)]
    assert pairs(inputs, outputs) == {"state_1": "next_state_1", "state_11": "next_state_11"}


def test_the_batch_of_a_state_may_be_free_and_come_second() -> None:
    inputs, outputs = [value("x", "B", 2, "T"), value("h", 1, "B", 8)], [Y, value("hn", 1, "B", 8)]
    assert pairs(inputs, outputs) == {"h": "hn"}


def test_a_state_can_be_of_any_dtype_and_rank() -> None:
    inputs = [X, value("position", dtype="int64"), value("c", 1, dtype="bool")]
    outputs = [Y, value("next_position", dtype="int64"), value("d", 1, dtype="bool")]
    assert pairs(inputs, outputs) == {"position": "next_position", "c": "d"}


def test_of_a_fixed_length_the_signal_is_what_nothing_replaces() -> None:
    found = read(PATH, [S, value("x", 1, 2, 64)], [N, value("y", 1, 8, 8)], StatedGraph())
    assert ends(found) == ("x", "y")


def test_what_a_name_says_decides_between_two_ways() -> None:
    inputs, outputs = [value("a", 1, 2, 64), value("state", 1, 4, 6)], [value("b", 1, 2, 64), N]
    with pytest.raises(FileError, match=r"each of its inputs `a`, `state` could be the signal\. .*onnx\.input=a"):
        read(PATH, inputs, outputs, StatedGraph())
    found = read(PATH, inputs, [outputs[0], value("next_state", 1, 4, 6)], StatedGraph())
    assert ends(found) == ("a", "b")


def test_which_of_two_results_is_meant_is_asked_for() -> None:
    scale = value("scale", 1, 2, "U")
    with pytest.raises(FileError, match=r"each of its outputs `y`, `scale` could be the signal\. .*onnx\.output=y"):
        read(PATH, [X], [Y, scale], StatedGraph())
    assert ends(read(PATH, [X], [Y, scale], StatedGraph(output="scale"))) == ("x", "scale")


def test_a_result_may_say_a_length_where_the_signal_says_none() -> None:
    fixed = [value("y", 1, 2, 64), value("z", 1, 2, 64)]
    assert ends(read(PATH, [X], fixed[:1], StatedGraph())) == ("x", "y")
    with pytest.raises(FileError, match="each of its outputs `y`, `z` could be the signal"):
        read(PATH, [X], fixed, StatedGraph())


def test_what_is_stated_beats_names_and_order() -> None:
    inputs = [X, value("h", 1, 4), value("c", 1, 4)]
    outputs = [Y, value("hn", 1, 4), value("cn", 1, 4)]
    assert pairs(inputs, outputs) == {"h": "hn", "c": "cn"}
    assert pairs(inputs, outputs, states={"h": "cn", "c": "hn"}) == {"h": "cn", "c": "hn"}
    assert ends(read(PATH, [X, S], [Y, N], StatedGraph(input="s", output="n", constants={"x": 0}))) == ("s", "n")


@pytest.mark.parametrize("name", ["amount", "mask"])
def test_an_input_that_is_neither_signal_nor_state_is_named_with_what_to_say(name: str) -> None:
    """The state has its output by name, so that none is left."""
    inputs = [X, value(name, 1), value("h", 1, 4)]
    with pytest.raises(FileError) as error:
        read(PATH, inputs, [Y, value("hn", 1, 4)], StatedGraph())
    assert f"its input `{name}`, float32 [1], is neither the signal nor a state" in str(error.value)
    assert f"--set 'verify.onnx.constants={{{name}: 0}}'" in str(error.value)
    assert pairs(inputs, [Y, value("hn", 1, 4)], constants={name: 0}) == {"h": "hn"}


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (value("h", 1, 4), value("hn", 1, 5)),
        (value("h", 1, 4), value("hn", 1, 4, dtype="float16")),
        (value("h", 1, 4), value("hn", 1, 4, 1)),
        (value("h", "B", "C"), value("hn", "B", "C")),
        (value("h", 1, 4, "T"), value("hn", 1, 4, "T")),
    ],
    ids=["size", "dtype", "rank", "two free sizes", "free length"],
)
def test_what_cannot_replace_a_state_is_not_taken_for_it(state: Value, after: Value) -> None:
    x = value("x", "B", 2, "T")
    with pytest.raises(FileError, match=r"input `h`.* is neither the signal nor a state"):
        read(PATH, [x, state], [value("y", "B", 2, "U"), after], StatedGraph(input="x", output="y"))
    with pytest.raises(ConfigError, match=r"verify\.onnx\.states: `hn`, .* cannot replace `h`"):
        read(PATH, [x, state], [value("y", "B", 2, "U"), after], StatedGraph(states={"h": "hn"}))


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ([value("x", 1, 64)], [Y], r"none of its inputs is a signal .*; it has `x` float32 \[1, 64\]"),
        ([value("x", 1, 2, "T", dtype="int64")], [Y], "none of its inputs is a signal"),
        ([X], [value("y", 1, 2, 3, 4)], r"none of its outputs is a signal .*; it has `y` float32 \[1, 2, 3, 4\]"),
        ([], [Y], "none of its inputs is a signal .*; it has none"),
    ],
    ids=["rank", "dtype", "output", "no input"],
)
def test_a_graph_without_a_signal_is_refused(inputs: list[Value], outputs: list[Value], message: str) -> None:
    with pytest.raises(FileError, match=message):
        read(PATH, inputs, outputs, StatedGraph())


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"input": "z"}, r"verify\.onnx\.input: a\.onnx has no input `z`\. It has `x` float32 \[1, 2, T\], `s`"),
        ({"output": "z"}, r"verify\.onnx\.output: a\.onnx has no output `z`\. It has `y`"),
        ({"states": {"z": "n"}}, r"verify\.onnx\.states: a\.onnx has no input `z`"),
        ({"states": {"s": "z"}}, r"verify\.onnx\.states: a\.onnx has no output `z`"),
        ({"constants": {"z": 0}}, r"verify\.onnx\.constants: a\.onnx has no input `z`"),
        ({"input": "k"}, r"verify\.onnx\.input: `k` is int64 \[1\], and no signal"),
        ({"constants": {"w": 0}}, r"verify\.onnx\.constants: `w` is string \[1\], which no number fits"),
        ({"input": "s", "states": {"s": "n"}}, "`s` is stated twice"),
        ({"states": {"s": "n"}, "constants": {"s": 0}}, "`s` is stated twice"),
        ({"output": "n", "states": {"s": "n"}}, "`n` is stated twice"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_what_is_stated_wrong_is_refused_with_the_names_there_are(stated: dict[str, object], message: str) -> None:
    inputs = [X, S, value("k", 1, dtype="int64"), value("w", 1, dtype="string")]
    with pytest.raises(ConfigError, match=message):
        read(PATH, inputs, [Y, N, value("next_k", 1, dtype="int64")], StatedGraph.model_validate(stated))
