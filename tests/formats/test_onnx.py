"""ONNX files: exact through onnxruntime, each usable alone, as large as their weights, and refused in plain words."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import onnx
import onnxruntime
import pytest
import soundfile
import torch

from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact, export, info
from saoctl.formats import onnx as format_onnx
from saoctl.formats.description import Description
from saoctl.formats.onnx import IR_VERSION, OPSET
from saoctl.formats.streams import StreamsArtifact
from saoctl.kinds import exported_files
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.streaming.build import build
from saoctl.streaming.oobleck.lookahead import most_lookahead
from saoctl.streaming.oobleck.pure import pure_step
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Precision
from tests.architectures import TINY, description, judge, offline
from tests.formats.onnx_files import ARCHITECTURES, ODD, WIDE, write
from tests.streaming.test_directions import random_basis

FLOAT32_SNR_DB = 100.0
METHOD_ORDER = ("forward", "encode", "decode")  # of the files
CPU = torch.device("cpu")

# What a host does: numpy, onnxruntime, and what the file says; no torch and no saoctl.
HOST = """
import sys
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
says = session.get_modelmeta().custom_metadata_map
audio, ratio = np.load(sys.argv[2]), int(says["ratio"])
state, position, came = np.zeros((1, int(says["state_size"])), "float32"), 0, []
neutral = {"offset": 0, "gain": 1, "motion": 0, "noise": 0}
def call(block, end):
    global state, position
    frames = block.shape[2] // ratio
    given = {"block": block, "state": state, "position": np.array([position]), "end": np.array([end])}
    for each in session.get_inputs():
        if each.name in neutral:
            shape = [{"batch": 1, "frames": frames}.get(size, size) for size in each.shape]
            given[each.name] = np.full(shape, neutral[each.name], "float32")
    output, state = session.run(["output", "next_state"], given)
    position += frames * ratio
    came.append(output)
for block in np.split(audio, [ratio, 5 * ratio], axis=2):
    call(block, -1)
length = position
for _ in range(int(says["flush_frames"])):
    call(np.zeros_like(audio[:, :, :ratio]), length)
