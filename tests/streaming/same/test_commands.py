"""SAME goes through every command, and what goes wrong in a port of it is caught."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import soundfile
import torch
import yaml
from torch import Tensor
from typer.testing import CliRunner, Result

import saoctl
from saoctl.cli.app import app
from saoctl.config import load
from saoctl.formats import artifact, export
from saoctl.formats.torchscript import TorchScriptArtifact, wrapped
from saoctl.models.own import OwnModel
from saoctl.models.same.architecture import to_stable_audio_tools
from saoctl.models.same.model import Rotary
from saoctl.models.same.random import random_state
from saoctl.models.same.tensors import published
from saoctl.streaming.same import layers
from saoctl.streaming.state import Cursor
from saoctl.verify.metrics import snr_db
from saoctl.verify.schedules import Schedule
from saoctl.verify.stream import Case
from saoctl.vocabulary import Method
from tests.architectures import description
from tests.same import TINY_SAME, same_offline, sound
from tests.verify.broken import compared
from tests.weights.hub_server import Hub, serve
from tests.weights.test_hub import REPO, reach

ROOT = Path(__file__).parents[3]


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config of a tiny model with random weights, for blocks of any size."""
    folder = tmp_path_factory.mktemp("same")
    tree = {
        "model": {"seed": 0, "architecture": TINY_SAME.model_dump(mode="json")},
        "device": "cpu",
        "artifact": str(folder / "any.ts"),
        "seconds": 0.3,
        "reference": "same",
        "verify": {"block_sizes": [16, 64]},
        "bench": {"devices": ["cpu"], "block_sizes": [32], "methods": ["decode"], "seconds": 0.1, "offline": False},
    }
    path = folder / "same.yaml"
    path.write_text(yaml.safe_dump(tree))
    export.run(load(str(path)))
    return path


@pytest.fixture(scope="module")
def chunks(config: Path) -> Path:
    """A file for blocks of whole chunks."""
    path = config.parent / "chunks.ts"
    size = TINY_SAME.ratio * TINY_SAME.frames
    export.run(load(str(config), flags={"artifact": str(path), "export.block_size": size}))
    return path


@pytest.mark.slow
def test_verify_finds_it_exact_and_its_latency_as_derived(config: Path, chunks: Path) -> None:
    for file, late in ((config.parent / "any.ts", (32, 36, 68)), (chunks, (16, 20, 52))):
        done = command("verify", file, "-c", config, "--json")
        assert done.exit_code == 0, done.output
        found = {row["method"]: row["latency_samples"] for row in json.loads(done.stdout)["results"]}
        assert found == dict(zip(("encode", "decode", "forward"), late, strict=True))


@pytest.mark.slow
def test_bench_times_it_and_info_describes_it(config: Path, chunks: Path) -> None:
    done = command("bench", "-c", config, "--json")
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["results"]
    assert row["gflops"] > 0
    said = json.loads(command("info", chunks, "--json").stdout)
    assert said["architecture"] == TINY_SAME.model_dump()
    assert said["block_size"] == TINY_SAME.ratio * TINY_SAME.frames


@pytest.mark.slow
@pytest.mark.parametrize("frames", [25, 26])
@pytest.mark.parametrize("name", ["any", "chunks"])
def test_sound_files_go_through_it_and_back(config: Path, chunks: Path, tmp_path: Path, name: str, frames: int) -> None:
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (frames * TINY_SAME.ratio - 3, 2)).astype(np.float32)
    soundfile.write(tmp_path / "in.wav", sound, TINY_SAME.sample_rate, subtype="FLOAT")
    file = config.parent / f"{name}.ts"
    for arguments in (
        ("forward", "in.wav", "-o", "out.wav"),
        ("encode", "in.wav", "-o", "in.npy"),
        ("decode", "in.npy", "-o", "two.wav"),
    ):
        paths = [tmp_path / each if "." in each else each for each in arguments]
        done = command(*paths, "--artifact", file)
        assert done.exit_code == 0, done.output
    padded = torch.nn.functional.pad(torch.from_numpy(sound.T)[None], (0, 3))
    expected = same_offline(TINY_SAME)(padded)[0]
    for name in ("out.wav", "two.wav"):
        heard, _ = soundfile.read(tmp_path / name, dtype="float32")
        assert snr_db(expected[:, : len(heard)], torch.from_numpy(heard.T)) > 80


