"""A whole signal through a method of a loaded file, block by block, as if it were computed at once."""

from collections.abc import Iterable, Iterator

from torch import Tensor

from saoctl.formats.format import Artifact
from saoctl.vocabulary import Method


def streamed(artifact: Artifact, method: Method, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
    """The output of a method for a whole signal, without its latency, on the CPU, part by part.

    What has come out so far is never more than what has gone in.

    Args:
        artifact: whose streams begin anew; it must flush and declare its latency.
        method: encode, decode or forward.
        blocks: the signal, [B, C, T] each; whole latent frames.
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
