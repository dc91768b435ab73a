"""The web page in Chromium: exact to the last sample in any blocks, bent as promised, and played by keyboard.

The processor of the audio thread is also played in node alone, in a time of its own.
"""

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import onnx
import pytest
import soundfile
import torch
import yaml
from filelock import FileLock
from PIL import Image
from torch import Tensor

from saoctl.formats import artifact
from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.verify.metrics import snr_db
from saoctl.weights import basis as bases
from saoctl.weights.basis import Basis
from tests import warm
from tests.architectures import judge as judge_of
from tests.hosts import CHROMIUM, NODE
from tests.played import Player, Settings
from tests.processes import folder_of_all

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "examples" / "web"
DEMO = ROOT / "configs" / "demo.flac"
SNR_DB = 100.0
HANGS = 900  # seconds
RATIO, RATE, LATENTS = 2048, 44100, 64  # of the demo's model
LENGTH = 110_000  # samples of the demo's sound: enough for the moves of page.mjs
# Its numbers and its widest layers, in two blocks in place of five, with a unit in each that looks as far as the usual
# three: what takes the time is to trace the layers.
CODER = Coder(channels=16, c_mults=(4, 16), strides=(32, 64), dilations=(13,))
MODEL = OobleckArchitecture(sample_rate=RATE, audio_channels=2, latent_dim=LATENTS, encoder=CODER, decoder=CODER)
DIRECTIONS = 8  # that have sliders
NOTE = "The model is small."

pytestmark = pytest.mark.chromium


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
    """The page, built of a model like the demo's and driven once, by whichever process of the tests comes first."""
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
    model, config = folder / "demo.onnx", folder / "model.yaml"
    config.write_text(yaml.safe_dump({"model": {"seed": 0, "architecture": MODEL.model_dump(mode="json")}}))
    write = [*warm.saoctl(), "export", "--config", str(config), "--output", str(model)]
    subprocess.run(write, check=True, capture_output=True)
    bases.write(basis(artifact.describe(model).weights), folder / "basis.safetensors")
    also = ["--also", str(called_sooner(model, folder / "sooner.onnx"))]
    options = ["--basis", str(folder / "basis.safetensors"), "--note", NOTE, "--output", str(folder / "page")]
    soundfile.write(folder / DEMO.name, sound()[0].T.numpy(), RATE, subtype="PCM_24")
    command = [sys.executable, str(PAGE / "build.py"), str(model), str(folder / DEMO.name), *also, *options]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    with served(folder / "page") as address, served(folder / "page", "--plain") as plain:
        command = [NODE, str(PAGE / "test" / "page.mjs"), CHROMIUM, address, plain, str(folder)]
        done = subprocess.run(command, timeout=HANGS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    print(done.stdout)


def called_sooner(model: Path, copy: Path) -> Path:
    """Write the files of a model once more, with a description that says that they have less lookahead.

    The page runs other graphs of such a model. As these are still exact, the offline model remains their judge.
    """
    for suffix in (".onnx", ".encode.onnx", ".decode.onnx"):
        proto = onnx.load(model.with_suffix(suffix))
        entry = next(each for each in proto.metadata_props if each.key == "saoctl")
        entry.value = json.dumps({**json.loads(entry.value), "lookahead": {"encode": 1}})
        onnx.save(proto, copy.with_suffix(suffix))
    return copy


def basis(weights: str | None) -> Basis:
    """Some directions, which no sound has chosen."""
    random = torch.Generator().manual_seed(0)
    directions = torch.linalg.qr(torch.randn(LATENTS, LATENTS, generator=random, dtype=torch.float64))[0]
    spread = torch.linspace(2, 0.5, LATENTS, dtype=torch.float64)
    return Basis(
        mean=torch.randn(LATENTS, generator=random, dtype=torch.float64),
        directions=directions,
        spread=spread,
        share=spread**2 / (spread**2).sum(),
        sample_rate=RATE,
        ratio=RATIO,
        source="a test",
        commit=None,
        frames=1,
        audio=(),
        weights=weights,
    )


@pytest.fixture(scope="module")
def judge() -> Reference:
    """stable-audio-tools' model with the same weights, in float64."""
    return judge_of(MODEL, dtype=torch.float64)


@pytest.fixture(scope="module")
def latents(judge: Reference) -> Tensor:
    """Of the demo's sound, [1, C, frames]."""
    return judge.encode(whole(sound()))


@pytest.fixture(scope="module")
def decoded(judge: Reference, latents: Tensor) -> Tensor:
    """What the model makes of the demo's sound, [1, 2, samples]."""
    return judge.decode(latents)


def sound() -> Tensor:
    """The beginning of the demo's, [1, 2, samples]."""
    return torch.from_numpy(soundfile.read(DEMO, frames=LENGTH, dtype="float32")[0].T.copy())[None]


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
    came: Came, decoded: Tensor, frames: int
) -> None:
    assert came.sound(f"neutral-{frames}").shape == sound().shape
    same(decoded, came.sound(f"neutral-{frames}"))


