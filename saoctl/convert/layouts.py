"""The metadata beside encoded files that other tools train with."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from saoctl.files import atomic_file

if TYPE_CHECKING:
    from saoctl.latents import About  # which loads torch

Layout = Literal["plain", "stable-audio-tools"]
ORIGIN = ("source", "commit", "weights", "noise", "seed", "precision", "samples", "ratio")  # of latents, see `About`
LAYOUTS: tuple[Layout, ...] = ("plain", "stable-audio-tools")


def metadata_file(output: Path) -> Path:
    """Return the name of the metadata of a file of latents."""
    return output.with_suffix(".json")


def write_metadata(output: Path, given: Path, root: Path | None, frames: int, about: "About") -> None:
    """Write what stable-audio-tools' `pre_encode.py` writes beside latents, and its PreEncodedDataset reads.

    The padding mask has a 1 for each frame of audio. It is 1 everywhere, because a file is encoded at its full length,
    and neither cut nor padded to a common one.

    Args:
        output: the file of latents.
        given: the audio file; an absolute path is written relative to `root`.
        root: the folder in which it was found; None if it was named.
        frames: the number of latent frames.
        about: the origin of the latents.

    Raises:
        FileError: the file cannot be written.
    """
    relative = str(given.relative_to(root)) if root is not None else given.name
    content = {
        "path": relative if given.is_absolute() else str(given),
        "relpath": relative,
        "timestamps": [0.0, 1.0],
        "seconds_start": 0,
        "seconds_total": about.samples / about.sample_rate,
        "padding_mask": [1] * frames,
        "sample_rate": about.sample_rate,
        "saoctl": {name: getattr(about, name) for name in ORIGIN},
    }
    with atomic_file(metadata_file(output)) as temporary:
        temporary.write_text(json.dumps(content), encoding="utf-8")
