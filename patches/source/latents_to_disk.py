"""latents-to-disk: records latents frame by frame, and plays them back at any speed, also backwards."""

from docs.generate import RATIO, SAMPLE_RATE
from patches.source import common
from patches.source.common import GLIDE, Control
from patches.source.maxmsp import MESSAGE, MULTI, SIGNAL, Patcher
from patches.source.puredata import Canvas

LATENTS = 64
FRAMES = 6000  # the longest recording
MINUTES = FRAMES * RATIO / SAMPLE_RATE / 60
TITLE = "Latents to disk: record them, and play them back slower, faster, backwards"
SOUND = (
    "A frame of latents lasts 2048 samples. At half the speed it lasts twice as long, so the sound is slower, and"
    " keeps its pitch."
)
ROOM = f"A recording has up to {FRAMES} frames, {MINUTES:.1f} minutes. It is lost when the patch is closed, so save it."
SPEED = Control("speed", "$1", -2, 2, rest=1)
TURNED = Control("play what is recorded", "$1", 0, 1)
RECORD = "$0-record"


def track() -> Canvas:
    """Return the abstraction for one latent of a recording, `latent-track ID K`: a value per frame in ID-latents."""
    canvas = Canvas(640, 320)
    canvas.text(
        20, 8, "One latent of a recording: latent-track ID K. Frame n is at 64 n + K in the table ID-latents.", 84
    )
    value, looked = canvas.obj(20, 40, "inlet~"), canvas.obj(20, 110, "snapshot~")
    write = canvas.obj(20, 180, "tabwrite $1-latents")
    frame, at = canvas.obj(110, 80, "r $1-frame"), canvas.obj(220, 80, "r $1-at")
    place = canvas.obj(220, 110, "+ $2")
    canvas.chain(value, looked, write)
    canvas.cord(frame, looked)
    canvas.chain(at, place)
    canvas.cord(place, write, inlet=1)
    # Interpolate between two frames: the first, the second, and the fraction.
    ask = canvas.obj(340, 40, "r $1-between")
    each = canvas.obj(340, 70, "unpack f f f")
    one, two = canvas.obj(340, 110, "+ $2"), canvas.obj(440, 110, "+ $2")
    first, second = canvas.obj(340, 140, "tabread $1-latents"), canvas.obj(440, 170, "tabread $1-latents")
    mixed = canvas.obj(340, 220, "expr $f1 + ($f2 - $f1) * $f3")
    canvas.chain(ask, each, one, first, mixed)
    canvas.cord(each, two, 1)
    canvas.chain(two, second)
    canvas.cord(second, mixed, inlet=1)
    canvas.cord(each, mixed, 2, 2)
    held, out = canvas.obj(340, 250, "sig~"), canvas.obj(340, 280, "outlet~")
    canvas.chain(mixed, held, out)
    return canvas


def _tracks() -> Canvas:
    """Return the subpatch of all latents of a recording, with multichannel input and output."""
    canvas = Canvas(700, 60 + 26 * LATENTS, "tracks")
    canvas.obj(20, 60, f"array define $0-latents {LATENTS * FRAMES}")
    inlet, apart = canvas.obj(20, 12, "inlet~"), canvas.obj(120, 12, f"snake~ out {LATENTS}")
    together, out = canvas.obj(420, 12, f"snake~ in {LATENTS}"), canvas.obj(560, 12, "outlet~")
    canvas.chain(inlet, apart)
    canvas.chain(together, out)
    for k in range(LATENTS):
        one = canvas.obj(220, 44 + 26 * k, f"latent-track $0 {k}")
        canvas.cord(apart, one, k)
        canvas.cord(one, together, inlet=k)
    return canvas


