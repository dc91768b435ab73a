"""Judge what was measured of one stream: what would mend it, or else where its errors are."""

from collections.abc import Mapping

import torch
from torch import Tensor

from saoctl.verify.causes import PLACES, Cause
from saoctl.verify.measure import Facts, aligned
from saoctl.verify.metrics import FEW, measured_delay, near_borders, snr_db
from saoctl.vocabulary import ScheduleKind

# A correction that leaves errors still proves the cause if it raises the SNR by at least this.
CLEARLY_DB = 20.0
LEAST_GAIN = 1e-3  # a smaller one is not named
AT_EDGE = 0.25  # largest gap between an edge and the wrong samples that it causes, relative to their span
MOST = 4  # channels that are named
MOST_IN_ORDER = 8  # channels whose order is named
SILENT = 1e-8  # peak of a silent output, in terms of the peak of the expected output
BORDERS = Cause(
    "borders",
    "the errors come from block borders: a layer's history of the block before is stale, lost or of the wrong length",
)


def diagnose(measured: Facts) -> Cause | None:
    """Return what is wrong with a stream, if anything is. A cause that a mend can prove comes before a place."""
    return find_certain(measured) or (None if measured.good else _find_in_errors(measured))


def find_certain(measured: Facts) -> Cause | None:
    """Return the cause of a kind that rounding can neither bring about nor hide, if there is one."""
    if measured.failure is not None:
        return measured.failure
    if measured.latency is None and not measured.equal:
        message = (
            f"its latency cannot be measured: within {measured.stream.shape[2]}"
            f" {'frames' if measured.case.method == 'encode' else 'samples'} nothing came that is like the offline"
            " output; give longer audio, or it is another model"
        )
        return Cause("unlike", message)
    if measured.good:
        return None
    if _is_right_where_compared(measured):
        what = "silent" if measured.preroll_is_finite else "finite"
        return Cause("preroll", f"what comes before the signal, while its latency lasts, is not {what}")
    worst = measured.worst
    if not torch.isfinite(worst.streamed).all():
        return Cause("not finite", "it has values that are not finite (NaN or infinity)")
    if worst.streamed.abs().max() <= SILENT * worst.expected.abs().max():
        return Cause("silent", "the output is silent")
    return None


def find_place(measured: Facts) -> tuple[int, int]:
    """Return the first bad sample and the block that gave it; both are 0 if no compared sample shows the cause."""
    unlike = measured.latency is None and not measured.equal
    if measured.failure is not None or unlike or _is_right_where_compared(measured):
        return 0, 0
    worst = measured.worst
    bad = _bad_samples(worst)
    first = int(bad[0]) if len(bad) else int(worst.error[0].abs().amax(0).argmax())
    ends = worst.case.ends
    return first, next((block for block, end in enumerate(ends) if first + worst.late < end), len(ends))


def refine(cause: Cause, schedule: ScheduleKind, by_schedule: Mapping[ScheduleKind, Cause | None]) -> Cause:
    """Return a cause in the light of the other schedules of the same method.

    Args:
        cause: of one schedule.
        schedule: which one that is.
        by_schedule: the cause in each schedule, None where the stream is right.
    """
    if cause.kind not in PLACES:
        return cause
    others_pass = all(each is None for name, each in by_schedule.items() if name not in ("reset", "batch"))
    if schedule == "reset" and others_pass:
        return Cause("reset", "the reset does not clear the history of the previous stream")
    if schedule == "batch" and others_pass:
        return Cause("batch", "the signals of a batch are not kept apart: one leaks into another")
    blocks = [each for name, each in by_schedule.items() if name != "whole"]
    whole = by_schedule.get("whole", cause)
    # The whole signal as one block has one border alone, before the flush.
    if (whole is None or whole.kind == "end") and any(
        each and each.kind in ("everywhere", "borders") for each in blocks
    ):
        return BORDERS
    if schedule in ("reset", "batch") and cause.kind == "everywhere" and whole is not None:
        return Cause(whole.kind, whole.message)  # half a signal is too short to tell a place from another
    return cause


def _is_right_where_compared(measured: Facts) -> bool:
    return measured.equal and measured.in_time and not measured.missing


