"""What a person is shown of a step's result: tables and remarks, and the answer itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path
from typing import Any

from rich.table import Column, Table
from rich.text import Text

from saoctl.bench.step import BenchResult
from saoctl.cli.report import answers, comparisons, failures, findings, slowest, verdict
from saoctl.formats.export import ExportResult
from saoctl.formats.info import InfoResult
from saoctl.verify.step import VerifyResult
from saoctl.weights.download import DownloadResult, DryRunResult

MOST_BLOCKS = 24  # of a random schedule that are printed; all of them are in the JSON

SCHEDULES = {
    "fixed": "a number is samples per block",
    "frames": "1 frame is one latent frame each",
    "random": "random is as below",
    "whole": "whole is one block",
    "reset": "reset is the second half of the audio, after the first and a reset",
    "batch": "batch is both halves of the audio at once",
}


@dataclass(frozen=True)
class Hint:
    """What helps to read the result, for stderr."""

    text: str


@dataclass(frozen=True)
class Remark:
    """What should not be overlooked, for stderr, even if that is to be quiet."""

    label: str
    text: str
    style: str = "yellow"


@dataclass(frozen=True)
class Answer:
    """The result itself, for stdout."""

    text: str


Part = Table | Hint | Remark | Answer


@singledispatch
def parts(result: object) -> Iterator[Part]:
    """All that is shown of a result, in its order."""
    raise TypeError(f"{type(result).__name__} is no result of a step")


@parts.register
def _download(result: DownloadResult) -> Iterator[Part]:
    title = f"Weights of {result.source}"
    table = Table("file", *_right("size"), title=title, title_justify="left", min_width=len(title))
    for file in result.files:
        table.add_row(Path(file.name).name if Path(file.name).is_absolute() else file.name, size(file.bytes))
    yield table
    if result.from_cache:
        how = f", from the cache: commit {(result.commit or '')[:12]}. Nothing was fetched."
    elif result.bytes_downloaded:
        whole = f" of {size(result.bytes_in_repo)} in the repo" if result.bytes_in_repo else ""
        how = f"; fetched {size(result.bytes_downloaded)}{whole}, commit {(result.commit or '')[:12]}."
    else:
        how = ", on this machine already."
    yield Hint(f"{result.parameters / 1e6:.1f} M parameters{how}")
    yield Answer(f"{result.directory}")


@parts.register
def _dry_run(result: DryRunResult) -> Iterator[Part]:
    title = f"{result.source} at {result.commit[:12]}"
    table = Table("file", *_right("size", "to fetch"), title=title, title_justify="left", min_width=len(title))
    for file in result.files:
        table.add_row(file.name, size(file.bytes), size(file.missing) if file.missing else "in the cache")
    yield table
    yield Answer(f"would fetch {size(result.bytes_to_download)} of {size(result.bytes_in_repo)} in the repo")
    if result.access:
        yield Hint("This account has access. Nothing was fetched.")
    else:
        yield Remark("No access", result.refusal or "", "bold red")


@parts.register
def _export(result: ExportResult) -> Iterator[Part]:
    kind = "Streaming model" if result.streaming else "Offline model"
    columns = ("method", "in", "out", *_right("latency", "ms"))
    table = Table(*columns, title=f"{kind}, {result.precision}", title_justify="left")
    for method, (inputs, in_ratio, outputs, out_ratio) in result.methods.items():
        late = result.latency_samples[method]
        milliseconds = f"{late / result.sample_rate * 1e3:.0f}"
        table.add_row(method, _channels(inputs, in_ratio), _channels(outputs, out_ratio), str(late), milliseconds)
    yield table
    yield Hint(f"{size(result.bytes)}, {result.parameters / 1e6:.1f} M parameters, sha256 {result.sha256[:16]}…")
    yield Answer(f"{result.artifact}")


@parts.register
def _info(result: InfoResult) -> Iterator[Part]:
    dtypes = ", ".join(f"{count / 1e6:.1f} M {name}" for name, count in result.dtypes.items())
    lines = [f"{result.artifact}: {size(result.bytes)}, {dtypes or 'no numbers'}"]
    if result.architecture is None:
        lines.append("not written by saoctl: what it does not show is not known")
    else:
        architecture = result.architecture
        commit = f" at {result.commit}" if result.commit else ""
        kind = "streaming" if result.streaming else "offline"
        sampling = "without sampling" if result.skip_bottleneck else "with sampling"
        strides = " x ".join(map(str, architecture.strides))
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
    yield Answer("\n".join(lines))


@parts.register
def _verify(result: VerifyResult) -> Iterator[Part]:
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
            row.blocks,
            f"{row.snr_db:.1f}",
            f"{row.max_abs_error:.1e}",
            str(row.samples_compared),
            f"{row.latency_samples}{measured}",
            "–" if row.seam_error_ratio is None else f"{row.seam_error_ratio:.2f}",
            Text("good", "green") if row.passed else Text("BAD", "bold red"),
            end_section=row.method != result.results[min(number + 1, len(result.results) - 1)].method,
        )
    yield table
    latency = "taking off the latency" if result.written_by_saoctl else "taking off the latency that was measured"
    yield Hint(
        f"Compared from sample 0 on, after {latency}; SNR must reach {result.min_snr_db:g} dB."
        " seams: error near block borders over that elsewhere, 1 is best."
    )
    if notes := [SCHEDULES[name] for name in dict.fromkeys(row.schedule for row in result.results)]:
        yield Hint(f"blocks: {'; '.join(notes)}.")
    if result.random_blocks:
        shown = " ".join(map(str, result.random_blocks[:MOST_BLOCKS]))
        more = " …" if len(result.random_blocks) > MOST_BLOCKS else ""
        yield Hint(f"random blocks (seed {result.seed}): {shown}{more}")
    if result.tf32_snr_db is not None:
        tf32 = f"{result.tf32_snr_db:.1f} dB"
        yield Hint(f"Measured without TF32. With TF32 convolutions, which hosts on this device allow: {tf32}.")
    for path in result.files:
        yield Hint(f"written: {path}")
    yield Answer("\n".join([verdict(result), *findings(result)]))


@parts.register
def _bench(result: BenchResult) -> Iterator[Part]:
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
        yield table
        memory, first = max(row.peak_memory_mb for row in rows), max(row.first_block_ms for row in rows)
        peak = f" peak: share of the {rows[0].peak_gflops:.0f} GFLOP/s of a large matrix product."
        yield Hint(
            f"The first block after loading took up to {first:.0f} ms, {memory:.0f} MB of memory were held."
            + ("" if earlier else peak)
        )
    yield Hint(
        "rtf: realtime factor, seconds of audio per second of computing; above 1 is faster than realtime. Times in"
        " ms per block; one that takes longer than it lasts is missed, and heard as a dropout. Measured after"
        f" {result.warm_up_blocks} blocks to warm up."
        + (" offline: how many times faster than the offline model." if gains else "")
        + (" before: how many times faster than in the baseline." if earlier else "")
        + (" Rows that did not hold were measured again; the best counts." if again else "")
    )
    for line in comparisons(result):
        yield Hint(line)
    if {"encode", "decode"} <= {row.method for row in result.results} and result.buffers:
        yield Hint("Each buffer is for one nn~ object alone; encode and decode in two objects need what forward needs.")
    processor = f"{machine['processor']} ({machine['instructions']})"
    yield Hint(f"{processor}, threads: {machine['threads']}, torch {machine['torch']}")
    for sentence in result.disturbances:
        yield Remark("Warning", sentence)
    failed = [] if result.passed else ["failed:", *failures(result)]
    yield Answer("\n".join([*answers(result), slowest(result), *failed]))


def _right(*names: str) -> Sequence[Any]:
    """Headers of columns of numbers."""
    return [Column(name, justify="right") for name in names]


def size(count: float) -> str:
    """A number of bytes in a unit that fits it.

    >>> size(512), size(9.9e6), size(4.85e9)
    ('512 B', '9.9 MB', '4.85 GB')
    """
    if count >= 1e9:
        return f"{count / 1e9:.2f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count:.0f} B"


def _channels(count: int, ratio: int) -> str:
    return f"{count} audio" if ratio == 1 else f"{count} latents : {ratio}"


def _times(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}×"
