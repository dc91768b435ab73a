"""All methods in all schedules, and what the comparisons tell together of what is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from saoctl.formats.format import Artifact
from saoctl.models.family import Architecture, Reference
from saoctl.progress import Progress
from saoctl.verify.compare import Trace, compare
from saoctl.verify.diagnosis import PLACES, Diagnosis, Kind, refine
from saoctl.verify.metrics import snr_db
from saoctl.verify.phase import find_phase, strided_layer
from saoctl.verify.schedules import Schedule, half
from saoctl.verify.simulate import simulate
from saoctl.verify.stream import RAISED, Case
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
    context: int = 0,
) -> list[Case]:
    """All that is streamed, with what the offline model makes of it.

    Args:
        reference: the offline model.
        signal: audio, [1, C, frames * ratio].
        schedules: in which it is streamed.
        methods: which of encode, decode and forward.
        architecture: of the offline model.
        lookahead: of the artifact, if that is less than the model's.
        context: see `simulate`.
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
                estimate = simulate(reference, architecture, lookahead, method, case.given, schedule.sizes, context)
                case = replace(case, estimate=estimate)
            cases.append(case)
    return cases


def compare_all(
    artifact: Artifact, reference: Reference, cases: Sequence[Case], min_snr_db: float, progress: Progress
) -> list[Trace]:
    """Stream all cases and say what is wrong with those that fail.

    Each method's comparisons are seen together: first what the schedules tell of each other, then one cause that all
    may have in common.
    """
    progress.start("Streaming", total=len(cases))
    by_method: dict[str, list[Trace]] = {}
    for method in dict.fromkeys(case.method for case in cases):
        own = [case for case in cases if case.method == method]
        traces = _refined(_compare_method(artifact, own, min_snr_db, progress))
        cause = (
            _varies(artifact, own[0], traces, min_snr_db)
            or _phase(artifact, reference, own[0], traces)
            or _inherited(method, by_method)
        )
        by_method[method] = [_with_cause(trace, cause) for trace in traces]
    return [trace for traces in by_method.values() for trace in traces]


def _compare_method(artifact: Artifact, cases: Sequence[Case], min_snr_db: float, progress: Progress) -> list[Trace]:
    """The traces of one method; if it declares no latency, all judged by the one that most of them measured."""
    declared = artifact.can.latency_samples.get(cases[0].method)
    traces = []
    for case in cases:
        traces.append(compare(artifact, case, min_snr_db, declared))
        progress.advance()
    measured = [t.comparison.latency_measured for t in traces if t.comparison.latency_measured is not None]
    if declared is not None or not measured:
        return traces
    latency = Counter(measured).most_common(1)[0][0]
    return [
        trace if trace.comparison.latency_measured == latency else compare(artifact, case, min_snr_db, latency)
        for case, trace in zip(cases, traces, strict=True)
    ]


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
    if case.method != "encode" or not any(_kind(trace) == "everywhere" for trace in traces):
        return None
    channels, ratio = case.architecture.audio_channels, case.architecture.ratio
    late = traces[0].comparison.latency_samples // ratio

    def streamed(given: Tensor) -> Tensor:
        silence = torch.zeros(1, given.shape[1], late * ratio)
        given = torch.cat((given, silence), dim=2).to(artifact.device)
        return artifact.fresh().call("encode", given).cpu()[:, :, late:]

    try:
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
    return Cause(("everywhere",), "phase", message, shift)


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
