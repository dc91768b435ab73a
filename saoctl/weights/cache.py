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
from saoctl.weights.remote import Piece, Plan, Remote

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


@dataclass(frozen=True)
class Missing:
    """A file that is to be put together from pieces of a repo, as far as an earlier transfer has not.

    Args:
        name: in the repo, or EXTRACT.
        target: where it appears when it is whole.
        pieces: in the order in which they are written.
        head: what it begins with, which needs no transfer.
        checksum: that it must have, if the hub tells one.
    """

    name: str
    target: Path
    pieces: tuple[Piece, ...]
    head: bytes = b""
    checksum: str | None = None

    @property
    def unfinished(self) -> Path:
        """Where it grows until it is whole."""
        return self.target.with_name(self.target.name + UNFINISHED)

    @property
    def size(self) -> int:
        """All bytes that have to be transferred for it."""
        return sum(map(len, self.pieces))

    @property
    def left(self) -> int:
        """Those of them that are not here yet."""
        kept = self.unfinished.stat().st_size - len(self.head) if self.unfinished.exists() else 0
        return self.size - max(kept, 0)


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
        elif config_name == "model_config.json" and _extract_path(repo, commit).is_file():
            checkpoint = Checkpoint(_extract_path(repo, commit), Path(config))
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


def missing(plan: Plan) -> list[Missing]:
    """What a plan names and is not there, in the order in which it is to be fetched."""
    found = [
        Missing(
            name=file.name,
            target=_blob_path(plan.repo, file),
            pieces=(Piece(file.name, 0, file.size, file.size),),
            checksum=file.checksum,
        )
        for file in plan.whole
        if _named_path(plan, file) is None and not _blob_path(plan.repo, file).exists()
    ]
    extract = _extract_path(plan.repo, plan.commit)
    if plan.pieces and not extract.exists():
        found.append(Missing(EXTRACT, extract, plan.pieces, plan.head))
    return found


def drop_damaged(plan: Plan) -> list[Path]:
    """Remove what is there of a plan and is not what it should be, and what the links to it lead to."""
    there = [(_named_path(plan, file) or _blob_path(plan.repo, file), file.checksum) for file in plan.whole]
    damaged = [path for path, checksum in there if path.exists() and not has_checksum(path, checksum)]
    extract = _extract_path(plan.repo, plan.commit)
    if extract.exists() and is_damaged(extract):
        damaged.append(extract)
    for path in damaged:
        path.resolve().unlink()
        path.unlink(missing_ok=True)
    return damaged


def settle(plan: Plan) -> Checkpoint:
    """The checkpoint of a plan, when all of it is there: the library links the names of files to their content."""
    paths = {
        file.name: Path(huggingface_hub.hf_hub_download(plan.repo, file.name, revision=plan.commit))
        for file in plan.whole
    }
    if plan.revision != plan.commit:  # where the hub's cache looks up what a branch or a tag was
        with atomic_file(_repo_folder(plan.repo) / "refs" / plan.revision) as reference:
            reference.write_text(plan.commit)
    weights = _extract_path(plan.repo, plan.commit) if plan.pieces else paths[plan.whole[-1].name]
    return Checkpoint(weights, paths[plan.config.name])


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
    with atomic_file(extract.with_name(RECORD)) as file:
        file.write_text(json.dumps(content, indent=2))


def _extract_path(repo: str, commit: str) -> Path:
    """Where what is put together from byte ranges is."""
    return cache_folder() / "hub" / repo.replace("/", "--") / commit / EXTRACT


def _blob_path(repo: str, file: Remote) -> Path:
    """Where the hub's cache keeps the content of a file."""
    return _repo_folder(repo) / "blobs" / file.checksum


def _named_path(plan: Plan, file: Remote) -> Path | None:
    """Where a file of a plan is in the hub's cache under its name, if it is."""
    path = huggingface_hub.try_to_load_from_cache(plan.repo, file.name, revision=plan.commit)
    return Path(path) if isinstance(path, str) else None


def _repo_folder(repo: str) -> Path:
    return Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}"
