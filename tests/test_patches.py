"""The patches open, rest at neutral, and say to nn~ only what the exported file understands, when they are asked to."""

import functools
import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from saoctl import config
from saoctl.bench.buffers import host_delay_of_two
from saoctl.formats import artifact, export
from saoctl.formats.nn_tilde import ATTRIBUTES
from saoctl.models.oobleck.model import OobleckAutoencoder
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.vocabulary import METHODS
from tests.architectures import FULL_SIZE, TINY, description, offline
from tests.formats.host import Host
from tests.patches.puredata import PATCHES, press, run, sent

PUREDATA = PATCHES / "stable-audio-open.pd"
MAX = PATCHES / "stable-audio-open.maxpat"
ARTIFACT = config.load("stable-audio-open-1.0").artifact
VECTOR = 64  # samples that Pd computes at a time


# What each slider sends, to which object, in the order of the patch: $1 at the left, in the middle and at the right.
SLIDERS = [
    ("encode", "set noise $1", (0, 1, 2)),
    ("decode", "set latent_scale $1", (0, 1, 2)),
    ("decode", "set latent_bias $1", (-3, 0, 3)),
    ("decode", "set latent 1 1 $1", (-3, 0, 3)),
    ("decode", "set latent 2 1 $1", (-3, 0, 3)),
    ("decode", "set latent 3 1 $1", (-3, 0, 3)),
    ("decode", "set latent 4 1 $1", (-3, 0, 3)),
]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A tiny exported model in nn~'s double, with as many latents as the patches are made for."""
    architecture = TINY.model_copy(update={"latent_dim": FULL_SIZE.latent_dim})
    model = export.build(offline(architecture), "float32", streaming=True)
    path = tmp_path_factory.mktemp("patches") / "model.ts"
    artifact.save(model, path, description(architecture, export.latency_samples(model)))
    return Host(str(path))


def assert_object(text: str) -> None:
    """nn~ FILE METHOD BUFFER with our default file, a method it has, and a buffer that nn~ takes as it is."""
    words = [word for word in text.split() if not word.startswith("-")]
    assert words[0] == "nn~"
    assert words[1] == ARTIFACT.stem
    assert words[2] in METHODS
    buffer = int(words[3])
    assert buffer >= FULL_SIZE.ratio
    assert buffer & (buffer - 1) == 0


def assert_message(text: str) -> None:
    """`set NAME ARGUMENTS` and `get NAME` name an attribute and give it as many arguments as it has."""
    verb, name, *arguments = text.split()
    assert verb in ("set", "get")
    assert len(arguments) == (len(ATTRIBUTES[name]) if verb == "set" else 0)
    assert not name.startswith("latency") or verb == "get"


def assert_taken(host: Host, text: str) -> None:
    """Whether nn~ or the model in it takes a message."""
    verb, *arguments = text.split()
    if verb in ("gpu", "enable"):  # nn~'s own
        assert arguments in (["0"], ["1"])
    else:
        assert_message(text)
        assert host.set(arguments[0], *map(float, arguments[1:]))


def neutral(host: Host, text: str) -> float:
    """What $1, the last argument of a message, is in a file that has just been loaded."""
    return at_rest(host.path)[text.split()[1]]


@functools.cache
def at_rest(path: str) -> dict[str, float]:
    """Return the last value of each attribute of a file that has just been loaded."""
    host = Host(path)
    return {name: host.get(name)[-1] for name in host.attributes}


def delay(buffer: int) -> tuple[int, int]:
    """Of encoder and decoder in two objects, in samples: the model's and nn~'s."""
    with torch.device("meta"):
        model = StreamingAutoencoder(OobleckAutoencoder(FULL_SIZE))
    # An object hands a full buffer to its thread and takes the result when the next one is full.
    of_an_object = 2 * buffer - VECTOR
    # A latent frame is held for `ratio` samples, and of so many the decoder's object reads the last: frames that come
    # late by less are in time for it.
    of_the_frames = of_an_object // FULL_SIZE.ratio * FULL_SIZE.ratio
    return model.latency_forward, of_the_frames + of_an_object


def assert_tells_the_delay(text: str, buffer: int) -> None:
    model, nn = delay(buffer)
    in_ms = [f"{samples * 1e3 / FULL_SIZE.sample_rate:.0f} ms" for samples in (model + nn, model, nn)]
    assert re.findall(r"\d+ ms", text) == in_ms
    assert f"4 x {buffer} - {4 * buffer - nn} samples" in text


