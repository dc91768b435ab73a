"""The patches for playing in Max, read as JSON: they are whole, rest, and say and send what PureData's do."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from saoctl.formats.nn_tilde import ATTRIBUTES
from tests.architectures import FULL_SIZE
from tests.patches.puredata import PATCHES
from tests.patches.told import (
    BUFFERS,
    CONTROLS,
    FILES,
    METHODS,
    NAMES,
    assert_tells_the_delay,
    assert_tells_the_rate,
)

every_patch = pytest.mark.parametrize("name", NAMES)
COORDINATES = {"play": 8, "stable-audio-3": 256}  # latents of the file that a patch is wired for
Cord = tuple[str, int, str, int]


class Patcher:
    """A patch: its boxes by their names, and its cords."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.boxes: dict[str, dict[str, Any]] = {each["box"]["id"]: each["box"] for each in content["boxes"]}
        lines = [each["patchline"] for each in content["lines"]]
        self.cords: list[Cord] = [(*line["source"], *line["destination"]) for line in lines]

    def text(self, name: str) -> str:
        return str(self.boxes[name].get("text", ""))

    def named(self, *words: str) -> list[str]:
        """The boxes whose text begins so, from left to right."""
        objects = [name for name, box in self.boxes.items() if box["maxclass"] == "newobj"]
        found = [name for name in objects if self.text(name).split()[0] in words]
        return sorted(found, key=lambda name: self.boxes[name]["patching_rect"][0])

    def comments(self) -> list[str]:
        return [self.text(name) for name, box in self.boxes.items() if box["maxclass"] == "comment"]

    def led(self, name: str, outlet: int | None = None) -> list[str]:
        """What a box leads to at once."""
        return [to for source, out, to, _ in self.cords if source == name and outlet in (None, out)]

    def reach(self, name: str, without: tuple[str, ...] = ()) -> set[str]:
        """All that a box leads to, not through these boxes."""
        found: set[str] = set()
        left = self.led(name)
        while left:
            each = left.pop()
            if each not in found:
                found.add(each)
                left += [] if each in without else self.led(each)
        return found


def read(name: str) -> Patcher:
    return Patcher(json.loads((PATCHES / f"{name}.maxpat").read_text())["patcher"])


def with_inner(patcher: Patcher) -> Iterator[Patcher]:
    """A patch and its subpatches."""
    yield patcher
    for box in patcher.boxes.values():
        if "patcher" in box:
            yield from with_inner(Patcher(box["patcher"]))


@every_patch
def test_cords_lead_from_outlets_to_inlets_that_there_are_and_nothing_is_loose(name: str) -> None:
    for patcher in with_inner(read(name)):
        for source, outlet, target, inlet in patcher.cords:
            assert outlet < patcher.boxes[source]["numoutlets"], (source, outlet)
            assert inlet < patcher.boxes[target]["numinlets"], (target, inlet)
        assert len(set(patcher.cords)) == len(patcher.cords)
        used = {end for cord in patcher.cords for end in (cord[0], cord[2])}
        assert [each for each, box in patcher.boxes.items() if each not in used and box["maxclass"] != "comment"] == []


@every_patch
def test_subpatches_have_the_inlets_and_outlets_that_they_show(name: str) -> None:
    for patcher in with_inner(read(name)):
        for box in patcher.boxes.values():
            if "patcher" in box:
                kinds = [each["box"]["maxclass"] for each in box["patcher"]["boxes"]]
                assert (kinds.count("inlet"), kinds.count("outlet")) == (box["numinlets"], box["numoutlets"])


@every_patch
def test_objects_have_the_channels_of_the_file(name: str) -> None:
    patcher = read(name)
    objects = patcher.named("nn~")
    latents = COORDINATES.get(name, FULL_SIZE.latent_dim)
    channels = {"encode": (2, latents), "decode": (latents, 2), "forward": (2, 2)}
    assert sorted(patcher.text(each).split()[2] for each in objects) == METHODS[name]
    for each in objects:
        _, file, method, buffer = patcher.text(each).split()
        assert file == FILES[name].rsplit("/", 1)[-1]
        assert int(buffer) == BUFFERS[name]
        box = patcher.boxes[each]
        assert (box["numinlets"], box["numoutlets"]) == channels[method]


@every_patch
def test_what_a_patch_says_of_delay_and_rate_is_true(name: str) -> None:
    patcher = read(name)
    assert_tells_the_delay(patcher.comments(), name)
    assert_tells_the_rate(patcher.comments())
    (asked,) = patcher.named("dspstate~")
    (shown,) = patcher.led(asked, 1)  # its second outlet is the rate
    assert patcher.boxes[shown]["maxclass"] == "flonum"


@every_patch
def test_controls_send_what_puredatas_do_and_rest_where_they_do(name: str) -> None:
    patcher = read(name)
    found = {}
    for each, box in patcher.boxes.items():
        if box["maxclass"] in ("flonum", "toggle"):
            for message in patcher.led(each):
                if patcher.text(message).startswith("set") and "$1" in patcher.text(message):
                    found[each] = message
    assert len(found) == len(CONTROLS[name])
    for label, told in CONTROLS[name].items():
        box = f"{label.replace(' ', '_')}_control"
        message = found[box]
        assert patcher.text(message).replace("1. $1", "1 $1") == told.message
        targets = {patcher.text(each).split()[2] for each in patcher.led(message)}
        assert targets == {told.method}
        low, rest, high = told.values
        if patcher.boxes[box]["maxclass"] == "flonum":
            assert (patcher.boxes[box]["minimum"], patcher.boxes[box]["maximum"]) == (low, high)
        # `set` shows it and sends nothing.
        at_load = [
            patcher.text(each) for each in patcher.boxes if box in patcher.led(each) and "load" in patcher.text(each)
        ]
        assert at_load == [f"loadmess set {rest:g}"]


