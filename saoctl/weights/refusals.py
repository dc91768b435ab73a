"""What went wrong with the hub, as a sentence and the next step."""

import errno
import json
import os
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from huggingface_hub import constants
from huggingface_hub import errors as hub_errors

from saoctl.errors import FileError, SaoctlError, WeightsError
from saoctl.weights.transfer import BrokenOffError, DamagedError

LOGIN = "Log in with `hf auth login`, or set HF_TOKEN."
WITHOUT = "`--path FILE|DIR` takes weights that are on this machine, and `-c demo` the small model that is shipped."
PROXY_LOGIN = 407  # what a proxy answers without its user name and password
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG)


def explain(error: Exception, repo: str, revision: str) -> SaoctlError:
    """The sentence and the next step for what huggingface_hub or a transfer raised.

    The causes and what the hub answers to each: https://huggingface.co/docs/hub/models-gated and
    https://huggingface.co/docs/huggingface_hub/package_reference/utilities#huggingface_hub.errors.HfHubHTTPError
    """
    status = getattr(getattr(error, "response", None), "status_code", None)
    site = _site()
    page = f"{site}/{repo}"
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
        hint = f"Give it read access to public gated repos on {site}/settings/tokens."
        return WeightsError(f"Your token may not read gated repos such as {repo}.", hint)
    if status == 429:
        return WeightsError("The hub asks for fewer requests.", "Try again in some minutes.")
    if isinstance(error, hub_errors.HfHubHTTPError) and status != PROXY_LOGIN:
        return WeightsError(f"{_host()} answered {status} for {repo}.", "Try again later.")
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        hint = "Free some space, or set HF_HUB_CACHE and SAOCTL_CACHE to other folders."
        return FileError(f"{repo} could not be stored: {error.strerror}.", hint)
    if isinstance(error, BrokenOffError):
        hint = "Run the same command again: what has arrived is kept."
        return WeightsError(f"The download of {repo} broke off: {_reason(error.__cause__ or error)}.", hint)
    if isinstance(error, DamagedError):
        return WeightsError(f"What the hub sends of {repo} is not what it lists.", "Try again later.")
    if isinstance(error, hub_errors.OfflineModeIsEnabled):
        return WeightsError(
            f"HF_HUB_OFFLINE is set, so {_host()} is not asked for {repo}.", f"Unset it, or do without: {WITHOUT}"
        )
    proxy = _proxy()
    checked = [
        "the network",
        *(["HF_ENDPOINT"] if os.environ.get("HF_ENDPOINT") else []),
        *(["the proxy"] * bool(proxy)),
    ]
    hint = (
        f"Check {' and '.join(checked)}. If the repo is gated, its licence must also be accepted on {page}."
        f" Without a network: {WITHOUT}"
    )
    through = f" (through the proxy {proxy})" if proxy else ""
    return WeightsError(f"{_host()}{through} cannot be reached for {repo}: {_reason(error)}.", hint)


def _site() -> str:
    """The address of the hub, without the password that it may have."""
    parts = urlsplit(constants.ENDPOINT)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _host() -> str:
    """The host of the hub, with its port if that is an unusual one."""
    return urlsplit(_site()).netloc or constants.ENDPOINT


def _proxy() -> str | None:
    """The host of the proxy by which the hub is asked, if there is one, without the password that it may have."""
    hub = urlsplit(constants.ENDPOINT)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(hub.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(hub.hostname or ""):
        return None
    return urlsplit(proxy).netloc.rpartition("@")[2] or proxy


def _reason(error: BaseException) -> str:
    """Why the hub was not reached, by what lies behind the error of the HTTP library, as the end of a sentence."""
    for each in _causes(error):
        if isinstance(each, socket.gaierror):
            return "no address is known for its name"
        if isinstance(each, ConnectionRefusedError):
            return "the connection is refused"
        if isinstance(each, TimeoutError):
            return f"there is no answer within {constants.HF_HUB_DOWNLOAD_TIMEOUT} s"
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted, {each.verify_message}"
        if isinstance(each, json.JSONDecodeError):
            return "what answers there is no hub"
        if isinstance(each, OSError) and each.errno and not isinstance(each, ssl.SSLError):
            return _lower(os.strerror(each.errno))
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == PROXY_LOGIN:
        return "the proxy wants a user name and a password"
    kind = type(error).__name__
    text = str(error).partition("\n")[0].rstrip(".") or kind
    return f"the proxy answers {text}" if "Proxy" in kind else _lower(text)


def _lower(text: str) -> str:
    """A sentence as it stands inside another."""
    return text[:1].lower() + text[1:]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
