"""Whoever ends a command, nothing half-written stays, and the exit code tells who did."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from tests import warm

PROGRAM = [sys.executable, "-m", "saoctl"]


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More sound than is converted before a signal comes."""
    folder = tmp_path_factory.mktemp("music")
    noise = np.random.default_rng(0).uniform(-0.3, 0.3, (8000 * 600, 2)).astype(np.float32)
    soundfile.write(folder / "long.wav", noise, 8000)
    return folder


def ended(number: signal.Signals, config: Path, music: Path, folder: Path, *more: str) -> tuple[int, str, str]:
    """The exit code and the outputs of a conversion that gets a signal while it writes."""
    command = [*PROGRAM, "encode", str(music), "-c", str(config), "-o", str(folder), *more]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # in the background, a shell lets SIGINT be ignored
    )
    assert process.stderr is not None
    while process.stderr.readline().strip() != "Encoding":
        assert process.poll() is None
    while not list(folder.glob(".*.part")):
        assert process.poll() is None
    process.send_signal(number)
    stdout, stderr = process.communicate()
    return process.returncode, stdout, stderr


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_leaves_nothing_half_written_and_has_its_exit_code(
    number: signal.Signals, code: int, tiny_config: Path, music: Path, tmp_path: Path
) -> None:
    found, stdout, stderr = ended(number, tiny_config, music, tmp_path, "--json")
    assert found == code, stderr
    assert list(tmp_path.iterdir()) == []
    assert stderr.strip().splitlines()[-1].startswith("Error: ")
    assert "the same command goes on" in stderr
    assert "Traceback" not in stderr
    assert json.loads(stdout)["error"]["exit_code"] == code


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As under nohup."""
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from saoctl.cli import signals;"
        " signals.install(); print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "True"


@pytest.mark.slow
def test_bench_ends_its_processes_too(tiny_config: Path) -> None:
    command = [*PROGRAM, "bench", "-c", str(tiny_config), "--set", "bench.seconds=10000", "--block-size", "8"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (children := psutil.Process(process.pid).children(recursive=True)):
        assert process.poll() is None
    process.terminate()
    process.communicate()
    assert process.returncode == 143
    while any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children):
        time.sleep(0.01)  # if it never ends, nor does this test


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_a_filter_quietly(tiny_config: Path, music: Path) -> None:
    command = [*warm.saoctl(), "forward", str(music / "long.wav"), "-c", str(tiny_config), "-o", "-"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.read(4) == b"RIFF"
    process.stdout.close()
    assert process.stderr is not None
    words = process.stderr.read().decode()
    assert process.wait() == 141, words
    assert "Error" not in words
    assert "Broken" not in words


@pytest.mark.slow
def test_a_reader_of_json_that_goes_away_is_no_error_either(tiny_config: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*warm.saoctl(), "info", "-c", str(tiny_config), "--json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")
