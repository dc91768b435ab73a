"""Export writes what it says, whatever is asked of it, and leaves the old file when it cannot."""

import hashlib
import resource
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from saoctl.autoencoder import from_weights
from saoctl.cli.app import app
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError, WeightsError
from saoctl.formats import artifact, export, info
from saoctl.formats.description import Description
from saoctl.formats.executorch import ExecuTorch
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.progress import Silent
from saoctl.weights import download
from saoctl.weights.source import find
from tests.architectures import TINY, offline

CPU = torch.device("cpu")


class Listener:
    """Keeps what a step warns of."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def start(self, what: str, total: float | None = None, unit: str = "items") -> None: ...

    def advance(self, amount: float = 1.0) -> None: ...

    def warn(self, message: str) -> None:
        self.warnings.append(message)


def with_export(config: Config, path: Path, **changes: object) -> Config:
    own = type(config.export).model_fields
    export_ = config.export.model_copy(update={k: v for k, v in changes.items() if k in own})
    rest = {k: v for k, v in changes.items() if k not in own}
    return config.model_copy(update={"artifact": path, "export": export_, **rest})


@pytest.mark.slow
def test_the_result_is_true_of_the_file(tiny: Config, tmp_path: Path) -> None:
    result = export.run(with_export(tiny, tmp_path / "a" / "b.ts"))
    content = result.artifact.read_bytes()
    assert result.bytes == len(content)
    assert result.sha256 == hashlib.sha256(content).hexdigest()
    assert result.methods == {"encode": (2, 1, 2, 8), "decode": (2, 8, 2, 1), "forward": (2, 1, 2, 1)}
    module = artifact.load(result.artifact, CPU).module
    assert result.parameters == sum(parameter.numel() for parameter in module.parameters())
    assert result.attributes == module.get_attributes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("precision", "dtypes"),
    [
        ("float32", {torch.float32}),
        ("float16", {torch.float16}),
        ("bfloat16", {torch.bfloat16}),
    ],
)
def test_weights_have_the_precision_and_the_interface_is_float32(
    tiny: Config, tmp_path: Path, precision: str, dtypes: set[torch.dtype]
) -> None:
    result = export.run(with_export(tiny, tmp_path / "a.ts", precision=precision))
    model = artifact.load(result.artifact, CPU)
    assert {parameter.dtype for parameter in model.module.parameters()} == dtypes
    assert model.description.precision == precision
    for method, channels, length in (("encode", 2, 64), ("decode", 2, 8), ("forward", 2, 64)):
        output = model.call(method, torch.randn(1, channels, length))
        assert output.dtype == torch.float32
        assert output.isfinite().all()


def test_mixed_has_both_dtypes_in_a_model_of_any_width() -> None:
    host = export.build(offline(TINY), "mixed", streaming=True)
    assert {parameter.dtype for parameter in host.parameters()} == {torch.float32, torch.bfloat16}
    assert host(torch.randn(1, 2, 40)).dtype == torch.float32


@pytest.mark.slow
def test_the_offline_model_can_be_exported(tiny: Config, tmp_path: Path) -> None:
    result = export.run(with_export(tiny, tmp_path / "offline.ts", streaming=False))
    assert set(result.latency_samples.values()) == {0}
    module = artifact.load(result.artifact, CPU).module
    assert not any(name.endswith(("weight_g", "weight_v")) for name, _ in module.named_parameters())
    module.set_noise(0.0)
    audio = torch.randn(1, 2, 80 * TINY.ratio)
    with torch.inference_mode():
        assert torch.allclose(module(audio), offline(TINY, seed=1)(audio), atol=1e-5)
        assert module.flush_forward().shape[2] == 0


def test_the_offline_model_gives_the_host_whole_blocks_whatever_the_strides(tmp_path: Path) -> None:
    coder = Coder(channels=2, c_mults=(1, 1), strides=(3, 5))
    architecture = OobleckArchitecture(sample_rate=8000, audio_channels=1, latent_dim=1, encoder=coder, decoder=coder)
    host = export.build(offline(architecture), "float32", streaming=False)
    assert host.decode(torch.randn(1, 1, 7)).shape == (1, 1, 7 * 15)
    assert host(torch.randn(1, 1, 30)).shape == (1, 1, 30)


@pytest.mark.slow
def test_skip_bottleneck_leaves_the_sampling_out(tiny: Config, tmp_path: Path) -> None:
    whole = artifact.load(tiny.artifact, CPU).module
    skipped = artifact.load(export.run(with_export(tiny, tmp_path / "a.ts", skip_bottleneck=True)).artifact, CPU).module
    audio = torch.randn(1, 2, 20 * TINY.ratio)

    def encoded(module: Any) -> torch.Tensor:
        module.reset()
        return module.encode(audio)

    assert not torch.equal(encoded(whole), encoded(whole))
    assert torch.equal(encoded(skipped), encoded(skipped))
    assert whole.set_noise(0.0) == 0
    assert torch.equal(encoded(whole), encoded(skipped))
    assert skipped.set_noise(0.5) != 0


@pytest.mark.parametrize(
    ("name", "precision", "told"),
    [
        ("a.onnx", "float32", "programs that run .onnx files pack the weights themselves"),
        ("a.pte", "float32", "programs that run .pte files pack the weights themselves"),
        ("a.ts", "bfloat16", "products in float32, which bfloat16 does not have"),
        ("a.ts", "float16", "products in float32, which float16 does not have"),
    ],
)
def test_packed_weights_are_refused_where_they_are_of_no_use(
    tiny: Config, tmp_path: Path, name: str, precision: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=f"{told}.* Leave --packed out"):
        export.run(with_export(tiny, tmp_path / name, packed=True, precision=precision))
    assert list(tmp_path.glob("a.*")) == []


def test_packed_weights_are_refused_where_torch_has_no_onednn(
    tiny: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    with pytest.raises(ConfigError, match=r"no oneDNN"):
        export.run(with_export(tiny, tmp_path / "a.ts", packed=True))


@pytest.mark.slow
@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
def test_a_packed_file_holds_plain_weights_and_says_that_it_packs_them(tiny: Config, tmp_path: Path) -> None:
    plain, packed = (
        export.run(with_export(tiny, tmp_path / f"{packed}.ts", packed=packed)) for packed in (False, True)
    )
    assert (plain.packed, packed.packed) == (False, True)
    assert packed.parameters == plain.parameters
    assert artifact.contents(packed.artifact) == artifact.contents(plain.artifact)
    assert info.run(packed.artifact).packed


@pytest.mark.slow
def test_slow_float16_is_warned_of_with_advice(tiny: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {torch.float32: 200.0, torch.float16: 0.4, torch.bfloat16: 400.0}
    monkeypatch.setattr("saoctl.devices.matrix_product_gflops", lambda device, dtype, size, repeats: rates[dtype])
    listener = Listener()
    export.run(with_export(tiny, tmp_path / "a.ts", precision="float16"), listener)
    assert any("500 times slower" in warning and "Use bfloat16" in warning for warning in listener.warnings)
    listener = Listener()
    export.run(with_export(tiny, tmp_path / "a.ts", precision="bfloat16"), listener)
    assert not listener.warnings


def test_weights_that_are_not_there_are_not_fetched(tiny: Config, tmp_path: Path) -> None:
    model = tiny.model.model_copy(update={"repo": "someone/else", "seed": None, "architecture": None})
    with pytest.raises(WeightsError, match="not in the cache"):
        export.run(with_export(tiny, tmp_path / "a.ts", model=model))
    assert not (tmp_path / "a.ts").exists()


@pytest.mark.slow
def test_an_unwritable_place_is_refused(tiny: Config, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="cannot be written"):
        export.run(with_export(tiny, tmp_path / "file" / "a.ts"))


def test_a_device_that_is_not_there_is_refused(tiny: Config, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"device cuda:97 is not there. This machine has: .*cpu"):
        export.run(with_export(tiny, tmp_path / "a.ts", device="cuda:97"))


@pytest.mark.slow
def test_on_a_full_disk_the_old_file_stays(tiny_config: Path, tmp_path: Path) -> None:
    """The size of files is limited for the process, so that writing fails where a full disk would fail."""
    target = tmp_path / "a.ts"
    target.write_bytes(b"old")
    # The limit holds for the weights too, but those are made already.
    command = [sys.executable, "-m", "saoctl", "export", "-c", str(tiny_config), "-o", str(target), "--overwrite"]
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert result.returncode == 4, result.stderr
    assert "cannot be written" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"old"


def test_download_reports_the_made_files(tiny: Config) -> None:
    result = download.run(tiny)
    assert result.source == "seed 1"
    assert {file.name for file in result.files} == {"model_config.json", "model.safetensors"}
    assert all((result.directory / file.name).stat().st_size == file.bytes for file in result.files)
    assert result.bytes_downloaded == 0
    assert result.parameters == sum(tensor.numel() for tensor in offline(TINY).state_dict().values())


# Less lookahead. The tiny model's forward is exact with 35.6 ms; what runs once is late by 4 samples at 8 kHz.


@pytest.mark.slow
@pytest.mark.parametrize("total", [0.5, 5.0, 12.3, 35.0])
def test_no_method_is_later_than_was_asked_for(tiny: Config, tmp_path: Path, total: float) -> None:
    result = export.run(with_export(tiny, tmp_path / "a.ts", lookahead=total))
    late = {method: samples / 8 for method, samples in result.latency_samples.items()}  # ms
    assert late["forward"] <= total
    assert late["encode"] + late["decode"] <= total
    assert total - late["forward"] < 1000 / 8000 * result.lookahead["step"]  # type: ignore[index] # and no earlier
    described = artifact.describe(result.artifact)
    assert described.lookahead == result.lookahead
    assert described.format == 2  # an older saoctl would take it for exact
    module = artifact.load(result.artifact, CPU).module
    assert [module.get_latency_forward(), module.get_latency_encode()] == [
        [result.latency_samples["forward"]],
        [result.latency_samples["encode"]],
    ]


@pytest.mark.slow
def test_the_shares_of_encoder_and_decoder_can_be_chosen(tiny: Config, tmp_path: Path) -> None:
    result = export.run(
        with_export(tiny, tmp_path / "a.ts", lookahead=20.0, lookahead_encode=3.0, lookahead_decode=10.0)
    )
    assert result.latency_samples["encode"] == 24
    assert 78 <= result.latency_samples["decode"] <= 80


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lookahead": 0.1}, r"0\.1 ms of latency is too little: forward needs 0\.\d ms; use 1"),
        ({"lookahead": 40.0}, r"forward is exact with 35\.6 ms, and need not be 40 ms late; use `exact`"),
        ({"lookahead": 20.0, "lookahead_encode": 19.9}, "encode is exact with 17.0 ms"),
        ({"lookahead": 10.0, "lookahead_decode": 30.0}, "decode is exact with 18.6 ms"),
    ],
)
def test_a_lookahead_that_cannot_be_had_is_refused_with_one_that_can(
    tiny: Config, tmp_path: Path, changes: dict[str, float], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        export.run(with_export(tiny, tmp_path / "a.ts", **changes))
    assert not (tmp_path / "a.ts").exists()


@pytest.mark.slow
def test_the_exact_value_gives_the_exact_file(tiny: Config, tmp_path: Path) -> None:
    exact = export.run(with_export(tiny, tmp_path / "exact.ts"))
    same = export.run(
        with_export(tiny, tmp_path / "same.ts", lookahead=285 / 8, lookahead_encode=17.0, lookahead_decode=149 / 8)
    )
    assert (same.lookahead, exact.lookahead) == (None, None)
    assert artifact.describe(same.artifact) == artifact.describe(exact.artifact)
    assert same.bytes == exact.bytes


class TestFormat:
    """The format is known by the name of the file, and can be chosen by its own."""

    @pytest.mark.parametrize(
        ("artifact", "chosen", "name"),
        [
            ("a.ts", None, "a.ts"),
            ("a.ts", "onnx", "a.onnx"),
            ("a.onnx", "torchscript", "a.ts"),
            ("a.ONNX", "onnx", "a.ONNX"),
        ],
    )
    def test_it_stands_in_the_name(self, tiny: Config, artifact: str, chosen: str | None, name: str) -> None:
        tree = tiny.model_dump()
        tree |= {"artifact": artifact, "export": tree["export"] | {"format": chosen}}
        assert Config.model_validate(tree).artifact == Path(name)

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (["--format", "onnx", "-o", "a.ts"], "--format onnx and the name a.ts contradict each other"),
            (["--format", "tflite"], "the flag for export.format"),
            (["-o", "a.pte", "--precision", "bfloat16"], "written in float32, not in bfloat16"),
            (["-o", "a.onnx", "--no-streaming"], "ONNX files hold streams, not the offline model"),
            (["-o", "a.onnx", "--block-size", "16"], "ONNX files take blocks of any number of latent frames"),
            (["-o", "a.ts", "--block-size", "16"], "TorchScript files take blocks of any number of latent frames"),
            (["-o", "a.pte", "--block-size", "0"], "`export.block_size` is 0, but must be greater than 0"),
        ],
    )
    def test_what_cannot_be_is_refused_before_any_work(
        self, tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], words: str
    ) -> None:
        def no_work(*_: object, **__: object) -> None:
            raise AssertionError("it began to work")

        monkeypatch.setattr(export, "build_from_weights", no_work)
        monkeypatch.chdir(tmp_path)
        result = CliRunner().invoke(app, ["export", "-c", str(tiny_config), *given])
        assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
        assert words in " ".join(result.output.split())


class TestBlockSize:
    """A format that fixes the size of its blocks is given the one that is asked for; its package is not needed here."""

    @pytest.fixture(autouse=True)
    def _without_the_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "executorch.exir", ModuleType("executorch.exir"))

    @pytest.mark.parametrize("chosen", [None, 24])
    def test_it_stands_in_the_description(
        self, tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: int | None
    ) -> None:
        saved = []

        def save(self: object, model: object, path: Path, description: Description) -> int:
            path.write_bytes(b"a file")
            saved.append(description.block_size)
            return 6

        monkeypatch.setattr(ExecuTorch, "save", save)
        option = [] if chosen is None else ["--block-size", str(chosen)]
        result = CliRunner().invoke(app, ["export", "-c", str(tiny_config), "-o", str(tmp_path / "a.pte"), *option])
        assert (result.exit_code, saved) == (0, [chosen])

    def test_what_is_no_multiple_of_the_ratio_is_refused_before_the_model_is_built(
        self, tiny: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_work(*_: object, **__: object) -> None:
            raise AssertionError("it began to work")

        monkeypatch.setattr(export, "build", no_work)
        words = r"export\.block_size: a block of 20 samples is no multiple of the model's ratio 8\. Use 16 or 24"
        with pytest.raises(ConfigError, match=words):
            export.run(with_export(tiny, tmp_path / "a.pte", block_size=20))

    def test_a_stream_without_a_file_has_none(self, tiny: Config) -> None:
        config = tiny.model_copy(update={"export": tiny.export.model_copy(update={"block_size": 24})})
        found = from_weights(config, find(config.model, Silent()), Silent())
        assert found.description is not None
        assert (found.description.block_size, found.can.block_size) == (None, None)
