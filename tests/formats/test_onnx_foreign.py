"""ONNX files of other tools: loaded as the method that they are, streamed as their states have it, or refused."""

import sys
from pathlib import Path

import onnx
import pytest
import torch
from onnx import helper
from typer.testing import CliRunner

import saoctl
from saoctl.cli.app import app
from saoctl.config import StatedGraph
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact, info
from saoctl.formats.onnx_foreign import GraphArtifact
from saoctl.vocabulary import Signature
from tests.formats.onnx_files import WIDE
from tests.formats.onnx_of_others import Decoder, Encoder, export, floats, graph, stream

CPU = torch.device("cpu")


def load(path: Path, **stated: object) -> GraphArtifact:
    found = artifact.load_any(path, CPU, StatedGraph.model_validate(stated))
    assert isinstance(found, GraphArtifact)
    return found


def pool(path: Path, kernel: int, stride: int, length: int | str = "T", pads: int = 0) -> Path:
    """A graph that gives a value for every `stride`."""
    node = helper.make_node("AveragePool", ["x"], ["y"], kernel_shape=[kernel], strides=[stride], pads=[pads, pads])
    return graph(path, [floats("x", 1, 2, length)], [floats("y", 1, 2, "U")], [node])


@pytest.mark.parametrize(
    ("kernel", "stride", "pads"), [(8, 8, 0), (1, 1920, 0), (300, 7, 3), (5, 2048, 2), (64, 60, 31), (3, 1, 1)]
)
def test_the_ratio_is_found_whatever_the_kernel_and_the_paddings(
    tmp_path: Path, kernel: int, stride: int, pads: int
) -> None:
    can = load(pool(tmp_path / "a.onnx", kernel, stride, pads=pads)).can
    assert can.methods == {"encode" if stride > 1 else "forward": Signature(2, 1, 2, stride)}
    assert (can.keeps_state, can.block_size, can.latency_samples) == (False, None, {})


@pytest.mark.parametrize("stride", [2, 1920])
def test_a_decoder_gives_more_than_goes_in(tmp_path: Path, stride: int) -> None:
    node = helper.make_node("Resize", ["x", "", "scales"], ["y"], mode="nearest")
    path = graph(tmp_path / "a.onnx", [floats("x", 1, 3, "T")], [floats("y", 1, 3, "U")], [node])
    model = onnx.load(path)
    model.graph.initializer.append(helper.make_tensor("scales", 1, [3], [1.0, 1.0, float(stride)]))
    onnx.save(model, path)
    assert load(path).can.methods == {"decode": Signature(3, stride, 3, 1)}


def test_lengths_that_a_name_says_are_multiples_alone_are_tried(tmp_path: Path) -> None:
    """Such as 1920*frames, as torch.export has it; here every other length is refused."""
    shape = helper.make_tensor("shape", 7, [4], [1, 2, -1, 1920])
    nodes = [
        helper.make_node("Reshape", ["x", "shape"], ["frames"]),
        helper.make_node("ReduceMean", ["frames", "axis"], ["y"], keepdims=0),
    ]
    path = graph(tmp_path / "a.onnx", [floats("x", 1, 2, "1920*frames")], [floats("y", 1, 2, "frames")], nodes)
    model = onnx.load(path)
    model.graph.initializer.extend([shape, helper.make_tensor("axis", 7, [1], [3])])
    onnx.save(model, path)
    assert load(path).can.methods == {"encode": Signature(2, 1, 2, 1920)}


def test_a_fixed_length_is_the_only_block(tmp_path: Path) -> None:
    loaded = load(pool(tmp_path / "a.onnx", 8, 8, length=64))
    assert loaded.can.block_size == 64
    assert loaded.call("encode", torch.ones(1, 2, 64)).shape == (1, 2, 8)
    with pytest.raises(RuntimeError, match="it takes only blocks of 64 values, not of 72"):
        loaded.call("encode", torch.ones(1, 2, 72))


def test_a_ratio_that_is_none_is_refused_until_the_method_is_stated(tmp_path: Path) -> None:
    path = pool(tmp_path / "a.onnx", 8, 8, length=67)
    with pytest.raises(FileError, match=r"8 values come out for 67 that go in\. .*verify\.onnx\.method="):
        load(path)
    assert load(path, method="encode").can.methods == {"encode": Signature(2, 1, 2, 8)}


@pytest.mark.parametrize("size", [1, "batch"])
def test_the_signals_of_a_batch_are_kept_apart(onnx_files: dict[str, Path], tmp_path: Path, size: int | str) -> None:
    """In one call, or one by one where the graph takes one signal alone."""
    path = stream(onnx_files["wide"].with_suffix(".decode.onnx"), tmp_path / "a.onnx", WIDE.ratio)
    if size == 1:
        model = onnx.load(path)
        for each in model.graph.input:
            each.type.tensor_type.shape.dim[0].dim_value = 1
        onnx.save(model, path)
    loaded = load(path)
    assert loaded.stream.batched == (size != 1)
    latents = torch.randn(2, 4, 60)
    blocks = torch.split(latents, [1, 9, 20, 30], dim=2)
    both = torch.cat([loaded.call("decode", block) for block in blocks], dim=2)
    for item in range(2):
        loaded.reset()
        alone = torch.cat([loaded.call("decode", block[item : item + 1]) for block in blocks], dim=2)
        torch.testing.assert_close(both[item : item + 1], alone)


