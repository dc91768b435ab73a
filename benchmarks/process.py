"""The most memory that a process has held, measured from outside as Linux counts it."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MB = 1e6
POLL = 0.02  # seconds; a peak that is counted by the system is missed only if it comes that shortly before the end
SAOCTL = (sys.executable, "-m", "saoctl")


@dataclass(frozen=True)
class Memory:
    """The most that a process has held, in MB.

    Args:
        peak: resident memory, with the pages of mapped files.
        own: resident memory without those pages, which the system takes back when it needs them; sampled.
    """

    peak: float = 0.0
    own: float = 0.0


@dataclass(frozen=True)
class Watched:
    """A process that has ended.

    Args:
        code: its exit code.
        seconds: that it took.
        before, after: the most it held until the moment that was waited for, and from then on; without such a moment,
            `before` is of the whole run.
        output: what it wrote.
        until: seconds until the moment that was waited for; None if it did not come.
    """

    code: int
    seconds: float
    before: Memory
    after: Memory
    output: str
    until: float | None = None


def watch(command: Sequence[str], moment: Callable[[], bool] = lambda: False) -> Watched:
    """Run a command, and sample its memory until it ends.

    Args:
        command: the process; it must not start others.
        moment: returns whether the moment that is waited for has come.
    """
    begin = time.perf_counter()
    before, after, until = Memory(), Memory(), None
    with (
        tempfile.TemporaryFile("w+") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        while process.poll() is None:
            memory = read(process.pid)
            if until is not None:
                after = _larger(after, memory)
            else:
                before = _larger(before, memory)
                if moment():
                    forget_peak(process.pid)
                    until = time.perf_counter() - begin
            time.sleep(POLL)
        seconds = time.perf_counter() - begin
        output.seek(0)
        return Watched(process.returncode, seconds, before, after, output.read(), until)


def read(pid: int | str = "self") -> Memory:
    """Read the peak of a process so far, and what is its own now; see proc_pid_status(5)."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return Memory()
    found = {
        name: 1024 * int(kib) / MB for name, kib in re.findall(r"^(VmHWM|RssAnon):\s+(\d+) kB", text, re.MULTILINE)
    }
    return Memory(found.get("VmHWM", 0.0), found.get("RssAnon", 0.0))  # none of a process that is ending


def forget_peak(pid: int | str = "self") -> None:
    """Let the peak of a process begin anew from what it holds now; see proc_pid_clear_refs(5)."""
    with suppress(FileNotFoundError, ProcessLookupError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _larger(one: Memory, other: Memory) -> Memory:
    return Memory(max(one.peak, other.peak), max(one.own, other.own))
