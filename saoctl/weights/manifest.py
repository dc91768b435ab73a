"""The manifest of a download: of a repo's smallest layout, the files and byte ranges that hold the autoencoder."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub import errors as hub_errors

from saoctl.errors import SaoctlError, WeightsError
from saoctl.models import layouts, pickled
from saoctl.models.checkpoint import KINDS, is_index, weight_map
from saoctl.models.family import UndecidedError, UnsupportedArchitectureError
from saoctl.models.layouts import LAYOUTS
from saoctl.models.pickled import Header
from saoctl.models.registry import recognise
from saoctl.weights import transfer
from saoctl.weights.refusals import explain, explained
from saoctl.weights.transfer import Piece

LARGER = ("model.safetensors", f"model{layouts.INDEX}")  # hold a whole diffusion model beside the autoencoder
BUSY = (429, 500, 502, 503, 504)  # statuses of a hub that may answer in a moment
WAITS = (1, 2, 4)  # seconds

# The share of a file above which fetching its parts saves nothing.
LARGEST_PART = 0.98

T = TypeVar("T")


@dataclass(frozen=True)
class Remote:
    """A file of a repo at a commit.

    Args:
        name: its path in the repo.
        size: in bytes.
        checksum: SHA-256 of a large file, git blob id of a small one.
    """

    name: str
    size: int
    checksum: str


@dataclass(frozen=True)
class Manifest:
    """The files and byte ranges of a repo that a download wants.

    Args:
        repo: OWNER/NAME.
        revision: the branch, tag or commit that was asked for.
        commit: the commit that the revision resolved to.
        config: the file that describes the autoencoder; None: there is none, or it is not needed.
        bytes_in_repo: the size of all files of the repo.
        whole: the files of which every byte is needed, the weights or their index last.
        pieces: the autoencoder's byte ranges, where its weights are part of something larger.
        head: the beginning of the file that is put together from these pieces.
        file: the file of the weights that was asked for; None: any of the usual layouts.
    """

    repo: str
    revision: str
    commit: str
    config: Remote | None
    bytes_in_repo: int
    whole: tuple[Remote, ...]
    pieces: tuple[Piece, ...] = ()
    head: bytes = b""
    file: str | None = None


class NoAccessError(WeightsError):
    """The hub lists the files, but this account may not have them.

    Args:
        refusal: the sentence and the next step.
        manifest: what would be fetched. Of weights within something larger it has whole files, because their header
            cannot be read.
    """

    def __init__(self, refusal: SaoctlError, manifest: Manifest) -> None:
        super().__init__(refusal.message, refusal.hint)
        self.manifest = manifest


def ask_hub(
    repo: str, revision: str, *, full: bool = False, file: str | None = None, beside: Sequence[str] = ()
) -> Manifest:
    """Ask the hub for a repo's files, and return the manifest of their download; nothing is stored.

    Args:
        repo: OWNER/NAME.
        revision: branch, tag or commit.
        full: the whole checkpoint is wanted, where otherwise the autoencoder's part is enough.
        file: the file of the weights in the repo; None: they are searched for in the usual layouts.
        beside: the names of configs that may describe this file.

    Raises:
        NoAccessError: this account may not have the files.
        WeightsError: the hub cannot be reached or has no such files.
    """
    with explained(repo, revision):
        commit, files = _list(repo, revision)
        config, weights = _usual(repo, files, full) if file is None else _single(repo, files, file, beside)
        in_repo = sum(each.size for each in files.values())
        described = () if config is None else (config,)
        try:
            _check_access(repo, commit, config or weights)
        except hub_errors.HfHubHTTPError as error:
            manifest = Manifest(repo, revision, commit, config, in_repo, (*described, weights), file=file)
            raise NoAccessError(explain(error, repo, revision), manifest) from error
        if (weights.name in LARGER or weights.name == file) and not full:
            headers = _headers(repo, commit, weights, files)
            if headers:
                _check_shapes(repo, weights, headers)
                pieces, head = _part_of(repo, commit, headers, files)
                # The parts of a pickle are worth it anyway: its other objects may need code that does not run here.
                is_worth_it = weights.name in LARGER or not weights.name.endswith(".safetensors")
                if is_worth_it or sum(map(len, pieces)) < LARGEST_PART * weights.size:
                    return Manifest(repo, revision, commit, config, in_repo, described, pieces, head, file)
        shards: list[Remote] = []
        if is_index(Path(weights.name)):
            names = sorted(set(_shards(repo, commit, weights).values()))
            shards = [_existing(repo, Path(weights.name).with_name(name).as_posix(), files) for name in names]
        return Manifest(repo, revision, commit, config, in_repo, (*described, *shards, weights), file=file)


def _check_shapes(repo: str, weights: Remote, headers: Mapping[str, Header]) -> None:
    """Refuse weights whose tensors are not an autoencoder's, before they are fetched."""
    shapes = {name: tuple(shape) for tensors in headers.values() for name, (_, shape, _) in tensors.items()}
    try:
        with suppress(UndecidedError):  # then it is one, and what is open is asked for when the weights are read
            recognise(shapes)
    except UnsupportedArchitectureError as error:
        raise WeightsError(
            f"{weights.name} of {repo} cannot be recognised: {error}.", "Choose another file: --set model.file=NAME."
        ) from error


