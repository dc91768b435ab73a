"""The one place that writes to the terminal: progress, tables and hints to stderr, results to stdout."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console as RichConsole
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as RichProgress
from rich.table import Column, Table
from rich.text import Text

from saoctl.bench import BenchResult
from saoctl.download import DownloadResult, DryRunResult
from saoctl.errors import SaoctlError
from saoctl.export import ExportResult
from saoctl.info import InfoResult
from saoctl.progress import Unit
from saoctl.report import Result, answers, blocks, comparisons, failures, findings, slowest, verdict
from saoctl.verify import VerifyResult

PIPE_WIDTH = 80  # columns of a table that goes to a file
MOST_BLOCKS = 24  # of a random schedule that are printed; all of them are in the JSON

SCHEDULES = {
    "fixed": "a number is samples per block",
    "frames": "1 frame is one latent frame each",
    "random": "random is as below",
    "whole": "whole is one block",
    "reset": "reset is the second half of the audio, after the first and a reset",
    "batch": "batch is both halves of the audio at once",
}


@dataclass
class _Lines:
    """The progress of a long transfer where there is no terminal: a line at each tenth."""

    what: str
    total: float
    done: float
    began: float = field(default_factory=time.monotonic)
    before: float = 0.0

    def __post_init__(self) -> None:
        self.before = self.done

    def advance(self, amount: float) -> str | None:
        """The line to print, if a tenth is full."""
        tenths = int(10 * self.done / self.total)
        self.done += amount
        reached = int(10 * self.done / self.total)
        if reached == tenths:
            return None
        rate = (self.done - self.before) / max(time.monotonic() - self.began, 1e-3)
        left = max(self.total - self.done, 0) / max(rate, 1)
        return f"{self.what}: {10 * reached} % of {_size(self.total)}, {rate / 1e6:.1f} MB/s, {left:.0f} s left"


class Console:
    """Output of one command. It is also the listener to its progress.

    Args:
        as_json: stdout gets exactly one JSON object.
        quiet: nothing but results, warnings and errors.
        render: what stdout gets of a result instead, such as CSV.
    """

    def __init__(self, as_json: bool = False, quiet: bool = False, render: Callable[[Any], str] | None = None) -> None:
        self.as_json, self.quiet, self.render = as_json, quiet, render
        self._out = RichConsole(file=sys.stdout, highlight=False, soft_wrap=True)
        self._err = RichConsole(file=sys.stderr, highlight=False, width=None if sys.stderr.isatty() else PIPE_WIDTH)
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._lines: _Lines | None = None

    # Progress, as the steps tell it

    def start(self, what: str, total: float | None = None, unit: Unit = "items", done: float = 0.0) -> None:
        self.stop()
        if self.quiet:
            return
        if not self._err.is_terminal:
            self._err.print(what, markup=False, soft_wrap=True)
            self._lines = _Lines(what, total, done) if total and unit == "bytes" else None
            return
        # What comes first is what an eighty-column terminal still shows.
        columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}", markup=False)]
        if total and unit == "bytes":
            columns += [BarColumn(bar_width=12), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()]
        elif total:
            columns += [BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn()]
        else:
            columns += [TimeElapsedColumn()]
        self._bar = RichProgress(*columns, console=self._err, transient=True)
        self._bar.start()
        self._task = self._bar.add_task(what, total=total, completed=int(done))

    def advance(self, amount: float = 1.0) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, amount)
        if self._lines is not None and (line := self._lines.advance(amount)):
            self._err.print(line, markup=False, soft_wrap=True)

    def warn(self, message: str) -> None:
        self._say(Text.assemble(("Warning: ", "yellow"), message))

    def stop(self) -> None:
        """No phase is going on any more."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = self._lines = None

    # Results

    def show(self, result: Result) -> None:
        """A step's result for a person; with `as_json`, see `emit`."""
        self.stop()
        if self.as_json:
            return
        if self.render is not None:
            self.text(self.render(result))
        elif isinstance(result, DownloadResult):
            self._show_download(result)
        elif isinstance(result, DryRunResult):
            self._show_dry_run(result)
        elif isinstance(result, ExportResult):
            self._show_export(result)
        elif isinstance(result, VerifyResult):
            self._show_verify(result)
        elif isinstance(result, InfoResult):
            self._show_info(result)
        else:
            self._show_bench(result)

    def emit(self, document: dict[str, Any]) -> None:
        """The one JSON object of a command."""
        if self.as_json:
            self._out.print(json.dumps(document, indent=2, allow_nan=False), markup=False)

    def text(self, text: str) -> None:
        """Text that is the result itself."""
        self._out.print(text, markup=False, end="" if text.endswith("\n") else "\n")

    def error(self, error: SaoctlError, verbose: bool) -> None:
        """What went wrong and what to do next; with `verbose`, where."""
        self.stop()
        hint = f" {error.hint}" if error.hint else ""
        self._say(Text.assemble(("Error: ", "bold red"), error.message, hint))
        if verbose:
            self._err.print_exception()
        self.emit({"error": {"message": error.message, "hint": error.hint, "exit_code": int(error.exit_code)}})

    def _say(self, text: Text) -> None:
        """A sentence on stderr: wrapped at words in a terminal, one line in a file."""
        self._err.print(text, soft_wrap=not self._err.is_terminal)

    def _table(self, table: Table) -> None:
        if not self.quiet:
            self._err.print(table)

    def _hint(self, text: str) -> None:
        if not self.quiet:
            self._say(Text(text, "dim"))

    def _show_download(self, result: DownloadResult) -> None:
        title = f"Weights of {result.source}"
        table = Table("file", *_right("size"), title=title, title_justify="left", min_width=len(title))
        for file in result.files:
            table.add_row(Path(file.name).name if Path(file.name).is_absolute() else file.name, _size(file.bytes))
        self._table(table)
        if result.from_cache:
            how = f", from the cache: commit {(result.commit or '')[:12]}. Nothing was fetched."
        elif result.bytes_downloaded:
            whole = f" of {_size(result.bytes_in_repo)} in the repo" if result.bytes_in_repo else ""
            how = f"; fetched {_size(result.bytes_downloaded)}{whole}, commit {(result.commit or '')[:12]}."
        else:
            how = ", on this machine already."
        self._hint(f"{result.parameters / 1e6:.1f} M parameters{how}")
        self.text(f"{result.directory}")

    def _show_dry_run(self, result: DryRunResult) -> None:
        title = f"{result.source} at {result.commit[:12]}"
        table = Table("file", *_right("size", "to fetch"), title=title, title_justify="left", min_width=len(title))
        for file in result.files:
            table.add_row(file.name, _size(file.bytes), _size(file.missing) if file.missing else "in the cache")
        self._table(table)
        self.text(f"would fetch {_size(result.bytes_to_download)} of {_size(result.bytes_in_repo)} in the repo")
        if result.access:
            self._hint("This account has access. Nothing was fetched.")
        else:
            self._say(Text.assemble(("No access: ", "bold red"), result.refusal or ""))

    def _show_export(self, result: ExportResult) -> None:
        kind = "Streaming model" if result.streaming else "Offline model"
        columns = ("method", "in", "out", *_right("latency", "ms"))
        table = Table(*columns, title=f"{kind}, {result.precision}", title_justify="left")
        for method, (inputs, in_ratio, outputs, out_ratio) in result.methods.items():
            late = result.latency_samples[method]
            milliseconds = f"{late / result.sample_rate * 1e3:.0f}"
            table.add_row(method, _channels(inputs, in_ratio), _channels(outputs, out_ratio), str(late), milliseconds)
        self._table(table)
        self._hint(f"{_size(result.bytes)}, {result.parameters / 1e6:.1f} M parameters, sha256 {result.sha256[:16]}…")
        self.text(f"{result.artifact}")

    def _show_info(self, result: InfoResult) -> None:
        dtypes = ", ".join(f"{count / 1e6:.1f} M {name}" for name, count in result.dtypes.items())
        lines = [f"{result.artifact}: {_size(result.bytes)}, {dtypes or 'no numbers'}"]
        if result.architecture is None:
            lines.append("not written by saoctl: what it does not show is not known")
        else:
            architecture = result.architecture
            commit = f" at {result.commit}" if result.commit else ""
            kind = "streaming" if result.streaming else "offline"
            sampling = "without sampling" if result.skip_bottleneck else "with sampling"
            strides = " x ".join(map(str, architecture.encoder.strides))
            lines += [
                f"weights: {result.source}{commit}",
                f"model: {kind}, {sampling}, {result.precision}",
                f"architecture: {architecture.sample_rate} Hz, {architecture.audio_channels} channels,"
                f" {architecture.latent_dim} latents, ratio {architecture.ratio} ({strides})",
                "written by: " + ", ".join(f"{name} {version}" for name, version in result.versions.items()),
            ]
        for method, (inputs, in_ratio, outputs, out_ratio) in result.methods.items():
            line = f"{method}: {_channels(inputs, in_ratio)} -> {_channels(outputs, out_ratio)}"
            if late := result.latency.get(method):
                line += f", late by {late.samples} samples, {late.frames:g} frames, {late.milliseconds:.0f} ms"
            lines.append(line)
        if result.attributes:
            lines.append("attributes: " + ", ".join(result.attributes))
        self.text("\n".join(lines))

    def _show_verify(self, result: VerifyResult) -> None:
        table = Table(
            "method",
            *_right("blocks", "SNR dB", "max error", "compared", "latency", "seams"),
            "",
            title=f"Streamed against {result.reference}, {result.precision} on {result.device}",
            title_justify="left",
        )
        for number, row in enumerate(result.results):
            measured = "" if row.latency_measured in (row.latency_samples, None) else f" ≠ {row.latency_measured}"
            table.add_row(
                row.method,
                blocks(row),
                f"{row.snr_db:.1f}",
                f"{row.max_abs_error:.1e}",
                str(row.samples_compared),
                f"{row.latency_samples}{measured}",
                "–" if row.seam_error_ratio is None else f"{row.seam_error_ratio:.2f}",
                Text("good", "green") if row.passed else Text("BAD", "bold red"),
                end_section=row.method != result.results[min(number + 1, len(result.results) - 1)].method,
            )
        self._table(table)
        latency = "taking off the latency" if result.written_by_saoctl else "taking off the latency that was measured"
        self._hint(
            f"Compared from sample 0 on, after {latency}; SNR must reach {result.min_snr_db:g} dB."
            " seams: error near block borders over that elsewhere, 1 is best."
        )
        if notes := [SCHEDULES[name] for name in dict.fromkeys(row.schedule for row in result.results)]:
            self._hint(f"blocks: {'; '.join(notes)}.")
        if result.random_blocks:
            shown = " ".join(map(str, result.random_blocks[:MOST_BLOCKS]))
            more = " …" if len(result.random_blocks) > MOST_BLOCKS else ""
            self._hint(f"random blocks (seed {result.seed}): {shown}{more}")
        if result.tf32_snr_db is not None:
            tf32 = f"{result.tf32_snr_db:.1f} dB"
            self._hint(f"Measured without TF32. With TF32 convolutions, which hosts on this device allow: {tf32}.")
        for method in result.varies:
            self.warn(f"{method} gives something else at every run, as with sampling noise: it can equal nothing.")
        for path in result.files:
            self._hint(f"written: {path}")
        self.text("\n".join([verdict(result), *findings(result)]))

    def _show_bench(self, result: BenchResult) -> None:
        machine = result.machine
        gains = any(row.speedup_over_offline is not None for row in result.results)
        earlier = any(row.speedup is not None for row in result.results)
        again = any(row.attempts > 1 for row in result.results)
        for device, precision in dict.fromkeys((row.device, row.precision) for row in result.results):
            rows = [row for row in result.results if (row.device, row.precision) == (device, precision)]
            table = Table(
                "method",
                *_right("block", "rtf", "median", "p99", "lasts", "missed"),
                *(_right("before") if earlier else _right("peak")),
                *(_right("offline") if gains else ()),
                title=f"Realtime factor on {device}, {precision}",
                title_justify="left",
            )
            for number, row in enumerate(rows):
                good = row.realtime_factor > 1 and not row.missed_deadlines
                table.add_row(
                    row.method,
                    str(row.block_size),
                    Text(f"{row.realtime_factor:.2f}", "green" if good else "red"),
                    f"{row.median_ms:.1f}",
                    f"{row.p99_ms:.1f}",
                    f"{row.budget_ms:.1f}",
                    f"{row.missed_deadlines}/{row.blocks}",
                    _times(row.speedup) if earlier else f"{row.roofline_fraction:.0%}",
                    *((_times(row.speedup_over_offline),) if gains else ()),
                    end_section=row.method != rows[min(number + 1, len(rows) - 1)].method,
                )
            self._table(table)
            memory, first = max(row.peak_memory_mb for row in rows), max(row.first_block_ms for row in rows)
            peak = f" peak: share of the {rows[0].peak_gflops:.0f} GFLOP/s of a large matrix product."
            self._hint(
                f"The first block after loading took up to {first:.0f} ms, {memory:.0f} MB of memory were held."
                + ("" if earlier else peak)
            )
        self._hint(
            "rtf: realtime factor, seconds of audio per second of computing; above 1 is faster than realtime. Times in"
            " ms per block; one that takes longer than it lasts is missed, and heard as a dropout. Measured after"
            f" {result.warm_up_blocks} blocks to warm up."
            + (" offline: how many times faster than the offline model." if gains else "")
            + (" before: how many times faster than in the baseline." if earlier else "")
            + (" Rows that failed a check were measured again; the best counts." if again else "")
        )
        for line in comparisons(result):
            self._hint(line)
        processor = f"{machine['processor']} ({machine['instructions']})"
        self._hint(f"{processor}, threads: {machine['threads']}, torch {machine['torch']}")
        for sentence in result.disturbances:
            self.warn(sentence)
        verdict = [] if result.passed else ["failed:", *failures(result)]
        self.text("\n".join([*answers(result), slowest(result), *verdict]))


def _right(*names: str) -> Sequence[Any]:
    """Headers of columns of numbers."""
    return [Column(name, justify="right") for name in names]


def _size(count: float) -> str:
    if count >= 1e9:
        return f"{count / 1e9:.2f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count:.0f} B"


def _channels(count: int, ratio: int) -> str:
    return f"{count} audio" if ratio == 1 else f"{count} latents : {ratio}"


def _times(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}×"