late = int(says["latency_samples"])
np.save(sys.argv[3], np.concatenate(came, axis=2)[:, :, late:])
assert "torch" not in sys.modules and "saoctl" not in sys.modules
"""


def described(architecture: OobleckArchitecture) -> Description:
    host = export.build(offline(architecture), "float32", streaming=True)
    return description(architecture, export.latency_samples(host))


def streams(loaded: artifact.Artifact, name: str, batch: int, frames: list[int]) -> None:
    """All methods of a file equal stable-audio-tools, from the first sample to the last."""
    architecture, total = ARCHITECTURES[name], sum(frames)
    reference, ratio = judge(architecture), architecture.ratio
    audio = 0.3 * torch.randn(batch, architecture.audio_channels, total * ratio)
    latents = reference.encode(audio)
    decoded = reference.decode(latents)
    assert loaded.set_noise(0.0)
    for method, signal, per_frame, expected in (
        ("encode", audio, ratio, latents),
        ("decode", latents, 1, decoded),
        ("forward", audio, ratio, decoded),
    ):
        late = loaded.can.latency_samples[method] // loaded.can.methods[method].out_ratio
        for _ in range(2):  # what the first has left must not show in the second
            came = torch.cat(list(loaded.blocks(method, signal, [size * per_frame for size in frames])), dim=2)
            assert came.shape[2] == late + expected.shape[2]
            assert not came[:, :, :late].any()
            assert snr_db(expected, came[:, :, late:]) >= FLOAT32_SNR_DB, method


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("batch", [1, 2])
def test_the_files_equal_stable_audio_tools_from_the_first_sample_to_the_last(
    onnx_files: dict[str, Path], name: str, batch: int
) -> None:
    loaded = artifact.load(onnx_files[name], CPU)
    assert loaded.can.methods.keys() == set(METHODS)
    streams(loaded, name, batch, [1, 1, 2, 40, 3, 16, 1])
    streams(loaded, name, batch, [1])


def test_a_host_needs_onnxruntime_alone_and_what_the_file_says(onnx_files: dict[str, Path], tmp_path: Path) -> None:
    import numpy as np

    audio = 0.3 * torch.randn(1, 2, 40 * WIDE.ratio)
    np.save(tmp_path / "audio.npy", audio.numpy())
    command = [sys.executable, "-I", "-c", HOST, onnx_files["wide"], tmp_path / "audio.npy", tmp_path / "came.npy"]
    subprocess.run(command, check=True, cwd=tmp_path)
    reference = judge(WIDE)
    expected = reference.decode(reference.encode(audio))
    came = torch.from_numpy(np.load(tmp_path / "came.npy"))[:, :, : expected.shape[2]]
    assert snr_db(expected, came) >= FLOAT32_SNR_DB


def test_the_example_of_the_page_runs(
    onnx_files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "onnx.md").read_text(encoding="utf-8")
    code = page.split("```py\n")[1].split("```")[0]
    shutil.copy(onnx_files["wide"].with_suffix(".decode.onnx"), tmp_path / "sao.decode.onnx")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "example", "exec"), {"__name__": "__main__"})
    assert soundfile.info(tmp_path / "noise.wav").frames == 200 * WIDE.ratio


def test_the_file_of_one_method_can_be_used_alone(onnx_files: dict[str, Path], tmp_path: Path) -> None:
    for method in METHODS:
        name = "wide.onnx" if method == "forward" else f"wide.{method}.onnx"
        (tmp_path / method).mkdir()
        shutil.copy(onnx_files["wide"].parent / name, tmp_path / method / name)
        loaded = artifact.load(tmp_path / method / name, CPU)
        assert list(loaded.can.methods) == [method]
        per_frame = loaded.can.methods[method].in_ratio
        block = torch.randn(1, loaded.can.methods[method].in_channels, 2 * WIDE.ratio // per_frame)
        assert loaded.call(method, block).shape[2] == 2 * WIDE.ratio // loaded.can.methods[method].out_ratio


def test_weights_that_a_file_cannot_hold_are_in_another_beside_it(
    onnx_files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from 2 GB on."""
    written = {
        method: onnx.load(path)
        for method, path in zip(METHOD_ORDER, exported_files("onnx", onnx_files["odd"]), strict=True)
    }
    monkeypatch.setattr(format_onnx, "MOST_BYTES", 0)
    monkeypatch.setattr(format_onnx, "_graphs", lambda _: written)
    size = artifact.save(export.build(offline(ODD), "float32", True), tmp_path / "odd.onnx", described(ODD))
    assert size == (tmp_path / "odd.onnx").stat().st_size
    assert size < onnx_files["odd"].stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"odd{method}.onnx{data}" for method in ("", ".encode", ".decode") for data in ("", ".data")
    )
    streams(artifact.load(tmp_path / "odd.onnx", CPU), "odd", 1, [1, 2, 30])
    assert info.run(tmp_path / "odd.onnx").dtypes == info.run(onnx_files["odd"]).dtypes


def test_files_of_two_exports_are_not_taken_for_one(onnx_files: dict[str, Path], tmp_path: Path) -> None:
    shutil.copy(onnx_files["wide"], tmp_path / "a.onnx")
    shutil.copy(onnx_files["odd"].parent / "odd.encode.onnx", tmp_path / "a.encode.onnx")
    with pytest.raises(FileError, match="are not of one export"):
        artifact.load(tmp_path / "a.onnx", CPU)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_file_is_its_weights_and_a_graph(onnx_files: dict[str, Path], name: str) -> None:
    stream = export.build(offline(ARCHITECTURES[name]), "float32", streaming=True).model
    parts = {"encode": [stream.encoder], "decode": [stream.decoder], "forward": [stream.encoder, stream.decoder]}
    for method in METHODS:
        path = onnx_files[name] if method == "forward" else onnx_files[name].with_suffix(f".{method}.onnx")
        weights = sum(each.numel() * 4 for part in parts[method] for each in part.parameters())
        assert path.stat().st_size < weights + 150_000  # the graph, whatever the width
        assert not onnx.load(path, load_external_data=False).graph.value_info