def puredata() -> Canvas:
    """Return the patch for PureData."""
    canvas = Canvas(1100, 600)
    y = common.head(
        canvas, 1080, TITLE, SOUND, f"It plays {common.DEMO}.ts of make demo, or another file. {common.MULTICHANNEL}"
    )
    packed = common.sources(canvas, y)
    encode = common.model(canvas, 20, y + 150, "encode", common.DEMO)
    tracks = canvas.sub(200, y + 190, _tracks(), "tracks")
    turned = canvas.toggle(300, y + 190, TURNED.name, TURNED.receive)
    smooth = common.smooth(canvas, 300, y + 216, turned)
    now, then = canvas.obj(20, y + 260, "*~"), canvas.obj(200, y + 260, "*~")
    decode = common.model(canvas, 20, y + 340, "decode", common.DEMO)
    apart = canvas.obj(20, y + 370, "snake~ out 2")
    canvas.chain(packed, encode, now, decode, apart)
    canvas.chain(encode, tracks, then, decode)
    canvas.cord(smooth, then, 0, 1)
    canvas.cord(smooth, now, 1, 1)
    common.output(canvas, 20, y + 404, (apart, 0), (apart, 1))

    record, speed = canvas.sub(480, y + 28, _record(), "record"), canvas.sub(480, y + 116, _play(), "play")
    canvas.cord(canvas.toggle(480, y, "record from the beginning", RECORD), record)
    canvas.cord(record, canvas.number(480, y + 52, "frames recorded"))
    canvas.cord(canvas.slider(480, y + 92, SPEED.low, SPEED.high, SPEED.name, SPEED.receive), speed)
    files = canvas.sub(480, y + 194, _files(), "files")
    for inlet, label in enumerate(("save as", "open a recording")):
        canvas.cord(canvas.button(480 + 90 * inlet, y + 166, label), files, inlet=inlet)
    common.control(canvas, 480, y + 240, GLIDE)
    common.resting(canvas, 480, y + 334, [TURNED, SPEED, GLIDE])
    common.another_file(canvas, 480, y + 396, "encode", "decode")
    common.reset(canvas, 620, y + 396, "encode", "decode")
    below = y
    for words in (ROOM, common.delay_of_two(), common.delay_of_a_control()):
        below = canvas.text(780, below, words, 40) + 6
    common.rate(canvas, 780, below)
    return canvas


def _record() -> Canvas:
    """Return the subpatch that writes a frame at each tick while it is on; `$0-length` is their number."""
    inner = Canvas(560, 420, "record")
    # The metronome ticks once per frame, in step with the samples, so each value of a latent is read once.
    ticks = inner.obj(300, 50, f"metro {RATIO} 1 samp")
    inner.chain(inner.obj(300, 20, "loadbang"), inner.msg(380, 20, "1"), ticks, inner.obj(300, 80, "s $0-tick"))
    switch, order = inner.obj(20, 20, "inlet"), inner.obj(20, 50, "t f f")
    begins, zero = inner.obj(100, 80, "sel 1"), inner.msg(100, 110, "0")
    gate, count, more = inner.obj(20, 140, "spigot"), inner.obj(20, 170, "f"), inner.obj(80, 170, "+ 1")
    inner.chain(switch, order)
    inner.cord(order, begins, 1)
    inner.chain(begins, zero)
    inner.cord(zero, count, inlet=1)
    inner.cord(order, gate, inlet=1)
    inner.chain(inner.obj(200, 110, "r $0-tick-to-record"), gate, count, more)
    inner.cord(more, count, inlet=1)
    room, parts = inner.obj(20, 210, f"moses {FRAMES}"), inner.obj(20, 240, "t f b f")
    inner.chain(count, room, parts)
    place = inner.obj(220, 280, f"* {LATENTS}")
    inner.cord(parts, place, 2)
    inner.chain(place, inner.obj(220, 310, "s $0-at"))
    inner.cord(parts, inner.obj(120, 310, "s $0-frame"), 1)
    inner.chain(parts, inner.obj(20, 280, "+ 1"), inner.obj(20, 310, "s $0-length"))
    stop = inner.msg(160, 240, "0")
    inner.cord(room, stop, 1)
    inner.cord(stop, inner.obj(200, 240, f"s {RECORD}"))
    inner.chain(inner.obj(20, 350, "r $0-length"), inner.obj(20, 380, "outlet"))
    return inner


