"""ONNX files for tests, each written once: what takes its time is the tracing."""

from pathlib import Path

from saoctl.formats import artifact, export
from saoctl.models.oobleck.architecture import OobleckArchitecture
from tests.architectures import ODD, WIDE, description, offline

ARCHITECTURES = {"wide": WIDE, "odd": ODD}  # in wide layers onnxruntime takes other forms of a convolution


def write(architecture: OobleckArchitecture, path: Path) -> Path:
    """The files of an architecture with weights of seed 0; `path`."""
    host = export.build(offline(architecture), "float32", streaming=True)
    artifact.save(host, path, description(architecture, export.latency_samples(host)))
    return path