@every_patch
def test_nothing_is_sent_to_nn_at_load(name: str) -> None:
    patcher = read(name)
    for begin in patcher.named("loadbang", "loadmess"):
        if " set " in patcher.text(begin):
            continue  # shows, and sends nothing
        for each in patcher.reach(begin):
            message = patcher.boxes[each]["maxclass"] == "message"
            assert not (message and any(target in patcher.named("nn~") for target in patcher.led(each)))


@pytest.mark.parametrize("name", ["play", "morph", "latents-to-disk", "help"])
def test_reset_reaches_all_objects(name: str) -> None:
    patcher = read(name)
    resets = [each for each in patcher.boxes if patcher.text(each) == "set reset 1" and each != "from_nothing_reset"]
    assert sorted(target for each in resets for target in patcher.led(each)) == sorted(patcher.named("nn~"))


def test_all_to_neutral_sends_where_each_control_rests() -> None:
    patcher = read("play")
    for label, told in CONTROLS["play"].items():
        box = f"{label.replace(' ', '_')}_control"
        (message,) = (each for each in patcher.led("neutral") if box in patcher.led(each))
        assert float(patcher.text(message)) == told.values[1]


def test_presets_keep_the_sliders() -> None:
    patcher = read("play")
    assert sorted(patcher.led("presets")) == sorted(f"direction_{k}_control" for k in range(1, 9))


def test_from_nothing_the_decoder_forgets_and_holds() -> None:
    patcher = read("play")
    (order,) = patcher.led("from_nothing")
    assert patcher.text(order) == "t 1 b"  # from the right to the left: first the bang
    (forget,), (hold,) = patcher.led(order, 1), patcher.led(order, 0)
    assert (patcher.text(forget), patcher.led(forget)) == ("set reset 1", ["decode"])
    assert hold == "freeze_control"


def test_the_help_has_each_message() -> None:
    patcher = read("help")
    messages = [patcher.text(each) for each in patcher.boxes if "forward" in patcher.led(each)]
    for verb, names in (
        ("set", {name for name in ATTRIBUTES if not name.startswith("latency")}),
        ("get", {name for name in ATTRIBUTES if name.startswith("latency")}),
    ):
        assert {text.split()[1] for text in messages if text.startswith(verb)} == names


class TestTheWayOfTheSound:
    """What leads where."""

    def test_first_sound_is_the_recording_or_what_the_model_makes_of_it(self) -> None:
        patcher = read("first-sound")
        assert patcher.led("file")[:1] == ["forward"]
        assert "dac" in patcher.reach("forward")
        assert "dac" in patcher.reach("file", without=("forward",))

    @pytest.mark.parametrize("name", ["play", "latents-to-disk"])
    def test_a_sound_passes_the_encoder_and_the_decoder(self, name: str) -> None:
        patcher = read(name)
        for source in ("adc", "file"):
            assert "encode" in patcher.led(source)
            assert "dac" not in patcher.reach(source, without=("encode", "decode"))
        assert "decode" in patcher.reach("encode")
        assert "dac" in patcher.reach("decode")

    @pytest.mark.parametrize(("name", "pairs"), [
        ("play", [("encode", "decode")]),
        ("morph", [("encode_A", "packed_A"), ("encode_B", "packed_B"), ("apart", "decode")]),
        ("latents-to-disk", [("encode", "packed"), ("apart", "decode")]),
    ])  # fmt: skip
    def test_latents_stay_in_order(self, name: str, pairs: list[tuple[str, str]]) -> None:
        patcher = read(name)
        for source, target in pairs:
            count = patcher.boxes[source]["numoutlets"]
            cords = [(out, inlet) for one, out, two, inlet in patcher.cords if (one, two) == (source, target)]
            assert sorted(cords) == [(k, k) for k in range(count)]

    def test_morph_mixes_the_latents_of_two_encoders(self) -> None:
        patcher = read("morph")
        for letter, weight in (("A", "morph_other"), ("B", "morph_line")):
            assert (weight, 0, f"part_{letter}", 1) in patcher.cords
            assert patcher.led(f"packed_{letter}") == [f"part_{letter}"]
            assert "both" in patcher.led(f"part_{letter}")
        assert patcher.text("morph_other") == "!-~ 1."  # what is left to 1
        assert "apart" in patcher.led("both")

    def test_recorded_latents_stay_in_order(self) -> None:
        record, play = (Patcher(box["patcher"]) for box in read("latents-to-disk").boxes.values() if "patcher" in box)
        for k in range(64):
            value, held = f"value_{k + 1}", f"held_{k + 1}"
            assert ("apart", k, value, 0) in record.cords
            assert (value, 0, "joined", k) in record.cords
            assert ("each", k, held, 0) in play.cords
            assert (held, 0, "together", k) in play.cords


@every_patch
def test_no_box_lies_on_another_or_outside_of_the_window(name: str) -> None:
    content = json.loads((PATCHES / f"{name}.maxpat").read_text())["patcher"]
    places = {each["box"]["id"]: each["box"]["patching_rect"] for each in content["boxes"]}
    width, height = content["rect"][2:]
    for one, (x, y, w, h) in places.items():
        assert x + w <= width, one
        assert y + h <= height, one
        for other, (left, top, wide, high) in places.items():
            apart = x >= left + wide or left >= x + w or y >= top + high or top >= y + h
            assert one == other or apart, (one, other)
