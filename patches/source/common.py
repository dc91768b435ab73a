"""The parts that the patches share: controls, texts about the delay, and the objects around nn~."""

from dataclasses import dataclass

from docs.generate import ACE_STEP_RATE, RATIO, SAMPLE_RATE, latencies, milliseconds
from patches.source.maxmsp import MESSAGE, MULTI, SIGNAL, Patcher
from patches.source.puredata import Box, Canvas
from saoctl.bench.buffers import host_delay, host_delay_of_two

BUFFER = 4096
DEMO = "../exports/demo"  # the file that `make demo` writes, without .ts
SOUND = f"{DEMO}/input.wav"
WRONG_RATE = (
    f"nn~ does not resample: run the host at {SAMPLE_RATE} Hz. At 48000 Hz the model hears everything 8 % lower than"
    f" it is. Other files have rates of their own: {ACE_STEP_RATE} Hz for ACE-Step's."
)
MULTICHANNEL = "It needs nn~ 1.6 and Pd 0.54, the first with multichannel cords (snake~ and nn~ -m)."
OTHER_FILES = "This is the exact file. With less lookahead it is less: see saoctl info."


@dataclass(frozen=True)
class Control:
    """A control, and the message that it sends.

    Args:
        name: its label.
        message: to nn~, with $1 for the value.
        low, high: the range of the value; a switch has 0 and 1.
        rest: the value that changes nothing.
    """

    name: str
    message: str
    low: float
    high: float
    rest: float = 0

    @property
    def is_switch(self) -> bool:
        """Whether the control is a switch."""
        return self.message.startswith("set freeze")

    @property
    def receive(self) -> str:
        """The name under which PureData's control receives values."""
        return "$0-" + self.name.replace(" ", "-")


NOISE = Control("noise of the VAE", "set noise $1", 0, 2, rest=1)
SCALE = Control("scale of all", "set latent_scale $1", 0, 2, rest=1)
FREEZE = Control("freeze", "set freeze $1", 0, 1)
GLIDE = Control("glide in ms", "set glide $1", 0, 2000)
REST = Control("rest", "set rest $1", 0, 2)


def directions(count: int) -> list[Control]:
    """Return controls of the bias of the first latents, in units of their spread if the file has a basis."""
    return [Control(f"direction {k}", f"set latent {k} 1 $1", -2, 2) for k in range(1, count + 1)]


def delay_of_forward() -> str:
    """Describe the delay of a sound through one object."""
    model, host = latencies()["forward"], host_delay(BUFFER)
    how = f"2 x {BUFFER} - {2 * BUFFER - host} samples"
    return f"{_late('What you hear is late by', model, host, how)} {OTHER_FILES}"


def delay_of_two() -> str:
    """Describe the delay of a sound through an encoder and a decoder in two objects."""
    model, host = latencies()["forward"], host_delay_of_two(BUFFER, RATIO)
    how = f"4 x {BUFFER} - {4 * BUFFER - host} samples for both objects"
    return f"{_late('What you hear is late by', model, host, how)} {OTHER_FILES}"


def delay_of_a_control() -> str:
    """Describe the time after which a change of the decoder is heard."""
    model, host = latencies()["decode"], host_delay(BUFFER)
    return _late("A change of the decoder is heard within", model, host, f"2 x {BUFFER} - {2 * BUFFER - host} samples")


def _late(begin: str, model: int, host: int, how: str) -> str:
    total, of_model, of_host = (milliseconds(samples) for samples in (model + host, model, host))
    return f"{begin} {total} ms: {of_model} ms are the model's, {of_host} ms are nn~'s: {how}."


# PureData: subpatches hold what is not a control, and messages are sent to `$0-encode` and `$0-decode`.

GAP = 82  # pixels from a control to the next one below


