"""The patches for playing in PureData: they open, rest, send what they say, and are wired as they say."""

from pathlib import Path

import pytest

from patches.source.__main__ import written
from saoctl.formats.nn_tilde import ATTRIBUTES
from tests.patches.puredata import PATCHES, Box, Flat, press, run, sent
from tests.patches.told import (
    BUFFERS,
    CONTROLS,
    FILES,
    METHODS,
    NAMES,
    OBJECTS,
    assert_tells_the_delay,
    assert_tells_the_rate,
)

EVERY_CONTROL = [(name, label) for name in NAMES for label in CONTROLS[name]]
every_patch = pytest.mark.parametrize("name", NAMES)
ROWS = 128  # pixels of a slider from its left to its right


def path_of(name: str) -> Path:
    return PATCHES / f"{name}.pd"


def texts(patch: Flat) -> list[str]:
    """The comments, with the spaces before commas that the format has taken away."""
    return [box.text.replace(" ,", ",").rsplit(", f ", 1)[0] for box in patch.top if box.kind == "text"]


def control(patch: Flat, label: str) -> Box:
    """The control of a name."""
    (found,) = (box for box in patch.named("hsl", "tgl", "bng", "hradio") if box.label == label)
    return found


def middle(box: Box) -> tuple[int, int]:
    return box.x + 9, box.y + 9


def test_the_files_are_those_that_the_source_writes() -> None:
    """After a change in patches/source: `make patches`."""
    behind = [name for name, text in written().items() if (PATCHES / name).read_text() != text]
    assert behind == []


@every_patch
def test_objects_play_what_the_demo_writes_in_a_buffer_that_nn_takes_as_it_is(name: str) -> None:
    objects = [box.words[1:] for box in Flat(path_of(name)).named("nn~")]
    assert sorted(words[-2] for words in objects) == METHODS[name]
    for words in objects:
        assert words[-3] == f"../exports/{FILES[name]}"
        assert int(words[-1]) == BUFFERS[name]
        assert words[:-3] == ([] if OBJECTS[name] == 1 else ["-m"])


@pytest.mark.slow
@every_patch
def test_what_a_patch_says_of_delay_and_rate_is_true(name: str) -> None:
    said = texts(Flat(path_of(name)))
    assert_tells_the_delay(said, name)
    assert_tells_the_rate(said)


@every_patch
def test_a_patch_says_which_pd_it_needs(name: str) -> None:
    said = " ".join(texts(Flat(path_of(name))))
    if OBJECTS[name] == 1:
        assert "Pd 0.53 or newer" in said
    else:
        assert "Pd 0.54, the first with multichannel cords (snake~ and nn~ -m)" in said


@every_patch
def test_the_sample_rate_of_the_host_is_shown(name: str) -> None:
    patch = Flat(path_of(name))
    (asked,) = patch.named("samplerate~")
    assert {box.words[0] for box in patch.boxes if asked in patch.led(box)} == {"loadbang", "r"}
    assert [box.kind for box in patch.led(asked)] == ["outlet"] or "floatatom" in {
        box.kind for box in patch.reach(asked)
    }


@pytest.mark.puredata
@every_patch
def test_puredata_opens_the_patch_without_complaint_and_sends_nothing(name: str) -> None:
    objects = [" ".join([*box.words[1:], *["0"] * (5 - len(box.words))]) for box in Flat(path_of(name)).named("nn~")]
    assert sorted(run(path_of(name))) == sorted(f"nn~: {each}" for each in objects)


@every_patch
def test_sliders_and_switches_are_those_that_are_told(name: str) -> None:
    patch = Flat(path_of(name))
    spoken = {}
    for box in patch.named("hsl", "tgl"):
        (told,) = [each.text for each in patch.led(box) if each.kind == "msg"] or [None]
        if told and told.startswith("set"):
            spoken[box.label] = told
            if box.words[0] == "hsl":
                assert (float(box.words[3]), float(box.words[4])) == CONTROLS[name][box.label].values[::2]
                assert box.words[5:7] == ["0", "0"]  # linear, and silent at load
    assert spoken == {label: told.message for label, told in CONTROLS[name].items()}


