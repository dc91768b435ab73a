"""One method streamed through an artifact in one schedule, compared with the offline model on every sample."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from saoctl.formats.artifact import Artifact
from saoctl.verify import metrics
from saoctl.verify.diagnosis import Diagnosis, Sighting, across, aligned, count, diagnose
from saoctl.verify.diagnosis import Kind as DiagnosisKind
from saoctl.verify.schedules import Kind, Schedule

# What a TorchScript file raises: errors of operations, and those that it raises itself.
RAISED = (RuntimeError, torch.jit.Error)


@dataclass(frozen=True)
class Case:
    """What is streamed, and what must come out.

    Args:
        method: encode, decode or forward.
        schedule: in which blocks.
        given: the method's input, [B, C, T].
        offline: the output of the offline model, [B, C', T'].
        before: an input that is streamed first and cut off by a reset, [1, C, T''], if the schedule has one.
        begins: the latent frame of the whole signal at which each item of the batch begins.
    """

    method: str
    schedule: Schedule
    given: Tensor
    offline: Tensor
    before: Tensor | None = None
    begins: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Comparison:
    """A method streamed in one schedule, against the offline model.

    Args:
        method: encode, decode or forward.
        schedule: fixed, frames, random, whole, reset or batch.
        block_size: audio samples per block, of the largest where they differ; the last block may be shorter.
        passed: equal to rounding (see `metrics.equal`), the latency as declared, and the length the offline one.
        snr_db: of all that was compared.
        max_abs_error: of a single sample.
        samples_compared: per channel; latent frames for encode, audio samples else.
        first_sample_compared: always 0, the very first one.
        latency_samples: as declared, in audio samples; as measured, where a file declares none.
        latency_measured: as measured by cross-correlation, in audio samples; None if the signal does not tell.
        seam_error_ratio: error power within 64 audio samples of block borders over that elsewhere; None without both.
        diagnosis: what is wrong, if it failed.
    """

    method: str
    schedule: Kind
    block_size: int
    passed: bool
    snr_db: float
    max_abs_error: float
    samples_compared: int
    first_sample_compared: int
    latency_samples: int
    latency_measured: int | None
    seam_error_ratio: float | None
    diagnosis: Diagnosis | None

    @property
    def blocks(self) -> str:
        """What its blocks are called in reports."""
        return {"fixed": str(self.block_size), "frames": "1 frame"}.get(self.schedule, self.schedule)


@dataclass(frozen=True)
class Trace:
    """The signals behind a comparison, on the grid of the output; those of a batch one after the other.

    Args:
        comparison: what was found.
        offline: output of the offline model, [C, T].
        streamed: what came, without its latency, [C, T].
        rate: samples of the grid per second.
        borders: where blocks meet, in samples of the grid.
        begins: where each item of the batch begins in the whole signal, in samples of the grid.
    """

    comparison: Comparison
    offline: Tensor
    streamed: Tensor
    rate: float
    borders: tuple[int, ...]
    begins: tuple[int, ...] = (0,)


class OutputError(Exception):
    """A block came out in another form than its method has."""


def compare(artifact: Artifact, case: Case, min_snr_db: float, latency: int | None = None) -> Trace:
    """Stream an input through a method and compare the output with the offline one, from the first sample on.

    A foreign artifact has no flush: what it still owes at the end of the input cannot be had and is not compared.

    Args:
        artifact: what is judged.
        case: the input and what must come of it.
        min_snr_db: the bound.
        latency: the declared latency of the method in audio samples; None to take the measured one.
    """
    method, offline, schedule = case.method, case.offline, case.schedule
    ratio, architecture = artifact.ratio, artifact.description.architecture
    in_ratio = ratio if method == "decode" else 1
    out_ratio = ratio if method == "encode" else 1
    sizes = [size * ratio // in_ratio for size in schedule.sizes]
    due = [size * in_ratio // out_ratio for size in sizes]
    crash: tuple[DiagnosisKind, str] | None = None
    stream = offline[:, :, :0]
    try:
        stream = _stream(artifact, case, sizes, due)
    except OutputError as error:
        crash = "shape", str(error)
    except RAISED as error:
        crash = "crash", f"the method raised an error: {str(error).strip().splitlines()[-1].removeprefix('builtins.')}"

    flushed = not artifact.foreign
    length = offline.shape[2] if flushed else min(offline.shape[2], stream.shape[2])
    expected = None if latency is None else latency // out_ratio
    known = offline if flushed else offline[:, :, : (length + 1) // 2]  # the rest may not have come
    # A stream that comes too late has lost its end to it.
    longer = torch.nn.functional.pad(stream, (0, known.shape[2] // 2))
    delay = metrics.measured_delay(known, longer, expected) if crash is None else None
    measured = None if delay is None else delay * out_ratio
    declared = latency if latency is not None else measured or 0
    late = declared // out_ratio
    if not flushed:
        length = max(length - late, 1)
    offline = offline[:, :, :length]
    streamed = aligned(stream, late, length)
    snr = metrics.snr_db(offline, streamed)
    equal = metrics.equal(offline, streamed, min_snr_db)
    in_time = measured in (declared, None)
    complete = not flushed or stream.shape[2] == length + late or not artifact.description.streaming
    # A host plays what comes before the signal too.
    roll = stream[:, :, :late]
    allowed = metrics.allowed_energy(offline, min_snr_db)
    quiet = bool(torch.isfinite(roll).all()) and (artifact.foreign or bool(roll.double().square().sum() <= allowed))

    ends = list(itertools.accumulate(due))
    borders = [end - late for end in ends]
    reach = -(-metrics.SEAM_REACH // out_ratio)
    # In blocks so short that everything lies at a border there is no elsewhere to compare with.
    wide = schedule.block * ratio // out_ratio > 2 * reach
    comparison = Comparison(
        method=method,
        schedule=schedule.kind,
        block_size=schedule.block * ratio,
        passed=crash is None and equal and in_time and complete and quiet,
        snr_db=snr,
        max_abs_error=metrics.max_abs_error(offline, streamed),
        samples_compared=length,
        first_sample_compared=0,
        latency_samples=declared,
        latency_measured=measured,
        seam_error_ratio=metrics.seam_error_ratio(offline, streamed, borders, reach) if wide else None,
        diagnosis=None,
    )
    found: Diagnosis | None = None
    if crash is not None:
        found = Diagnosis(*crash, first_bad_sample=0, first_bad_block=0)
    elif latency is None and measured is None and not equal:
        message = (
            f"its latency cannot be measured: within {stream.shape[2]} {'frames' if method == 'encode' else 'samples'}"
            " nothing came that is like the offline output; give longer audio, or it is another model"
        )
        found = Diagnosis("unlike", message, 0, 0)
    elif not quiet and equal and complete and in_time:
        what = "silent" if torch.isfinite(roll).all() else "finite"
        message = f"what comes before the signal, while its latency lasts, is not {what}"
        found = Diagnosis("preroll", message, 0, 0)
    elif not comparison.passed:
        # Of a batch, the signal that came out worst.
        worst = min(range(len(offline)), key=lambda item: metrics.snr_db(offline[item], streamed[item]))
        seen = Sighting(
            offline=offline[worst],
            stream=stream[worst],
            late=late,
            measured=delay,
            ends=ends,
            context=-(-max(declared, ratio) // out_ratio),
            bound=min_snr_db,
            scale=out_ratio,
            grid="frame on the encoder's grid" if method == "encode" else "sample on the decoder's grid",
            reach=reach,
        )
        missing = length + late - stream.shape[2]
        found = diagnose(seen)
        if artifact.foreign and found.kind == "latency":
            message = f"its latency depends on the blocks: here it is {measured} samples, elsewhere {declared}"
            found = replace(found, message=message)
        if declared % out_ratio and measured is not None and snr >= min_snr_db:
            message = f"its latency of {declared} samples is no whole number of frames; measured are {measured}"
            found = replace(found, kind="latency", message=message, shift=measured - declared)
        elif missing and not complete and found.kind not in ("latency", "phase", "not finite", "silent"):
            how = "short" if missing > 0 else "long"
            message = f"the output is too {how}, by {count(abs(missing), seen.grid)}"
            found = replace(found, kind="length", message=message)
    rate = architecture.sample_rate / out_ratio
    items = range(len(offline))
    return Trace(
        replace(comparison, diagnosis=found),
        torch.cat(list(offline), dim=1),
        torch.cat(list(streamed), dim=1),
        rate,
        tuple(item * length + border for item in items for border in borders if 0 < border < length),
        tuple(begin * ratio // out_ratio for begin in case.begins),
    )


def _stream(artifact: Artifact, case: Case, sizes: Sequence[int], due: Sequence[int]) -> Tensor:
    """All that comes out, on the CPU, [B, C', T''].

    Args:
        artifact: what is judged.
        case: the input.
        sizes: of the blocks of the input.
        due: sizes of the blocks of the output; what is flushed after them can be of any length.

    Raises:
        OutputError: a block is not of this size, or has not the batch and the channels of the offline output.
    """
    fresh = artifact.fresh()
    if case.before is not None:
        for block in torch.split(case.before.to(artifact.device), max(sizes), dim=2):
            fresh.call(case.method, block)
        fresh.reset()
    came: list[Tensor] = []
    for block in fresh.blocks(case.method, case.given.to(artifact.device), sizes):
        shape = list(block.shape) if isinstance(block, Tensor) else []
        wanted = [*case.offline.shape[:2], *([due[len(came)]] if len(came) < len(due) else shape[2:3])]
        if shape != wanted or not block.is_floating_point():
            what = f"{block.dtype} of shape {shape}".removeprefix("torch.") if shape else type(block).__name__
            raise OutputError(f"a block came out as {what}, where floating-point numbers of shape {wanted} are due")
        came.append(block.cpu())
    return torch.cat(came, dim=2)


def judged_together(traces: Sequence[Trace]) -> list[Trace]:
    """The traces of one method, each diagnosis in the light of the others."""
    kinds: dict[str, Diagnosis | None] = {t.comparison.schedule: t.comparison.diagnosis for t in traces}
    # Of several fixed sizes one that failed speaks for them.
    for trace in traces:
        if trace.comparison.diagnosis is not None:
            kinds[trace.comparison.schedule] = trace.comparison.diagnosis
    refined = []
    for trace in traces:
        row = trace.comparison
        if row.diagnosis is not None:
            row = replace(row, diagnosis=across(kinds, row.diagnosis, row.schedule))
        refined.append(replace(trace, comparison=row))
    return refined
