"""Each known model is fetched by its name from where it is published, in each layout, and found again without a hub."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor
from typer.testing import CliRunner

import saoctl
from saoctl import config
from saoctl.cli.app import app
from saoctl.config import ModelConfig
from saoctl.errors import ConfigError, FileError, WeightsError
from saoctl.formats import artifact, export, origin
from saoctl.models.checkpoint import load
from saoctl.models.family import KnownModel
from saoctl.models.oobleck.architecture import to_stable_audio_tools
from saoctl.models.oobleck.family import Oobleck
from saoctl.models.oobleck.random import random_state
from saoctl.models.oobleck.tensors import to_diffusers_name
from saoctl.models.registry import FAMILIES
from saoctl.progress import Silent
from saoctl.verify.metrics import snr_db
from saoctl.weights.fetch import fetch
from saoctl.weights.source import find
from tests.architectures import DREAMVAE, USUAL
from tests.dreamvae import dreamvae
from tests.weights.hub_server import Hub, serve
from tests.weights.test_hub import REPO, Listener, reach

STATE = random_state(USUAL, seed=0)
FILLER = torch.zeros(1_000_000)  # another model beside the autoencoder
SECOND_COPY = "conditioner.conditioners.audio_prompt.pretransform.model."
FLOAT32_SNR_DB = 100.0
SLACK = 300_000  # bytes that are read of a file to find out what is in it


def prefixed(prefix: str) -> dict[str, Tensor]:
    return {f"{prefix}{name}": tensor for name, tensor in STATE.items()}


def in_diffusers() -> dict[str, Tensor]:
    return {
        to_diffusers_name(name, USUAL): tensor[None, :, None] if name.endswith((".alpha", ".beta")) else tensor
        for name, tensor in STATE.items()
    }


def parametrized() -> dict[str, Tensor]:
    forms = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
    return {
        f"{name.rpartition('.')[0]}.{forms.get(last := name.rpartition('.')[2], last)}": STATE[name] for name in STATE
    }


def pickled(content: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


# The name of the file in the repo, and its content, as public models have them.
PUBLISHED = {
    "tangoflux": ("vae.safetensors", safetensors.torch.save(in_diffusers())),
    "ace-step-1.5-comfyui": ("split_files/vae/ace_1.5_vae.safetensors", safetensors.torch.save(parametrized())),
    "foundation-1": (
        "Foundation_1.safetensors",
        safetensors.torch.save({**prefixed("pretransform.model."), "model.model.weight": FILLER}),
    ),
    "sao-vae-tuned-100k": ("sao_vae_tune_100k_unwrapped.ckpt", pickled({"state_dict": STATE})),
    "audiox": (
        "model.ckpt",
        pickled({**prefixed("pretransform.model."), **prefixed(SECOND_COPY), "model.model.weight": FILLER}),
    ),
    "ezaudio": (
        "ckpts/vae/1m.pt",
        pickled(
            {
                "epoch": 3,
                "state_dict": {**prefixed("autoencoder."), "discriminator.weight": FILLER},
            }
        ),
    ),
}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serve(Hub(files={"README.md": b"# A model"})) as hub:
        reach(hub.endpoint, tmp_path, monkeypatch)
        monkeypatch.chdir(tmp_path)
        yield hub


@pytest.fixture(params=PUBLISHED)
def published(hub: Hub, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a known model, which is tiny here, and which the hub has in its own layout."""
    name: str = request.param
    file, content = PUBLISHED[name]
    hub.files[file] = content
    for family in FAMILIES:
        monkeypatch.setattr(type(family), "known", ())
    monkeypatch.setattr(Oobleck, "known", (KnownModel(name, name, USUAL, REPO, file, False, None),))
    return name


def assert_weights(checkpoint: Any, architecture: Any) -> None:
    found, state = load(checkpoint, architecture)
    assert found == USUAL
    assert all(torch.equal(state[name], tensor) for name, tensor in STATE.items())


