"""Every command runs on ACE-Step's shape at small width: 48 kHz, ratio 1920, which is no power of two."""

import json
from pathlib import Path
from typing import Any

import pytest
import soundfile
import torch
import yaml
from safetensors.torch import load_file
from typer.testing import CliRunner

from saoctl.cli.app import app
from saoctl.verify.metrics import snr_db

pytestmark = pytest.mark.slow

RATE, RATIO, GRID, LATENTS = 48000, 1920, 128, 4
CODER = {"channels": 4, "c_mults": [1, 1, 2, 2, 2], "dilations": [13]}


def saoctl(command: str, *arguments: str | Path) -> dict[str, Any]:
    """What a command says as JSON; it ends well."""
    words = [command, *map(str, arguments), "-c", "small.yaml", "--json"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_every_command_runs_on_ace_steps_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shape = {"sample_rate": RATE, "audio_channels": 2, "latent_dim": LATENTS}
    coders = {side: {**CODER, "strides": [2, 4, 4, 6, 10]} for side in ("encoder", "decoder")}
    tree = {
        "model": {"seed": 1, "architecture": {**shape, **coders}},
        "artifact": "small.ts",
        "bench": {"seconds": 0.1, "block_sizes": [4096]},
        "verify": {"seconds": 1.4, "schedules": ["random"], "block_sizes": [4096]},
    }
    Path("small.yaml").write_text(yaml.safe_dump(tree))
    seconds = 2
    sound = 0.3 * torch.randn(seconds * RATE, 2, generator=torch.Generator().manual_seed(0))
    soundfile.write("sound.wav", sound.numpy(), RATE, subtype="FLOAT")

    ran = saoctl("run")  # download, export, verify and bench
    assert ran["export"]["methods"]["encode"] == [2, 1, LATENTS, GRID]
    assert ran["verify"]["passed"]
    assert ran["verify"]["reference"].startswith("stable-audio-tools")
    assert saoctl("info", "small.ts")["grid"] == GRID
    assert saoctl("frontier", "--audio", "sound.wav", "--set", "seconds=0.7")["results"]
    saoctl("basis", "sound.wav", "-o", "basis.safetensors")
    turned = ("--basis", "basis.safetensors", "--latents", "2", "--lookahead", "300")
    assert saoctl("export", "-o", "turned.ts", *turned, "--test")["methods"]["encode"] == [2, 1, 2, GRID]

    saoctl("encode", "sound.wav", "-o", "latents.safetensors")
    assert load_file("latents.safetensors")["latents"].shape[-2:] == (LATENTS, seconds * RATE // RATIO)
    saoctl("decode", "latents.safetensors", "-o", "decoded.wav")
    saoctl("forward", "sound.wav", "-o", "forward.wav")
    decoded, forward = (torch.from_numpy(soundfile.read(f"{name}.wav")[0]) for name in ("decoded", "forward"))
    assert decoded.shape[0] == seconds * RATE
    assert snr_db(forward, decoded) > 80  # 24 bits in a file
