"""What the patches promise, for PureData and Max alike: what each control sends, and how late the sound is."""

import re
from dataclasses import dataclass

from tests.test_patches import VECTOR, delay

NAMES = ("first-sound", "play", "morph", "latents-to-disk", "help", "stable-audio-3")
BUFFERS = {name: 8192 if name == "stable-audio-3" else 4096 for name in NAMES}


@dataclass(frozen=True)
class Told:
    """A control: the object that it speaks to, what it sends, and where it can stand: at the left, at rest, right."""

    method: str
    message: str
    values: tuple[float, float, float]


NOISE = Told("encode", "set noise $1", (0, 1, 2))
GLIDE = Told("decode", "set glide $1", (0, 0, 2000))
FREEZE = Told("decode", "set freeze $1", (0, 0, 1))

# The controls of nn~, by their names. Max has what is no message to nn~ in other forms.
CONTROLS: dict[str, dict[str, Told]] = {
    "first-sound": {},
    "play": {
        **{f"direction {k}": Told("decode", f"set latent {k} 1 $1", (-2, 0, 2)) for k in range(1, 9)},
        "noise of the VAE": NOISE,
        "freeze": FREEZE,
        "glide in ms": GLIDE,
        "rest": Told("decode", "set rest $1", (0, 0, 2)),
        "scale of all": Told("decode", "set latent_scale $1", (0, 1, 2)),
    },
    "morph": {"glide in ms": GLIDE, "freeze": FREEZE},
    "latents-to-disk": {"glide in ms": GLIDE},
    "help": {},
    "stable-audio-3": {
        **{f"latent {k}": Told("decode", f"set latent {k} 1 $1", (-3, 0, 3)) for k in range(1, 9)},
        "noise": Told("decode", "set noise $1", (0, 1, 2)),
        "freeze": FREEZE,
        "glide in ms": GLIDE,
        "scale of all": Told("decode", "set latent_scale $1", (0, 1, 2)),
    },
}
# How many objects the sound passes, and the file that they play, which `make demo` writes.
OBJECTS = {"first-sound": 1, "play": 2, "morph": 2, "latents-to-disk": 2, "help": 1, "stable-audio-3": 2}
METHODS = {
    "first-sound": ["forward"],
    "play": ["decode", "encode"],
    "morph": ["decode", "encode", "encode"],
    "latents-to-disk": ["decode", "encode"],
    "help": ["forward"],
    "stable-audio-3": ["decode", "encode"],
}
FILES = dict.fromkeys(NAMES, "demo") | {"play": "demo/eight-sliders", "stable-audio-3": "stable-audio-3-small"}


def assert_tells_the_delay(texts: list[str], name: str) -> None:
    """One text tells how late the sound is: the model's part, nn~'s, and the formula for other buffers."""
    (text,) = (each for each in texts if each.startswith("What you hear is late by"))
    objects, buffer = OBJECTS[name], BUFFERS[name]
    if name == "stable-audio-3":
        # Latent frames have 4096 samples; in blocks of a chunk, `encode` is 4096 late and `decode` 4352.
        model, two = 4096 + 4352, (2 * buffer - VECTOR) // 4096 * 4096 + 2 * buffer - VECTOR
    else:
        model, two = delay(buffer)
        assert "saoctl info" in text  # where the delay of a file with less lookahead is told
    nn = 2 * buffer - VECTOR if objects == 1 else two
    expected = [f"{samples * 1e3 / 44100:.0f} ms" for samples in (model + nn, model, nn)]
    assert re.findall(r"\d+ ms", text) == expected
    assert f"{2 * objects} x {buffer} - {2 * objects * buffer - nn} samples" in text


def assert_tells_the_rate(texts: list[str]) -> None:
    """And one what to do at another sample rate."""
    (text,) = (each for each in texts if "does not resample" in each)
    assert "run the host at 44100 Hz" in text
    assert f"{1 - 44100 / 48000:.0%}".replace("%", " %") in text
