"""The exported file: exact through TorchScript, of the right size, without history, and loadable without saoctl."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from saoctl.config import Config
from saoctl.errors import FileError
from saoctl.formats import artifact, export
from saoctl.formats.torchscript import TorchScriptArtifact
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS
from tests.architectures import TINY, WIDE, architectures, description, judge, offline, schedules
from tests.examples import examples
from tests.parsed import parse_each_time

FLOAT32_SNR_DB = 100.0
CPU = torch.device("cpu")

# What a host does: torch alone, the file, a block through each method.
HOST = """
import json, sys, torch
model = torch.jit.load(sys.argv[1])
shapes = {}
for method in model.get_methods():
    in_channels, in_ratio, out_channels, out_ratio = getattr(model, method + "_params").tolist()
    with torch.inference_mode():
        y = getattr(model, method)(torch.zeros(2, in_channels, 32 // in_ratio))
    assert y.shape == (2, out_channels, 32 // out_ratio) and y.dtype == torch.float32
    shapes[method] = list(y.shape)
assert "saoctl" not in sys.modules
print(json.dumps(shapes))
"""


def exported(architecture: OobleckArchitecture, path: Path) -> TorchScriptArtifact:
    host = export.build(offline(architecture), "float32", streaming=True)
    artifact.save(host, path, description(architecture, export.latency_samples(host)))
    return artifact.load(path, CPU)


@pytest.mark.slow
def test_files_are_what_they_are_where_torch_parses_each_method_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does in all processes but those of these tests."""
    here, elsewhere = tmp_path / "here.ts", tmp_path / "elsewhere.ts"
    exported(TINY, here)
    parse_each_time(monkeypatch)
    exported(TINY, elsewhere)
    assert here.read_bytes() == elsewhere.read_bytes()


@pytest.mark.slow
@examples(3)
@given(architecture=architectures(), schedule=schedules(), batch=st.integers(1, 3))
def test_the_exported_file_equals_stable_audio_tools_from_the_first_sample_to_the_last(
    tmp_path_factory: pytest.TempPathFactory, architecture: OobleckArchitecture, schedule: list[int], batch: int
) -> None:
    model = exported(architecture, tmp_path_factory.mktemp("export") / "model.ts")
    model.module.set_noise(0.0)
    reference = judge(architecture)
    ratio, frames = architecture.ratio, sum(schedule)
    audio = torch.randn(batch, architecture.audio_channels, frames * ratio)
    latents = reference.encode(audio)
    decoded = reference.decode(latents)
    samples = [size * ratio for size in schedule]
    for method, signal, sizes, expected in (
        ("encode", audio, samples, latents),
        ("decode", latents, schedule, decoded),
        ("forward", audio, samples, decoded),
    ):
        late = model.description.latency_samples[method] // (ratio if method == "encode" else 1)
        streamed = torch.cat(list(model.blocks(method, signal, sizes)), dim=2)[:, :, late:]
        assert streamed.shape == expected.shape
        assert streamed.dtype == torch.float32
        assert snr_db(expected, streamed) >= FLOAT32_SNR_DB, method


@pytest.mark.slow
def test_a_host_needs_torch_alone(tiny: Config, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-I", "-c", HOST, str(tiny.artifact)], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert json.loads(result.stdout) == {"forward": [2, 2, 32], "encode": [2, 2, 4], "decode": [2, 2, 32]}


def test_the_file_holds_no_history_even_of_a_model_that_has_streamed(tmp_path: Path) -> None:
    host = export.build(offline(TINY), "float32", streaming=True)
    latency = export.latency_samples(host)
    for method in METHODS:
        getattr(host, method)(torch.zeros(1, 2, 64))
    fresh = artifact.save(host, tmp_path / "fresh.ts", description(TINY, latency))
    module = artifact.load(tmp_path / "fresh.ts", CPU).module
    sizes = {name: tensor.numel() for name, tensor in module.named_buffers() if name.endswith("values")}
    assert len(sizes) == 6
    assert set(sizes.values()) == {0}
    weights = sum(parameter.numel() * 4 for parameter in module.parameters())
    assert fresh < weights + 100_000  # the code of the model, whatever its width


def test_all_tensors_of_the_file_are_on_the_cpu(tiny: Config) -> None:
    module = artifact.load(tiny.artifact, CPU).module
    assert {tensor.device.type for tensor in (*module.parameters(), *module.buffers())} == {"cpu"}
    assert not any(parameter.requires_grad for parameter in module.parameters())


def test_the_file_describes_itself_without_being_loaded(tiny: Config) -> None:
    found = artifact.describe(tiny.artifact)
    assert found.architecture == TINY
    assert found.precision == "float32"
    assert found.source == "seed 1"
    assert found.versions.keys() == {"saoctl", "torch"}
    assert found.latency_samples["forward"] == found.latency_samples["encode"] + found.latency_samples["decode"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "is damaged: it begins like a TorchScript file"),
        (b"not TorchScript" * 100, "is a text file, and cannot be read as a TorchScript file"),
    ],
)
def test_what_is_not_torchscript_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.ts").write_bytes(content)
    with pytest.raises(FileError, match=words):
        artifact.load(tmp_path / "a.ts", CPU)


def test_a_torch_that_lacks_what_packed_weights_need_says_so(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_onednn(path: Path, map_location: str) -> None:
        raise RuntimeError("Unknown builtin op: mkldnn::_convolution_pointwise.")

    monkeypatch.setattr(torch.jit, "load", without_onednn)
    with pytest.raises(FileError, match=r"packed for x86.*without --packed"):
        artifact.load(tiny.artifact, CPU)


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.999])
def test_a_truncated_file_is_refused(tiny: Config, tmp_path: Path, kept: float) -> None:
    whole = tiny.artifact.read_bytes()
    (tmp_path / "a.ts").write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(FileError, match="is damaged: it begins like a TorchScript file"):
        artifact.load(tmp_path / "a.ts", CPU)


def test_a_damaged_file_is_refused(tiny: Config, tmp_path: Path) -> None:
    """The archive's list of files is whole, its code is not."""
    with zipfile.ZipFile(tiny.artifact) as old, zipfile.ZipFile(tmp_path / "a.ts", "w") as new:
        for name in old.namelist():
            new.writestr(name, b"" if name.endswith("data.pkl") else old.read(name))
    with pytest.raises(FileError, match="is damaged: it begins like a TorchScript file"):
        artifact.load(tmp_path / "a.ts", CPU)


def test_another_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ts", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(FileError, match="is a zip archive, and cannot be read as a TorchScript file"):
        artifact.load(tmp_path / "a.ts", CPU)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_torchscript_of_another_tool_is_refused(tmp_path: Path) -> None:
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), tmp_path / "a.ts")
    with pytest.raises(FileError, match="was not written by `saoctl export`"):
        artifact.load(tmp_path / "a.ts", CPU)


