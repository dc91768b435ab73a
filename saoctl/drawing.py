"""What all pictures have in common: how they look, and how they get into a file.

Readable in print and in grey: what matters differs in lightness, marker or line style, not in colour alone. The colours
are Okabe and Ito's, which remain apart for the colour-blind.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from saoctl.files import atomic_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Colour and marker of each method.
LOOKS = {"encode": ("#0072B2", "o"), "decode": ("#D55E00", "s"), "forward": ("#000000", "^")}
GREY = "#777777"
FONT = 10


def look() -> AbstractContextManager[None]:
    """What holds for all that is drawn in its context."""
    import matplotlib as mpl  # takes a second to import, for plots alone

    return mpl.rc_context(
        {
            "font.size": FONT,
            "svg.fonttype": "path",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "text.parse_math": False,  # names of files may hold a $
        }
    )


def save(figure: "Figure", path: Path) -> None:
    """Write a figure in the format that the suffix names.

    Raises:
        FileError: the file cannot be written.
    """
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:].lower(), dpi=150)