def test_by_its_name_a_model_is_fetched_and_then_found_offline(hub: Hub, published: str) -> None:
    model = config.load(published).model
    fetched = fetch(model, Silent())
    assert_weights(fetched.checkpoint, fetched.architecture)
    assert fetched.name == f"{REPO}/{PUBLISHED[published][0]}"
    found = find(model, Silent())
    assert (found.checkpoint, found.commit) == (fetched.checkpoint, fetched.commit)
    assert_weights(found.checkpoint, found.architecture)
    before = hub.bytes_sent
    again = fetch(model, Silent())
    assert again.bytes_downloaded == 0
    assert hub.bytes_sent - before <= SLACK


def test_hardly_more_than_the_autoencoder_is_fetched(hub: Hub, published: str) -> None:
    fetch(config.load(published).model, Silent())
    assert hub.bytes_sent <= sum(tensor.numel() * 4 for tensor in STATE.values()) + SLACK


def test_a_dry_run_tells_what_a_name_would_fetch(hub: Hub, published: str) -> None:
    done = CliRunner().invoke(app, ["download", "-c", published, "--dry-run", "--json"])
    document = json.loads(done.stdout)
    assert (document["source"], document["access"]) == (REPO, True)
    (file,) = document["files"]
    assert PUBLISHED[published][0] in file["name"]
    assert file["missing"] == file["bytes"] <= sum(tensor.numel() * 4 for tensor in STATE.values()) + SLACK


