"""The plug-in of a small model, built once for all processes of a run, hosts for it, and what it must sound like."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import soundfile
import torch
from filelock import FileLock
from torch import Tensor

from saoctl import audio
from tests.architectures import judge
from tests.formats.onnx_files import WIDE
from tests.hosts import DPF, ORT_HOME
from tests.processes import folder_of_all

ROOT = Path(__file__).parents[2]
HERE = ROOT / "tests" / "plugin"
SOURCE = ROOT / "plugin"
BLOCK = 256
FLOAT32_SNR_DB = 100.0
RATE, CHANNELS = WIDE.sample_rate, WIDE.audio_channels
TAIL = 12_000  # samples of silence after a signal, more than the model and the plug-in together are late


def library() -> Path:
    """The library of onnxruntime, from its Python package."""
    return next((Path(onnxruntime.__file__).parent / "capi").glob("libonnxruntime.*"))


def build(folder: Path, model: Path, *words: str) -> Path:
    """Build plug-ins of a model, not optimised, since that takes most of the time; return the folder of the bundles."""
    given = {
        "MODEL": model,
        "BLOCK": BLOCK,
        "DPF": DPF,
        "ORT_LIBRARY": library(),
        "PYTHON": sys.executable,
        "THREADS": 1,
    }
    if ORT_HOME.is_dir():
        given["ORT_HOME"] = ORT_HOME
    options = [f"-D{name}={value}" for name, value in {"CMAKE_BUILD_TYPE": "None", **given}.items()]
    for command in (["cmake", "-S", SOURCE, "-B", folder, *options, *words], ["cmake", "--build", folder, "-j", "2"]):
        ran = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "warning" not in ran.stderr.lower(), ran.stderr
    return folder / "bundles"


def compile_cpp(target: Path, sources: list[Path], *words: str) -> Path:
    """Compile a program or a library of the tests."""
    command = ["c++", "-std=c++17", "-Wall", "-Wextra", *map(str, sources), "-o", str(target), *words]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    return target


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Something that takes long to build: the path that all processes share, built by the first that asks."""
    folder = folder_of_all(tmp_path_factory, "plugin")

    def made(name: str, building: Callable[[Path], object]) -> Path:
        with FileLock(folder / f"{name}.lock"):
            if not (folder / f"{name}.done").exists():
                building(folder / name)
                (folder / f"{name}.done").touch()
        return folder / name

    return made


@pytest.fixture(scope="session")
def bundles(make: Callable[..., Path], onnx_files: dict[str, Path]) -> Path:
    """The folder that has wide.vst3, wide-clap and wide.lv2."""
    return make("wide", lambda folder: build(folder, onnx_files["wide"])) / "bundles"


@dataclass(frozen=True)
class Played:
    """What a host got of a plug-in: the whole output, [C, T], and what the plug-in said."""

    output: Tensor
    latency: int
    missed: int
    name: str
    parameters: dict[str, float]
    log: str

    def compensated(self, length: int) -> Tensor:
        """The output in time with the input, as hosts give it out."""
        return self.output[:, self.latency : self.latency + length]


@dataclass(frozen=True)
class ClapHost:
    """The host in clap_host.cpp, with a plug-in."""

    program: Path
    trap: Path
    plugin: Path
    folder: Path

    def __call__(self, signal: Tensor, sizes: str, *words: str, trapped: bool = False, rate: float = RATE) -> Played:
        source, target = self.folder / "in.f32", self.folder / "out.f32"
        source.write_bytes(signal.numpy().astype(np.float32).tobytes())
        command = [self.program, self.plugin, source, target, str(rate), sizes, *words]
        environment = {**os.environ, **({"LD_PRELOAD": str(self.trap)} if trapped else {})}
        ran = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert ran.returncode == 0, ran.stderr
        said = json.loads(ran.stdout)
        output = torch.from_numpy(np.fromfile(target, np.float32).reshape(signal.shape).copy())
        return Played(output, said["latency"], said["missed"], said["name"], said["parameters"], ran.stderr)

    def scan(self) -> Any:
        """Return what a host learns that makes an instance, and destroys it without activating it."""
        command = [self.program, self.plugin, os.devnull, os.devnull, str(RATE), "512", "scan"]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="session")
def clap_program(make: Callable[..., Path], bundles: Path) -> Path:
    """The built host, which needs CLAP's headers, and the library of its trap."""
    headers = f"-isystem{DPF / 'distrho' / 'src'}"
    render = f"-isystem{bundles.parent / 'dpf' / 'distrho' / 'src'}"  # the patch adds a header
    make("trap.so", lambda path: compile_cpp(path, [HERE / "trap.cpp"], "-shared", "-fPIC", "-ldl"))
    return make("clap_host", lambda path: compile_cpp(path, [HERE / "clap_host.cpp"], render, headers, "-ldl"))


@pytest.fixture
def clap(clap_program: Path, bundles: Path, tmp_path: Path) -> ClapHost:
    return ClapHost(clap_program, clap_program.with_name("trap.so"), bundles / "wide-clap" / "wide.clap", tmp_path)


def demo(length: int) -> Tensor:
    """The beginning of the demo's audio as samples of the model's rate, [C, T]."""
    values, _ = soundfile.read(ROOT / "configs" / "demo.flac", frames=length, dtype="float32")
    return torch.from_numpy(values.T.copy())


def with_tail(signal: Tensor) -> Tensor:
    """The signal with the silence that a host gives until it has all of the output."""
    return torch.nn.functional.pad(signal, (0, TAIL))


def expected(signal: Tensor, play: Callable[[Tensor], Tensor] = lambda latents: latents) -> Tensor:
    """The signal and its tail through stable-audio-tools as a whole, without the tail, [C, T] -> [C, T].

    Args:
        signal: the audio.
        play: what the sliders do to the latents.
    """
    reference = judge(WIDE)
    whole = audio.to_whole_frames(with_tail(signal), WIDE.ratio)[None]
    return reference.decode(play(reference.encode(whole)))[0, :, : signal.shape[1]]
