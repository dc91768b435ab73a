"""The files of saoctl tell what they are of, and not where, when or by whom they were made."""

import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from saoctl import drawing, latents
from saoctl.formats.archive import ALIGNMENT
from saoctl.formats.description import parse
from saoctl.weights import basis
from saoctl.weights.source import write_random
from tests.architectures import TINY

ROOT = Path(__file__).parents[1]

# Runs commands in one process: to start Python and torch anew for each would take most of the time.
COMMANDS = """
import sys
from typer.testing import CliRunner
from saoctl.cli.app import app
for line in sys.stdin.read().splitlines():
    result = CliRunner().invoke(app, line.split())
    assert result.exit_code == 0, (line, result.output, result.exception)
"""
# Parts of paths, and the names of the user and the computer, if they are long enough to be found by nothing else.
TELLING = [str(ROOT), str(Path.home()), "someone-else", "/installed", "site-packages"]
TELLING += [name for name in (getpass.getuser(), socket.gethostname()) if len(name) > 5]
EXPORTS = """
export -c demo -o demo.ts
export --path {weights} -o exact.ts
export --path {weights} -o offline.ts --no-streaming
export --path {weights} -o early.ts --lookahead 12
basis {sounds} --path {weights} -o basis.safetensors
export --path {weights} -o basis.ts --basis basis.safetensors --latents 1
encode {sounds} --path {weights} -o latents
encode {sounds} --path {weights} -o numpy --layout stable-audio-tools
encode {sounds} --artifact basis.ts -o coordinates
decode latents -o wav --path {weights}
decode latents -o flac --path {weights} --format flac
verify --path {weights} exact.ts --schedule whole --reference oobleck --plot page.html --save saved --report a.md
"""


def made(place: Path, commands: str) -> dict[str, bytes]:
    """Return the files that commands write in one process.

    Args:
        place: a folder. A copy of the package, its inputs, the working and the home folder and the one for temporary
            files are in it, and the user is called as it is.
        commands: a line each.
    """
    package = place / "installed"
    for name in ("saoctl", "configs"):
        shutil.copytree(ROOT / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    inputs, work, home, temporary = (place / name for name in ("inputs", "work", "home", "temporary"))
    for folder in (work, home, temporary):
        folder.mkdir()
    write_random(inputs / "vae", TINY, seed=7)
    (inputs / "sounds").mkdir()
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (4000, 2))
    soundfile.write(inputs / "sounds" / "a.wav", noise, TINY.sample_rate)
    environment = {
        **os.environ,
        "PYTHONPATH": str(package),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "USER": place.name,
        "LOGNAME": place.name,
        "PYTHONHASHSEED": str(len(place.name)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    text = commands.format(weights=inputs / "vae", sounds=inputs / "sounds").strip()
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS], input=text, cwd=work, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {str(path.relative_to(work)): path.read_bytes() for path in sorted(work.rglob("*")) if path.is_file()}


def contents(name: str, content: bytes, folder: Path) -> dict[str, bytes]:
    """A file, or the records of one that is a zip, which can be compressed."""
    path = folder / "looked-at"
    path.write_bytes(content)
    if not zipfile.is_zipfile(path):
        return {name: content}
    with zipfile.ZipFile(path) as archive:
        return {f"{name}/{each}": archive.read(each) for each in archive.namelist()}


@pytest.mark.slow
def test_the_same_commands_write_the_same_bytes_anywhere_and_tell_nothing_of_the_machine(tmp_path: Path) -> None:
    first, *rest = EXPORTS.strip().splitlines()
    here, there = tmp_path / "one" / "deep", tmp_path / "someone-else"
    here.mkdir(parents=True)
    there.mkdir()
    files = made(here, EXPORTS)
    # In another order: what a process has exported before must not show.
    others = made(there, "\n".join([*reversed(rest[:3]), first, *rest[3:]]))
    assert files.keys() == others.keys()
    # matplotlib lays out a picture to the last digit of a coordinate, which depends on where objects lie in memory.
    assert [name for name in files if files[name] != others[name] and name != "page.html"] == []
    for name, content in others.items():
        for part, text in contents(name, content, tmp_path).items():
            assert [each for each in TELLING if each.encode() in text] == [], part


def test_records_of_an_archive_begin_where_they_can_be_mapped_into_memory(tiny_config: Path) -> None:
    (path,) = tiny_config.parent.glob("*.ts")
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for record in archive.infolist():
            lengths = content[record.header_offset + 26 : record.header_offset + 30]
            name, extra = (int.from_bytes(lengths[at : at + 2], "little") for at in (0, 2))
            assert (record.header_offset + 30 + name + extra) % ALIGNMENT == 0, record.filename


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_picture_does_not_tell_when_it_was_drawn(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for day in ("86400", "864000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", day)  # in the place of the clock
        with drawing.drawn(tmp_path / f"{day}{suffix}", 6, 4) as figure:
            axes = figure.subplots()
            axes.plot([0, 1], [1, 0], marker="o", label="line")
            axes.legend()
        written.append((tmp_path / f"{day}{suffix}").read_bytes())
    assert written[0] == written[1]


class TestOlderFilesWithAbsolutePaths:
    """saoctl 0.1.0 wrote the absolute path of weights; what is made from its files does not pass it on."""

    def test_an_exported_file(self, tiny_config: Path) -> None:
        (path,) = tiny_config.parent.glob("*.ts")
        with zipfile.ZipFile(path) as archive:
            tree = json.loads(archive.read("archive/extra/saoctl.json"))
        del tree["source_kind"]
        found = parse(json.dumps({**tree, "source": "/home/someone/models/vae"}), path)
        assert (found.source, found.source_kind) == ("vae", None)

    def test_a_basis(self, tmp_path: Path) -> None:
        mean, eye = np.zeros(2), np.eye(2)
        tensors = {name: basis.torch.tensor(each) for name, each in (("mean", mean), ("directions", eye))}
        ones = basis.torch.ones(2, dtype=basis.torch.float64)
        old = basis.Basis(
            **tensors, spread=ones, share=ones / 2, sample_rate=8000, ratio=8, source="/home/someone/models/vae",
            commit=None, frames=9, audio=("a.wav",),
        )  # fmt: skip
        basis.write(old, tmp_path / "old.safetensors")
        assert basis.read(tmp_path / "old.safetensors").source == "vae"

    def test_latents_and_what_they_are_coordinates_in(self, tmp_path: Path) -> None:
        about = latents.About(
            source="/home/someone/models/vae", commit=None, weights="w", sample_rate=8000, ratio=8, samples=80,
            source_rate=8000, source_samples=80, precision="float32", noise=0.0, seed=0,
            coordinates="the first 1 of 2 directions (90% of the variance) of a.wav, /home/someone/models/vae",
        )  # fmt: skip
        latents.write(tmp_path / "a.safetensors", iter([basis.torch.ones(2, 10)]), lambda: about)
        found = latents.read(tmp_path / "a.safetensors").about
        assert found is not None
        assert found.source == "vae"
        assert found.coordinates == "the first 1 of 2 directions (90% of the variance) of a.wav, vae"
