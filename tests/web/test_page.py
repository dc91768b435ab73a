"""The web page in Chromium: exact to the last sample in any blocks, bent as promised, and played by keyboard."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile
import torch
from filelock import FileLock
from torch import Tensor

from saoctl.models import checkpoint
from saoctl.models.family import Reference
from saoctl.models.registry import family_of
from saoctl.verify.metrics import snr_db
from tests.played import Player, Settings
from tests.processes import folder_of_all

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "examples" / "web"
DEMO = ROOT / "configs" / "demo.flac"
NODE = shutil.which("node")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
NEEDED_NODE = 20  # of playwright-core
SNR_DB = 100.0
HANGS = 900  # seconds
RATIO, RATE, LATENTS, LAG = 2048, 44100, 64, 8  # of the demo's model; the lag is the encoder's, in frames


def node_version() -> int:
    """0 if there is none."""
    if NODE is None:
        return 0
    told = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=False).stdout
    return int(told.removeprefix("v").split(".")[0] or 0)


pytestmark = [
    pytest.mark.skipif(node_version() < NEEDED_NODE, reason=f"node {NEEDED_NODE} or newer is not installed"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: chromium)"),
    pytest.mark.skipif(
        not (PAGE / "node_modules").is_dir(), reason="the page's packages are not there (npm ci in examples/web)"
    ),
]


@dataclass(frozen=True)
class Came:
    """What came of driving the page: a folder of sounds, and facts."""

    folder: Path
    facts: dict[str, Any]

    def sound(self, name: str) -> Tensor:
        """[1, 2, samples], or of a mono file the two channels that it became."""
        values = np.fromfile(self.folder / f"{name}.f32", "<f4")
        return torch.from_numpy(values.reshape(1, 2, -1))


@contextmanager
def served(folder: Path, *flags: str) -> Iterator[str]:
    """The address of a built page, while it is served."""
    command = [sys.executable, str(PAGE / "serve.py"), str(folder), "--port", "0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None
        yield found[0]
        server.terminate()


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> Came:
    """The page, built of the demo's model and driven once, by whichever process of the tests comes first."""
    folder = folder_of_all(tmp_path_factory, "web")
    facts = folder / "facts.json"
    with FileLock(folder / "lock"):
        if not facts.is_file():
            drive(folder)
    return Came(folder, json.loads(facts.read_text()))


