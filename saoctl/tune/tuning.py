"""The tune step: which file and which buffer for this machine.

The candidates are exported, and timed by turns in ever longer blocks until each keeps up in realtime with headroom.
"""

import math
import shlex
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from saoctl import devices
from saoctl.bench import machine
from saoctl.bench.buffers import Buffer, can_be_set, holds, host_delay, no_buffers, smallest_buffer
from saoctl.bench.tasks import BenchFile, TimingTask
from saoctl.bench.time_files import USUAL_BLOCK_SIZES
from saoctl.bench.timing import Timing
from saoctl.bench.turns import Turns
from saoctl.blocks import block_sizes, grid_of
from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.formats import artifact as artifacts
from saoctl.formats.limits import LIMITS, check_methods
from saoctl.kinds import exported_files, path_in_format
from saoctl.progress import Progress, Silent
from saoctl.streaming.registry import streaming_of
from saoctl.tune.candidates import Candidate, TuneChoices, export_options
from saoctl.tune.files import CandidateFiles, without_slow
from saoctl.vocabulary import METHODS, Method
from saoctl.weights.source import find


@dataclass(frozen=True)
class TunedFile(Buffer, Candidate):
    """A candidate, with the smallest measured buffer in which it keeps up in realtime with headroom.

    Args:
        bytes: size of the file.
    """

    bytes: int

    @property
    def late_ms(self) -> float:
        """How late the sound is in all; infinite without a buffer."""
        return math.inf if self.total_latency_ms is None else self.total_latency_ms

    @property
    def rank(self) -> tuple[tuple[float, int], float, float]:
        """What orders the results: fidelity first, then less latency, then less load; the best has the most."""
        return self.fidelity, -self.late_ms, -self.load


@dataclass(frozen=True)
class TuneResult:
    """The candidates for this machine, and the one to export.

    Args:
        passed: there is a candidate to export.
        method: the method that was timed.
        device: where it was timed.
        at_most_ms: how late the sound may be in all; None: nothing was asked for.
        results: the candidates, the best-sounding first.
        chosen: the best-sounding that keeps up and is not later than asked for; None if there is none.
        artifact: the file that the export command writes; None if there is none to export.
        export: the command that exports the chosen file; None if there is none.
        play: how the file is opened in a host; None if there is none.
        machine: the machine that the figures hold for.
        disturbances: what made the figures worse than the machine is, a sentence each.
    """

    passed: bool
    method: str
    device: str
    at_most_ms: float | None
    results: tuple[TunedFile, ...]
    chosen: TunedFile | None
    artifact: Path | None
    export: str | None
    play: str | None
    machine: dict[str, Any]
    disturbances: tuple[str, ...]


