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
from saoctl.weights.manifest import Manifest, ask_hub
from saoctl.weights.refusals import explained
from saoctl.weights.source import Source, configs_beside, find, name_of, stated_architecture
from saoctl.weights.transfer import Piece, Wanted, bring


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
        manifest = manifest_of(model, full=full)
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
        arrived = _transfer(manifest, progress)
        checkpoint = _checkpoint(manifest)
    return Source(
        checkpoint,
        "repo",
        name_of(model),
        manifest.revision,
        manifest.commit,
        stated_architecture(checkpoint, model, progress),
        bytes_downloaded=arrived,
        bytes_in_repo=manifest.bytes_in_repo,
    )


def manifest_of(model: ModelConfig, *, full: bool = False) -> Manifest:
    """Ask the hub for the weights of a config, which are in a repo; see `saoctl.weights.manifest.ask_hub`."""
    assert model.repo is not None
    return ask_hub(model.repo, model.revision, full=full, file=model.file, beside=configs_beside(model))


def wanted(manifest: Manifest) -> list[Wanted]:
    """Return the files that a download of a manifest leaves in the caches, in the order in which they are fetched."""
    repo, commit = manifest.repo, manifest.commit
    files = [
        Wanted(
            name=file.name,
            # A file that has no name in the hub's cache yet is found, and put, by its content.
            target=cache.named_path(repo, file.name, commit) or cache.blob_path(repo, file.checksum),
            pieces=(Piece(file.name, 0, file.size, file.size),),
            checksum=file.checksum,
        )
        for file in manifest.whole
    ]
    if manifest.pieces:
        name = "autoencoder in " + " + ".join(dict.fromkeys(piece.name for piece in manifest.pieces))
        files.append(Wanted(name, cache.extract_path(repo, commit, manifest.file), manifest.pieces, manifest.head))
    return files


def _drop_damaged(manifest: Manifest) -> list[Path]:
    """Remove the damaged files of a manifest from the caches, also where links lead to, and return their paths."""
    here = [file for file in wanted(manifest) if file.target.exists()]
    damaged = [file.target for file in here if file.is_damaged()]
    for path in damaged:
        path.resolve().unlink()
        path.unlink(missing_ok=True)
    return damaged


def _transfer(manifest: Manifest, progress: Progress) -> int:
    """Fetch the files that the caches lack, and return how many bytes arrived."""
    lacking = [file for file in wanted(manifest) if not file.target.exists()]
    if not lacking:
        return 0
    total = sum(file.size for file in lacking)
    kept = total - sum(file.left for file in lacking)
    progress.start(f"Fetching {manifest.repo.split('/')[1]}", total, "bytes", kept)
    try:
        return sum(bring(manifest.repo, manifest.commit, file, progress) for file in lacking)
    except KeyboardInterrupt:
        kept = total - sum(file.left for file in lacking)
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
    extract = cache.extract_path(manifest.repo, manifest.commit, manifest.file)
    weights = extract if manifest.pieces else paths[manifest.whole[-1].name]
    return Checkpoint(weights, None if manifest.config is None else paths[manifest.config.name])
