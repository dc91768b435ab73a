"""What is printed fits where it goes: a terminal of any width, a log, NO_COLOR, a locale without Unicode."""

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.table import Table

from saoctl.cli.terminal import Terminal
from tests import warm

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")

HEADER = ("method", "latency", "ms", "SNR dB", "to input", "clicks", "arithmetic")


def in_terminal(command: list[str], columns: int = 80, program: Sequence[str] = (), **environment: str) -> str:
    """What a command prints in a terminal, both streams together."""
    import fcntl
    import struct
    import termios

    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [*(program or warm.saoctl()), *command],
        stdin=child,
        stdout=child,
        stderr=child,
        env={**inherited, "TERM": "xterm-256color", **environment},
    )
    os.close(child)
    printed = b""
    while True:
        try:
            part = os.read(parent, 65536)
        except OSError:  # Linux says so that the other end is closed
            break
        if not part:
            break
        printed += part
    os.close(parent)
    assert process.wait() == 0, printed
    return printed.decode()


def drawn(file: io.StringIO) -> list[str]:
    table = Table(*HEADER, title="Blocks of 4096")
    table.add_row("forward", "7500", "170", "21.3", "–", "0.91", "1.02")
    table.add_row("a name that is longer than a narrow terminal is wide", *"123456")
    Terminal(file).table(table)
    return file.getvalue().splitlines()


class Screen(io.StringIO):
    """A terminal that keeps what is written to it."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_table_in_a_log_is_plain_columns_a_line_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    lines = drawn(io.StringIO())
    assert len(lines) == 4
    assert lines[1].split() == " ".join(HEADER).split()
    assert lines[3].startswith("a name that is longer than a narrow terminal is wide")
    assert [line for line in lines if line != line.rstrip() or set(line) & set("│┃─━┏+|")] == []


@pytest.mark.parametrize("columns", [30, 70, 105, 200])
def test_a_table_is_as_wide_as_the_terminal_at_most(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    lines = drawn(Screen())
    assert max(map(len, lines)) <= columns
    assert "…" not in "".join(lines), "no cell is cut"
    assert "arithmetic" in "".join(lines)
    assert any("│" in line for line in lines) == (columns == 200), "lines are drawn where there is room for them"


@pytest.mark.slow
def test_no_color_leaves_no_escape_at_all(tiny_config: Path) -> None:
    command = ["download", "-c", str(tiny_config)]
    assert "\x1b[" in in_terminal(command)
    assert "\x1b" not in in_terminal(command, NO_COLOR="1")
    assert "\x1b" not in in_terminal(command, TERM="dumb")


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}, {"LANG": "C", "LC_ALL": ""}])
def test_a_locale_of_ascii_gets_ascii(environment: dict[str, str], tiny_config: Path, tmp_path: Path) -> None:
    command = ["export", "-c", str(tiny_config), "-o", str(tmp_path / "a.ts")]
    shown = in_terminal(command, program=[sys.executable, "-m", "saoctl"], **environment)
    assert "..." in shown, "an ellipsis stands behind the beginning of the digest"
    assert shown.isascii()
    assert "\\u" not in shown
    assert "\\x" not in shown


@pytest.mark.slow
def test_a_name_that_ascii_cannot_have_is_told_by_its_code(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "saoctl", "info", str(tmp_path / "für.ts")]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 4
    assert b"f\\xfcr.ts does not exist" in done.stderr


def test_standard_output_that_is_a_terminal_gets_no_sound(tiny_config: Path) -> None:
    with pytest.raises(AssertionError, match="A terminal cannot show the result"):
        in_terminal(["forward", "-", "-c", str(tiny_config)])


def test_the_list_of_commands_is_not_cut_in_80_columns() -> None:
    shown = in_terminal(["--help"], columns=80)
    assert [line for line in shown.splitlines() if line.endswith("...") and "Usage" not in line] == []
    assert max(len(line) for line in shown.splitlines()) <= 80


@pytest.mark.slow
def test_the_shell_can_complete_commands_and_options() -> None:
    environment = {**os.environ, "_SAOCTL_COMPLETE": "complete_bash", "COMP_WORDS": "saoctl ver", "COMP_CWORD": "1"}
    program = "import sys; sys.modules['torch'] = None; sys.argv = ['saoctl']; from saoctl.cli.app import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert done.stdout.split() == ["verify"]
    environment |= {"COMP_WORDS": "saoctl verify --sch", "COMP_CWORD": "2"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert done.stdout.split() == ["--schedule"]