def run(
    config: Config,
    wanted: TuneChoices,
    progress: Progress | None = None,
    method: Method = "forward",
    at_most_ms: float | None = None,
    keep: Path | None = None,
    options: Sequence[str] = (),
) -> TuneResult:
    """Export the candidates for this machine, time them by turns, and choose one.

    The choice is the best-sounding candidate that keeps up in realtime with headroom, and is no later than asked for.
    If no exact one is early enough, and no lookahead was asked for, the most lookahead that is early enough is found.

    Args:
        config: the weights, the device, and the keys of `bench` that say in which blocks and for how long is timed.
        wanted: what to try.
        progress: a listener.
        method: encode, decode or forward; an encoder or a decoder alone has its one method in the place of forward.
        at_most_ms: the largest latency of model and nn~ together that is allowed; None: any.
        keep: a folder in which the files of the candidates stay; None: they are removed.
        options: words of the command line that choose the config, for the export command.

    Raises:
        WeightsError: the weights are not on this machine.
        ConfigError: nothing that was asked for can be had, or no buffer can be named for the model.
    """
    progress = progress or Silent()
    source = find(config.model, progress)
    architecture = source.read_architecture()
    if method == "forward":  # or the one method of an encoder or a decoder alone
        method = architecture.methods[-1]
    check_methods(architecture, [method], source.name)
    candidates = wanted.candidates(config, architecture)
    step = architecture.ratio
    if (grid := grid_of(step)) is not None and not streaming_of(architecture).latency_by_block:
        candidates, step = _with_grid(candidates, progress), grid
    sizes = _buffers(config, step)
    device = _device(config, candidates)
    if wanted.precisions is None:
        candidates = without_slow(candidates, device)
    threads = config.bench.threads or torch.get_num_threads()
    before = machine.read()
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="saoctl-tune-")))
        folder.mkdir(parents=True, exist_ok=True)
        files = CandidateFiles(config, architecture, folder)
        turns = stack.enter_context(Turns())

        def time(file: BenchFile, size: int) -> Timing:
            precision, bench = file.description.precision, config.bench
            task = TimingTask(str(device), precision, method, size, file, bench.seconds, threads, bench.time_limit)
            (row,) = turns.time([task])
            return row

        search = Search(files, time, sizes, progress)
        results = search.tune(candidates)
        whole = architecture.methods == METHODS
        has_dial = whole and streaming_of(architecture).dial is not None and wanted.lookaheads == (None,)
        if has_dial and at_most_ms is not None and choose(results, at_most_ms) is None:
            results += search.less_lookahead(results, at_most_ms)
    disturbances = machine.disturbances(before, machine.read(), threads, machine.cores())
    chosen = choose(results, at_most_ms)
    artifact = None if chosen is None else path_in_format(config.artifact, chosen.format)
    words = [] if chosen is None else ["saoctl", "export", *options, *export_options(config, chosen)]
    if chosen is not None and chosen.buffer is not None and (size := files.block_size(chosen, chosen.buffer)):
        words += ["--block-size", str(size)]
    return TuneResult(
        passed=chosen is not None,
        method=method,
        device=str(device),
        at_most_ms=at_most_ms,
        results=tuple(sorted(results, key=lambda each: each.rank, reverse=True)),
        chosen=chosen,
        artifact=artifact,
        export=shlex.join(words) or None,
        play=None if artifact is None or chosen is None else _play(artifact, chosen, method),
        machine=machine.describe_machine(threads),
        disturbances=disturbances,
    )


def choose(results: Sequence[TunedFile], at_most_ms: float | None) -> TunedFile | None:
    """Return the best-sounding of results that keeps up and is not later than asked for."""
    limit = math.inf if at_most_ms is None else at_most_ms
    early = [each for each in results if each.buffer is not None and each.late_ms <= limit]
    return max(early, key=lambda each: each.rank, default=None)


