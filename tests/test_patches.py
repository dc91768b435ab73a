"""The patches open, and say to nn~ only what the exported file understands."""

import json
import re
from pathlib import Path
from typing import Any

from saoctl import config
from saoctl.formats.nn_tilde import ATTRIBUTES
from saoctl.vocabulary import METHODS
from tests.architectures import FULL_SIZE

PATCHES = Path(__file__).parents[1] / "patches"
PUREDATA = PATCHES / "stable-audio-open.pd"
MAX = PATCHES / "stable-audio-open.maxpat"
ARTIFACT = config.load("stable-audio-open-1.0").artifact


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


def test_the_puredata_patch_is_whole() -> None:
    records = PUREDATA.read_text().removesuffix(";\n").split(";\n")
    objects = [record for record in records[1:] if not record.startswith("#X connect")]
    connections = [record.split()[2:] for record in records if record.startswith("#X connect")]
    assert records[0].startswith("#N canvas")
    assert all(re.match(r"#X (text|obj|msg) \d+ \d+ ", record) for record in objects)
    used = {int(index) for source, _, target, _ in connections for index in (source, target)}
    assert max(used) < len(objects)
    lonely = [record for index, record in enumerate(objects) if index not in used and "#X text" not in record]
    assert lonely == []


def test_the_puredata_patch_speaks_to_nn_as_it_should() -> None:
    text = PUREDATA.read_text()
    objects = re.findall(r"#X obj \d+ \d+ (nn~ .*);", text)
    assert [words.split()[3] for words in objects] == ["encode", "decode"]
    for words in objects:
        assert_object(words)
    messages = re.findall(r"#X msg \d+ \d+ ((?:set|get) .*);", text)
    assert {message.split()[1] for message in messages} >= {"noise", "reset", "latent", "latent_scale", "latent_bias"}
    for message in messages:
        assert_message(message)


def max_boxes() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    patcher = json.loads(MAX.read_text())["patcher"]
    return {each["box"]["id"]: each["box"] for each in patcher["boxes"]}, patcher["lines"]


def test_the_max_patch_is_whole() -> None:
    boxes, lines = max_boxes()
    for line in lines:
        (source, outlet), (target, inlet) = line["patchline"]["source"], line["patchline"]["destination"]
        assert outlet < boxes[source]["numoutlets"]
        assert inlet < boxes[target]["numinlets"]
    used = {end[0] for line in lines for end in line["patchline"].values()}
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
