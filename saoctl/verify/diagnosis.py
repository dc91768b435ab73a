"""What is wrong with a stream that differs from the offline model: what would mend it, and where the errors sit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from saoctl.verify.metrics import FEW, measured_delay, near_borders, snr_db
from saoctl.verify.tolerance import Tolerance
from saoctl.vocabulary import ScheduleKind

Kind = Literal[
    "crash", "shape", "unlike", "preroll", "not finite", "silent", "latency", "phase", "channels", "gain", "length",
    "varies", "inconclusive", "price", "start", "end", "edges", "part", "borders", "batch", "reset", "everywhere",
]  # fmt: skip

# How much better a mended signal must be for the mend to be the cause, where it does not mend everything.
CLEARLY_DB = 20.0
LEAST_GAIN = 1e-3  # of which it is worth to speak
AT_EDGE = 0.25  # share of what is wrong that may lie between it and an edge that it comes from
MOST = 4  # channels that are named
PLACES: tuple[Kind, ...] = ("start", "end", "edges", "part", "borders", "everywhere")  # where no cause is proven
# That no rounding can bring about, nor hide.
CERTAIN: tuple[Kind, ...] = ("crash", "shape", "unlike", "preroll", "not finite", "silent")
# Compared with the loudest sample of the offline output.
SILENT = 1e-8
BORDERS: tuple[Kind, str] = (
    "borders",
    "the errors come from block borders: a layer's history of the block before is stale, lost or of the wrong length",
)


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with one comparison.

    Args:
        kind: in a word.
        message: in a sentence, without its full stop.
        first_bad_sample: on the grid of the output, counted from 0 at the first sample of the signal.
        first_bad_block: that gave it, counted from 0.
        shift: by how many audio samples it is late, if moving it by as much mends it.
    """

    kind: Kind
    message: str
    first_bad_sample: int
    first_bad_block: int
    shift: int | None = None


@dataclass(frozen=True)
class Evidence:
    """One signal that was streamed, as a diagnosis needs it; all numbers are samples of the output's grid.

    Args:
        offline: what it should be, [C, T].
        stream: all that came out, [C, T'].
        late: the declared latency.
        measured: the measured latency, if it can be told.
        ends: where each block ends in the stream.
        context: how far the edges of the signal and a change of history can reach.
        tolerance: what is but rounding.
        scale: audio samples per sample of this grid.
        grid: what to call it.
        reach: of the seam at a block border.
    """

    offline: Tensor
    stream: Tensor
    late: int
    measured: int | None
    ends: Sequence[int]
    context: int
    tolerance: Tolerance
    scale: int
    grid: str
    reach: int

    @property
    def streamed(self) -> Tensor:
        """The stream without its declared latency, as long as the offline signal."""
        return aligned(self.stream, self.late, self.offline.shape[-1])

    def right(self, streamed: Tensor) -> bool:
        """Whether another form of the stream, or of its first samples, is right."""
        length = streamed.shape[-1]
        return self.tolerance.until(length).holds(self.offline[None, :, :length], streamed[None])

    def clean(self, error: Tensor, but: Tensor) -> bool:
        """Whether errors are but rounding outside a part of the time, [T]."""
        return self.tolerance.allows(self.offline[None], error.masked_fill(but, 0)[None])

    def mended(self, streamed: Tensor) -> bool:
        """Whether another form of the stream is right, or clearly better than what came."""
        clearly = snr_db(self.offline, streamed) >= snr_db(self.offline, self.streamed) + CLEARLY_DB
        return clearly or self.right(streamed)


def aligned(stream: Tensor, late: int, length: int) -> Tensor:
    """A stream [..., T'] from sample `late` on, made `length` long; what it lacks is silence."""
    stream = stream[..., late : late + length]
    return torch.nn.functional.pad(stream, (0, length - stream.shape[-1]))


