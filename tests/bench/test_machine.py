"""What disturbs figures is told, where the machine tells it; what it does not tell is no error."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from saoctl.bench.machine import Counters, cores, describe_machine, disturbances, read, undisturbed

QUIET = Counters(
    clock=0.0, busy=0.0, own=0.0, stolen=0.0, throttled=0, throttled_seconds=0.0, quota=None, hot=0, governor=None
)  # fmt: skip
# Ten seconds on two processors, all of it this process's.
LATER = replace(QUIET, clock=10.0, busy=20.0, own=20.0)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_quiet_machine_disturbs_nothing() -> None:
    assert disturbances(QUIET, LATER, threads=2, cores=2) == ()


def test_each_disturbance_is_told() -> None:
    processors = psutil.cpu_count() or 1

    def said(threads: int = 2, **changed: object) -> str:
        (sentence,) = disturbances(QUIET, replace(LATER, **changed), threads, cores=2)  # type: ignore[arg-type]
        return sentence

    assert "Other programs used 25%" in said(own=20.0 - 2.5 * processors)
    assert "gave 10% of its processors' time to others" in said(stolen=1.0 * processors)
    assert "stopped it 7 times, for 1.5 s" in said(throttled=7, throttled_seconds=1.5)
    assert "allows 1.5 processors, fewer than the 2 threads; try --threads 1" in said(quota=1.5)
    assert "slowed down 3 times because they were hot" in said(hot=3)
    assert "`powersave`" in said(governor="powersave")
    assert "1 of 2 cores computed; --threads 2" in said(threads=1)


@pytest.mark.parametrize("changed", [{"own": 0.0}, {"stolen": 10.0}, {"throttled": 1}])
def test_a_machine_that_others_use_is_known_to_be_disturbed(changed: dict[str, float]) -> None:
    assert undisturbed(QUIET, LATER)
    assert not undisturbed(QUIET, replace(LATER, **changed))  # type: ignore[arg-type]


def test_the_kernels_counters_are_read(tmp_path: Path) -> None:
    write(tmp_path / "fs/cgroup/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 4\nthrottled_usec 2500000\n")
    write(tmp_path / "fs/cgroup/cpu.max", "150000 100000\n")
    for cpu, count in (("cpu0", 2), ("cpu1", 3)):
        write(tmp_path / f"devices/system/cpu/{cpu}/thermal_throttle/core_throttle_count", f"{count}\n")
    write(tmp_path / "devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
    write(tmp_path / "devices/system/cpu/cpu0/cpufreq/scaling_driver", "acpi-cpufreq\n")
    found = read(tmp_path, tmp_path)
    assert (found.throttled, found.throttled_seconds, found.quota, found.hot) == (4, 2.5, 1.5, 5)
    assert found.governor == "powersave"


def test_the_first_version_of_control_groups_is_read_too(tmp_path: Path) -> None:
    write(tmp_path / "fs/cgroup/cpu/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 2500000000\n")
    write(tmp_path / "fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n")
    write(tmp_path / "fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
    found = read(tmp_path, tmp_path)
    assert (found.throttled, found.throttled_seconds, found.quota) == (4, 2.5, 0.5)


@pytest.mark.parametrize(
    ("own", "inner"),
    [("0::/user.slice/job\n", "user.slice/job"), ("7:memory:/x\n4:cpu,cpuacct:/job\n", "cpu/job")],
)
def test_the_limits_of_nested_control_groups_count(tmp_path: Path, own: str, inner: str) -> None:
    write(tmp_path / "self/cgroup", own)
    write(tmp_path / "fs/cgroup" / inner / "cpu.stat", "nr_throttled 8\nthrottled_usec 1000000\n")
    write(tmp_path / "fs/cgroup" / inner / "cpu.max", "400000 100000\n")
    write((tmp_path / "fs/cgroup" / inner).parent / "cpu.max", "300000 100000\n")
    found = read(tmp_path, tmp_path)
    assert (found.quota, found.throttled) == (3.0, 8)


def test_no_limit_and_no_files_are_nothing(tmp_path: Path) -> None:
    nothing = read(tmp_path / "none", tmp_path)
    assert (nothing.throttled, nothing.quota, nothing.hot, nothing.governor) == (0, None, 0, None)
    write(tmp_path / "fs/cgroup/cpu.max", "max 100000\n")
    write(tmp_path / "devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
    write(tmp_path / "devices/system/cpu/cpu0/cpufreq/scaling_driver", "intel_pstate\n")
    found = read(tmp_path, tmp_path)
    assert (found.quota, found.governor) == (None, None)


def test_cores_that_a_control_group_does_not_allow_are_not_advised() -> None:
    assert disturbances(QUIET, replace(LATER, quota=2.0), threads=2, cores=32) == ()


@pytest.mark.slow
@pytest.mark.parametrize("where", ["here", "in a worker"])
def test_own_work_is_not_taken_for_that_of_others(where: str) -> None:
    work = "import time\nwhile time.process_time() < 0.5: pass"
    before = read()
    if where == "here":
        begin = time.process_time()
        while time.process_time() < begin + 0.5:
            pass
    else:
        subprocess.run([sys.executable, "-c", work], check=True)
    after = read()
    own, busy = after.own - before.own, after.busy - before.busy
    assert own > 0.45
    assert busy > 0.9 * own  # it is part of what kept the processors busy, whoever else did
    assert after.clock > before.clock
    assert cores() >= 1


def test_the_machine_is_described() -> None:
    machine = describe_machine(3)
    assert machine["threads"] == 3
    assert machine["processor"]
    assert machine["cores"] >= 1