def _find_in_errors(measured: Facts) -> Cause:
    """Return what is wrong with the compared samples, the length or the latency."""
    case, late_by, latency = measured.case, measured.measured_latency, measured.latency or 0
    cause = _find_in_one(measured.worst)
    if latency % case.signature.out_ratio and late_by is not None and measured.equal:
        message = f"its latency of {latency} samples is no whole number of frames; measured are {late_by}"
        return Cause("latency", message, late_by - latency)
    if not measured.can.latency_samples and cause.kind == "latency":
        message = f"its latency depends on the blocks: here it is {late_by} samples, elsewhere {latency}"
        return Cause("latency", message, cause.shift)
    if (missing := measured.missing) and cause.kind not in ("latency", "phase"):
        message = f"the output is too {'short' if missing > 0 else 'long'}, by {_count(abs(missing), case.unit)}"
        return Cause("length", message, cause.shift)
    return cause


def _find_in_one(one: Facts) -> Cause:
    """Return what is wrong with the compared samples of one signal, a batch of one."""
    return _find_shift(one) or _find_order(one) or _find_gains(one) or _find_late_channels(one) or _find_where(one)


def _find_shift(one: Facts) -> Cause | None:
    """Return the cause if the stream is right with another latency."""
    if one.delay is None or one.delay == one.late:
        return None
    length = one.expected.shape[2]
    moved = aligned(one.stream, one.delay, length)
    if not _is_mended(one, moved):
        return None
    by, scale = one.delay - one.late, one.case.signature.out_ratio
    off = f"off by {_count(abs(by), one.case.unit)}: it comes {'later' if by > 0 else 'earlier'} than its latency says"
    if _is_right(one, moved):
        return Cause("latency", f"{off}, and is right otherwise: the declared latency is wrong", by * scale)
    if by > 0 and _is_right(one, moved[:, :, : length - by]):
        return Cause("latency", f"{off}, and so much is missing at its end", by * scale)
    return Cause("phase", f"{off}, and its ends are wrong too: a strided layer has the wrong phase", by * scale)


def _find_order(one: Facts) -> Cause | None:
    """Return the cause if the stream is right but for the order of its channels."""
    expected, streamed = one.expected[0].double(), one.streamed[0].double()
    products = streamed @ expected.T
    distance = expected.square().sum(1)[None, :] + streamed.square().sum(1)[:, None] - 2 * products
    order = distance.argmin(1)
    is_permuted = sorted(order.tolist()) == list(range(len(order))) and bool((order[1:] < order[:-1]).any())
    if not is_permuted or not _is_mended(one, one.streamed[:, order.argsort()]):
        return None
    first = ", ".join(str(channel + 1) for channel in order[:MOST_IN_ORDER].tolist())
    more = ", …" if len(order) > MOST_IN_ORDER else ""
    return Cause("channels", f"the channels are swapped: they come in the order {first}{more}")


def _find_gains(one: Facts) -> Cause | None:
    """Return the cause if the stream is right but for the gains of channels."""
    if one.expected.shape[2] <= FEW:
        return None  # any few values are a multiple of others
    expected, streamed = one.expected[0].double(), one.streamed[0].double()
    gains = (expected * streamed).sum(1) / expected.square().sum(1)
    if ((gains - 1).abs() <= LEAST_GAIN).all() or not torch.isfinite(gains).all() or (gains == 0).any():
        return None
    if not _is_right(one, (streamed / gains[:, None])[None]):
        return None
    if (gains - gains[0]).abs().max() <= LEAST_GAIN:
        return Cause("gain", f"everything is {_gain(gains[0].item())}")
    wrong = [(channel, gain) for channel, gain in enumerate(gains.tolist(), start=1) if abs(gain - 1) > LEAST_GAIN]
    return Cause("gain", _first_few([f"channel {channel} is {_gain(gain)}" for channel, gain in wrong]))


def _gain(gain: float) -> str:
    return "inverted" if abs(gain + 1) <= LEAST_GAIN else f"{gain:.4g} times what it should be"