def _play() -> Canvas:
    """Return the subpatch that moves by the speed at each tick, in a loop, and requests this position of all tracks."""
    inner = Canvas(700, 420, "play")
    speed, step, moved = inner.obj(120, 20, "inlet"), inner.obj(20, 60, "f 1"), inner.obj(20, 90, "+ 0")
    tick, order = inner.obj(20, 20, "r $0-tick"), inner.obj(260, 20, "t b b")
    length = inner.obj(300, 60, "r $0-length")
    within = inner.obj(20, 130, "expr if($f2 < 1, 0, $f1 - floor($f1 / $f2) * $f2)")
    kept = inner.obj(20, 170, "t f f")
    between = inner.obj(
        20, 210,
        f"expr floor($f1) * {LATENTS}; if(floor($f1) + 1 < $f2, floor($f1) + 1, 0) * {LATENTS}; $f1 - floor($f1)",
    )  # fmt: skip
    packed = inner.obj(20, 300, "pack f f f")
    inner.cord(speed, step, inlet=1)
    # A frame is recorded before the next one is played.
    inner.chain(tick, order, step, moved, within, kept, between, packed, inner.obj(20, 340, "s $0-between"))
    inner.cord(order, inner.obj(360, 60, "s $0-tick-to-record"), 1)
    inner.cord(kept, moved, 1, 1)
    for target in (within, between):
        inner.cord(length, target, inlet=1)
    for outlet in (1, 2):
        inner.cord(between, packed, outlet, outlet)
    return inner


def _files() -> Canvas:
    """Return the subpatch that saves and opens a recording, a mono 32-bit float WAV with the latents frame by frame."""
    inner = Canvas(760, 320, "files")
    name = inner.obj(500, 50, "symbol $0-latents")
    values = inner.obj(620, 50, f"* {LATENTS}")
    inner.chain(inner.obj(500, 20, "loadbang"), name)
    inner.chain(inner.obj(620, 20, "r $0-length"), values)
    save, open_ = inner.obj(20, 20, "inlet"), inner.obj(260, 20, "inlet")
    written, given = inner.obj(20, 100, "pack s s f"), inner.obj(260, 100, "pack s s")
    for packed in (written, given):
        inner.cord(name, packed, inlet=1)
    inner.cord(values, written, inlet=2)
    inner.chain(
        save,
        inner.obj(20, 60, "savepanel"),
        written,
        inner.msg(20, 140, "write -wave -bytes 4 -nframes $3 $1 $2"),
        inner.obj(20, 180, "soundfiler"),
    )
    values_read = inner.obj(260, 180, "soundfiler")
    inner.chain(open_, inner.obj(260, 60, "openpanel"), given, inner.msg(260, 140, "read $1 $2"), values_read)
    some, frames = inner.obj(260, 210, "moses 1"), inner.obj(340, 240, f"/ {LATENTS}")
    inner.cord(values_read, some)
    inner.cord(some, frames, 1)
    inner.chain(frames, inner.obj(340, 270, f"clip 0 {FRAMES}"), inner.obj(440, 270, "s $0-length"))
    return inner


COLL = "coll saoctl-latents 1"


def _max_record() -> Patcher:
    """Return the subpatch that stores a frame at each tick under its number, and outputs the number of frames."""
    patcher = Patcher(900, 460)
    latents, ticks = patcher.end("latents", 20, 20, 1, "inlet"), patcher.end("ticks", 120, 20, 2, "inlet")
    begin = patcher.end("begin", 220, 20, 3, "inlet")
    apart = patcher.obj("apart", 20, 70, f"mc.unpack~ {LATENTS}", 1, [SIGNAL] * LATENTS, 800)
    joined = patcher.obj("joined", 20, 200, f"join {LATENTS}", LATENTS, [MESSAGE], 800)
    order = patcher.obj("order", 120, 100, "t b b b", 1, ["bang", "bang", "bang"])
    patcher.cord(latents, apart)
    patcher.cord(ticks, order)
    for k in range(LATENTS):
        one = patcher.obj(f"value_{k + 1}", 20 + 13 * k, 130 + 24 * (k % 2), "snapshot~", 2, ["float"])
        patcher.cord(apart, one, k)
        patcher.cord(order, one, 2)
        patcher.cord(one, joined, 0, k)
    counts = patcher.obj("counts", 120, 250, f"counter 0 {FRAMES - 1}", 5, ["int", "", "", "int"])
    zero = patcher.msg("zero", 220, 220, "set 0")
    frame = patcher.obj("frame", 20, 300, "zl.join", 2, [MESSAGE, MESSAGE])
    kept = patcher.obj("kept", 20, 340, COLL, 1, [MESSAGE, MESSAGE, "bang", "bang"])
    more, length = patcher.obj("more", 120, 300, "+ 1", 2, ["int"]), patcher.end("length", 120, 380, 1, "outlet")
    patcher.chain(begin, zero, counts)
    patcher.cord(order, joined, 1)
    patcher.cord(joined, frame, 0, 1)
    patcher.cord(order, counts, 0)
    patcher.chain(counts, frame, kept)
    patcher.chain(counts, more, length)
    return patcher


