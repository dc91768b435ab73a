"""The buffer that is answered is the smallest that holds, and its latency is what a host will have."""

import pytest

from saoctl.bench.buffers import (
    VECTOR,
    WORTH_SETTING,
    choose_buffers,
    choose_pair_buffers,
    host_delay,
    host_delay_of_two,
    no_buffers,
)
from saoctl.bench.timing import Pair
from tests.bench.rows import pair, timing

LATENCY = {"encode": 16384, "decode": 18981, "forward": 35365}


def test_the_smallest_that_holds_with_headroom_is_answered() -> None:
    rows = [timing("decode", 2048, 1.1, 0.95), timing("decode", 8192, 2.0, 0.5), timing("decode", 4096, 1.4, 0.79)]
    (answer,) = choose_buffers(rows, LATENCY, 44100)
    assert (answer.buffer, answer.load) == (4096, pytest.approx(0.79))
    # The README's table: 430 ms of the model, and nn~'s 2 x 4096 - 64 samples.
    assert answer.model_latency_ms == pytest.approx(430.4, abs=0.1)
    assert answer.host_latency_ms == pytest.approx(184.3, abs=0.1)
    assert answer.total_latency_ms == pytest.approx(614.7, abs=0.1)


@pytest.mark.parametrize(
    "row",
    [timing("decode", 4096, 1.2, 0.81), timing("decode", 4096, 3.0, 0.3, missed=1)],
    ids=["no headroom", "missed"],
)
def test_what_does_not_hold_is_not_answered(row: object) -> None:
    (answer,) = choose_buffers([row], LATENCY, 44100)  # type: ignore[list-item]
    assert (answer.buffer, answer.host_latency_ms, answer.total_latency_ms) == (None, None, None)
    assert answer.load == pytest.approx(row.p99_ms / row.budget_ms)  # type: ignore[attr-defined]


def test_nn_tilde_has_powers_of_two_alone() -> None:
    rows = [timing("decode", 6144, 9.0), timing("decode", 8192, 9.0)]
    assert [answer.buffer for answer in choose_buffers(rows, LATENCY, 44100)] == [8192]
    assert choose_buffers(rows[:1], LATENCY, 44100) == ()


def test_every_method_and_precision_has_its_own_answer() -> None:
    rows = [timing(m, 4096, 2.0, precision=p) for p in ("float32", "bfloat16") for m in ("encode", "forward")]
    answers = choose_buffers(rows, LATENCY, 44100)
    assert [(each.precision, each.method) for each in answers] == [(row.precision, row.method) for row in rows]


@pytest.mark.parametrize(
    ("streaming", "sizes", "why"),
    [(False, [2048], "keeps no state"), (True, [1920, 3840], "none of these block sizes")],
)
def test_why_no_buffer_can_be_told_is_said(streaming: bool, sizes: list[int], why: str) -> None:
    assert why in (no_buffers(streaming, sizes) or "")
    assert no_buffers(True, [6144, 8192]) is None


@pytest.mark.parametrize("ratio", [8, 64, 512, 2048, 15, 480, 1920])
@pytest.mark.parametrize("buffer", [2048, 4096, 8192, 16384])
def test_the_delay_of_two_objects_is_what_held_frames_make_it(buffer: int, ratio: int) -> None:
    """Followed sample by sample: each object is late by two buffers less a vector, and holds its frames.

    If the ratio is no power of two, the queues of either object add `queued` to that, which its file says.
    """
    one, queued = 2 * buffer - VECTOR, ratio - (ratio & -ratio)

    def encoded(time: int) -> int:  # the frame that the encoder's object gives at a moment
        return (time - one - queued) // ratio

    def decoded(time: int) -> int:  # the frame that is heard: the decoder's read the last sample of each period
        return encoded((time - one - queued) // ratio * ratio + ratio - 1)

    heard = next(time for time in range(8 * buffer) if decoded(time) == 0)
    assert host_delay(buffer) == one
    assert host_delay_of_two(buffer, ratio) + 2 * queued == heard


# Encode and decode in two objects


def test_the_smallest_in_which_both_hold_is_answered_with_the_delay_of_two_objects() -> None:
    pairs = [pair(8192, 2, 0.5, 0.5), pair(2048, 2, 0.6, 0.81), pair(4096, 2, 0.79, 0.7)]
    (answer,) = choose_pair_buffers(pairs, LATENCY, 2048, 44100)
    assert (answer.buffer, answer.threads, answer.load, answer.missed) == (4096, 2, pytest.approx(0.79), 0)
    # nn.md's table: 802 ms of the model, and 4 x 4096 - 2112 samples of nn~
    assert answer.model_latency_ms == pytest.approx(801.9, abs=0.1)
    assert answer.host_latency_ms == pytest.approx((4 * 4096 - 2112) / 44.1)
    assert answer.total_latency_ms == pytest.approx(1125.6, abs=0.1)


@pytest.mark.parametrize(
    ("measured", "nearest", "missed"),
    [
        ([pair(4096, 2, 0.3, 0.85), pair(8192, 2, 0.9, 0.2)], 0.85, 0),
        ([pair(4096, 2, 0.3, 0.3, missed=1)], 0.3, 1),
        ([pair(4096, 2, 1.2, 1.3), pair(4096, 1, 0.9, 0.9)], 0.9, 0),
    ],
    ids=["one of them has no headroom", "missed", "one thread each comes nearest"],
)
def test_where_one_of_the_two_does_not_hold_none_is_answered(measured: list[Pair], nearest: float, missed: int) -> None:
    (answer,) = choose_pair_buffers(measured, LATENCY, 2048, 44100)
    assert (answer.buffer, answer.host_latency_ms, answer.total_latency_ms) == (None, None, None)
    assert (answer.load, answer.missed) == (pytest.approx(nearest), missed)


def test_one_thread_each_is_answered_where_it_alone_holds_or_is_clearly_better() -> None:
    def threads(all_threads: float, one: float) -> tuple[int | None, int]:
        pairs = [pair(4096, 2, all_threads, all_threads), pair(4096, 1, one, one), pair(8192, 2, 0.1, 0.1)]
        (answer,) = choose_pair_buffers(pairs, LATENCY, 2048, 44100)
        return answer.buffer, answer.threads

    assert threads(0.85, 0.79) == (4096, 1)
    assert threads(0.6, 0.6 - 2 * WORTH_SETTING) == (4096, 1)
    assert threads(0.6, 0.6 - WORTH_SETTING / 2) == (4096, 2)
    assert threads(0.6, 0.9) == (4096, 2)
    assert threads(0.9, 0.9) == (8192, 2)


def test_two_objects_have_powers_of_two_alone_and_each_precision_its_answer() -> None:
    pairs = [pair(size, 2, 0.1, 0.1, precision=p) for p in ("float32", "bfloat16") for size in (6144, 8192)]
    answers = choose_pair_buffers(pairs, LATENCY, 2048, 44100)
    assert [(each.precision, each.buffer) for each in answers] == [("float32", 8192), ("bfloat16", 8192)]
    assert choose_pair_buffers(pairs[:1], LATENCY, 2048, 44100) == ()
