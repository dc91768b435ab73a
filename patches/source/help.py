"""help: nn~ with an exported file, and every message that it understands."""

from patches.source import common
from patches.source.maxmsp import SIGNAL, Patcher
from patches.source.puredata import Canvas

TITLE = "Help: an exported file in nn~, and all messages that it understands"
# What is said of each message; the same in docs/nn.md, at length.
MESSAGES = (
    ("set noise 0.5", "how much of the VAE's noise is added: 0 to 2, at first 1 (after --skip-bottleneck 0 alone)"),
    ("set latent_scale 1.2", "multiplies all latents on their way into the decoder: -10 to 10, at first 1"),
    ("set latent_bias -0.5", "is added to all of them: -10 to 10, at first 0"),
    ("set latent 3 1.5 0.2", "scale 1.5 and bias 0.2 of latent 3 alone, counted from 1"),
    ("set freeze 1", "holds the latest latents. What is held can still be scaled and biased"),
    ("set freeze 0", "lets them go"),
    ("set glide 500", "how many milliseconds latents take to arrive: 0 to 60000, at first 0"),
    ("set rest 1", "with a basis: how much the directions vary that are not played: 0 to 2, 1 as in the sounds"),
    ("set reset 1", "forgets the past: the next block begins as after loading"),
    ("enable 0", "stops the computing: nn~'s own, as are the next"),
    ("enable 1", "starts it again"),
    ("gpu 1", "computes on the graphics processor, if nn~ finds one"),
    ("gpu 0", "computes on the processor"),
    ("reload", "reads the file again. All is as at first"),
)
MAX_ALONE = (
    ("get latency_encode", "the latency in samples, at the object's last outlet. PureData's nn~ has no get"),
    ("get latency_decode", "that of decode"),
    ("get latency_forward", "that of forward"),
)
BANG = ("bang", "prints what the object has: methods, attributes, buffer, ratio")
OBJECT = (
    "nn~ FILE METHOD BUFFER: forward is audio to audio, encode audio to latents, decode latents to audio. The buffer is"
    " a power of two from 2048 on, and a misspelt method becomes forward."
)
REFUSED = "What is out of range is refused: the console says so, and nothing changes. A message acts on the next block."


def puredata() -> Canvas:
    """The patch for PureData; it has no multichannel cords, so that it works in Pd 0.53 too."""
    canvas = Canvas(1060, 760)
    y = common.head(
        canvas, 1030, TITLE, OBJECT, REFUSED, f"Uses {common.DEMO}.ts of make demo. Needs nn~ 1.6, and Pd 0.53 will do."
    )
    to = canvas.obj(20, y + 24 * (len(MESSAGES) + 1), "s $0-forward")
    for row, (message, what) in enumerate((*MESSAGES, BANG)):
        canvas.cord(canvas.msg(20, y + 24 * row, message), to)
        canvas.text(200, y + 24 * row + 2, what, 116)
    y += 24 * (len(MESSAGES) + 2) + 10
    sound = common.player(canvas, 20, y, common.SOUND)
    forward = canvas.obj(20, y + 90, f"nn~ {common.DEMO} forward {common.BUFFER}")
    canvas.cord(canvas.obj(80, y + 62, "r $0-forward"), forward)
    for channel in range(2):
        canvas.cord(sound, forward, channel, channel)
    canvas.cord(forward, canvas.obj(260, y + 116, "print nn~-says"), 2)
    common.output(canvas, 20, y + 140, (forward, 0), (forward, 1))
    canvas.text(740, y, common.delay_of_forward(), 40)
    common.rate(canvas, 420, y)
    return canvas


def maxmsp() -> Patcher:
    """The patch for Max."""
    patcher = Patcher(1180, 860)
    y = common.max_head(
        patcher, TITLE, OBJECT, REFUSED, "Put exports of make demo into Max's search path. Needs nn~ 1.6."
    )
    forward = patcher.obj("forward", 20, y + 470, f"nn~ demo forward {common.BUFFER}", 2, [SIGNAL, SIGNAL])
    for row, (message, what) in enumerate((*MESSAGES, *MAX_ALONE)):
        box = patcher.msg(f"message_{row + 1}", 330, y + 26 * row, message.replace(" 1 ", " 1. "))
        patcher.cord(box, forward)
        patcher.text(f"what_{row + 1}", 500, y + 26 * row, what, 100)
    reads = common.max_player(patcher, 20, y, suggested="input.wav")
    for channel in range(2):
        patcher.cord(reads, forward, channel, channel)
    common.max_volume(patcher, 20, y + 510, (forward, 0), (forward, 1))
    below = patcher.text("late", 430, y + 470, common.delay_of_forward(), 90) + 6
    common.max_rate(patcher, 430, below)
    return patcher
