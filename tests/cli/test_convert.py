"""encode, decode and forward at the command line: pipes, exit codes, interruptions."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from saoctl.cli.app import app
from tests import warm

RATE = 8000
HANGS = 120  # seconds


@pytest.fixture
def name(tmp_path: Path) -> Path:
    """A config of a tiny model."""
    (tmp_path / "tiny.yaml").write_text(
        "model: {seed: 1, architecture: {sample_rate: 8000, audio_channels: 2, latent_dim: 2,"
        " encoder: {channels: 4, c_mults: [1, 2], strides: [2, 4], dilations: [13]},"
        " decoder: {channels: 4, c_mults: [1, 2], strides: [2, 4], dilations: [13]}}}\ndevice: cpu\n"
    )
    return tmp_path / "tiny.yaml"


def sound(path: Path, samples: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = 0.2 * np.random.default_rng(samples).standard_normal((samples, 2))
    soundfile.write(path, noise.astype("float32"), RATE, subtype="FLOAT")
    return path


@pytest.mark.slow
def test_what_goes_through_a_pipe_is_what_a_file_becomes(name: Path, tmp_path: Path) -> None:
    given = sound(tmp_path / "a.wav", 4001)
    command = [*warm.saoctl(), "forward", "-", "-o", "-", "-c", str(name), "--block-seconds", "0.1"]
    with given.open("rb") as file:
        piped = subprocess.run(command, stdin=file, capture_output=True, check=True, timeout=HANGS)
    # The sizes in the head are unknown; everything behind it is samples.
    samples = np.frombuffer(piped.stdout[piped.stdout.index(b"data") + 8 :], "<f4").reshape(-1, 2)
    assert (
        CliRunner().invoke(app, ["forward", str(given), "-o", str(tmp_path / "b.wav"), "-c", str(name)]).exit_code == 0
    )
    expected = soundfile.read(tmp_path / "b.wav", dtype="float32")[0]
    assert samples.shape == expected.shape
    assert np.abs(samples - expected).max() < 1e-5


@pytest.mark.slow
def test_sound_comes_out_before_all_has_gone_in(name: Path, tmp_path: Path) -> None:
    """The other end is given more only when the first samples have come back."""
    content = sound(tmp_path / "a.wav", 20 * RATE).read_bytes()
    command = [*warm.saoctl(), "forward", "-", "-o", "-", "-c", str(name), "--block-seconds", "0.5", "-q"]
    half = len(content) // 2
    heard = threading.Event()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def feed() -> None:
            assert process.stdin is not None
            process.stdin.write(content[:half])
            process.stdin.flush()
            if heard.wait(HANGS):
                process.stdin.write(content[half:])
            process.stdin.close()

        feeding = threading.Thread(target=feed)
        feeding.start()
        came = process.stdout.read(20_000)
        heard.set()
        samples = np.frombuffer(came[came.index(b"data") + 8 :][:16_000], "<f4")
        came += process.stdout.read()
        feeding.join()
    assert process.returncode == 0
    assert samples.any()
    assert (len(came) - came.index(b"data") - 8) // 8 == 20 * RATE


def test_json_tells_each_file_and_the_exit_code_that_one_failed(name: Path, tmp_path: Path) -> None:
    sound(tmp_path / "music" / "a.wav", 300)
    (tmp_path / "music" / "b.wav").write_text("no sound")
    done = CliRunner().invoke(
        app, ["encode", str(tmp_path / "music"), "-o", str(tmp_path / "out"), "-c", str(name), "--json"]
    )
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert not told["passed"]
    assert {Path(each["given"]).name: each["state"] for each in told["results"]} == {
        "a.wav": "written",
        "b.wav": "failed",
    }


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["forward", "missing.wav"], 4, "does not exist"),
        (["forward"], 2, "No files are given"),
        (["encode", "a.wav", "--shard", "three"], 2, "not of the form K/N"),
        (["encode", "a.wav", "--format", "mp3"], 2, "Allowed: safetensors, npy"),
        (["forward", "a.wav", "--bits", "8"], 2, "Samples of 8 bits"),
        (["forward", "a.wav", "-o", "-", "--json"], 2, "cannot both go"),
        (["forward", "a.wav", "--artifact", "m.ts", "--precision", "bfloat16"], 2, "has its own weights"),
        (["forward", "a.wav", "--artifact", "m.ts"], 4, "m.ts does not exist"),
        (["decode", "-", "--json"], 2, "cannot both go"),
        (["encode", "a.wav", "-o", "-", "--csv"], 2, "cannot both go"),
        (["encode", "a.wav", "-o", "nowhere/a.npy"], 4, "the folder nowhere does not exist"),
        (["encode", "z.safetensors"], 4, "`saoctl decode z.safetensors` makes audio of it"),
        (["forward", "z.safetensors"], 4, "`saoctl decode z.safetensors` makes audio of it"),
        (["basis", "z.safetensors"], 4, "`saoctl decode z.safetensors` makes audio of it"),
        (["decode", "a.wav"], 4, "`saoctl encode a.wav` makes latents of it"),
        (["decode", "empty.npy"], 4, "empty.npy is empty"),
        (["info", "."], 4, ". is a folder, and no exported file. Give the name of an exported file."),
        (["verify", "."], 4, ". is a folder, and no exported file"),
        (["bench", "a.wav"], 4, "a.wav is an audio file"),
        (["verify", "-c", "a.wav"], 2, "The config a.wav is an audio file. Give a YAML file."),
        (["export", "--path", "z.safetensors"], 4, "z.safetensors is a file of latents"),
    ],
)
def test_bad_input_gets_one_error_and_its_exit_code(
    name: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    sound(tmp_path / "a.wav", 100)
    save_file({"latents": torch.zeros(2, 10)}, tmp_path / "z.safetensors")
    (tmp_path / "empty.npy").touch()
    done = CliRunner().invoke(app, [arguments[0], "-c", str(name), *arguments[1:]])
    assert done.exit_code == code
    assert words in " ".join(done.output.split())
    assert not list(tmp_path.glob("*.part"))


def test_a_file_of_another_kind_is_refused_before_the_model_is_loaded(
    name: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> None:
        raise AssertionError("the model is loaded")

    monkeypatch.setattr("saoctl.convert.converter.from_weights", load)
    save_file({"latents": torch.zeros(2, 10)}, tmp_path / "z.safetensors")
    done = CliRunner().invoke(app, ["encode", str(tmp_path / "z.safetensors"), "-c", str(name)])
    assert done.exit_code == 4
    assert done.stderr.startswith(f"Error: {tmp_path / 'z.safetensors'} is a file of latents")


def test_a_file_of_another_kind_among_good_ones_does_not_stop_them(name: Path, tmp_path: Path) -> None:
    given = [sound(tmp_path / "a.wav", 100), tmp_path / "z.safetensors"]
    save_file({"latents": torch.zeros(2, 10)}, given[1])
    done = CliRunner().invoke(app, ["encode", *map(str, given), "-o", str(tmp_path / "out"), "-c", str(name)])
    assert done.exit_code == 1
    assert "z.safetensors is a file of latents, and cannot be read as audio" in done.stdout
    assert (tmp_path / "out" / "a.safetensors").is_file()


def test_without_audio_in_nothing_goes_out(name: Path) -> None:
    """Standard input is the null device, and standard output gets no head of a WAV either."""
    before = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    try:
        done = CliRunner().invoke(app, ["forward", "-", "-o", "-", "-c", str(name)])
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(nothing)
    assert done.exit_code == 4
    assert "Standard input is empty" in done.stderr
    assert done.stdout_bytes == b""


@pytest.mark.slow
def test_killed_at_any_moment_the_same_command_goes_on(name: Path, tmp_path: Path) -> None:
    """Each good file is there once and whole at the end, and nothing half-written under its name on the way."""
    music, out, source = tmp_path / "music", tmp_path / "out", random.Random(0)
    good = [sound(music / f"{number % 5}" / f"{number}.wav", 200 + number) for number in range(60)]
    for number in range(3):
        (music / f"broken-{number}.wav").write_text("no sound")
    command = [*warm.saoctl(), "encode", str(music), "-o", str(out), "-c", str(name), "-q"]
    for _ in range(4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Some moments after the first file is there, or at the end of all.
        while process.poll() is None and not list(out.rglob("*.safetensors")):
            time.sleep(0.01)
        time.sleep(source.random() * 0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for path in out.rglob("*.safetensors"):
            assert load_file(path)["latents"].shape[0] == 2
    for leftover in out.rglob(".*.part"):
        os.utime(leftover, (0, 0))  # nobody has written to it for long
    last = subprocess.run(command, capture_output=True, check=False, timeout=HANGS)
    assert last.returncode == 1  # of the broken ones
    written = sorted(path.relative_to(out).with_suffix("") for path in out.rglob("*.safetensors"))
    assert written == sorted(path.relative_to(music).with_suffix("") for path in good)
    assert not [path for path in out.rglob("*") if path.is_file() and path.suffix != ".safetensors"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("empty", "Standard input is empty: it has no bytes. Encode the audio again."),
        ("audio", "Standard input is an audio file, and cannot be read as latents. `saoctl encode -` makes latents of"),
        ("integers", "Standard input has latents of the type int16"),
        ("NaN", "Standard input has latents that are not finite"),
        ("another model", "Standard input has 5 channels"),
    ],
)
def test_what_is_wrong_with_piped_latents_names_standard_input(
    name: Path, tmp_path: Path, content: str, words: str
) -> None:
    given = tmp_path / "given"
    if content == "audio":
        sound(tmp_path / "a.wav", 100).rename(given)
    elif content == "empty":
        given.touch()
    else:
        numbers = {"integers": np.zeros((2, 9), "int16"), "NaN": np.full((2, 9), np.nan, "float32")}
        with given.open("wb") as file:
            np.save(file, numbers.get(content, np.zeros((5, 9), "float32")))
    arguments = ["decode", "-", "-o", str(tmp_path / "b.wav"), "-c", str(name)]
    done = CliRunner().invoke(app, arguments, input=given.read_bytes())
    assert done.exit_code == 4
    assert words in " ".join(done.stderr.split())
    assert not (tmp_path / "b.wav").exists()
