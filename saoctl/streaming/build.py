"""From an offline model to its stream, in a precision, with the controls of a player."""

from typing import Any

from torch import nn

from saoctl.streaming.controls import DirectionControls, Directions, LatentControls
from saoctl.streaming.family import Lookahead
from saoctl.streaming.registry import streaming_of
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import Precision


def build(
    offline: nn.Module,
    precision: Precision,
    streaming: bool = True,
    lookahead: Lookahead | None = None,
    basis: Directions | None = None,
    packed: bool = False,
    block_frames: int | None = None,
) -> Stream:
    """Return the stream of an offline model, which loses its weights to it.

    Args:
        offline: a family's model with its weights. What else holds them keeps them in memory.
        precision: of the weights, the products and the state.
        streaming: the streaming form, or the offline model itself, to which each block is a whole signal.
        lookahead: a shorter lookahead, out of `Dial.choose`; None: the stream is exact.
        basis: directions whose coordinates take the place of the latents, on both sides.
        packed: whether to pack the weights for x86.
        block_frames: latent frames of which each block is a multiple, see `StreamingFamily.exact`.
    """
    source: Any = offline
    architecture = source.architecture
    family = streaming_of(architecture)
    model: Any
    if not streaming:
        model = family.whole(offline)
        # One bias of a memory-mapped checkpoint would keep the whole file in memory. A stream holds copies already.
        for tensor in (*model.parameters(), *model.buffers()):
            tensor.data = tensor.data.clone()
    elif lookahead is None:
        model = family.exact(offline, block_frames)
    else:
        assert family.dial is not None  # as who chose the lookahead has asked
        model = family.dial.stream(offline, lookahead)
    family.apply_precision(model, precision)
    # After the precision is set: what is played stays in float32, in which slow movements do not get stuck.
    rates = architecture.ratio, architecture.sample_rate
    model.play_by(
        LatentControls(architecture.latent_dim, *rates) if basis is None else DirectionControls(basis, *rates)
    )
    if packed:
        family.pack(model)
    stream: Stream = model
    return stream
