"""The caches of this machine: where the files of a repo lie in them, and whether they are whole.

Whole files lie in huggingface_hub's own cache, where other tools find them; what is put together from byte ranges lies
in saoctl's. https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants

from saoctl.files import atomic_file, cache_folder, sha256

EXTRACT = "autoencoder.safetensors"  # the file that is put together from the autoencoder's byte ranges
RECORD = "source.json"  # the file beside it that says where it is from, and its checksum


def repo_folder(repo: str) -> Path:
    """Return the folder of a repo in the hub's cache."""
    return Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}"


def named_path(repo: str, name: str, revision: str) -> Path | None:
    """Return where a file of a repo lies in the hub's cache under its name; None if it is not there."""
    path = huggingface_hub.try_to_load_from_cache(repo, name, revision=revision)
    return Path(path) if isinstance(path, str) else None


def blob_path(repo: str, checksum: str) -> Path:
    """Return where the hub's cache keeps the content of a file."""
    return repo_folder(repo) / "blobs" / checksum


def commit_of(repo: str, revision: str) -> str:
    """Return the commit that the hub's cache has for a branch or a tag; a commit, or what is unknown, stays itself."""
    try:
        return (repo_folder(repo) / "refs" / revision).read_text().strip()
    except OSError:
        return revision


def extract_path(repo: str, commit: str, file: str | None = None) -> Path:
    """Return where saoctl's cache keeps what is put together from byte ranges.

    Args:
        repo: OWNER/NAME.
        commit: of the repo.
        file: the file in it that a config names, if it names one.
    """
    folder = cache_folder() / "hub" / repo.replace("/", "--") / commit
    return (folder if file is None else folder / file.replace("/", "--")) / EXTRACT


def write_record(extract: Path, origin: Mapping[str, object]) -> None:
    """Write beside an extract where it is from, and its checksum, since the hub has none to compare with.

    Raises:
        FileError: it cannot be written.
    """
    with atomic_file(extract.with_name(RECORD)) as file:
        file.write_text(json.dumps({**origin, "sha256": sha256(extract)}, indent=2))


def is_damaged(path: Path) -> bool:
    """Return whether a cached file differs from what it was when it was fetched.

    The hub's cache names the content of a file by its checksum; an extract has its checksum beside it. Where the cache
    cannot make links (on some file systems of Windows), the name is no checksum, and no damage is found.
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
    """Return whether a file has the checksum by which the hub knows it: a SHA-256, or the id of a git blob.

    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    if len(checksum) == hashlib.sha256().digest_size * 2:
        return sha256(path) == checksum
    header = b"blob %d\0" % path.stat().st_size
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.sha1(header, usedforsecurity=False))
    return digest.hexdigest() == checksum
