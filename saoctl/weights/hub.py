"""Gated weights from the Hugging Face hub, through its own cache, with a plain sentence for each refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
from huggingface_hub import errors as hub_errors

from saoctl.errors import WeightsError
from saoctl.weights.layouts import PUBLISHED, Checkpoint

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


def fetch(repo: str, revision: str, *, local_only: bool, told: Callable[[str], None] = lambda name: None) -> Fetched:
    """The autoencoder's files of a repo, the smallest published layout first.

    Args:
        repo: OWNER/NAME.
        revision: branch, tag or commit.
        local_only: take what is in the cache, without network.
        told: is called with the name of each file before it is fetched.

    Raises:
        WeightsError: the hub refuses, cannot be reached, or has no such files; or they are not in the cache.
    """
    for config_name, weights_name in PUBLISHED:
        downloaded = 0
        paths = []
        commit = revision
        try:
            for name in (config_name, weights_name):
                told(name)
                cached = huggingface_hub.try_to_load_from_cache(repo, name, revision=commit)
                path = Path(huggingface_hub.hf_hub_download(repo, name, revision=commit, local_files_only=local_only))
                # snapshots/<commit>/...: the second file comes from the same commit as the first.
                commit = path.parents[name.count("/")].name
                downloaded += 0 if isinstance(cached, str) else path.stat().st_size
                paths.append(path)
        except hub_errors.LocalEntryNotFoundError as error:
            if not local_only and not huggingface_hub.constants.HF_HUB_OFFLINE:
                raise _explain(error, repo, revision) from error
        except hub_errors.RemoteEntryNotFoundError:
            pass
        except (OSError, ValueError) as error:
            raise _explain(error, repo, revision) from error
        else:
            return Fetched(Checkpoint(paths[1], paths[0]), commit, downloaded)
    if local_only or huggingface_hub.constants.HF_HUB_OFFLINE:
        hint = "Run `saoctl download` with network first."
        raise WeightsError(f"The weights of {repo} at {revision} are not in the cache.", hint)
    names = " or ".join(weights for _, weights in PUBLISHED)
    raise WeightsError(f"{repo} has no autoencoder weights.", f"A repo must hold {names}.")


def repo_bytes(repo: str, revision: str) -> int | None:
    """The size of all files of a repo, or None if the hub does not tell."""
    try:
        siblings = huggingface_hub.HfApi().model_info(repo, revision=revision, files_metadata=True).siblings
    except (OSError, ValueError):
        return None
    return sum(file.size or 0 for file in siblings or [])


def _explain(error: Exception, repo: str, revision: str) -> WeightsError:
    """The sentence and the next step for what huggingface_hub raised."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    page = f"{huggingface_hub.constants.ENDPOINT}/{repo}"
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
    return WeightsError(f"{repo} could not be fetched: {error}.", "Check the network and the free space of the cache.")
