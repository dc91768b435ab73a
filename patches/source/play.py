"""play: eight sliders along the directions of a basis, over a sound or over nothing, and the other controls."""

from patches.source import common
from patches.source.common import FREEZE, GLIDE, NOISE, REST, SCALE
from patches.source.maxmsp import SIGNAL, Patcher
from patches.source.puredata import Canvas

COUNT = 8  # directions, and coordinates of the demo's file
PRESETS = 4
TITLE = "Play: eight sliders along the directions of a basis, over a sound or over nothing"
SLIDERS = (
    "The unit of a slider is a spread: -2 to 2 is about the range of the sounds of the basis. At 0 it changes nothing."
    " Without a basis the sliders move the first eight latents."
)
MEAN = "From nothing: forgets the sound and holds the mean of your sounds. Then only the sliders play."
HELD = "freeze holds the latents, and the sliders still move them. glide is the time a movement takes."
OTHERS = "rest makes the directions without a slider vary: 1 as in the sounds. Without such directions nn~ refuses it."
NO_NOISE = "A file exported with --skip-bottleneck has no noise: it accepts 0 alone."
CONTROLS = [NOISE, SCALE, FREEZE, GLIDE, REST]


def puredata() -> Canvas:
    """Return the patch for PureData."""
    canvas = Canvas(1200, 780)
    file = f"{common.DEMO}/eight-sliders"
    y = common.head(
        canvas, 1180, TITLE,
        f"It plays {file}.ts of make demo, or another file. docs/basis.md tells how to make one of your own sounds."
        f" {common.MULTICHANNEL}",
    )  # fmt: skip
    packed = common.sources(canvas, y)
    encode = common.model(canvas, 20, y + 176, "encode", file)
    decode = common.model(canvas, 20, y + 236, "decode", file)
    apart = canvas.obj(20, y + 266, "snake~ out 2")
    canvas.chain(packed, encode, decode, apart)
    common.output(canvas, 20, y + 300, (apart, 0), (apart, 1))
    common.control(canvas, 225, y + 60, NOISE, "encode")
    common.another_file(canvas, 20, y + 400, "encode", "decode")
    sliders = common.directions(COUNT)
    common.resting(canvas, 160, y + 400, [*CONTROLS, *sliders])
    common.reset(canvas, 20, y + 456, "encode", "decode")
    mean, order = canvas.button(160, y + 456, "from nothing"), canvas.obj(160, y + 482, "t b b")
    canvas.chain(mean, order, canvas.msg(160, y + 508, "1"), canvas.obj(160, y + 532, f"s {FREEZE.receive}"))
    forget = canvas.msg(250, y + 508, "set reset 1")
    canvas.cord(order, forget, 1)
    canvas.cord(forget, canvas.obj(250, y + 532, "s $0-decode"))

    for k, each in enumerate(sliders):
        place = 480 + 240 * (k // 4), y + common.GAP * (k % 4)
        common.control(canvas, *place, each, send=f"$0-is-{k + 1}")
    for row, each in enumerate((FREEZE, GLIDE, REST, SCALE)):
        common.control(canvas, 960, y + common.GAP * row, each)
    top = y + 4 * common.GAP
    _presets(canvas, 480, top)
    below = top + 36
    for words in (SLIDERS, MEAN, HELD, OTHERS):
        below = canvas.text(480, below, words, 48) + 4
    below = top + 36
    for words in (NO_NOISE, common.delay_of_two(), common.delay_of_a_control()):
        below = canvas.text(850, below, words, 46) + 4
    common.rate(canvas, 850, below)
    return canvas


def _presets(canvas: Canvas, x: int, y: int) -> None:
    """Add buttons that store and recall the positions of the sliders, which are saved with the patch."""
    canvas.choice(x, y, PRESETS, "recall a preset", "$0-recall")
    canvas.choice(x + 230, y, PRESETS, "store it", "$0-store")
    inner = Canvas(1000, 80 + 200 * COUNT, "presets")
    inner.obj(20, 20, f"array define -k $0-presets {PRESETS * COUNT}")
    for k, slider in enumerate(common.directions(COUNT)):
        top = 60 + 200 * k
        value, kept = inner.obj(20, top, f"r $0-is-{k + 1}"), inner.obj(20, top + 90, "f")
        inner.cord(value, kept, inlet=1)
        order, place = inner.obj(200, top + 30, "t b f"), inner.obj(240, top + 60, f"* {COUNT}")
        at, write = inner.obj(240, top + 90, f"+ {k}"), inner.obj(20, top + 130, "tabwrite $0-presets")
        inner.chain(inner.obj(200, top, "r $0-store"), order, kept, write)
        inner.cord(order, place, 1)
        inner.chain(place, at)
        inner.cord(at, write, inlet=1)
        inner.chain(
            inner.obj(420, top, "r $0-recall"),
            inner.obj(420, top + 30, f"* {COUNT}"),
            inner.obj(420, top + 60, f"+ {k}"),
            inner.obj(420, top + 90, "tabread $0-presets"),
            inner.obj(420, top + 130, f"s {slider.receive}"),
        )
    canvas.sub(x + 380, y, inner, "presets")


def maxmsp() -> Patcher:
    """Return the patch for Max."""
    patcher = Patcher(1260, 800)
    y = common.max_head(
        patcher,
        TITLE,
        "Put exports/demo of make demo into Max's search path, or write the name of your own file into both objects:"
        " docs/basis.md. It needs nn~ 1.6.",
        f"The file must have {COUNT} coordinates, because Max's cords are fixed. For another number, make new objects.",
    )
    live = patcher.obj("adc", 20, y, "adc~ 1 2", 1, [SIGNAL, SIGNAL])
    reads = common.max_player(patcher, 120, y, suggested="input.wav")
    name = "nn~ eight-sliders"
    encode = patcher.obj("encode", 20, y + 180, f"{name} encode {common.BUFFER}", 2, [SIGNAL] * COUNT, 320)
    decode = patcher.obj("decode", 20, y + 420, f"{name} decode {common.BUFFER}", COUNT, [SIGNAL, SIGNAL], 320)
    for source in (live, reads):
        patcher.cords(source, encode, 2)
    patcher.cords(encode, decode, COUNT)
    common.max_volume(patcher, 20, y + 470, (decode, 0), (decode, 1))

    sliders = common.directions(COUNT)
    noise = common.max_control(patcher, 120, y + 90, NOISE, encode)
    boxes = [
        common.max_control(patcher, 400 + 240 * (k // 4), y + 76 * (k % 4), each, decode)
        for k, each in enumerate(sliders)
    ]
    others = [
        common.max_control(patcher, 400 + 240 * (row // 2), y + 390 + 76 * (row % 2), each, decode)
        for row, each in enumerate((FREEZE, GLIDE, REST, SCALE))
    ]
    common.max_neutral(patcher, 20, y + 220, [NOISE, FREEZE, GLIDE, REST, SCALE, *sliders], [noise, *others, *boxes])
    presets = patcher.preset("presets", 400, y + 320)
    patcher.text("presets_label", 510, y + 320, "presets: shift-click stores the sliders, a click recalls them", 40)
    for box in boxes:
        patcher.cord(presets, box)
    reset = patcher.msg("reset", 20, y + 300, "set reset 1")
    for each in (encode, decode):
        patcher.cord(reset, each)
    mean = patcher.button("from_nothing", 120, y + 300)
    patcher.text("from_nothing_label", 150, y + 300, "from nothing", 20)
    order = patcher.obj("from_nothing_order", 120, y + 328, "t 1 b", 1, ["int", "bang"])
    forget = patcher.msg("from_nothing_reset", 180, y + 356, "set reset 1")
    patcher.chain(mean, order, others[0])
    patcher.cord(order, forget, 1)
    patcher.cord(forget, decode)

    below = y
    for number, words in enumerate(
        (SLIDERS, MEAN, HELD, OTHERS, NO_NOISE, common.delay_of_two(), common.delay_of_a_control())
    ):
        below = patcher.text(f"told_{number + 1}", 880, below, words, 52) + 4
    common.max_rate(patcher, 880, below)
    return patcher
