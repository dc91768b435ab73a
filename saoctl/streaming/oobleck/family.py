"""How Oobleck streams, as a streaming family; what needs torch is imported when it is asked for."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.family import Adapter, Dial, Follower, Lookahead, StreamingFamily
from saoctl.vocabulary import Direction, Method, Precision

if TYPE_CHECKING:
    from torch import Tensor, nn

    from saoctl.streaming.pure import PureStep
    from saoctl.streaming.stream import Stream


class OobleckDial(Dial[OobleckArchitecture]):
    """See `lookahead.py`: `encode` looks ahead in latent frames, `decode` and `forward` in steps of some samples."""

    def choose(
        self, architecture: OobleckArchitecture, total: float, encode: float | None = None, decode: float | None = None
    ) -> dict[str, int] | None:
        from saoctl.streaming.oobleck.lookahead import choose_lookahead, most_lookahead

        most = most_lookahead(architecture)
        chosen = choose_lookahead(most, architecture.sample_rate, total, encode, decode)
        return None if chosen == most else chosen.described

    def stream(self, offline: "nn.Module", lookahead: Lookahead) -> "Stream":
        from saoctl.models.oobleck.model import OobleckAutoencoder
        from saoctl.streaming.oobleck.lookahead import LookaheadAutoencoder

        assert isinstance(offline, OobleckAutoencoder)
        return LookaheadAutoencoder(offline, lookahead["encode"], lookahead["decode"], lookahead["forward"])

    def steps(self, architecture: OobleckArchitecture, method: Method, milliseconds: Sequence[float]) -> dict[int, int]:
        from saoctl.streaming.oobleck.lookahead import steps

        return steps(architecture, method, milliseconds)

    def arithmetic(
        self, architecture: OobleckArchitecture, method: Method, aheads: Sequence[int], frames: int
    ) -> list[float]:
        from saoctl.streaming.oobleck.lookahead import arithmetic_ratios

        return arithmetic_ratios(architecture, method, aheads, frames)

    def simulate(
        self,
        reference: Reference,
        architecture: OobleckArchitecture,
        aheads: Mapping[Method, Sequence[int]],
        given: "Tensor",
        frames: Sequence[int],
    ) -> "dict[Method, list[Tensor]]":
        from saoctl.streaming.oobleck.lookahead import context_frames
        from saoctl.streaming.oobleck.simulate import simulate

        return simulate(reference, architecture, aheads, given, frames, context_frames(architecture))


class OobleckAdapter(Adapter):
    """See `saoctl.models.oobleck.foreign` and `whole.py`."""

    classes = "diffusers' AutoencoderOobleck or an autoencoder of stable-audio-tools"

    def recognises(self, encoder: object, decoder: object) -> bool:
        from saoctl.models.oobleck import foreign

        return foreign.recognises(encoder, "encoder") and foreign.recognises(decoder, "decoder")

    def check(self, coder: "nn.Module", direction: Direction) -> None:
        from saoctl.models.oobleck import foreign

        foreign.read(coder, direction)

    def follow(self, coder: "nn.Module", direction: Direction) -> Follower:
        from saoctl.models.oobleck import foreign
        from saoctl.streaming.oobleck.whole import WholeSignal

        return WholeSignal(foreign.read(coder, direction), direction)


class StreamingOobleck(StreamingFamily[OobleckArchitecture]):
    """Exact streams whose latency is the lookahead of the convolutions, whatever the blocks."""

    name = "oobleck"
    precisions = ("float32", "float16", "bfloat16", "mixed")
    formats = ("torchscript", "onnx", "executorch")
    packable = True
    noise_in = "encode"
    dial = OobleckDial()
    adapter = OobleckAdapter()

    def exact(self, offline: "nn.Module", block_frames: int | None = None) -> "Stream":
        from saoctl.models.oobleck.model import OobleckAutoencoder
        from saoctl.streaming.oobleck.exact import StreamingAutoencoder
        from saoctl.streaming.oobleck.layers import consumed

        assert isinstance(offline, OobleckAutoencoder)
        return StreamingAutoencoder(offline, consumed)

    def context(self, architecture: OobleckArchitecture) -> int:
        from saoctl.streaming.oobleck.lookahead import context_frames

        return context_frames(architecture)

    def latency(self, architecture: OobleckArchitecture, block_frames: int | None = None) -> dict[Method, int]:
        from saoctl.streaming.oobleck.lookahead import most_lookahead

        return most_lookahead(architecture).latency_samples

    def whole(self, offline: "nn.Module") -> "Stream":
        from saoctl.models.oobleck.model import fold_weight_norm

        fold_weight_norm(offline)
        return super().whole(offline)

    def apply_precision(self, model: "nn.Module", precision: Precision) -> None:
        from saoctl.streaming.oobleck.precision import apply_precision

        apply_precision(model, precision)

    def pack(self, model: "nn.Module") -> None:
        from saoctl.streaming.oobleck.packed import pack

        pack(model)

    def step(self, stream: "Stream", method: Method) -> "PureStep":
        from saoctl.streaming.oobleck.pure import pure_step

        return pure_step(stream, method)
