"""What a plug-in is compiled with is what the file says about itself, and a file that cannot be one is refused."""

import json
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from tests.plugin.conftest import SOURCE

RATIO, LATENTS = 32, 12
METADATA = {
    "method": "forward",
    "latency_samples": "100",
    "ratio": str(RATIO),
    "sample_rate": "48000",
    "in_channels": "2",
    "out_channels": "2",
    "saoctl": json.dumps({"basis": None}),
}


def write(path: Path, length: int | str = "frames", inputs: tuple[str, ...] = (), **metadata: str) -> Path:
    """A graph that does nothing, with the inputs and the metadata of a model."""
    shapes = {"gain": [LATENTS], "offset": [LATENTS], "motion": [3], "noise": ["batch", 64, "frames"]}
    given = [helper.make_tensor_value_info("block", TensorProto.FLOAT, ["batch", 2, length])]
    given += [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in inputs]
    taken = [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 2, length])]
    graph = helper.make_graph([helper.make_node("Identity", ["block"], ["output"])], "nothing", given, taken)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, {**METADATA, **metadata})
    onnx.save(model, path)
    return path


def describe(folder: Path, model: Path, *words: str) -> tuple[int, str, dict[str, str]]:
    """The exit code, the messages, and the values in the header."""
    header = folder / "model_info.h"
    command = [sys.executable, SOURCE / "describe.py", model, header, *words]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    lines = header.read_text().splitlines() if header.exists() else []
    values = dict(line.split(" ", 2)[1:] for line in lines if line.startswith("#define"))
    return ran.returncode, ran.stderr, values


@pytest.mark.slow
def test_controls_and_blocks_follow_the_file(tmp_path: Path) -> None:
    basis = json.dumps({"basis": {"share": [0.5, 0.25, *[0.01] * 11]}})
    played = write(tmp_path / "a.onnx", inputs=("gain", "offset", "motion"), saoctl=basis)
    code, _, values = describe(tmp_path, played, "--name", 'Sounds "2"', "--threads", "2")
    assert code == 0
    assert values["MODEL_NAME"] == r'"Sounds \"2\""'
    assert values["MODEL_CLAP_ID"] == '"saoctl.sounds-2"'
    assert values["MODEL_LABELS"].startswith('"Direction 1 (50%)", "Direction 2 (25%)"')
    wanted = {"SLIDERS": "8", "HAS_REST": "1", "HAS_NOISE": "0", "BLOCK": "2048", "THREADS": "2", "RATE": "48000"}
    assert {name: values[f"MODEL_{name}"] for name in wanted} == wanted
    fixed = write(tmp_path / "b.onnx", length=96, inputs=("noise",))
    code, _, other = describe(tmp_path, fixed)
    wanted = {"SLIDERS": "0", "HAS_REST": "0", "HAS_CONTROLS": "0", "HAS_NOISE": "1", "BLOCK": "96", "NAME": '"b"'}
    assert {name: other[f"MODEL_{name}"] for name in wanted} == wanted
    _, _, multiples = describe(tmp_path, write(tmp_path / "c.onnx", block_size="4096"))
    assert multiples["MODEL_BLOCK"] == "4096"
    assert other["MODEL_UNIQUE_ID"] != values["MODEL_UNIQUE_ID"]


@pytest.mark.slow
def test_what_cannot_be_a_plug_in_ends_in_a_sentence(tmp_path: Path) -> None:
    text = tmp_path / "text.onnx"
    text.write_text("no model")
    fixed, free = write(tmp_path / "fixed.onnx", length=96), write(tmp_path / "free.onnx")
    encode, decode = (write(tmp_path / f"{name}.onnx", method=name) for name in ("encode", "decode"))
    for code, sentence, words in (
        (4, f"There is no file {tmp_path / 'none.onnx'}; saoctl export --output ", (tmp_path / "none.onnx",)),
        (2, f"{text} is not an ONNX file that onnxruntime can load.\n", (text,)),
        (2, f"{encode} is not a forward or decode .onnx of saoctl.\n", (encode,)),
        (2, f"{free} takes audio; only a file of decode takes LATENTS.\n", (free, "--latents", text)),
        (2, f"{text} has no latents that saoctl encode wrote.\n", (decode, "--latents", text)),
        (2, f"{fixed} has blocks of 96 samples, so BLOCK must be 96.\n", (fixed, "--block", "64")),
        (2, "BLOCK must be a multiple of 32 samples, not 65.\n", (free, "--block", "65")),
    ):
        found, said, values = describe(tmp_path, words[0], *map(str, words[1:]))
        assert (found, values) == (code, {})
        assert said.startswith(sentence)
        assert said.count("\n") == 1
