"""Weights from a hub: the least is fetched, resumably and checked; the cache serves alone; refusals are explained."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import safetensors.torch
import torch
from huggingface_hub import constants
from huggingface_hub.utils import close_session

from saoctl import config
from saoctl.config import ModelConfig
from saoctl.errors import ExitCode, FileError, WeightsError
from saoctl.formats import artifact, export
from saoctl.models.checkpoint import load
from saoctl.models.oobleck.architecture import to_stable_audio_tools_diffusion
from saoctl.models.oobleck.random import random_state
from saoctl.models.registry import family_of
from saoctl.progress import Progress, Silent
from saoctl.weights.cache import EXTRACT
from saoctl.weights.fetch import fetch
from saoctl.weights.manifest import NoAccessError, ask_hub
from saoctl.weights.source import Source, find, write_random
from saoctl.weights.transfer import UNFINISHED
from tests import warm
from tests.architectures import FULL_SIZE, USUAL
from tests.weights.hub_server import COMMIT, Hub, serve

REPO = "someone/autoencoder"
VAE = ("vae/config.json", "vae/diffusion_pytorch_model.safetensors")
TOKEN = "hf_SecretSecretSecret"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a repo like the real one: both layouts, and another model beside the autoencoder."""
    folder = tmp_path_factory.mktemp("repo")
    write_random(folder / "random", USUAL, seed=0)
    files = {name: (folder / "random" / name).read_bytes() for name in VAE}
    files["model_config.json"] = json.dumps(to_stable_audio_tools_diffusion(USUAL)).encode()
    tensors = {f"pretransform.model.{name}": tensor for name, tensor in random_state(USUAL, seed=0).items()}
    files["model.safetensors"] = safetensors.torch.save(
        {**tensors, "model.model.a": torch.zeros(1000), "zz.last": torch.zeros(1000)}
    )
    torch.save({"state_dict": tensors}, folder / "model.ckpt")
    files["model.ckpt"] = (folder / "model.ckpt").read_bytes()
    return files


