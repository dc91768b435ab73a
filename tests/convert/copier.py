"""A stand-in for the model, which workers of a cluster run in tests. It needs no torch, which takes seconds to load."""

import os

from saoctl.convert.choices import Converted, Running
from saoctl.convert.jobs import Job
from saoctl.errors import FileError, WeightsError
from saoctl.files import atomic_file
from saoctl.progress import Progress


class Copier:
    """A converter that copies files.

    Its process dies over a file called deadly each time, and over one called fatal the first time.
    """

    running = Running("a copier", None, "float32", "cpu", 8000, 8)

    def convert(self, job: Job, progress: Progress) -> Converted:
        """Copy a file."""
        if job.given.stem == "broken":
            raise FileError(f"{job.given} is broken.", "Mend it.")
        with atomic_file(job.output) as temporary:
            temporary.write_bytes(b"half of it")
            died = job.given.with_suffix(".died")
            if job.given.stem == "deadly" or (job.given.stem == "fatal" and not died.exists()):
                died.touch()
                os._exit(1)
            temporary.write_bytes(job.given.read_bytes())
        progress.advance(2.0)
        progress.warn(f"{job.given.name} was copied")
        return Converted(job.given, job.output, "written")


def copier(progress: Progress) -> Copier:
    """Load no model."""
    return Copier()


def without_weights(progress: Progress) -> Copier:
    """Fail as where the weights are missing."""
    raise WeightsError("The weights are not here.", "Run saoctl download.")
