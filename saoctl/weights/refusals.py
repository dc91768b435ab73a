"""The errors of the hub and of transfers, as a sentence and the next step."""

import errno
import json
import os
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from huggingface_hub import constants
from huggingface_hub import errors as hub_errors

from saoctl.errors import FileError, SaoctlError, WeightsError
from saoctl.logs import errors_only
from saoctl.weights.source import WITHOUT
from saoctl.weights.transfer import NETWORK_ERRORS, BrokenOffError, DamagedError

LOGIN = "Log in with `hf auth login`, or set HF_TOKEN."
PROXY_LOGIN = 407  # the answer of a proxy that wants a user name and a password
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG)
FAILURES: tuple[type[Exception], ...] = (*NETWORK_ERRORS, BrokenOffError, DamagedError, ValueError)


@contextmanager
def explained(repo: str, revision: str) -> Iterator[None]:
    """Turn the errors of the hub into sentences; the library's log of its retries is not shown meanwhile.

    Raises:
        SaoctlError: see `explain`.
    """
    try:
        with errors_only("huggingface_hub"):
            yield
    except FAILURES as error:
        raise explain(error, repo, revision) from error


def explain(error: Exception, repo: str, revision: str) -> SaoctlError:
    """Return the sentence and the next step for an error of huggingface_hub or of a transfer.

    The causes, and the hub's answer to each: https://huggingface.co/docs/hub/models-gated and
    https://huggingface.co/docs/huggingface_hub/package_reference/utilities#huggingface_hub.errors.HfHubHTTPError
    """
    status = getattr(getattr(error, "response", None), "status_code", None)
    site = _site()
    page = f"{site}/{repo}"
    if isinstance(error, hub_errors.GatedRepoError):  # first: it is also a RepositoryNotFoundError
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
        return WeightsError(f"The hub sends other bytes of {repo} than it lists.", "Try again later.")
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
    """Return the address of the hub, without the password that it may hold."""
    parts = urlsplit(constants.ENDPOINT)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _host() -> str:
    """Return the host of the hub, with its port if that is an unusual one."""
    return urlsplit(_site()).netloc or constants.ENDPOINT


def _proxy() -> str | None:
    """Return the host of the proxy that leads to the hub, if there is one, without the password that it may hold."""
    hub = urlsplit(constants.ENDPOINT)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(hub.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(hub.hostname or ""):
        return None
    return urlsplit(proxy).netloc.rpartition("@")[2] or proxy


def _reason(error: BaseException) -> str:
    """Return why the hub was not reached, as the end of a sentence.

    The reason is the first error that is known among those that the HTTP library's error was raised from.
    """
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
    """Return a sentence as it reads inside another."""
    return text[:1].lower() + text[1:]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, and those that it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