def test_weights_that_are_no_plain_ranges_of_bytes_are_fetched_whole(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "decoder.layers.0.weight_v"
    strided = {**STATE, name: STATE[name].permute(2, 0, 1).contiguous().permute(1, 2, 0)}
    hub.files["vae.ckpt"] = pickled({**strided, "filler": FILLER})
    for family in FAMILIES:
        monkeypatch.setattr(type(family), "known", ())
    monkeypatch.setattr(Oobleck, "known", (KnownModel("tiny", "Tiny", USUAL, REPO, "vae.ckpt", False, None),))
    fetched = fetch(config.load("tiny").model, Silent())
    assert fetched.checkpoint.weights.name == "vae.ckpt"


def test_a_training_checkpoint_with_objects_of_other_libraries_is_fetched_without_them(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.files["vae.ckpt"] = pickled({"callbacks": {Path: [Path("x")]}, "state_dict": prefixed("autoencoder.")})
    for family in FAMILIES:
        monkeypatch.setattr(type(family), "known", ())
    monkeypatch.setattr(Oobleck, "known", (KnownModel("tiny", "Tiny", USUAL, REPO, "vae.ckpt", False, None),))
    fetched = fetch(config.load("tiny").model, Silent())
    assert_weights(fetched.checkpoint, fetched.architecture)


def test_acestep_cpps_file_is_fetched_by_its_name(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gguf")
    from tests.models.test_gguf import write

    hub.files["vae-BF16.gguf"] = write(tmp_path / "vae.gguf", in_diffusers()).read_bytes()
    for family in FAMILIES:
        monkeypatch.setattr(type(family), "known", ())
    monkeypatch.setattr(Oobleck, "known", (KnownModel("cpp", "cpp", USUAL, REPO, "vae-BF16.gguf", False, None),))
    fetched = fetch(config.load("cpp").model, Silent())
    assert fetched.checkpoint.weights.read_bytes() == hub.files["vae-BF16.gguf"]
    assert_weights(fetched.checkpoint, fetched.architecture)


@pytest.mark.slow
@pytest.mark.parametrize("published", ["audiox"], indirect=True)
def test_an_exported_file_names_its_weights_so_that_verify_finds_them(published: str) -> None:
    loaded = config.load(published, flags={"artifact": "model.ts", "device": "cpu"})
    fetch(loaded.model, Silent())
    export.run(loaded)
    description = artifact.load(loaded.artifact, torch.device("cpu")).description
    assert description is not None
    assert origin.options_for(description) == f"-c {published} --set model.revision={description.commit}"
    default = config.load(None, flags={"artifact": "model.ts"})
    named = origin.with_weights_of(default, description).model
    assert_weights(find(named, Silent()).checkpoint, named.whole_architecture)


def test_the_file_of_a_person_needs_no_name(hub: Hub) -> None:
    """A config beside the file is read, and else what the tensors do not show is asked for."""
    hub.files["vae/mine.ckpt"] = pickled(STATE)
    model = ModelConfig(repo=REPO, file="vae/mine.ckpt")
    with pytest.raises(FileError, match="its tensors do not show its sample_rate and final_tanh"):
        fetch(model, Silent())
    hub.files["vae/model_config.json"] = json.dumps(to_stable_audio_tools(USUAL)).encode()
    for source in (fetch(model, Silent()), find(model, Silent())):
        assert source.checkpoint.config is not None
        assert_weights(source.checkpoint, source.architecture)


def test_a_file_that_is_not_in_the_repo_is_told_with_those_that_are(hub: Hub) -> None:
    hub.files["vae/mine.ckpt"] = b"x"
    with pytest.raises(WeightsError, match=r"has no file yours\.ckpt\. Its files of weights are: vae/mine\.ckpt\."):
        fetch(ModelConfig(repo=REPO, file="yours.ckpt"), Silent())


@pytest.mark.parametrize("name", ["wrong.safetensors", "wrong.ckpt"])
def test_tensors_of_no_autoencoder_are_told_before_they_are_fetched(hub: Hub, name: str) -> None:
    tensors = {"blocks.0.conv_t.weight": torch.zeros(4, 4, 4), "filler": FILLER}
    hub.files[name] = pickled(tensors) if name.endswith("ckpt") else safetensors.torch.save(tensors)
    with pytest.raises(WeightsError, match=r"cannot be recognised: .* blocks\.0\.conv_t\.weight \[4, 4, 4\]"):
        fetch(ModelConfig(repo=REPO, file=name), Silent())
    assert hub.bytes_sent <= SLACK


@pytest.mark.slow
def test_a_file_without_a_config_goes_through_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for family in FAMILIES:
        monkeypatch.setattr(type(family), "known", ())
    monkeypatch.setattr(Oobleck, "known", (KnownModel("tiny", "Tiny", USUAL, REPO, "x", False, None),))
    monkeypatch.chdir(tmp_path)
    Path("vae.safetensors").write_bytes(PUBLISHED["ace-step-1.5-comfyui"][1])
    quick = ("--schedule", "whole", "--set", "verify.seconds=0.1")
    for arguments in (
        ("download", "--path", "vae.safetensors"),
        ("export", "--path", "vae.safetensors", "-o", "vae.ts"),
        ("verify", "vae.ts", *quick),
        ("verify", "vae.ts", "--path", "vae.safetensors", *quick),
    ):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        assert ("taken for a model at 8000 Hz" in " ".join(done.stderr.split())) == ("--path" in arguments)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vae.safetensors", "model.ckpt"])
def test_a_file_of_no_known_shape_ends_in_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(safetensors.torch.save(STATE) if name.endswith("safetensors") else pickled(STATE))
    done = CliRunner().invoke(app, ["export", "--path", str(path), "-o", str(tmp_path / "a.ts")])
    said = " ".join(done.stderr.split())
    assert done.exit_code == 4
    assert "its tensors do not show its sample_rate and final_tanh. Give them: --set" in said
    answers = ("--set", "model.architecture.sample_rate=8000", "--set", "model.architecture.final_tanh=false")
    done = CliRunner().invoke(app, ["export", "--path", str(path), "-o", str(tmp_path / "a.ts"), *answers])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("published", ["tangoflux"], indirect=True)
def test_python_takes_a_name_and_refuses_others_with_the_same_words(hub: Hub, published: str, tmp_path: Path) -> None:
    assert saoctl.load(published).sample_rate == USUAL.sample_rate
    with pytest.raises(ConfigError, match="saoctl cannot stream DiffRhythm 1"):
        saoctl.load("diffrhythm")
    with pytest.raises(ConfigError, match=f"Did you mean {published}?"):
        saoctl.load(f"{published}x")


def test_a_file_that_a_person_has_is_recognised_and_what_is_assumed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for family in FAMILIES:
        monkeypatch.setattr(type(family), "known", ())
    monkeypatch.setattr(Oobleck, "known", (KnownModel("tiny", "Tiny", USUAL, REPO, "x", False, None),))
    for name, (file, content) in PUBLISHED.items():
        path = tmp_path / name / Path(file).name
        path.parent.mkdir()
        path.write_bytes(content)
        listener = Listener()
        source = find(ModelConfig(path=path), listener)
        assert_weights(source.checkpoint, source.architecture)
        (said,) = listener.warnings
        assert "shaped like those of tiny, so it is taken for a model at 8000 Hz" in said
        named = config.load(None, [f"model={{path: {path}, architecture: tiny}}"]).model
        assert_weights(find(named, Listener(0)).checkpoint, named.whole_architecture)


@pytest.mark.slow
def test_models_tells_what_is_known_and_what_is_here(hub: Hub, published: str) -> None:
    def listed() -> dict[str, Any]:
        (row,) = json.loads(CliRunner().invoke(app, ["models", "--json"]).stdout)["models"]
        return dict(row)

    assert listed()["here"] is False
    fetch(config.load(published).model, Silent())
    row = listed()
    assert row["here"] is True
    assert (row["name"], row["repo"], row["file"]) == (published, REPO, PUBLISHED[published][0])
    assert (row["sample_rate"], row["ratio"], row["latent_dim"]) == (8000, 8, 2)
    assert row["bytes_to_fetch"] == sum(tensor.numel() * 4 for tensor in STATE.values())
    assert row["tried"] is False


def test_info_describes_a_known_model_before_it_is_fetched(hub: Hub, tmp_path: Path) -> None:
    """Its receptive field and its overlaps are numbers to choose a model by."""
    document = json.loads(CliRunner().invoke(app, ["info", "-c", "ace-step-1.5", "--json"]).stdout)
    assert (document["architecture"]["sample_rate"], document["source"]) == (48000, None)
    assert document["latency"]["forward"]["milliseconds"] == pytest.approx(613, abs=1)
    assert hub.requests == []


@pytest.mark.slow
def test_the_list_of_models_fits_into_80_columns_and_names_those_that_cannot_be_had() -> None:
    done = CliRunner().invoke(app, ["models", "--quiet"])
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "ace-step-1.5 48 1920 64 613 ms free 337 MB MIT" in " ".join(done.stdout.split())
    assert "diffrhythm cannot be had. It is published as TorchScript alone" in " ".join(done.stdout.split())


def test_dreamvae_is_fetched_by_its_name_and_decodes_as_its_layers_do(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert DREAMVAE.decoder is not None
    theirs = dreamvae(DREAMVAE.decoder, DREAMVAE.latent_dim)
    hub.files |= {"model.safetensors": safetensors.torch.save(theirs.state_dict()), "config.json": b"{}"}
    known = KnownModel("dreamvae", "DreamVAE", DREAMVAE, REPO, "model.safetensors", False, None)
    monkeypatch.setattr(Oobleck, "known", (known,))
    fetch(config.load("dreamvae").model, Silent())
    stream, latents = saoctl.load("dreamvae", local_only=True), torch.randn(1, DREAMVAE.latent_dim, 40)
    late = stream.latency["decode"]
    streamed = torch.cat([stream.decode(latents), stream.flush_decode()], dim=2)[:, :, late:]
    assert snr_db(theirs(latents), streamed) >= FLOAT32_SNR_DB
