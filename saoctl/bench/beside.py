"""Files that are timed beside the artifact in the same run: the exact one, and those of other formats."""

from pathlib import Path

from saoctl.formats import artifact as artifacts
from saoctl.formats import export
from saoctl.formats.description import EXACT_FORMAT, FORMAT, Description
from saoctl.formats.limits import PACKED_PRECISIONS
from saoctl.models.registry import family_of
from saoctl.vocabulary import Precision


def write_exact(like: Description, precision: Precision, path: Path, block_size: int | None = None) -> Description:
    """Write the exact file of an architecture, with random weights, which take as long as any others.

    Args:
        like: of the file that it is timed beside.
        precision: of weights and computation.
        path: where to; its suffix names the format.
        block_size: in audio samples, for a format that fixes it.

    Raises:
        ConfigError: the format cannot hold it.
    """
    family, architecture = family_of(like.architecture), like.architecture
    state = family.random_state(architecture, seed=0)
    offline = family.offline(architecture, state, sampling=not like.skip_bottleneck)
    packed = like.packed and artifacts.format_of(path).limits.packs and precision in PACKED_PRECISIONS
    host = export.build(offline, precision, streaming=True, basis=like.basis, packed=packed)
    changed = {
        "format": EXACT_FORMAT if like.basis is None else FORMAT,
        "precision": precision,
        "source_kind": None,
        "source": "random weights",
        "revision": None,
        "commit": None,
        "latency_samples": export.latency_samples(host),
        "block_size": block_size,
        "lookahead": None,
        "packed": packed,
    }
    description = like.model_copy(update=changed)
    artifacts.save(host, path, description)
    return description
