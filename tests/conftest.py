"""What every test stands on: no network, no caches but its own, and a small model exported once."""

from pathlib import Path

import pytest
import torch
import yaml
from filelock import FileLock
from hypothesis import settings

from saoctl import config
from saoctl.config import Config
from saoctl.formats import export
from saoctl.weights import download
from tests.architectures import TINY
from tests.formats.onnx_files import ARCHITECTURES, write
from tests.processes import folder_of_all

# Time limits per example would tell of the machine, not of the code.
settings.register_profile("saoctl", deadline=None)
settings.load_profile("saoctl")


@pytest.fixture(autouse=True, scope="session")
def _isolated(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Caches of the user are neither read nor written, and no request leaves this machine."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("home")
    patch.setenv("SAOCTL_CACHE", str(home / "saoctl"))
    patch.setenv("HF_HOME", str(home / "huggingface"))
    patch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: nothing listens
    patch.setenv("MPLCONFIGDIR", str(home / "matplotlib"))
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "NO_COLOR"):
        patch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Small models gain nothing from threads, which on a busy machine wait for each other most of the time."""
    torch.set_num_threads(1)
    pytest.MonkeyPatch().setenv("OMP_NUM_THREADS", "1")  # and so in the processes that tests start


@pytest.fixture(scope="session")
def tiny_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config of a tiny made model with ratio 8 and its artifact, which has been exported."""
    folder = tmp_path_factory.mktemp("tiny")
    path = folder / "tiny.yaml"
    tree = {
        "model": {"seed": 1, "architecture": TINY.model_dump(mode="json")},
        "device": "cpu",
        "artifact": str(folder / "tiny.ts"),
        "seconds": 0.25,
        "verify": {"block_sizes": [64, 256]},
        "bench": {"devices": ["cpu"], "block_sizes": [512], "methods": ["decode"], "seconds": 0.1, "offline": False},
    }
    path.write_text(yaml.safe_dump(tree))
    loaded = config.load(str(path))
    download.run(loaded)
    export.run(loaded)
    return path


@pytest.fixture
def tiny(tiny_config: Path) -> Config:
    """The config of the tiny exported model, loaded."""
    return config.load(str(tiny_config))


@pytest.fixture(scope="session")
def onnx_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The ONNX file of each of `tests.formats.onnx_files`, written once, also where tests run in several processes."""
    folder = folder_of_all(tmp_path_factory, "onnx")
    files = {}
    for name, architecture in ARCHITECTURES.items():
        files[name] = folder / f"{name}.onnx"
        with FileLock(folder / f"{name}.lock"):
            if not files[name].exists():
                write(architecture, files[name])
    return files