@pytest.mark.puredata
@pytest.mark.parametrize(("name", "label"), EVERY_CONTROL, ids=[f"{name}: {label}" for name, label in EVERY_CONTROL])
def test_a_control_sends_what_is_told_to_the_object_that_is_told(name: str, label: str) -> None:
    """From where it rests to the left end and to the right, or on and off."""
    told, box = CONTROLS[name][label], control(Flat(path_of(name)), label)
    low, rest, high = told.values

    def line(number: float) -> str:
        return f"{told.method}: {told.message.replace('$1', f'{number:g}')}"

    if box.words[0] == "tgl":
        twice = [*press(*middle(box)), *press(*middle(box))]
        assert sent(path_of(name), *twice) == [line(high), line(low)]
    else:
        at_rest = round((rest - low) / (high - low) * ROWS)
        moves = [-at_rest, ROWS - at_rest] if at_rest else [ROWS]  # where it stands already it says nothing
        lines = sent(path_of(name), *press(box.x + at_rest, box.y + 9, *moves))
        assert lines == list(dict.fromkeys([line(rest), line(low), line(high)]))


@pytest.mark.puredata
@pytest.mark.parametrize(
    ("name", "objects"),
    [("play", "encode decode"), ("morph", "encode encode decode"), ("latents-to-disk", "encode decode")],
)
def test_reset_reaches_all_objects(name: str, objects: str) -> None:
    (box,) = (box for box in Flat(path_of(name)).top if box.text == "set reset 1" and box.y > 0 and not _forgets(box))
    assert sorted(sent(path_of(name), *press(*middle(box)))) == sorted(
        f"{each}: set reset 1" for each in objects.split()
    )


def _forgets(box: Box) -> bool:
    """Whether it is the message of `from nothing`, which is for the decoder alone."""
    return len(box.cords) == 1


@pytest.mark.puredata
@pytest.mark.parametrize("name", ["play", "morph", "latents-to-disk"])
def test_all_to_neutral_sends_where_each_control_rests(name: str) -> None:
    patch = Flat(path_of(name))
    moved = [box for box in patch.named("hsl") if box.label in CONTROLS[name]]
    mouse = [event for box in moved for event in press(box.x + ROWS, box.y + 9)]
    lines = sent(path_of(name), *mouse, *press(*middle(control(patch, "all to neutral"))))
    expected = [
        f"{told.method}: {told.message.replace('$1', f'{told.values[1]:g}')}" for told in CONTROLS[name].values()
    ]
    assert sorted(lines[len(moved) :]) == sorted(expected)


@pytest.mark.puredata
def test_from_nothing_the_decoder_forgets_and_holds() -> None:
    box = control(Flat(path_of("play")), "from nothing")
    assert sent(path_of("play"), *press(*middle(box))) == ["decode: set reset 1", "decode: set freeze 1"]


@pytest.mark.puredata
def test_a_preset_brings_back_where_the_sliders_stood() -> None:
    patch = Flat(path_of("play"))
    first, eighth = control(patch, "direction 1"), control(patch, "direction 8")
    store, recall = control(patch, "store it"), control(patch, "recall a preset")
    third = 2 * 18
    mouse = [
        *press(first.x + 64, first.y + 9, -40, 32),
        *press(eighth.x + 64, eighth.y + 9, -32),
        *press(store.x + third + 9, store.y + 9),
        *press(*middle(control(patch, "all to neutral"))),
    ]
    before = sent(path_of("play"), *mouse)
    lines = sent(path_of("play"), *mouse, *press(recall.x + third + 9, recall.y + 9))[len(before) :]
    values = [1, 0, 0, 0, 0, 0, 0, -1]
    assert sorted(lines) == sorted(f"decode: set latent {k} 1 {each}" for k, each in enumerate(values, start=1))


@pytest.mark.puredata
def test_the_help_sends_each_message_as_it_stands() -> None:
    patch = Flat(path_of("help"))
    messages = [box for box in patch.top if box.kind == "msg" and any(each.words[0] == "s" for each in patch.led(box))]
    assert {box.words[1] for box in messages if box.words[0] == "set"} == {
        name for name in ATTRIBUTES if not name.startswith("latency")
    }
    mouse = [event for box in messages for event in press(*middle(box))]
    label = patch.named("nn~")[0].words[3]  # of the stand-in
    assert sent(path_of("help"), *mouse) == [f"{label}: {box.text}" for box in messages]


