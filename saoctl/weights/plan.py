"""What has to be fetched of a repo: the smallest layout it has, and of that the autoencoder's bytes alone."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub import errors as hub_errors

from saoctl.errors import SaoctlError, WeightsError
from saoctl.models import layouts
from saoctl.models.checkpoint import is_index, weight_map
from saoctl.models.layouts import LAYOUTS
from saoctl.weights import transfer
from saoctl.weights.refusals import explain
from saoctl.weights.remote import Piece, Plan, Remote
from saoctl.weights.transfer import NETWORK_ERRORS, BrokenOffError, DamagedError

LARGER = ("model.safetensors", f"model{layouts.INDEX}")  # hold a whole diffusion model beside the autoencoder
BUSY = (429, 500, 502, 503, 504)  # answers that may be another in a moment
WAITS = (1, 2, 4)  # seconds

FAILURES: tuple[type[Exception], ...] = (*NETWORK_ERRORS, BrokenOffError, DamagedError, ValueError)

T = TypeVar("T")


class NoAccessError(WeightsError):
    """The hub lists the files, but does not give them.

    Args:
        refusal: its sentence and the next step.
        plan: what would be fetched; of weights within something larger, all of it, since its header cannot be read.
    """

    def __init__(self, refusal: SaoctlError, plan: Plan) -> None:
        super().__init__(refusal.message, refusal.hint)
        self.plan = plan


def make_plan(repo: str, revision: str, *, full: bool = False) -> Plan:
    """What a download would fetch; nothing is stored.

    Raises:
        NoAccessError: the hub does not give the files.
        WeightsError: it cannot be reached or has no such files.
    """
    with explained(repo, revision):
        commit, files = _list(repo, revision)
        layouts_there = [names for names in LAYOUTS if all(name in files for name in names)]
        if full:  # the autoencoder's own folder is not the whole checkpoint, unless there is nothing else
            layouts_there.sort(key=lambda names: "diffusion_pytorch_model" in names[1])
        if not layouts_there:
            names = " or ".join(weights for _, weights in layouts.PUBLISHED[::2])
            raise WeightsError(f"{repo} has no autoencoder weights.", f"A repo must hold {names}, with a config.")
        config, weights = (files[name] for name in layouts_there[0])
        in_repo = sum(file.size for file in files.values())
        try:
            _check_access(repo, commit, config)
        except hub_errors.HfHubHTTPError as error:
            wanted = Plan(repo, revision, commit, config, (config, weights), (), b"", in_repo)
            raise NoAccessError(explain(error, repo, revision), wanted) from error
        if weights.name in LARGER and not full:
            pieces, head = _part_of(repo, commit, weights, files)
            return Plan(repo, revision, commit, config, (config,), pieces, head, in_repo)
        shards: list[Remote] = []
        if is_index(Path(weights.name)):
            beside = sorted(set(_shards(repo, commit, weights).values()))
            shards = [_existing(repo, Path(weights.name).with_name(name).as_posix(), files) for name in beside]
        return Plan(repo, revision, commit, config, (config, *shards, weights), (), b"", in_repo)


@contextmanager
def explained(repo: str, revision: str) -> Iterator[None]:
    """What the hub raises becomes a sentence; what huggingface_hub logs of its retries meanwhile is not shown."""
    logger = logging.getLogger("huggingface_hub")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    except FAILURES as error:
        raise explain(error, repo, revision) from error
    finally:
        logger.setLevel(level)


def _list(repo: str, revision: str) -> tuple[str, dict[str, Remote]]:
    """The commit of a revision, and its files by name."""
    api = huggingface_hub.HfApi(endpoint=constants.ENDPOINT)
    info = _patient(
        lambda: api.model_info(repo, revision=revision, files_metadata=True, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT)
    )
    if info.sha is None:
        raise WeightsError(f"The hub does not tell the commit of {repo}.", "Check HF_ENDPOINT.")
    files = [
        Remote(file.rfilename, file.size or 0, file.lfs.sha256 if file.lfs else file.blob_id or "")
        for file in info.siblings or ()
    ]
    return info.sha, {file.name: file for file in files}


def _check_access(repo: str, commit: str, file: Remote) -> None:
    """Ask for a file's metadata: who may see the list of a gated repo may still not have its files."""
    url = huggingface_hub.hf_hub_url(repo, file.name, revision=commit, endpoint=constants.ENDPOINT)
    _patient(lambda: huggingface_hub.get_hf_file_metadata(url))


def _part_of(repo: str, commit: str, weights: Remote, files: dict[str, Remote]) -> tuple[tuple[Piece, ...], bytes]:
    """The byte ranges of the autoencoder's tensors, and the header of a file that holds them one after the other.

    The format: https://huggingface.co/docs/safetensors/index#format. The offsets of a header count from its end.
    """
    if is_index(Path(weights.name)):
        shard_of = _shards(repo, commit, weights)
        wanted = layouts.autoencoder_names(shard_of)
        headers = {shard: _header(repo, commit, shard) for shard in sorted({shard_of[name] for name in wanted})}
    else:
        headers = {weights.name: _header(repo, commit, weights.name)}
        wanted = layouts.autoencoder_names(headers[weights.name])
    header: dict[str, object] = {"__metadata__": {"repo": repo, "commit": commit}}
    pieces: list[Piece] = []
    at = 0
    for shard, tensors in headers.items():
        size = _existing(repo, shard, files).size
        base = size - max((stop for _, _, (_, stop) in tensors.values()), default=0)
        held = [(name, *tensors[name]) for name in wanted if name in tensors]
        for name, dtype, shape, (first, stop) in sorted(held, key=lambda each: each[3]):
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + stop - first]}
            at += stop - first
            if pieces and (pieces[-1].name, pieces[-1].stop) == (shard, base + first):
                pieces[-1] = Piece(shard, pieces[-1].start, base + stop, size)
            else:
                pieces.append(Piece(shard, base + first, base + stop, size))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return tuple(pieces), len(text).to_bytes(8, "little") + text


def _header(repo: str, commit: str, name: str) -> dict[str, tuple[str, list[int], tuple[int, int]]]:
    """Type, shape and offsets of the tensors of a safetensors file of a repo, read from its header alone."""
    api = huggingface_hub.HfApi(endpoint=constants.ENDPOINT)
    try:
        metadata = _patient(lambda: api.parse_safetensors_file_metadata(repo, name, revision=commit))
    except hub_errors.SafetensorsParsingError as error:
        raise WeightsError(f"{name} of {repo} is not a valid safetensors file.", "Check model.revision.") from error
    return {key: (info.dtype, info.shape, info.data_offsets) for key, info in metadata.tensors.items()}


def _shards(repo: str, commit: str, index: Remote) -> dict[str, str]:
    """The shard of each tensor, by an index of a repo."""
    try:
        content = json.loads(b"".join(transfer.read(repo, commit, Piece(index.name, 0, index.size, index.size))))
    except ValueError:
        content = None
    shards = weight_map(content)
    if shards is None:
        raise WeightsError(f"{index.name} of {repo} is not the index of a sharded checkpoint.", "Check model.revision.")
    return shards


def _existing(repo: str, name: str, files: dict[str, Remote]) -> Remote:
    if name not in files:
        raise WeightsError(f"{repo} lacks {name}, which its index names.", "Check model.revision.")
    return files[name]


def _patient(ask: Callable[[], T]) -> T:
    """Ask again, a little later, what a busy hub did not answer."""
    for wait in WAITS:
        try:
            return ask()
        except hub_errors.HfHubHTTPError as error:
            if error.response.status_code not in BUSY:
                raise
            time.sleep(wait)
    return ask()
