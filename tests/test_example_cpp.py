"""The C++ example streams a file as the model computes it as a whole, and refuses in plain words what it cannot."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import onnx
import pytest
import soundfile
import torch
from torch import Tensor

from saoctl import audio
from saoctl.formats import artifact
from saoctl.verify.metrics import snr_db
from tests.architectures import judge
from tests.formats.onnx_files import WIDE

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "configs" / "demo.flac"
FLOAT32_SNR_DB = 100.0
MODEL, RATE = WIDE, WIDE.sample_rate
LONG, ODD = 207_270, 60_001  # samples: as many as the demo's audio has, and no whole number of frames

pytestmark = pytest.mark.cpp


@dataclass(frozen=True)
class Example:
    """The built program, and a model for it."""

    program: Path
    model: Path

    def __call__(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.program, *map(str, words)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cpp") / "built here"
    built = subprocess.run(["make", "example", f"EXAMPLE={folder}"], cwd=ROOT, capture_output=True, text=True)
    if "onnxruntime was not found" in built.stderr:
        pytest.skip("cpp: onnxruntime's headers or library are not installed (docs/onnx.md, in C++)")
    assert built.returncode == 0, built.stdout + built.stderr
    assert "warning" not in built.stdout + built.stderr
    return folder / "stream"


@pytest.fixture
def example(program: Path, onnx_files: dict[str, Path]) -> Example:
    return Example(program, onnx_files["wide"])


def expected(signal: Tensor) -> Tensor:
    """The signal, [C, T], through stable-audio-tools as a whole."""
    reference = judge(MODEL)
    return reference.decode(reference.encode(audio.to_whole_frames(signal, MODEL.ratio)[None]))[0, :, : signal.shape[1]]


def streamed(path: Path, signal: Tensor) -> Tensor:
    """The signal, [C, T], through saoctl's own host of the file."""
    loaded = artifact.load(path, torch.device("cpu"))
    loaded.set_noise(0.0)
    whole = audio.to_whole_frames(signal, MODEL.ratio)[None]
    out = torch.cat(list(loaded.blocks("forward", whole, [each.shape[2] for each in whole.split(4096, dim=2)])), dim=2)
    return out[0, :, loaded.can.latency_samples["forward"] :][:, : signal.shape[1]]


def wav(path: Path, length: int, kind: str = "PCM_16", rate: int = RATE, channels: int = 2) -> Path:
    """The beginning of the demo's audio."""
    values, _ = soundfile.read(DEMO, frames=length)
    soundfile.write(path, values[:, :channels], rate, format="WAVEX" if kind == "PCM_24" else "WAV", subtype=kind)
    return path


def read(path: Path) -> Tensor:
    values, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == RATE
    return torch.from_numpy(values.T.copy())


def test_it_equals_the_model_from_the_first_sample_to_the_last(example: Example, tmp_path: Path) -> None:
    """With the whole of the demo's audio, in each format and with blocks of each size."""
    out = tmp_path / "out.wav"
    for length, kind, block in (
        (LONG, "PCM_24", []),
        (ODD, "PCM_16", ["2048"]),
        (ODD, "FLOAT", ["30720"]),
        (100, "FLOAT", ["32"]),
        (1, "FLOAT", []),
    ):
        source = wav(tmp_path / "in.wav", length, kind)
        ran = example(example.model, source, out, *block)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.startswith(f"{length / RATE:.2f} s of audio in ")
        assert ran.stdout.endswith(" times realtime\n")
        signal, came = read(source), read(out)
        assert came.shape == (2, length)
        assert soundfile.info(out).subtype == "FLOAT"
        assert snr_db(expected(signal), came) >= FLOAT32_SNR_DB, kind
        assert snr_db(streamed(example.model, signal), came) >= FLOAT32_SNR_DB, kind


