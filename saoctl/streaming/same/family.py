"""How SAME streams, as a streaming family; what needs torch is imported when it is asked for."""

from typing import TYPE_CHECKING

from saoctl.models.same.architecture import SameArchitecture
from saoctl.streaming.family import Adapter, ReceptiveField, StreamingFamily
from saoctl.streaming.same.structure import latencies, receptive_fields
from saoctl.vocabulary import Method

if TYPE_CHECKING:
    from torch import nn

    from saoctl.streaming.pure import PureStep
    from saoctl.streaming.stream import Stream


class StreamingSameFamily(StreamingFamily[SameArchitecture]):
    """Exact streams of chunks, whose latency is the shortest if blocks are whole chunks."""

    name = "same"
    formats = ("torchscript", "onnx", "executorch")
    noise_in = "decode"
    latency_by_block = True

    @property
    def adapter(self) -> Adapter:
        from saoctl.streaming.same.whole import SameAdapter

        return SameAdapter()

    def exact(self, offline: "nn.Module", block_frames: int | None = None) -> "Stream":
        from saoctl.models.same.model import SameAutoencoder
        from saoctl.streaming.same.exact import StreamingSame

        assert isinstance(offline, SameAutoencoder)
        return StreamingSame(offline, block_frames)

    def receptive_field(self, architecture: SameArchitecture) -> dict[Method, ReceptiveField]:
        return receptive_fields(architecture)

    def latency(self, architecture: SameArchitecture, block_frames: int | None = None) -> dict[Method, int]:
        return latencies(architecture, block_frames)

    def whole(self, offline: "nn.Module") -> "Stream":
        from saoctl.models.same.model import SameAutoencoder, fold_weight_norm

        assert isinstance(offline, SameAutoencoder)
        fold_weight_norm(offline)
        return super().whole(offline)

    def pure_block_frames(self, architecture: SameArchitecture) -> int:
        return architecture.frames

    def pure_step(self, stream: "Stream", method: Method) -> "PureStep":
        from saoctl.streaming.same.pure import pure_step

        return pure_step(stream, method)