@pytest.fixture
def hub(published: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serve(Hub(files=dict(published))) as hub:
        reach(hub.endpoint, tmp_path, monkeypatch)
        yield hub


def reach(endpoint: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the hub of this process the one at `endpoint`, with caches of its own."""
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("SAOCTL_CACHE", str(folder / "saoctl"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # between retries


def environment(hub: Hub, folder: Path) -> dict[str, str]:
    """Return the environment of another process that reaches the hub, with caches of its own."""
    more = {
        "HF_ENDPOINT": hub.endpoint,
        "HF_HOME": str(folder / "home"),
        "HF_HUB_CACHE": str(folder / "cache"),
        "SAOCTL_CACHE": str(folder / "saoctl"),
        "HF_HUB_DISABLE_XET": "1",
        "COLUMNS": "80",
    }
    return {**os.environ, **more}


def command(hub: Hub, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does, in a folder of its own."""
    return subprocess.run(
        [*warm.saoctl(), *arguments, "--set", f"model.repo={REPO}"],
        env={**environment(hub, folder), **more},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


class Listener(Silent):
    """A listener that keeps warnings and counts bytes, and can interrupt the download after some of them."""

    def __init__(self, stop_after: float = float("inf")) -> None:
        self.warnings: list[str] = []
        self.total = self.done = 0.0
        self.stop_after = stop_after

    def start(self, what: str, total: float | None = None, unit: str = "items", done: float = 0.0) -> None:
        if unit == "bytes":
            self.total, self.done = total or 0, done

    def advance(self, amount: float = 1.0) -> None:
        self.done += amount
        if self.done > self.stop_after:
            raise KeyboardInterrupt

    def warn(self, message: str) -> None:
        self.warnings.append(message)


def get(revision: str = "main", *, full: bool = False, progress: Progress | None = None) -> Source:
    """Fetch the weights as far as they are missing."""
    return fetch(ModelConfig(repo=REPO, revision=revision), progress or Silent(), full=full)


def cached(revision: str = "main") -> Source:
    """Find the weights on this machine."""
    return find(ModelConfig(repo=REPO, revision=revision), Silent())


def unfinished() -> list[Path]:
    roots = Path(constants.HF_HUB_CACHE), Path(os.environ["SAOCTL_CACHE"])
    return [path for root in roots for path in root.rglob(f"*{UNFINISHED}")]


# The least download


def test_only_the_smallest_layout_is_fetched(hub: Hub) -> None:
    fetched = get()
    assert fetched.commit == COMMIT
    assert fetched.checkpoint.weights.read_bytes() == hub.files[VAE[1]]
    assert fetched.bytes_downloaded == hub.bytes_sent == sum(map(hub.size, VAE))
    assert fetched.bytes_in_repo == sum(map(hub.size, hub.files))
    assert load(fetched.checkpoint)[0] == USUAL


def without(hub: Hub, *names: str) -> None:
    for name in names:
        del hub.files[name]


def test_without_a_vae_folder_the_autoencoders_ranges_are_fetched(hub: Hub) -> None:
    without(hub, *VAE)
    fetched = get()
    assert fetched.checkpoint.weights.name == EXTRACT
    architecture, state = load(fetched.checkpoint)
    assert architecture == USUAL
    assert all(torch.equal(state[name], tensor) for name, tensor in random_state(USUAL, seed=0).items())
    record = json.loads((fetched.checkpoint.weights.parent / "source.json").read_text())
    assert (record["repo"], record["commit"]) == (REPO, COMMIT)


def shard(tensors: dict[str, torch.Tensor], stem: str) -> dict[str, bytes]:
    """Return tensors as a sharded checkpoint of two files, by turns."""
    names = sorted(tensors)
    halves = names[::2], names[1::2]
    shards = {f"{Path(stem).name}-0000{i + 1}-of-00002.safetensors": half for i, half in enumerate(halves)}
    weight_map = {name: shard for shard, half in shards.items() for name in half}
    index = json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}).encode()
    folder = Path(stem).parent
    files = {
        (folder / shard).as_posix(): safetensors.torch.save({name: tensors[name] for name in half})
        for shard, half in shards.items()
    }
    return {f"{stem}.safetensors.index.json": index, **files}


@pytest.mark.parametrize("full", [False, True], ids=["ranges", "full"])
def test_a_sharded_checkpoint_is_put_together(hub: Hub, full: bool) -> None:
    tensors = safetensors.torch.load(hub.files["model.safetensors"])
    without(hub, *VAE, "model.safetensors")
    hub.files.update(shard(tensors, "model"))
    fetched = get(full=full)
    assert (fetched.checkpoint.weights.name == EXTRACT) == (not full)
    state = load(fetched.checkpoint)[1]
    assert all(torch.equal(state[name], tensor) for name, tensor in random_state(USUAL, seed=0).items())
    assert cached().checkpoint == fetched.checkpoint


@pytest.mark.parametrize("index", [b"{", b"[]", b"{}", b'{"weight_map": {"encoder.a": "../b.safetensors"}}'])
def test_what_is_no_index_on_the_hub_is_refused(hub: Hub, index: bytes) -> None:
    hub.files = {"model_config.json": b"{}", "model.safetensors.index.json": index}
    with pytest.raises(WeightsError, match="is not the index of a sharded checkpoint"):
        get()


def test_a_sharded_vae_folder_is_fetched_whole(hub: Hub) -> None:
    tensors = safetensors.torch.load(hub.files[VAE[1]])
    del hub.files[VAE[1]]
    hub.files.update(shard(tensors, "vae/diffusion_pytorch_model"))
    fetched = get()
    assert len(load(fetched.checkpoint)[1]) == len(tensors)
    assert cached().checkpoint == fetched.checkpoint
    next(fetched.checkpoint.weights.parent.glob("*-00002-*")).unlink()
    with pytest.raises(WeightsError, match="not in the cache"):
        cached()


def test_a_repo_that_is_a_vae_folder_itself_is_fetched(hub: Hub) -> None:
    hub.files = {name.removeprefix("vae/"): hub.files[name] for name in VAE}
    assert load(get().checkpoint)[0] == USUAL


def test_where_there_is_only_a_ckpt_it_is_fetched(hub: Hub) -> None:
    without(hub, *VAE, "model.safetensors")
    fetched = get()
    assert fetched.checkpoint.weights.name == "model.ckpt"
    assert load(fetched.checkpoint)[0] == USUAL


def test_full_fetches_the_whole_checkpoint(hub: Hub) -> None:
    fetched = get(full=True)
    assert fetched.checkpoint.weights.read_bytes() == hub.files["model.safetensors"]
    assert cached().checkpoint == fetched.checkpoint


FILLER = 300_000_000  # bytes of another model beside the autoencoder


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes | Path]:
    """Return a checkpoint with all 365 names of the full model at a quarter of its width, with a filler inside."""
    narrow = {"channels": 32}
    architecture = FULL_SIZE.model_copy(
        update={
            "latent_dim": 16,
            "encoder": FULL_SIZE.encoder.model_copy(update=narrow),
            "decoder": FULL_SIZE.decoder.model_copy(update=narrow),
        }
    )
    folder = tmp_path_factory.mktemp("wide")
    write_random(folder / "random", architecture, seed=0)
    state = random_state(architecture, seed=0)
    tensors = {f"pretransform.model.{name}": tensor for name, tensor in state.items()}
    assert len(tensors) == 365
    header, blocks, at = {}, [], 0
    for name in [*list(tensors)[:183], "model.filler", *list(tensors)[183:]]:
        size = FILLER if name == "model.filler" else tensors[name].numel() * 4
        shape = [size // 4] if name == "model.filler" else list(tensors[name].shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        blocks.append(None if name == "model.filler" else tensors[name].numpy().tobytes())
        at += size
    text = json.dumps(header).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for block in blocks:
            if block is None:
                file.seek(FILLER, os.SEEK_CUR)  # a hole: it takes no room on the disk
            else:
                file.write(block)
    sharded = shard(tensors, "model")
    return {
        **{name: folder / "random" / name for name in VAE},
        "model_config.json": json.dumps(to_stable_audio_tools_diffusion(architecture)).encode(),
        "model.safetensors": folder / "model.safetensors",
        **sharded,
    }


CASES = {
    "vae": VAE,
    "one file": ("model_config.json", "model.safetensors"),
    "shards": (
        "model_config.json",
        "model.safetensors.index.json",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_hardly_more_than_the_autoencoders_bytes_are_fetched(
    hub: Hub, wide: dict[str, bytes | Path], case: str
) -> None:
    hub.files = {name: wide[name] for name in CASES[case]}
    fetched = get()
    architecture, state = load(fetched.checkpoint)
    needed = 4 * family_of(architecture).parameters(architecture)
    assert needed > 30_000_000
    assert len(state) == 365
    assert needed <= hub.bytes_sent <= 1.02 * needed


# Progress and resuming


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_download_that_was_cut_off_is_continued(hub: Hub, wide: dict[str, bytes | Path], case: str) -> None:
    hub.files = {name: wide[name] for name in CASES[case]}
    needed = sum(map(len, ask_hub(REPO, "main").pieces)) or hub.size(VAE[1])
    hub.bytes_sent, hub.cut_after = 0, needed // 2
    with pytest.raises(WeightsError, match=r"broke off: .+\.") as error:
        get()
    assert "what has arrived is kept" in error.value.hint
    assert unfinished()
    hub.bytes_sent, hub.cut_after = 0, None
    listener = Listener()
    fetched = get(progress=listener)
    assert hub.bytes_sent <= 0.55 * needed
    assert listener.done == listener.total
    assert len(load(fetched.checkpoint)[1]) == 365
    assert not unfinished()


def test_a_connection_that_breaks_once_is_taken_up_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.cut_after = hub.size(VAE[1]) // 2

    def recover(seconds: float) -> None:
        hub.cut_after = None

    monkeypatch.setattr("time.sleep", recover)
    assert get().checkpoint.weights.read_bytes() == hub.files[VAE[1]]
    assert hub.bytes_sent == sum(map(hub.size, VAE))


def test_interrupted_it_says_what_is_kept_and_continues(hub: Hub, wide: dict[str, bytes | Path]) -> None:
    hub.files = {name: wide[name] for name in VAE}
    with pytest.raises(KeyboardInterrupt, match=r"\d+\.\d of 39\.\d MB are kept; the same command continues"):
        get(progress=Listener(stop_after=hub.size(VAE[1]) / 2))
    kept = sum(path.stat().st_size for path in unfinished())
    assert kept >= hub.size(VAE[1]) / 2 - 1_000_000
    listener = Listener()
    fetched = get(progress=listener)
    assert listener.done == listener.total
    assert fetched.bytes_downloaded < 0.55 * hub.size(VAE[1])
    assert load(fetched.checkpoint)


HEEDS_INTERRUPTS = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.slow
def test_the_command_tells_its_progress_line_by_line_and_survives_ctrl_c(
    hub: Hub, wide: dict[str, bytes | Path], tmp_path: Path
) -> None:
    hub.files = {name: wide[name] for name in VAE}
    hub.seconds_per_chunk = 0.01
    arguments = [sys.executable, "-m", "saoctl", "download", "--set", f"model.repo={REPO}"]
    # A job in the background, as on some CI runners, ignores SIGINT, and its children do too unless they are told.
    process = subprocess.Popen(
        [sys.executable, "-c", HEEDS_INTERRUPTS, *arguments],
        env=environment(hub, tmp_path),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    seen = ""
    while " 30 %" not in seen:
        seen += (line := process.stderr.readline())
        assert line, seen
    process.send_signal(signal.SIGINT)
    seen += process.stderr.read()
    assert process.wait(timeout=60) == 130
    assert re.search(r"Fetching autoencoder: 20 % of 39\.\d MB, \d+\.\d MB/s, \d+ s left", seen)
    assert re.search(r"Error: Interrupted\. 1\d\.\d of 39\.\d MB are kept; the same command continues", seen)
    assert "Traceback" not in seen
    hub.seconds_per_chunk, hub.bytes_sent = 0, 0
    again = command(hub, tmp_path, "download", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["bytes_downloaded"] == hub.bytes_sent < 0.75 * hub.size(VAE[1])
    assert " 30 %" not in again.stderr  # these were done before
    assert " 100 %" in again.stderr


@pytest.mark.slow
@pytest.mark.parametrize("case", ["vae", "one file"])
def test_two_downloads_at_once_share_the_work(
    hub: Hub, wide: dict[str, bytes | Path], tmp_path: Path, case: str
) -> None:
    hub.files = {name: wide[name] for name in CASES[case]}
    hub.seconds_per_chunk = 0.002
    arguments = [*warm.saoctl(), "download", "--json", "--set", f"model.repo={REPO}"]
    both = [
        subprocess.Popen(
            arguments, env=environment(hub, tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in both:
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert json.loads(output)["parameters"] > 1e6
    assert hub.bytes_sent < 1.1 * 40_000_000


# Integrity


def damage(path: Path, kind: str) -> None:
    content = bytearray(path.read_bytes())
    if kind == "truncated":
        del content[len(content) // 2 :]
    else:
        content[len(content) // 2] ^= 1
    path.resolve().write_bytes(bytes(content))


@pytest.mark.parametrize("kind", ["truncated", "altered"])
@pytest.mark.parametrize("layout", ["whole", "ranges"])
@pytest.mark.parametrize("which", ["weights", "config"])
def test_a_damaged_cached_file_is_named_and_fetched_again(hub: Hub, kind: str, layout: str, which: str) -> None:
    if layout == "ranges":
        without(hub, *VAE)
    fetched = get()
    path = fetched.checkpoint.weights if which == "weights" else fetched.checkpoint.config
    assert path is not None
    good = path.read_bytes()
    damage(path, kind)
    with pytest.raises(FileError, match=re.escape(f"The cached file {path} is damaged")):
        cached()
    listener = Listener()
    again = get(progress=listener)
    assert any(f"{path} is damaged" in warning for warning in listener.warnings)
    assert path.read_bytes() == good
    assert 0 < again.bytes_downloaded <= len(good)
    assert cached().checkpoint == fetched.checkpoint


def test_a_kept_part_that_is_damaged_is_not_believed(hub: Hub) -> None:
    with pytest.raises(KeyboardInterrupt):
        get(progress=Listener(stop_after=hub.size(VAE[1]) / 2))
    part = unfinished()[0]
    part.write_bytes(b"\0" * part.stat().st_size)
    listener = Listener()
    fetched = get(progress=listener)
    assert any("damaged" in warning for warning in listener.warnings)
    assert fetched.checkpoint.weights.read_bytes() == hub.files[VAE[1]]


def test_what_never_matches_its_checksum_is_refused(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "checksum", lambda name: "f" * 64)
    with pytest.raises(FileError, match="is damaged"):
        get()
    assert not list(Path(constants.HF_HUB_CACHE).rglob("*.safetensors"))
    assert not unfinished()


def test_a_server_without_ranges_is_refused(hub: Hub) -> None:
    without(hub, *VAE)
    hub.ranges = False
    with pytest.raises(FileError, match="is damaged"):
        get()
    assert not list(Path(os.environ["SAOCTL_CACHE"]).rglob(EXTRACT))


def test_a_file_that_is_shorter_than_its_listing_is_refused(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = ask_hub(REPO, "main")
    monkeypatch.setattr("saoctl.weights.fetch.ask_hub", lambda *_, **__: manifest)
    content = hub.files[VAE[1]]
    assert isinstance(content, bytes)
    hub.files[VAE[1]] = content[:-10]
    with pytest.raises(FileError, match="is damaged"):
        get()
    assert not list(Path(constants.HF_HUB_CACHE).rglob("*.safetensors"))


# The cache


def test_what_is_cached_is_not_fetched_again(hub: Hub) -> None:
    get()
    sent = hub.bytes_sent
    again = get()
    assert hub.bytes_sent == sent
    assert again.bytes_downloaded == 0


@pytest.mark.parametrize("layout", ["whole", "ranges"])
def test_the_cache_serves_without_the_hub(hub: Hub, layout: str) -> None:
    if layout == "ranges":
        without(hub, *VAE)
    get()
    asked = len(hub.requests)
    assert cached().commit == COMMIT
    assert cached(COMMIT).commit == COMMIT
    assert len(hub.requests) == asked


def test_what_is_not_cached_is_said_to_be_so(hub: Hub) -> None:
    with pytest.raises(WeightsError, match="not in the cache") as error:
        cached()
    assert "saoctl download" in error.value.hint
    assert not hub.requests


def test_a_refusal_is_answered_from_the_cache(hub: Hub) -> None:
    get()
    hub.refusal, hub.lists = (401, "GatedRepo", "Access is restricted"), False
    listener = Listener()
    assert get(progress=listener).commit == COMMIT
    assert any("from the cache" in warning for warning in listener.warnings)


def test_other_tools_find_the_files_in_the_shared_cache(hub: Hub) -> None:
    import huggingface_hub

    fetched = get("v1")
    sent = hub.bytes_sent
    assert huggingface_hub.hf_hub_download(REPO, VAE[1], revision="v1") == str(fetched.checkpoint.weights)
    assert huggingface_hub.hf_hub_download(REPO, VAE[1], revision="v1", local_files_only=True)
    assert hub.bytes_sent == sent
    assert not huggingface_hub.scan_cache_dir(constants.HF_HUB_CACHE).warnings


@pytest.mark.slow
def test_offline_the_command_says_that_it_is_the_cache(hub: Hub, tmp_path: Path) -> None:
    assert command(hub, tmp_path, "download", "--quiet").returncode == 0
    asked = len(hub.requests)
    for more in ({"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}):
        done = command(hub, tmp_path, "download", **more)
        assert done.returncode == 0, done.stderr
        assert f"from the cache: commit {COMMIT[:12]}" in " ".join(done.stderr.split())
        as_json = command(hub, tmp_path, "download", "--json", **more)
        document = json.loads(as_json.stdout)
        assert (document["from_cache"], document["commit"], document["bytes_downloaded"]) == (True, COMMIT, 0)
    assert len(hub.requests) == asked


# Revisions and refusals


@pytest.mark.parametrize("revision", ["main", "v1", COMMIT])
def test_a_branch_a_tag_or_a_commit_is_resolved(hub: Hub, revision: str) -> None:
    assert get(revision).commit == COMMIT
    assert cached(revision).commit == COMMIT


@pytest.mark.slow
def test_the_commit_is_recorded_in_the_exported_file(hub: Hub, tmp_path: Path) -> None:
    get("v1")
    settings = [f"model={{repo: {REPO}, revision: v1}}", "device=cpu", f"artifact={tmp_path / 'model.ts'}"]
    result = export.run(config.load("stable-audio-open-1.0", settings))
    assert (result.source, result.revision, result.commit) == (REPO, "v1", COMMIT)
    described = artifact.describe(tmp_path / "model.ts")
    assert (described.source, described.revision, described.commit) == (REPO, "v1", COMMIT)


REFUSALS = {
    "no token": ((401, "GatedRepo", "Access is restricted"), True, "is gated, and there is no token", "hf auth login"),
    "licence not accepted": ((403, "GatedRepo", "no"), True, "not accepted the licence", "Accept it on http"),
    "misspelt": ((401, "RepoNotFound", "Repository not found"), False, "There is no repo", "spelling"),
    "absent": ((404, "RepoNotFound", "Repository not found"), False, "There is no repo", "spelling"),
    "bad token": (
        (401, "", "Invalid credentials in Authorization header"),
        False,
        "does not accept your token",
        "mistyped",
    ),
    "no scope": ((403, "", "Forbidden: fine-grained token"), True, "may not read gated repos", "settings/tokens"),
    "too many": ((429, "", "slow down"), False, "asks for fewer requests", "Try again"),
    "broken": ((500, "", "Internal error"), False, "answered 500", "Try again"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_each_refusal_has_its_sentence_and_its_next_step(hub: Hub, case: str) -> None:
    hub.refusal, hub.lists, message, hint = REFUSALS[case]
    with pytest.raises(WeightsError) as error:
        get()
    assert error.value.exit_code == ExitCode.WEIGHTS
    assert message in error.value.message
    assert hint in error.value.hint
    assert hub.bytes_sent == 0


@pytest.mark.slow
@pytest.mark.parametrize("case", ["no token", "licence not accepted", "misspelt", "bad token", "no scope"])
def test_the_command_refuses_with_exit_code_3_and_never_tells_the_token(hub: Hub, tmp_path: Path, case: str) -> None:
    hub.refusal, hub.lists, message, hint = REFUSALS[case]
    done = command(hub, tmp_path, "download", "--verbose", HF_TOKEN=TOKEN)
    assert done.returncode == 3
    said = " ".join(done.stderr.split())
    assert message in said
    assert hint in said
    assert TOKEN not in done.stdout + done.stderr
    assert not any(TOKEN in path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file())


def test_a_busy_hub_is_asked_again(hub: Hub) -> None:
    hub.busy = [503, 500, 429]
    assert get().commit == COMMIT


def test_an_unknown_revision_is_named(hub: Hub) -> None:
    with pytest.raises(WeightsError, match="has no revision v9"):
        get("v9")


def test_a_repo_without_weights_is_said_to_have_none(hub: Hub) -> None:
    hub.files = {"README.md": b"hello"}
    with pytest.raises(WeightsError, match="has no autoencoder weights"):
        get()


def test_no_network_is_said_at_once(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with monkeypatch.context() as patch:
        reach("http://127.0.0.1:9", tmp_path, patch)
        waits: list[float] = []
        patch.setattr("time.sleep", waits.append)
        with pytest.raises(WeightsError, match=r"127\.0\.0\.1:9 cannot be reached for .*: the connection is refused"):
            get()
        assert sum(waits) < 5


def unreached() -> WeightsError:
    """Return the error of a hub that is not reached, whose next steps are checked."""
    with pytest.raises(WeightsError) as error:
        get()
    hint = error.value.hint
    assert "If the repo is gated, its licence must also be accepted on" in hint
    assert "Without a network: `--path FILE|DIR`" in hint
    assert "`-c demo`" in hint
    return error.value


@pytest.fixture
def _sessions_anew() -> Iterator[None]:
    """Make huggingface_hub forget what it keeps of the environment, such as proxies, before and after."""
    close_session()
    yield
    close_session()


def test_a_hub_without_an_address_is_named(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr(constants, "ENDPOINT", "http://hub.invalid")
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    said = unreached()
    assert said.message == f"hub.invalid cannot be reached for {REPO}: no address is known for its name."
    assert said.hint.startswith("Check the network. ")
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    assert unreached().hint.startswith("Check the network and HF_ENDPOINT. ")


def test_a_hub_that_does_not_answer_is_waited_for_and_named(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.silent = True
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.05)
    assert unreached().message.endswith(f"cannot be reached for {REPO}: there is no answer within 0.05 s.")


def test_what_is_no_hub_is_said_to_be_none(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.page = b"<html>Log in to this network</html>"
    assert unreached().message.endswith(f"cannot be reached for {REPO}: what answers there is no hub.")


@pytest.mark.usefixtures("_sessions_anew")
@pytest.mark.parametrize("answer", [(407, "Proxy Authentication Required"), (403, "Forbidden")])
def test_a_proxy_that_refuses_is_named_with_its_answer_and_without_its_password(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str]
) -> None:
    hub.refused_tunnels = answer
    proxy = hub.endpoint.removeprefix("http://")
    monkeypatch.setattr(constants, "ENDPOINT", "https://hub.invalid")
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:{TOKEN}@{proxy}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    said = unreached()
    assert said.message.startswith(f"hub.invalid (through the proxy {proxy}) cannot be reached for {REPO}: the proxy")
    assert f"answers {answer[0]} {answer[1]}" in said.message
    assert "and the proxy" in said.hint
    assert TOKEN not in str(said)


def test_a_password_in_the_address_of_the_hub_is_not_told(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", f"http://someone:{TOKEN}@127.0.0.1:9")
    assert TOKEN not in str(unreached())


def test_offline_by_choice_is_told_by_its_name(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(
        WeightsError, match=r"HF_HUB_OFFLINE is set, and the weights .* not in the cache.*unset.*-c demo"
    ):
        get()
    with pytest.raises(WeightsError, match=r"HF_HUB_OFFLINE is set, so 127.* is not asked for .*Unset it.*-c demo"):
        ask_hub(REPO, "main")


def test_a_full_disk_is_a_file_error(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("saoctl.weights.transfer._continue", full)
    with pytest.raises(FileError, match="could not be stored: No space left"):
        get()


# Dry runs


@pytest.mark.slow
def test_a_dry_run_tells_sizes_and_access_and_stores_nothing(hub: Hub, tmp_path: Path) -> None:
    done = command(hub, tmp_path, "download", "--dry-run", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["access"] is True
    assert document["bytes_to_download"] == sum(map(hub.size, VAE))
    assert {file["name"]: file["bytes"] for file in document["files"]} == {name: hub.size(name) for name in VAE}
    assert hub.bytes_sent == 0
    assert not (tmp_path / "cache").exists()


@pytest.mark.slow
def test_a_dry_run_without_access_says_so(hub: Hub, tmp_path: Path) -> None:
    hub.refusal = REFUSALS["licence not accepted"][0]
    done = command(hub, tmp_path, "download", "--dry-run")
    assert done.returncode == 3
    assert "No access: Your account has not accepted the licence" in " ".join(done.stderr.split())
    assert VAE[1].split("/")[1][:20] in done.stderr
    with pytest.raises(NoAccessError):
        ask_hub(REPO, "main")


@pytest.mark.slow
def test_a_dry_run_of_ranges_counts_the_autoencoder_alone(hub: Hub, wide: dict[str, bytes | Path]) -> None:
    hub.files = {name: wide[name] for name in CASES["one file"]}
    manifest = ask_hub(REPO, "main")
    assert len(manifest.pieces) == 2  # before and after the filler
    assert manifest.bytes_in_repo > FILLER
    assert sum(map(len, manifest.pieces)) < 40_000_000
