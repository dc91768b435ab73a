"""Files in several precisions, exported for the occasion: what `bench --precision` does until version 0.3."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from saoctl.config import Config
from saoctl.errors import FileError
from saoctl.formats import artifact as artifacts
from saoctl.formats import export
from saoctl.formats.limits import PACKED_PRECISIONS
from saoctl.formats.origin import with_weights_of
from saoctl.progress import Progress


@contextmanager
def files_in_precisions(config: Config, progress: Progress) -> Iterator[tuple[Path, ...]]:
    """Export a file for each of the config's `bench.precisions`, and remove them in the end.

    The artifact itself is the file of its own precision. The others have the config's choices of `export`, and the
    weights that the artifact names where nobody chose any.

    Raises:
        FileError: the artifact is of another architecture than the weights.
        WeightsError: the weights are not on this machine.
        ConfigError: the format cannot hold a precision.
    """
    own = artifacts.describe(config.artifact)
    chosen = with_weights_of(config, own)
    files = []
    with tempfile.TemporaryDirectory() as folder:
        for precision in dict.fromkeys(config.bench.precisions or ()):
            path = config.artifact
            if precision != own.precision:
                path = Path(folder) / f"{precision}{config.artifact.suffix}"
                packed = config.export.packed and precision in PACKED_PRECISIONS
                choices = config.export.model_copy(update={"packed": packed})
                wanted = {"precision": precision, "artifact": path, "export": choices}
                export.run(chosen.model_copy(update=wanted), progress)
                if artifacts.describe(path).architecture != own.architecture:
                    raise FileError(
                        f"The weights of the config are of another architecture than {config.artifact}.",
                        "Choose the config that it was exported with.",
                    )
            files.append(path)
        yield tuple(files)