def _find_late_channels(one: Facts) -> Cause | None:
    """Return the cause if the stream is right but for channels with a delay of their own."""
    length = one.expected.shape[2]
    stream = torch.nn.functional.pad(one.stream[0], (0, length // 2))
    measured = [measured_delay(o[None], s[None]) for o, s in zip(one.expected[0], stream, strict=True)]
    delays = [one.late if delay is None else delay for delay in measured]
    wrong = [(channel, delay - one.late) for channel, delay in enumerate(delays, start=1) if delay != one.late]
    moved = torch.cat([aligned(s[None], delay, length) for s, delay in zip(stream, delays, strict=True)])
    if not wrong or not _is_mended(one, moved[None]):
        return None
    unit = one.case.unit
    parts = [f"channel {n} comes {_count(abs(by), unit)} too {'late' if by > 0 else 'early'}" for n, by in wrong]
    return Cause("channels", _first_few(parts))


def _first_few(parts: list[str]) -> str:
    return ", ".join(parts[:MOST]) + (", and others" if parts[MOST:] else "")


def _find_where(one: Facts) -> Cause:
    """Return where the errors are: the part of the signal outside of which everything is right."""
    case, error, bad, length = one.case, one.error[0], _bad_samples(one), one.expected.shape[2]
    noun = case.unit.partition(" ")[0]
    first, last = (int(bad[0]), int(bad[-1])) if len(bad) else (0, length - 1)
    span = last - first + 1
    # Errors at an edge of the signal spread by the latency to both sides; so do errors in a history.
    reach = -(-max(one.latency or 0, case.architecture.ratio) // case.signature.out_ratio)
    start = min(2 * reach, length // 2)
    # An edge's errors begin at the edge, not somewhere near it.
    at_start, at_end = first <= span * AT_EDGE, length - 1 - last <= span * AT_EDGE
    sample = torch.arange(length)
    near_start, near_end = sample < start, sample >= length - start
    if at_start and _is_right_outside(one, near_start):
        wrong = _count(_last_bad(one, error[:, :start]), noun)
        return Cause("start", f"wrong at the start alone, for {wrong}: each layer must see silence before the signal")
    if at_end and _is_right_outside(one, near_end):
        return Cause("end", "wrong at the end alone: the output that is flushed after the signal has errors")
    if at_start and at_end and 3 * start <= length and _is_right_outside(one, near_start | near_end):
        return Cause("edges", "wrong at the start and the end alone: each layer must see silence outside the signal")
    if 2 * span <= length and _is_right_outside(one, (first <= sample) & (sample <= last)):
        if at_start:
            return Cause("start", f"wrong at the start alone, for {_count(last + 1, noun)}")
        if at_end:
            return Cause("end", f"wrong at the end alone, for {_count(length - first, noun)}")
        return Cause("part", f"wrong from {noun} {first} to {last}, and right everywhere else")
    borders = [border for border in one.borders if 0 < border < length]
    near = near_borders(length, borders, one.seam_reach)
    wrong_at = [
        border for border in borders if ((bad >= border - one.seam_reach) & (bad < border + one.seam_reach)).any()
    ]
    most = 2 * len(wrong_at) >= len(borders) > 0 and 2 * int(near.sum()) < length
    if most and _is_right_outside(one, near):
        return BORDERS
    return Cause("everywhere", "the errors are everywhere: other weights, or another arithmetic")


def _bad_samples(one: Facts) -> Tensor:
    """Return the samples of one signal that are wrong in some channel, [N]; NaN is wrong too."""
    return (~(one.error[0].abs() <= one.tolerance.limit(one.expected))).any(0).nonzero()


def _last_bad(one: Facts, error: Tensor) -> int:
    """Return the fewest samples to drop from the start so that the error energy of the rest is allowed; at least 1."""
    share = error.double().square().sum(0)
    left = share.flip(0).cumsum(0).flip(0)
    return max(int((left > one.tolerance.allowed_energy(one.expected)).sum()), 1)


def _is_right(one: Facts, streamed: Tensor) -> bool:
    """Return whether another form of the stream, or of its first samples, is right."""
    length = streamed.shape[2]
    return one.tolerance.until(length).holds(one.expected[:, :, :length], streamed)


def _is_mended(one: Facts, streamed: Tensor) -> bool:
    """Return whether another form of the stream is right, or clearly better than the stream."""
    before = snr_db(one.expected[0], one.streamed[0])
    return snr_db(one.expected[0], streamed[0]) >= before + CLEARLY_DB or _is_right(one, streamed)


def _is_right_outside(one: Facts, part: Tensor) -> bool:
    """Return whether all errors outside a part of the time, [T], are within rounding error."""
    return one.tolerance.allows(one.expected, one.error.masked_fill(part, 0))


def _count(number: int, unit: str) -> str:
    """Return a number of samples on a grid, such as `3 samples on the decoder's grid`."""
    noun, _, rest = unit.partition(" ")
    return f"{number} {noun}{'' if number == 1 else 's'} {rest}".rstrip()
