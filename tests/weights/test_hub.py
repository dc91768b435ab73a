"""Weights from a hub: the smallest layout is fetched, the cache serves alone, and each refusal has its sentence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from saoctl.errors import ExitCode, WeightsError
from saoctl.progress import Silent
from saoctl.weights import layouts
from saoctl.weights.architecture import to_stable_audio_tools_diffusion
from saoctl.weights.hub import Fetched, fetch
from saoctl.weights.made import random_state
from saoctl.weights.source import write_made
from tests.models import TINY
from tests.weights.hub_server import COMMIT, Hub, serve

REPO = "someone/autoencoder"
VAE = ("vae/config.json", "vae/diffusion_pytorch_model.safetensors")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a repo as the real one has them: both layouts, and a model that nobody asked for."""
    folder = tmp_path_factory.mktemp("repo")
    write_made(folder / "made", TINY, seed=0)
    files = {name: (folder / "made" / name).read_bytes() for name in VAE}
    layouts.write_prefixed(folder / "model.safetensors", random_state(TINY, seed=0))
    files["model_config.json"] = json.dumps(to_stable_audio_tools_diffusion(TINY)).encode()
    files["model.safetensors"] = (folder / "model.safetensors").read_bytes()
    return files


@pytest.fixture
def hub(published: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serve(Hub(files=dict(published))) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr("time.sleep", lambda seconds: None)  # between huggingface_hub's retries
        yield hub


def get(revision: str = "main", local_only: bool = False) -> Fetched:
    return fetch(REPO, revision, Silent(), local_only=local_only)


def test_only_the_smallest_layout_is_fetched(hub: Hub) -> None:
    fetched = get()
    assert fetched.commit == COMMIT
    assert fetched.checkpoint.weights.read_bytes() == hub.files[VAE[1]]
    assert fetched.bytes_downloaded == hub.bytes_sent == sum(len(hub.files[name]) for name in VAE)
    assert not any("model.safetensors" in path and "diffusion" not in path for _, path in hub.requests)
    assert layouts.load(fetched.checkpoint)[0] == TINY


def test_without_a_vae_folder_the_full_checkpoint_is_fetched(hub: Hub) -> None:
    for name in VAE:
        del hub.files[name]
    assert get().checkpoint.weights.name == "model.safetensors"


def test_what_is_cached_is_not_fetched_again(hub: Hub) -> None:
    get()
    sent = hub.bytes_sent
    again = get()
    assert hub.bytes_sent == sent
    assert again.bytes_downloaded == 0


def test_the_cache_serves_without_the_hub(hub: Hub) -> None:
    get()
    asked = len(hub.requests)
    assert get(local_only=True).commit == COMMIT
    assert get(COMMIT, local_only=True).commit == COMMIT
    assert len(hub.requests) == asked


def test_what_is_not_cached_is_said_to_be_so(hub: Hub) -> None:
    with pytest.raises(WeightsError, match="not in the cache") as error:
        get(local_only=True)
    assert "saoctl download" in error.value.hint
    assert not hub.requests


REFUSALS = {
    "no token": ((401, "GatedRepo", "Access is restricted"), "is gated, and there is no token", "hf auth login"),
    "licence not accepted": ((403, "GatedRepo", "not in the authorized list"), "not accepted the licence", "Accept it"),
    "misspelt": ((401, "RepoNotFound", "Repository not found"), "There is no repo", "spelling"),
    "bad token": ((401, "", "Invalid credentials in Authorization header"), "does not accept your token", "mistyped"),
    "no scope": ((403, "", "Forbidden: fine-grained token"), "may not read gated repos", "token settings"),
    "broken": ((500, "", "Internal error"), "cannot be reached", "Check the network"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_each_refusal_has_its_sentence_and_its_next_step(hub: Hub, case: str) -> None:
    hub.refusal, message, hint = REFUSALS[case]
    with pytest.raises(WeightsError) as error:
        get()
    assert error.value.exit_code == ExitCode.WEIGHTS
    assert message in error.value.message
    assert hint in error.value.hint


def test_an_unknown_revision_is_named(hub: Hub) -> None:
    with pytest.raises(WeightsError, match="has no revision v9"):
        get("v9")


def test_a_repo_without_weights_is_said_to_have_none(hub: Hub) -> None:
    hub.files = {"README.md": b"hello"}
    with pytest.raises(WeightsError, match="has no autoencoder weights"):
        get()


def test_an_interrupted_download_leaves_no_file_and_the_next_one_completes(hub: Hub) -> None:
    hub.cut_at = len(hub.files[VAE[1]]) // 3
    with pytest.raises(WeightsError):
        get()
    assert not list(Path(constants.HF_HUB_CACHE).glob("**/snapshots/**/*.safetensors"))
    hub.cut_at = None
    assert get().checkpoint.weights.read_bytes() == hub.files[VAE[1]]


def test_no_network_is_said_plainly(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = "http://127.0.0.1:9"
    monkeypatch.setattr(constants, "ENDPOINT", dead)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", dead + "/{repo_id}/resolve/{revision}/{filename}")
    with pytest.raises(WeightsError, match="cannot be reached") as error:
        get()
    assert "HF_ENDPOINT" in error.value.hint
