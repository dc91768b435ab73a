"""nn.ar in SuperCollider plays exported files: as late as they say, and exactly the offline model.

The environment variable NN_AR names the folder of its extension, from https://github.com/elgiano/nn.ar: its classes and
its plug-in, which brings libtorch. SuperCollider's server renders the score without a sound card.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from saoctl.blocks import grid_of
from saoctl.formats import artifact
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.verify.metrics import snr_db
from tests.architectures import judge
from tests.hosts import NN_AR, SCLANG
from tests.patches.models import SHAPES, audio_of, exported

pytestmark = [pytest.mark.nn_ar, pytest.mark.slow]

SNR_DB = 100.0
HANGS = 120  # seconds
CONTROL = 64  # samples; the block of SuperCollider's server

# Without a time of its own, the server computes a block as soon as it is collected.
SCORE = """
{{
  var server = Server(\\render, NetAddr("127.0.0.1", 57911)), model, def, score;
  model = NNModel.read("model.yaml", server);
  def = SynthDef(\\play, {{
    Out.ar(0, model.method(\\{method}).ar(SoundIn.ar((0..{inputs} - 1)), {buffer}, attributes: [noise: 0]));
  }});
  score = Score([
    [0.0, model.loadMsg(infoFile: "told.yaml")], [0.0, [\\d_recv, def.asBytes]],
    [0.0, Synth.basicNew(\\play, server).newMsg], [{seconds}]
  ]);
  score.recordNRT("score.osc", "out.wav", "in.wav", {rate}, "WAV", "float",
    ServerOptions().numInputBusChannels_({inputs}).numOutputBusChannels_({outputs}).memSize_(1 << 17),
    action: {{ 0.exit }});
}}.try {{ |error| error.reportError; 1.exit }};
"""


def info(file: Path) -> str:
    """What the server would write about a model for the language, which only renders here."""
    described = artifact.describe(file)
    attributes = torch.jit.load(file).get_attributes()
    lines = ["- idx: 0", f"  modelPath: {file}", f"  minBufferSize: {described.grid or described.architecture.ratio}"]
    lines += ["  methods:"]
    for name, signature in described.signatures.items():
        numbers = zip(("inDim", "inRatio", "outDim", "outRatio"), signature, strict=True)
        lines += [f"    - name: {name}", *(f"      {key}: {number}" for key, number in numbers)]
    return "\n".join([*lines, "  attributes:", *(f"    - {name}" for name in attributes)]) + "\n"


def played(
    folder: Path, architecture: OobleckArchitecture, method: str, buffer: int, signal: Tensor, outputs: int
) -> Tensor:
    """What comes out for [channels, samples], from the first sample on."""
    (folder / "model.yaml").write_text(info(folder / "model.ts"))
    rate = architecture.sample_rate
    soundfile.write(folder / "in.wav", signal.T.numpy(), rate, subtype="FLOAT")
    settings = {"method": method, "buffer": buffer, "inputs": signal.shape[0], "outputs": outputs, "rate": rate}
    (folder / "score.scd").write_text(SCORE.format(**settings, seconds=signal.shape[1] / rate))
    extensions = folder / "data" / "SuperCollider" / "Extensions"
    if not extensions.exists():
        extensions.mkdir(parents=True)
        (extensions / "nn.ar").symlink_to(Path(str(NN_AR)).resolve())
    places = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    command = [str(SCLANG), str(folder / "score.scd")]
    # The language brings a browser, which asks for a sandbox that root does not have.
    environment = {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=HANGS, check=False, cwd=folder, env=environment
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-2000:]
    assert "ERROR" not in ended.stdout, ended.stdout[-3000:] + ended.stderr[-2000:]
    output, _ = soundfile.read(folder / "out.wav", dtype="float32", always_2d=True)
    return torch.from_numpy(np.ascontiguousarray(output.T))


# With a buffer of 0 nn.ar takes the smallest that a file allows, and no thread. EzAudio's is 32 samples, less than a
# block of the server, for which nn.ar is silent and says so.
@pytest.mark.parametrize(
    ("name", "buffer"),
    [(name, buffer) for name in SHAPES for buffer in (0, 4096, 8192) if buffer or name != "EzAudio's"],
    ids="{}".format,
)
def test_each_method_is_the_offline_model_from_the_first_sample_on(tmp_path: Path, name: str, buffer: int) -> None:
    architecture = SHAPES[name]
    latency, ratio = exported(tmp_path / "model.ts", architecture), architecture.ratio
    reference = judge(architecture)
    audio = audio_of(architecture, 60 + 4 * buffer // ratio)
    latents = reference.encode(audio[None])
    held, decoded = latents[0].repeat_interleave(ratio, dim=1), reference.decode(latents)[0]
    buffered = (buffer or grid_of(ratio) or ratio) - CONTROL
    for method, signal, expected in (("encode", audio, held), ("decode", held, decoded), ("forward", audio, decoded)):
        output = played(tmp_path, architecture, method, buffer, signal, expected.shape[0])
        late = latency[method] + buffered  # type: ignore[index]
        assert not output[:, :late].any(), f"{method}: something sounds before the signal begins"
        heard = output[:, late : signal.shape[1]]
        assert heard.shape[1] > 20 * ratio
        snr = snr_db(expected[:, : heard.shape[1]], heard)
        print(f"{name} {method}, buffer {buffer}: {snr:.1f} dB, {late} samples late")
        assert snr >= SNR_DB, method
