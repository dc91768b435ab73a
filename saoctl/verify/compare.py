"""What came of one method in one schedule against the offline model, on every sample: measure, judge, explain."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from saoctl.formats.format import Capabilities
from saoctl.verify import metrics
from saoctl.verify.diagnosis import Diagnosis, Evidence, aligned, count, diagnose
from saoctl.verify.stream import Case, Streamed
from saoctl.verify.tolerance import Tolerance
from saoctl.vocabulary import ScheduleKind


@dataclass(frozen=True)
class Comparison:
    """A method streamed in one schedule, against the offline model.

    Args:
        method: encode, decode or forward.
        schedule: fixed, frames, random, whole, reset or batch.
        block_size: audio samples per block, of the largest where they differ; the last block may be shorter.
        passed: equal to rounding (see `Tolerance`), the latency as declared, and the length the offline one.
        snr_db: of what was compared, by the power of that part which depends on the input.
        max_abs_error: of a single sample.
        samples_compared: per channel; latent frames for encode, audio samples else.
        first_sample_compared: always 0, the very first one.
        latency_samples: as declared, in audio samples; as measured, where a file declares none.
        latency_measured: as measured by cross-correlation, in audio samples; None if the signal does not tell.
        seam_error_ratio: error power within 64 audio samples of block borders over that elsewhere; None without both.
        diagnosis: what is wrong, if it failed.
        price_db: of a stream with less lookahead, its SNR to the offline model; then `snr_db` is that to what such a
            stream should give.
        click_ratio: of the same, see `metrics.click_ratio`; None for latents.
        rounding_db: of the offline model's own float32, its SNR to its float64. It is measured where the SNR to float32
            is too low; then the stream is compared with float64, and may be off as much, times a small factor.
    """

    method: str
    schedule: ScheduleKind
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
    price_db: float | None = None
    click_ratio: float | None = None
    rounding_db: float | None = None

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
        allowed: the most mean power that its errors may have.
    """

    comparison: Comparison
    offline: Tensor
    streamed: Tensor
    rate: float
    borders: tuple[int, ...]
    begins: tuple[int, ...] = (0,)
    allowed: float = 0.0


@dataclass(frozen=True)
class Measured:
    """A stream beside what it should be; lengths and delays in samples of the output.

    Args:
        offline: what is compared of the offline output, [B, C, T].
        streamed: the stream without its latency, [B, C, T].
        delay: as measured; None if the signal does not tell.
        late: the latency that was taken off.
        borders: where blocks end, some of them before or after what is compared.
        declared: the same in audio samples, which need not be a whole number of frames.
        in_time: the measured delay is the declared one, or cannot be told.
        complete: as much came as is due.
        quiet: what comes before the signal, while its latency lasts, is silence.
        finite: that is finite at least.
        equal: but for rounding.
        snr_db: of what is compared.
        tolerance: what is but rounding.
    """

    offline: Tensor
    streamed: Tensor
    delay: int | None
    late: int
    borders: tuple[int, ...]
    declared: int
    in_time: bool
    complete: bool
    quiet: bool
    finite: bool
    equal: bool
    snr_db: float
    tolerance: Tolerance


def compare(came: Streamed, case: Case, can: Capabilities, min_snr_db: float, latency: int | None = None) -> Trace:
    """Compare what came of a method with the offline output, from the first sample on.

    Of a file that cannot flush, what it still owes at the end of the input cannot be had and is not compared.

    Args:
        came: all that came out of the artifact.
        case: what it was given, and the output of the offline model.
        can: what the artifact can do.
        min_snr_db: the bound.
        latency: of the method, in audio samples; None to take the measured one.
    """
    measured = _measure(came, case, can, min_snr_db, latency)
    comparison = _judge(came, measured, case)
    if case.estimate is not None:
        exact = case.offline[:, :, : measured.streamed.shape[2]]
        clicks = None if case.method == "encode" else metrics.click_ratio(exact, measured.streamed, measured.borders)
        price = measured.tolerance.snr_db(exact, measured.streamed)
        comparison = replace(comparison, price_db=price, click_ratio=clicks)
    diagnosis = _explain(comparison, came, measured, case, can, latency)
    return _trace(replace(comparison, diagnosis=diagnosis), measured, case)


def judge_price(trace: Trace, min_price_db: float) -> Trace:
    """The trace of a stream with less lookahead, held to a bound of its SNR to the offline model too."""
    row = trace.comparison
    if row.price_db is None or row.price_db >= min_price_db or not row.passed:
        return trace
    message = (
        f"it is what it should be, but only {row.price_db:.1f} dB from the offline model: with these weights, so little"
        " lookahead costs more than is allowed"
    )
    return replace(trace, comparison=replace(row, passed=False, diagnosis=Diagnosis("price", message, 0, 0)))


def _measure(came: Streamed, case: Case, can: Capabilities, min_snr_db: float, latency: int | None) -> Measured:
    """Line the stream up with the offline output, and see how they differ."""
    offline, signal = case.due, came.signal
    out_ratio = case.signature.out_ratio
    delay = None if came.failure else _delay(came, case, can, latency)
    measured = None if delay is None else delay * out_ratio
    declared = latency if latency is not None else measured or 0
    late = declared // out_ratio
    length = offline.shape[2]
    if not can.flushes:
        length = max(min(length, signal.shape[2]) - late, 1)
    offline, streamed = offline[:, :, :length], aligned(signal, late, length)
    # A host plays what comes before the signal too.
    roll = signal[:, :, :late]
    finite = bool(torch.isfinite(roll).all())
    tolerance = case.tolerance(min_snr_db).until(length)
    silent = metrics.energy(roll) <= tolerance.allowed_energy(offline)
    return Measured(
        offline=offline,
        streamed=streamed,
        delay=delay,
        late=late,
        borders=tuple(end - late for end in case.ends),
        declared=declared,
        in_time=measured in (declared, None),
        complete=not (can.flushes and can.keeps_state) or signal.shape[2] == length + late,
        quiet=finite and (silent or not can.flushes),
        finite=finite,
        equal=tolerance.holds(offline, streamed),
        snr_db=tolerance.snr_db(offline, streamed),
        tolerance=tolerance,
    )


