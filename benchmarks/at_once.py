"""Several saoctl commands at once on one machine, beside a single one: whether their threads disturb each other."""

import os
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.process import SAOCTL
from saoctl.waiting import CHOICES

COMMANDS = {
    "encode": "encode SOUNDS -o OUT --overwrite",
    "forward": "forward SOUNDS -o OUT --overwrite",
    "basis": "basis SOUNDS -o OUT/basis.safetensors",
    "export": "export -o OUT/model.ts",
    "verify": "verify ARTIFACT",
    "frontier": "frontier",
}
# How the threads wait. GNU's OpenMP spins that often by default: gomp_spin_count_var in libgomp's env.c.
WAYS = {"as saoctl chooses": {}, "spinning": {"GOMP_SPINCOUNT": "300000"}}


def measure(
    config: str, sounds: int, length: float, counts: Sequence[int], turns: int, work: Path
) -> dict[tuple[str, str], dict[int, float]]:
    """Time each command in one process and in several at once; the ways in which threads wait take turns.

    Args:
        config: of the model.
        sounds: number of sounds in the folder that is converted.
        length: of each sound, in seconds.
        counts: numbers of processes that run at once.
        turns: how often each is measured.
        work: a folder for the sounds, and for what becomes of them.

    Returns:
        The seconds until the last of some processes at once has ended, by their number, for each command and each way
        in which threads wait; the median of the turns.
    """
    given = work / "sounds"
    given.mkdir()
    for number in range(sounds):
        noise = np.random.default_rng(number).uniform(-0.3, 0.3, (round(44100 * length), 2)).astype(np.float32)
        soundfile.write(given / f"{number}.wav", noise, 44100)
    artifact = work / "model.ts"
    _run(f"export -o {artifact}", config, {}, 1, work)
    taken: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(turns):
        for name, command in COMMANDS.items():
            words = command.replace("SOUNDS", str(given)).replace("ARTIFACT", str(artifact))
            for count in counts:
                for way, environment in WAYS.items():
                    taken[name, way][count].append(_run(words, config, environment, count, work))
    return {
        case: {count: statistics.median(seconds) for count, seconds in by_count.items()}
        for case, by_count in taken.items()
    }


def _run(command: str, config: str, environment: dict[str, str], count: int, work: Path) -> float:
    """Return the seconds until some processes of a command have ended, each with an output folder of its own."""
    inherited = {name: value for name, value in os.environ.items() if name not in CHOICES}
    begin = time.perf_counter()
    processes = []
    for number in range(count):
        out = work / f"out-{number}"
        out.mkdir(exist_ok=True)
        words = [*SAOCTL, *command.replace("OUT", str(out)).split(), "-c", config, "--quiet"]
        processes.append(subprocess.Popen(words, env={**inherited, **environment}, stdout=subprocess.DEVNULL))
    for process in processes:
        if process.wait():
            raise RuntimeError(f"saoctl {command} ended with exit code {process.returncode}")
    return time.perf_counter() - begin