def diagnose(evidence: Evidence) -> Diagnosis:
    """Why one comparison failed. Causes that can be proven by mending them come before places."""
    offline, streamed = evidence.offline, evidence.streamed
    error = streamed - offline
    bad = (~(error.abs() <= evidence.tolerance.limit(offline[None]))).any(0).nonzero()  # NaN is bad too
    first = int(bad[0]) if len(bad) else int(error.abs().amax(0).argmax())
    block = next(
        (number for number, end in enumerate(evidence.ends) if first + evidence.late < end), len(evidence.ends)
    )

    def is_(kind: Kind, message: str, shift: int | None = None) -> Diagnosis:
        return Diagnosis(kind, message, first, block, shift)

    if not torch.isfinite(streamed).all():
        return is_("not finite", "it has values that are not finite (NaN or infinity)")
    if streamed.abs().max() <= SILENT * offline.abs().max():
        return is_("silent", "the output is silent")
    if (found := _shift(evidence)) is not None:
        return is_(*found)
    if (order := _order(evidence)) is not None:
        return is_("channels", f"the channels are swapped: they come in the order {_counted(order)}")
    if (what := _gains(evidence)) is not None:
        return is_("gain", what)
    if (what := _late_channels(evidence)) is not None:
        return is_("channels", what)
    return is_(*_place(evidence, error, bad))


def _shift(evidence: Evidence) -> tuple[Kind, str, int] | None:
    """Whether another latency than the declared one makes the stream right."""
    if evidence.measured is None or evidence.measured == evidence.late:
        return None
    length = evidence.offline.shape[-1]
    moved = aligned(evidence.stream, evidence.measured, length)
    if not evidence.mended(moved):
        return None
    by = evidence.measured - evidence.late
    off = f"off by {count(abs(by), evidence.grid)}: it comes {'later' if by > 0 else 'earlier'} than its latency says"
    if evidence.right(moved):
        return "latency", f"{off}, and is right otherwise: the declared latency is wrong", by * evidence.scale
    if by > 0 and evidence.right(moved[:, : length - by]):
        return "latency", f"{off}, and so much is missing at its end", by * evidence.scale
    return "phase", f"{off}, and its ends are wrong too: a strided layer has the wrong phase", by * evidence.scale


def _order(evidence: Evidence) -> list[int] | None:
    """The offline channel of each streamed one, if they are in another order."""
    o, s = evidence.offline.double(), evidence.streamed.double()
    distance = o.square().sum(1)[None, :] + s.square().sum(1)[:, None] - 2 * s @ o.T
    order = distance.argmin(1)
    inverse = order.argsort()
    permuted = sorted(order.tolist()) == list(range(len(order))) and bool((order[1:] < order[:-1]).any())
    return order.tolist() if permuted and evidence.mended(evidence.streamed[inverse]) else None


def _gains(evidence: Evidence) -> str | None:
    """Which channels are right but for a gain, if that is all."""
    if evidence.offline.shape[1] <= FEW:
        return None  # any few values are a multiple of others
    o, s = evidence.offline.double(), evidence.streamed.double()
    gains = (o * s).sum(1) / o.square().sum(1)
    if ((gains - 1).abs() <= LEAST_GAIN).all() or not torch.isfinite(gains).all() or (gains == 0).any():
        return None
    if not evidence.right(s / gains[:, None]):
        return None
    if (gains - gains[0]).abs().max() <= LEAST_GAIN:
        return f"everything is {_gain(gains[0].item())}"
    wrong = [(channel, gain) for channel, gain in enumerate(gains.tolist()) if abs(gain - 1) > LEAST_GAIN]
    return _first_few([f"channel {channel + 1} is {_gain(gain)}" for channel, gain in wrong])


def _gain(gain: float) -> str:
    return "inverted" if abs(gain + 1) <= LEAST_GAIN else f"{gain:.4g} times what it should be"


