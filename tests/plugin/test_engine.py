"""The engine of the plug-in alone keeps its promises, and the sanitizers of the compiler find no fault in it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.conftest import HERE, SOURCE, compile_cpp

pytestmark = [pytest.mark.plugin, pytest.mark.slow]

SOURCES = [HERE / "engine_test.cpp", SOURCE / "engine.cpp", SOURCE / "resampled.cpp"]


@pytest.mark.parametrize("sanitizer", ["thread", "address,undefined"])
def test_rings_worker_mixer_and_resampler_keep_their_promises(make: Callable[..., Path], sanitizer: str) -> None:
    """Each promise is the name of a function in engine_test.cpp."""
    words = (f"-fsanitize={sanitizer}", "-g", "-lsoxr", "-lpthread")
    program = make(f"engine_{sanitizer[:6]}", lambda path: compile_cpp(path, SOURCES, *words))
    promises = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
    assert len(promises) == 9
    ran = subprocess.run([program, *promises], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
