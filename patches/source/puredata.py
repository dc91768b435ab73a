"""Writes patches in PureData's file format: a record per line. Boxes are numbered, and cords refer to the numbers.

The format: https://puredata.info/docs/developer/PdFileFormat
"""

import re
from collections.abc import Sequence
from itertools import pairwise

LINE = 16  # pixels, the height of a line of text
SLIDER = 129  # pixels; the middle of its 128 steps is a whole pixel
GREYS = "#dfdfdf #000000 #000000"  # background, foreground and label of a control
BAR = "#2d3a4a #ffffff"  # background and letters of a title

Box = int  # the number of a box in its canvas


class Canvas:
    """A patch, or a subpatch in it.

    Args:
        width, height: of the window, in pixels.
        name: of a subpatch.
    """

    def __init__(self, width: int, height: int, name: str = "") -> None:
        self._head = f"#N canvas 60 60 {width} {height} " + (f"{name} 0" if name else "12")
        self._boxes: list[str] = []
        self._cords: list[str] = []

    def text(self, x: int, y: int, words: str, characters: int) -> int:
        """Add a comment with lines of at most `characters`; return the y below it."""
        assert ";" not in words, "Pd begins a new line at a semicolon"
        assert not re.search(r"\d\.( |$)", words), "Pd drops a full stop after a digit"
        self._box("text", x, y, words, f", f {characters}")
        lines, left = 1, characters
        for word in words.split():
            if len(word) > left:
                lines, left = lines + 1, characters
            left -= len(word) + 1
        return y + LINE * lines

    def obj(self, x: int, y: int, words: str) -> Box:
        """Add an object."""
        return self._box("obj", x, y, words)

    def msg(self, x: int, y: int, words: str) -> Box:
        """Add a message."""
        return self._box("msg", x, y, words)

    def title(self, words: str, width: int) -> None:
        """Add a bar with the title."""
        self._boxes.append(f"#X obj 10 10 cnv 15 {width} 30 empty empty {_joined(words)} 12 15 0 16 {BAR} 0;")

    def slider(self, x: int, y: int, low: float, high: float, label: str, receive: str, send: str = "empty") -> Box:
        """Add a horizontal slider that sends nothing at load."""
        shape = f"hsl {SLIDER} 18 {low:g} {high:g} 0 0"
        return self._control(x, y, shape, f"{send} {receive}", label, SLIDER + 7, f"{GREYS} 0 1")

    def toggle(self, x: int, y: int, label: str, receive: str = "empty") -> Box:
        """Add a switch that is off at load, and sends nothing then."""
        return self._control(x, y, "tgl 18 0", f"empty {receive}", label, 24, f"{GREYS} 0 1")

    def button(self, x: int, y: int, label: str) -> Box:
        """Add a button that sends a bang."""
        return self._control(x, y, "bng 18 250 50 0", "empty empty", label, 24, GREYS)

    def choice(self, x: int, y: int, count: int, label: str, send: str) -> Box:
        """Add a row of buttons, each of which sends its number, counted from 0."""
        return self._control(x, y, f"hradio 18 1 0 {count}", f"{send} empty", label, 18 * count + 7, f"{GREYS} 0")

    def _control(self, x: int, y: int, shape: str, names: str, label: str, left: int, end: str) -> Box:
        names = _escaped(names)
        self._boxes.append(f"#X obj {x} {y} {shape} {names} {_joined(label)} {left} 9 0 10 {end};")
        return len(self._boxes) - 1

    def number(self, x: int, y: int, label: str, characters: int = 7) -> Box:
        """Add a number box that shows what it receives."""
        self._boxes.append(f"#X floatatom {x} {y} {characters} 0 0 1 {_joined(label)} - - 12;")
        return len(self._boxes) - 1

    def sub(self, x: int, y: int, canvas: "Canvas", name: str) -> Box:
        """Add a subpatch."""
        self._boxes.append(f"{canvas.written().rstrip()}\n#X restore {x} {y} pd {name};")
        return len(self._boxes) - 1

    def cord(self, source: Box, target: Box, outlet: int = 0, inlet: int = 0) -> None:
        """Connect an outlet to an inlet."""
        self._cords.append(f"#X connect {source} {outlet} {target} {inlet};")

    def chain(self, *boxes: Box) -> None:
        """Connect each box to the next, from the first outlet to the first inlet."""
        for source, target in pairwise(boxes):
            self.cord(source, target)

    def feed(self, sources: Sequence[Box], target: Box) -> None:
        """Connect several boxes to one."""
        for source in sources:
            self.cord(source, target)

    def written(self) -> str:
        """Return the text of the file."""
        return "\n".join([self._head + ";", *self._boxes, *self._cords, ""])

    def _box(self, kind: str, x: int, y: int, words: str, end: str = "") -> Box:
        self._boxes.append(f"#X {kind} {x} {y} {_escaped(words)}{end};")
        return len(self._boxes) - 1


def _escaped(words: str) -> str:
    """Escape the characters that would end a record or name an argument."""
    words = words.replace("$", "\\$")
    return re.sub(r" ?([,;])", r" \\\1", words).strip()


def _joined(label: str) -> str:
    """Escape a label so that it is one word."""
    return re.sub(r"([ ,;$])", r"\\\1", label)
