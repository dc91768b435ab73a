"""Nothing half-written is left under a final name, and what was there before stays."""

import errno
from pathlib import Path

import pytest

from saoctl.errors import ConfigError, ExitCode, FileError
from saoctl.files import atomic_file, atomic_folder, check_output, check_place
from saoctl.kinds import PLOT


def test_a_file_appears_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.bin"
    for content in (b"one", b"two"):
        with atomic_file(path) as temporary:
            temporary.write_bytes(content)
            assert not path.exists() or path.read_bytes() == b"one"
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), ValueError()])
def test_whatever_goes_wrong_the_old_file_stays_and_no_other(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    expected = FileError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected), atomic_file(path) as temporary:
        temporary.write_bytes(b"half")
        raise error
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"old"


def test_a_full_disk_is_said_plainly(tmp_path: Path) -> None:
    with (
        pytest.raises(FileError, match=r"a cannot be written: the disk is full\.") as error,
        atomic_file(tmp_path / "a"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert error.value.exit_code == ExitCode.FILE
    assert "Free some space" in error.value.hint


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="cannot be written"), atomic_file(tmp_path / "file" / "a.bin"):
        pass
    with pytest.raises(FileError, match="is a folder"), atomic_file(tmp_path):
        pass


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    with pytest.raises(ValueError, match="halfway"), atomic_folder(path) as temporary:
        (temporary / "a").write_text("half")
        raise ValueError("halfway")
    assert list(tmp_path.iterdir()) == []
    for content in ("first", "second"):
        with atomic_folder(path) as temporary:
            (temporary / "a").write_text(content)
    assert (path / "a").read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["plot.doc", "plot", "png", "plot.png.gz"])
def test_a_kind_of_file_that_cannot_be_written_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"A plot cannot be written as .*\.png, \.svg"):
        check_output(Path(name), PLOT)
    check_output(Path("PLOT.PNG"), PLOT)


def test_a_place_where_nothing_can_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    check_place(tmp_path / "new" / "folder" / "a.png")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path, tmp_path / "file" / "a.png"):
        with pytest.raises(FileError, match="Choose another"):
            check_place(path)
