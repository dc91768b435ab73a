"""What went wrong with the hub, as a sentence and the next step."""

import errno

from huggingface_hub import constants
from huggingface_hub import errors as hub_errors

from saoctl.errors import FileError, SaoctlError, WeightsError
from saoctl.weights.transfer import BrokenOffError, DamagedError

LOGIN = "Log in with `hf auth login`, or set HF_TOKEN."
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG)


def explain(error: Exception, repo: str, revision: str) -> SaoctlError:
    """The sentence and the next step for what huggingface_hub or a transfer raised.

    The causes and what the hub answers to each: https://huggingface.co/docs/hub/models-gated and
    https://huggingface.co/docs/huggingface_hub/package_reference/utilities#huggingface_hub.errors.HfHubHTTPError
    """
    status = getattr(getattr(error, "response", None), "status_code", None)
    page = f"{constants.ENDPOINT}/{repo}"
    if isinstance(error, hub_errors.GatedRepoError):  # a RepositoryNotFoundError too
        if status == 401:
            return WeightsError(f"{repo} is gated, and there is no token.", f"Accept the licence on {page}. {LOGIN}")
        return WeightsError(
            f"Your account has not accepted the licence of {repo}.", f"Accept it on {page}, then retry."
        )
    if isinstance(error, hub_errors.RevisionNotFoundError):
        return WeightsError(f"{repo} has no revision {revision}.", "Check model.revision: a branch, tag or commit.")
    if isinstance(error, hub_errors.RepositoryNotFoundError):
        return WeightsError(f"There is no repo {repo} that you can see.", f"Check the spelling of model.repo. {LOGIN}")
    if status == 401:
        return WeightsError("The hub does not accept your token.", f"It may be revoked or mistyped. {LOGIN}")
    if status == 403:
        hint = f"Give it read access to public gated repos on {constants.ENDPOINT}/settings/tokens."
        return WeightsError(f"Your token may not read gated repos such as {repo}.", hint)
    if status == 429:
        return WeightsError("The hub asks for fewer requests.", "Try again in some minutes.")
    if isinstance(error, hub_errors.HfHubHTTPError):
        return WeightsError(f"The hub answered {status} for {repo}.", "Try again later.")
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        hint = "Free some space, or set HF_HUB_CACHE and SAOCTL_CACHE to other folders."
        return FileError(f"{repo} could not be stored: {error.strerror}.", hint)
    if isinstance(error, BrokenOffError):
        hint = "Run the same command again: what has arrived is kept."
        return WeightsError(f"The download of {repo} broke off.", hint)
    if isinstance(error, DamagedError):
        return WeightsError(f"What the hub sends of {repo} is not what it lists.", "Try again later.")
    return WeightsError("The hub cannot be reached.", "Check the network, HF_ENDPOINT and HF_HUB_OFFLINE.")