def _max_play() -> Patcher:
    """Return the subpatch that plays: its inputs are ticks, the speed and the number of frames."""
    patcher = Patcher(900, 560)
    ticks, speed = patcher.end("ticks", 20, 20, 1, "inlet"), patcher.end("speed", 120, 20, 2, "inlet")
    length = patcher.end("length", 220, 20, 3, "inlet")
    step, moved = patcher.obj("step", 20, 70, "f 1.", 2, ["float"]), patcher.obj("moved", 20, 100, "+ 0.", 2, ["float"])
    within = patcher.obj("within", 20, 130, "expr ($f2 < 1.) ? 0. : ($f1 - floor($f1 / $f2) * $f2)", 2, [MESSAGE])
    order = patcher.obj("order", 20, 160, "t f f f f", 1, ["float"] * 4)
    first = patcher.obj("first", 20, 260, "expr int(floor($f1))", 1, [MESSAGE])
    second = patcher.obj("second", 220, 220, "expr (floor($f1) + 1. < $f2) ? int(floor($f1)) + 1 : 0", 2, [MESSAGE])
    part = patcher.obj("part", 420, 190, "expr $f1 - floor($f1)", 1, [MESSAGE])
    one = patcher.obj("one", 20, 300, COLL, 1, [MESSAGE, MESSAGE, "bang", "bang"])
    two = patcher.obj("two", 220, 300, COLL, 1, [MESSAGE, MESSAGE, "bang", "bang"])
    mixed = patcher.obj("mixed", 20, 350, "vexpr $f1 + ($f2 - $f1) * $f3 @scalarmode 1", 3, [MESSAGE])
    each = patcher.obj("each", 20, 390, "unpack" + " 0." * LATENTS, 1, ["float"] * LATENTS, 800)
    together = patcher.obj("together", 20, 470, f"mc.pack~ {LATENTS}", LATENTS, [MULTI], 800)
    out = patcher.end("out", 20, 510, 1, "outlet")
    patcher.cord(speed, step, 0, 1)
    patcher.chain(ticks, step, moved, within, order)
    for target in (within, second):
        patcher.cord(length, target, 0, 1)
    patcher.cord(order, moved, 3, 1)
    patcher.cord(order, part, 2)
    patcher.cord(order, second, 1)
    patcher.cord(order, first, 0)
    patcher.cord(part, mixed, 0, 2)
    patcher.chain(second, two)
    patcher.cord(two, mixed, 0, 1)
    patcher.chain(first, one, mixed, each)
    for k in range(LATENTS):
        held = patcher.obj(f"held_{k + 1}", 20 + 13 * k, 420 + 24 * (k % 2), "sig~", 1, [SIGNAL])
        patcher.cord(each, held, k)
        patcher.cord(held, together, 0, k)
    patcher.cord(together, out)
    return patcher


