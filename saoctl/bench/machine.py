"""The machine that figures hold for, and what disturbed them while they were measured."""

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

CHILDREN = os.name != "nt"  # Windows does not tell the work of other programs from that of our workers

# Shares of the processors' time. A block waits for the slowest of its threads, so a few percent already show.
OTHER_LOAD = 0.05
STEAL = 0.01
# Drivers whose `powersave` raises the frequency under load as `performance` does.
DYNAMIC_DRIVERS = ("intel_pstate", "amd-pstate", "amd-pstate-epp")


@dataclass(frozen=True)
class Counters:
    """Counters of the machine at one moment; those that the machine does not tell stay 0.

    Args:
        clock: seconds.
        busy: seconds that all processors were busy for any program, without those stolen.
        own: seconds that they were busy for this process and its finished workers.
        stolen: seconds that a hypervisor gave to other virtual machines.
        throttled, throttled_seconds: how often and how long a limit of the control group stopped this process.
        quota: processors that the control group allows; None if there is no limit.
        hot: how often a processor was slowed down because it was hot.
        governor: the frequency governor, if it saves power at the cost of speed; else None.
    """

    clock: float
    busy: float
    own: float
    stolen: float
    throttled: int
    throttled_seconds: float
    quota: float | None
    hot: int
    governor: str | None


def read(sys: Path = Path("/sys"), proc: Path = Path("/proc")) -> Counters:
    """Read the counters.

    Args:
        sys: the folder with the kernel's files about the machine.
        proc: the folder with those about processes.
    """
    times = psutil.cpu_times()
    stolen = float(getattr(times, "steal", 0.0))
    waiting = times.idle + float(getattr(times, "iowait", 0.0)) + stolen
    # Time of virtual machines that run here is counted in `user` already.
    guests = float(getattr(times, "guest", 0.0)) + float(getattr(times, "guest_nice", 0.0))
    groups = _groups(sys / "fs/cgroup", proc)
    stat: dict[str, str] = {}
    for group in groups:
        found = dict(line.split(maxsplit=1) for line in _text(group / "cpu.stat").splitlines() if " " in line)
        stat = stat or (found if "nr_throttled" in found else {})
    unit, name = (1e-6, "throttled_usec") if "throttled_usec" in stat else (1e-9, "throttled_time")
    return Counters(
        clock=time.monotonic(),
        busy=sum(times) - waiting - guests,
        own=sum(os.times()[:4]),  # of this process and of its finished workers
        stolen=stolen,
        throttled=int(stat.get("nr_throttled", 0)),
        throttled_seconds=int(stat.get(name, 0)) * unit,
        quota=min((quota for group in groups if (quota := _quota(group)) is not None), default=None),
        hot=_hot(sys / "devices/system/cpu"),
        governor=_governor(sys / "devices/system/cpu/cpu0/cpufreq"),
    )


def disturbances(before: Counters, after: Counters, threads: int, cores: int) -> tuple[str, ...]:
    """Return a sentence for each thing between two readings that makes figures worse than the machine is.

    Args:
        before: a reading.
        after: a later one.
        threads: number of threads that computed.
        cores: number of processor cores.
    """
    sentences = []
    others, stolen, stops = _taken(before, after)
    if CHILDREN and others > OTHER_LOAD:
        sentences.append(f"Other programs used {others:.0%} of the processors meanwhile; stop them and repeat.")
    if stolen > STEAL:
        sentences.append(f"The host of this virtual machine gave {stolen:.0%} of its processors' time to others.")
    if stops:
        held = after.throttled_seconds - before.throttled_seconds
        sentences.append(f"The control group's processor limit stopped it {stops} times, for {held:.1f} s.")
    if after.quota is not None and after.quota < threads:
        sentences.append(
            f"The control group allows {after.quota:g} processors, fewer than the {threads} threads;"
            f" try --threads {max(int(after.quota), 1)}."
        )
    if after.hot > before.hot:
        sentences.append(f"Processors were slowed down {after.hot - before.hot} times because they were hot.")
    if after.governor is not None:
        sentences.append(f"The processors' frequency governor is `{after.governor}`; `performance` is faster.")
    cores = min(cores, int(after.quota or cores))
    if threads < cores:
        sentences.append(f"{threads} of {cores} cores computed; --threads {cores} uses all of them.")
    return tuple(sentences)


def undisturbed(before: Counters, after: Counters) -> bool:
    """Return whether it is known that no other program took processors between two readings.

    Args:
        before: a reading.
        after: a later one.
    """
    others, stolen, stops = _taken(before, after)
    return CHILDREN and others <= OTHER_LOAD and stolen <= STEAL and not stops


def _taken(before: Counters, after: Counters) -> tuple[float, float, int]:
    """Return the shares of the processors that other programs and virtual machines took, and how often a limit held."""
    whole = (after.clock - before.clock) * (psutil.cpu_count() or 1)
    if whole <= 0:
        return 0.0, 0.0, 0
    others = (after.busy - before.busy) - (after.own - before.own)
    return others / whole, (after.stolen - before.stolen) / whole, after.throttled - before.throttled


def cores() -> int:
    """Return the number of physical processors that this process may run on."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(psutil.cpu_count(logical=False) or allowed, allowed)


def describe_machine(threads: int) -> dict[str, Any]:
    """Describe the machine that figures hold for, computed with `threads` CPU threads."""
    return {
        "platform": platform.platform(terse=True),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "gpus": [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())],
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _processor() -> str:
    named = [line for line in _text(Path("/proc/cpuinfo")).splitlines() if line.startswith("model name")]
    return named[0].partition(":")[2].strip() if named else platform.processor() or platform.machine()


def _groups(root: Path, proc: Path) -> list[Path]:
    """Return the folders of this process's control group and of those around it, which limit it too."""
    own = [line.split(":", 2) for line in _text(proc / "self/cgroup").splitlines() if line.count(":") >= 2]
    folders = []
    for _, controllers, path in own:
        # Version 2 names no controller, version 1 has a tree for each.
        if controllers in ("", "cpu", "cpu,cpuacct"):
            base = root if not controllers else root / "cpu"
            inner = base / path.strip("/")
            folders += [folder for folder in (inner, *inner.parents) if folder.is_relative_to(base)]
    return [*folders, root, root / "cpu"]


def _quota(group: Path) -> float | None:
    """Return the processors that a control group allows, in version 2 or 1 of the kernel's interface."""
    limit = _text(group / "cpu.max").split() or [
        _text(group / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period")
    ]
    try:
        quota = int(limit[0]) / int(limit[1])
    except (ValueError, IndexError, ZeroDivisionError):
        return None  # `max`, or no such files
    return quota if quota > 0 else None


def _hot(cpus: Path) -> int:
    # The counts of a package would be repeated by each of its processors.
    counts = [_text(path).strip() for path in cpus.glob("cpu*/thermal_throttle/core_throttle_count")]
    return sum(int(count) for count in counts if count.isdigit())


def _governor(frequency: Path) -> str | None:
    """Return the governor, if it is one that keeps the frequency low."""
    governor, driver = (_text(frequency / f"scaling_{name}").strip() for name in ("governor", "driver"))
    return governor if governor == "powersave" and driver not in DYNAMIC_DRIVERS else None


def _text(path: Path) -> str:
    """Return the text of a file of the kernel's; empty if it is missing or cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
