"""Writes patches in Max's file format, a JSON of boxes and of lines between them."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

LINE = 20  # pixels, the height of a line of text
CHARACTER = 6.6  # pixels, the mean width of a character
SIGNAL, MULTI, MESSAGE = "signal", "multichannelsignal", ""  # types of outlets


class Patcher:
    """A patch, or a subpatch in it.

    Args:
        width, height: of the window, in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._boxes: list[dict[str, Any]] = []
        self._lines: list[dict[str, Any]] = []

    def text(self, name: str, x: int, y: int, words: str, characters: int) -> int:
        """Add a comment with lines of at most `characters`; return the y below it."""
        lines = -(-len(words) // (characters - 4))
        width = round(characters * CHARACTER)
        self._box(name, "comment", (x, y, width, LINE * lines), 1, [], {"text": words})
        return y + LINE * lines

    def obj(self, name: str, x: int, y: int, words: str, inlets: int, outlets: Sequence[str], width: int = 0) -> str:
        """Add an object, with the types of its outlets."""
        width = width or max(30, round(len(words) * CHARACTER) + 14)
        return self._box(name, "newobj", (x, y, width, 22), inlets, outlets, {"text": words})

    def msg(self, name: str, x: int, y: int, words: str) -> str:
        """Add a message."""
        width = max(24, round(len(words) * CHARACTER) + 12)
        return self._box(name, "message", (x, y, width, 22), 2, [MESSAGE], {"text": words})

    def number(self, name: str, x: int, y: int, low: float | None = None, high: float | None = None) -> str:
        """Add a number to drag, within bounds if they are given."""
        bounds = {} if low is None else {"minimum": low, "maximum": high}
        return self._box(name, "flonum", (x, y, 60, 22), 1, [MESSAGE, "bang"], bounds)

    def toggle(self, name: str, x: int, y: int) -> str:
        """Add a switch."""
        return self._box(name, "toggle", (x, y, 22, 22), 1, ["int"])

    def button(self, name: str, x: int, y: int) -> str:
        """Add a button that sends a bang."""
        return self._box(name, "button", (x, y, 22, 22), 1, ["bang"])

    def preset(self, name: str, x: int, y: int) -> str:
        """Add Max's preset object, which stores the controls that its first outlet is connected to."""
        outlets = ["preset", "int", "preset", "int"]
        return self._box(name, "preset", (x, y, 100, 40), 1, outlets)

    def gain(self, name: str, x: int, y: int) -> str:
        """Add a stereo fader, at -12 dB."""
        first = {
            "parameter_longname": "output",
            "parameter_shortname": "output",
            "parameter_type": 0,
            "parameter_mmin": -70.0,
            "parameter_mmax": 6.0,
            "parameter_initial_enable": 1,
            "parameter_initial": [-12],
        }
        more = {"parameter_enable": 1, "saved_attribute_attributes": {"valueof": first}}
        outlets = [SIGNAL, SIGNAL, MESSAGE, "float", "list"]
        return self._box(name, "live.gain~", (x, y, 48, 110), 2, outlets, more)

    def speaker(self, name: str, x: int, y: int) -> str:
        """Add the output, a button that switches audio on and off."""
        return self._box(name, "ezdac~", (x, y, 45, 45), 2, [])

    def sub(self, name: str, x: int, y: int, words: str, patcher: "Patcher", ends: tuple[int, Sequence[str]]) -> str:
        """Add a subpatch; `ends` is the number of its inlets and the types of its outlets."""
        inlets, outlets = ends
        more = {"text": f"p {words}", "patcher": patcher.content()}
        return self._box(name, "newobj", (x, y, round(len(words) * CHARACTER) + 40, 22), inlets, outlets, more)

    def end(self, name: str, x: int, y: int, number: int, kind: str) -> str:
        """Add an inlet or an outlet to a subpatch, counted from 1."""
        outlets = [MESSAGE] if kind == "inlet" else []
        return self._box(name, kind, (x, y, 30, 30), 0 if kind == "inlet" else 1, outlets, {"index": number})

    def cord(self, source: str, target: str, outlet: int = 0, inlet: int = 0) -> None:
        """Connect an outlet to an inlet."""
        self._lines.append({"patchline": {"source": [source, outlet], "destination": [target, inlet]}})

    def cords(self, source: str, target: str, count: int) -> None:
        """Connect the first outlets to the first inlets, each to its own."""
        for channel in range(count):
            self.cord(source, target, channel, channel)

    def chain(self, *boxes: str) -> None:
        """Connect each box to the next, from the first outlet to the first inlet."""
        for source, target in pairwise(boxes):
            self.cord(source, target)

    def content(self) -> dict[str, Any]:
        """Return the patch as an object of Max's JSON."""
        return {
            "fileversion": 1,
            "appversion": {"major": 8, "minor": 5, "revision": 0, "architecture": "x64", "modernui": 1},
            "classnamespace": "box",
            "rect": [60.0, 80.0, *map(float, self._size)],
            "default_fontsize": 12.0,
            "boxes": [{"box": box} for box in self._boxes],
            "lines": self._lines,
        }

    def written(self) -> str:
        """Return the text of the file."""
        return json.dumps({"patcher": self.content()}, indent=1) + "\n"

    def _box(
        self,
        name: str,
        kind: str,
        where: tuple[int, int, int, int],
        inlets: int,
        outlets: Sequence[str],
        more: Mapping[str, Any] | None = None,
    ) -> str:
        assert all(box["id"] != name for box in self._boxes), name
        box = {
            "id": name,
            "maxclass": kind,
            "patching_rect": list(where),
            "numinlets": inlets,
            "numoutlets": len(outlets),
            "outlettype": list(outlets),
        }
        self._boxes.append(box | dict(more or {}))
        return name
