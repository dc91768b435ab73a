"""All methods in all schedules, and what the comparisons tell together of what is wrong."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from saoctl.formats.format import Artifact
from saoctl.models.family import Architecture, Reference
from saoctl.progress import Progress
from saoctl.streaming.registry import streaming_of
from saoctl.verify.compare import Trace, compare
from saoctl.verify.diagnosis import CERTAIN, PLACES, Diagnosis, Kind, refine
from saoctl.verify.metrics import snr_db
from saoctl.verify.phase import find_latency, find_phase, strided_layer
from saoctl.verify.rounding import Precise, with_rounding
from saoctl.verify.schedules import Schedule, half
from saoctl.verify.stream import RAISED, Case, Streamed, stream
from saoctl.vocabulary import Method


@dataclass(frozen=True)
class Cause:
    """What all comparisons of a method have in common that went wrong.

    Args:
        explains: the kinds of diagnosis that it takes the place of.
        kind, message, shift: see `Diagnosis`.
    """

    explains: tuple[Kind, ...]
    kind: Kind
    message: str
    shift: int | None = None


def make_cases(
    reference: Reference,
    signal: Tensor,
    schedules: Sequence[Schedule],
    methods: Sequence[Method],
    architecture: Architecture,
    lookahead: Mapping[str, int] | None = None,
) -> list[Case]:
    """All that is streamed, with what the offline model makes of it.

    Args:
        reference: the offline model.
        signal: audio, [1, C, frames * ratio].
        schedules: in which it is streamed.
        methods: which of encode, decode and forward.
        architecture: of the offline model.
        lookahead: of the artifact, if that is less than the model's.
    """
    ratio = architecture.ratio
    whole = _pairs(reference, signal)
    half_length = half(signal.shape[2] // ratio) * ratio
    second = (signal.shape[2] - half_length) // ratio
    halves: Mapping[str, tuple[Tensor, Tensor]] = {}
    if any(schedule.halves for schedule in schedules):
        halves = _pairs(reference, torch.cat((signal[:, :, :half_length], signal[:, :, -half_length:])))
    cases = []
    for method in methods:
        for schedule in schedules:
            given, offline = halves[method] if schedule.halves else whole[method]
            case = Case(architecture, method, schedule, given, offline, begins=(0, second)[: len(given)])
            if schedule.kind == "reset":
                case = replace(case, given=given[1:], offline=offline[1:], before=given[:1], begins=(second,))
            if lookahead is not None:
                dial = streaming_of(architecture).dial
                assert dial is not None  # with which the file was exported
                aheads = {method: [lookahead[method]]}
                outputs = dial.simulate(reference, architecture, aheads, case.given, schedule.sizes)
                case = replace(case, estimate=outputs[method][0])
            cases.append(case)
    return cases


def compare_all(
    artifact: Artifact,
    reference: Reference,
    cases: Sequence[Case],
    min_snr_db: float,
    progress: Progress,
    precise: Callable[[], Precise] | None = None,
) -> list[Trace]:
    """Stream all cases and say what is wrong with those that fail.

    Each method's comparisons are seen together: first what the schedules tell of each other, then one cause that all
    may have in common.

    Args:
        artifact: what is judged.
        reference: the offline model.
        cases: see `make_cases`.
        min_snr_db: the bound.
        progress: a listener, told of every case.
        precise: makes the offline model in float64, to tell rounding from error where the bound is not reached; None
            for a precision whose bound says what it may lose.
    """
    progress.start("Streaming", total=len(cases))
    came = []
    for case in cases:
        came.append(stream(artifact, case))
        progress.advance()
    by_method: dict[str, list[Trace]] = {}
    for method in dict.fromkeys(case.method for case in cases):
        own = [case for case in cases if case.method == method]
        given = [each for each, case in zip(came, cases, strict=True) if case.method == method]
        traces = _refined(_judged_twice(artifact, given, own, min_snr_db, precise))
        cause = (
            _varies(artifact, own[0], traces, min_snr_db)
            or _phase(artifact, reference, own[0], traces)
            or _inherited(method, by_method)
        )
        by_method[method] = [_with_cause(trace, cause) for trace in traces]
    return [trace for traces in by_method.values() for trace in traces]


def _judged_twice(
    artifact: Artifact,
    came: Sequence[Streamed],
    cases: Sequence[Case],
    min_snr_db: float,
    precise: Callable[[], Precise] | None,
) -> list[Trace]:
    """The traces of one method; where some are too far from float32, float64 is the judge.

    What it lets pass was rounding. What it does not is an error, of which it knows better where it is.
    """
    traces = _judged(artifact, came, cases, min_snr_db)
    doubtful = {
        case.schedule.halves
        for case, trace in zip(cases, traces, strict=True)
        if not trace.comparison.passed and _kind(trace) not in CERTAIN
    }
    if precise is None or not doubtful:
        return traces
    chosen = iter(with_rounding([case for case in cases if case.schedule.halves in doubtful], precise()))
    known = [next(chosen) if case.schedule.halves in doubtful else case for case in cases]
    return _judged(artifact, came, known, min_snr_db)


def _judged(artifact: Artifact, came: Sequence[Streamed], cases: Sequence[Case], min_snr_db: float) -> list[Trace]:
    """The traces of one method; if it declares no latency, all judged by the one that most of them measured."""
    declared = artifact.can.latency_samples.get(cases[0].method)

    def judged(latency: int | None) -> list[Trace]:
        pairs = zip(came, cases, strict=True)
        return [compare(each, case, artifact.can, min_snr_db, latency) for each, case in pairs]

    traces = judged(declared)
    measured = [t.comparison.latency_measured for t in traces if t.comparison.latency_measured is not None]
    if declared is not None or not measured:
        return traces
    return judged(Counter(measured).most_common(1)[0][0])


def _refined(traces: Sequence[Trace]) -> list[Trace]:
    """The traces of one method, each diagnosis in the light of the other schedules."""
    by_schedule = {t.comparison.schedule: t.comparison.diagnosis for t in traces}
    # Of several fixed sizes one that failed speaks for them.
    by_schedule |= {t.comparison.schedule: t.comparison.diagnosis for t in traces if t.comparison.diagnosis}
    return [
        trace
        if trace.comparison.diagnosis is None
        else _diagnosed(trace, refine(trace.comparison.diagnosis, trace.comparison.schedule, by_schedule))
        for trace in traces
    ]


def _varies(artifact: Artifact, case: Case, traces: Sequence[Trace], min_snr_db: float) -> Cause | None:
    """Whether a method gives something else when it is given the same again, as with sampling noise."""
    if _kind(traces[0]) not in PLACES:
        return None
    try:
        given = case.given.to(artifact.device)
        first, second = (artifact.fresh().call(case.method, given).cpu() for _ in range(2))
    except RAISED:
        return None  # which the comparison has told
    if torch.equal(first, second) or snr_db(first, second) >= min_snr_db:
        return None
    message = "it gives something else at every run, as with sampling noise, and so can equal nothing"
    return Cause(PLACES, "varies", message)


def _phase(artifact: Artifact, reference: Reference, case: Case, traces: Sequence[Trace]) -> Cause | None:
    """Whether errors of an encoder that are everywhere are a move by less than a frame."""
    found = {_kind(trace) for trace in traces}
    if case.method != "encode" or not found & {"everywhere", "unlike"}:
        return None
    channels, ratio = case.architecture.audio_channels, case.architecture.ratio

    def encode(given: Tensor) -> Tensor:
        return artifact.fresh().call("encode", given.to(artifact.device)).cpu()

    try:
        if "unlike" in found:
            late = find_latency(encode, reference.encode, channels, ratio, case.offline.shape[2])
        else:
            late = traces[0].comparison.latency_samples // ratio
        if late is None:
            return None

        def streamed(given: Tensor) -> Tensor:
            return encode(torch.nn.functional.pad(given, (0, late * ratio)))[:, :, late:]

        shift = find_phase(streamed, reference.encode, channels, ratio, late + 1)
    except RAISED:
        return None  # it takes other blocks alone
    if shift is None:
        return None
    if not artifact.can.latency_samples and 2 * abs(shift) > ratio:
        # The latency was measured in whole frames: the nearest one is meant.
        shift -= ratio if shift > 0 else -ratio
    layer = strided_layer(shift, case.architecture.strides)
    which = "its strided layers have" if layer is None else f"strided layer {layer + 1} has"
    message = (
        f"off by {abs(shift)} of {ratio} audio samples within its frames: encoding the audio so much"
        f" {'later' if shift > 0 else 'earlier'} gives these latents, so {which} the wrong phase, or the input is"
        " shifted"
    )
    return Cause(("everywhere", "unlike"), "phase", message, shift)


def _inherited(method: str, by_method: Mapping[str, Sequence[Trace]]) -> Cause | None:
    """Whether errors of `forward` that are everywhere are those of its encoder or decoder."""
    wrong = [
        name
        for name in ("encode", "decode")
        if any(trace.comparison.diagnosis is not None for trace in by_method.get(name, ()))
    ]
    if method != "forward" or not wrong:
        return None
    message = f"the errors are everywhere, as {' and '.join(wrong)} {'are' if wrong[1:] else 'is'} wrong already"
    return Cause(("everywhere",), "everywhere", message)


def _with_cause(trace: Trace, cause: Cause | None) -> Trace:
    """The trace with a cause in the place of what it explains."""
    found = trace.comparison.diagnosis
    if cause is None or found is None or found.kind not in cause.explains:
        return trace
    return _diagnosed(trace, replace(found, kind=cause.kind, message=cause.message, shift=cause.shift))


def _diagnosed(trace: Trace, diagnosis: Diagnosis) -> Trace:
    return replace(trace, comparison=replace(trace.comparison, diagnosis=diagnosis))


def _kind(trace: Trace) -> Kind | None:
    return trace.comparison.diagnosis.kind if trace.comparison.diagnosis else None


def _pairs(reference: Reference, signal: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """Per method its input and what the offline model makes of it."""
    latents = reference.encode(signal)
    decoded = reference.decode(latents)
    return {"encode": (signal, latents), "decode": (latents, decoded), "forward": (signal, decoded)}
