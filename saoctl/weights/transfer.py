"""The transfer of byte ranges of remote files into one local file: resumable, checked, safe from a second process."""

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from saoctl.weights.cache import has_checksum, is_damaged, write_record

# The errors that break off a transfer, besides refusals: those of huggingface_hub's HTTP library, whichever that is.
NETWORK_ERRORS: tuple[type[Exception], ...] = (OSError, *hub_errors.HfHubHTTPError.__bases__)

UNFINISHED = ".saoctl-part"  # the ending of an unfinished file's name
LARGEST_GAP = 4096  # bytes between pieces that are fetched too, because a request of its own takes longer
ATTEMPTS = 5  # without a single byte in between, before a transfer gives up


class BrokenOffError(Exception):
    """The connection broke off again and again."""


class DamagedError(Exception):
    """The bytes that arrived are not those that the hub has."""


@dataclass(frozen=True)
class Piece:
    """The bytes from `start` up to `stop` of a file of a repo; `size` is that of the whole file."""

    name: str
    start: int
    stop: int
    size: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Wanted:
    """A file that belongs on this machine, and the pieces of a repo that it is put together from.

    Args:
        name: its name in the repo, or what it holds of several files.
        target: the path where it is, or appears when it is whole.
        pieces: in the order in which they are written.
        head: the bytes that it begins with, which need no transfer.
        checksum: the one that it must have, if the hub names one; else its own is recorded beside it.
    """

    name: str
    target: Path
    pieces: tuple[Piece, ...]
    head: bytes = b""
    checksum: str | None = None

    @property
    def unfinished(self) -> Path:
        """The path where it grows until it is whole."""
        return self.target.with_name(self.target.name + UNFINISHED)

    @property
    def size(self) -> int:
        """The number of bytes that are transferred for it."""
        return sum(map(len, self.pieces))

    @property
    def left(self) -> int:
        """The number of those bytes that are not here yet."""
        if self.target.exists():
            return 0
        kept = self.unfinished.stat().st_size - len(self.head) if self.unfinished.exists() else 0
        return self.size - max(kept, 0)

    def is_damaged(self) -> bool:
        """Return whether the file, which is here, differs from what the hub has, or from what was put together."""
        return is_damaged(self.target) if self.checksum is None else not has_checksum(self.target, self.checksum)


def read(repo: str, commit: str, piece: Piece) -> Iterator[bytes]:
    """Yield the bytes of a piece as they arrive; where the connection breaks off, it is taken up again.

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


def bring(repo: str, commit: str, wanted: Wanted, progress: Progress) -> int:
    """Put a file together from where an earlier call broke off, and return how many bytes arrived.

    The file appears complete or not at all.

    Args:
        repo: that has its pieces.
        commit: of the repo.
        wanted: the file.
        progress: a listener, which hears of each byte that arrives.

    Raises:
        FileError: the file cannot be written, or its bytes arrive damaged again and again.
        HfHubHTTPError, BrokenOffError: see `read`.
    """
    target, unfinished = wanted.target, wanted.unfinished
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(unfinished, target, progress):
        arrived = 0
        for attempt in range(2):
            if target.exists():
                break
            try:
                arrived += _continue(repo, commit, wanted, progress)
                good = wanted.checksum is None or has_checksum(unfinished, wanted.checksum)
            except DamagedError:
                good = False
            if good:
                if wanted.checksum is None:
                    ranges = [[piece.name, piece.start, piece.stop] for piece in wanted.pieces]
                    write_record(unfinished, {"repo": repo, "commit": commit, "ranges": ranges})
                unfinished.replace(target)
                break
            unfinished.unlink(missing_ok=True)
            if attempt:
                raise FileError(f"What the hub sent for {target.name} is damaged.", "Try again later.")
            progress.warn("What has arrived is damaged; fetching it once more.")
        return arrived


@contextmanager
def _alone(unfinished: Path, target: Path, progress: Progress) -> Iterator[None]:
    """Keep other processes from the same file: one that waits finds it finished, or continues it.

    The system releases the lock if the process that holds it dies.
    """
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


def _continue(repo: str, commit: str, wanted: Wanted, progress: Progress) -> int:
    """Append to the unfinished file the bytes that it lacks, and return how many these were."""
    head, arrived = wanted.head, 0
    with wanted.unfinished.open("a+b") as file:
        file.seek(0)
        if file.read(len(head)) != head or file.seek(0, os.SEEK_END) > len(head) + wanted.size:
            file.truncate(0)
            file.write(head)
        for run in _runs(_rest(wanted.pieces, file.seek(0, os.SEEK_END) - len(head))):
            for chunk in _read_run(repo, commit, run):
                file.write(chunk)
                progress.advance(len(chunk))
                arrived += len(chunk)
    return arrived


def _rest(pieces: Iterable[Piece], skip: int) -> Iterator[Piece]:
    """Yield what is left of pieces behind their first `skip` bytes."""
    for piece in pieces:
        if skip < len(piece):
            yield Piece(piece.name, piece.start + skip, piece.stop, piece.size)
        skip = max(skip - len(piece), 0)


def _runs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Yield pieces that lie so near to each other in a file that one request for all of them is faster."""
    run: list[Piece] = []
    for piece in pieces:
        if run and not (piece.name == run[-1].name and 0 <= piece.start - run[-1].stop <= LARGEST_GAP):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _read_run(repo: str, commit: str, run: list[Piece]) -> Iterator[bytes]:
    """Yield the bytes of pieces, which one request asks for, without those between them; raises what `read` does."""
    first, last = run[0], run[-1]
    at, left = first.start, deque(run)
    for chunk in read(repo, commit, Piece(first.name, first.start, last.stop, first.size)):
        end = at + len(chunk)
        while left and left[0].start < end:
            yield chunk[max(left[0].start - at, 0) : left[0].stop - at]
            if left[0].stop > end:
                break
            left.popleft()
        at = end
