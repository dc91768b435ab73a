"""A collection whose encoding is killed again and again, and is compared with a run without a kill."""

import os
import random
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.process import SAOCTL, watch

SHORTEST, LONGEST = 0.3, 1.0  # seconds of sound
RATES = (44100, 44100, 44100, 48000, 22050)
FOLDERS = 10
SUFFIX = ".safetensors"


@dataclass(frozen=True)
class Kill:
    """A run that was killed.

    Args:
        at: seconds after its beginning.
        ended: it had ended by itself before.
        done: number of files that are then there under their names.
        wrong: number of these that differ from those of a run without a kill.
        unfinished: number of temporary files that it left.
    """

    at: float
    ended: bool
    done: int
    wrong: int
    unfinished: int


@dataclass(frozen=True)
class Outcome:
    """The collection after all kills and a last run.

    Args:
        good, broken: sounds of either kind.
        uninterrupted: seconds of a run without a kill.
        kills: in their order.
        code: the exit code of the last run.
        named: number of broken sounds that the last run named.
        missing: number of good sounds without latents at the end.
        differing: number of good sounds whose latents differ, in any byte, from those of the run without a kill.
        strange: number of files at the end that are not the latents of a good sound.
    """

    good: int
    broken: int
    uninterrupted: float
    kills: tuple[Kill, ...]
    code: int
    named: int
    missing: int
    differing: int
    strange: int

    @property
    def passed(self) -> bool:
        """Whether each good sound is there once and whole, and each broken one named."""
        faults = self.missing + self.differing + self.strange + sum(kill.wrong for kill in self.kills)
        return faults == 0 and self.code == 1 and self.named == self.broken


def measure(folder: Path, config: str, sounds: int, kills: int, seed: int) -> Outcome:
    """Encode a collection, kill the process some times, and let it end.

    Args:
        folder: for the sounds, and for what becomes of them.
        config: whose model encodes.
        sounds: how many; one of twenty is broken.
        kills: how many.
        seed: of the sounds, and of the moments of the kills.
    """
    source = random.Random(seed)
    good, broken = write_sounds(folder / "sounds", sounds, source)
    due = {path.relative_to(folder / "sounds").with_suffix(SUFFIX) for path in good}
    whole, out = folder / "whole", folder / "out"
    run = watch(_command(folder, config, whole), lambda: bool(_done(whole)))
    first = run.seconds if run.until is None else run.until
    each = (run.seconds - first) / max(len(good), 1)

    found = []
    for number in range(kills):
        left = each * (len(due) - len(_done(out)))
        # The runs share what is left; the longest reach twice as far, the shortest end before they have begun.
        at = source.uniform(0.0, first + 2 * left / (kills - number))
        ended = _killed(_command(folder, config, out), at)
        done = _done(out)
        wrong = [path for path in done if path not in due or _differ(whole / path, out / path)]
        found.append(Kill(at, ended, len(done), len(wrong), len(_unfinished(out))))

    for path in _unfinished(out):
        os.utime(path, (0, 0))  # as if some time had passed: until then they could be those of a run that goes on
    last = watch(_command(folder, config, out))
    told = "".join(last.output.split())  # without the breaks of its lines
    there = {path.relative_to(out) for path in out.rglob("*") if path.is_file()}
    return Outcome(
        good=len(good),
        broken=len(broken),
        uninterrupted=run.seconds,
        kills=tuple(found),
        code=last.code,
        named=sum(str(path) in told for path in broken),
        missing=len(due - there),
        differing=sum(_differ(whole / path, out / path) for path in due & there),
        strange=len(there - due),
    )


def write_sounds(folder: Path, count: int, source: random.Random) -> tuple[list[Path], list[Path]]:
    """Write short sounds of several kinds into several folders; return the good and the broken ones, one of twenty."""
    good: list[Path] = []
    broken: list[Path] = []
    for number in range(count):
        place = folder / f"{number % FOLDERS}"
        place.mkdir(parents=True, exist_ok=True)
        if number % 20 == 7:
            suffix, write = BROKEN[len(broken) % len(BROKEN)]
            broken.append(place / f"{number:04}{suffix}")
            write(broken[-1], source)
        else:
            good.append(place / f"{number:04}.{source.choice(('wav', 'wav', 'flac'))}")
            _sound(good[-1], source)
    return good, broken


def _sound(path: Path, source: random.Random) -> None:
    """Write some tones with noise."""
    rate, channels = source.choice(RATES), source.choice((1, 2, 2))
    time_in = np.arange(round(source.uniform(SHORTEST, LONGEST) * rate)) / rate
    noise = np.random.default_rng(source.getrandbits(32)).standard_normal((len(time_in), channels))
    tones = [np.sin(2 * np.pi * source.uniform(50, 4000) * time_in + source.random()) for _ in range(4)]
    samples = 0.1 * np.sum(tones, axis=0)[:, None] + 0.02 * noise
    soundfile.write(path, samples, rate, subtype="PCM_16")


def _no_audio(path: Path, source: random.Random) -> None:
    path.write_text("no audio\n" * 1000)


def _empty(path: Path, source: random.Random) -> None:
    path.touch()


def _no_samples(path: Path, source: random.Random) -> None:
    soundfile.write(path, np.zeros((0, 2)), 44100)


def _not_finite(path: Path, source: random.Random) -> None:
    samples = np.zeros((20_000, 2), dtype=np.float32)
    samples[source.randrange(20_000)] = source.choice((np.nan, np.inf))
    soundfile.write(path, samples, 44100, subtype="FLOAT")


def _cut_off(path: Path, source: random.Random) -> None:
    _sound(path, source)
    content = path.read_bytes()
    path.write_bytes(content[: round(len(content) * source.uniform(0.3, 0.9))])


def _no_rate(path: Path, source: random.Random) -> None:
    _sound(path, source)
    content = bytearray(path.read_bytes())
    at = content.index(b"fmt ") + 12
    content[at : at + 4] = bytes(4)
    path.write_bytes(content)


# Each of these has happened to somebody's collection.
BROKEN: Sequence[tuple[str, Callable[[Path, random.Random], None]]] = (
    (".wav", _no_audio),
    (".wav", _empty),
    (".wav", _no_samples),
    (".wav", _not_finite),
    (".wav", _cut_off),
    (".flac", _cut_off),
    (".wav", _no_rate),
)


def _command(folder: Path, config: str, out: Path) -> list[str]:
    return [*SAOCTL, "encode", str(folder / "sounds"), "-o", str(out), "-c", config, "--device", "cpu"]


def _killed(command: Sequence[str], at: float) -> bool:
    """Start a run and kill it after some seconds, as `kill -9` does; return whether it had ended before."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(at)
        except subprocess.TimeoutExpired:
            process.kill()
            return False
        return True


def _done(out: Path) -> set[Path]:
    """Return the files that are there under their names."""
    return {path.relative_to(out) for path in out.rglob(f"*{SUFFIX}") if not path.name.startswith(".")}


def _unfinished(out: Path) -> list[Path]:
    return list(out.rglob(".*.part"))


def _differ(one: Path, other: Path) -> bool:
    return not one.exists() or one.read_bytes() != other.read_bytes()
