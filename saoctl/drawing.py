"""The style of all plots, and how they are written to a file.

Plots are readable in print and in grey: what matters differs in lightness, marker or line style, not in colour alone.
The colours are Okabe and Ito's, which the colour-blind can tell apart.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from saoctl.files import atomic_file
from saoctl.logs import errors_only

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Colour and marker of each method.
LOOKS = {"encode": ("#0072B2", "o"), "decode": ("#D55E00", "s"), "forward": ("#000000", "^")}
GREY = "#777777"
FONT = 10
DPI = 150
# Metadata by the kind of file, without the date, so that the same plot has the same bytes.
UNDATED: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


@contextmanager
def look() -> Iterator[None]:
    """Apply the common style. Matplotlib is only imported here, and only its errors are shown.

    It logs where its cache is when the home folder cannot be written, and warns of characters that no font has.
    """
    with errors_only("matplotlib"), warnings.catch_warnings(action="ignore", category=UserWarning):
        import matplotlib as mpl  # takes a second to import

        with mpl.rc_context(
            {
                "font.size": FONT,
                "svg.fonttype": "path",
                "svg.hashsalt": "saoctl",  # otherwise the ids in an SVG are random
                "axes.spines.top": False,
                "axes.spines.right": False,
                "grid.color": "#E5E5E5",
                "image.aspect": "auto",
                "image.interpolation": "nearest",
                "image.origin": "lower",
                "legend.frameon": False,
                "text.parse_math": False,  # names of files may contain a $
            }
        ):
            yield


def blank(width: float, height: float) -> "Figure":
    """Return an empty figure of a size in inches; it must be called within `look`."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


@contextmanager
def drawn(path: Path, width: float, height: float) -> Iterator["Figure"]:
    """Yield an empty figure of a size in inches; at the end it is written in the format that the suffix names.

    Raises:
        FileError: the file cannot be written.
    """
    with look():
        figure = blank(width, height)
        yield figure
        content = inline(figure, path.suffix[1:].lower())
    with atomic_file(path) as temporary:
        temporary.write_bytes(content)


def inline(figure: "Figure", kind: str) -> bytes:
    """Return a figure as the bytes of a file, to embed it in a page; it must be called within `look`."""
    file = io.BytesIO()
    figure.savefig(file, format=kind, dpi=DPI, metadata=UNDATED.get(kind))
    return file.getvalue()