@pytest.mark.slow
def test_a_basis_of_its_latents_can_be_played(config: Path, tmp_path: Path) -> None:
    basis, file = tmp_path / "basis.safetensors", tmp_path / "played.ts"
    done = command("basis", ROOT / "configs/demo.flac", "-c", config, "-o", basis)
    assert done.exit_code == 0, done.output
    done = command("export", "-c", config, "--basis", basis, "--latents", 2, "-o", file, "--test")
    assert done.exit_code == 0, done.output
    assert saoctl.load(file).latent_dim == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "-o", "a.onnx", "--block-size", "16"], "SAME takes blocks of 32 samples in ONNX files, not of 16."),
        (["export", "-o", "a.pte", "--block-size", "48"], "takes blocks of 32 samples in ExecuTorch files, not of 48."),
        (["export", "--precision", "mixed"], "SAME has no precision mixed."),
        (["export", "--packed"], "SAME has no packed weights."),
        (["export", "--lookahead", "1"], "SAME cannot look ahead less than it does."),
        (["frontier"], "SAME has one lookahead"),
        (["verify", "--reference", "oobleck"], "SAME has no reference oobleck."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_it_does_not_have_is_refused_by_name(config: Path, arguments: list[str], words: str) -> None:
    done = command(*arguments, "-c", config)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.mark.slow
def test_the_autoencoder_without_sampling_has_no_noise(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "quiet.ts"
    export.run(load(str(config), flags={"artifact": str(path), "export.skip_bottleneck": True}))
    quiet = artifact.load(path, torch.device("cpu"))
    assert not quiet.set_noise(1.0)
    noisy = artifact.load(config.parent / "any.ts", torch.device("cpu"))
    assert noisy.set_noise(1.0)


# Ports of the model, and what they get wrong.


class Edges(layers.Shifted):
    """The half chunks at both ends are zero, and not repeated."""

    def _repeated(self, x: Tensor, to: int, of: int) -> Tensor:
        return torch.cat((x[:, :to], torch.zeros_like(x[:, to : to + self.rows]), x[:, to + self.rows :]), dim=1)


class Unshifted(layers.Shifted):
    """The second half of the blocks works on the chunks of the first half; its output is as late as it should be."""

    def forward(self, x: Tensor, begin: int, end: int, cursor: Cursor) -> Tensor:
        batch, length, width = x.shape
        x = x.reshape(-1, self.tokens, width)
        for block in (*self.first, *self.second):
            x = block(x)
        history = self.history(cursor)
        x = torch.cat((history, x.reshape(batch, length, width)), dim=1)
        history.copy_(x[:, length:])
        return x[:, :length]


class Restarted(Rotary):
    """Positions are counted from the beginning of each half chunk."""

    def forward(self, tokens: int) -> Tensor:
        half = super().forward(tokens // 2)
        return torch.cat((half, half), dim=1)


def broken(wrong: str) -> TorchScriptArtifact:
    """A file with one fault, which verify knows nothing of."""
    host = export.build(same_offline(TINY_SAME), "float32", streaming=True)
    stream: Any = host.model
    stream.noise = 0.0
    if wrong == "phase":
        for state in (stream.encode_state, stream.decode_state, stream.forward_encode_state):
            state.lag = -TINY_SAME.ratio
            state.reset()
    for part in stream.modules():
        if isinstance(part, Rotary) and wrong == "positions":
            part.__class__ = Restarted
        elif isinstance(part, layers.Shifted) and wrong in ("edges", "shift"):
            part.__class__ = {"edges": Edges, "shift": Unshifted}[wrong]
    return wrapped(Path("broken.ts"), host, torch.device("cpu"), description(TINY_SAME, export.latency_samples(host)))


@pytest.mark.parametrize(
    ("wrong", "named", "words"),
    [
        ("none", None, ""),
        ("phase", "phase", "its chunks begin 1 latent frame too early"),
        ("shift", "everywhere", "the shift is missing"),
        ("edges", "edges", "wrong at the start and the end alone"),
        ("positions", "everywhere", "the rotary positions begin again in the middle of each chunk"),
    ],
)
def test_what_a_port_gets_wrong_is_caught_and_named(wrong: str, named: str | None, words: str) -> None:
    reference, audio = OwnModel(same_offline(TINY_SAME)), sound(TINY_SAME, 60)
    latents = reference.encode(audio)
    signals: tuple[tuple[Method, Tensor, Tensor], ...] = (
        ("encode", audio, latents),
        ("decode", latents, reference.decode(latents)),
        ("forward", audio, reference.decode(latents)),
    )
    for method, given, offline in signals:
        case = Case(TINY_SAME, method, Schedule("fixed", 4, (4,) * 15), given, offline)
        (trace,) = compared(broken(wrong), reference, [case])
        found = trace.comparison.diagnosis
        if method == "forward" and named in ("phase", "everywhere"):
            named, words = "everywhere", "the errors are everywhere"  # as in one that is wrong in both directions
        assert (trace.comparison.passed, found and found.kind) == (named is None, named)
        assert words in (found.message if found else "")


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["", "pretransform.model."])
def test_it_is_fetched_from_each_published_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    state = {f"{prefix}{name}": tensor for name, tensor in published(random_state(TINY_SAME, 0)).items()}
    described = to_stable_audio_tools(TINY_SAME)
    if prefix:  # as part of a diffusion model, most of which need not be fetched
        state["model.model.weight"] = torch.zeros(1_000_000)
        around = {"pretransform": {"type": "autoencoder", "config": described["model"]}}
        described = {**described, "model_type": "diffusion_cond", "model": around}
    files = {
        "model_config.json": json.dumps(described).encode(),
        "model.safetensors": safetensors.torch.save(state),
    }
    with serve(Hub(files=files)) as hub:
        reach(hub.endpoint, tmp_path, monkeypatch)
        monkeypatch.chdir(tmp_path)
        (tmp_path / "c.yaml").write_text(f"model: {{repo: {REPO}}}\nartifact: a.ts\ndevice: cpu\nseconds: 0.3\n")
        for arguments in (("download",), ("export", "--test", "--set", "reference=same")):
            done = command(*arguments, "-c", "c.yaml", "--quiet")
            assert done.exit_code == 0, done.output
        assert hub.bytes_sent < 1_000_000
