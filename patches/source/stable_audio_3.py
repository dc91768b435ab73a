"""stable-audio-3: an encoder, a decoder and sliders between them, for the 256 latents of Stable Audio 3 Small."""

from dataclasses import replace

from docs.generate import milliseconds
from patches.source import common
from patches.source.common import FREEZE, GLIDE, NOISE, SCALE, Control
from patches.source.maxmsp import SIGNAL, Patcher
from patches.source.puredata import Canvas
from saoctl.bench.buffers import host_delay_of_two
from saoctl.models.same.known import SAME_S
from saoctl.streaming.same.structure import latencies

NAME = "stable-audio-3-small"
FILE = f"../exports/{NAME}"
LATENTS, RATIO = SAME_S.latent_dim, SAME_S.ratio
BUFFER = 8192  # a chunk, and the blocks that the file is made for
TITLE = "Stable Audio 3: 256 latents between an encoder and a decoder"
EXPORT = f"It plays the file of: saoctl export -c {NAME}"
SLIDERS = "The sliders move the first eight of 256 latents. A file with a basis has better ones: see the patch play."
WHY = f"Both buffers are {BUFFER}, a chunk. In others the chunks of the decoder would be displaced."
DECODERS_NOISE = "The noise is the decoder's here. It is 1 as trained, a thousandth of the latents' deviation."
OTHERS = [FREEZE, GLIDE, SCALE, replace(NOISE, name="noise")]


def _sliders() -> list[Control]:
    """Return controls of the bias of the first latents."""
    return [Control(f"latent {k}", f"set latent {k} 1 $1", -3, 3) for k in range(1, 9)]


def _delay() -> str:
    """Describe the delay of a sound through both objects."""
    late = latencies(SAME_S, BUFFER // RATIO)
    model, host = late["encode"] + late["decode"], host_delay_of_two(BUFFER, RATIO)
    of_all, of_model, of_host = (milliseconds(samples) for samples in (model + host, model, host))
    how = f"4 x {BUFFER} - {4 * BUFFER - host} samples for both objects"
    return f"What you hear is late by {of_all} ms: {of_model} ms are the model's, {of_host} ms are nn~'s: {how}."


def puredata() -> Canvas:
    """Return the patch for PureData."""
    canvas = Canvas(1180, 700)
    y = common.head(canvas, 1160, TITLE, f"{EXPORT}. {common.MULTICHANNEL}")
    packed = common.sources(canvas, y)
    encode = common.model(canvas, 20, y + 150, "encode", FILE, buffer=BUFFER)
    decode = common.model(canvas, 20, y + 220, "decode", FILE, buffer=BUFFER)
    apart = canvas.obj(20, y + 250, "snake~ out 2")
    canvas.chain(packed, encode, decode, apart)
    common.output(canvas, 20, y + 284, (apart, 0), (apart, 1))
    sliders = _sliders()
    common.resting(canvas, 160, y + 390, [*OTHERS, *sliders])
    common.reset(canvas, 20, y + 390, "encode", "decode")
    for k, each in enumerate(sliders):
        common.control(canvas, 480 + 220 * (k // 4), y + common.GAP * (k % 4), each)
    for row, each in enumerate(OTHERS):
        common.control(canvas, 920, y + common.GAP * row, each)
    below = y + 4 * common.GAP + 10
    for words in (SLIDERS, WHY, DECODERS_NOISE, _delay()):
        below = canvas.text(480, below, words, 50) + 4
    common.rate(canvas, 860, y + 4 * common.GAP + 10)
    return canvas


def maxmsp() -> Patcher:
    """Return the patch for Max."""
    patcher = Patcher(1260, 760)
    y = common.max_head(patcher, TITLE, f"{EXPORT}. Put the file into Max's search path. It needs nn~ 1.6.")
    live = patcher.obj("adc", 20, y, "adc~ 1 2", 1, [SIGNAL, SIGNAL])
    reads = common.max_player(patcher, 120, y)
    encode = patcher.obj("encode", 20, y + 100, f"nn~ {NAME} encode {BUFFER}", 2, [SIGNAL] * LATENTS, 1200)
    decode = patcher.obj("decode", 20, y + 160, f"nn~ {NAME} decode {BUFFER}", LATENTS, [SIGNAL, SIGNAL], 1200)
    for source in (live, reads):
        patcher.cords(source, encode, 2)
    patcher.cords(encode, decode, LATENTS)
    common.max_volume(patcher, 20, y + 220, (decode, 0), (decode, 1))
    sliders = _sliders()
    boxes = [
        common.max_control(patcher, 140 + 220 * (k // 4), y + 220 + 76 * (k % 4), each, decode)
        for k, each in enumerate([*sliders, *OTHERS])
    ]
    common.max_neutral(patcher, 20, y + 420, [*sliders, *OTHERS], boxes)
    reset = patcher.msg("reset", 20, y + 490, "set reset 1")
    for each in (encode, decode):
        patcher.cord(reset, each)
    below = y + 220
    for number, words in enumerate((SLIDERS, WHY, DECODERS_NOISE, _delay())):
        below = patcher.text(f"told_{number + 1}", 830, below, words, 54) + 4
    common.max_rate(patcher, 830, below)
    return patcher
