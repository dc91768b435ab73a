"""Benchmarks of `saoctl encode`, `decode` and `forward`, whose tables are printed; docs/files.md has them.

Run: python -m benchmarks.files [--only memory|offline|kills|at-once] [--quick]
     python -m benchmarks.files --only offline --ace-step --seconds 60 --turns 1
     python -m benchmarks.files --only offline --ace-step --seconds 240 --turns 1 --method decode --without whole
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from benchmarks import at_once, kills, memory, offline
from benchmarks.kills import Outcome
from benchmarks.model import ACE_STEP, STABLE_AUDIO_OPEN, TINY, checkpoint, write_config
from benchmarks.offline import Way
from benchmarks.page import tell
from benchmarks.process import Watched
from benchmarks.tables import paragraphs, table
from saoctl.bench import machine
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.vocabulary import Method

WITHIN = 50  # MB that lengths may differ by

WIDE_COLUMNS = ("full width", "while it loads, MB", "of these its own", "while it streams, MB", "of these its own")
OFFLINE_COLUMNS = ("", "memory, MB", "in all, MB", "seconds", "of processors", "first after", "dB to the whole")
KILL_COLUMNS = ("run", "killed after, s", "files done", "not as they should be", "unfinished")


@dataclass(frozen=True)
class Plan:
    """A measurement.

    Args:
        config: whose model converts long sounds, and a collection; None: a file of `architecture`.
        architecture: of the other model, whose weights are random.
        lengths: of sounds, in seconds.
        wide_seconds: of the sound for the other model.
        offline_seconds: of the sound that other libraries get.
        offline_methods, offline_without: what they compute, and the ways that are left out; see `offline.measure`.
        turns: how often each of these is measured.
        threads: number of threads that compute then.
        sounds, kills, seed: of the collection, see `kills.measure`.
        at_once: how many processes run at once.
        short, short_seconds: sounds that each of these converts, and how long they are.
    """

    config: str | None = "demo"
    architecture: OobleckArchitecture = STABLE_AUDIO_OPEN
    lengths: tuple[float, ...] = (10, 600, 3600)
    wide_seconds: float = 20
    offline_seconds: float = 32  # the shortest of which diffusers makes tiles, either way
    offline_methods: tuple[Method, ...] = offline.CODERS
    offline_without: tuple[str, ...] = ()
    turns: int = 2
    threads: int = 2
    sounds: int = 1000
    kills: int = 20
    seed: int = 0
    at_once: tuple[int, ...] = (1, 2, 4)
    short: int = 12
    short_seconds: float = 3.0


# Some seconds. Nothing that it measures means anything.
QUICK = Plan(
    config=None,
    architecture=TINY.model_copy(update={"latent_dim": 8}),  # as diffusers has it: half as many as channels
    lengths=(0.1, 0.3),
    wide_seconds=0.1,
    offline_seconds=0.6,
    turns=1,
    threads=1,
    sounds=40,
    kills=3,
    at_once=(1, 2),
    short=2,
    short_seconds=0.1,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(MEASURE), help="this part alone")
    parser.add_argument("--quick", action="store_true", help="a tiny model, to try the benchmarks with")
    parser.add_argument("--ace-step", action="store_true", help="the numbers of ACE-Step 1.5's model")
    parser.add_argument("--seconds", type=float, help="of the sound that other libraries get")
    parser.add_argument("--turns", type=int, help="how often they are measured")
    parser.add_argument("--method", choices=offline.CODERS, action="append", help="only encode, or only decode")
    parser.add_argument(
        "--without", metavar="TEXT", nargs="+", default=[], help="leave out the libraries' ways with TEXT"
    )
    given = parser.parse_args(arguments)
    plan = QUICK if given.quick else Plan()
    plan = replace(
        plan,
        architecture=ACE_STEP if given.ace_step else plan.architecture,
        offline_seconds=given.seconds or plan.offline_seconds,
        offline_methods=tuple(given.method or plan.offline_methods),
        offline_without=tuple(given.without),
        turns=given.turns or plan.turns,
    )
    for part in MEASURE if given.only is None else (given.only,):
        tell(f"measuring: {part}")
        before = machine.read()
        with tempfile.TemporaryDirectory() as folder:
            text = MEASURE[part](plan, Path(folder))
        threads = plan.threads if part == "offline" else torch.get_num_threads()
        about = machine.describe_machine(threads)
        told = [f"{about['processor']}, threads: {threads}, torch {about['torch']}."]
        told += machine.disturbances(before, machine.read(), threads, cores=threads)
        print(paragraphs(f"## {part}", text, "\n".join(f"- {each}" for each in told)), end="\n\n", flush=True)


def measure_memory(plan: Plan, folder: Path) -> str:
    """Measure the part `memory`."""
    found = memory.by_length(_config(plan, folder), plan.lengths)
    wide = memory.by_length(str(write_config(plan.architecture, folder)), [plan.wide_seconds])
    weights = checkpoint(plan.architecture).weights.stat().st_size / 1e6
    return paragraphs(lengths_table(found), wide_table(wide), f"The weights are {weights:.0f} MB.")


def measure_offline(plan: Plan, folder: Path) -> str:
    """Measure the part `offline`."""
    chosen = plan.offline_methods, plan.offline_without
    ways = offline.measure(plan.architecture, plan.offline_seconds, plan.turns, plan.threads, folder, *chosen)
    return offline_tables(ways, plan.offline_seconds)


def measure_kills(plan: Plan, folder: Path) -> str:
    """Measure the part `kills`."""
    return kills_table(kills.measure(folder, _config(plan, folder), plan.sounds, plan.kills, plan.seed))


def measure_at_once(plan: Plan, folder: Path) -> str:
    """Measure the part `at-once`."""
    config = _config(plan, folder)
    return at_once_table(at_once.measure(config, plan.short, plan.short_seconds, plan.at_once, plan.turns, folder))


MEASURE = {
    "memory": measure_memory,
    "offline": measure_offline,
    "kills": measure_kills,
    "at-once": measure_at_once,
}


def lengths_table(found: dict[Method, dict[float, Watched]]) -> str:
    """Return a table of the peaks by the length of the sound."""
    lengths = list(next(iter(found.values())))
    rows = []
    for method, runs in found.items():
        peaks = [max(run.before.peak, run.after.peak) for run in runs.values()]
        difference = max(peaks) - min(peaks)
        answer = "yes" if difference <= WITHIN else "no"
        rows.append((method, *(f"{peak:.0f}" for peak in peaks), f"{difference:.0f}", answer))
    columns = ("peak in MB", *map(_length, lengths), "difference", f"within {WITHIN} MB")
    return table(columns, rows)


def wide_table(found: dict[Method, dict[float, Watched]]) -> str:
    """Return a table of the peaks while a model of full width is loaded, and while it streams."""
    rows = []
    for method, runs in found.items():
        for run in runs.values():
            figures = (run.before.peak, run.before.own, run.after.peak, run.after.own)
            rows.append((method, *(f"{figure:.0f}" for figure in figures)))
    return table(WIDE_COLUMNS, rows)


def offline_tables(ways: Sequence[Way], seconds: float) -> str:
    """Return a table of the ways through each coder."""
    tables = []
    for method in dict.fromkeys(way.method for way in ways):
        rows = []
        for way in ways:
            took, exact = way.median, "" if way.decibels is None else f"{way.decibels:.0f}{_lacking(way)}"
            times = (f"{each:.1f}" for each in (took.seconds, took.computing, took.first))
            if way.method == method:
                rows.append((way.name, f"{took.above:.0f}", f"{took.peak:.0f}", *times, exact))
        tables.append(table((f"{method}, {seconds:g} s", *OFFLINE_COLUMNS[1:]), rows))
    return paragraphs(*tables)


def kills_table(found: Outcome) -> str:
    """Return a table of the kills, and what is there at the end."""
    rows = []
    for number, kill in enumerate(found.kills, 1):
        at = "ended before" if kill.ended else f"{kill.at:.1f}"
        rows.append((number, at, kill.done, kill.wrong, kill.unfinished))
    return paragraphs(
        table(KILL_COLUMNS, rows),
        f"{found.good} good sounds and {found.broken} broken ones; without a kill {found.uninterrupted:.0f} s. The last"
        f" run: exit code {found.code}, {found.named} broken ones named, {found.missing} missing,"
        f" {found.differing} that differ, {found.strange} files too many: {'passed' if found.passed else 'FAILED'}.",
    )


def at_once_table(found: dict[tuple[str, str], dict[int, float]]) -> str:
    """Return a table of the seconds of each command, alone and with others."""
    counts = list(next(iter(found.values())))
    rows = [(*case, *(f"{seconds[count]:.1f}" for count in counts)) for case, seconds in found.items()]
    return table(("seconds", "threads wait", *(f"{count} at once" for count in counts)), rows)


def _config(plan: Plan, folder: Path) -> str:
    return plan.config or str(write_config(plan.architecture, folder))


def _lacking(way: Way) -> str:
    return f", lacks {way.lacking} {'frames' if way.method == 'encode' else 'samples'}" if way.lacking else ""


def _length(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


if __name__ == "__main__":
    main()
