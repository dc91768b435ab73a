"""When a chunked stream can compute which frames: the latencies that follow from the structure of SAME.

A stream counts its frames from the first frame of the signal, because the chunks do. When some frames have come, it
can compute those chunks that are whole by then, and the shifted chunks, which end half a chunk earlier. Blocks are
multiples of `step` frames. If that is a whole number of chunks, nothing ever waits for the rest of a chunk; else the
stream is as late as the worst of its blocks demands, so that its latency is one number.
"""

import math
from dataclasses import dataclass, replace

from saoctl.models.same.architecture import SameArchitecture, Transformer
from saoctl.streaming.family import ReceptiveField
from saoctl.vocabulary import Method


@dataclass(frozen=True)
class Structure:
    """The rhythm of the chunks of one direction.

    Args:
        frames: latent frames per chunk.
        step: each block is a multiple of so many frames, except for the last one of a signal.
        lead: whole frames that must follow a chunk before it can be computed, for a patch that its mapping looks ahead.
    """

    frames: int
    step: int
    lead: int = 0

    @classmethod
    def of(cls, architecture: SameArchitecture, block_frames: int | None, lead: int = 0) -> "Structure":
        """Return the structure for blocks that are multiples of `block_frames`; None: of a single frame."""
        return cls(architecture.frames, math.gcd(block_frames or 1, architecture.frames), lead)

    @property
    def half(self) -> int:
        """Frames by which the shifted chunks begin earlier, and so by which a frame is late even at best."""
        return self.frames // 2

    @property
    def slack(self) -> int:
        """The most frames that wait for the rest of their chunk at the end of a block."""
        return max((count - self.lead) % self.frames for count in range(0, self.frames, self.step)) + self.lead

    @property
    def delay(self) -> int:
        """Frames by which the output of the shifted chunks is late, for every block."""
        return self.slack + self.half

    @property
    def held(self) -> int:
        """Frames of the output that may wait: the slack, and what a last block that is no multiple of the step adds."""
        return self.slack + self.step - 1


def encoder_structure(architecture: SameArchitecture, block_frames: int | None = None) -> Structure:
    """Return the structure of the encoder for blocks that are multiples of `block_frames`."""
    return Structure.of(architecture, block_frames, int(architecture.encoder.conv_mapping))


def latencies(architecture: SameArchitecture, block_frames: int | None = None) -> dict[Method, int]:
    """Return the latency of each method in audio samples.

    In `forward` the decoder's chunks begin with the signal, while the encoder hands its frames over half a chunk late:
    they are whole half a chunk later, when the encoder has computed its next chunk.
    """
    ratio = architecture.ratio
    encoder, decoder = encoder_structure(architecture, block_frames), Structure.of(architecture, block_frames)
    ahead = architecture.patch if architecture.decoder.conv_mapping else 0
    return {
        "encode": encoder.delay * ratio,
        "decode": decoder.delay * ratio + ahead,
        "forward": (encoder.delay + architecture.frames) * ratio + ahead,
    }


def receptive_fields(architecture: SameArchitecture) -> dict[Method, ReceptiveField]:
    """Return the receptive field of each method, for the frame of a chunk where it is the largest.

    A shifted chunk of C frames sees two whole chunks: C + C / 2 - 1 frames before its last frame, and as many after its
    first. A mapping with a kernel of 3 sees one patch more. Neighbouring windows must begin with a chunk, so what they
    share is a whole number of chunks.
    """
    frames, ratio = architecture.frames, architecture.ratio

    def of(coder: Transformer) -> ReceptiveField:
        reach = (frames + frames // 2 - 1) * ratio + coder.conv_mapping * architecture.patch
        return ReceptiveField.around(reach, reach, ratio)

    encode, decode = of(architecture.encoder), of(architecture.decoder)
    fields: dict[Method, ReceptiveField] = {
        "encode": encode,
        "decode": decode,
        "forward": encode.then(decode, ratio),
    }
    return {
        method: replace(field, overlap_frames=-(-field.overlap_frames // frames) * frames)
        for method, field in fields.items()
    }
