"""A second family goes through every command, and is refused by name where it has no answer."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import saoctl
from saoctl.cli.app import app
from saoctl.config import load
from saoctl.formats import artifact, export
from saoctl.models.registry import family_of
from saoctl.streaming.registry import streaming_of
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Method
from tests.toy.conftest import TOY

ROOT = Path(__file__).parents[2]


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="package")
def files(toy_config: Path) -> dict[str, Path]:
    """Files of the toy: for blocks of any size, for whole pairs of frames, and the offline model."""
    made = {}
    for name, flags in (
        ("any", {}),
        ("pairs", {"export.block_size": 2 * TOY.ratio}),
        ("offline", {"export.streaming": False}),
    ):
        made[name] = toy_config.parent / f"{name}.ts"
        export.run(load(str(toy_config), flags={"artifact": str(made[name]), **flags}))
    return made


@pytest.mark.slow
@pytest.mark.parametrize(("name", "late"), [("any", 1), ("pairs", 0), ("offline", 0)])
def test_verify_finds_it_exact_and_its_latency_depends_on_the_block(
    files: dict[str, Path], toy_config: Path, name: str, late: int
) -> None:
    done = command("verify", files[name], "-c", toy_config, "--json")
    assert done.exit_code == 0, done.output
    found = {row["method"]: row["latency_samples"] for row in json.loads(done.stdout)["results"]}
    assert found == {"encode": late * TOY.ratio, "decode": late * TOY.ratio, "forward": 2 * late * TOY.ratio}


@pytest.mark.parametrize("frames", [None, 1, 2, 3, 8])
def test_a_file_declares_the_latency_that_the_family_derives(frames: int | None) -> None:
    family = family_of(TOY)
    stream = streaming_of(TOY).exact(family.offline(TOY, family.random_state(TOY, 0)), frames)
    declared = {method: getattr(stream, f"latency_{method}") for method in METHODS}
    assert declared == streaming_of(TOY).latency(TOY, frames)


@given(frames=st.lists(st.integers(1, 5), min_size=1, max_size=8), method=st.sampled_from(METHODS))
def test_in_any_blocks_it_equals_the_offline_model(frames: list[int], method: Method) -> None:
    family = family_of(TOY)
    state = family.random_state(TOY, 0)
    stream = streaming_of(TOY).exact(family.offline(TOY, state))
    reference = family.reference("auto", TOY, state)
    length = sum(frames) if method == "decode" else sum(frames) * TOY.ratio
    signal = torch.randn(1, TOY.latent_dim if method == "decode" else TOY.audio_channels, length)
    call = stream if method == "forward" else getattr(stream, method)
    sizes = [count * length // sum(frames) for count in frames]
    streamed = torch.cat([*map(call, signal.split(sizes, dim=2)), getattr(stream, f"flush_{method}")()], dim=2)
    late = getattr(stream, f"latency_{method}") // (TOY.ratio if method == "encode" else 1)
    expected = reference.decode(reference.encode(signal)) if method == "forward" else getattr(reference, method)(signal)
    assert snr_db(expected, streamed[:, :, late:]) > 100


def test_its_noise_acts_in_decode(files: dict[str, Path]) -> None:
    assert streaming_of(TOY).noise_in == "decode"
    loaded = artifact.load(files["any"], torch.device("cpu"))
    audio, latents = torch.randn(1, 2, 16 * TOY.ratio), torch.randn(1, TOY.latent_dim, 16)

    def twice_alike(method: str, block: torch.Tensor) -> bool:
        first = loaded.fresh().call(method, block)
        return bool(torch.equal(first, loaded.fresh().call(method, block)))

    assert loaded.set_noise(1.0)
    assert twice_alike("encode", audio)
    assert not twice_alike("decode", latents)
    assert not twice_alike("forward", audio)
    assert loaded.set_noise(0.0)
    assert twice_alike("decode", latents)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "-o", "a.onnx"], "Toy has no form in ONNX."),
        (["export", "-o", "a.pte"], "Toy has no form in ExecuTorch."),
        (["export", "--precision", "mixed"], "Toy has no precision mixed."),
        (["export", "--half"], "Toy has no precision float16."),
        (["export", "--packed"], "Toy has no packed weights."),
        (["export", "--lookahead", "100"], "Toy cannot look ahead less than it does."),
        (["frontier"], "Toy has one lookahead"),
        (["verify", "--reference", "oobleck"], "Toy has no reference oobleck."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_it_does_not_have_is_refused_by_name(
    toy_config: Path, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    done = command(*arguments, "-c", toy_config, "--set", f"artifact={files['any']}")
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Loading the weights" not in done.stderr


def test_info_describes_it(files: dict[str, Path]) -> None:
    said = json.loads(command("info", files["pairs"], "--json").stdout)
    assert said["architecture"] == TOY.model_dump()
    assert said["block_size"] == 2 * TOY.ratio
    assert "multiples of it" in command("info", files["pairs"]).stdout


@pytest.mark.parametrize("name", ["any", "pairs"])
def test_sound_files_go_through_it_and_back(files: dict[str, Path], tmp_path: Path, name: str) -> None:
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (801, 2)).astype(np.float32)
    soundfile.write(tmp_path / "in.wav", sound, TOY.sample_rate, subtype="FLOAT")
    done = command("forward", tmp_path / "in.wav", "-o", tmp_path / "out.wav", "--artifact", files[name])
    assert done.exit_code == 0, done.output
    heard, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    family = family_of(TOY)
    reference = family.reference("auto", TOY, family.random_state(TOY, 1))
    padded = torch.nn.functional.pad(torch.from_numpy(sound.T)[None], (0, -len(sound) % TOY.ratio))
    expected = reference.decode(reference.encode(padded))[0, :, : len(sound)]
    assert snr_db(expected, torch.from_numpy(heard.T)) > 80


@pytest.mark.slow
def test_a_basis_of_its_latents_can_be_played(toy_config: Path, files: dict[str, Path], tmp_path: Path) -> None:
    basis, file = tmp_path / "basis.safetensors", tmp_path / "played.ts"
    done = command("basis", ROOT / "configs/demo.flac", "-c", toy_config, "-o", basis)
    assert done.exit_code == 0, done.output
    done = command("export", "-c", toy_config, "--basis", basis, "--latents", 4, "-o", file, "--test")
    assert done.exit_code == 0, done.output
    assert saoctl.load(file).latent_dim == 4


@pytest.mark.slow
def test_bench_times_it(files: dict[str, Path], toy_config: Path, tmp_path: Path) -> None:
    done = command("bench", "-c", toy_config, "--set", f"artifact={files['any']}", "--json")
    assert done.exit_code == 0, done.output
    assert {row["method"] for row in json.loads(done.stdout)["results"]} == {"decode"}
