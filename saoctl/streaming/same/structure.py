"""When a stream can compute which frames: the latencies that follow from the structure of SAME.

A stream counts its frames from the first frame of the signal, because the chunks do. When some frames have come, it
can compute those chunks that are whole by then, and the shifted chunks, which end half a chunk earlier. Blocks are
multiples of `step` frames. If that is a whole number of chunks, nothing ever waits for the rest of a chunk; else the
stream is as late as the worst of its blocks demands, so that its latency is one number.

With sliding windows there are no chunks to wait for: a chunk is a single frame, and each transformer block is late by
its window.
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
        windows: frames that the sliding windows of all transformer blocks look ahead; 0 with chunks.
    """

    frames: int
    step: int
    lead: int = 0
    windows: int = 0

    @classmethod
    def of(
        cls, architecture: SameArchitecture, coder: Transformer, block_frames: int | None, lead: int = 0
    ) -> "Structure":
        """Return the structure of a direction for blocks that are multiples of `block_frames`; None: of one frame."""
        windows = (architecture.window or 0) * coder.depth
        return cls(architecture.frames, math.gcd(block_frames or 1, architecture.frames), lead, windows)

    @property
    def half(self) -> int:
        """Frames by which a frame is late even at best: the shifted chunks begin half a chunk earlier."""
        return self.windows or self.frames // 2

    @property
    def behind(self) -> int:
        """Frames by which a decoder is late that follows an encoder.

        Its chunks begin with the signal, while the encoder hands its frames over half a chunk late: they are whole half
        a chunk later, when the encoder has computed its next chunk.
        """
        return self.windows or self.frames

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
    return Structure.of(architecture, architecture.encoder, block_frames, int(architecture.encoder.conv_mapping))


def decoder_structure(architecture: SameArchitecture, block_frames: int | None = None) -> Structure:
    """Return the structure of the decoder for blocks that are multiples of `block_frames`."""
    return Structure.of(architecture, architecture.decoder, block_frames)


def latencies(architecture: SameArchitecture, block_frames: int | None = None) -> dict[Method, int]:
    """Return the latency of each method in audio samples."""
    ratio = architecture.ratio
    encoder, decoder = encoder_structure(architecture, block_frames), decoder_structure(architecture, block_frames)
    ahead = architecture.patch if architecture.decoder.conv_mapping else 0
    return {
        "encode": encoder.delay * ratio,
        "decode": decoder.delay * ratio + ahead,
        "forward": (encoder.delay + decoder.behind) * ratio + ahead,
    }


def receptive_fields(architecture: SameArchitecture) -> dict[Method, ReceptiveField]:
    """Return the receptive field of each method, for the frame of a chunk where it is the largest.

    A shifted chunk of C frames sees two whole chunks: C + C / 2 - 1 frames before its last frame, and as many after its
    first. A mapping with a kernel of 3 sees one patch more. Neighbouring windows must begin with a chunk, so what they
    share is a whole number of chunks.

    A sliding window reaches as many tokens back as ahead. But what a frame is known by is its last token in the encoder
    and its first one in the decoder, of which the farthest frame back has none within reach.
    """
    frames, ratio = architecture.frames, architecture.ratio

    def of(coder: Transformer) -> ReceptiveField:
        patch = coder.conv_mapping * architecture.patch
        if architecture.window is not None:
            ahead = architecture.window * coder.depth
            return ReceptiveField.around((ahead - 1) * ratio + patch, ahead * ratio + patch, ratio)
        reach = (frames + frames // 2 - 1) * ratio + patch
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