def _delay(came: Streamed, case: Case, can: Capabilities, latency: int | None) -> int | None:
    """By how many samples of its grid the stream is late, if that can be told."""
    expected = None if latency is None else latency // case.signature.out_ratio
    known = case.due
    if not can.flushes:
        known = known[:, :, : (known.shape[2] + 1) // 2]  # the rest may not have come
    # A stream that comes too late has lost its end to it.
    longer = torch.nn.functional.pad(came.signal, (0, known.shape[2] // 2))
    return metrics.measured_delay(known, longer, expected)


def _judge(came: Streamed, measured: Measured, case: Case) -> Comparison:
    """What was measured as a row, passed or not."""
    ratio, out_ratio = case.architecture.ratio, case.signature.out_ratio
    block = case.schedule.block * ratio
    # In blocks so short that everything lies at a border there is no elsewhere to compare with.
    reach = _seam_reach(case)
    seams = None
    if block // out_ratio > 2 * reach:
        seams = metrics.seam_error_ratio(measured.offline, measured.streamed, measured.borders, reach)
    good = measured.equal and measured.in_time and measured.complete and measured.quiet
    return Comparison(
        method=case.method,
        schedule=case.schedule.kind,
        block_size=block,
        passed=came.failure is None and good,
        snr_db=measured.snr_db,
        max_abs_error=metrics.max_abs_error(measured.offline, measured.streamed),
        samples_compared=measured.offline.shape[2],
        first_sample_compared=0,
        latency_samples=measured.declared,
        latency_measured=None if measured.delay is None else measured.delay * out_ratio,
        seam_error_ratio=seams,
        diagnosis=None,
        rounding_db=measured.tolerance.own_snr_db(measured.offline),
    )


def _explain(
    comparison: Comparison,
    came: Streamed,
    measured: Measured,
    case: Case,
    can: Capabilities,
    latency: int | None,
) -> Diagnosis | None:
    """Why a comparison failed, if it did."""
    if came.failure is not None:
        return Diagnosis(*came.failure, first_bad_sample=0, first_bad_block=0)
    if latency is None and measured.delay is None and not measured.equal:
        message = (
            f"its latency cannot be measured: within {came.signal.shape[2]}"
            f" {'frames' if case.method == 'encode' else 'samples'} nothing came that is like the offline output;"
            " give longer audio, or it is another model"
        )
        return Diagnosis("unlike", message, 0, 0)
    if comparison.passed:
        return None
    if measured.equal and measured.complete and measured.in_time:
        what = "silent" if measured.finite else "finite"
        return Diagnosis("preroll", f"what comes before the signal, while its latency lasts, is not {what}", 0, 0)
    return _explain_errors(comparison, came, measured, case, can)


def _explain_errors(
    comparison: Comparison, came: Streamed, measured: Measured, case: Case, can: Capabilities
) -> Diagnosis:
    """What is wrong with what was compared, or with its length or its latency."""
    offline, streamed, declared = measured.offline, measured.streamed, measured.declared
    out_ratio = case.signature.out_ratio
    grid = "frame on the encoder's grid" if case.method == "encode" else "sample on the decoder's grid"
    # Of a batch, the signal that came out worst.
    worst = min(range(len(offline)), key=lambda item: metrics.snr_db(offline[item], streamed[item]))
    found = diagnose(
        Evidence(
            offline=offline[worst],
            stream=came.signal[worst],
            late=measured.late,
            measured=measured.delay,
            ends=case.ends,
            context=-(-max(declared, case.architecture.ratio) // out_ratio),
            tolerance=measured.tolerance.of(worst),
            scale=out_ratio,
            grid=grid,
            reach=_seam_reach(case),
        )
    )
    late_by = comparison.latency_measured
    if not can.latency_samples and found.kind == "latency":
        message = f"its latency depends on the blocks: here it is {late_by} samples, elsewhere {declared}"
        found = replace(found, message=message)
    if declared % out_ratio and late_by is not None and measured.equal:
        message = f"its latency of {declared} samples is no whole number of frames; measured are {late_by}"
        return replace(found, kind="latency", message=message, shift=late_by - declared)
    missing = offline.shape[2] + measured.late - came.signal.shape[2]
    if missing and not measured.complete and found.kind not in ("latency", "phase", "not finite", "silent"):
        message = f"the output is too {'short' if missing > 0 else 'long'}, by {count(abs(missing), grid)}"
        return replace(found, kind="length", message=message)
    return found


def _trace(comparison: Comparison, measured: Measured, case: Case) -> Trace:
    """The comparison with its signals."""
    length, out_ratio = measured.offline.shape[2], case.signature.out_ratio
    return Trace(
        comparison,
        torch.cat(list(measured.offline), dim=1),
        torch.cat(list(measured.streamed), dim=1),
        case.architecture.sample_rate / out_ratio,
        tuple(
            item * length + end for item in range(len(measured.offline)) for end in measured.borders if 0 < end < length
        ),
        tuple(case.signature.output_values(begin * case.architecture.ratio) for begin in case.begins),
        measured.tolerance.allowed_energy(measured.offline) / measured.offline.numel(),
    )


def _seam_reach(case: Case) -> int:
    """The samples of the output's grid on both sides of a block border that count as the seam."""
    return -(-metrics.SEAM_REACH // case.signature.out_ratio)
