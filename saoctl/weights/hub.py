"""Weights from the Hugging Face hub: asked for, planned, fetched into the caches, or served from there."""

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import constants

from saoctl.config import options_for_repo
from saoctl.errors import ResumableInterrupt, SaoctlError, WeightsError
from saoctl.models.checkpoint import Checkpoint
from saoctl.progress import Progress
from saoctl.weights import cache
from saoctl.weights.plan import explained, make_plan
from saoctl.weights.refusals import WITHOUT
from saoctl.weights.remote import Plan
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
        for path in cache.drop_damaged(plan):
            progress.warn(f"The cached file {path} is damaged; fetching it again.")
        arrived = _fetch_missing(plan, progress)
        return Fetched(cache.settle(plan), plan.commit, arrived, plan.bytes_in_repo)


def cached(repo: str, revision: str) -> Fetched:
    """The autoencoder's files as the caches have them; the hub is not asked.

    Raises:
        WeightsError: they are not in the cache.
        FileError: a file in the cache is damaged.
    """
    found = cache.find(repo, revision)
    if found is None:
        why, unset = ("HF_HUB_OFFLINE is set, and the", "unset it and ") if constants.HF_HUB_OFFLINE else ("The", "")
        first = f"With a network, {unset}run `saoctl download {options_for_repo(repo, revision)}` first."
        message = f"{why} weights of {repo} at {revision} are not in the cache."
        raise WeightsError(message, f"{first} Without one: {WITHOUT}")
    return Fetched(found.checkpoint, found.commit)


def _fetch_missing(plan: Plan, progress: Progress) -> int:
    """Fetch what a plan names and the caches lack; how many bytes arrived."""
    missing = cache.missing(plan)
    total = sum(file.size for file in missing)
    if not missing:
        return 0
    progress.start(f"Fetching {plan.repo.split('/')[1]}", total, "bytes", total - sum(file.left for file in missing))

    def record(extract: Path) -> None:
        cache.write_record(plan, extract)

    try:
        return sum(
            bring(plan, file, progress, before_it_appears=record if file.name == cache.EXTRACT else None)
            for file in missing
        )
    except KeyboardInterrupt:
        # What has appeared in the meantime has no unfinished file any more.
        kept = total - sum(file.left for file in missing if not file.target.exists())
        raise ResumableInterrupt(
            f"{kept / 1e6:.1f} of {total / 1e6:.1f} MB are kept; the same command continues from there."
        ) from None
