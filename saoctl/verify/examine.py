"""All methods streamed in all schedules, and what they tell together of what is wrong."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from saoctl.formats.artifact import Artifact
from saoctl.models.family import Reference
from saoctl.progress import Progress
from saoctl.verify.compare import RAISED, Case, Trace, compare, judged_together
from saoctl.verify.diagnosis import PLACES, Kind
from saoctl.verify.metrics import snr_db
from saoctl.verify.phase import find_phase, strided_layer
from saoctl.verify.schedules import Schedule, half


def make_cases(
    judge: Reference, signal: Tensor, chosen: Sequence[Schedule], methods: Sequence[str], ratio: int
) -> list[Case]:
    """All that is streamed, with what the offline model makes of it.

    Args:
        judge: the offline model.
        signal: audio, [1, C, frames * ratio].
        chosen: the schedules.
        methods: which of encode, decode and forward.
        ratio: audio samples per latent frame.
    """
    whole = _pairs(judge, signal)
    part = half(signal.shape[2] // ratio) * ratio
    halves = torch.cat((signal[:, :, :part], signal[:, :, -part:]))
    parts = _pairs(judge, halves) if any(schedule.halves for schedule in chosen) else {}
    cases = []
    for method in methods:
        for schedule in chosen:
            given, offline = parts[method] if schedule.halves else whole[method]
            second = (signal.shape[2] - part) // ratio
            if schedule.kind == "reset":
                cases.append(Case(method, schedule, given[1:], offline[1:], before=given[:1], begins=(second,)))
            else:
                cases.append(Case(method, schedule, given, offline, begins=(0, second)[: len(given)]))
    return cases


def examine(
    artifact: Artifact, judge: Reference, cases: Sequence[Case], bound: float, progress: Progress
) -> list[Trace]:
    """Stream all cases and say what is wrong with those that fail."""
    progress.start("Streaming", total=len(cases))
    examined: dict[str, list[Trace]] = {}
    for method in dict.fromkeys(case.method for case in cases):
        declared = artifact.description.latency_samples.get(method)
        own = [case for case in cases if case.method == method]
        traces = []
        for case in own:
            traces.append(compare(artifact, case, bound, declared))
            progress.advance()
        if declared is None:
            traces = _by_one_latency(artifact, own, traces, bound)
        examined[method] = judged_together(traces)
        if _kind(traces[0]) in PLACES and _varies(artifact, own[0], bound):
            message = "it gives something else at every run, as with sampling noise, and so can equal nothing"
            examined[method] = [_rediagnosed(trace, PLACES, "varies", message, None) for trace in examined[method]]
        if method == "encode":
            examined[method] = _with_phase(artifact, judge, examined[method])
    if "forward" in examined:
        examined["forward"] = _inherited(examined)
    return [trace for traces in examined.values() for trace in traces]


def _by_one_latency(artifact: Artifact, cases: Sequence[Case], traces: list[Trace], bound: float) -> list[Trace]:
    """The traces of a method that declares no latency, all judged by the one that most of them measured."""
    measured = [t.comparison.latency_measured for t in traces if t.comparison.latency_measured is not None]
    if not measured:
        return traces
    latency = Counter(measured).most_common(1)[0][0]
    return [
        trace if trace.comparison.latency_measured == latency else compare(artifact, case, bound, latency)
        for case, trace in zip(cases, traces, strict=True)
    ]


def _varies(artifact: Artifact, case: Case, bound: float) -> bool:
    """Whether a method gives something else when it is given the same again, as with sampling noise."""
    try:
        given = case.given.to(artifact.device)
        first, second = (artifact.fresh().call(case.method, given).cpu() for _ in range(2))
    except RAISED:
        return False  # which the comparison has told
    return not torch.equal(first, second) and snr_db(first, second) < bound


def _with_phase(artifact: Artifact, judge: Reference, traces: list[Trace]) -> list[Trace]:
    """Errors of an encoder that are everywhere may be a move by less than a frame."""
    if not any(_kind(trace) == "everywhere" for trace in traces):
        return traces
    architecture = artifact.description.architecture
    ratio = architecture.ratio
    late = traces[0].comparison.latency_samples // ratio

    def streamed(given: Tensor) -> Tensor:
        fresh = artifact.fresh()
        silence = torch.zeros(1, given.shape[1], late * ratio)
        return fresh.call("encode", torch.cat((given, silence), dim=2).to(artifact.device)).cpu()[:, :, late:]

    try:
        shift = find_phase(streamed, judge.encode, architecture.audio_channels, ratio, late + 1)
    except RAISED:
        return traces  # it takes other blocks alone
    if shift is None:
        return traces
    if artifact.foreign and 2 * abs(shift) > ratio:
        # Its latency was measured in whole frames: the nearest one is meant.
        shift -= ratio if shift > 0 else -ratio
    layer = strided_layer(shift, architecture.strides)
    which = "its strided layers have" if layer is None else f"strided layer {layer + 1} has"
    when = "later" if shift > 0 else "earlier"
    message = (
        f"off by {abs(shift)} of {ratio} audio samples within its frames: encoding the audio so much {when} gives these"
        f" latents, so {which} the wrong phase, or the input is shifted"
    )
    return [_rediagnosed(trace, ("everywhere",), "phase", message, shift) for trace in traces]


def _inherited(examined: Mapping[str, list[Trace]]) -> list[Trace]:
    """Errors of `forward` that are everywhere are those of its encoder or decoder, if these have any."""
    guilty = [
        method for method in ("encode", "decode") if any(_kind(trace) is not None for trace in examined.get(method, ()))
    ]
    if not guilty:
        return examined["forward"]
    message = f"the errors are everywhere, as {' and '.join(guilty)} {'are' if guilty[1:] else 'is'} wrong already"
    return [_rediagnosed(trace, ("everywhere",), "everywhere", message, None) for trace in examined["forward"]]


def _kind(trace: Trace) -> Kind | None:
    return trace.comparison.diagnosis.kind if trace.comparison.diagnosis else None


def _rediagnosed(trace: Trace, old: Collection[str], new: Kind, message: str, shift: int | None) -> Trace:
    found = trace.comparison.diagnosis
    if found is None or found.kind not in old:
        return trace
    return replace(
        trace,
        comparison=replace(trace.comparison, diagnosis=replace(found, kind=new, message=message, shift=shift)),
    )


def _pairs(judge: Reference, signal: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """Per method its input and what the offline model makes of it."""
    latents = judge.encode(signal)
    decoded = judge.decode(latents)
    return {"encode": (signal, latents), "decode": (latents, decoded), "forward": (signal, decoded)}
