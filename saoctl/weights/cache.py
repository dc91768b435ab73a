"""The caches: where the files of a repo are on this machine, how much of them is missing, and whether they are whole.

Whole files are in huggingface_hub's own cache, where other tools find them; what is put together from byte ranges is in
saoctl's. https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants

from saoctl.errors import FileError
from saoctl.files import atomic_file, cache_folder, sha256
from saoctl.models.checkpoint import Checkpoint
from saoctl.models.layouts import LAYOUTS
from saoctl.weights.remote import Plan, Remote

EXTRACT = "autoencoder.safetensors"  # what is put together from the autoencoder's byte ranges
RECORD = "source.json"  # beside it: where it is from, and its checksum
UNFINISHED = ".saoctl-part"  # how the name of an unfinished file ends


@dataclass(frozen=True)
class Cached:
    """What a cache has of a repo.

    Args:
        checkpoint: the files.
        commit: that they are of.
    """

    checkpoint: Checkpoint
    commit: str


def find(repo: str, revision: str) -> Cached | None:
    """The autoencoder's files of a repo, the smallest layout of those that are there; the hub is not asked.

    Raises:
        FileError: a file is damaged.
    """
    for config_name, weights_name in LAYOUTS:
        config = huggingface_hub.try_to_load_from_cache(repo, config_name, revision=revision)
        if not isinstance(config, str):
            continue
        # .../snapshots/<commit>/<name>
        commit = Path(config).parents[config_name.count("/")].name
        weights = huggingface_hub.try_to_load_from_cache(repo, weights_name, revision=commit)
        if isinstance(weights, str):
            checkpoint = Checkpoint(Path(weights), Path(config))
        elif config_name == "model_config.json" and extract_path(repo, commit).is_file():
            checkpoint = Checkpoint(extract_path(repo, commit), Path(config))
        else:
            continue
        files = checkpoint.files
        if not all(file.exists() for file in files):  # of a sharded one, a shard may never have been fetched
            continue
        for file in files:
            if is_damaged(file):
                raise FileError(
                    f"The cached file {file} is damaged.", "Run `saoctl download` with network: it is fetched again."
                )
        return Cached(checkpoint, commit)
    return None


def missing_bytes(plan: Plan) -> dict[str, int]:
    """What is still to be fetched of each file of a plan, 0 for those that are there; the extract under EXTRACT."""
    missing = {}
    for file in plan.whole:
        there = is_there(plan, file)
        missing[file.name] = 0 if there else file.size - bytes_kept(blob_path(plan.repo, file))
    if plan.pieces:
        extract = extract_path(plan.repo, plan.commit)
        missing[EXTRACT] = 0 if extract.exists() else plan.piece_bytes - bytes_kept(extract, len(plan.head))
    return missing


def bytes_kept(target: Path, head: int = 0) -> int:
    """How many bytes of a file an unfinished transfer has left, without the `head` bytes that need no transfer."""
    unfinished = unfinished_path(target)
    return max(unfinished.stat().st_size - head, 0) if unfinished.exists() else 0


def is_there(plan: Plan, file: Remote) -> bool:
    """Whether the hub's cache has a file, under its name or at least under its checksum."""
    return named_path(plan, file) is not None or blob_path(plan.repo, file).exists()


def damaged_files(plan: Plan) -> list[Path]:
    """The files of a plan that are there and are not what they should be."""
    found = [named_path(plan, file) or blob_path(plan.repo, file) for file in plan.whole]
    damaged = [
        path
        for path, file in zip(found, plan.whole, strict=True)
        if path.exists() and not has_checksum(path, file.checksum)
    ]
    extract = extract_path(plan.repo, plan.commit)
    return [*damaged, extract] if extract.exists() and is_damaged(extract) else damaged


def is_damaged(path: Path) -> bool:
    """Whether a cached file differs from what it was when it was fetched.

    The hub's cache names a file's content by its checksum; an extract has its own beside it. Where the cache cannot
    make links (some file systems of Windows), there is no name to go by, and nothing is found.
    """
    if path.name == EXTRACT:
        try:
            recorded = json.loads((path.parent / RECORD).read_text())["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            return True
        return not has_checksum(path, recorded)
    checksum = path.resolve().name
    looks_like_one = re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", checksum) is not None
    return looks_like_one and not has_checksum(path, checksum)


def has_checksum(path: Path, checksum: str) -> bool:
    """Whether a file has the checksum by which the hub knows it: a SHA-256, or the id of a git blob.

    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    if len(checksum) == hashlib.sha256().digest_size * 2:
        return sha256(path) == checksum
    with path.open("rb") as file:
        digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest() == checksum


def write_record(plan: Plan, extract: Path) -> None:
    """Keep beside an extract where it is from, and its checksum: the hub has none to compare with."""
    ranges = [[piece.name, piece.start, piece.stop] for piece in plan.pieces]
    content = {"repo": plan.repo, "commit": plan.commit, "ranges": ranges, "sha256": sha256(extract)}
    with atomic_file(extract_path(plan.repo, plan.commit).with_name(RECORD)) as file:
        file.write_text(json.dumps(content, indent=2))


def write_reference(plan: Plan) -> None:
    """Keep what a branch or a tag was, where the hub's cache looks it up."""
    if plan.revision != plan.commit:
        with atomic_file(_repo_folder(plan.repo) / "refs" / plan.revision) as reference:
            reference.write_text(plan.commit)


def extract_path(repo: str, commit: str) -> Path:
    """Where what is put together from byte ranges is."""
    return cache_folder() / "hub" / repo.replace("/", "--") / commit / EXTRACT


def blob_path(repo: str, file: Remote) -> Path:
    """Where the hub's cache keeps the content of a file."""
    return _repo_folder(repo) / "blobs" / file.checksum


def named_path(plan: Plan, file: Remote) -> Path | None:
    """Where a file of a plan is in the hub's cache under its name, if it is."""
    path = huggingface_hub.try_to_load_from_cache(plan.repo, file.name, revision=plan.commit)
    return Path(path) if isinstance(path, str) else None


def unfinished_path(target: Path) -> Path:
    """Where a file grows until it is whole."""
    return target.with_name(target.name + UNFINISHED)


def _repo_folder(repo: str) -> Path:
    return Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}"
