"""All methods streamed in all schedules, and what they tell together of what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from saoctl.artifact import Artifact
from saoctl.comparison.compare import Case, Trace, compare, judged_together
from saoctl.comparison.diagnosis import Kind
from saoctl.comparison.phase import find_phase, strided_layer
from saoctl.comparison.schedules import Schedule, half
from saoctl.progress import Progress
from saoctl.reference import Reference


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
            if schedule.kind == "reset":
                cases.append(Case(method, schedule, given[1:], offline[1:], before=given[:1]))
            else:
                cases.append(Case(method, schedule, given, offline))
    return cases


def examine(
    artifact: Artifact, judge: Reference, cases: Sequence[Case], bound: float, progress: Progress
) -> list[Trace]:
    """Stream all cases and say what is wrong with those that fail."""
    progress.start("Streaming", total=len(cases))
    examined: dict[str, list[Trace]] = {}
    for method in dict.fromkeys(case.method for case in cases):
        latency = artifact.description.latency_samples.get(method)
        traces = []
        for case in cases:
            if case.method == method:
                traces.append(compare(artifact, case, bound, latency))
                latency = traces[0].comparison.latency_samples  # as measured, if none is declared
                progress.advance()
        examined[method] = judged_together(traces)
        if method == "encode":
            examined[method] = _with_phase(artifact, judge, examined[method])
    if "forward" in examined:
        examined["forward"] = _inherited(examined)
    return [trace for traces in examined.values() for trace in traces]


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

    shift = find_phase(streamed, judge.encode, architecture.audio_channels, ratio, late + 1)
    if shift is None:
        return traces
    layer = strided_layer(shift, architecture.encoder.strides)
    which = "its strided layers have" if layer is None else f"strided layer {layer + 1} has"
    when = "later" if shift > 0 else "earlier"
    message = (
        f"off by {abs(shift)} of {ratio} audio samples within its frames: encoding the audio so much {when} gives these"
        f" latents, so {which} the wrong phase"
    )
    return [_rediagnosed(trace, "everywhere", "phase", message, shift) for trace in traces]


def _inherited(examined: Mapping[str, list[Trace]]) -> list[Trace]:
    """Errors of `forward` that are everywhere are those of its encoder or decoder, if these have any."""
    guilty = [
        method for method in ("encode", "decode") if any(_kind(trace) is not None for trace in examined.get(method, ()))
    ]
    if not guilty:
        return examined["forward"]
    message = f"the errors are everywhere, as {' and '.join(guilty)} {'are' if guilty[1:] else 'is'} wrong already"
    return [_rediagnosed(trace, "everywhere", "everywhere", message, None) for trace in examined["forward"]]


def _kind(trace: Trace) -> Kind | None:
    return trace.comparison.diagnosis.kind if trace.comparison.diagnosis else None


def _rediagnosed(trace: Trace, old: str, new: Kind, message: str, shift: int | None) -> Trace:
    found = trace.comparison.diagnosis
    if found is None or found.kind != old:
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
