"""ExecuTorch files: exact through the runtime, as their JSON says, small, and refused in plain words."""

import collections
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import soundfile
import torch
from torch import Tensor

from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact, export, info
from saoctl.formats import executorch as format_executorch
from saoctl.formats.executorch import ATTRIBUTES, ExecuTorch
from saoctl.formats.stateful import StatefulStep
from saoctl.formats.streams import StreamsArtifact
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.streaming.build import build
from saoctl.streaming.oobleck.pure import pure_step
from saoctl.verify import verify
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Method
from tests.architectures import TINY, description, judge, offline
from tests.architectures import stream as streamed
from tests.streaming.test_directions import random_basis

FLOAT32_SNR_DB = 100.0
CPU = torch.device("cpu")
MOST_DELEGATES = 7  # of forward; the smallest are of the controls

# Few layers: what takes its time is the lowering.
EVEN_CODER = Coder(channels=16, c_mults=(1, 2), strides=(2, 4))
EVEN = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=4, encoder=EVEN_CODER, decoder=EVEN_CODER)
ODD = OobleckArchitecture(
    sample_rate=44100,
    audio_channels=1,
    latent_dim=3,
    encoder=Coder(channels=3, c_mults=(1, 3), strides=(3, 5), use_snake=False),
    decoder=Coder(channels=4, c_mults=(2, 1), strides=(5, 3)),
    final_tanh=True,
    scale=0.3,
)
ARCHITECTURES = {"even": EVEN, "odd": ODD}
FRAMES = {"even": 1, "odd": 3}  # of a block


