"""Weights from the Hugging Face hub: fetched into its own cache, or served from there without network."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants

from saoctl.errors import FileError, ResumableInterrupt, SaoctlError, WeightsError
from saoctl.files import atomic_file, cache_folder, sha256
from saoctl.models.checkpoint import Checkpoint
from saoctl.progress import Progress
from saoctl.weights import transfer
from saoctl.weights.plan import LAYOUTS, Plan, Remote, explained, plan
from saoctl.weights.transfer import Piece

PART = "autoencoder.safetensors"  # what is made of the autoencoder's byte ranges
RECORD = "source.json"  # beside it: where it is from, and its checksum


@dataclass(frozen=True)
class Fetched:
    """What a repo gave.

    Args:
        checkpoint: the files, in the caches.
        commit: the commit that the revision resolved to.
        bytes_downloaded: what arrived, beside what the hub was asked to find it.
        bytes_in_repo: of all files of the repo, where the hub was asked.
    """

    checkpoint: Checkpoint
    commit: str
    bytes_downloaded: int = 0
    bytes_in_repo: int | None = None


def fetch(repo: str, revision: str, progress: Progress, *, full: bool = False) -> Fetched:
    """The autoencoder's files of a repo, fetched as far as they are not there.

    Args:
        repo: OWNER/NAME.
        revision: branch, tag or commit.
        progress: a listener.
        full: the whole checkpoint, where otherwise the autoencoder's part is enough.

    Raises:
        WeightsError: the hub refuses, cannot be reached or has no such files, and they are not in the cache either.
        FileError: they cannot be stored.
        ResumableInterrupt: the user broke it off; what has arrived is kept.
    """
    if constants.HF_HUB_OFFLINE:
        return cached(repo, revision)
    progress.start(f"Asking the hub for {repo}")
    try:
        todo = plan(repo, revision, full=full)
    except WeightsError as refusal:
        try:
            found = cached(repo, revision)
        except SaoctlError:
            raise refusal from refusal.__cause__
        progress.warn(f"{refusal.message} Taking commit {found.commit[:12]} from the cache.")
        return found
    return _execute(todo, progress)


def cached(repo: str, revision: str) -> Fetched:
    """The autoencoder's files as the caches have them; the hub is not asked.

    Raises:
        WeightsError: they are not in the cache.
        FileError: a file in the cache is damaged.
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
        elif config_name == "model_config.json" and _part(repo, commit).is_file():
            checkpoint = Checkpoint(_part(repo, commit), Path(config))
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
        return Fetched(checkpoint, commit)
    why = "HF_HUB_OFFLINE is set, and the" if constants.HF_HUB_OFFLINE else "The"
    hint = "Run `saoctl download` with network first."
    raise WeightsError(f"{why} weights of {repo} at {revision} are not in the cache.", hint)


def missing_bytes(todo: Plan) -> dict[str, int]:
    """What is still to be fetched of each file of a plan, 0 for those that are in the cache."""
    missing = {}
    for file in todo.whole:
        missing[file.name] = 0 if _is_there(todo, file) else file.size - transfer.kept(_blob(todo.repo, file))
    if todo.pieces:
        part = _part(todo.repo, todo.commit)
        missing[PART] = 0 if part.exists() else todo.piece_bytes - transfer.kept(part, todo.head)
    return missing


