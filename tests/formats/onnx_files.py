"""ONNX files for tests, each written once and when it is first asked for: what takes its time is the tracing."""

from pathlib import Path

from filelock import FileLock

from saoctl.formats import artifact, export
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from tests.architectures import description, offline

# Ratios that are a power of two and none. In wide layers onnxruntime takes other forms of a convolution. What takes the
# time of a test is to trace the layers, so there are few: a single residual unit in a block.
WIDE_CODER = Coder(channels=16, c_mults=(4,), strides=(32,), dilations=(9,))
WIDE = OobleckArchitecture(sample_rate=8000, audio_channels=2, latent_dim=4, encoder=WIDE_CODER, decoder=WIDE_CODER)
ODD = OobleckArchitecture(
    sample_rate=44100,
    audio_channels=1,
    latent_dim=3,
    encoder=Coder(channels=3, c_mults=(3,), strides=(30,), use_snake=False, dilations=(3,)),
    decoder=Coder(channels=4, c_mults=(2, 1), strides=(6, 5), dilations=(2,)),
    final_tanh=True,
    scale=0.3,
)
ARCHITECTURES = {"wide": WIDE, "odd": ODD}


def write(architecture: OobleckArchitecture, path: Path) -> Path:
    """Write the files of an architecture with weights of seed 0, and return `path`."""
    host = export.build(offline(architecture), "float32", streaming=True)
    artifact.save(host, path, description(architecture, export.latency_samples(host)))
    return path


class Files(dict[str, Path]):
    """The file of each of ARCHITECTURES, by its name.

    Args:
        folder: where they are, which the processes of a run of the tests share.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> Path:
        path = self.folder / f"{name}.onnx"
        with FileLock(self.folder / f"{name}.lock"):
            if not path.exists():
                write(ARCHITECTURES[name], path)
        self[name] = path
        return path