class Files(dict[str, Path]):
    """A file of each architecture, written when it is first asked for.

    Args:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> Path:
        self[name] = write(ARCHITECTURES[name], self.folder / f"{name}.pte", FRAMES[name])
        return self[name]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("executorch"))


def write(architecture: OobleckArchitecture, path: Path, frames: int = 1) -> Path:
    host = export.build(offline(architecture), "float32", streaming=True)
    told = description(architecture, export.latency_samples(host))
    artifact.save(host, path, told.model_copy(update={"block_size": frames * architecture.ratio}))
    return path


def says(path: Path) -> Any:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.executorch
@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("batch", [1, 2])
def test_the_files_equal_stable_audio_tools_from_the_first_sample_to_the_last(
    files: Files, name: str, batch: int
) -> None:
    architecture, loaded = ARCHITECTURES[name], artifact.load(files[name], CPU)
    reference, ratio = judge(architecture), architecture.ratio
    blocks = [size * FRAMES[name] for size in (1, 1, 2, 10, 3, 1)]
    assert loaded.can.methods.keys() == set(METHODS)
    assert loaded.set_noise(0.0)
    for frames in (blocks, blocks[:1], [*blocks, 1], [1]):  # what is no whole block is the last of a signal
        audio = 0.3 * torch.randn(batch, architecture.audio_channels, sum(frames) * ratio)
        latents = reference.encode(audio)
        decoded = reference.decode(latents)
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


class Host:
    """A host that knows ExecuTorch and the JSON alone.

    Args:
        path: of the file.
        method: that it calls.
    """

    def __init__(self, path: Path, method: str) -> None:
        from executorch.runtime import Runtime

        self.says = says(path)["methods"][method]
        self.method = Runtime.get().load_program(path).load_method(method)

    def call(self, block: Tensor, **attributes: float) -> Tensor:
        """One block, with attributes that are not as they are at first."""
        given = []
        for each in self.says["inputs"]:
            if each["role"] == "signal":
                assert block.shape[1] == each["channels"]
                given.append(block)
            elif each["role"] == "noise":
                given.append(torch.randn(each["shape"], dtype=getattr(torch, each["dtype"])))
            else:
                value = attributes.pop(each["name"], each["default"])
                assert each["min"] <= value <= each["max"]
                given.append(torch.tensor([value], dtype=getattr(torch, each["dtype"])))
        assert not attributes
        (output,) = self.method.execute(given)
        assert output.shape[1] == self.says["output"]["channels"]
        return torch.clone(output)


@pytest.mark.executorch
def test_a_host_needs_the_json_alone_and_no_reset_at_first(files: Files) -> None:
    reference = judge(EVEN)
    audio = 0.3 * torch.randn(1, 2, 30 * EVEN.ratio)
    expected = reference.decode(reference.encode(audio))
    late = artifact.describe(files["even"]).latency_samples["forward"]
    assert says(files["even"])["buffer_size"] == EVEN.ratio
    host = Host(files["even"], "forward")
    for first in ({}, {"reset": 1}):  # a second signal begins with the reset
        came = []
        for n, block in enumerate(torch.split(audio, EVEN.ratio, dim=2)):
            came.append(host.call(block.contiguous(), noise=0.0, **(first if n == 0 else {})))
        while sum(each.shape[2] for each in came) < late + expected.shape[2]:
            silence = torch.zeros(1, 2, EVEN.ratio)
            came.append(host.call(silence, noise=0.0, end=audio.shape[2]))
        whole = torch.cat(came, dim=2)[:, :, late : late + expected.shape[2]]
        assert snr_db(expected, whole) >= FLOAT32_SNR_DB


@pytest.mark.executorch
def test_the_example_of_the_page_runs(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "executorch.md").read_text(encoding="utf-8")
    code = page.split("```py\n")[1].split("```")[0]
    for suffix in (".pte", ".json"):
        shutil.copy(files["even"].with_suffix(suffix), tmp_path / f"sao{suffix}")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "example", "exec"), {"__name__": "__main__"})
    assert soundfile.info(tmp_path / "noise.wav").frames == 200 * EVEN.ratio


@pytest.mark.executorch
def test_a_reset_cures_what_is_no_number(files: Files) -> None:
    host, fresh = (Host(files["even"], "decode") for _ in range(2))
    latents = torch.randn(1, 4, 40)
    for _ in range(5):
        assert host.call(torch.full((1, 4, 1), torch.nan)).shape == (1, 2, EVEN.ratio)
    for n in range(40):
        block = latents[:, :, n : n + 1].contiguous()
        assert torch.equal(host.call(block, reset=int(n == 0)), fresh.call(block))


@pytest.mark.executorch
def test_the_attributes_do_what_they_do_in_the_stream(files: Files) -> None:
    model = build(offline(EVEN), "float32")
    host, latents = Host(files["even"], "decode"), torch.randn(1, 4, 80)
    came, expected = [], []
    for n in range(80):
        block = latents[:, :, n : n + 1].contiguous()
        scale, bias, freeze, glide = 1.5, 0.25, int(30 <= n < 40), 5.0 if n < 50 else 20.0 if n < 70 else 0.0
        assert model.controls.set_scale(scale)
        assert model.controls.set_bias(bias)
        assert model.controls.set_freeze(freeze)
        assert model.controls.set_glide(glide)
        expected.append(model.decode(block))
        came.append(host.call(block, latent_scale=scale, latent_bias=bias, freeze=freeze, glide=glide))
    assert snr_db(torch.cat(expected, dim=2), torch.cat(came, dim=2)) >= FLOAT32_SNR_DB


@pytest.mark.executorch
def test_methods_do_not_disturb_each_other(files: Files) -> None:
    """Called by turns they give what they give alone."""
    signals = {"encode": torch.randn(1, 2, 20 * 8), "decode": torch.randn(1, 4, 20), "forward": torch.randn(1, 2, 160)}
    alone: dict[str, list[Tensor]] = collections.defaultdict(list)
    together: dict[str, list[Tensor]] = collections.defaultdict(list)
    one = artifact.load(files["even"], CPU)
    assert one.set_noise(0.0)
    for method, signal in signals.items():
        alone[method] = [one.call(method, block) for block in signal.chunk(20, dim=2)]
    other = artifact.load(files["even"], CPU)
    assert other.set_noise(0.0)
    for n in range(20):
        for method, signal in signals.items():
            together[method].append(other.call(method, signal.chunk(20, dim=2)[n]))
    for method in signals:
        assert torch.equal(torch.cat(alone[method]), torch.cat(together[method]))


@pytest.mark.executorch
def test_noise_is_the_vaes_and_of_the_amount_that_is_set(files: Files) -> None:
    loaded = artifact.load(files["even"], CPU)
    audio = torch.randn(1, 2, 3000 * EVEN.ratio)
    assert isinstance(loaded, StreamsArtifact)
    assert not loaded.set_noise(-0.1)
    assert not loaded.set_noise(2.1)
    mean, scale = offline(EVEN).encoder(audio).chunk(2, dim=1)
    late = loaded.can.latency_samples["encode"] // EVEN.ratio
    assert loaded.set_noise(1.5)
    came = torch.cat(list(loaded.blocks("encode", audio, [1500 * EVEN.ratio] * 2)), dim=2)
    normal = (came[:, :, late:] - mean) / (torch.nn.functional.softplus(scale) + 1e-4)
    assert normal.mean().abs() < 0.1
    assert abs(normal.std() - 1.5) < 0.1


@pytest.mark.executorch
def test_only_the_last_block_of_a_signal_may_be_shorter(files: Files) -> None:
    loaded = artifact.load(files["odd"], CPU)
    assert loaded.can.block_size == 3 * ODD.ratio
    whole, shorter = torch.zeros(1, 1, 3 * ODD.ratio), torch.zeros(1, 1, 2 * ODD.ratio)
    for begin in (loaded.reset, lambda: loaded.flush("forward")):
        assert loaded.call("forward", shorter).shape[2] == 2 * ODD.ratio
        with pytest.raises(ConfigError, match="takes blocks of 45 samples, and a shorter one ended the signal"):
            loaded.call("forward", whole)
        begin()
        assert loaded.call("forward", whole).shape[2] == 3 * ODD.ratio
    with pytest.raises(ConfigError, match="whole latent frames of 15 samples, and 16 are none"):
        loaded.call("forward", torch.zeros(1, 1, ODD.ratio + 1))


@pytest.mark.executorch
def test_verify_judges_a_file_of_larger_blocks_in_multiples_of_them(files: Files) -> None:
    block = 3 * ODD.ratio
    result = verify.run(
        Config.model_validate(
            {
                "model": {"seed": 0, "architecture": ODD.model_dump()},
                "artifact": files["odd"],
                "reference": "oobleck",
                "seconds": 0.05,
                "verify": {"block_sizes": [block, 2 * block]},
            }
        )
    )
    assert result.passed
    assert {row.schedule for row in result.results} == {"fixed", "random", "whole", "reset", "batch"}
    assert {row.block_size for row in result.results if row.schedule == "fixed"} == {block, 2 * block}
    assert not any(size % block for size in result.random_blocks[:-1])


@pytest.mark.executorch
def test_a_flush_without_a_block_gives_nothing(files: Files) -> None:
    loaded = artifact.load(files["even"], CPU)
    for method in METHODS:
        assert loaded.flush(method).shape[0] == 0


@pytest.mark.executorch
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_json_follows_the_protocol_of_neural_live(files: Files, name: str) -> None:
    """As its PROTOCOL.md says, sections 2.3 to 2.5 and 3.1."""
    architecture, found = ARCHITECTURES[name], says(files[name])
    assert (found["kind"], found["delegate"]) == ("live", "xnnpack")
    assert found["buffer_size"] == FRAMES[name] * architecture.ratio
    assert found["executorch_version"].startswith("1.")
    assert found["methods"].keys() == set(METHODS)
    signatures = artifact.contents(files[name]).methods
    for method, own in found["methods"].items():
        signature = signatures[method]
        signals = [each for each in own["inputs"] if each["role"] == "signal"]
        assert [(each["name"], each["channels"], each["ratio"]) for each in signals] == [
            ("signal", signature.in_channels, signature.in_ratio)
        ]
        output = own["output"]
        assert (output["role"], output["channels"], output["ratio"]) == ("signal", *signature[2:])
        for each in (*signals, output):
            assert len(each["labels"]) == each["channels"]
        assert (own["batch"], own["dynamic_time"]) == (1, False)
        for each in own["inputs"][1:]:
            assert each["role"] in ("attribute", "noise")
            assert each["dtype"] in ("float32", "int64")
            if each["role"] == "attribute":
                assert each["shape"] == [1]
                assert each["min"] <= each["default"] <= each["max"]


@pytest.mark.executorch
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_file_is_its_weights_once_and_three_graphs(files: Files, name: str) -> None:
    stream = export.build(offline(ARCHITECTURES[name]), "float32", streaming=True).model
    weights = sum(each.numel() * 4 for each in stream.parameters())
    assert files[name].stat().st_size < weights + 500_000  # the graphs, whatever the width


@pytest.mark.executorch
def test_nearly_all_of_a_method_is_one_delegate() -> None:
    """Each hand-over between XNNPACK and the rest costs time; the small ones are of the controls."""
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.exir import to_edge_transform_and_lower

    model = build(offline(TINY), "float32")
    step = StatefulStep(pure_step(model, "forward").fixed(1), 1).eval()
    program = torch.export.export(step, step.example(), strict=False)
    lowered = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    nodes = [node for node in lowered.exported_program().graph.nodes if node.op == "call_function"]
    assert sum("executorch_call_delegate" in str(node.target) for node in nodes) <= MOST_DELEGATES
    outside = collections.Counter(str(node.target) for node in nodes)
    assert not any("convolution" in target or "sin" in target for target in outside)


@pytest.mark.executorch
def test_info_tells_what_the_file_holds(files: Files) -> None:
    found = info.run(files["even"])
    assert found.written_by_saoctl
    assert found.methods.keys() == set(METHODS)
    assert (found.block_size, info.run(files["odd"]).block_size) == (EVEN.ratio, 3 * ODD.ratio)
    assert set(found.attributes) == ATTRIBUTES.keys() - {"rest"}
    model = export.build(offline(EVEN), "float32", streaming=True)
    assert found.dtypes == {"float32": sum(parameter.numel() for parameter in model.parameters())}


@pytest.mark.executorch
def test_the_file_holds_nothing_of_where_it_was_made(files: Files) -> None:
    content = files["even"].read_bytes()
    assert str(Path(export.__file__).parents[2]).encode() not in content
    assert b".py" not in content


@pytest.mark.executorch
@pytest.mark.parametrize("kept", [0.2, 0.6, 0.999])
def test_a_truncated_file_is_refused(files: Files, tmp_path: Path, kept: float) -> None:
    copy_of(files["even"], tmp_path)
    whole = files["even"].read_bytes()
    (tmp_path / "a.pte").write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(FileError, match="is damaged, or is not the file"):
        artifact.load(tmp_path / "a.pte", CPU)


@pytest.mark.executorch
def test_a_file_without_its_json_or_with_anothers_is_refused(files: Files, tmp_path: Path) -> None:
    copy_of(files["even"], tmp_path)
    beside = tmp_path / "a.json"
    shutil.copy(files["odd"].with_suffix(".json"), beside)
    with pytest.raises(FileError, match=r"not the file that .*a\.json was written for"):
        artifact.load(tmp_path / "a.pte", CPU)
    for content in ("{", "[]"):
        beside.write_text(content)
        with pytest.raises(FileError, match=r"a\.json (is damaged|does not say)"):
            artifact.load(tmp_path / "a.pte", CPU)
    beside.unlink()
    with pytest.raises(FileError, match=r"a\.json, which belongs beside .*, is not there"):
        artifact.load(tmp_path / "a.pte", CPU)


@pytest.mark.executorch
def test_executorch_of_another_tool_is_refused(files: Files, tmp_path: Path) -> None:
    copy_of(files["even"], tmp_path)
    foreign = says(files["even"])
    del foreign["saoctl"]
    (tmp_path / "a.json").write_text(json.dumps(foreign))
    assert not info.run(tmp_path / "a.pte").written_by_saoctl
    for load in (artifact.load, artifact.load_any):
        with pytest.raises(FileError, match="was not written by `saoctl export`"):
            load(tmp_path / "a.pte", CPU)


def copy_of(path: Path, folder: Path) -> None:
    for suffix in (".pte", ".json"):
        shutil.copy(path.with_suffix(suffix), folder / f"a{suffix}")


def test_an_export_that_breaks_off_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Half:
        def write_to_file(self, file: Any) -> None:
            file.write(b"half")
            raise RuntimeError

    names = ["a.json", "a.pte"]
    for name in names:
        (tmp_path / name).write_bytes(b"before")
    monkeypatch.setattr(format_executorch, "_program", lambda _: Half())
    monkeypatch.setattr(ExecuTorch, "needs", ())
    with pytest.raises(RuntimeError):
        write(EVEN, tmp_path / "a.pte")
    assert sorted(each.name for each in tmp_path.iterdir()) == names
    assert {(tmp_path / name).read_bytes() for name in names} == {b"before"}


def test_a_missing_package_is_told_with_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "executorch", None)
    monkeypatch.setitem(sys.modules, "executorch.exir", None)
    with pytest.raises(ConfigError, match=r"need the package executorch.* pip install 'saoctl\[executorch\]'"):
        write(EVEN, tmp_path / "a.pte")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_stateful_step_is_the_stream(name: str, frames: int, method: Method) -> None:
    """What is lowered is right before it is lowered, wherever the signal ends; this needs no ExecuTorch."""
    architecture = ARCHITECTURES[name]
    model = build(offline(architecture), "float32")
    step = StatefulStep(pure_step(model, method).fixed(frames), frames).eval()
    block, *others = step.example()
    length = 12 * frames + 1
    signal = torch.randn(block.shape[0], block.shape[1], block.shape[2] // frames * length)
    model.noise = 0.0
    expected = streamed(model, method, signal, [signal.shape[2]])
    inputs = dict(zip(step.names[1:], others, strict=True))
    inputs |= {key: torch.full_like(inputs[key], 1) for key in ("latent_scale",) if key in inputs}
    inputs["end"] = torch.tensor([-1])
    *blocks, last = signal.split(block.shape[2], dim=2)
    came = [step(each, *inputs.values()) for each in blocks]
    inputs["end"] = torch.tensor([length * architecture.ratio])
    came.append(step(torch.nn.functional.pad(last, (0, block.shape[2] - last.shape[2])), *inputs.values()))
    while sum(each.shape[2] for each in came) < expected.shape[2]:
        came.append(step(torch.zeros_like(block), *inputs.values()))
    assert snr_db(expected, torch.cat(came, dim=2)[:, :, : expected.shape[2]]) >= FLOAT32_SNR_DB


@pytest.mark.executorch
def test_with_a_basis_the_controls_do_what_they_do_in_the_stream(tmp_path: Path) -> None:
    """The noise of directions that are not played is made of integers, bit by bit the same."""
    from executorch.runtime import Runtime

    architecture = TINY.model_copy(update={"latent_dim": 6})
    model = build(offline(architecture), "float32", basis=random_basis(6, 2, 0))
    step = StatefulStep(pure_step(model, "decode").fixed(1), 1).eval()
    with (tmp_path / "a.pte").open("wb") as file:
        format_executorch._program({"decode": step}).write_to_file(file)
    method = Runtime.get().load_program(tmp_path / "a.pte").load_method("decode")
    came, expected = [], []
    for n in range(90):
        block = torch.randn(1, 2, 1)
        settings = {
            "latent_scale": 1.5,
            "latent_bias": 0.25,
            "freeze": int(50 <= n < 60),
            "glide": 5.0 if n > 40 else 0.0,
        }
        settings |= {"rest": 1.0 if n > 20 else 0.0, "reset": 0, "end": -1}
        assert model.controls.set_scale(1.5)
        assert model.controls.set_bias(0.25)
        assert model.controls.set_freeze(settings["freeze"])
        assert model.controls.set_glide(settings["glide"])
        assert model.controls.set_rest(settings["rest"])
        expected.append(model.decode(block))
        given = [
            torch.tensor([settings[name]], dtype=like.dtype)
            for name, like in zip(step.names, step.example(), strict=True)
            if name != "block"
        ]
        came.append(method.execute([block, *given])[0].clone())
    assert snr_db(torch.cat(expected, dim=2), torch.cat(came, dim=2)) >= FLOAT32_SNR_DB