def maxmsp() -> Patcher:
    """Return the patch for Max."""
    patcher = Patcher(1260, 820)
    y = common.max_head(
        patcher,
        TITLE,
        f"Put exports of make demo into Max's search path, or write the name of your own file, with {LATENTS} latents,"
        " into both objects. It needs nn~ 1.6.",
        SOUND,
    )
    live = patcher.obj("adc", 20, y, "adc~ 1 2", 1, [SIGNAL, SIGNAL])
    reads = common.max_player(patcher, 120, y, suggested="input.wav")
    encode = patcher.obj("encode", 20, y + 110, f"nn~ demo encode {common.BUFFER}", 2, [SIGNAL] * LATENTS, 780)
    packed = patcher.obj("packed", 20, y + 150, f"mc.pack~ {LATENTS}", LATENTS, [MULTI], 780)
    for source in (live, reads):
        patcher.cords(source, encode, 2)
    patcher.cords(encode, packed, LATENTS)
    begin = patcher.obj("ticks_begin", 420, y, "loadmess 1", 1, [MESSAGE])
    ticks = patcher.obj("ticks", 420, y + 28, f"metro {RATIO} samples", 2, ["bang"])
    patcher.chain(begin, ticks)
    patcher.text("record_label", 600, y, "record from the beginning", 30)
    switch = patcher.toggle("record", 600, y + 22)
    begins = patcher.obj("record_begins", 640, y + 22, "sel 1", 2, ["bang", MESSAGE])
    gate = patcher.obj("record_gate", 540, y + 50, "gate", 2, [MESSAGE])
    record = patcher.sub("recorder", 300, y + 220, "record", _max_record(), (3, ["int"]))
    patcher.chain(switch, begins)
    patcher.cord(switch, gate)
    patcher.cord(ticks, gate, 0, 1)
    patcher.cord(gate, record, 0, 1)
    patcher.cord(begins, record, 0, 2)
    patcher.cord(packed, record)

    play = patcher.sub("player", 300, y + 320, "play", _max_play(), (3, [MULTI]))
    patcher.text("speed_label", 420, y + 320, "speed, -2 to 2", 24)
    speed = patcher.number("speed", 420, y + 342, SPEED.low, SPEED.high)
    rest = patcher.obj("speed_rest", 486, y + 342, "loadmess 1.", 1, [MESSAGE])
    patcher.chain(rest, speed)
    patcher.cord(speed, play, 0, 1)
    patcher.cord(ticks, play)
    length = patcher.number("length", 300, y + 282)
    patcher.text("length_label", 364, y + 282, "frames recorded", 24)
    patcher.cord(record, length)
    patcher.cord(length, play, 0, 2)

    files = patcher.obj("files", 600, y + 300, COLL, 1, [MESSAGE, MESSAGE, "bang", "bang"])
    for column, verb in enumerate(("write", "read")):
        patcher.cord(patcher.msg(verb, 600 + 60 * column, y + 272, verb), files)
    asked = patcher.msg("how_many", 600, y + 330, "length")
    patcher.cord(files, asked, 2)
    patcher.cord(asked, files)
    found = patcher.obj("found", 680, y + 330, "route int", 2, [MESSAGE, MESSAGE])
    patcher.cord(files, found)
    patcher.cord(found, length)
    patcher.text("files_label", 600, y + 248, "saves and opens the recording", 34)

    patcher.text("turned_label", 20, y + 190, "1: recorded instead of live", 36)
    turned = patcher.toggle("turned", 20, y + 212)
    line, other = common.max_smooth(patcher, "turned", 60, y + 212, turned, 20)
    apart = common.max_mixed(patcher, 20, y + 390, [("now", packed, other), ("then", play, line)], LATENTS)
    decode = patcher.obj("decode", 20, y + 460, f"nn~ demo decode {common.BUFFER}", LATENTS, [SIGNAL, SIGNAL], 780)
    for k in range(LATENTS):
        patcher.cord(apart, decode, k, k)
    common.max_volume(patcher, 20, y + 500, (decode, 0), (decode, 1))
    common.max_control(patcher, 160, y + 500, GLIDE, decode)
    reset = patcher.msg("reset", 360, y + 522, "set reset 1")
    for each in (encode, decode):
        patcher.cord(reset, each)
    below = y
    for number, words in enumerate((ROOM, common.delay_of_two(), common.delay_of_a_control())):
        below = patcher.text(f"told_{number + 1}", 900, below, words, 50) + 6
    common.max_rate(patcher, 900, below)
    return patcher
