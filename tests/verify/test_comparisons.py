"""What is sound passes, and every deliberate break is caught and named: a check that cannot fail proves nothing."""

from functools import cache, partial

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saoctl import audio
from saoctl.models.family import Reference
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.oobleck.random import random_state
from saoctl.progress import Silent
from saoctl.verify.compare import Comparison
from saoctl.verify.comparisons import judge_all, make_cases, measure_all
from saoctl.verify.rounding import Precise
from saoctl.verify.schedules import schedules
from saoctl.verify.stream import Case
from saoctl.vocabulary import METHODS, ScheduleKind
from tests.architectures import TINY, State, amplifying_state, architectures, judge
from tests.examples import examples
from tests.verify import broken
from tests.verify.broken import compared

ALL: tuple[ScheduleKind, ...] = ("fixed", "frames", "random", "whole", "reset", "batch")
QUICK: tuple[ScheduleKind, ...] = ("fixed", "whole", "reset")  # without the many blocks of the others
FRAMES = 150
BOUND = 100.0


def judged(architecture: OobleckArchitecture, state: State) -> Reference:
    """The offline model of a state dict."""
    return judge(architecture, state=state)


WEIGHTS = {"made": random_state(TINY, 0), "amplifying": amplifying_state(TINY, 0, gain=2.0)}


@cache
def tiny_judge(weights: str) -> Reference:
    return judge(TINY, state=WEIGHTS[weights])


@cache
def tiny_models(weights: str) -> Precise:
    return Precise(partial(judged, TINY), WEIGHTS[weights])


@cache
def tiny_cases(weights: str) -> tuple[Case, ...]:
    signal = audio.test_signal(TINY.sample_rate, 2, FRAMES * TINY.ratio / TINY.sample_rate)[None]
    chosen = schedules(ALL, FRAMES, [16, 48], seed=0)
    return tuple(make_cases(tiny_judge(weights), signal, chosen, METHODS, TINY))


def examined(
    wrong: str,
    late: int = 0,
    methods: tuple[str, ...] = METHODS,
    weights: str = "made",
    chosen: tuple[ScheduleKind, ...] = ALL,
) -> dict[str, dict[str, Comparison]]:
    """The comparisons of a broken model, by method and schedule; of several block sizes the last."""
    cases = [case for case in tiny_cases(weights) if case.method in methods and case.schedule.kind in chosen]
    artifact = broken.artifact(wrong, late, state=WEIGHTS[weights])
    traces = compared(artifact, tiny_judge(weights), cases, BOUND, partial(tiny_models, weights))
    rows: dict[str, dict[str, Comparison]] = {method: {} for method in METHODS}
    for trace in traces:
        rows[trace.comparison.method][trace.comparison.schedule] = trace.comparison
    return rows


def kinds(rows: dict[str, Comparison]) -> set[str]:
    """What is said of the comparisons of a method that fail."""
    return {row.diagnosis.kind for row in rows.values() if row.diagnosis is not None}


@pytest.mark.slow
def test_the_sound_model_passes_in_all_schedules() -> None:
    rows = examined("nothing")
    assert [list(of_method) for of_method in rows.values()] == [list(ALL)] * 3
    assert all(row.passed and row.diagnosis is None for of_method in rows.values() for row in of_method.values())


BREAKS = [
    ("no blanking at the start", "encode", "start", "at the start alone"),
    ("no blanking at the start", "decode", "start", "at the start alone"),
    ("no blanking at the start", "forward", "start", "at the start alone"),
    ("no blanking at the end", "encode", "end", "flushed"),
    ("no blanking at all", "decode", "edges", "at the start and the end alone"),
    ("wrong phase in strided layer 1", "encode", "phase", "off by 1 of 8 audio samples"),
    ("wrong phase in strided layer 2", "encode", "phase", "strided layer 2"),
    ("wrong phase in the decoder", "decode", "phase", "off by 2 samples on the decoder's grid"),
    ("stale history near the audio", "decode", "borders", "block borders"),
    ("stale history near the latents", "decode", "borders", "block borders"),
    ("stale history near the latents", "forward", "borders", "block borders"),
    ("stale history in the encoder", "encode", "borders", "block borders"),
    ("other weights", "encode", "everywhere", "everywhere"),
    ("other weights", "decode", "everywhere", "other weights"),
    ("silent", "encode", "silent", "silent"),
    ("silent", "forward", "silent", "silent"),
    ("NaN", "decode", "not finite", "NaN"),
    ("swapped channels", "decode", "channels", "in the order 2, 1"),
    ("swapped channels", "encode", "channels", "in the order 2, 1"),
    ("inverted", "decode", "gain", "inverted"),
    ("twice as loud", "forward", "gain", "2 times"),
    ("too short", "decode", "length", "too short, by 5 samples on the decoder's grid"),
    ("raises", "decode", "crash", "RuntimeError: it raised"),
    ("raises as TorchScript does", "encode", "crash", "RuntimeError: it raised"),
    ("mono", "decode", "shape", "[1, 1, 384]"),
    ("no batch", "encode", "shape", "of shape [2, 48]"),
    ("integers", "decode", "shape", "int64"),
    ("half a block", "forward", "shape", "[1, 2, 192]"),
    ("loud before the signal", "encode", "preroll", "not silent"),
    ("loud before the signal", "decode", "preroll", "not silent"),
    ("NaN before the signal", "forward", "preroll", "not finite"),
    ("one block missing", "decode", "part", "right everywhere else"),
    ("one block missing", "encode", "part", "wrong from frame"),
    ("soft at first", "decode", "start", "at the start alone"),
    ("one channel soft", "decode", "gain", "channel 1 is 0.5 times"),
    ("one channel soft", "encode", "gain", "channel 1 is 0.5 times"),
    ("one channel late", "forward", "channels", "channel 1 comes 3 samples"),
    ("noise", "decode", "varies", "something else at every run"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "method", "kind", "words"), BREAKS)
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.filterwarnings("ignore:Using padding")
def test_a_break_is_caught_and_named(wrong: str, method: str, kind: str, words: str, weights: str) -> None:
    fixed = examined(wrong, methods=(method,), weights=weights, chosen=QUICK)[method]["fixed"]
    assert not fixed.passed
    assert fixed.diagnosis is not None
    assert (fixed.diagnosis.kind, words in fixed.diagnosis.message) == (kind, True), fixed.diagnosis


