"""PureData's files read, and PureData run on them, headless, with stand-ins for nn~ and snake~."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosts import PD

PATCHES = Path(__file__).parents[2] / "patches"
STAND_INS = Path(__file__).parents[1] / "puredata"  # in the place of nn~, and of snake~ where Pd lacks it
HANGS = 300  # seconds; Pd ends itself after some milliseconds


@dataclass(eq=False)
class Box:
    """What stands in a box, where, and what its cords lead to: outlet, box, inlet."""

    kind: str
    words: list[str]
    x: int
    y: int
    cords: list[tuple[int, "Box", int]] = field(default_factory=list)
    inner: list["Box"] = field(default_factory=list)  # of a subpatch

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def label(self) -> str:
        """Of a control; labels are the words before four numbers of their place and font."""
        place = {"hsl": 9, "tgl": 5, "bng": 7, "hradio": 7}[self.words[0]]
        return self.words[place]


def _words(record: str) -> list[str]:
    """The words of a record, in which an escaped space does not part."""
    return [re.sub(r"\\(.)", r"\1", word) for word in re.split(r"(?<!\\) +", record.strip())]


def read(path: Path) -> list[Box]:
    """The boxes of a patch, with their cords; those of subpatches are within these."""
    stack: list[list[Box]] = []
    for record in re.split(r"(?<!\\);\n", path.read_text()):
        if not record.strip():
            continue
        chunk, kind, *rest = _words(record.replace("\n", " "))
        if (chunk, kind) == ("#N", "canvas"):
            stack.append([])
        elif kind == "connect":
            source, outlet, target, inlet = map(int, rest)
            stack[-1][source].cords.append((outlet, stack[-1][target], inlet))
        elif kind == "restore":
            inner = stack.pop()
            stack[-1].append(Box("obj", rest[2:], int(rest[0]), int(rest[1]), inner=inner))
        else:
            assert chunk == "#X"
            assert kind in ("text", "obj", "msg", "floatatom"), record
            stack[-1].append(Box(kind, rest[2:], int(rest[0]), int(rest[1])))
    (boxes,) = stack
    return boxes


def everything(boxes: list[Box]) -> Iterator[Box]:
    """All boxes, those of subpatches too."""
    for box in boxes:
        yield box
        yield from everything(box.inner)


def _port(box: Box, kind: str, number: int) -> Box:
    """The inlet or the outlet in a subpatch that is its outer one of a number: they are in order from the left."""
    ports = [each for each in box.inner if each.words[0] in (kind, f"{kind}~")]
    return sorted(ports, key=lambda each: each.x)[number]


class Flat:
    """A patch as if it had no subpatches, nor [s] and [r]: what leads where."""

    def __init__(self, path: Path) -> None:
        self.top = read(path)
        self.boxes = list(everything(self.top))
        self._next: dict[int, list[tuple[int, Box, int]]] = {id(box): [] for box in self.boxes}
        receivers: dict[str, list[Box]] = {}
        for box in self.boxes:
            if box.kind == "obj" and box.words[0] == "r":
                receivers.setdefault(box.words[1], []).append(box)
        self._link(self.top, {})
        for box in self.boxes:
            if box.kind == "obj" and box.words[0] == "s":
                self._next[id(box)] += [(0, target, 0) for target in receivers.get(box.words[1], [])]

    def _link(self, boxes: list[Box], outside: dict[int, list[tuple[int, Box, int]]]) -> None:
        """Cords of one canvas.

        Args:
            boxes: of it.
            outside: of each outlet in it, by its place, what its outer outlet leads to.
        """
        for box in boxes:
            ends: dict[int, list[tuple[int, Box, int]]] = {}
            for outlet, target, inlet in box.cords:
                led = (outlet, _port(target, "inlet", inlet), 0) if target.inner else (outlet, target, inlet)
                if box.inner:
                    ends.setdefault(id(_port(box, "outlet", outlet)), []).append(led)
                else:
                    self._next[id(box)].append(led)
            if box.inner:
                self._link(box.inner, ends)
        for box in boxes:
            self._next[id(box)] += [(0, target, inlet) for _, target, inlet in outside.get(id(box), [])]

    def led(self, box: Box) -> list[Box]:
        """What a box leads to at once."""
        return [target for _, target, _ in self._next[id(box)]]

    def reach(self, box: Box, without: tuple[str, ...] = ()) -> list[Box]:
        """All that a box leads to, not through objects of these names."""
        found: dict[int, Box] = {}
        left = self.led(box)
        while left:
            each = left.pop()
            if id(each) not in found:
                found[id(each)] = each
                if each.words[0] not in without:
                    left += self.led(each)
        return list(found.values())

    def named(self, *names: str) -> list[Box]:
        """The objects of these names, from top to bottom."""
        return [box for box in self.boxes if box.kind == "obj" and box.words[0] in names]


def press(x: int, y: int, *moves: int) -> list[str]:
    """The mouse is pressed, moved to so many pixels from there, and let go."""
    return [f"mouse {x} {y} 1 0", *(f"motion {x + move} {y} 0" for move in moves), f"mouseup {x} {y} 1 0"]


def run(patch: Path, *mouse: str) -> list[str]:
    """What is printed when PureData opens a patch and its window is told this of the mouse, line by line.

    Pd does everything that it is told in turn, and ends itself: nothing here waits for a time to pass.
    """
    command = [str(PD), "-nogui", "-noaudio", "-nrt", "-noprefs", "-nostdpath", "-stderr", "-path", str(STAND_INS)]
    command += ["-path", str(PATCHES), "-open", str(patch)]
    for message in ("map 1", *mouse):  # Pd takes the mouse only in a window that is shown
        command += ["-send", f"pd-{patch.name} {message}"]
    command += ["-send", "pd quit"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=HANGS, check=True)
    return [line for line in (ended.stdout + ended.stderr).splitlines() if line]


def sent(patch: Path, *mouse: str) -> list[str]:
    """What arrives at which object when the mouse does this, and what Pd complains of beyond what it does at load.

    The stand-in prints six digits, as many as nn~ hands to the model.
    """
    at_load, lines = run(patch), run(patch, *mouse)
    assert lines[: len(at_load)] == at_load
    return lines[len(at_load) :]
