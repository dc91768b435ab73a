"""Draws the pictures of README.md and docs/ with the demo: `make pictures`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from saoctl.verify.plot import METHOD_HEIGHT

FOLDER = Path(__file__).parent
DPI = 150  # of the plots
COLOURS = 256


def main() -> None:
    """Run the demo in a temporary folder, and keep its plots."""
    with tempfile.TemporaryDirectory() as folder:
        plots = ("verify --plot verify.png", "bench --plot bench.png", "frontier --plot frontier.png")
        for arguments in ("download", "export", *plots):
            command = [sys.executable, "-m", "saoctl", *arguments.split(), "--config", "demo"]
            subprocess.run(command, cwd=folder, check=True)
        sound = str(Path(__file__).parents[2] / "configs" / "demo.flac")
        command = [sys.executable, "-m", "saoctl", "basis", sound, "--plot", "basis.png", "--config", "demo"]
        subprocess.run(command, cwd=folder, check=True)
        keep(Path(folder) / "basis.png")
        # The whole plot has encode and decode above forward.
        keep(Path(folder) / "verify.png", height=round(DPI * METHOD_HEIGHT))
        keep(Path(folder) / "bench.png")
        keep(Path(folder) / "frontier.png")


def keep(path: Path, height: int | None = None) -> None:
    """Save the lowest `height` rows of a picture, or all of it, in few colours, so that it loads fast."""
    picture = Image.open(path).convert("RGB")
    if height is not None:
        picture = picture.crop((0, picture.height - height, picture.width, picture.height))
    small = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small.save(FOLDER / path.name, optimize=True)


if __name__ == "__main__":
    main()