def drive(folder: Path) -> None:
    """Build the page there, and keep there what comes of it."""
    assert NODE is not None
    assert CHROMIUM is not None
    write = [sys.executable, "-m", "saoctl", "export", "--config", "demo", "--output", str(folder / "demo.onnx")]
    build = [sys.executable, str(PAGE / "build.py"), str(folder / "demo.onnx"), str(DEMO), "--output"]
    for command in (write, [*build, str(folder / "page")]):
        subprocess.run(command, check=True, capture_output=True)
    with served(folder / "page") as address, served(folder / "page", "--plain") as plain:
        command = [NODE, str(PAGE / "test" / "page.mjs"), CHROMIUM, address, plain, str(folder)]
        done = subprocess.run(command, timeout=HANGS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    print(done.stdout)


@pytest.fixture(scope="module")
def judge() -> Reference:
    """stable-audio-tools' model with the demo's weights, in float64."""
    architecture, state = checkpoint.load(checkpoint.locate(ROOT / "configs" / "demo"))
    reference = family_of(architecture).reference("stable-audio-tools", architecture, state)
    reference.model.double()
    return reference


@pytest.fixture(scope="module")
def latents(judge: Reference) -> Tensor:
    """Of the demo's sound, [1, C, frames]."""
    return judge.encode(whole(sound()))


def sound() -> Tensor:
    """The demo's, [1, 2, samples]."""
    return torch.from_numpy(soundfile.read(DEMO, dtype="float32")[0].T.copy())[None]


def whole(audio: Tensor) -> Tensor:
    """Filled up to a whole frame, in float64."""
    return torch.nn.functional.pad(audio.double(), (0, -audio.shape[2] % RATIO))


def same(expected: Tensor, given: Tensor) -> None:
    """As the model has it, as far as the sound goes."""
    assert snr_db(expected[:, :, : given.shape[2]], given.double()) >= SNR_DB


def test_the_browser_gives_the_model_the_file_as_it_is(came: Came) -> None:
    assert torch.equal(came.sound("input"), sound())


@pytest.mark.parametrize("frames", [1, 2, 7, 150])
def test_the_page_equals_the_offline_model_from_the_first_sample_to_the_last(
    came: Came, judge: Reference, latents: Tensor, frames: int
) -> None:
    assert came.sound(f"neutral-{frames}").shape == sound().shape
    same(judge.decode(latents), came.sound(f"neutral-{frames}"))


def test_a_sound_may_be_shorter_than_a_frame(came: Came, judge: Reference) -> None:
    same(judge.decode(judge.encode(whole(sound()[:, :, 60_000:60_700]))), came.sound("short"))


@pytest.mark.parametrize("frames", [2, 5])
def test_what_the_audio_thread_plays_equals_the_offline_model(
    came: Came, judge: Reference, latents: Tensor, frames: int
) -> None:
    same(judge.decode(latents), came.sound(f"played-{frames}"))


def test_the_original_is_heard_as_it_is_and_as_late_as_the_model(came: Came) -> None:
    assert torch.equal(came.sound("original"), sound())


def test_a_repeated_sound_goes_on_without_a_seam(came: Came, judge: Reference) -> None:
    heard = came.sound("repeated")
    part = sound()[:, :, :50_000]
    # What comes after it is heard by the model ahead of time: two rounds equal three as far as that.
    rounds = judge.decode(judge.encode(whole(torch.cat((part, part, part), dim=2))))
    same(rounds, heard)


def test_sliders_that_stand_bend_as_promised(came: Came, judge: Reference, latents: Tensor) -> None:
    controls = came.facts["controls"]
    gain, offset = torch.tensor(controls["gain"]).double(), torch.tensor(controls["offset"]).double()
    moved = {index: (gain[index].item(), offset[index].item()) for index in range(LATENTS)}
    moved = {index: each for index, each in moved.items() if each != (1.0, 0.0)}
    assert moved.keys() == {2, 8, 39}, "moved by keyboard: latents 3, 9 and 40, counted from 1"
    assert moved[2][1] > 0
    assert (moved[8], moved[39]) == ((1.0, -3.0), (0.0, 0.0))
    same(judge.decode(latents * gain.view(-1, 1) + offset.view(-1, 1)), came.sound("bent"))
    assert came.facts["after_reset"]


def test_controls_that_change_between_blocks_bend_as_promised(came: Came, judge: Reference, latents: Tensor) -> None:
    """Glide, offset, freeze, gain: the moves of page.mjs, which are made before these blocks of three frames."""
    index = torch.arange(LATENTS).double()
    one, none, gain, offset = torch.ones(LATENTS), torch.zeros(LATENTS), 1 + 0.5 * index.cos(), index.sin()
    by_block = {
        0: Settings(one, none, 0, 150.0),
        4: Settings(one, offset, 0, 150.0),
        8: Settings(one, offset, 1, 150.0),
        11: Settings(gain, offset, 1, 0.0),
        14: Settings(gain, offset, 0, 0.0),
    }
    blocks = [(frame + LAG) // 3 for frame in range(latents.shape[2])]
    settings = [by_block[max(begin for begin in by_block if begin <= block)] for block in blocks]
    same(judge.decode(Player(RATIO / RATE * 1e3).frames(latents, settings)), came.sound("moving"))


def test_threads_and_a_server_that_knows_nothing_of_them_change_nothing(
    came: Came, judge: Reference, latents: Tensor
) -> None:
    assert came.facts["isolated"]
    assert (came.facts["plain"], came.facts["threads"]) == (1, 2)
    for name in ("plain", "threads"):
        same(judge.decode(latents), came.sound(name))


def test_nothing_is_asked_of_another_server(came: Came) -> None:
    places = {urlsplit(each).hostname for each in came.facts["requests"] if not each.startswith(("data:", "blob:"))}
    assert places == {"127.0.0.1"}


def test_no_error_is_reported(came: Came) -> None:
    assert came.facts["errors"] == []


def test_the_keyboard_plays_compares_freezes_and_stops(came: Came) -> None:
    assert came.facts["playing"] == {"told": "Playing demo.flac.", "word": "Stop"}
    assert came.facts["pressed"] == {"original": True, "frozen": "true"}
    assert came.facts["stopped"] == {"told": "Stopped.", "word": "Play"}


def test_the_microphone_plays_and_is_let_go(came: Came) -> None:
    assert came.facts["microphone"] == "Playing the microphone. With loudspeakers it may howl."


def test_everything_that_can_be_pressed_has_a_name(came: Came) -> None:
    assert len(came.facts["reached"]) > LATENTS
    assert [each for each in came.facts["reached"] if not each["name"]] == []


def test_a_dropped_sound_is_taken_and_a_letter_is_refused(came: Came) -> None:
    assert came.facts["bad_drop"] == {"told": "This browser cannot read letter.txt as sound.", "source": "demo"}
    assert came.facts["drop"] == {"told": "up.wav, 0.1 s.", "source": "file"}
    up = (torch.arange(4000) - 2000) / 32768
    assert torch.equal(came.sound("dropped"), up.expand(1, 2, -1))


def test_it_fits_a_narrow_phone(came: Came) -> None:
    assert came.facts["width"] == 360


def test_the_server_refuses_a_folder_that_is_not_built(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(PAGE / "serve.py"), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "`make web` builds it" in done.stderr
