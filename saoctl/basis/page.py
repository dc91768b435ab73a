"""The folder of the directions' sounds: the names of its files, and the page that plays them."""

import base64
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from saoctl.errors import FileError
from saoctl.files import check_place

DIRECTIONS = 8  # the default number of directions that are plotted and written
PAGE = "index.html"
NAMED = 3  # audio files, at most, in the title
OURS = '<meta name="generator" content="saoctl basis">'  # by which the page is recognised
SOUND = re.compile(r"direction-\d+\.wav")


@dataclass(frozen=True)
class Row:
    """A direction on the page.

    Args:
        sound: the name of its file.
        share: its share of the variance.
        picture: a PNG of what it changes in the spectrum.
    """

    sound: str
    share: float
    picture: bytes


def sound_name(direction: int, count: int) -> str:
    """Return the name of the file of a direction, counted from 0; the names sort as the `count` directions do."""
    return f"direction-{direction + 1:0{max(len(str(count)), 2)}}.wav"


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written or that holds other files, before any work.

    Raises:
        FileError: the folder is refused.
    """
    check_place(folder / PAGE)
    foreign = sorted(each.name for each in folder.iterdir() if not _is_ours(each)) if folder.exists() else []
    if foreign:
        raise FileError(
            f"The folder {folder} holds {foreign[0]}, which saoctl basis --listen did not write.",
            "Choose an empty folder or a new one.",
        )


def _is_ours(path: Path) -> bool:
    """Tell whether --listen may have written a file; hidden files belong to the system, and do not matter."""
    if path.name == PAGE:
        return path.is_file() and OURS in path.read_text(encoding="utf-8", errors="replace")
    return path.name.startswith(".") or (path.is_file() and SOUND.fullmatch(path.name) is not None)


def page(rows: Sequence[Row], sounds: Sequence[str], about: Sequence[str]) -> str:
    """Return a page that plays each direction beside a picture of what it changes.

    Args:
        rows: the directions.
        sounds: the names of the audio files that the basis was computed from.
        about: sentences that explain the sounds and the pictures.
    """
    more = [f"{len(sounds) - NAMED} more"] if len(sounds) > NAMED else []
    files = html.escape(", ".join([*sounds[:NAMED], *more]))
    paragraphs = "\n".join(f"<p>{html.escape(sentence)}</p>" for sentence in about)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">{OURS}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Directions of {files}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 48em; margin: 2em auto; padding: 0 1em; }}
section {{ margin: 1.5em 0; }}
h2 {{ font-size: 1.1em; margin: 0; }}
audio, img {{ display: block; width: 100%; margin: 0.4em 0; }}
img {{ background: white; border-radius: 4px; }}
</style></head><body>
<h1>Directions of {files}</h1>
{paragraphs}
{"".join(_section(number, row) for number, row in enumerate(rows, start=1))}
<script>
const players = [...document.querySelectorAll("audio")];
for (const player of players) {{
  player.onplay = () => players.filter((other) => other !== player).forEach((other) => other.pause());
}}
</script>
</body></html>
"""


def _section(number: int, row: Row) -> str:
    picture = base64.b64encode(row.picture).decode()
    return f"""<section>
<h2>Direction {number}, {row.share:.0%} of the variance</h2>
<audio controls preload="none" src="{row.sound}" aria-label="Direction {number}"></audio>
<img alt="What direction {number} changes in the spectrum" src="data:image/png;base64,{picture}">
</section>
"""
