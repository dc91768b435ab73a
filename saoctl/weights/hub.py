"""Gated weights from the Hugging Face hub, through its own cache, with a plain sentence for each refusal."""

import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub import errors as hub_errors
from tqdm import tqdm

from saoctl.errors import WeightsError
from saoctl.progress import Progress
from saoctl.weights.layouts import PUBLISHED, Checkpoint

# What huggingface_hub lets through besides its own errors: those of its HTTP library, whichever that is.
NETWORK_ERRORS: tuple[type[Exception], ...] = (OSError, ValueError, *hub_errors.HfHubHTTPError.__bases__)

LOGIN = "Log in with `hf auth login`, or set HF_TOKEN."


@dataclass(frozen=True)
class Fetched:
    """What a repo gave.

    Args:
        checkpoint: the files, in the hub's cache.
        commit: the commit that the revision resolved to.
        bytes_downloaded: of the files that were not in the cache before.
    """

    checkpoint: Checkpoint
    commit: str
    bytes_downloaded: int


def fetch(repo: str, revision: str, progress: Progress, *, local_only: bool) -> Fetched:
    """The autoencoder's files of a repo, the smallest published layout first.

    Args:
        repo: OWNER/NAME.
        revision: branch, tag or commit.
        progress: a listener.
        local_only: take what is in the cache, without network.

    Raises:
        WeightsError: the hub refuses, cannot be reached, or has no such files; or they are not in the cache.
    """
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it would tell of each of its retries
    local_only = local_only or constants.HF_HUB_OFFLINE
    if not local_only:
        progress.start(f"Asking the hub for {repo}")
    for config_name, weights_name in PUBLISHED:
        downloaded = 0
        paths = []
        commit = revision
        try:
            for name in (config_name, weights_name):
                cached = huggingface_hub.try_to_load_from_cache(repo, name, revision=commit)
                bar = _bar_class(progress, f"Fetching {name}")
                path = Path(
                    huggingface_hub.hf_hub_download(
                        repo, name, revision=commit, local_files_only=local_only, tqdm_class=bar
                    )
                )
                # snapshots/<commit>/...: the second file comes from the same commit as the first.
                commit = path.parents[name.count("/")].name
                downloaded += 0 if isinstance(cached, str) else path.stat().st_size
                paths.append(path)
        except hub_errors.LocalEntryNotFoundError as error:
            if not local_only:
                raise _explain(error, repo, revision) from error
        except hub_errors.RemoteEntryNotFoundError:
            pass
        except NETWORK_ERRORS as error:
            raise _explain(error, repo, revision) from error
        else:
            return Fetched(Checkpoint(paths[1], paths[0]), commit, downloaded)
    if local_only:
        hint = "Run `saoctl download` with network first."
        raise WeightsError(f"The weights of {repo} at {revision} are not in the cache.", hint)
    names = " or ".join(weights for _, weights in PUBLISHED)
    raise WeightsError(f"{repo} has no autoencoder weights.", f"A repo must hold {names}.")


def repo_bytes(repo: str, revision: str) -> int | None:
    """The size of all files of a repo, or None if the hub does not tell."""
    try:
        siblings = huggingface_hub.HfApi().model_info(repo, revision=revision, files_metadata=True).siblings
    except NETWORK_ERRORS:
        return None
    return sum(file.size or 0 for file in siblings or [])


def _bar_class(progress: Progress, what: str) -> type[Any]:
    """The progress bar that huggingface_hub is given: one that tells our listener and draws nothing itself."""

    class Bar(tqdm):  # type: ignore[misc] # tqdm has no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)  # huggingface_hub's own, for switching groups of bars off
            super().__init__(*args, **{**kwargs, "file": io.StringIO(), "disable": False})
            progress.start(what, self.total, "bytes")

        def update(self, n: float | None = 1) -> bool | None:
            progress.advance(n or 0)
            shown: bool | None = super().update(n)
            return shown

    return Bar


def _explain(error: Exception, repo: str, revision: str) -> WeightsError:
    """The sentence and the next step for what huggingface_hub raised."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    page = f"{constants.ENDPOINT}/{repo}"
    if isinstance(error, hub_errors.GatedRepoError):
        if status == 401:
            return WeightsError(f"{repo} is gated, and there is no token.", f"Accept the licence on {page}. {LOGIN}")
        return WeightsError(
            f"Your account has not accepted the licence of {repo}.", f"Accept it on {page}, then retry."
        )
    if isinstance(error, hub_errors.RevisionNotFoundError):
        return WeightsError(f"{repo} has no revision {revision}.", "Check model.revision.")
    if isinstance(error, hub_errors.RepositoryNotFoundError):
        return WeightsError(f"There is no repo {repo} that you can see.", f"Check the spelling of model.repo. {LOGIN}")
    cause = error.__cause__
    if isinstance(error, hub_errors.LocalEntryNotFoundError) and isinstance(cause, Exception):
        if getattr(getattr(cause, "response", None), "status_code", None) == 403:
            hint = "Give it the permission for public gated repos in your account's token settings."
            return WeightsError(f"Your token may not read gated repos such as {repo}.", hint)
        return WeightsError(
            f"The hub cannot be reached, and the weights of {repo} are not in the cache.",
            "Check the network, HF_ENDPOINT and HF_HUB_OFFLINE.",
        )
    if status == 401:
        return WeightsError("The hub does not accept your token.", f"It may be revoked or mistyped. {LOGIN}")
    if isinstance(error, hub_errors.HfHubHTTPError):
        return WeightsError(f"The hub answered {status} for {repo}.", "Try again later.")
    if isinstance(error, OSError) and error.errno is not None:
        return WeightsError(f"{repo} could not be stored: {error.strerror}.", "Free some space, or set HF_HUB_CACHE.")
    return WeightsError(f"The download of {repo} broke off.", "Run the same command again; it continues.")
