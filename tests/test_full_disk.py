"""A disk that is full, a real one: exit code 4, a sentence that says so, and nothing half-written."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from saoctl.cli.app import app
from tests import warm

SIZE = 256 << 10  # bytes of the disk, of which 8 kB are left
SOUND = 44_100  # samples, in float32 more than there is room for


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk in memory, all but full."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root can mount a disk here")
    try:
        (folder / "fill").write_bytes(bytes(shutil.disk_usage(folder).free - 8192))
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute of noise at the rate of the tiny model."""
    path = tmp_path_factory.mktemp("sound") / "a.wav"
    samples = np.random.default_rng(0).uniform(-0.3, 0.3, (SOUND, 1)).astype(np.float32)
    soundfile.write(path, samples, 8000, subtype="FLOAT")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "export -o DISK/a.ts",
        "encode SOUND -o DISK/a.safetensors",
        "encode SOUND -o DISK/a.npy",
        "forward SOUND -o DISK/a.wav",
        "forward SOUND -o DISK/a.flac",
        "forward SOUND -o DISK/folder/ --format flac",
        "basis SOUND -o OTHER/b.safetensors --plot DISK/a.png",
        "verify --schedule whole --save DISK/listen",
        "verify --schedule whole --plot DISK/a.png",
        "verify --schedule whole --plot DISK/a.html",
        "frontier --plot DISK/a.svg",
    ],
)
def test_every_command_says_that_the_disk_is_full(
    command: str, full: Path, sound: Path, tiny_config: Path, tmp_path: Path
) -> None:
    words = [word.replace("DISK", str(full)).replace("OTHER", str(tmp_path)) for word in command.split()]
    given = [str(sound) if word == "SOUND" else word for word in words]
    result = CliRunner().invoke(app, [*given, "-c", str(tiny_config)])
    assert result.exit_code == 4, result.output
    error = result.stderr.strip().splitlines()[-1]
    assert error.startswith("Error: ")
    assert "the disk is full. Free some space" in error
    assert [path for path in full.rglob("*") if path.is_file()] == [full / "fill"]


@pytest.mark.slow
@pytest.mark.parametrize("buffered", [True, False])
def test_a_full_disk_under_standard_output_is_told_too(tiny_config: Path, buffered: bool) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        program = warm.saoctl() if buffered else [sys.executable, "-u", "-m", "saoctl"]
        done = subprocess.run([*program, "info", "-c", str(tiny_config)], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 4
    assert b"the disk is full" in done.stderr
    assert b"ignored" not in done.stderr, "Python fails to flush at exit"


def test_the_disk_of_these_tests_is_one(full: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        (full / "much").write_bytes(bytes(SIZE))
    (full / "much").unlink()