def test_the_file_says_what_a_host_needs(onnx_files: dict[str, Path]) -> None:
    found = artifact.describe(onnx_files["wide"])
    session = onnxruntime.InferenceSession(onnx_files["wide"])
    says = session.get_modelmeta().custom_metadata_map
    assert json.loads(says.pop("saoctl")) == json.loads(found.model_dump_json())
    state = next(each.shape[1] for each in session.get_inputs() if each.name == "state")
    assert says == {
        "method": "forward",
        "latency_samples": str(found.latency_samples["forward"]),
        "ratio": "32",
        "sample_rate": "8000",
        "in_channels": "2",
        "out_channels": "2",
        "state_size": str(state),
        "flush_frames": says["flush_frames"],
        "flush_values": str(found.latency_samples["forward"]),
        "source": "seed 0",
        "commit": "",
    }
    assert int(says["flush_frames"]) == -(-found.latency_samples["forward"] // 32)


def test_an_onnxruntime_of_2024_loads_it(onnx_files: dict[str, Path]) -> None:
    model = onnx.load(onnx_files["wide"])
    assert model.ir_version == IR_VERSION
    assert [(each.domain, each.version) for each in model.opset_import] == [("", OPSET)]
    onnx.checker.check_model(model, full_check=True)


def test_the_file_holds_nothing_of_where_it_was_made(onnx_files: dict[str, Path]) -> None:
    for method in METHODS:
        path = onnx_files["wide"] if method == "forward" else onnx_files["wide"].with_suffix(f".{method}.onnx")
        content = path.read_bytes()
        assert str(Path(export.__file__).parents[2]).encode() not in content
        assert b".py" not in content


def test_info_tells_what_the_file_holds(onnx_files: dict[str, Path]) -> None:
    found = info.run(onnx_files["wide"])
    assert found.written_by_saoctl
    assert found.methods.keys() == set(METHODS)
    assert found.attributes == ["gain", "offset", "motion", "noise"]
    model = export.build(offline(WIDE), "float32", streaming=True)
    weights = sum(parameter.numel() for parameter in model.parameters())
    # The last convolution has no bias; a stream has zeros there.
    assert found.dtypes == {"float32": weights - WIDE.audio_channels}


def test_noise_is_the_vaes_and_of_the_amount_that_is_set(onnx_files: dict[str, Path]) -> None:
    loaded = artifact.load(onnx_files["wide"], CPU)
    audio = torch.randn(1, 2, 3000 * WIDE.ratio)
    assert isinstance(loaded, StreamsArtifact)
    assert not loaded.set_noise(-0.1)
    assert not loaded.set_noise(2.1)
    model = offline(WIDE)
    mean, scale = model.encoder(audio).chunk(2, dim=1)
    late = loaded.can.latency_samples["encode"] // WIDE.ratio
    assert loaded.set_noise(1.5)
    came = torch.cat(list(loaded.blocks("encode", audio, [1500 * WIDE.ratio] * 2)), dim=2)
    assert not came[:, :, :late].any()
    normal = (came[:, :, late:] - mean) / (torch.nn.functional.softplus(scale) + 1e-4)
    assert normal.mean().abs() < 0.1
    assert abs(normal.std() - 1.5) < 0.1


def test_a_flush_without_a_block_gives_nothing(onnx_files: dict[str, Path]) -> None:
    loaded = artifact.load(onnx_files["wide"], CPU)
    for method in METHODS:
        assert loaded.flush(method).shape[0] == 0


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.999])
def test_a_truncated_file_is_refused(onnx_files: dict[str, Path], tmp_path: Path, kept: float) -> None:
    whole = onnx_files["wide"].read_bytes()
    (tmp_path / "a.onnx").write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(FileError, match="is damaged: it begins like an ONNX file"):
        artifact.load(tmp_path / "a.onnx", CPU)


