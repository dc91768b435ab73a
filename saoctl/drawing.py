"""What all pictures have in common: how they look, and how they get into a file.

Readable in print and in grey: what matters differs in lightness, marker or line style, not in colour alone. The colours
are Okabe and Ito's, which remain apart for the colour-blind.
"""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from saoctl.files import atomic_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Colour and marker of each method.
LOOKS = {"encode": ("#0072B2", "o"), "decode": ("#D55E00", "s"), "forward": ("#000000", "^")}
GREY = "#777777"
FONT = 10
DPI = 150
# Metadata by the kind of file, without the time at which it was drawn.
UNDATED: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


@contextmanager
def look() -> Iterator[None]:
    """Apply what all drawings have in common. Matplotlib is imported within it alone."""
    with _quiet():
        import matplotlib as mpl  # takes a second to import, for plots alone

        with mpl.rc_context(
            {
                "font.size": FONT,
                "svg.fonttype": "path",
                "svg.hashsalt": "saoctl",  # without it the ids in an SVG are random
                "axes.spines.top": False,
                "axes.spines.right": False,
                "text.parse_math": False,  # names of files may hold a $
            }
        ):
            yield


def blank(width: float, height: float) -> "Figure":
    """Return an empty figure of a size in inches; to be called within `look`."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def save(figure: "Figure", path: Path) -> None:
    """Write a figure in the format that the suffix names.

    Raises:
        FileError: the file cannot be written.
    """
    content = inline(figure, path.suffix[1:].lower())
    with atomic_file(path) as temporary:
        temporary.write_bytes(content)


def inline(figure: "Figure", kind: str) -> bytes:
    """Return a figure as the bytes of a file, to stand within a page."""
    file = io.BytesIO()
    with look():
        figure.savefig(file, format=kind, dpi=DPI, metadata=UNDATED.get(kind))
    return file.getvalue()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what matplotlib reports from the terminal, such as where its cache is when the home cannot be written.

    It goes through its logger and, as for a character that no font has, through Python's warnings. Errors remain.
    """
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning)
            yield
    finally:
        logger.setLevel(level)