def is_damaged(path: Path) -> bool:
    """Whether a cached file differs from what it was when it was fetched.

    The hub's cache names a file's content by its checksum; what is made of ranges has its own beside it. Where the
    cache cannot make links (some file systems of Windows), there is no name to go by, and nothing is found.
    """
    if path.name == PART:
        try:
            recorded = json.loads((path.parent / RECORD).read_text())["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            return True
        return not transfer.has_checksum(path, recorded)
    checksum = path.resolve().name
    return transfer.is_checksum(checksum) and not transfer.has_checksum(path, checksum)


def _execute(todo: Plan, progress: Progress) -> Fetched:
    """Fetch what a plan names and the caches lack."""
    part = _part(todo.repo, todo.commit)
    with explained(todo.repo, todo.revision):
        for file in todo.whole:
            path = _cached_path(todo, file) or _blob(todo.repo, file)
            if path.exists() and not transfer.has_checksum(path, file.checksum):
                _drop(path, progress)
        if part.exists() and is_damaged(part):
            _drop(part, progress)
        lacking = [file for file in todo.whole if not _is_there(todo, file)]
        lacks_part = bool(todo.pieces) and not part.exists()
        total = sum(file.size for file in lacking) + (todo.piece_bytes if lacks_part else 0)
        if total:
            progress.start(
                f"Fetching {todo.repo.split('/')[1]}", total, "bytes", total - sum(missing_bytes(todo).values())
            )
        arrived = 0
        try:
            for file in lacking:
                arrived += _fetch_whole(todo, file, progress)
            if lacks_part:
                good = _recorder(todo)
                arrived += transfer.bring(
                    todo.repo, todo.commit, todo.pieces, part, progress, head=todo.head, good=good
                )
        except KeyboardInterrupt:
            kept = total - sum(missing_bytes(todo).values())
            raise ResumableInterrupt(
                f"{kept / 1e6:.1f} of {total / 1e6:.1f} MB are kept; the same command continues from there."
            ) from None
        # The content is in place under its checksum; the library links the names to it.
        paths = {
            file.name: Path(huggingface_hub.hf_hub_download(todo.repo, file.name, revision=todo.commit))
            for file in todo.whole
        }
    if todo.revision != todo.commit:
        # Where the cache looks up what a branch or tag was:
        # https://huggingface.co/docs/huggingface_hub/guides/manage-cache
        with atomic_file(_repo_folder(todo.repo) / "refs" / todo.revision) as reference:
            reference.write_text(todo.commit)
    weights = part if todo.pieces else paths[todo.whole[-1].name]
    return Fetched(Checkpoint(weights, paths[todo.config.name]), todo.commit, arrived, todo.bytes_in_repo)


def _fetch_whole(todo: Plan, file: Remote, progress: Progress) -> int:
    """Bring a file into the hub's cache, under its checksum."""
    return transfer.bring(
        todo.repo,
        todo.commit,
        [Piece(file.name, 0, file.size, file.size)],
        _blob(todo.repo, file),
        progress,
        good=lambda path: transfer.has_checksum(path, file.checksum),
    )


def _drop(path: Path, progress: Progress) -> None:
    """Remove a damaged file from the cache, and what the link to it leads to."""
    progress.warn(f"The cached file {path} is damaged; fetching it again.")
    path.resolve().unlink()
    path.unlink(missing_ok=True)


def _is_there(todo: Plan, file: Remote) -> bool:
    """Whether the hub's cache has a file, under its name or at least under its checksum."""
    return _cached_path(todo, file) is not None or _blob(todo.repo, file).exists()


def _cached_path(todo: Plan, file: Remote) -> Path | None:
    """Where a file of a plan is in the hub's cache."""
    path = huggingface_hub.try_to_load_from_cache(todo.repo, file.name, revision=todo.commit)
    return Path(path) if isinstance(path, str) else None


def _recorder(todo: Plan) -> Callable[[Path], bool]:
    """Keeps where a file made of ranges is from, and its checksum, beside it. The hub has none to compare with."""

    def record(path: Path) -> bool:
        ranges = [[piece.name, piece.start, piece.stop] for piece in todo.pieces]
        content = {"repo": todo.repo, "commit": todo.commit, "ranges": ranges, "sha256": sha256(path)}
        with atomic_file(_part(todo.repo, todo.commit).with_name(RECORD)) as file:
            file.write_text(json.dumps(content, indent=2))
        return True

    return record


def _part(repo: str, commit: str) -> Path:
    return cache_folder() / "hub" / repo.replace("/", "--") / commit / PART


def _repo_folder(repo: str) -> Path:
    """The folder of a repo in the hub's cache: https://huggingface.co/docs/huggingface_hub/guides/manage-cache."""
    return Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}"


def _blob(repo: str, file: Remote) -> Path:
    """Where the hub's cache keeps the content of a file."""
    return _repo_folder(repo) / "blobs" / file.checksum