@dataclass(eq=False)
class Box:
    """An object or a message of the PureData patch: what stands in it, where, and what its cords lead to."""

    words: list[str]
    x: int
    y: int
    feeds: list["Box"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(self.words)


class Slider:
    """An hsl of the PureData patch, by the words that its file has for it."""

    def __init__(self, box: Box) -> None:
        _, width, height, low, high, logarithmic, init, _, self.receives, *_, position, _ = box.words
        self.x, self.y, self.width, self.height = box.x, box.y, int(width), int(height)
        self.low, self.high, self.linear = float(low), float(high), logarithmic == "0"
        self.speaks_at_load = init == "1"
        self.position = int(position)  # in hundredths of a pixel

    @property
    def value(self) -> float:
        """What it sends where it stands, by Pd's arithmetic."""
        return self.low + self.position / 100 * (self.high - self.low) / (self.width - 1)


def puredata_boxes() -> list[Box]:
    """The PureData patch without its texts."""
    records = PUREDATA.read_text().removesuffix(";\n").split(";\n")
    assert records[0].startswith("#N canvas")
    boxes: list[Box | None] = []
    for record in records[1:]:
        kind, x, y, *words = record.replace("\\", "").split()[1:]
        if kind == "connect":
            source, target = boxes[int(x)], boxes[int(words[0])]
            assert source
            assert target
            source.feeds.append(target)
        else:
            assert kind in ("text", "obj", "msg")
            boxes.append(None if kind == "text" else Box(words, int(x), int(y)))
    return [box for box in boxes if box]


def controls(kind: str) -> dict[str, Box]:
    """The controls of a kind (hsl, tgl) by the message that each of them fills in."""
    return {box.feeds[0].text: box for box in puredata_boxes() if box.words[0] == kind}


def test_the_puredata_patch_is_whole() -> None:
    boxes = puredata_boxes()
    fed = [target for box in boxes for target in box.feeds]
    assert [box.text for box in boxes if not box.feeds and box not in fed] == []


def test_the_puredata_patch_speaks_to_nn_as_it_should() -> None:
    boxes = puredata_boxes()
    objects = [box for box in boxes if box.words[0] == "nn~"]
    assert [box.words[3] for box in objects] == ["encode", "decode"]
    for box in objects:
        assert_object(box.text)
    messages = [box.text for box in boxes if any(target in objects for target in box.feeds) and box not in objects]
    messages = [text for text in messages if text.startswith(("set", "get"))]
    assert {text.split()[1] for text in messages} >= {"noise", "reset", "latent", "latent_scale", "latent_bias"}
    for text in messages:
        assert_message(text)


@pytest.mark.slow
def test_the_sliders_of_the_puredata_patch_stand_at_neutral(host: Host) -> None:
    found = controls("hsl")
    methods = [box.feeds[0].feeds[0].words[3] for box in found.values()]
    assert list(zip(methods, found, strict=True)) == [(method, message) for method, message, _ in SLIDERS]
    for message, box in found.items():
        slider = Slider(box)
        assert slider.linear
        assert slider.width == 129  # of 128 steps the middle one is a whole pixel
        assert slider.value == neutral(host, message)


@pytest.mark.slow
def test_the_puredata_patch_puts_its_controls_at_rest_in_silence(host: Host) -> None:
    (loadbang,) = (box for box in puredata_boxes() if box.words[0] == "loadbang")
    rests = {}
    for setter in loadbang.feeds:
        verb, value = setter.words
        assert verb == "set"  # moves a control that receives it, and makes it send nothing
        ((send, name),) = (target.words for target in setter.feeds)
        assert send == "s"
        rests[name] = float(value)
    for message, box in controls("hsl").items():
        slider = Slider(box)
        assert not slider.speaks_at_load
        assert rests[slider.receives] == neutral(host, message)
    toggles = {message: (box.words[2], rests.get(box.words[4], 0)) for message, box in controls("tgl").items()}
    assert toggles == {"gpu $1": ("0", 0), "enable $1": ("0", 1)}  # as nn~ starts


def test_the_puredata_patch_tells_its_delay() -> None:
    (text,) = re.findall(r"^#X text \d+ \d+ (What you hear.*), f \d+;$", PUREDATA.read_text(), re.MULTILINE)
    (buffer,) = {int(box.words[4]) for box in puredata_boxes() if box.words[0] == "nn~"}
    assert_tells_the_delay(text, buffer)


@pytest.mark.puredata
def test_puredata_opens_the_patch_without_complaint_and_sends_nothing() -> None:
    assert run(PUREDATA) == [box.text.replace("nn~", "nn~:", 1) for box in puredata_boxes() if box.words[0] == "nn~"]


@pytest.mark.puredata
@pytest.mark.parametrize(("method", "message", "values"), SLIDERS, ids=[message for _, message, _ in SLIDERS])
def test_a_slider_in_puredata_sends_neutral_in_the_middle_and_the_whole_range(
    method: str, message: str, values: tuple[int, int, int], host: Host
) -> None:
    slider = Slider(controls("hsl")[message])
    half = (slider.width - 1) // 2
    texts = sent(PUREDATA, *press(slider.x + half, slider.y + slider.height // 2, -half, half, 0))
    low, middle, high = values
    assert texts == [f"{method}: {message.replace('$1', str(value))}" for value in (middle, low, high, middle)]
    assert middle == neutral(host, message)
    for text in texts:
        assert_taken(host, text.removeprefix(f"{method}: "))


@pytest.mark.puredata
@pytest.mark.parametrize(("message", "values"), [("gpu $1", (1, 0)), ("enable $1", (0, 1))], ids=["gpu", "enable"])
def test_a_toggle_in_puredata_shows_what_nn_does_and_turns_it_round(
    message: str, values: tuple[int, int], host: Host
) -> None:
    toggle = controls("tgl")[message]
    texts = sent(PUREDATA, *press(toggle.x + 9, toggle.y + 9), *press(toggle.x + 9, toggle.y + 9))
    expected = [message.replace("$1", str(value)) for value in values]
    assert texts == [f"{method}: {text}" for text in expected for method in ("encode", "decode")]
    for text in expected:
        assert_taken(host, text)


@pytest.mark.puredata
def test_reset_in_puredata_reaches_both_objects(host: Host) -> None:
    resets = [box for box in puredata_boxes() if box.text == "set reset 1"]
    assert sent(PUREDATA, *(event for box in resets for event in press(box.x + 9, box.y + 9))) == [
        "encode: set reset 1",
        "decode: set reset 1",
    ]
    assert_taken(host, "set reset 1")


def max_boxes() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    patcher = json.loads(MAX.read_text())["patcher"]
    return {each["box"]["id"]: each["box"] for each in patcher["boxes"]}, patcher["lines"]


def test_the_max_patch_is_whole() -> None:
    boxes, lines = max_boxes()
    for line in lines:
        (source, outlet), (target, inlet) = line["patchline"]["source"], line["patchline"]["destination"]
        assert outlet < boxes[source]["numoutlets"]
        assert inlet < boxes[target]["numinlets"]
    used = {line["patchline"][end][0] for line in lines for end in ("source", "destination")}
    assert [name for name, box in boxes.items() if name not in used and box["maxclass"] != "comment"] == []


def test_the_max_patch_speaks_to_nn_as_it_should() -> None:
    boxes, _ = max_boxes()
    objects = [box for box in boxes.values() if box.get("text", "").startswith("nn~")]
    for box in objects:
        assert_object(box["text"])
    encode, decode = objects
    assert (encode["numinlets"], encode["numoutlets"]) == (FULL_SIZE.audio_channels, FULL_SIZE.latent_dim)
    assert (decode["numinlets"], decode["numoutlets"]) == (FULL_SIZE.latent_dim, FULL_SIZE.audio_channels)
    for box in boxes.values():
        if box["maxclass"] == "message" and box["text"].startswith(("set", "get")):
            assert_message(box["text"])


@pytest.mark.slow
def test_the_max_patch_puts_its_numbers_at_rest_in_silence(host: Host) -> None:
    boxes, lines = max_boxes()
    cords = [(line["patchline"]["source"][0], line["patchline"]["destination"][0]) for line in lines]
    rests = {}
    for source, target in cords:
        if boxes[source].get("text", "").startswith("load"):
            speaker, verb, value = boxes[source]["text"].split()
            assert (speaker, verb) == ("loadmess", "set")  # a number that receives it shows it and sends nothing
            assert target not in rests
            rests[target] = float(value)
    numbers = {source: boxes[target]["text"] for source, target in cords if boxes[source]["maxclass"] == "flonum"}
    assert rests == {number: neutral(host, message) for number, message in numbers.items()}
    # Parameters send their first value at load; the only one is the volume, behind the decoder.
    assert [name for name, box in boxes.items() if box.get("parameter_enable")] == ["gain"]
    assert [target for source, target in cords if source == "gain"] == ["dac", "dac"]


def test_the_max_patch_tells_its_delay() -> None:
    boxes, _ = max_boxes()
    (buffer,) = {int(boxes[name]["text"].split()[3]) for name in ("encode", "decode")}
    assert_tells_the_delay(boxes["late_hint"]["text"], buffer)


@pytest.mark.parametrize("suffix", [".pd", ".maxpat"])
def test_the_patch_of_ace_step_plays_its_file_at_its_rate_and_tells_its_delay(suffix: str) -> None:
    text = (PATCHES / f"ace-step{suffix}").read_text()
    buffer, ratio, rate = 4096, 1920, 48000
    name = config.load("ace-step-1.5").artifact.stem
    assert len(re.findall(rf"nn~ (?:-m )?{re.escape(name)} (?:encode|decode) {buffer}\b", text)) == 2
    assert "48000 Hz" in text
    assert not re.search("Stable Audio|stable-audio|44100", text)
    coder = FULL_SIZE.encoder.model_copy(update={"strides": (2, 4, 4, 6, 10)})
    architecture = FULL_SIZE.model_copy(update={"encoder": coder, "decoder": coder, "sample_rate": rate})
    with torch.device("meta"):
        model = StreamingAutoencoder(OobleckAutoencoder(architecture)).latency_forward
    total = model + 2 * (ratio - 128) + host_delay_of_two(buffer, ratio)
    told = re.findall(r"\d+ ms", next(line for line in text.splitlines() if "are the model's" in line))
    assert told == [f"{samples * 1e3 / rate:.0f} ms" for samples in (total, model, total - model)]
