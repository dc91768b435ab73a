"""From an offline model to its stream, in a precision: the one place that knows which form belongs to which family."""

from torch import nn

from saoctl.models.oobleck.model import OobleckAutoencoder
from saoctl.streaming.controls import DirectionControls, Directions, LatentControls
from saoctl.streaming.oobleck.exact import StreamingAutoencoder
from saoctl.streaming.oobleck.layers import consumed
from saoctl.streaming.oobleck.lookahead import Lookahead, LookaheadAutoencoder
from saoctl.streaming.oobleck.offline import OfflineAutoencoder
from saoctl.streaming.oobleck.precision import apply_precision
from saoctl.streaming.precision import DTYPES
from saoctl.streaming.stream import Stream
from saoctl.vocabulary import Precision


def build(
    offline: nn.Module,
    precision: Precision,
    streaming: bool = True,
    lookahead: Lookahead | None = None,
    basis: Directions | None = None,
) -> Stream:
    """The stream of an offline model, which is consumed by it.

    Args:
        offline: a family's model with its weights. What else holds them keeps them in memory.
        precision: of weights, products and state.
        streaming: the streaming form, or the offline model itself, to which each block is a whole signal.
        lookahead: how far a stream looks ahead; None: as far as the model does, so that it is exact.
        basis: directions whose coordinates take the place of the latents, on both sides.
    """
    assert isinstance(offline, OobleckAutoencoder)
    model: StreamingAutoencoder | LookaheadAutoencoder | OfflineAutoencoder
    if not streaming:
        foreign = {tensor.data_ptr() for tensor in (*offline.parameters(), *offline.buffers())}
        model = OfflineAutoencoder(offline).to(DTYPES[precision])
        _own(model, foreign)  # the layers of a stream hold copies already
    else:
        if lookahead is None:
            model = StreamingAutoencoder(offline, consumed)
        else:
            model = LookaheadAutoencoder(offline, lookahead.encode, lookahead.decode, lookahead.forward)
        apply_precision(model, precision)
    # After the precision is set: what is played stays in float32, in which slow movements do not get stuck.
    ratio, sample_rate = offline.ratio, offline.architecture.sample_rate
    if basis is None:
        model.play_by(LatentControls(offline.latent_dim, ratio, sample_rate))
    else:
        model.play_by(DirectionControls(basis, ratio, sample_rate))
    return model


def _own(model: nn.Module, foreign: set[int]) -> None:
    """Copy what is still the offline model's: one bias of a memory-mapped checkpoint keeps the whole file in memory.

    Args:
        model: the stream.
        foreign: where the offline model's tensors are.
    """
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.data_ptr() in foreign:
            tensor.data = tensor.data.clone()