# Of four blocks with these weights, rounding leaves 70 to 95 dB.
DEEP_CODER = Coder(channels=2, c_mults=(1, 1, 2, 2), strides=(2, 4, 2, 4))
DEEP = OobleckArchitecture(sample_rate=44100, audio_channels=2, latent_dim=4, encoder=DEEP_CODER, decoder=DEEP_CODER)


DEEP_STATE = amplifying_state(DEEP, 0, gain=2.0)


@cache
def deep_judge() -> Reference:
    return judge(DEEP, state=DEEP_STATE)


@cache
def deep_models() -> Precise:
    return Precise(partial(judged, DEEP), DEEP_STATE)


@cache
def deep_cases() -> tuple[Case, ...]:
    signal = audio.test_signal(DEEP.sample_rate, 2, 200 * DEEP.ratio / DEEP.sample_rate)[None]
    return tuple(make_cases(deep_judge(), signal, schedules(("fixed",), 200, [32], seed=0), METHODS, DEEP))


def deep_rows(wrong: str, method: str, late: int = 0) -> list[Comparison]:
    """The comparisons of a broken model whose weights amplify rounding."""
    artifact = broken.artifact(wrong, late, DEEP, DEEP_STATE)
    cases = [case for case in deep_cases() if case.method == method]
    return [trace.comparison for trace in compared(artifact, deep_judge(), cases, BOUND, deep_models)]


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "method"), sorted({(wrong, method) for wrong, method, _, _ in BREAKS}))
@pytest.mark.filterwarnings("ignore:Using padding")
def test_a_break_is_caught_beside_much_rounding(wrong: str, method: str) -> None:
    assert not any(row.passed for row in deep_rows(wrong, method))


@pytest.mark.parametrize("method", METHODS)
def test_much_rounding_is_no_break(method: str) -> None:
    (row,) = deep_rows("nothing", method)
    assert row.passed
    assert row.snr_db < BOUND
    assert row.rounding_db == pytest.approx(row.snr_db, abs=10)
    (late,) = deep_rows("nothing", method, late=DEEP.ratio)
    assert late.diagnosis is not None
    assert late.diagnosis.kind == "latency"


@pytest.mark.slow
def test_the_rounding_of_default_weights_at_full_depth_is_no_break() -> None:
    """Found as a false alarm: the stream is as near to float64 as the offline model, and 97.6 dB from it in float32."""
    coder = Coder(channels=4, c_mults=(1, 2, 4, 8, 16), strides=(2, 4, 4, 8, 8))
    architecture = OobleckArchitecture(sample_rate=44100, audio_channels=2, latent_dim=8, encoder=coder, decoder=coder)
    state = amplifying_state(architecture)
    signal = audio.test_signal(44100, 2, 60 * 2048 / 44100)[None]
    reference = judge(architecture, state=state)
    chosen = schedules(("fixed", "whole", "reset"), 60, [16], seed=0)
    cases = make_cases(reference, signal, chosen, METHODS, architecture)
    artifact = broken.artifact("nothing", 0, architecture, state)
    plain = compared(artifact, reference, cases, BOUND)
    assert not all(trace.comparison.passed for trace in plain)
    exactly = partial(Precise, partial(judged, architecture), state)
    traces = compared(artifact, reference, cases, BOUND, exactly)
    assert all(trace.comparison.passed for trace in traces)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("late", [-8, 8, 16])
def test_a_wrong_declared_latency_is_named_with_the_right_one(method: str, late: int) -> None:
    for row in examined("nothing", late, (method,), chosen=QUICK)[method].values():
        assert not row.passed
        assert row.diagnosis is not None
        assert (row.diagnosis.kind, row.diagnosis.shift) == ("latency", -late)
        assert row.latency_measured == row.latency_samples - late