def _late_channels(evidence: Evidence) -> str | None:
    """Which channels are right but for a delay of their own, if that is all."""
    length = evidence.offline.shape[-1]
    stream = torch.nn.functional.pad(evidence.stream, (0, length // 2))
    delays = [measured_delay(o[None], s[None]) for o, s in zip(evidence.offline, stream, strict=True)]
    found = [evidence.late if delay is None else delay for delay in delays]
    wrong = [(channel, delay - evidence.late) for channel, delay in enumerate(found) if delay != evidence.late]
    moved = torch.cat([aligned(s[None], delay, length) for s, delay in zip(stream, found, strict=True)])
    if not wrong or not evidence.mended(moved):
        return None
    return _first_few(
        [
            f"channel {channel + 1} comes {count(abs(by), evidence.grid)} too {'late' if by > 0 else 'early'}"
            for channel, by in wrong
        ]
    )


def _first_few(told: list[str]) -> str:
    return ", ".join(told[:MOST]) + (", and others" if told[MOST:] else "")


def _place(evidence: Evidence, error: Tensor, bad: Tensor) -> tuple[Kind, str]:
    """Where the errors sit: what they leave intact when one place is cut away tells.

    Args:
        evidence: the signal.
        error: its errors, [C, T].
        bad: the samples that are wrong in some channel, [N].
    """
    length, noun = error.shape[-1], evidence.grid.partition(" ")[0]
    first, last = (int(bad[0]), int(bad[-1])) if len(bad) else (0, length - 1)
    span = last - first + 1
    start = min(2 * evidence.context, length // 2)  # left and right of the edge
    # An edge's errors begin at the edge, not somewhere near it.
    at_start, at_end = first <= span * AT_EDGE, length - 1 - last <= span * AT_EDGE
    sample = torch.arange(length)
    near_start, near_end = sample < start, sample >= length - start
    if at_start and evidence.clean(error, near_start):
        wrong = count(_last_bad(evidence, error[:, :start]), noun)
        return "start", f"wrong at the start alone, for {wrong}: each layer must see silence before the signal"
    if at_end and evidence.clean(error, near_end):
        return "end", "wrong at the end alone: what is flushed when the signal is over"
    if at_start and at_end and 3 * start <= length and evidence.clean(error, near_start | near_end):
        return "edges", "wrong at the start and the end alone: each layer must see silence outside the signal"
    if 2 * span <= length and evidence.clean(error, (first <= sample) & (sample <= last)):
        if at_start:
            return "start", f"wrong at the start alone, for {count(last + 1, noun)}"
        if at_end:
            return "end", f"wrong at the end alone, for {count(length - first, noun)}"
        return "part", f"wrong from {noun} {first} to {last}, and right everywhere else"
    borders = [border for end in evidence.ends if 0 < (border := end - evidence.late) < length]
    near = near_borders(length, borders, evidence.reach)
    spoilt = sum(bool(((bad >= border - evidence.reach) & (bad < border + evidence.reach)).any()) for border in borders)
    most = 2 * spoilt >= len(borders) > 0 and 2 * int(near.sum()) < length
    if most and evidence.clean(error, near):
        return BORDERS
    return "everywhere", "the errors are everywhere: other weights, or another arithmetic"


def _last_bad(evidence: Evidence, error: Tensor) -> int:
    """How many samples from the start are worse than what follows needs to be."""
    share = error.double().square().sum(0)
    left = share.flip(0).cumsum(0).flip(0)
    return max(int((left > evidence.tolerance.allowed_energy(evidence.offline[None])).sum()), 1)


def refine(found: Diagnosis, schedule: str, by_schedule: Mapping[ScheduleKind, Diagnosis | None]) -> Diagnosis:
    """A diagnosis in the light of the other schedules of the same method.

    Args:
        found: of one schedule.
        schedule: which one.
        by_schedule: the diagnosis of each, None where it passed.
    """
    if found.kind not in PLACES:
        return found
    others_pass = all(each is None for name, each in by_schedule.items() if name not in ("reset", "batch"))
    if schedule == "reset" and others_pass:
        return replace(found, kind="reset", message="the reset leaves history of the stream before behind")
    if schedule == "batch" and others_pass:
        return replace(found, kind="batch", message="the signals of a batch are not kept apart: one leaks into another")
    # In one block there is one border alone: that to what is flushed.
    blocks = [each for name, each in by_schedule.items() if name != "whole"]
    whole = by_schedule.get("whole", found)
    if (whole is None or whole.kind == "end") and any(
        each and each.kind in ("everywhere", "borders") for each in blocks
    ):
        kind, message = BORDERS  # one block is right, many are not
        return replace(found, kind=kind, message=message)
    if schedule in ("reset", "batch") and found.kind == "everywhere" and whole is not None:
        return replace(found, kind=whole.kind, message=whole.message)  # too short a signal to tell a place from another
    return found


def count(number: int, unit: str) -> str:
    """A number of samples on a grid: `3 samples on the decoder's grid`."""
    noun, _, rest = unit.partition(" ")
    return f"{number} {noun}{'' if number == 1 else 's'} {rest}".rstrip()


def _counted(order: list[int]) -> str:
    """Channels counted from 1, the first few."""
    shown = ", ".join(str(channel + 1) for channel in order[:8])
    return shown if len(order) <= 8 else f"{shown}, …"
