"""The page's stream gives what the offline model gives, for each family of models; it runs in node alone."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from saoctl.models.same.model import offline_model
from saoctl.verify.metrics import snr_db
from tests.formats.onnx_same import published_onnx
from tests.hosts import NODE
from tests.same import golden, sound

PAGE = Path(__file__).parents[2] / "examples" / "web"
DEMO = PAGE.parents[1] / "configs" / "demo.flac"
SNR_DB = 100.0

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


def test_a_model_whose_decoder_waits_for_the_encoder_is_exact_in_the_page(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert NODE is not None
    architecture, state, _ = golden("c")
    model = published_onnx(tmp_path_factory, "c")
    command = [sys.executable, str(PAGE / "build.py"), str(model), str(DEMO), "--output", str(tmp_path / "page")]
    subprocess.run(command, check=True, capture_output=True)
    audio = sound(architecture, 25)[0, :, :-3]
    expected = offline_model(architecture, state)(torch.nn.functional.pad(audio[None], (0, 3)))[0]
    audio.numpy().astype("<f4").tofile(tmp_path / "in.f32")
    for chunks in (1, 3):
        places = [str(tmp_path / name) for name in ("page/model", "in.f32", "out.f32")]
        command = [NODE, str(PAGE / "test" / "stream.mjs"), *places, str(chunks * architecture.frames)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        says = json.loads(done.stdout)
        assert says["unit"] == architecture.frames
        heard = np.fromfile(tmp_path / "out.f32", "<f4").reshape(architecture.audio_channels, -1)
        output = torch.from_numpy(heard)[:, says["latency"] :][:, : expected.shape[1]]
        assert snr_db(expected, output) >= SNR_DB
