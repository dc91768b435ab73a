"""The receptive field of Oobleck, from the kernels, strides and paddings of its layers.

An output of a layer depends on a run of its inputs. Through all layers, an output sample depends on the input from some
time before it to some time after it, and each layer adds to both. With a step of u audio samples between two of its
inputs, or between two of its outputs where a transposed convolution raises the rate, a layer with p zeros of padding
adds:

- a convolution, whose output m reads the inputs from m * stride - p to m * stride - p + reach, adds p * u before and
  (reach - p - stride + 1) * u after, because output m lasts as long as its `stride` inputs;
- a transposed convolution, whose output j reads the inputs from floor((j + p + stride - kernel) / stride) to
  floor((j + p) / stride), adds (kernel - stride - p) * u before and p * u after.

Nested floors join to one, so the sums are exact: there is an input at both ends that changes the output.
"""

from collections.abc import Sequence

from torch import nn

from saoctl.models.oobleck import model as oobleck
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.family import ReceptiveField
from saoctl.streaming.oobleck.layers import flatten
from saoctl.streaming.oobleck.lookahead import without_weights
from saoctl.vocabulary import Method


def receptive_fields(architecture: OobleckArchitecture) -> dict[Method, ReceptiveField]:
    """Return the receptive field of each method; see `saoctl.streaming.family.StreamingFamily.receptive_field`."""
    offline, ratio = without_weights(architecture), architecture.ratio
    fields: dict[Method, ReceptiveField] = {}
    if architecture.encoder is not None:
        fields["encode"] = ReceptiveField.around(*_reach(flatten(offline.encoder), step=1), ratio)
    if architecture.decoder is not None:
        fields["decode"] = ReceptiveField.around(*_reach(flatten(offline.decoder), step=ratio), ratio)
    return fields if len(fields) < 2 else {**fields, "forward": fields["encode"].then(fields["decode"], ratio)}


def _reach(layers: Sequence[nn.Module], step: int) -> tuple[int, int]:
    """Return how far layers in a row reach back and ahead, in audio samples; their first input has this step."""
    back = ahead = 0
    for layer in layers:
        if isinstance(layer, oobleck.ResidualUnit):
            layer = layer.layers[1]  # the other layers of a unit, and its skip branch, read less
        if isinstance(layer, oobleck.Conv1d):
            reach = (layer.kernel - 1) * layer.dilation
            back += layer.padding * step
            ahead += (reach - layer.padding - layer.stride + 1) * step
            step *= layer.stride
        elif isinstance(layer, oobleck.ConvTranspose1d):
            step //= layer.stride
            back += (layer.kernel - layer.stride - layer.padding) * step
            ahead += layer.padding * step
    return back, ahead
