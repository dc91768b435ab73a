"""morph: two sounds and one slider between them, mixed as latents."""

from patches.source import common
from patches.source.common import FREEZE, GLIDE, Control
from patches.source.maxmsp import MULTI, SIGNAL, Patcher
from patches.source.puredata import Canvas

LATENTS = 64
TITLE = "Morph: two sounds, and one slider between them"
HOW = "The latents of both sounds are mixed, not the sounds, so you hear one sound between A and B."
COSTS = (
    "This runs two encoders and a decoder at once, three times the work of a decoder alone. saoctl bench measures"
    " whether your machine is fast enough."
)
MORPH = Control("A to B", "$1", 0, 1)


def puredata() -> Canvas:
    """Return the patch for PureData."""
    canvas = Canvas(1060, 660)
    y = common.head(
        canvas, 1040, TITLE, HOW, f"It plays {common.DEMO}.ts of make demo, or another file. {common.MULTICHANNEL}"
    )
    decode = common.model(canvas, 20, y + 370, "decode", common.DEMO)
    turned = canvas.slider(260, y + 220, MORPH.low, MORPH.high, MORPH.name, MORPH.receive)
    smooth = common.smooth(canvas, 260, y + 246, turned)
    for column, name in enumerate("AB"):
        x = 20 + 350 * column
        canvas.text(x, y, f"sound {name}", 20)
        sound, packed = common.player(canvas, x, y + 24, common.SOUND), canvas.obj(x, y + 104, "snake~ in 2")
        for channel in range(2):
            canvas.cord(sound, packed, channel, channel)
        encode = common.model(canvas, x, y + 170, "encode", common.DEMO, f"encode-{name}")
        part = canvas.obj(x, y + 280, "*~")
        canvas.chain(packed, encode, part, decode)
        canvas.cord(smooth, part, 1 - column, 1)
    apart = canvas.obj(20, y + 400, "snake~ out 2")
    canvas.chain(decode, apart)
    common.output(canvas, 20, y + 434, (apart, 0), (apart, 1))
    for row, each in enumerate((GLIDE, FREEZE)):
        common.control(canvas, 370, y + 370 + common.GAP * row, each)
    common.resting(canvas, 740, y, [MORPH, GLIDE, FREEZE])
    objects = "encode-A", "encode-B", "decode"
    common.another_file(canvas, 740, y + 60, *objects)
    common.reset(canvas, 890, y + 60, *objects)
    below = canvas.text(740, y + 170, COSTS, 38) + 6
    below = canvas.text(740, below, common.delay_of_two(), 38) + 6
    common.rate(canvas, 740, below)
    return canvas


def maxmsp() -> Patcher:
    """Return the patch for Max."""
    patcher = Patcher(1180, 720)
    y = common.max_head(
        patcher,
        TITLE,
        f"Put exports of make demo into Max's search path, or write the name of your own file, with {LATENTS} latents,"
        " into the three objects. It needs nn~ 1.6.",
        HOW,
    )
    mixed, objects = [], []
    for column, name in enumerate("AB"):
        x = 20 + 400 * column
        patcher.text(f"sound_{name}", x, y, f"sound {name}", 20)
        reads = common.max_player(patcher, x, y + 24, f"_{name}", "input.wav" if name == "A" else "")
        encode = patcher.obj(
            f"encode_{name}", x, y + 120, f"nn~ demo encode {common.BUFFER}", 2, [SIGNAL] * LATENTS, 380
        )
        packed = patcher.obj(f"packed_{name}", x, y + 160, f"mc.pack~ {LATENTS}", LATENTS, [MULTI], 380)
        patcher.cords(reads, encode, 2)
        patcher.cords(encode, packed, LATENTS)
        mixed.append(packed)
        objects.append(encode)
    patcher.text("morph_label", 100, y + 190, "0: A ... 1: B", 24)
    turned = patcher.number("morph", 100, y + 212, MORPH.low, MORPH.high)
    begin = patcher.obj("morph_rest", 170, y + 212, "loadmess 0.", 1, [""])
    patcher.cord(begin, turned)
    line, other = common.max_smooth(patcher, "morph", 260, y + 212, turned, 50)
    parts = [("part_A", mixed[0], other), ("part_B", mixed[1], line)]
    apart = common.max_mixed(patcher, 20, y + 290, parts, LATENTS)
    decode = patcher.obj("decode", 20, y + 360, f"nn~ demo decode {common.BUFFER}", LATENTS, [SIGNAL, SIGNAL], 780)
    patcher.cords(apart, decode, LATENTS)
    common.max_volume(patcher, 20, y + 400, (decode, 0), (decode, 1))
    for column, each in enumerate((GLIDE, FREEZE)):
        common.max_control(patcher, 160 + 230 * column, y + 400, each, decode)
    reset = patcher.msg("reset", 640, y + 422, "set reset 1")
    for target in (*objects, decode):
        patcher.cord(reset, target)
    below = patcher.text("costs", 830, y, COSTS, 50) + 6
    below = patcher.text("late", 830, below, common.delay_of_two(), 50) + 6
    common.max_rate(patcher, 830, below)
    return patcher