def test_a_sound_may_be_shorter_than_a_frame(came: Came, judge: Reference) -> None:
    same(judge.decode(judge.encode(whole(sound()[:, :, 60_000:60_700]))), came.sound("short"))


@pytest.mark.parametrize("name", ["played-2", "played-5", "sooner-2"])
def test_what_the_audio_thread_plays_equals_the_offline_model(came: Came, decoded: Tensor, name: str) -> None:
    same(decoded, came.sound(name))


def test_a_latency_chosen_while_it_plays_is_played_from_then_on(came: Came) -> None:
    assert came.facts["latencies"] == ["331 ms, exact", "331 ms"]
    assert came.facts["sooner"] == "Playing demo.flac."


def test_the_block_is_chosen_by_what_the_browser_holds(came: Came) -> None:
    automatic, names = came.facts["blocks"]
    assert automatic in (1, 2, 4, 8, 16)
    assert names == ["Auto", "46 ms", "93 ms", "186 ms", "372 ms", "743 ms"]


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


def test_sliders_along_directions_bend_as_promised(came: Came, judge: Reference, latents: Tensor) -> None:
    along = torch.tensor(came.facts["along"]).double()
    moved = {int(index): along[index].item() for index in along.nonzero()}
    assert moved.keys() == {1, 7}, "moved by keyboard: directions 2 and 8, counted from 1"
    assert (moved[1] > 0, moved[7]) == (True, -3.0)
    directions = basis(None)
    steps = (along * directions.spread[:DIRECTIONS]) @ directions.directions[:DIRECTIONS]
    same(judge.decode(latents + steps[:, None]), came.sound("along"))


def test_what_sounds_is_shown_along_directions_where_their_sliders_have_moved_it(came: Came) -> None:
    """The mean is at 0, and a slider at 1 moves it to 1."""
    assert came.facts["coordinates"] == pytest.approx(came.facts["along"], abs=1e-5)


