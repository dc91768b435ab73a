"""Byte ranges of remote files brought into one local file: resumable, checked, and safe from a second process."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import huggingface_hub
from huggingface_hub import constants
from huggingface_hub import errors as hub_errors
from huggingface_hub.utils import (  # type: ignore[attr-defined] # exported lazily
    build_hf_headers,
    hf_raise_for_status,
    http_stream_backoff,
)

from saoctl.errors import FileError
from saoctl.progress import Progress
from saoctl.weights.cache import Missing, has_checksum
from saoctl.weights.remote import Piece, Plan

# What breaks off a transfer, besides refusals: the errors of huggingface_hub's HTTP library, whichever that is.
NETWORK_ERRORS: tuple[type[Exception], ...] = (OSError, *hub_errors.HfHubHTTPError.__bases__)

ATTEMPTS = 5  # without a single byte in between, before a transfer gives up


class BrokenOffError(Exception):
    """The connection broke off again and again."""


class DamagedError(Exception):
    """What arrived is not what the hub has."""


def read(repo: str, commit: str, piece: Piece) -> Iterator[bytes]:
    """The bytes of a piece, as they arrive; where the connection breaks off, it is taken up again.

    Raises:
        HfHubHTTPError: the hub refuses.
        BrokenOffError: the connection keeps breaking off.
        DamagedError: it answers with other bytes than those that were asked for.
    """
    url = huggingface_hub.hf_hub_url(repo, piece.name, revision=commit, endpoint=constants.ENDPOINT)
    at, failures = piece.start, 0
    while at < piece.stop:
        # No compression: ranges count the bytes of the file itself.
        asked = {"Accept-Encoding": "identity", "Range": f"bytes={at}-{piece.stop - 1}"}
        before = at
        try:
            with http_stream_backoff(
                "GET",
                url,
                headers={**build_hf_headers(library_name="saoctl"), **asked},
                timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT,
                retry_on_exceptions=(),
            ) as response:
                hf_raise_for_status(response)
                whole = response.status_code == 200 and at == 0 and piece.stop == piece.size
                given = response.headers.get("Content-Range", "")
                if not whole and not given.startswith(f"bytes {at}-"):
                    raise DamagedError(f"{piece.name}: asked for {asked['Range']}, answered {given or 'everything'}")
                for chunk in response.iter_raw():
                    at += len(chunk)
                    if at > piece.stop:
                        raise DamagedError(f"{piece.name}: more bytes than asked for")
                    yield chunk
            if at < piece.stop:
                raise DamagedError(f"{piece.name}: fewer bytes than asked for")
        except hub_errors.HfHubHTTPError:
            raise
        except NETWORK_ERRORS as error:
            failures = 1 if at > before else failures + 1
            if failures >= ATTEMPTS:
                raise BrokenOffError(str(error)) from error
            time.sleep(failures)


def bring(
    plan: Plan,
    missing: Missing,
    progress: Progress,
    *,
    before_it_appears: Callable[[Path], None] | None = None,
) -> int:
    """Put a file together, continuing what an earlier, broken-off call has left; it appears complete or not at all.

    Args:
        plan: says of which repo and commit it is.
        missing: the file.
        progress: told of each byte that arrives.
        before_it_appears: is given the complete file while it still has another name.

    Returns:
        How many bytes arrived.

    Raises:
        FileError: it cannot be written, or what arrives is again and again not good.
        HfHubHTTPError, BrokenOffError: as `read`.
    """
    target, unfinished = missing.target, missing.unfinished
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(unfinished, target, progress):
        arrived = 0
        for attempt in range(2):
            if target.exists():
                break
            try:
                arrived += _continue(plan, missing, progress)
                good = missing.checksum is None or has_checksum(unfinished, missing.checksum)
            except DamagedError:
                good = False
            if good:
                if before_it_appears is not None:
                    before_it_appears(unfinished)
                unfinished.replace(target)
                break
            unfinished.unlink(missing_ok=True)
            if attempt:
                raise FileError(f"What the hub sent for {target.name} is damaged.", "Try again later.")
            progress.warn("What has arrived is damaged; fetching it once more.")
        return arrived


@contextmanager
def _alone(unfinished: Path, target: Path, progress: Progress) -> Iterator[None]:
    """Keep other processes from the same file: who waits finds it finished, or continues it."""
    # The lock goes with the process that holds it.
    lock = filelock.FileLock(f"{unfinished}.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        progress.warn("Another process is fetching the same file; waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
        if target.exists():
            Path(lock.lock_file).unlink(missing_ok=True)


def _continue(plan: Plan, missing: Missing, progress: Progress) -> int:
    """Append to the unfinished file what it still lacks, and tell how much that was."""
    head, arrived = missing.head, 0
    with missing.unfinished.open("a+b") as file:
        file.seek(0)
        if file.read(len(head)) != head or file.seek(0, os.SEEK_END) > len(head) + missing.size:
            file.truncate(0)
            file.write(head)
        skip = file.seek(0, os.SEEK_END) - len(head)
        for piece in missing.pieces:
            if skip >= len(piece):
                skip -= len(piece)
                continue
            rest = Piece(piece.name, piece.start + skip, piece.stop, piece.size)
            skip = 0
            for chunk in read(plan.repo, plan.commit, rest):
                file.write(chunk)
                progress.advance(len(chunk))
                arrived += len(chunk)
    return arrived
