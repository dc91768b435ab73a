"""Stable Audio Open's architecture at full size, with made weights, from checkpoint to exported file."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from saoctl import config
from saoctl.config import Config, ModelConfig
from saoctl.formats import artifact, export
from saoctl.models.checkpoint import load
from saoctl.progress import Silent
from saoctl.verify import verify
from saoctl.weights.source import find
from tests.architectures import FULL_SIZE

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def _all_threads() -> Iterator[None]:
    torch.set_num_threads(os.cpu_count() or 1)
    yield
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Config:
    path = tmp_path_factory.mktemp("full")
    loaded = config.load("demo", flags={"artifact": str(path / "full.ts")})
    model = ModelConfig(seed=0, architecture=FULL_SIZE)
    settings = loaded.verify.model_copy(update={"block_sizes": [6144]})
    loaded = loaded.model_copy(update={"model": model, "audio": None, "seconds": 1.0, "verify": settings})
    export.run(loaded)
    return loaded


def test_verify_passes_with_the_latencies_of_the_design(exported: Config) -> None:
    result = verify.run(exported)
    assert result.passed
    measured = {row.method: row.latency_measured for row in result.results}
    assert measured == {"encode": 8 * 2048, "decode": 18981, "forward": 35365}
    assert all(row.snr_db >= 100 for row in result.results)


def test_the_file_is_its_folded_weights_and_little_more(exported: Config) -> None:
    source = find(exported.model, Silent())
    _, state = load(source.checkpoint)
    folded = sum(tensor.numel() for name, tensor in state.items() if not name.endswith("weight_g")) * 4
    assert exported.artifact.stat().st_size <= 1.02 * folded
    assert artifact.describe(exported.artifact).architecture == FULL_SIZE


def test_it_runs_in_a_process_that_has_torch_alone(exported: Config, tmp_path: Path) -> None:
    code = (
        "import sys, torch; model = torch.jit.load(sys.argv[1]); y = model(torch.zeros(1, 2, 4096));"
        "assert y.shape == (1, 2, 4096) and 'saoctl' not in sys.modules"
    )
    subprocess.run([sys.executable, "-I", "-c", code, str(exported.artifact)], check=True, cwd=tmp_path)
