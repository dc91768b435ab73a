"""What the patches promise, for PureData and Max alike: what each control sends, and how late the sound is."""

import re
from dataclasses import dataclass

from tests.test_patches import VECTOR, delay

NAMES = ("first-sound", "play", "morph", "latents-to-disk", "help")
BUFFER = 4096


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
}
# How many objects the sound passes, and the file that they play, which `make demo` writes.
OBJECTS = {"first-sound": 1, "play": 2, "morph": 2, "latents-to-disk": 2, "help": 1}
METHODS = {
    "first-sound": ["forward"],
    "play": ["decode", "encode"],
    "morph": ["decode", "encode", "encode"],
    "latents-to-disk": ["decode", "encode"],
    "help": ["forward"],
}
FILES = {name: "demo/eight-sliders" if name == "play" else "demo" for name in NAMES}


def assert_tells_the_delay(texts: list[str], objects: int) -> None:
    """One text tells how late the sound is: the model's part, nn~'s, and the formula for other buffers."""
    (text,) = (each for each in texts if each.startswith("What you hear is late by"))
    model, two = delay(BUFFER)
    nn = 2 * BUFFER - VECTOR if objects == 1 else two
    expected = [f"{samples * 1e3 / 44100:.0f} ms" for samples in (model + nn, model, nn)]
    assert re.findall(r"\d+ ms", text) == expected
    assert f"{2 * objects} x {BUFFER} - {2 * objects * BUFFER - nn} samples" in text
    assert "saoctl info" in text  # where the delay of a file with less lookahead is told


def assert_tells_the_rate(texts: list[str]) -> None:
    """And one what to do at another sample rate."""
    (text,) = (each for each in texts if "does not resample" in each)
    assert "run the host at 44100 Hz" in text
    assert f"{1 - 44100 / 48000:.0%}".replace("%", " %") in text