@dataclass(frozen=True)
class Search:
    """Times candidates in ever longer blocks.

    Args:
        files: of the candidates.
        time: times a file in blocks of a size in audio samples.
        sizes: of the blocks to try, in audio samples, the smallest first.
        progress: a listener.
    """

    files: CandidateFiles
    time: Callable[[BenchFile, int], Timing]
    sizes: Sequence[int]
    progress: Progress

    def tune(self, candidates: Sequence[Candidate]) -> list[TunedFile]:
        """Find the smallest buffer of each candidate; a candidate that cannot be exported is left out with a warning.

        Raises:
            ConfigError: none can be exported.
        """
        self.progress.start("Exporting the candidates", total=len(candidates))
        found: list[Candidate] = []
        refusal: ConfigError | None = None
        for candidate in candidates:
            try:
                takes = (size for size in self.sizes if self.files.takes(candidate, size))
                self.files.get(candidate, next(takes, self.sizes[0]))  # which is refused, if it takes none
                found.append(candidate)
            except ConfigError as error:
                refusal = error
                self.progress.warn(f"{candidate.described()} is left out: {error.message}")
            self.progress.advance()
        if not found:
            raise refusal or ConfigError("No precision is fast enough to be tried.", "Name one with --precision.")
        self.progress.start("Timing", total=len(self.sizes) * len(found))
        rows: dict[Candidate, list[Timing]] = {candidate: [] for candidate in found}
        for size in self.sizes:
            for candidate in found:
                if self.files.takes(candidate, size) and not any(map(holds, rows[candidate])):
                    rows[candidate].append(self._time(candidate, size))
                self.progress.advance()
        return [self._result(candidate, rows[candidate]) for candidate in found]

    def less_lookahead(self, exact: Sequence[TunedFile], at_most_ms: float) -> list[TunedFile]:
        """Find the best-sounding candidate with less lookahead that is early enough; return all that were tried.

        A smaller buffer leaves more lookahead, so the smallest comes first. Less lookahead takes more arithmetic, so
        only what keeps up when it is exact is tried.

        Args:
            exact: the exact candidates.
            at_most_ms: the latency that is allowed.
        """
        tried: list[TunedFile] = []
        self.progress.start("Trying less lookahead")
        for size in self.sizes:
            waits = host_delay(size) / self.files.architecture.sample_rate * 1e3
            lookahead = int(10 * (at_most_ms - waits)) / 10
            for each in sorted(exact, key=lambda each: each.rank, reverse=True):
                if lookahead <= 0 or each.buffer is None or each.buffer > size:
                    continue
                less = Candidate(each.format, each.precision, each.packed, lookahead)
                try:
                    tried.append(self._result(less, [self._time(less, size)]))
                except ConfigError as error:
                    self.progress.warn(f"{less.described()} is left out: {error.message}")
                    continue
                if tried[-1].buffer is not None:
                    return tried
        return tried

    def _time(self, candidate: Candidate, size: int) -> Timing:
        return self.time(self.files.get(candidate, size), size)

    def _result(self, candidate: Candidate, rows: Sequence[Timing]) -> TunedFile:
        file = self.files.get(candidate, rows[-1].block_size)
        latency = file.description.latency_samples[rows[-1].method]
        _, buffer = smallest_buffer(rows, latency, host_delay, file.architecture.sample_rate)
        methods = self.files.architecture.methods
        size = sum(path.stat().st_size for path in exported_files(candidate.format, file.path, methods))
        return TunedFile(**vars(candidate), **vars(buffer), bytes=size)


def _with_grid(candidates: Sequence[Candidate], progress: Progress) -> list[Candidate]:
    """Return the candidates that buffers of nn~ can run, if the ratio is no power of two; warn of the others.

    Raises:
        ConfigError: there is none.
    """
    left_out = {each.format for each in candidates if each.format != "torchscript"}
    for name in sorted(left_out):
        title = LIMITS[name].title
        progress.warn(f"{title} files are left out: their blocks are whole latent frames, which no buffer is.")
    found = [each for each in candidates if each.format not in left_out]
    if not found:
        raise ConfigError("No buffer can be named: these formats take whole latent frames.", "Try a .ts file.")
    return found


def _buffers(config: Config, step: int) -> list[int]:
    """Return the block sizes to try, in audio samples, the smallest first; they are multiples of `step`.

    Raises:
        ConfigError: none is a buffer of nn~.
    """
    sizes = block_sizes(config.bench.block_sizes, USUAL_BLOCK_SIZES, step, "bench.block_sizes")
    if reason := no_buffers(True, sizes):
        raise ConfigError(f"No buffer can be named: {reason}.", "Choose other block sizes, or another model.")
    return sorted(size for size in sizes if can_be_set(size))


def _device(config: Config, candidates: Sequence[Candidate]) -> torch.device:
    """Return the device to time all candidates on.

    Raises:
        ConfigError: this machine does not have it, or a format does not run on it.
    """
    cpu_only = [form for each in candidates if (form := artifacts.format_named(each.format)).cpu_only]
    device = devices.resolve("cpu" if cpu_only and config.device == "auto" else config.device)
    if cpu_only and device.type != "cpu":
        raise ConfigError(f"{cpu_only[0].title} files run on the CPU alone.", "Choose --device cpu.")
    return device


def _play(artifact: Path, chosen: TunedFile, method: Method) -> str:
    """Return how a host opens the file."""
    if chosen.format == "torchscript":
        return f"nn~ {artifact.stem} {method} {chosen.buffer}"
    return f"{artifact} in a host, in blocks of {chosen.buffer}: docs/{chosen.format}.md"
