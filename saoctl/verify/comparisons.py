"""All methods in all schedules: stream them, measure them, and find the causes that they have in common."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from saoctl.formats.format import Artifact, Capabilities
from saoctl.models.family import Architecture, Reference
from saoctl.models.registry import family_of
from saoctl.progress import Progress
from saoctl.streaming.registry import streaming_of
from saoctl.verify.causes import PLACES, Cause, Kind
from saoctl.verify.compare import Trace, freeze
from saoctl.verify.diagnosis import CLEARLY_DB, diagnose, find_certain, refine
from saoctl.verify.measure import Facts, measure, measure_delay
from saoctl.verify.metrics import snr_db
from saoctl.verify.phase import find_latency, find_phase, strided_layer
from saoctl.verify.rounding import Precise
from saoctl.verify.schedules import Schedule, half
from saoctl.verify.stream import RAISED, Case, stream
from saoctl.vocabulary import Method

Streamed = tuple[Case, Tensor | Cause]  # a case and its output, see `stream`

# A cause that all schedules of a method have in common takes the place of causes of these kinds.
EXPLAINS: dict[Kind, tuple[Kind, ...]] = {
    "varies": (*PLACES, "unlike"),
    "phase": ("everywhere", "unlike"),
    "everywhere": ("everywhere",),
}


def make_cases(
    reference: Reference,
    signal: Tensor,
    schedules: Sequence[Schedule],
    methods: Sequence[Method],
    architecture: Architecture,
    lookahead: Mapping[str, int] | None = None,
    grid: int | None = None,
) -> list[Case]:
    """Return everything that is streamed, with the output that is expected.

    Args:
        reference: the offline model.
        signal: audio, [1, C, frames * ratio].
        schedules: the blocks in which the signal is streamed.
        methods: which of encode, decode and forward.
        architecture: the numbers of the offline model.
        lookahead: of the artifact, if that is less than the model's.
        grid: of the artifact, see `Capabilities`.
    """
    ratio = architecture.ratio
    half_length = half(signal.shape[2] // ratio) * ratio
    second = (signal.shape[2] - half_length) // ratio
    signals = {False: signal, True: torch.cat((signal[:, :, :half_length], signal[:, :, -half_length:]))}
    kinds = {schedule.halves for schedule in schedules}
    pairs = {halves: _pairs(reference, signals[halves], architecture) for halves in kinds}
    cases = []
    for method in methods:
        for schedule in schedules:
            given, offline = pairs[schedule.halves][method]
            before, begins = None, (0, second) if schedule.halves else (0,)
            if schedule.kind == "reset":
                before, given, offline, begins = given[:1], given[1:], offline[1:], (second,)
            case = Case(architecture, method, schedule, given, offline, before, begins, grid=grid)
            if lookahead is not None:
                dial = streaming_of(architecture).dial
                assert dial is not None  # the file was exported with it
                aheads = {method: [lookahead[method]]}
                estimates = dial.simulate(reference, architecture, aheads, given, case.frames)
                case = replace(case, estimate=estimates[method][0])
            cases.append(case)
    return cases


def measure_all(
    artifact: Artifact,
    cases: Sequence[Case],
    min_snr_db: float,
    progress: Progress,
    precise: Callable[[], Precise] | None = None,
) -> list[Facts]:
    """Stream all cases, and measure how far each stream is from its expected output.

    Args:
        artifact: what is judged.
        cases: see `make_cases`.
        min_snr_db: the bound.
        progress: a listener; each case is a step.
        precise: makes the offline model in float64, which tells rounding from error if the bound is not reached; None
            if the bound alone decides.
    """
    streams: dict[Method, list[Streamed]] = {}
    for case in cases:
        streams.setdefault(case.method, []).append((case, stream(artifact, case)))
        progress.advance()
    return [one for own in streams.values() for one in _measure_method(artifact.can, own, min_snr_db, precise)]


def judge_all(
    artifact: Artifact,
    reference: Reference,
    measured: Sequence[Facts],
    min_price_db: float | None = None,
    blames_weights: bool = True,
) -> list[Trace]:
    """Find what is wrong with each stream that was measured.

    The schedules of a method are judged together: one explains another, and all may have one cause in common.

    Args:
        artifact: what is judged.
        reference: the offline model.
        measured: see `measure_all`.
        min_price_db: the bound of a stream with less lookahead to the offline model.
        blames_weights: whether an error that rounding can explain counts as an error of the weights. It is False if
            the audio has no sound and nothing was compared with float64.
    """
    traces: list[Trace] = []
    wrong: list[Method] = []
    for method in dict.fromkeys(one.case.method for one in measured):
        own = [one for one in measured if one.case.method == method]
        found = _refined(own)
        common = (
            _find_variation(artifact, own[0], found[0])
            or _find_fault(reference, own[0], found)
            or _find_phase(artifact, reference, own[0], found)
            or _find_inherited(method, wrong)
        )
        if any(found):
            wrong.append(method)
        for one, cause in zip(own, found, strict=True):
            if common and cause and cause.kind in EXPLAINS[common.kind]:
                cause = common
            if not blames_weights and cause is not None and cause.kind in (*PLACES, "gain"):
                message = "the bound is not reached, but the audio has no sound in it, so what differs may be rounding"
                cause = Cause("inconclusive", message)
            traces.append(freeze(one, cause or _find_price(one, min_price_db)))
    return traces


def _measure_method(
    can: Capabilities, streams: Sequence[Streamed], min_snr_db: float, precise: Callable[[], Precise] | None
) -> list[Facts]:
    """Measure the streams of one method; if some are too far from float32, they are compared with float64.

    A stream that equals float64 within rounding error is right. In any other, float64 shows best where the errors are.
    """
    measured = _measure_against(can, streams, min_snr_db)
    doubtful = {one.case.schedule.halves for one in measured if not one.good and find_certain(one) is None}
    if precise is None or not doubtful:
        return measured
    models = precise()
    known = [(models.known(case) if case.schedule.halves in doubtful else case, output) for case, output in streams]
    return _measure_against(can, known, min_snr_db)


def _measure_against(can: Capabilities, streams: Sequence[Streamed], min_snr_db: float) -> list[Facts]:
    """Measure the streams of one method; if it declares no latency, the one that most of them show is taken off."""
    first, _ = streams[0]
    latency = can.latency_samples.get(first.method)
    if latency is None:
        delays = (measure_delay(case, output, can) for case, output in streams)
        known = Counter(delay for delay in delays if delay is not None).most_common(1)
        latency = known[0][0] * first.signature.out_ratio if known else None
    return [measure(case, output, can, min_snr_db, latency) for case, output in streams]


def _refined(measured: Sequence[Facts]) -> list[Cause | None]:
    """Return the causes of one method, each in the light of the other schedules."""
    causes = [diagnose(one) for one in measured]
    kinds = [one.case.schedule.kind for one in measured]
    by_schedule = dict(zip(kinds, causes, strict=True))
    # Among several fixed sizes, one that failed counts.
    by_schedule |= {kind: cause for kind, cause in zip(kinds, causes, strict=True) if cause}
    return [cause and refine(cause, kind, by_schedule) for kind, cause in zip(kinds, causes, strict=True)]


def _find_price(measured: Facts, min_price_db: float | None) -> Cause | None:
    """Return the cause if a stream with less lookahead is as it should be, but too far from the offline model."""
    if min_price_db is None or measured.price_db is None or measured.price_db >= min_price_db:
        return None
    message = (
        f"it is what it should be, but only {measured.price_db:.1f} dB from the offline model: with these weights, so"
        " little lookahead costs more than is allowed"
    )
    return Cause("price", message)


def _find_variation(artifact: Artifact, measured: Facts, cause: Cause | None) -> Cause | None:
    """Return the cause if a method gives another output when it is given the same again, as with sampling noise."""
    if cause is None or cause.kind not in EXPLAINS["varies"]:
        return None
    case = measured.case
    try:
        given = case.input(case.given).to(artifact.device)
        first, second = (artifact.fresh().call(case.method, given).cpu() for _ in range(2))
    except RAISED:
        return None  # the comparison says so
    if torch.equal(first, second) or snr_db(first, second) >= measured.tolerance.min_snr_db:
        return None
    return Cause("varies", "it gives something else at every run, as with sampling noise, and so can equal nothing")


def _find_phase(
    artifact: Artifact, reference: Reference, measured: Facts, causes: Sequence[Cause | None]
) -> Cause | None:
    """Return the cause if errors of an encoder that are everywhere are a move by less than a frame."""
    case, kinds = measured.case, {cause.kind for cause in causes if cause}
    if case.method != "encode" or not kinds & {"everywhere", "unlike"}:
        return None
    channels, ratio = case.architecture.audio_channels, case.architecture.ratio

    encoder = artifact.in_frames()
    queued = measured.case.hold - 1

    def encode(given: Tensor) -> Tensor:
        return encoder.fresh().call("encode", given.to(artifact.device)).cpu()

    try:
        frames = case.offline.shape[2]
        late: int | None = (measured.late - queued) // case.hold
        if "unlike" in kinds:
            late = find_latency(encode, reference.encode, channels, ratio, frames)
        if late is None:
            return None

        def streamed(given: Tensor) -> Tensor:
            return encode(torch.nn.functional.pad(given, (0, late * ratio)))[:, :, late:]

        shift = find_phase(streamed, reference.encode, channels, ratio, late + 1)
    except RAISED:
        return None  # it takes blocks of another size alone
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
    return Cause("phase", message, shift)


def _find_fault(reference: Reference, measured: Facts, causes: Sequence[Cause | None]) -> Cause | None:
    """Return the cause if errors that are everywhere are those of a model with a fault that ports have.

    The edges of the signal are left out: there a port can differ from that model.
    """
    case, kinds = measured.case, {cause.kind for cause in causes if cause}
    edge, length = 2 * max(measured.late, case.period), measured.expected.shape[2]
    if case.method == "forward" or case.hold > 1 or 3 * edge > length or not kinds & {"everywhere", "unlike"}:
        return None

    def snr(expected: Tensor) -> float:
        first, second = (each[:, :, edge : length - edge].double() for each in (expected, measured.streamed))
        return snr_db(first, second)

    before = snr(case.offline)
    for fault in family_of(case.architecture).faults(case.architecture, reference.model.state_dict()):
        run = fault.model.encode if case.method == "encode" else fault.model.decode
        if snr(run(case.given)) >= before + CLEARLY_DB:
            return Cause(fault.kind, fault.message)
    return None


def _find_inherited(method: Method, wrong: Sequence[Method]) -> Cause | None:
    """Return the cause if errors of `forward` that are everywhere are those of encode or decode, if these are wrong."""
    if method != "forward" or not wrong:
        return None
    message = f"the errors are everywhere, as {' and '.join(wrong)} {'are' if wrong[1:] else 'is'} wrong already"
    return Cause("everywhere", message)


def _pairs(reference: Reference, signal: Tensor, architecture: Architecture) -> dict[Method, tuple[Tensor, Tensor]]:
    """Return, for each method, its input and the output of the offline model.

    A decoder alone is given random latents, as many as there are frames in the signal.
    """
    if "encode" in architecture.methods:
        latents = reference.encode(signal)
    else:
        shape = (len(signal), architecture.latent_dim, signal.shape[2] // architecture.ratio)
        latents = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    if "decode" not in architecture.methods:
        return {"encode": (signal, latents)}
    decoded = reference.decode(latents)
    return {"encode": (signal, latents), "decode": (latents, decoded), "forward": (signal, decoded)}
