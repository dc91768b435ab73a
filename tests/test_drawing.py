"""Pictures come into being without a word of the library that draws them."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from saoctl.drawing import drawn, look

ROOT = Path(__file__).parents[1]
# Each plot is drawn in a child of a process that has torch and, since plots alone need it, not yet matplotlib.
PROGRAM = """
import os, sys, torch
from pathlib import Path
from saoctl.basis import plot as basis
from saoctl.basis.fidelity import Fidelity
from saoctl.basis.sweep import Changes
from saoctl.bench import plot as bench
from saoctl.frontier import plot as frontier
from saoctl.frontier.point import Point
from saoctl.verify import plot as verify
from saoctl.verify.compare import Comparison, Trace
from tests.bench.rows import timing

assert "matplotlib" not in sys.modules
points = [Point("forward", 8, 1.0, True, 100.0, 20.0, None, 1.0)]
kept = [Fidelity(1, 0.6, 3.0, 2.0), Fidelity(2, 1.0, None, 0.0)]
changes = Changes(torch.tensor([40.0, 400.0, 4000.0]), torch.ones(2, 3, 2), torch.ones(2, 3, 2))
comparison = Comparison("decode", "fixed", 64, True, 120.0, 1e-7, 4000, 0, 8, 8, None, None)
sound = torch.ones(2, 4000)
trace = Trace(comparison, sound, sound, 8000.0, ())
drawings = {
    "verify": lambda path: verify.draw([trace], "title", path),
    "bench": lambda path: bench.draw([timing("decode", 2048, 1.5)], [], "title", path),
    "frontier": lambda path: frontier.draw(points, "title", path),
    "basis": lambda path: basis.draw([0.6, 0.4], kept, changes, path),
}
for name, draw in drawings.items():
    child = os.fork()
    if child == 0:
        draw(Path(sys.argv[1], name + ".png"))
        sys.exit()
    assert os.waitpid(child, 0)[1] == 0, name
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_where_the_home_cannot_be_written_plots_are_drawn_in_silence_and_nothing_stays(tmp_path: Path) -> None:
    drawn, temporary = tmp_path / "drawn", tmp_path / "temporary"
    drawn.mkdir()
    temporary.mkdir()
    away = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR"), "/dev/null/x")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(drawn)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **away, "TMPDIR": str(temporary)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    names = ["basis.png", "bench.png", "frontier.png", "verify.png"]
    assert sorted(path.name for path in drawn.iterdir()) == names
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_a_character_that_no_font_has_is_drawn_without_a_warning(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    with drawn(tmp_path / "a.png", 2, 1) as figure:
        figure.suptitle("\N{CUNEIFORM SIGN A}")
    assert not recwarn.list


def test_what_others_let_matplotlib_report_is_as_before() -> None:
    logger = logging.getLogger("matplotlib")
    before = logger.level
    with look():
        assert logger.getEffectiveLevel() == logging.ERROR
    assert logger.level == before
