"""The toy as a family that saoctl knows, and its exported model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.toy.family import ToyArchitecture, registered

TOY = ToyArchitecture(sample_rate=8000, audio_channels=2, latent_dim=16, hop=8)


@pytest.fixture(autouse=True, scope="package")
def _toy() -> Iterator[None]:
    with registered():
        yield


@pytest.fixture(scope="package")
def toy_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config of a toy with random weights."""
    folder = tmp_path_factory.mktemp("toy")
    path = folder / "toy.yaml"
    tree = {
        "model": {"seed": 1, "architecture": TOY.model_dump(mode="json")},
        "device": "cpu",
        "artifact": str(folder / "toy.ts"),
        "seconds": 0.25,
        "verify": {"block_sizes": [16, 64]},
        "bench": {"devices": ["cpu"], "block_sizes": [16], "methods": ["decode"], "seconds": 0.1},
    }
    path.write_text(yaml.safe_dump(tree))
    return path