def described_anew(path: Path, tmp_path: Path, **changes: object) -> Path:
    """A copy of an exported file whose description says something else."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "a.ts", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("saoctl.json"):
                content = json.dumps({**json.loads(content), **changes}).encode()
            new.writestr(name, content)
    return tmp_path / "a.ts"


def test_a_file_of_a_newer_format_is_refused_by_name(tiny: Config, tmp_path: Path) -> None:
    newer = described_anew(tiny.artifact, tmp_path, format=99, precision="float8")
    with pytest.raises(FileError, match=r"written by a newer saoctl, as format 99; .* up to 4\. Update saoctl"):
        artifact.load(newer, CPU)


def test_a_file_of_an_unknown_family_is_refused(tiny: Config, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="a description that this version cannot read"):
        artifact.describe(described_anew(tiny.artifact, tmp_path, family="unheard-of"))


def test_what_a_newer_saoctl_adds_to_the_description_is_no_obstacle(tiny: Config, tmp_path: Path) -> None:
    assert artifact.describe(described_anew(tiny.artifact, tmp_path, more=1)).architecture == TINY


def test_a_missing_file_is_refused_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"does not exist.*saoctl export"):
        artifact.load(tmp_path / "a.ts", CPU)


BOUNDS = {"float32": 100.0, "mixed": 35.0, "float16": 45.0, "bfloat16": 25.0}


@pytest.fixture(scope="module", params=BOUNDS)
def wide(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[TorchScriptArtifact, float]:
    """A file of a precision, and how exact it must be, in dB."""
    path = tmp_path_factory.mktemp("wide") / "wide.ts"
    host = export.build(offline(WIDE), request.param, streaming=True)
    artifact.save(host, path, description(WIDE, export.latency_samples(host)))
    loaded = artifact.load(path, CPU)
    loaded.module.set_noise(0.0)
    return loaded, BOUNDS[request.param]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["encode", "decode", "forward"])
def test_every_precision_is_exact_in_batches_after_a_reset_and_to_the_end_of_the_flush(
    wide: tuple[TorchScriptArtifact, float], method: str
) -> None:
    (loaded, bound), reference = wide, judge(WIDE)
    audio = torch.randn(3, 2, 64 * WIDE.ratio, generator=torch.Generator().manual_seed(0)) * 0.3
    latents = reference.encode(audio)
    given = latents if method == "decode" else audio
    exact = latents if method == "encode" else reference.decode(latents)
    per_frame = 1 if method == "decode" else WIDE.ratio
    late = loaded.description.latency_samples[method] // (WIDE.ratio if method == "encode" else 1)
    sizes = [frames * per_frame for frames in (1, 1, 2, 40, 3, 16, 1)]
    for _ in range(2):  # each call begins with a reset; what the first has left must not show in the second
        streamed = torch.cat(list(loaded.blocks(method, given, sizes)), dim=2)
        assert streamed.shape[2] == late + exact.shape[2]
        for row in range(3):
            assert snr_db(exact[row], streamed[row, :, late:]) >= bound
