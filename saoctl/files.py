"""Files that appear whole or not at all, checks of places to write to, searches, the cache folder, and checksums."""

import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import platformdirs

from saoctl.errors import ConfigError, FileError, SaoctlError
from saoctl.kinds import Kind
from saoctl.vocabulary import PIPE

FULL = (errno.ENOSPC, errno.EDQUOT)
LEAST_FREE = 1 << 16  # bytes, below which a disk counts as full, because libraries write in parts of this size
ABANDONED = 600.0  # seconds since the last write, after which a temporary file counts as left over


def cache_folder() -> Path:
    """Return the folder for files that can be made again: $SAOCTL_CACHE, or the system's folder for caches."""
    return Path(os.environ.get("SAOCTL_CACHE") or platformdirs.user_cache_path("saoctl"))


def portable(path: str | PurePath) -> str:
    r"""Return a path without what it reveals about this machine, for files that saoctl writes.

    A relative path loses the `..` at its beginning; of an absolute one, only the last part remains.

    >>> portable("weights/vae"), portable("../vae"), portable("/home/someone/models/vae"), portable(r"C:\models\vae")
    ('weights/vae', 'vae', 'vae', 'vae')
    """
    text = str(path)
    for kind in (PurePosixPath, PureWindowsPath):
        if kind(text).is_absolute():
            return PureWindowsPath(text).name  # it knows both separators
    parts = PurePath(text).parts
    climbed = next((count for count, part in enumerate(parts) if part != ".."), len(parts))
    return PurePath(*parts[climbed:]).as_posix()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_output(path: Path, kind: Kind, *, overwrite: bool = False, make_folder: bool = False) -> None:
    """Refuse an output that cannot be written, or that would replace a file of another kind, before any work.

    Args:
        path: of the file.
        kind: of the output.
        overwrite: whether it may replace a file of another kind.
        make_folder: whether its folder may be missing, and is made then.

    Raises:
        ConfigError: its suffix is not one of this kind.
        FileError: see `check_place` and `check_replaceable`.
    """
    if path.suffix.lower() not in kind.suffixes:
        allowed = ", ".join(kind.suffixes)
        raise ConfigError(f"A {kind.name} cannot be written as {path.name}.", f"Let it end in {allowed}.")
    check_place(path, make_folder=make_folder)
    if not overwrite:
        check_replaceable(path, kind)


def check_place(path: Path, *, make_folder: bool = True) -> None:
    """Refuse a path where no file can be written, before any work; nothing is made.

    Args:
        path: of the file.
        make_folder: whether its folder may be missing.

    Raises:
        FileError: the path is a folder or a device, or its folder is missing or not writable.
    """
    _refuse_folder(path)
    if path.exists() and not path.is_file():
        raise FileError(f"{path} is a device or a pipe, which a file cannot replace.", "Choose another name.")
    if not make_folder and not path.parent.exists():
        raise FileError(
            f"{path} cannot be written: the folder {path.parent} does not exist.", "Check its name, or make it first."
        )
    place = next(folder for folder in path.absolute().parents if folder.exists())
    if not (place.is_dir() and os.access(place, os.W_OK)):
        raise FileError(f"{path} cannot be written: {place} is no folder that can be written.", "Choose another place.")


def check_replaceable(path: Path, kind: Kind) -> None:
    """Refuse to replace a file of another kind, unless it is empty.

    Raises:
        FileError: there is one.
    """
    if path.is_file() and path.stat().st_size and not kind.holds(path):
        raise FileError(
            f"{path} exists and is no {kind.name}: it would be lost.", "Choose another name, or give --overwrite."
        )


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success its file becomes `path`, on failure it is removed.

    Raises:
        FileError: the folder cannot be made or written, or the disk is full.
    """
    temporary = _temporary(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _refuse_folder(path)
        temporary.touch(mode=0o600, exist_ok=False)
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    except Exception as error:
        # Libraries that write the file themselves raise errors of their own, without the system's reason.
        if not isinstance(error, SaoctlError) and shutil.disk_usage(path.parent).free < LEAST_FREE:
            raise _cannot_write(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) from error
        raise
    finally:
        if temporary.exists():
            temporary.unlink()


def find_files(given: Iterable[Path], suffixes: Sequence[str], what: str) -> list[tuple[Path, Path | None]]:
    """Return the given files and those in given folders, each once, with the folder that it was found in.

    Args:
        given: files, folders, or PIPE. The files of a folder come in the order of their names, without hidden ones.
        suffixes: those of the files in folders.
        what: the name of such files in messages, such as "audio files".

    Raises:
        FileError: a file or folder does not exist, or a folder has no such files.
    """
    found: dict[Path, Path | None] = {}
    for path in given:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in suffixes and each.is_file())
            seen = [each for each in inside if not each.name.startswith(".")]
            if not seen:
                raise FileError(f"The folder {path} has no {what} in it.", f"Give one that has: {', '.join(suffixes)}.")
            for each in seen:
                found.setdefault(each, path)
        elif path == PIPE or path.exists():
            found.setdefault(path, None)
        else:
            raise FileError(f"{path} does not exist.", "Check its name.")
    return list(found.items())


def clear_leftovers(paths: Iterable[Path], abandoned: float = ABANDONED) -> None:
    """Remove the temporary files that killed runs have left; one that was written to lately may be another run's.

    Args:
        paths: of the files that were to be written.
        abandoned: seconds since the last write, after which a temporary file counts as left over.
    """
    names: dict[Path, set[str]] = {}
    for path in paths:
        names.setdefault(path.parent, set()).add(path.name)
    for folder, own in names.items():
        for leftover in folder.glob(".*.part"):
            if leftover.name[1:].rsplit(".", 2)[0] in own:  # see atomic_file
                with suppress(OSError):
                    if time.time() - leftover.stat().st_mtime >= abandoned:
                        leftover.unlink()


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder that becomes `path`, like `atomic_file`; the folder of a faster process stays.

    Raises:
        FileError: the folder cannot be made or written, or the disk is full.
    """
    temporary = _temporary(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir(mode=0o700)
        yield temporary
        if not path.exists():
            temporary.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _temporary(path: Path) -> Path:
    """Return a new name beside a path, which is known before anything has it: no signal in between can leave it."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise FileError(f"{path} is a folder, so no file can be written there.", "Choose another name.")


def _cannot_write(path: Path, error: OSError) -> FileError:
    return FileError(f"{path} cannot be written: {reason(error)}.", remedy(error))


def reason(error: OSError) -> str:
    """Return the system's reason in plain words."""
    return "the disk is full" if error.errno in FULL else error.strerror or str(error)


def remedy(error: OSError) -> str:
    """Return the next step for an output that cannot be written."""
    return "Free some space or choose another place." if error.errno in FULL else "Choose another place."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
