"""A step's result as a document: JSON, CSV or markdown."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from saoctl.bench.buffers import HEADROOM, Buffer
from saoctl.bench.offline import CHUNK, OVERLAP, Baseline
from saoctl.bench.step import BenchResult
from saoctl.bench.timings import Timing
from saoctl.files import atomic_file, check_output
from saoctl.formats.export import ExportResult
from saoctl.formats.info import InfoResult
from saoctl.models.family import Architecture
from saoctl.verify.compare import Comparison
from saoctl.verify.step import VerifyResult
from saoctl.weights.download import DownloadResult, DryRunResult

Result = DownloadResult | DryRunResult | ExportResult | VerifyResult | BenchResult | InfoResult
Report = VerifyResult | BenchResult


def document(result: Result) -> dict[str, Any]:
    """The JSON object of a result; `saoctl.cli.schema` says what is in it."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(result), default=_plain, allow_nan=False))
    return plain


def to_json(result: Result) -> str:
    """The JSON object as text."""
    return json.dumps(document(result), indent=2) + "\n"


def to_csv(result: Report) -> str:
    """The rows of a result, with a header; of a diagnosis its sentence."""
    rows = document(result)["results"]
    for row in rows:
        if isinstance(row.get("diagnosis"), dict):
            row["diagnosis"] = row["diagnosis"]["message"]
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def to_markdown(result: Report) -> str:
    """A report for people, as the summary of a CI job."""
    return _verify_markdown(result) if isinstance(result, VerifyResult) else _bench_markdown(result)


FORMATS: dict[str, Callable[[Any], str]] = {".json": to_json, ".csv": to_csv, ".md": to_markdown}


def check(paths: Sequence[Path]) -> None:
    """Refuse reports of a kind that cannot be written.

    Raises:
        ConfigError: a name does not end in one of FORMATS.
        FileError: a file cannot be written there.
    """
    for path in paths:
        check_output(path, "report", FORMATS)


def write(result: Report, path: Path) -> None:
    """Write a report in the format that its suffix names.

    Raises:
        FileError: it cannot be written.
    """
    text = FORMATS[path.suffix.lower()](result)
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def verdict(result: VerifyResult) -> str:
    """The outcome of verify in a sentence."""
    if not result.passed:
        return f"failed: {sum(not row.passed for row in result.results)} of {len(result.results)} comparisons."
    precision = "mixed precision" if result.precision == "mixed" else result.precision
    streamed = any(row.schedule != "whole" for row in result.results)
    what = "the streamed output" if streamed else "the output for one block"
    which = "every sample" if result.written_by_saoctl else "every sample that can be had"
    return f"passed: {what} equals the offline output on {which}, to the rounding of {precision}."


def findings(result: VerifyResult) -> list[str]:
    """A sentence for each thing that is wrong: what, in which schedules, and where it begins."""
    causes: dict[tuple[str, str], list[Comparison]] = {}
    for row in result.results:
        if row.diagnosis is not None:
            causes.setdefault((row.method, row.diagnosis.kind), []).append(row)
    sentences = []
    for (method, _), rows in causes.items():
        first = rows[0].diagnosis
        assert first is not None
        of = sum(row.method == method for row in result.results)
        unit = "frame" if method == "encode" else "sample"
        sentences.append(
            f"{method}: {first.message}. In {len(rows)} of {of} schedules; first bad {unit} {first.first_bad_sample},"
            f" in block {first.first_bad_block} ({rows[0].blocks}), counted from 0."
        )
    return sentences


def problems(result: Result) -> list[str]:
    """A sentence for each thing that makes a result bad."""
    if isinstance(result, VerifyResult):
        return findings(result)
    return failures(result) if isinstance(result, BenchResult) else []


def answers(result: BenchResult) -> list[str]:
    """A sentence for each method: which buffer to set in nn~, and what it costs; or why that cannot be told."""
    if result.no_buffers is not None:
        return [f"nn~ buffer: {result.no_buffers}"]
    return [_answer(buffer) for buffer in result.buffers]


def failures(result: BenchResult) -> list[str]:
    """A sentence for each row that is slower than it may be."""
    below = [
        f"{_name(row)}: {row.realtime_factor:.2f} x realtime is below the {result.min_rtf:g} asked for."
        for row in result.too_slow
    ]
    fallen = [
        f"{each.method}, block {each.block_size}, {each.device}, {each.precision}: {each.now:.2f} x realtime, which is"
        f" {1 - each.now / each.before:.0%} below the {each.before:.2f} of the baseline; the tolerance is"
        f" {result.tolerance:.0%}."
        for each in result.regressions
    ]
    return below + fallen


