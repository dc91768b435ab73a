"""What is sound passes, and every deliberate break is caught and named: a check that cannot fail proves nothing."""

from functools import cache

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saoctl import audio
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.progress import Silent
from saoctl.verify.compare import Comparison
from saoctl.verify.comparisons import compare_all, make_cases
from saoctl.verify.schedules import schedules
from saoctl.verify.stream import Case
from saoctl.vocabulary import METHODS, ScheduleKind
from tests.architectures import TINY, architectures, judge
from tests.verify import broken

ALL: tuple[ScheduleKind, ...] = ("fixed", "frames", "random", "whole", "reset", "batch")
FRAMES = 150
BOUND = 100.0


@cache
def tiny_cases() -> tuple[Case, ...]:
    signal = audio.test_signal(TINY.sample_rate, 2, FRAMES * TINY.ratio / TINY.sample_rate)[None]
    chosen = schedules(ALL, FRAMES, [16, 48], seed=0)
    return tuple(make_cases(judge(TINY), signal, chosen, METHODS, TINY))


def examined(wrong: str, late: int = 0, methods: tuple[str, ...] = METHODS) -> dict[str, dict[str, Comparison]]:
    """The comparisons of a broken model, by method and schedule; of several block sizes the last."""
    cases = [case for case in tiny_cases() if case.method in methods]
    traces = compare_all(broken.artifact(wrong, late), judge(TINY), cases, BOUND, Silent())
    rows: dict[str, dict[str, Comparison]] = {method: {} for method in METHODS}
    for trace in traces:
        rows[trace.comparison.method][trace.comparison.schedule] = trace.comparison
    return rows


def kinds(rows: dict[str, Comparison]) -> set[str]:
    """What is said of the comparisons of a method that fail."""
    return {row.diagnosis.kind for row in rows.values() if row.diagnosis is not None}


def test_the_sound_model_passes_in_all_schedules() -> None:
    rows = examined("nothing")
    assert [list(of_method) for of_method in rows.values()] == [list(ALL)] * 3
    assert all(row.passed and row.diagnosis is None for of_method in rows.values() for row in of_method.values())


@pytest.mark.parametrize(
    ("wrong", "method", "kind", "words"),
    [
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
    ],
)
@pytest.mark.filterwarnings("ignore:Using padding")
def test_a_break_is_caught_and_named(wrong: str, method: str, kind: str, words: str) -> None:
    fixed = examined(wrong, methods=(method,))[method]["fixed"]
    assert not fixed.passed
    assert fixed.diagnosis is not None
    assert (fixed.diagnosis.kind, words in fixed.diagnosis.message) == (kind, True), fixed.diagnosis


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("late", [-8, 8, 16])
def test_a_wrong_declared_latency_is_named_with_the_right_one(method: str, late: int) -> None:
    for row in examined("nothing", late, (method,))[method].values():
        assert not row.passed
        assert row.diagnosis is not None
        assert (row.diagnosis.kind, row.diagnosis.shift) == ("latency", -late)
        assert row.latency_measured == row.latency_samples - late


def test_a_latency_off_by_samples_is_told_on_the_decoders_grid() -> None:
    found = examined("nothing", 3, ("decode",))["decode"]["fixed"].diagnosis
    assert found is not None
    assert found.message.startswith("off by 3 samples on the decoder's grid: it comes earlier than its latency says")


def test_a_latency_of_the_encoder_that_is_no_whole_frame_is_refused() -> None:
    found = examined("nothing", 3, ("encode",))["encode"]["fixed"].diagnosis
    assert found is not None
    assert (found.kind, found.shift) == ("latency", -3)
    assert "no whole number of frames" in found.message


def test_a_reset_that_resets_nothing_is_named() -> None:
    for rows in examined("no reset").values():
        assert kinds(rows) == {"reset"}
        assert not rows["reset"].passed


def test_a_leak_between_the_signals_of_a_batch_is_named() -> None:
    for rows in examined("leaking batch").values():
        assert {name for name, row in rows.items() if not row.passed} == {"batch"}
        assert kinds(rows) == {"batch"}


@pytest.mark.filterwarnings("ignore:Using padding")
def test_errors_of_forward_are_traced_to_its_parts() -> None:
    found = examined("wrong phase in strided layer 1")["forward"]["fixed"].diagnosis
    assert found is not None
    assert "as encode is wrong already" in found.message


def test_the_first_bad_sample_and_its_block_are_where_the_break_is() -> None:
    found = examined("stale history near the audio", methods=("decode",))["decode"]["fixed"].diagnosis
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
@settings(
    max_examples=200, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(
    architecture=architectures(),
    kind=st.sampled_from(SIGNALS),
    frames=st.integers(1, 24),
    blocks=st.lists(st.integers(1, 12), min_size=1, max_size=3),
    seed=st.integers(0, 1000),
)
def test_no_sound_model_raises_a_false_alarm(
    architecture: OobleckArchitecture, kind: str, frames: int, blocks: list[int], seed: int
) -> None:
    sound = broken.artifact("nothing", architecture=architecture)
    signal = made_signal(kind, architecture, frames, seed)
    reference = judge(architecture)
    cases = make_cases(reference, signal, schedules(ALL, frames, blocks, seed), METHODS, architecture)
    for trace in compare_all(sound, reference, cases, BOUND, Silent()):
        assert trace.comparison.passed, trace.comparison