def _usual(repo: str, files: Mapping[str, Remote], full: bool) -> tuple[Remote, Remote]:
    """Return the config and the weights in the smallest of the usual layouts that a repo has; see `ask_hub`."""
    found = [names for names in LAYOUTS if all(name in files for name in names)]
    if full:  # the autoencoder's own folder is the whole checkpoint only if there is no other layout
        found.sort(key=lambda names: "diffusion_pytorch_model" in names[1])
    if not found:
        names = " or ".join(weights for _, weights in layouts.PUBLISHED[::2])
        raise WeightsError(
            f"{repo} has no autoencoder weights.",
            f"A repo must hold {names}, with a config. Name any other file of weights: --set model.file=NAME.",
        )
    config, weights = (files[name] for name in found[0])
    return config, weights


def _single(repo: str, files: Mapping[str, Remote], file: str, beside: Sequence[str]) -> tuple[Remote | None, Remote]:
    """Return the file of weights that was asked for, and the config that describes it, if there is one."""
    if file not in files:
        like = [name for name in files if Path(name).suffix in KINDS]
        some = ", ".join(like[: layouts.NAMED])
        raise WeightsError(
            f"{repo} has no file {file}.",
            f"Its files of weights are: {some}. Choose one: --set model.file=NAME." if some else "Check model.repo.",
        )
    return next((files[name] for name in beside if name in files), None), files[file]


def _list(repo: str, revision: str) -> tuple[str, dict[str, Remote]]:
    """Return the commit of a revision, and its files by name."""
    api = huggingface_hub.HfApi(endpoint=constants.ENDPOINT)
    info = _patient(
        lambda: api.model_info(repo, revision=revision, files_metadata=True, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT)
    )
    if info.sha is None:
        raise WeightsError(f"The hub does not name the commit of {repo}.", "Check HF_ENDPOINT.")
    files = [
        Remote(file.rfilename, file.size or 0, file.lfs.sha256 if file.lfs else file.blob_id or "")
        for file in info.siblings or ()
    ]
    return info.sha, {file.name: file for file in files}


def _check_access(repo: str, commit: str, file: Remote) -> None:
    """Ask for a file's metadata: an account that may list the files of a gated repo may still not fetch them."""
    url = huggingface_hub.hf_hub_url(repo, file.name, revision=commit, endpoint=constants.ENDPOINT)
    _patient(lambda: huggingface_hub.get_hf_file_metadata(url))