def test_a_batch_that_is_fixed_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("Identity", ["x"], ["y"])
    path = graph(tmp_path / "a.onnx", [floats("x", 4, 2, "T")], [floats("y", 4, 2, "T")], [node])
    with pytest.raises(FileError, match="takes 4 signals at once"):
        load(path)


def test_channels_without_a_number_are_refused(tmp_path: Path) -> None:
    node = helper.make_node("Identity", ["x"], ["y"])
    path = graph(tmp_path / "a.onnx", [floats("x", 1, "C", "T")], [floats("y", 1, "C", "T")], [node])
    with pytest.raises(FileError, match="does not say how many channels its input `x` has"):
        load(path)


def test_a_constant_is_given_in_the_shape_of_its_input(tmp_path: Path) -> None:
    nodes = [helper.make_node("Mul", ["x", "mask"], ["masked"]), helper.make_node("Add", ["masked", "bias"], ["y"])]
    inputs = [floats("x", "B", 2, "T"), floats("mask", "B", 1, "T"), floats("bias", 2, "any")]
    path = graph(tmp_path / "a.onnx", inputs, [floats("y", "B", 2, "T")], nodes)
    with pytest.raises(FileError, match=r"its input `mask`, float32 \[B, 1, T\], is neither"):
        load(path)
    loaded = load(path, constants={"mask": 0.5, "bias": 3})
    block = torch.randn(3, 2, 10)
    torch.testing.assert_close(loaded.call("forward", block), block / 2 + 3)


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["float32", "float16"])
def test_the_precision_is_that_of_the_weights(tmp_path: Path, kept: str) -> None:
    dtype = getattr(torch, kept)
    path = export(Decoder().to(dtype), {"x": torch.zeros(1, 4, 8, dtype=dtype)}, ["y"], tmp_path / "a.onnx", free=True)
    loaded = load(path)
    assert loaded.precision == kept
    assert loaded.call("decode", torch.zeros(1, 4, 8)).dtype == torch.float32
    assert set(info.run(path).dtypes) == {kept}


def test_what_onnxruntime_does_not_have_is_told(tmp_path: Path) -> None:
    node = helper.make_node("Warp", ["x"], ["y"])
    path = graph(tmp_path / "a.onnx", [floats("x", 1, 2, "T")], [floats("y", 1, 2, "T")], [node])
    with pytest.raises(FileError, match=r"onnxruntime cannot load .*Warp"):
        load(path)
    assert info.run(path).methods == {}


def test_a_graph_that_runs_with_no_length_is_refused_with_the_reason(tmp_path: Path) -> None:
    node = helper.make_node("Concat", ["x", "one"], ["y"], axis=1)
    path = graph(tmp_path / "a.onnx", [floats("x", 1, 2, "T")], [floats("y", 1, 3, "T")], [node])
    model = onnx.load(path)
    model.graph.initializer.append(helper.make_tensor("one", 1, [1, 1, 200000], [0.0] * 200000))
    onnx.save(model, path)
    with pytest.raises(FileError, match=r"no block was found that it takes: .*Concat"):
        load(path)


def test_they_run_on_the_cpu_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="run on the CPU here"):
        artifact.load_any(pool(tmp_path / "a.onnx", 8, 8), torch.device("meta"))


def test_without_onnxruntime_they_are_refused_with_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pool(tmp_path / "a.onnx", 8, 8)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ConfigError, match=r"pip install 'saoctl\[onnx\]'"):
        load(path)


@pytest.mark.slow
def test_info_tells_the_method_and_the_names_to_state(tmp_path: Path) -> None:
    path = export(Encoder(), {"audio": torch.zeros(1, 2, 64)}, ["mean"], tmp_path / "a.onnx", free=True)
    found = info.run(path)
    assert not found.written_by_saoctl
    assert found.methods == {"encode": Signature(2, 1, 4, 8)}
    assert found.inputs == {"audio": "float32 [1, 2, audio_length]"}
    assert list(found.outputs) == ["mean"]
    assert found.parameters > 0
    text = CliRunner().invoke(app, ["info", str(path)]).stdout
    assert "encode: 2 audio -> 4 latents : 8\n" in text
    assert "inputs: audio float32 [1, 2, audio_length]" in text


@pytest.mark.slow
def test_info_of_a_graph_that_is_not_understood_tells_its_names(tmp_path: Path) -> None:
    path = export(Encoder(both=True), {"audio": torch.zeros(1, 2, 64)}, ["mean", "std"], tmp_path / "a.onnx", free=True)
    found = info.run(path)
    assert (found.methods, list(found.outputs)) == ({}, ["mean", "std"])


@pytest.mark.slow
def test_in_python_an_encoder_of_another_tool_can_be_called(tmp_path: Path) -> None:
    module = Encoder()
    path = export(module, {"audio": torch.zeros(1, 2, 64)}, ["mean"], tmp_path / "a.onnx", free=True)
    audio = torch.randn(2, 2, 96)
    loaded = saoctl.load(path)
    torch.testing.assert_close(loaded.encode(audio), module(audio).detach(), atol=1e-5, rtol=1e-4)
    assert loaded.flush_encode().shape == (2, 4, 0)
