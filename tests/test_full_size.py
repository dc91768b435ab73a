"""Stable Audio Open's architecture at full size, with made weights, from checkpoint to exported file.

What does not depend on its width is shown on a narrow model of the same layers: verify holds the reference in float64
beside all else, which at full size is 5 GB.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml

from saoctl import config
from saoctl.config import Config
from saoctl.formats import artifact
from saoctl.models.checkpoint import load
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.registry import family_of
from saoctl.progress import Silent
from saoctl.verify import verify
from saoctl.verify.metrics import snr_db
from saoctl.weights.source import find
from tests import warm
from tests.architectures import FULL_SIZE, STABLE_AUDIO_OPEN

FLOAT32_SNR_DB = 100.0
LATE = {"encode": 8 * 2048, "decode": 18981, "forward": 35365}  # samples, of the design
NARROW_CODER = STABLE_AUDIO_OPEN.model_copy(update={"channels": 16})
NARROW = FULL_SIZE.model_copy(update={"encoder": NARROW_CODER, "decoder": NARROW_CODER})

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def _all_threads() -> Iterator[None]:
    torch.set_num_threads(os.cpu_count() or 1)
    yield
    torch.set_num_threads(1)


def exported_of(architecture: OobleckArchitecture, folder: Path) -> Config:
    """Return the config of a made model that a process of its own has exported, which takes up to 3 GB of memory."""
    tree = {
        "model": {"seed": 0, "architecture": architecture.model_dump(mode="json")},
        "device": "cpu",
        "artifact": str(folder / "model.ts"),
        "seconds": 1.0,
        "verify": {"block_sizes": [6144]},
    }
    path = folder / "model.yaml"
    path.write_text(yaml.safe_dump(tree))
    subprocess.run([*warm.saoctl(), "export", "-c", str(path), "--quiet"], check=True)
    return config.load(str(path))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return exported_of(FULL_SIZE, tmp_path_factory.mktemp("full"))


def test_verify_passes_with_the_latencies_of_the_design(tmp_path: Path) -> None:
    result = verify.run(exported_of(NARROW, tmp_path))
    assert result.passed
    assert {row.method: row.latency_measured for row in result.results} == LATE
    assert all(row.snr_db >= FLOAT32_SNR_DB for row in result.results)


@torch.inference_mode()
def test_the_file_streams_what_the_offline_model_gives(exported: Config) -> None:
    audio = 0.3 * torch.randn(1, 2, 8 * FULL_SIZE.ratio, generator=torch.Generator().manual_seed(0))
    source = find(exported.model, Silent())
    expected = family_of(FULL_SIZE).offline(*load(source.checkpoint))(audio)
    loaded = artifact.load(exported.artifact, torch.device("cpu"))
    assert loaded.set_noise(0.0)
    streamed = torch.cat(list(loaded.blocks("forward", audio, [2048, 8192, 6144])), dim=2)
    assert loaded.can.latency_samples == LATE
    assert not streamed[:, :, : LATE["forward"]].any()
    assert snr_db(expected, streamed[:, :, LATE["forward"] :]) >= FLOAT32_SNR_DB


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
