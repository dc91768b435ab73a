"""Conversions do not keep each other from the cores, and bench measures what a host has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from saoctl.waiting import CHOICES

# Whoever loads torch tells how its threads will wait, and the command ends there.
SPY = """
import os, sys
class Spy:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print(os.environ.get("OMP_WAIT_POLICY"))
            sys.stdout.flush()
            os._exit(0)
sys.meta_path.insert(0, Spy())
sys.argv = ["saoctl", *sys.argv[1:]]
from saoctl.cli.app import main
main()
"""


def policy(*command: str, folder: Path, **environment: str) -> str:
    """How the threads of a command will wait when it loads torch."""
    inherited = {name: value for name, value in os.environ.items() if name not in CHOICES}
    arguments = [sys.executable, "-c", SPY, *command, "-c", "demo"]
    done = subprocess.run(arguments, env={**inherited, **environment}, capture_output=True, text=True, cwd=folder)
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["encode a.wav", "decode a.npy", "forward a.wav", "basis a.wav", "export -o a.ts"])
def test_threads_of_a_command_sleep_while_they_wait(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF\0\0\0\0WAVE")
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY")
    assert policy(*command.split(), folder=tmp_path) == "PASSIVE"


@pytest.mark.parametrize("name", CHOICES)
def test_what_the_user_chose_stays(name: str, tmp_path: Path) -> None:
    value = "active" if name == "OMP_WAIT_POLICY" else "1000"
    found = policy("export", "-o", "a.ts", folder=tmp_path, **{name: value})
    assert found == (value if name == "OMP_WAIT_POLICY" else "None")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["bench", "verify", "frontier", "run", "export -o a.ts --test"])
def test_threads_of_what_streams_in_short_blocks_wait_as_those_of_a_host(command: str, tmp_path: Path) -> None:
    assert policy(*command.split(), folder=tmp_path) == "None"
    assert policy(*command.split(), folder=tmp_path, OMP_WAIT_POLICY="passive") == "passive"
