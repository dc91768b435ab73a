"""How Oobleck streams, as a streaming family; what needs torch is imported when it is asked for."""

from typing import TYPE_CHECKING

from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.family import Adapter, Dial, ReceptiveField, StreamingFamily
from saoctl.vocabulary import METHODS, Method, Precision

if TYPE_CHECKING:
    from torch import nn

    from saoctl.streaming.pure import PureStep
    from saoctl.streaming.stream import Stream


class StreamingOobleck(StreamingFamily[OobleckArchitecture]):
    """Exact streams whose latency is the lookahead of the convolutions, whatever the blocks."""

    name = "oobleck"
    precisions = ("float32", "float16", "bfloat16", "mixed")
    formats = ("torchscript", "onnx", "executorch")
    packable = True
    noise_in = "encode"

    @property
    def dial(self) -> Dial[OobleckArchitecture]:
        from saoctl.streaming.oobleck.dial import OobleckDial

        return OobleckDial()

    @property
    def adapter(self) -> Adapter:
        from saoctl.streaming.oobleck.whole import OobleckAdapter

        return OobleckAdapter()

    def exact(self, offline: "nn.Module", block_frames: int | None = None) -> "Stream":
        from saoctl.models.oobleck.model import OobleckAutoencoder
        from saoctl.streaming.oobleck.exact import StreamingAutoencoder, StreamingHalf
        from saoctl.streaming.oobleck.layers import consumed

        assert isinstance(offline, OobleckAutoencoder)
        is_whole = offline.architecture.methods == METHODS
        return StreamingAutoencoder(offline, consumed) if is_whole else StreamingHalf(offline, consumed)

    def receptive_field(self, architecture: OobleckArchitecture) -> dict[Method, ReceptiveField]:
        from saoctl.streaming.oobleck.receptive_field import receptive_fields

        return receptive_fields(architecture)

    def latency(self, architecture: OobleckArchitecture, block_frames: int | None = None) -> dict[Method, int]:
        from saoctl.streaming.oobleck.exact import latencies

        return latencies(architecture)

    def whole(self, offline: "nn.Module") -> "Stream":
        from saoctl.models.oobleck.model import fold_weight_norm

        fold_weight_norm(offline)
        return super().whole(offline)

    def apply_precision(self, model: "nn.Module", precision: Precision) -> None:
        """Convert a stream to a precision as `StreamingFamily.apply_precision` says.

        `mixed` computes the products of the residual units in bfloat16, which are 7/8 of the arithmetic. Everything
        else is in float32: the sums of the units, their activations, and the layers between, through which the whole
        signal passes. Measured at full size with random weights, encode and decode at block 4096, SNR in dB and
        realtime factor:

            none (float32)                                            115 117   1.17 1.14
            the residual units of at least 256 channels                49  51   1.39 1.32
            all residual units                                         47  49   1.60 1.66
            these and the layer of the most weights, at the latents    45  46   1.70 1.91
            all products of at least 1024 channels                     46  45   1.43 1.41
            all products                                               39  40   2.15 2.16
            all that is computed (bfloat16)                            39  40   2.36 2.36
        """
        from torch import bfloat16

        from saoctl.streaming.oobleck.layers import Residual

        super().apply_precision(model, precision)
        for layer in model.modules() if precision == "mixed" else ():
            if isinstance(layer, Residual):
                layer.dilated.to(bfloat16)
                layer.pointwise.to(bfloat16)

    def pack(self, model: "nn.Module") -> None:
        from saoctl.streaming.oobleck.packed import pack

        pack(model)

    def pure_step(self, stream: "Stream", method: Method) -> "PureStep":
        from saoctl.streaming.oobleck.pure import pure_step

        return pure_step(stream, method)