def head(canvas: Canvas, width: int, title: str, *words: str) -> int:
    """Add the title and the introduction; return the y below."""
    canvas.title(title, width)
    y = 50
    for each in words:
        y = canvas.text(10, y, each, width // 7)
    return y + 10


def rate(canvas: Canvas, x: int, y: int) -> int:
    """Show the host's sample rate, read when the patch opens and when audio is switched on; return the y below."""
    inner = Canvas(320, 160, "rate")
    looked = inner.obj(20, 60, "samplerate~")
    for column, when in enumerate(("loadbang", "r pd-dsp-started")):
        inner.cord(inner.obj(20 + 100 * column, 20, when), looked)
    inner.cord(looked, inner.obj(20, 100, "outlet"))
    canvas.cord(canvas.sub(x, y, inner, "rate"), canvas.number(x, y + 24, f"Hz of {SAMPLE_RATE}"))
    return canvas.text(x, y + 48, WRONG_RATE, 40)


def output(canvas: Canvas, x: int, y: int, left: tuple[Box, int], right: tuple[Box, int]) -> None:
    """Add the output: a fader, a switch for audio, and [dac~]."""
    inner = Canvas(420, 260, "output")
    sides = [inner.obj(20 + 80 * channel, 20, "inlet~") for channel in range(2)]
    fader, packed, line = inner.obj(200, 20, "inlet"), inner.obj(200, 60, "pack f 30"), inner.obj(200, 90, "line~")
    out = inner.obj(20, 200, "dac~ 1 2")
    inner.chain(fader, packed, line)
    for channel, side in enumerate(sides):
        scaled = inner.obj(20 + 80 * channel, 140, "*~")
        inner.cord(side, scaled)
        inner.cord(line, scaled, inlet=1)
        inner.cord(scaled, out, inlet=channel)
    inner.chain(inner.obj(300, 20, "loadbang"), inner.msg(300, 60, "0.5"), inner.obj(300, 90, "s $0-volume"))
    shown, box = canvas.slider(x + 110, y, 0, 1, "volume", "$0-volume"), canvas.sub(x, y + 30, inner, "output")
    canvas.cord(shown, box, inlet=2)
    for inlet, (source, outlet) in enumerate((left, right)):
        canvas.cord(source, box, outlet, inlet)
    canvas.chain(canvas.toggle(x + 110, y + 30, "sound on"), canvas.msg(x + 110, y + 54, "; pd dsp $1"))


def sources(canvas: Canvas, y: int) -> Box:
    """Mix the microphone and a sound file in one cord."""
    live, sound = canvas.obj(20, y + 28, "adc~ 1 2"), player(canvas, 110, y, SOUND)
    packed = canvas.obj(20, y + 80, "snake~ in 2")
    for channel in range(2):
        for source in (live, sound):
            canvas.cord(source, packed, channel, channel)
    return packed


def player(canvas: Canvas, x: int, y: int, suggested: str) -> Box:
    """Add buttons, and a sound file that plays in a loop: a subpatch with two signals."""
    inner = Canvas(420, 320, "sound-file")
    choose, demo, stop = (inner.obj(20 + 100 * column, 20, "inlet") for column in range(3))
    panel, named = inner.obj(20, 50, "openpanel"), inner.obj(120, 50, f"symbol {suggested}")
    kept, order = inner.obj(20, 100, "symbol"), inner.obj(20, 130, "t b a")
    message, start, end = inner.msg(80, 160, "open $1"), inner.msg(20, 160, "1"), inner.msg(220, 160, "0")
    reads = inner.obj(20, 200, "readsf~ 2")
    inner.chain(choose, panel, kept)
    inner.chain(demo, named, kept, order, start, reads)
    inner.chain(stop, end, reads)
    inner.cord(order, message, 1)
    inner.cord(message, reads)
    inner.cord(reads, kept, 2)  # at its end, it plays again
    for channel in range(2):
        inner.cord(reads, inner.obj(20 + 80 * channel, 260, "outlet~"), channel)
    box = canvas.sub(x, y + 28, inner, "sound-file")
    for inlet, (left, label) in enumerate(((0, "play a file"), (110, "play the demo's sound"), (280, "stop"))):
        canvas.cord(canvas.button(x + left, y, label), box, inlet=inlet)
    return box


def model(canvas: Canvas, x: int, y: int, method: str, file: str, to: str = "", buffer: int = BUFFER) -> Box:
    """Add an nn~ object that receives messages by its name, with all signals in one cord."""
    box = canvas.obj(x, y, f"nn~ -m {file} {method} {buffer}")
    canvas.cord(canvas.obj(x + 170, y - 26, f"r $0-{to or method}"), box)
    return box


def control(canvas: Canvas, x: int, y: int, what: Control, to: str = "decode", send: str = "empty") -> None:
    """Add a control with its message to nn~."""
    box = (
        canvas.toggle(x, y, what.name, what.receive)
        if what.is_switch
        else canvas.slider(x, y, what.low, what.high, what.name, what.receive, send)
    )
    canvas.chain(box, canvas.msg(x, y + 24, what.message), canvas.obj(x, y + 48, f"s $0-{to}"))


def reset(canvas: Canvas, x: int, y: int, *to: str) -> None:
    """Add a message that resets all objects."""
    message = canvas.msg(x, y, "set reset 1")
    for row, each in enumerate(to):
        canvas.cord(message, canvas.obj(x, y + 24 + 22 * row, f"s $0-{each}"))


def resting(canvas: Canvas, x: int, y: int, what: list[Control]) -> None:
    """Reset controls: without sending when the patch or a file is loaded, and sending when a button is pressed."""
    for silent in (True, False):
        name = "at-rest" if silent else "neutral"
        inner = Canvas(500, 100 + 24 * len(what), name)
        begin = inner.obj(20, 20, "loadbang" if silent else "inlet")
        sources = [begin, inner.obj(120, 20, "r $0-at-rest")] if silent else [begin]
        for row, each in enumerate(what):
            message = inner.msg(20, 60 + 24 * row, f"{'set ' if silent else ''}{each.rest:g}")
            inner.feed(sources, message)
            inner.cord(message, inner.obj(120, 60 + 24 * row, f"s {each.receive}"))
        box = canvas.sub(x + (100 if silent else 0), y + 26, inner, name)
        if not silent:
            canvas.cord(canvas.button(x, y, "all to neutral"), box)


def another_file(canvas: Canvas, x: int, y: int, *to: str) -> None:
    """Load another exported file into all objects, and reset the controls, because a new file has its defaults."""
    inner = Canvas(360, 200, "another-file")
    order = inner.obj(20, 80, "t b a")
    load = inner.msg(120, 110, "load $1")
    inner.chain(inner.obj(20, 20, "inlet"), inner.obj(20, 50, "openpanel"), order)
    inner.cord(order, load, 1)
    inner.cord(order, inner.obj(20, 140, "s $0-at-rest"))
    for column, each in enumerate(to):
        inner.cord(load, inner.obj(120 + 110 * column, 140, f"s $0-{each}"))
    canvas.cord(canvas.button(x, y, "another .ts file"), canvas.sub(x, y + 26, inner, "another-file"))


def smooth(canvas: Canvas, x: int, y: int, box: Box, start: str = "") -> Box:
    """Add a subpatch that outputs a value x from 0 to 1, and 1 - x, as smooth signals.

    It begins at 0, or at 1 if `start` is the name under which the box receives values.
    """
    inner = Canvas(420, 220, "smooth")
    line = inner.obj(20, 80, "line~")
    inner.chain(inner.obj(20, 20, "inlet"), inner.obj(20, 50, "pack f 30"), line, inner.obj(20, 160, "outlet~"))
    inner.chain(line, inner.obj(100, 120, "expr~ 1 - $v1"), inner.obj(100, 160, "outlet~"))
    if start:
        inner.chain(inner.obj(260, 20, "loadbang"), inner.msg(260, 50, "1"), inner.obj(260, 80, f"s {start}"))
    smoothed = canvas.sub(x, y, inner, "smooth")
    canvas.cord(box, smoothed)
    return smoothed


# Max


def max_head(patcher: Patcher, title: str, *words: str) -> int:
    """Do what `head` does."""
    y = patcher.text("title", 20, 12, title, 110)
    for number, each in enumerate(words):
        y = patcher.text(f"hint_{number + 1}", 20, y, each, 110)
    return y + 10


def max_rate(patcher: Patcher, x: int, y: int) -> int:
    """Do what `rate` does."""
    begin = patcher.obj("rate_begin", x, y, "loadbang", 1, ["bang"])
    looked = patcher.obj("rate", x, y + 28, "dspstate~", 1, ["int", "float", "float", "float"])
    shown = patcher.number("rate_shown", x + 90, y + 28)
    patcher.chain(begin, looked)
    patcher.cord(looked, shown, outlet=1)
    return patcher.text("rate_hint", x, y + 56, f"Hz of {SAMPLE_RATE}. {WRONG_RATE}", 44)


def max_volume(patcher: Patcher, x: int, y: int, left: tuple[str, int], right: tuple[str, int]) -> None:
    """Add a fader and the output."""
    gain, out = patcher.gain("gain", x, y), patcher.speaker("dac", x, y + 120)
    for inlet, (source, outlet) in enumerate((left, right)):
        patcher.cord(source, gain, outlet, inlet)
        patcher.cord(gain, out, inlet, inlet)


def max_player(patcher: Patcher, x: int, y: int, name: str = "", suggested: str = "") -> str:
    """Add a sound file that plays in a loop, [sfplay~ 2]."""
    choose, play = patcher.msg(f"open{name}", x, y, "open"), patcher.toggle(f"play{name}", x + 50, y)
    reads = patcher.obj(f"file{name}", x, y + 56, "sfplay~ 2", 2, [SIGNAL, SIGNAL, "bang"])
    begin = patcher.obj(f"loop_begin{name}", x + 120, y + 28, "loadmess loop 1", 1, [MESSAGE])
    for each in (choose, play, begin):
        patcher.cord(each, reads)
    patcher.text(f"play{name}_label", x + 76, y, "open a file, and play it", 28)
    if suggested:
        patcher.cord(patcher.msg("suggested", x, y + 28, f"open {suggested}"), reads)
    return reads


def max_smooth(patcher: Patcher, name: str, x: int, y: int, box: str, milliseconds: int) -> tuple[str, str]:
    """Do what `smooth` does; return the objects that output x and 1 - x."""
    packed = patcher.obj(f"{name}_time", x, y, f"pack 0. {milliseconds}", 2, [MESSAGE])
    line = patcher.obj(f"{name}_line", x + 100, y, "line~", 2, [SIGNAL, "bang"])
    other = patcher.obj(f"{name}_other", x, y + 28, "!-~ 1.", 2, [SIGNAL])
    patcher.chain(box, packed, line, other)
    return line, other


def max_mixed(patcher: Patcher, x: int, y: int, parts: list[tuple[str, str, str]], count: int) -> str:
    """Add a weighted sum of multichannel signals, and return the [mc.unpack~] that divides it into `count` channels.

    Each part is the name of the product, the signal and the weight.
    """
    both = patcher.obj("both", x, y, "mc.+~", 2, [MULTI])
    for inlet, (name, signal, weight) in enumerate(parts):
        product = patcher.obj(name, x + 120 * inlet, y - 30, "mc.*~", 2, [MULTI])
        patcher.cord(signal, product)
        patcher.cord(weight, product, 0, 1)
        patcher.cord(product, both, 0, inlet)
    apart = patcher.obj("apart", x, y + 30, f"mc.unpack~ {count}", 1, [SIGNAL] * count, 780)
    patcher.cord(both, apart)
    return apart


def max_control(patcher: Patcher, x: int, y: int, what: Control, *targets: str) -> str:
    """Add a control with its message to nn~, which is reset without sending at load; return the control."""
    name = what.name.replace(" ", "_")
    patcher.text(f"{name}_label", x, y, f"{what.name}, {what.low:g} to {what.high:g}", 32)
    box = (
        patcher.toggle(f"{name}_control", x, y + 22)
        if what.is_switch
        else patcher.number(f"{name}_control", x, y + 22, what.low, what.high)
    )
    message = patcher.msg(f"{name}_message", x + 66, y + 22, what.message.replace(" 1 $1", " 1. $1"))
    rest = patcher.obj(f"{name}_rest", x + 66, y + 48, f"loadmess set {what.rest:g}", 1, [MESSAGE])
    patcher.chain(rest, box, message)
    for target in targets:
        patcher.cord(message, target)
    return box


def max_neutral(patcher: Patcher, x: int, y: int, what: list[Control], boxes: list[str]) -> None:
    """Add a button that resets controls, which then send their values."""
    press = patcher.button("neutral", x, y)
    patcher.text("neutral_label", x + 28, y, "all to neutral", 20)
    for rest in sorted({each.rest for each in what}):
        message = patcher.msg(f"neutral_{rest:g}", x + 40 * round(rest), y + 28, f"{rest:g}")
        patcher.cord(press, message)
        for each, box in zip(what, boxes, strict=True):
            if each.rest == rest:
                patcher.cord(message, box)
