"""help: nn~ with an exported file, and every message that it understands."""

from patches.source import common
from patches.source.maxmsp import SIGNAL, Patcher
from patches.source.puredata import Canvas

TITLE = "Help: an exported file in nn~, and all messages that it understands"
# A description of each message; docs/nn.md has more.
MESSAGES = (
    ("set noise 0.5", "scale of the VAE's sampling noise: 0 to 2, default 1 (after --skip-bottleneck only 0)"),
    ("set latent_scale 1.2", "multiplies all latents before the decoder: -10 to 10, default 1"),
    ("set latent_bias -0.5", "is added to all latents: -10 to 10, default 0"),
    ("set latent 3 1.5 0.2", "scale 1.5 and bias 0.2 of latent 3, counted from 1"),
    ("set freeze 1", "holds the latest latents. Scale and bias still act on them"),
    ("set freeze 0", "releases them"),
    ("set glide 500", "milliseconds that latents take to reach a new value: 0 to 60000, default 0"),
    ("set rest 1", "with a basis: how much the directions without a coordinate vary: 0 to 2, 1 as in the sounds"),
    ("set reset 1", "resets the state: the next block begins as after loading"),
    ("enable 0", "stops computing (this message and the next are nn~'s own)"),
    ("enable 1", "starts computing again"),
    ("gpu 1", "computes on the graphics processor, if nn~ finds one"),
    ("gpu 0", "computes on the CPU"),
    ("reload", "reads the file again. All settings return to their defaults"),
)
MAX_ALONE = (
    ("get latency_encode", "the latency in samples, at the object's last outlet. PureData's nn~ has no get"),
    ("get latency_decode", "the latency of decode"),
    ("get latency_forward", "the latency of forward"),
)
BANG = ("bang", "prints what the object has: methods, attributes, buffer, ratio")
OBJECT = (
    "nn~ FILE METHOD BUFFER: forward is audio to audio, encode audio to latents, decode latents to audio. The buffer is"
    " a power of two from 2048 on, or for other models from what saoctl info prints. nn~ runs forward for a misspelt"
    " method."
)
FILE = f"It plays {common.DEMO}.ts of make demo, with nn~ 1.6 and Pd 0.53 or newer."
REFUSED = "If a value is out of range, the console says so, and nothing changes. A message acts on the next block."


def puredata() -> Canvas:
    """Return the patch for PureData, without multichannel cords, so that it works in Pd 0.53 too."""
    canvas = Canvas(1060, 760)
    y = common.head(
        canvas,
        1030,
        TITLE,
        OBJECT,
        REFUSED,
        FILE,
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
    """Return the patch for Max."""
    patcher = Patcher(1180, 860)
    y = common.max_head(
        patcher, TITLE, OBJECT, REFUSED, "Put exports of make demo into Max's search path. It needs nn~ 1.6."
    )
    forward = patcher.obj("forward", 20, y + 470, f"nn~ demo forward {common.BUFFER}", 2, [SIGNAL, SIGNAL])
    for row, (message, what) in enumerate((*MESSAGES, *MAX_ALONE)):
        box = patcher.msg(f"message_{row + 1}", 330, y + 26 * row, message.replace(" 1 ", " 1. "))
        patcher.cord(box, forward)
        patcher.text(f"what_{row + 1}", 500, y + 26 * row, what, 100)
    reads = common.max_player(patcher, 20, y, suggested="input.wav")
    patcher.cords(reads, forward, 2)
    common.max_volume(patcher, 20, y + 510, (forward, 0), (forward, 1))
    below = patcher.text("late", 430, y + 470, common.delay_of_forward(), 90) + 6
    common.max_rate(patcher, 430, below)
    return patcher
