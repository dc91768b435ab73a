"""first-sound: a recording through the demo's model, and the recording itself to compare."""

from patches.source import common
from patches.source.maxmsp import SIGNAL, Patcher
from patches.source.puredata import Canvas

TITLE = "First sound: a recording through the demo's model, in one object"
TURNED = "$0-turned"
HOW = "Play the demo's sound, switch the sound on, and move the slider from the recording to the model."


def puredata() -> Canvas:
    """Return the patch for PureData, without multichannel cords, so that it works in Pd 0.53 too."""
    canvas = Canvas(740, 480)
    y = common.head(
        canvas, 710, TITLE,
        f"First run make demo, which writes {common.DEMO}.ts and the sound. It needs nn~ 1.6 and Pd 0.53 or newer.",
        HOW,
    )  # fmt: skip
    sound = common.player(canvas, 20, y, common.SOUND)
    model = canvas.obj(20, y + 100, f"nn~ {common.DEMO} forward {common.BUFFER}")
    turned = canvas.slider(20, y + 150, 0, 1, "from the recording to the model", TURNED)
    smooth = common.smooth(canvas, 20, y + 176, turned, TURNED)
    sides = []
    for channel in range(2):
        canvas.cord(sound, model, channel, channel)
        through, itself = canvas.obj(20 + 60 * channel, y + 216, "*~"), canvas.obj(180 + 60 * channel, y + 216, "*~")
        canvas.cord(model, through, channel)
        canvas.cord(smooth, through, 0, 1)
        canvas.cord(sound, itself, channel)
        canvas.cord(smooth, itself, 1, 1)
        both = canvas.obj(20 + 60 * channel, y + 250, "+~")
        canvas.cord(through, both)
        canvas.cord(itself, both, 0, 1)
        sides.append((both, 0))
    common.output(canvas, 20, y + 284, sides[0], sides[1])
    below = common.rate(canvas, 430, y)
    canvas.text(430, below + 10, f"{common.delay_of_forward()} The recording itself is not delayed.", 40)
    return canvas


def maxmsp() -> Patcher:
    """Return the patch for Max."""
    patcher = Patcher(860, 640)
    y = common.max_head(
        patcher,
        TITLE,
        "First run make demo, and put its folder exports into Max's search path (Options > File Preferences)."
        " It needs nn~ 1.6.",
        HOW,
    )
    reads = common.max_player(patcher, 20, y, suggested="input.wav")
    through = patcher.obj("forward", 20, y + 110, f"nn~ demo forward {common.BUFFER}", 2, [SIGNAL, SIGNAL])
    patcher.text("turned_label", 330, y + 90, "0: the recording, 1: the model", 34)
    turned = patcher.number("turned", 330, y + 112, 0, 1)
    patcher.cord(patcher.obj("turned_rest", 400, y + 112, "loadmess 1", 1, [""]), turned)
    line, other = common.max_smooth(patcher, "turned", 330, y + 140, turned, 30)
    sums = []
    for channel, side in enumerate(("left", "right")):
        patcher.cord(reads, through, channel, channel)
        model = patcher.obj(f"model_{side}", 20 + 60 * channel, y + 210, "*~", 2, [SIGNAL])
        itself = patcher.obj(f"itself_{side}", 180 + 60 * channel, y + 210, "*~", 2, [SIGNAL])
        both = patcher.obj(f"both_{side}", 20 + 60 * channel, y + 240, "+~", 2, [SIGNAL])
        patcher.cord(through, model, channel)
        patcher.cord(reads, itself, channel)
        patcher.cord(line, model, 0, 1)
        patcher.cord(other, itself, 0, 1)
        patcher.cord(model, both)
        patcher.cord(itself, both, 0, 1)
        sums.append((both, 0))
    common.max_volume(patcher, 20, y + 280, sums[0], sums[1])
    below = common.max_rate(patcher, 430, y + 220)
    patcher.text("late", 430, below + 8, f"{common.delay_of_forward()} The recording itself is not delayed.", 54)
    return patcher
