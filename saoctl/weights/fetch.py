"""The weights of a repo, fetched: what is wanted of it, how much of that the caches lack, and the transfer of that."""

from pathlib import Path

import huggingface_hub
from huggingface_hub import constants

from saoctl.config import ModelConfig
from saoctl.errors import ResumableInterrupt, SaoctlError, WeightsError
from saoctl.files import atomic_file
from saoctl.models.checkpoint import Checkpoint
from saoctl.progress import Progress
from saoctl.weights import cache
from saoctl.weights.refusals import explained
from saoctl.weights.source import Source, find
from saoctl.weights.transfer import Missing, Piece, bring
from saoctl.weights.wanted import Remote, Wanted, ask_hub


def fetch(model: ModelConfig, progress: Progress, *, full: bool = False) -> Source:
    """Return the weights of a config; those of a repo are fetched as far as they are not on this machine.

    Args:
        model: the section of the config that names them.
        progress: a listener.
        full: fetch the whole checkpoint of a repo, where otherwise the autoencoder's part is enough.

    Raises:
        WeightsError: the hub refuses, cannot be reached or has no such files, and they are not in the cache either.
        FileError: the files cannot be stored, or those at a path are not what they should be.
        ResumableInterrupt: the user broke it off; what has arrived is kept.
    """
    if model.repo is None or constants.HF_HUB_OFFLINE:
        return find(model, progress)
    progress.start(f"Asking the hub for {model.repo}")
    try:
        wanted = ask_hub(model.repo, model.revision, full=full)
    except WeightsError as refusal:
        try:
            found = find(model, progress)
        except SaoctlError:
            raise refusal from refusal.__cause__
        assert found.commit is not None  # as a repo's weights in the cache have one
        progress.warn(f"{refusal.message} Taking commit {found.commit[:12]} from the cache.")
        return found
    with explained(wanted.repo, wanted.revision):
        for path in _drop_damaged(wanted):
            progress.warn(f"The cached file {path} is damaged; fetching it again.")
        arrived = _transfer(wanted, missing(wanted), progress)
        return Source(
            _checkpoint(wanted),
            "repo",
            wanted.repo,
            wanted.revision,
            wanted.commit,
            bytes_downloaded=arrived,
            bytes_in_repo=wanted.bytes_in_repo,
        )


def missing(wanted: Wanted) -> list[Missing]:
    """Return the wanted files that the caches lack, in the order in which they are to be fetched."""
    found = [
        Missing(
            name=file.name,
            target=cache.blob_path(wanted.repo, file.checksum),
            pieces=(Piece(file.name, 0, file.size, file.size),),
            checksum=file.checksum,
        )
        for file in wanted.whole
        if not _cached_path(wanted, file).exists()
    ]
    extract = cache.extract_path(wanted.repo, wanted.commit)
    if wanted.pieces and not extract.exists():
        ranges = [[piece.name, piece.start, piece.stop] for piece in wanted.pieces]
        origin = {"repo": wanted.repo, "commit": wanted.commit, "ranges": ranges}
        found.append(Missing(cache.EXTRACT, extract, wanted.pieces, wanted.head, origin=origin))
    return found


def _drop_damaged(wanted: Wanted) -> list[Path]:
    """Remove the wanted files that are damaged from the caches, with the content that links lead to; return them."""
    here = [(_cached_path(wanted, file), file.checksum) for file in wanted.whole]
    damaged = [path for path, checksum in here if path.exists() and not cache.has_checksum(path, checksum)]
    extract = cache.extract_path(wanted.repo, wanted.commit)
    if extract.exists() and cache.is_damaged(extract):
        damaged.append(extract)
    for path in damaged:
        path.resolve().unlink()
        path.unlink(missing_ok=True)
    return damaged


def _transfer(wanted: Wanted, lacking: list[Missing], progress: Progress) -> int:
    """Fetch the missing files, and return how many bytes arrived."""
    if not lacking:
        return 0
    total = sum(file.size for file in lacking)
    progress.start(f"Fetching {wanted.repo.split('/')[1]}", total, "bytes", total - sum(file.left for file in lacking))
    try:
        return sum(bring(wanted.repo, wanted.commit, file, progress) for file in lacking)
    except KeyboardInterrupt:
        # A file that has appeared in the meantime is no longer unfinished.
        kept = total - sum(file.left for file in lacking if not file.target.exists())
        raise ResumableInterrupt(
            f"{kept / 1e6:.1f} of {total / 1e6:.1f} MB are kept; the same command continues from there."
        ) from None


def _checkpoint(wanted: Wanted) -> Checkpoint:
    """Return the checkpoint, when all of it is in the caches; huggingface_hub links the files' names to their content.

    A download by huggingface_hub finds the content there, and fetches nothing.
    """
    paths = {
        file.name: Path(huggingface_hub.hf_hub_download(wanted.repo, file.name, revision=wanted.commit))
        for file in wanted.whole
    }
    if wanted.revision != wanted.commit:  # the hub's cache looks up there what a branch or a tag was
        with atomic_file(cache.repo_folder(wanted.repo) / "refs" / wanted.revision) as reference:
            reference.write_text(wanted.commit)
    weights = cache.extract_path(wanted.repo, wanted.commit) if wanted.pieces else paths[wanted.whole[-1].name]
    return Checkpoint(weights, paths[wanted.config.name])


def _cached_path(wanted: Wanted, file: Remote) -> Path:
    """Return where a file is in the hub's cache: under its name, or, if it has none there yet, by its content."""
    return cache.named_path(wanted.repo, file.name, wanted.commit) or cache.blob_path(wanted.repo, file.checksum)