def test_a_damaged_file_is_refused(onnx_files: dict[str, Path], tmp_path: Path) -> None:
    """What it says of itself is whole, its graph is not."""
    model = onnx.load(onnx_files["wide"])
    del model.graph.node[5]
    onnx.save(model, tmp_path / "a.onnx")
    with pytest.raises(FileError, match="is damaged: it begins like an ONNX file"):
        artifact.load(tmp_path / "a.onnx", CPU)


def test_onnx_of_another_tool_is_refused_where_ours_is_wanted(tmp_path: Path) -> None:
    value = onnx.helper.make_tensor_value_info("x", 1, [1])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["x"], ["y"])], "g", [value], [value])
    onnx.save(onnx.helper.make_model(graph), tmp_path / "a.onnx")
    assert not info.run(tmp_path / "a.onnx").written_by_saoctl
    with pytest.raises(FileError, match="was not written by `saoctl export`"):
        artifact.load(tmp_path / "a.onnx", CPU)


def test_an_export_that_breaks_off_leaves_what_was_there(
    onnx_files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["a.onnx", "a.encode.onnx", "a.decode.onnx"]
    for name in names:
        (tmp_path / name).write_bytes(b"before")
    done = iter([onnx.load(onnx_files["wide"])])
    monkeypatch.setattr(format_onnx, "_graphs", dict.fromkeys)
    monkeypatch.setattr(format_onnx, "_finished", lambda *_: next(done))
    with pytest.raises((StopIteration, RuntimeError)):
        write(WIDE, tmp_path / "a.onnx")
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(names)
    assert {(tmp_path / name).read_bytes() for name in names} == {b"before"}


@pytest.mark.parametrize("package", ["onnx", "onnxscript", "onnxruntime"])
def test_a_missing_package_is_told_with_how_to_install_it(
    onnx_files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigError, match=rf"need the package {package}.* pip install 'saoctl\[onnx\]'"):
        if package == "onnxruntime":
            artifact.load(onnx_files["wide"], CPU)
        else:
            write(WIDE, tmp_path / "a.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_weights_of_half_the_size_make_half_the_file_and_are_computed_with_in_float32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coder = Coder(channels=32, c_mults=(8,), strides=(8,), dilations=(3,))
    architecture = TINY.model_copy(update={"encoder": None, "decoder": coder})
    model = export.build(offline(architecture), "float32", streaming=True)
    told = description(architecture, export.latency_samples(model))
    whole = artifact.save(model, tmp_path / "float32.onnx", told)
    latents = torch.randn(1, architecture.latent_dim, 40, generator=torch.Generator().manual_seed(0))
    bounds: dict[Precision, float] = {"float16": 60.0, "bfloat16": 42.0}
    for precision, least in bounds.items():
        path = tmp_path / f"{precision}.onnx"
        # It is traced once: the weights alone differ.
        monkeypatch.setattr(format_onnx, "_graphs", lambda _: {"decode": onnx.load(tmp_path / "float32.onnx")})
        assert artifact.save(model, path, told.model_copy(update={"precision": precision})) < 0.55 * whole
        assert info.run(path).dtypes[precision] > 0.9 * whole / 4
        file = artifact.load(path, torch.device("cpu"))
        assert file.precision == precision
        decoded = torch.cat([*file.blocks("decode", latents, [7, 1, 32])], dim=2)
        late = file.can.latency_samples["decode"]
        assert snr_db(judge(architecture).decode(latents), decoded[:, :, late:]) >= least


@pytest.mark.slow
@pytest.mark.usefixtures("traced_once")
def test_with_a_basis_the_controls_do_what_they_do_in_the_stream(tmp_path: Path) -> None:
    """The noise of directions that are not played is made of integers, bit by bit the same."""
    coder = Coder(channels=4, c_mults=(2,), strides=(8,), dilations=(3,))
    architecture = TINY.model_copy(update={"latent_dim": 6, "encoder": coder, "decoder": coder})
    model = build(offline(architecture), "float32", basis=random_basis(6, 2, 0))
    step = pure_step(model, "decode")
    onnx.save(format_onnx._finished(format_onnx._graphs({"decode": step})["decode"], step, {}), tmp_path / "a.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "a.onnx")
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(2, 2, 90, generator=generator)
    state, came, expected = torch.zeros(2, step.state_size).numpy(), [], []
    assert model.controls.set_scale(1.5)
    assert model.controls.set_bias(0.25)
    position = 0
    for size, freeze, glide, rest in ((20, 0, 0.0, 0.0), (30, 0, 0.0, 1.0), (1, 1, 5.0, 1.0), (39, 0, 20.0, 0.5)):
        block, latents = latents[:, :, :size], latents[:, :, size:]
        assert model.controls.set_freeze(freeze)
        assert model.controls.set_glide(glide)
        assert model.controls.set_rest(rest)
        expected.append(model.decode(block))
        given = {"block": block, "position": torch.tensor([position]), "end": torch.tensor([-1])}
        given |= {"gain": torch.full((2,), 1.5), "offset": torch.full((2,), 0.25)}
        given["motion"] = torch.tensor([freeze, glide, rest])
        feeds = {name: each.numpy() for name, each in given.items()} | {"state": state}
        output, state = session.run(["output", "next_state"], feeds)
        came.append(torch.from_numpy(output))
        position += size * TINY.ratio
    assert snr_db(torch.cat(expected, dim=2), torch.cat(came, dim=2)) >= FLOAT32_SNR_DB


@pytest.mark.slow
@pytest.mark.usefixtures("traced_once")
def test_with_less_lookahead_the_file_gives_what_the_stream_gives(tmp_path: Path) -> None:
    """In any blocks, to the end of the flush; tests/streaming/oobleck judges that stream."""
    # The decoder needs two blocks to have all of its parts.
    encoder = Coder(channels=3, c_mults=(2,), strides=(30,), dilations=(3,))
    decoder = Coder(channels=3, c_mults=(2, 1), strides=(5, 6), dilations=(3,))
    architecture = TINY.model_copy(update={"encoder": encoder, "decoder": decoder})
    most = most_lookahead(architecture)
    less = {**most.described, "encode": 1, "decode": most.least + 5, "forward": most.forward // 3}
    stream = export.build(offline(architecture), "float32", streaming=True, lookahead=less)
    about = description(architecture, export.latency_samples(stream)).model_copy(update={"lookahead": less})
    artifact.save(stream, tmp_path / "a.onnx", about)
    loaded, generator = artifact.load(tmp_path / "a.onnx", CPU), torch.Generator().manual_seed(0)
    assert loaded.set_noise(0.0)
    stream.set_noise(0.0)
    for method in METHODS:
        per_frame = 1 if method == "decode" else architecture.ratio
        signal = torch.randn(2, 2, 40 * per_frame, generator=generator)
        for frames in ([40], [1] * 40, [3, 9, 28]):
            blocks = signal.split([size * per_frame for size in frames], dim=2)
            expected = [*map(getattr(stream, method), blocks), getattr(stream, f"flush_{method}")()]
            came = [*(loaded.call(method, block) for block in blocks), loaded.flush(method)]
            assert snr_db(torch.cat(expected, dim=2), torch.cat(came, dim=2)) >= FLOAT32_SNR_DB, method