def test_what_it_cannot_stream_ends_in_a_sentence_and_leaves_nothing_behind(example: Example, tmp_path: Path) -> None:
    good, model, out = wav(tmp_path / "good.wav", 4096), example.model, tmp_path / "results" / "out.wav"
    out.parent.mkdir()
    text = tmp_path / "text.wav"
    text.write_text("no sound at all, in letters\n")
    headless = tmp_path / "headless.wav"
    headless.write_bytes(good.read_bytes()[:30])
    empty = tmp_path / "empty.wav"
    soundfile.write(empty, torch.zeros(0, 2).numpy(), RATE)
    plain = tmp_path / "plain.onnx"
    proto = onnx.load(model)
    del proto.metadata_props[:]
    onnx.save(proto, plain)
    a_folder = tmp_path / "folder.wav"
    a_folder.mkdir()
    for words, told in (
        ((model, good), "Usage: stream sao.onnx in.wav out.wav [block]"),
        ((tmp_path / "none.onnx", good, out), f"There is no file {tmp_path / 'none.onnx'} that can be read."),
        ((text, good, out), f"{text} is not an ONNX file that onnxruntime "),
        ((plain, good, out), f"{plain} is not an .onnx of saoctl."),
        ((model, tmp_path / "none.wav", out), f"There is no file {tmp_path / 'none.wav'} that can be read."),
        ((model, tmp_path, out), f"There is no file {tmp_path} that can be read."),
        ((model, text, out), f"{text} is not a WAV."),
        ((model, headless, out), f"{headless} is cut short."),
        ((model, empty, out), f"{empty} has no audio in it."),
        (
            (model, wav(tmp_path / "wide.wav", 4096, "DOUBLE"), out),
            f"{tmp_path / 'wide.wav'} is neither 16-bit or 24-bit PCM nor 32-bit float.",
        ),
        (
            (model, wav(tmp_path / "slow.wav", 4096, rate=22050), out),
            f"{tmp_path / 'slow.wav'} must have a sample rate of 8000 Hz, like the model.",
        ),
        (
            (model, wav(tmp_path / "mono.wav", 4096, channels=1), out),
            f"{tmp_path / 'mono.wav'} must have 2 channels, like the model.",
        ),
        ((model, good, out, "many"), "The block must be a number of samples, not many."),
        ((model, good, out, "0"), "The block must be a multiple of 32 samples (a latent frame), not 0."),
        ((model, good, out, "4097"), "The block must be a multiple of 32 samples (a latent frame), not 4097."),
        ((model, good, a_folder), f"{a_folder} cannot be written."),
        ((model, good, tmp_path / "nowhere" / "out.wav"), f"{tmp_path / 'nowhere' / 'out.wav'} cannot be written."),
    ):
        before = sorted(tmp_path.rglob("*"))
        ran = example(*words)
        assert (ran.returncode, ran.stdout) == (1, ""), told
        assert ran.stderr.startswith(told)
        assert ran.stderr.count("\n") == 1
        assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_was_there_stays_as_it_was_when_the_new_one_cannot_be_written(
    example: Example, tmp_path: Path
) -> None:
    out = wav(tmp_path / "out.wav", 100)
    was = out.read_bytes()
    assert example(example.model, wav(tmp_path / "mono.wav", 4096, channels=1), out).returncode == 1
    assert out.read_bytes() == was


def test_the_size_that_a_pipe_leaves_open_is_that_of_the_file(example: Example, tmp_path: Path) -> None:
    source = wav(tmp_path / "in.wav", 4096)
    data = bytearray(source.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = b"\xff\xff\xff\xff"
    source.write_bytes(data)
    assert example(example.model, source, tmp_path / "out.wav").returncode == 0
    assert soundfile.info(tmp_path / "out.wav").frames == 4096


def test_a_build_looks_in_ort_home_alone_and_says_what_is_missing(tmp_path: Path) -> None:
    words = ["make", "example", f"EXAMPLE={tmp_path / 'built'}", f"ORT_HOME={tmp_path / 'nowhere'}"]
    built = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode != 0
    assert "onnxruntime was not found" in built.stderr
