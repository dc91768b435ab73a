"""The download of weights: the manifest of a repo, the files of it that the caches lack, and their transfer."""

from pathlib import Path

import huggingface_hub
from huggingface_hub import constants

from saoctl.config import ModelConfig
from saoctl.errors import ResumableInterrupt, SaoctlError, WeightsError
from saoctl.files import atomic_file
from saoctl.models.checkpoint import Checkpoint
from saoctl.progress import Progress
from saoctl.weights import cache
from saoctl.weights.manifest import Manifest, Remote, ask_hub
from saoctl.weights.refusals import explained
from saoctl.weights.source import Source, find
from saoctl.weights.transfer import Missing, Piece, bring


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
        manifest = ask_hub(model.repo, model.revision, full=full)
    except WeightsError as refusal:
        try:
            found = find(model, progress)
        except SaoctlError:
            raise refusal from refusal.__cause__
        assert found.commit is not None  # as a repo's weights in the cache have one
        progress.warn(f"{refusal.message} Taking commit {found.commit[:12]} from the cache.")
        return found
    with explained(manifest.repo, manifest.revision):
        for path in _drop_damaged(manifest):
            progress.warn(f"The cached file {path} is damaged; fetching it again.")
        arrived = _transfer(manifest, missing(manifest), progress)
        return Source(
            _checkpoint(manifest),
            "repo",
            manifest.repo,
            manifest.revision,
            manifest.commit,
            bytes_downloaded=arrived,
            bytes_in_repo=manifest.bytes_in_repo,
        )


def missing(manifest: Manifest) -> list[Missing]:
    """Return the files of a manifest that the caches lack, in the order in which they are to be fetched."""
    found = [
        Missing(
            name=file.name,
            target=cache.blob_path(manifest.repo, file.checksum),
            pieces=(Piece(file.name, 0, file.size, file.size),),
            checksum=file.checksum,
        )
        for file in manifest.whole
        if not _cached_path(manifest, file).exists()
    ]
    extract = cache.extract_path(manifest.repo, manifest.commit)
    if manifest.pieces and not extract.exists():
        ranges = [[piece.name, piece.start, piece.stop] for piece in manifest.pieces]
        origin = {"repo": manifest.repo, "commit": manifest.commit, "ranges": ranges}
        found.append(Missing(cache.EXTRACT, extract, manifest.pieces, manifest.head, origin=origin))
    return found


def _drop_damaged(manifest: Manifest) -> list[Path]:
    """Remove the damaged files of a manifest from the caches, also where links lead to, and return their paths."""
    here = [(_cached_path(manifest, file), file.checksum) for file in manifest.whole]
    damaged = [path for path, checksum in here if path.exists() and not cache.has_checksum(path, checksum)]
    extract = cache.extract_path(manifest.repo, manifest.commit)
    if extract.exists() and cache.is_damaged(extract):
        damaged.append(extract)
    for path in damaged:
        path.resolve().unlink()
        path.unlink(missing_ok=True)
    return damaged


def _transfer(manifest: Manifest, lacking: list[Missing], progress: Progress) -> int:
    """Fetch the missing files, and return how many bytes arrived."""
    if not lacking:
        return 0
    total = sum(file.size for file in lacking)
    progress.start(
        f"Fetching {manifest.repo.split('/')[1]}", total, "bytes", total - sum(file.left for file in lacking)
    )
    try:
        return sum(bring(manifest.repo, manifest.commit, file, progress) for file in lacking)
    except KeyboardInterrupt:
        # A file that is finished counts as kept in full.
        kept = total - sum(file.left for file in lacking if not file.target.exists())
        raise ResumableInterrupt(
            f"{kept / 1e6:.1f} of {total / 1e6:.1f} MB are kept; the same command continues from there."
        ) from None


def _checkpoint(manifest: Manifest) -> Checkpoint:
    """Return the checkpoint, once all of it is in the caches; huggingface_hub links the files' names to their content.

    A download by huggingface_hub finds the content there, and fetches nothing.
    """
    paths = {
        file.name: Path(huggingface_hub.hf_hub_download(manifest.repo, file.name, revision=manifest.commit))
        for file in manifest.whole
    }
    if manifest.revision != manifest.commit:  # huggingface_hub looks up here which commit a branch or a tag is
        with atomic_file(cache.repo_folder(manifest.repo) / "refs" / manifest.revision) as reference:
            reference.write_text(manifest.commit)
    weights = cache.extract_path(manifest.repo, manifest.commit) if manifest.pieces else paths[manifest.whole[-1].name]
    return Checkpoint(weights, paths[manifest.config.name])


def _cached_path(manifest: Manifest, file: Remote) -> Path:
    """Return where a file is in the hub's cache: under its name, or, if it has none there yet, by its content."""
    return cache.named_path(manifest.repo, file.name, manifest.commit) or cache.blob_path(manifest.repo, file.checksum)