def comparisons(result: BenchResult) -> list[str]:
    """A line for each way to run the offline model on each device."""
    groups: dict[tuple[str, str], list[Baseline]] = {}
    for each in result.baselines:
        groups.setdefault((each.device, each.kind), []).append(each)
    lines = []
    for (device, kind), rows in groups.items():
        how = "as a whole" if kind == "offline" else f"in chunks of {CHUNK} frames, {OVERLAP} of them overlap"
        factors = ", ".join(
            f"{row.method} {row.realtime_factor:.2f}"
            + (f" ({row.latency_ms / 1e3:.1f} s late)" if row.latency_ms is not None else "")
            for row in rows
        )
        lines.append(f"offline model on {device}, {how}: {factors} x realtime")
    return lines


def slowest(result: BenchResult) -> str:
    """The slowest row in a sentence."""
    row = min(result.results, key=lambda row: row.realtime_factor)
    return f"slowest: {row.realtime_factor:.2f} x realtime ({_name(row)})"


def _answer(buffer: Buffer) -> str:
    what = f"nn~ buffer for {buffer.method} ({buffer.device}, {buffer.precision})"
    if buffer.buffer is None:
        return (
            f"{what}: none of those measured holds realtime with {HEADROOM:.0%} headroom; at best 99 % of the blocks"
            f" need up to {buffer.load:.0%} of the time that they last, and {buffer.missed} took longer than that;"
            " larger blocks or a lower precision may do"
        )
    return (
        f"{what}: {buffer.buffer}, latency {buffer.total_latency_ms:.0f} ms"
        f" (model {buffer.model_latency_ms:.0f}, nn~ {buffer.host_latency_ms:.0f});"
        f" 99 % of the blocks need up to {buffer.load:.0%} of the time that they last"
    )


def _name(row: Timing) -> str:
    return f"{row.method}, block {row.block_size}, {row.device}, {row.precision}"


def _verify_markdown(result: VerifyResult) -> str:
    rows = [
        [
            row.method,
            row.blocks,
            f"{row.snr_db:.1f}",
            f"{row.max_abs_error:.1e}",
            row.samples_compared,
            row.latency_samples if row.latency_measured is None else row.latency_measured,
            "good" if row.passed else "**bad**",
        ]
        for row in result.results
    ]
    header = ["method", "blocks", "SNR dB", "max error", "compared", "latency", ""]
    return "\n".join(
        [
            f"## saoctl verify: {'passed' if result.passed else 'failed'}",
            "",
            f"`{result.artifact}` against {result.reference}, {result.precision} on {result.device}. Every sample is"
            f" compared, from the first one on; the SNR must reach {result.min_snr_db:g} dB. Blocks and latency are in"
            f" audio samples{f'; the random blocks are those of seed {result.seed}' if result.random_blocks else ''}.",
            "",
            *_table(header, rows),
            "",
            verdict(result).capitalize(),
            *(f"- {sentence}" for sentence in findings(result)),
            "",
        ]
    )


def _bench_markdown(result: BenchResult) -> str:
    gains = any(row.speedup_over_offline is not None for row in result.results)
    earlier = any(row.speedup is not None for row in result.results)
    header = [
        "device",
        "precision",
        "method",
        "block",
        "x realtime",
        "median ms",
        "p99 ms",
        "lasts ms",
        "missed",
        "of peak",
    ]
    rows = [
        [
            row.device,
            row.precision,
            row.method,
            row.block_size,
            f"{row.realtime_factor:.2f}",
            f"{row.median_ms:.1f}",
            f"{row.p99_ms:.1f}",
            f"{row.budget_ms:.1f}",
            f"{row.missed_deadlines} of {row.blocks}",
            f"{row.roofline_fraction:.0%}",
            *([_ratio(row.speedup_over_offline), _ratio(row.speedup_over_overlap)] if gains else []),
            *([_ratio(row.speedup)] if earlier else []),
        ]
        for row in result.results
    ]
    header += ["x offline", "x chunks"] if gains else []
    header += ["x baseline"] if earlier else []
    machine = result.machine
    return "\n".join(
        [
            f"## saoctl bench: {'passed' if result.passed else 'failed'}",
            "",
            f"{machine['processor']} ({machine['instructions']}), threads: {machine['threads']}, torch"
            f" {machine['torch']}. Realtime factor: seconds of audio per second of computing; above 1 is faster than"
            " realtime.",
            "",
            *_table(header, rows),
            "",
            *(f"- **{sentence}**" for sentence in failures(result)),
            *(f"- {sentence}." for sentence in answers(result)),
            *(f"- {line}." for line in comparisons(result)),
            *(f"- {sentence}" for sentence in result.disturbances),
            "",
        ]
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    return [f"| {' | '.join(map(str, line))} |" for line in (header, ["---"] * len(header), *rows)]


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _plain(value: object) -> str | dict[str, Any]:
    """What JSON has no form for."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Architecture):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")
