"""What the processes of one run of the tests have in common."""

import os
from pathlib import Path

import pytest


def folder_of_all(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    """A folder of that name for what one process makes for all of them; who makes it holds a lock meanwhile."""
    base = tmp_path_factory.getbasetemp()  # of this process; those of a run lie side by side
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    return folder