def _headers(repo: str, commit: str, weights: Remote, files: Mapping[str, Remote]) -> dict[str, Header]:
    """Return the header of each file that holds some weights; none if their format has no parts."""
    if is_index(Path(weights.name)):
        shard_of = _shards(repo, commit, weights)
        shards = sorted({shard_of[name] for name in layouts.autoencoder_names(shard_of)})
        return {shard: _header(repo, commit, _existing(repo, shard, files)) for shard in shards}
    if weights.name.endswith(".safetensors"):
        return {weights.name: _header(repo, commit, weights)}
    if weights.name.endswith(".gguf"):
        return {}

    def fetch(start: int, stop: int) -> bytes:
        return b"".join(transfer.read(repo, commit, Piece(weights.name, start, stop, weights.size)))

    found = pickled.read_header(fetch, weights.size)
    if found is None:
        return {}
    header, others = found
    whole_only = layouts.autoencoder_names([*header, *others]).keys() & set(others)
    return {} if whole_only else {weights.name: header}


def _part_of(
    repo: str, commit: str, headers: Mapping[str, Header], files: Mapping[str, Remote]
) -> tuple[tuple[Piece, ...], bytes]:
    """Return the byte ranges of the autoencoder's tensors, and the header of a file that holds them in this order.

    The format is https://huggingface.co/docs/safetensors/index#format. Its offsets count from the header's end.
    """
    wanted = layouts.autoencoder_names(name for tensors in headers.values() for name in tensors)
    header: dict[str, object] = {"__metadata__": {"repo": repo, "commit": commit}}
    pieces: list[Piece] = []
    at = 0
    for file, tensors in headers.items():
        size = files[file].size
        held = [(name, *tensors[name]) for name in wanted if name in tensors]
        for name, dtype, shape, (first, stop) in sorted(held, key=lambda each: each[3]):
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + stop - first]}
            at += stop - first
            if pieces and (pieces[-1].name, pieces[-1].stop) == (file, first):
                pieces[-1] = Piece(file, pieces[-1].start, stop, size)
            else:
                pieces.append(Piece(file, first, stop, size))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return tuple(pieces), len(text).to_bytes(8, "little") + text


def _header(repo: str, commit: str, file: Remote) -> Header:
    """Return the header of a safetensors file, of which nothing else is fetched."""
    api = huggingface_hub.HfApi(endpoint=constants.ENDPOINT)
    try:
        metadata = _patient(lambda: api.parse_safetensors_file_metadata(repo, file.name, revision=commit))
    except hub_errors.SafetensorsParsingError as error:
        raise WeightsError(
            f"{file.name} of {repo} is not a valid safetensors file.", "Check model.revision."
        ) from error
    tensors = metadata.tensors
    base = file.size - max((info.data_offsets[1] for info in tensors.values()), default=0)
    return {
        key: (info.dtype, info.shape, (base + info.data_offsets[0], base + info.data_offsets[1]))
        for key, info in tensors.items()
    }


def _shards(repo: str, commit: str, index: Remote) -> dict[str, str]:
    """Return the name of each tensor's shard, as the index of a repo has it."""
    try:
        content = json.loads(b"".join(transfer.read(repo, commit, Piece(index.name, 0, index.size, index.size))))
    except ValueError:
        content = None
    shards = weight_map(content)
    if shards is None:
        raise WeightsError(f"{index.name} of {repo} is not the index of a sharded checkpoint.", "Check model.revision.")
    return shards


def _existing(repo: str, name: str, files: Mapping[str, Remote]) -> Remote:
    if name not in files:
        raise WeightsError(f"{repo} lacks {name}, which its index names.", "Check model.revision.")
    return files[name]


def _patient(ask: Callable[[], T]) -> T:
    """Return what `ask` returns; while the hub is busy, ask again a little later."""
    for wait in WAITS:
        try:
            return ask()
        except hub_errors.HfHubHTTPError as error:
            if error.response.status_code not in BUSY:
                raise
            time.sleep(wait)
    return ask()
