"""Weights from the Hugging Face hub: asked for, planned, fetched into the caches, or served from there."""

from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants

from saoctl.errors import ResumableInterrupt, SaoctlError, WeightsError
from saoctl.models.checkpoint import Checkpoint
from saoctl.progress import Progress
from saoctl.weights import cache
from saoctl.weights.plan import explained, make_plan
from saoctl.weights.remote import Piece, Plan, Remote
from saoctl.weights.transfer import bring


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
        plan = make_plan(repo, revision, full=full)
    except WeightsError as refusal:
        try:
            found = cached(repo, revision)
        except SaoctlError:
            raise refusal from refusal.__cause__
        progress.warn(f"{refusal.message} Taking commit {found.commit[:12]} from the cache.")
        return found
    with explained(repo, revision):
        _drop_damaged(plan, progress)
        arrived = _fetch_missing(plan, progress)
        return Fetched(_link(plan), plan.commit, arrived, plan.bytes_in_repo)


def cached(repo: str, revision: str) -> Fetched:
    """The autoencoder's files as the caches have them; the hub is not asked.

    Raises:
        WeightsError: they are not in the cache.
        FileError: a file in the cache is damaged.
    """
    found = cache.find(repo, revision)
    if found is None:
        why = "HF_HUB_OFFLINE is set, and the" if constants.HF_HUB_OFFLINE else "The"
        hint = "Run `saoctl download` with network first."
        raise WeightsError(f"{why} weights of {repo} at {revision} are not in the cache.", hint)
    return Fetched(found.checkpoint, found.commit)


def _drop_damaged(plan: Plan, progress: Progress) -> None:
    """Remove from the caches what is damaged, and what the links to it lead to."""
    for path in cache.damaged_files(plan):
        progress.warn(f"The cached file {path} is damaged; fetching it again.")
        path.resolve().unlink()
        path.unlink(missing_ok=True)


def _fetch_missing(plan: Plan, progress: Progress) -> int:
    """Fetch what a plan names and the caches lack; how many bytes arrived."""
    files = [file for file in plan.whole if not cache.is_there(plan, file)]
    extract = bool(plan.pieces) and not cache.extract_path(plan.repo, plan.commit).exists()
    total = sum(file.size for file in files) + (plan.piece_bytes if extract else 0)
    if not total:
        return 0
    progress.start(f"Fetching {plan.repo.split('/')[1]}", total, "bytes", _kept(plan, total))
    try:
        arrived = sum(_fetch_whole(plan, file, progress) for file in files)
        return arrived + (_fetch_extract(plan, progress) if extract else 0)
    except KeyboardInterrupt:
        raise ResumableInterrupt(
            f"{_kept(plan, total) / 1e6:.1f} of {total / 1e6:.1f} MB are kept; the same command continues from there."
        ) from None


def _kept(plan: Plan, total: int) -> int:
    """How many of `total` bytes are there already."""
    return total - sum(cache.missing_bytes(plan).values())


def _fetch_whole(plan: Plan, file: Remote, progress: Progress) -> int:
    """Bring a file into the hub's cache, under its checksum."""
    whole = [Piece(file.name, 0, file.size, file.size)]
    target = cache.blob_path(plan.repo, file)
    return bring(plan.repo, plan.commit, whole, target, progress, checksum=file.checksum)


def _fetch_extract(plan: Plan, progress: Progress) -> int:
    """Put the autoencoder together from its byte ranges, and keep beside it where they are from."""

    def record(extract: Path) -> None:
        cache.write_record(plan, extract)

    target = cache.extract_path(plan.repo, plan.commit)
    return bring(plan.repo, plan.commit, plan.pieces, target, progress, head=plan.head, before_it_appears=record)


def _link(plan: Plan) -> Checkpoint:
    """The checkpoint, once all of it is there: the library links the names of files to their content."""
    paths = {
        file.name: Path(huggingface_hub.hf_hub_download(plan.repo, file.name, revision=plan.commit))
        for file in plan.whole
    }
    cache.write_reference(plan)
    weights = cache.extract_path(plan.repo, plan.commit) if plan.pieces else paths[plan.whole[-1].name]
    return Checkpoint(weights, paths[plan.config.name])