@pytest.mark.parametrize("name", ["play", "morph", "latents-to-disk"])
def test_another_file_goes_to_all_objects_and_lets_the_controls_rest(name: str) -> None:
    patch = Flat(path_of(name))
    reached = patch.reach(control(patch, "another .ts file"))
    assert {id(box) for box in patch.named("nn~")} <= {id(box) for box in reached}
    (message,) = (box for box in reached if box.kind == "msg" and box.text == "load $1")
    assert {id(box) for box in patch.reach(message) if box.words[0] == "nn~"} == {id(box) for box in patch.named("nn~")}
    silent = [box for box in reached if box.kind == "msg" and box.words[0] == "set" and len(box.words) == 2]
    assert len(silent) >= len(CONTROLS[name])


class TestTheWayOfTheSound:
    """What leads where, through subpatches."""

    def test_first_sound_is_the_recording_or_what_the_model_makes_of_it(self) -> None:
        patch = Flat(path_of("first-sound"))
        (reads,), (model,) = patch.named("readsf~"), patch.named("nn~")
        assert model in patch.reach(reads)
        assert patch.named("dac~")[0] in patch.reach(model)
        assert patch.named("dac~")[0] in patch.reach(reads, without=("nn~",))

    @pytest.mark.parametrize("name", ["play", "latents-to-disk"])
    def test_a_sound_passes_the_encoder_and_the_decoder(self, name: str) -> None:
        patch = Flat(path_of(name))
        encode, decode = _by_method(patch, "encode"), _by_method(patch, "decode")
        for source in patch.named("adc~", "readsf~"):
            assert encode in patch.reach(source)
            assert patch.named("dac~")[0] not in patch.reach(source, without=("nn~",))
        assert decode in patch.reach(encode)
        assert encode not in patch.reach(decode)
        assert patch.named("dac~")[0] in patch.reach(decode)

    def test_morph_mixes_the_latents_of_two_encoders(self) -> None:
        patch = Flat(path_of("morph"))
        decode = _by_method(patch, "decode")
        encoders = [box for box in patch.named("nn~") if box is not decode]
        sounds = patch.named("readsf~")
        assert len(encoders) == len(sounds) == 2
        products = [patch.led(encoder)[0] for encoder in encoders]
        assert [box.text for box in products] == ["*~", "*~"]
        assert products[0] is not products[1]
        for sound, encoder, product in zip(sounds, encoders, products, strict=True):
            assert [box for box in patch.reach(sound, without=("nn~",)) if box.words[0] == "nn~"] == [encoder]
            assert decode in patch.led(product)
        (line,), (rest,) = patch.named("line~")[:1], patch.named("expr~")
        slider = control(patch, "A to B")
        a, b = products
        assert line in patch.reach(slider)
        assert b in patch.reach(line, without=("expr~",))
        assert a in patch.reach(rest)
        assert a not in patch.reach(line, without=("expr~",))
        assert b not in patch.reach(rest)
        assert rest.text == "expr~ 1 - $v1"

    def test_latents_go_through_64_tracks_in_order(self) -> None:
        patch = Flat(path_of("latents-to-disk"))
        tracks = patch.named("latent-track")
        assert [box.words[2] for box in tracks] == [str(k) for k in range(64)]
        assert {box.words[1] for box in tracks} == {"$0"}
        encode, decode = _by_method(patch, "encode"), _by_method(patch, "decode")
        (apart,) = (box for box in patch.named("snake~") if box.text == "snake~ out 64")
        (together,) = (box for box in patch.named("snake~") if box.text == "snake~ in 64")
        assert apart in patch.reach(encode)
        assert decode in patch.reach(together)
        assert [(outlet, target) for outlet, target, _ in apart.cords] == list(enumerate(tracks))
        assert [box.cords for box in tracks] == [[(0, together, k)] for k in range(64)]


def _by_method(patch: Flat, method: str) -> Box:
    (box,) = (box for box in patch.named("nn~") if box.words[-2] == method)
    return box
