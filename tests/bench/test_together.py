"""Streams that are measured at once do run at once, in one process, each with its own threads of the CPU."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from saoctl.bench import together, worker
from saoctl.bench.tasks import BenchFile, TimingTask
from saoctl.config import Config
from saoctl.formats import artifact as artifacts
from saoctl.formats.torchscript import TorchScriptArtifact
from saoctl.vocabulary import Method

PATIENCE = 60  # seconds, after which a test fails instead of waiting for ever
MOST_TURNS = 10_000_000  # of a loop in a script, for the same reason


def test_each_call_sees_the_other_begin_before_it_ends() -> None:
    meet = threading.Barrier(2)
    for _ in range(3):
        times = together.at_once([lambda: meet.wait(PATIENCE), lambda: meet.wait(PATIENCE)], threads=1)
        assert all(seconds > 0 for seconds in times)


def test_scripted_calls_leave_the_interpreter_to_each_other() -> None:
    """Two scripts each wait for what the other writes: one after the other, the first would wait in vain."""

    @torch.jit.script  # type: ignore[misc]
    def waits(mine: torch.Tensor, other: torch.Tensor, turns: int) -> bool:
        mine.fill_(1)
        turn = 0
        while int(other.item()) == 0 and turn < turns:
            turn += 1
        return int(other.item()) == 1

    a, b = torch.zeros(1), torch.zeros(1)
    met: list[bool] = []
    calls = [lambda: met.append(waits(a, b, MOST_TURNS)), lambda: met.append(waits(b, a, MOST_TURNS))]
    together.at_once(calls, threads=1)
    assert met == [True, True]


def test_the_next_calls_begin_when_all_of_the_last_are_done() -> None:
    counts = [0, 0]
    slow = threading.Event()

    def first() -> None:
        counts[0] += 1
        slow.set()

    def second() -> None:
        assert slow.wait(PATIENCE)
        slow.clear()
        counts[1] += 1
        assert counts[0] == counts[1]

    for _ in range(5):
        together.at_once([first, second], threads=1)
    assert counts == [5, 5]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_each_call_has_a_thread_of_its_own_with_so_many_of_the_cpu(threads: int) -> None:
    before = torch.get_num_threads()
    seen: list[set[tuple[int, int]]] = [set(), set()]

    def look(into: set[tuple[int, int]]) -> Callable[[], None]:
        return lambda: into.add((threading.get_ident(), torch.get_num_threads()))

    together.at_once([look(each) for each in seen], threads)
    ((first, of_first),), ((second, of_second),) = seen
    assert len({first, second, threading.get_ident()}) == 3
    assert (of_first, of_second) == (threads, threads)
    assert torch.get_num_threads() == before


def test_what_a_call_raises_is_raised_and_the_other_ends() -> None:
    ended = []

    def fails() -> None:
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        together.at_once([fails, lambda: ended.append(1)], threads=1)
    assert ended == [1]


def jobs(config: Config, **settings: float) -> list[TimingTask]:
    methods: tuple[Method, ...] = ("encode", "decode")
    return [
        TimingTask("cpu", "float32", method, 512, BenchFile.read(config.artifact), seconds=0.1, threads=1, **settings)
        for method in methods
    ]


@pytest.mark.slow
def test_each_method_has_its_own_copy_of_the_file_and_as_many_blocks(
    tiny: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules, load, called = [], artifacts.load, []

    def loaded(path: Path, device: torch.device) -> TorchScriptArtifact:
        artifact = load(path, device)
        assert isinstance(artifact, TorchScriptArtifact)
        modules.append(artifact.module)
        return artifact

    def call(artifact: TorchScriptArtifact, method: str, block: torch.Tensor) -> torch.Tensor:
        called.append((method, id(artifact.module)))
        return block

    monkeypatch.setattr(artifacts, "load", loaded)
    monkeypatch.setattr(TorchScriptArtifact, "call", call)
    encode, decode = together.measure(jobs(tiny))
    assert len({id(module) for module in modules}) == 2
    # Two methods, each always with the same copy.
    assert len(set(called)) == 2
    assert {method for method, _ in called} == {"encode", "decode"}
    assert len(encode.seconds) == len(decode.seconds) == worker.FEWEST_BLOCKS
    assert len(called) == 2 * (1 + worker.WARM_UP_BLOCKS + worker.FEWEST_BLOCKS)
    assert not encode.cut_short
    assert encode.memory_mb == decode.memory_mb > 100  # of the process, in which torch alone takes as much


@pytest.mark.slow
def test_both_are_cut_short_by_the_time_limit(tiny: Config) -> None:
    for measured in together.measure(jobs(tiny, time_limit=1e-9)):
        assert measured.cut_short
        assert len(measured.seconds) == worker.CUT_BLOCKS
        assert measured.first > 0