@pytest.mark.slow
def test_a_latency_off_by_samples_is_told_on_the_decoders_grid() -> None:
    found = examined("nothing", 3, ("decode",), chosen=QUICK)["decode"]["fixed"].diagnosis
    assert found is not None
    assert found.message.startswith("off by 3 samples on the decoder's grid: it comes earlier than its latency says")


def test_a_latency_of_the_encoder_that_is_no_whole_frame_is_refused() -> None:
    found = examined("nothing", 3, ("encode",), chosen=QUICK)["encode"]["fixed"].diagnosis
    assert found is not None
    assert (found.kind, found.shift) == ("latency", -3)
    assert "no whole number of frames" in found.message


@pytest.mark.slow
def test_a_reset_that_resets_nothing_is_named() -> None:
    for rows in examined("no reset").values():
        assert kinds(rows) == {"reset"}
        assert not rows["reset"].passed


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ("other weights", "inconclusive"),
        ("twice as loud", "inconclusive"),
        ("stale history near the audio", "inconclusive"),
        ("NaN", "not finite"),
        ("raises", "crash"),
    ],
)
def test_where_audio_has_no_sound_what_may_be_rounding_is_not_blamed_on_the_weights(wrong: str, kind: str) -> None:
    cases = [case for case in tiny_cases("made") if case.method == "decode" and case.schedule.kind in QUICK]
    artifact, reference = broken.artifact(wrong, state=WEIGHTS["made"]), tiny_judge("made")
    measured = measure_all(artifact, cases, BOUND, Silent())
    for blames_weights in (True, False):
        rows = [each.comparison for each in judge_all(artifact, reference, measured, blames_weights=blames_weights)]
        assert (kind in {row.diagnosis.kind for row in rows if row.diagnosis}) == (
            not blames_weights or kind != "inconclusive"
        )
        assert not any(row.passed for row in rows if row.schedule == "fixed")


@pytest.mark.slow
def test_a_leak_between_the_signals_of_a_batch_is_named() -> None:
    for rows in examined("leaking batch").values():
        assert {name for name, row in rows.items() if not row.passed} == {"batch"}
        assert kinds(rows) == {"batch"}


@pytest.mark.filterwarnings("ignore:Using padding")
def test_errors_of_forward_are_traced_to_its_parts() -> None:
    found = examined("wrong phase in strided layer 1", chosen=QUICK)["forward"]["fixed"].diagnosis
    assert found is not None
    assert "as encode is wrong already" in found.message


def test_the_first_bad_sample_and_its_block_are_where_the_break_is() -> None:
    found = examined("stale history near the audio", methods=("decode",), chosen=QUICK)["decode"]["fixed"].diagnosis
    late = broken.artifact("nothing").description.latency_samples["decode"]
    assert found is not None
    # The last convolution sees three samples back: the first wrong sample is the first of the second block.
    assert found.first_bad_block == 1
    assert found.first_bad_sample == 48 * TINY.ratio - late


SIGNALS = ("test signal", "noise", "tone", "silence", "constant", "soft")


def made_signal(kind: str, architecture: OobleckArchitecture, frames: int, seed: int) -> torch.Tensor:
    """Audio [1, C, T] of a kind that could mislead a measurement."""
    shape = (1, architecture.audio_channels, frames * architecture.ratio)
    noise = 0.3 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    if kind == "test signal":
        return audio.test_signal(architecture.sample_rate, shape[1], shape[2] / architecture.sample_rate)[None]
    if kind == "tone":
        return 0.5 * torch.sin(torch.arange(shape[2]) * (seed % 7 + 1) / 9).expand(shape).contiguous()
    return {"noise": noise, "silence": 0 * noise, "constant": 0 * noise + 0.5, "soft": 1e-4 * noise}[kind]


# To explain or shrink a failure would take many minutes.
@pytest.mark.slow
@settings(
    examples(12), phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(
    architecture=architectures(),
    kind=st.sampled_from(SIGNALS),
    frames=st.integers(1, 24),
    blocks=st.lists(st.integers(1, 12), min_size=1, max_size=3),
    seed=st.integers(0, 1000),
    amplifying=st.booleans(),
)
def test_no_sound_model_raises_a_false_alarm(
    architecture: OobleckArchitecture, kind: str, frames: int, blocks: list[int], seed: int, amplifying: bool
) -> None:
    state = (amplifying_state if amplifying else random_state)(architecture, seed)
    sound = broken.artifact("nothing", 0, architecture, state)
    signal = made_signal(kind, architecture, frames, seed)
    reference = judge(architecture, state=state)
    exactly = partial(Precise, partial(judged, architecture), state)
    cases = make_cases(reference, signal, schedules(ALL, frames, blocks, seed), METHODS, architecture)
    for trace in compared(sound, reference, cases, BOUND, exactly):
        assert trace.comparison.passed, trace.comparison