@pytest.mark.parametrize("name", ["moving", "sooner-moving"])
def test_controls_that_change_between_blocks_bend_as_promised(
    came: Came, judge: Reference, latents: Tensor, name: str
) -> None:
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
    lag = artifact.describe(came.folder / "demo.onnx").latency_samples["encode"] // RATIO
    blocks = [(frame + lag) // 3 for frame in range(latents.shape[2])]
    settings = [by_block[max(begin for begin in by_block if begin <= block)] for block in blocks]
    same(judge.decode(Player(RATIO / RATE * 1e3).frames(latents, settings)), came.sound(name))


def test_threads_and_a_server_that_knows_nothing_of_them_change_nothing(came: Came, decoded: Tensor) -> None:
    assert came.facts["isolated"]
    assert (came.facts["plain"], came.facts["threads"]) == (1, 2)
    for name in ("plain", "threads"):
        same(decoded, came.sound(name))


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


def test_space_while_the_model_loads_is_answered_and_plays_when_it_is_there(came: Came) -> None:
    loading, wanted = "Loading the model.", "Loading the model. It plays as soon as it is there."
    told = [loading, wanted, loading, wanted, "Playing demo.flac."]
    assert came.facts["loading"] == {"word": "Loading", "told": told}


def test_eight_directions_have_sliders_that_name_their_share_of_the_variance(came: Came) -> None:
    shares = basis(None).share[:DIRECTIONS]
    names = [f"Direction {n}, {100 * share:.0f} % of the variance" for n, share in enumerate(shares.tolist(), 1)]
    assert came.facts["named"] == [f"{name}, offset" for name in names]


def test_a_hint_says_what_to_touch_until_it_is_touched(came: Came) -> None:
    assert came.facts["hint"] == [True, False]


def test_the_page_says_what_it_was_built_to_say_of_the_model(came: Came) -> None:
    assert came.facts["note"] == NOTE


@pytest.mark.parametrize("kind", ["directions", "latents"])
def test_a_slider_at_rest_has_a_track_and_a_thumb_and_no_frame(came: Came, kind: str) -> None:
    """It looks like a slider, not like an empty field of text."""
    picture = np.asarray(Image.open(came.folder / f"{kind}.png").convert("RGB")).astype(int)
    height, width, _ = picture.shape
    inked = np.abs(picture - picture[2, 2]).max(axis=2) > 40
    assert inked[height // 2 - 2 : height // 2 + 2].any(axis=0).mean() > 0.9, "the track goes from end to end"
    assert inked[:, width // 8 : width // 3].sum(axis=0).max() <= 4, "and is thin"
    assert inked[:, width // 2 - 16 : width // 2 + 16].any(axis=1).sum() > height / 3, "with a thumb in the middle"
    assert not inked[:2].any()
    assert not inked[-2:].any()


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


@dataclass(frozen=True)
class Played:
    """What the processor of the audio thread did beside a model that takes so long.

    Args:
        first: samples of silence before the sound.
        begins: the first sample of the sound, which counts up from 1.
        whole: whether each sample after it follows the one before.
        gaps: how often the model was late.
        asked: blocks that the model was given.
    """

    first: int
    begins: float
    whole: bool
    gaps: int
    asked: int


@pytest.fixture(scope="module")
def audio_thread() -> dict[str, Any]:
    """What examples/web/test/worklet.mjs prints."""
    assert NODE is not None
    command = [NODE, str(PAGE / "test" / "worklet.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANGS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_start_has_no_gap_though_the_first_blocks_take_three_times_their_length(
    audio_thread: dict[str, Any],
) -> None:
    file = Played(**audio_thread["file"])
    assert (file.begins, file.whole, file.gaps) == (1, True, 0)
    microphone = Played(**audio_thread["microphone"])
    assert (microphone.whole, microphone.gaps) == (True, 0)


def test_the_clock_does_not_run_before_all_is_computed_that_is_due_at_first(audio_thread: dict[str, Any]) -> None:
    never = Played(**audio_thread["never"])
    assert (never.first, never.gaps) == (-1, 0), "all is silence, and no gap is counted"
    assert never.asked == audio_thread["blocks"]


def test_a_start_that_is_stopped_asks_nothing_more_of_the_model(audio_thread: dict[str, Any]) -> None:
    assert audio_thread["stopped"]["after"] == audio_thread["stopped"]["before"]


def test_a_block_that_is_late_is_one_gap(audio_thread: dict[str, Any]) -> None:
    assert audio_thread["late"]["gaps"] == 1
    assert audio_thread["late"]["lost"] > 0


Refusal = Callable[..., str]


@pytest.fixture
def refusal(came: Came, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Build the page of the model with flags that are refused, in this process; returns what is said."""

    def refused(*flags: str) -> str:
        monkeypatch.setattr(sys, "argv", ["build.py", str(came.folder / "demo.onnx"), str(DEMO), *flags])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(PAGE / "build.py"), run_name="__main__")
        assert ended.value.code == 2
        return capsys.readouterr().err

    return refused


def test_a_basis_of_other_weights_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    bases.write(basis("other"), tmp_path / "other.safetensors")
    said = refusal("--basis", str(tmp_path / "other.safetensors"), "--output", str(tmp_path))
    assert "is the basis of other weights" in said


def test_models_of_other_weights_are_no_choice_of_latency(tmp_path: Path, came: Came, refusal: Refusal) -> None:
    other = called_sooner(came.folder / "demo.onnx", tmp_path / "other.onnx")
    proto = onnx.load(other)
    entry = next(each for each in proto.metadata_props if each.key == "saoctl")
    entry.value = json.dumps({**json.loads(entry.value), "weights": "other"})
    onnx.save(proto, other)
    said = refusal("--also", str(other), "--output", str(tmp_path / "page"))
    assert "has other weights" in said
    assert not (tmp_path / "page").exists()


def test_make_web_gives_the_page_the_demos_basis_and_says_what_the_model_does() -> None:
    command = ["make", "--dry-run", "--always-make", "web"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    made = next(line for line in lines if "saoctl basis configs/demo.flac" in line)
    built = next(line for line in lines if "build.py" in line)
    file = re.findall(r"--basis (\S+)", built)[0]
    assert f"--output {file}" in made
    assert "--note" in built


def test_the_server_refuses_a_folder_that_is_not_built(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(PAGE / "serve.py"), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "`make web` builds it" in done.stderr
