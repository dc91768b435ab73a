"""A whole signal through a method of a loaded file, block by block, with the latency taken out."""

from collections.abc import Iterable, Iterator

from torch import Tensor

from saoctl.formats.format import Artifact
from saoctl.vocabulary import Method


def streamed(artifact: Artifact, method: Method, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
    """Yield the output of a method for a whole signal part by part, on the CPU and without the latency.

    At no time has more output been yielded than input been taken.

    Args:
        artifact: the file, which is reset first. It must flush and declare its latency.
        method: encode, decode or forward.
        blocks: the signal in blocks of whole latent frames, [B, C, T].
    """
    stream = artifact.fresh()
    late = artifact.can.latency_samples[method] // artifact.can.methods[method].out_ratio
    began = False
    for block in blocks:
        began = True
        output = stream.call(method, block.to(artifact.device)).cpu()
        dropped = min(late, output.shape[2])
        late -= dropped
        yield output[:, :, dropped:].clone()
    if began:
        yield stream.flush(method).cpu()[:, :, late:].clone()
