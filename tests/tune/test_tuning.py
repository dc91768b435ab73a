"""tune finds the smallest buffer of each candidate, and chooses the best-sounding that is early enough.

Nothing is exported or measured: a machine that is made up says how long blocks take.
"""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from saoctl.bench import worker
from saoctl.bench.tasks import TimingTask
from saoctl.bench.worker import BlockTimes
from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.formats import artifact
from saoctl.kinds import exported_files
from saoctl.tune import files, tuning
from saoctl.tune.candidates import TuneChoices
from saoctl.tune.tuning import TuneResult
from tests.architectures import TINY
from tests.listeners import Warned

RATE = TINY.sample_rate
EXACT_MS = 100.0  # how late the made-up exact stream is

Share = Callable[[Config, int], float]  # of the time that a block lasts, of what is exported and the block size


class Machine:
    """A machine on which blocks take a share of the time that they last.

    Attributes:
        exported: the configs of the files, by their paths.
        tasks: what was timed.
    """

    def __init__(self, tiny: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        self.exported: dict[Path, Config] = {}
        self.tasks: list[TimingTask] = []
        self.share: Share = lambda config, size: 0.1
        own = artifact.describe(tiny.artifact)

        def export(config: Config) -> None:
            if config.export.lookahead == 13.0:
                raise ConfigError("a lookahead of 13 ms cannot be had.")
            for path in exported_files(config.export.format or "torchscript", config.artifact):
                path.write_bytes(b"exported")
            self.exported[config.artifact] = config

        def describe(path: Path) -> object:
            config = self.exported[path]
            late = EXACT_MS if config.export.lookahead == "exact" else config.export.lookahead
            samples = {method: int(late * RATE / 1e3) for method in own.latency_samples}
            return own.model_copy(update={"latency_samples": samples, "precision": config.precision})

        def measure(task: TimingTask) -> BlockTimes:
            self.tasks.append(task)
            share = self.share(self.exported[task.file.path], task.block_size)
            return BlockTimes((share * task.block_size / RATE,) * 20, 0.01, 100.0)

        monkeypatch.setattr(files.export, "run", export)
        monkeypatch.setattr(artifact, "describe", describe)
        monkeypatch.setattr(worker, "measure", measure)
        monkeypatch.setattr(worker, "peak_gflops", lambda *_: 100.0)


@pytest.fixture
def made_up(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tiny, monkeypatch)


def tune(
    config: Config, made_up: Machine, share: Share, at_most_ms: float | None = None, **changed: object
) -> TuneResult:
    """What is chosen in blocks of 8, 16 and 32 ms, with which nn~ is 8, 24 and 56 ms late."""
    made_up.share = share
    settings = config.bench.model_copy(update={"block_sizes": [256, 64, 128]})
    usual = {"precisions": ("float32", "bfloat16"), "formats": ("torchscript",), "packed": False, "lookaheads": (None,)}
    wanted = TuneChoices(**(usual | changed))  # type: ignore[arg-type]
    return tuning.run(config.model_copy(update={"bench": settings}), wanted, None, "decode", at_most_ms)


def by_precision(float32: float, bfloat16: float) -> Share:
    """These shares in blocks of 64 samples, half of them in blocks of 128, and so on."""
    return lambda config, size: {"float32": float32, "bfloat16": bfloat16}[config.precision] * 64 / size


def test_candidates_take_turns_in_ever_longer_blocks_until_each_keeps_up(tiny: Config, made_up: Machine) -> None:
    result = tune(tiny, made_up, by_precision(2.0, 1.0))
    turns = [(task.block_size, task.precision) for task in made_up.tasks]
    assert turns == [
        (64, "float32"), (64, "bfloat16"), (128, "float32"), (128, "bfloat16"), (256, "float32"),
    ]  # fmt: skip
    assert {task.method for task in made_up.tasks} == {"decode"}
    assert [(row.precision, row.buffer, row.load) for row in result.results] == [
        ("float32", 256, pytest.approx(0.5)),
        ("bfloat16", 128, pytest.approx(0.5)),
    ]
    assert [row.total_latency_ms for row in result.results] == pytest.approx([156, 124])


def test_the_best_sounding_that_keeps_up_is_chosen(tiny: Config, made_up: Machine) -> None:
    result = tune(tiny, made_up, by_precision(2.0, 0.1))
    assert result.passed
    assert result.chosen == result.results[0]
    assert (result.chosen.precision, result.chosen.buffer) == ("float32", 256)  # type: ignore[union-attr]
    assert (result.export, result.play) == ("saoctl export", "nn~ tiny decode 256")


@pytest.mark.parametrize(("at_most", "precision"), [(156.0, "float32"), (155.0, "bfloat16"), (108.0, "bfloat16")])
def test_the_best_sounding_that_is_no_later_is_chosen(
    tiny: Config, made_up: Machine, at_most: float, precision: str
) -> None:
    chosen = tune(tiny, made_up, by_precision(2.0, 0.1), at_most).chosen
    assert chosen is not None
    assert chosen.precision == precision


def test_of_what_sounds_alike_the_less_late_and_then_the_less_busy_is_chosen(tiny: Config, made_up: Machine) -> None:
    result = tune(tiny, made_up, lambda config, size: (0.7 if config.export.packed else 0.6) * 64 / size, packed=None)
    assert [row.packed for row in result.results if row.precision == "float32"] == [False, True]
    result = tune(tiny, made_up, lambda config, size: (0.7 if config.export.packed else 0.9) * 64 / size, packed=None)
    assert [(row.packed, row.buffer) for row in result.results if row.precision == "float32"] == [
        (True, 64),
        (False, 128),
    ]
    assert result.export == "saoctl export --packed"


@pytest.mark.parametrize(
    ("at_most", "lookahead", "buffer", "precision"),
    [
        (90.0, 82.0, 64, "bfloat16"),  # nn~ takes 8 ms with the buffer of 64, in which bfloat16 alone keeps up
        (20.0, 12.0, 64, "bfloat16"),
    ],
)
def test_if_no_exact_one_is_early_enough_the_most_lookahead_that_is_left_is_found(
    tiny: Config, made_up: Machine, at_most: float, lookahead: float, buffer: int, precision: str
) -> None:
    chosen = tune(tiny, made_up, by_precision(1.0, 0.5), at_most).chosen
    assert chosen is not None
    assert (chosen.lookahead_ms, chosen.buffer, chosen.precision) == (lookahead, buffer, precision)
    assert chosen.late_ms <= at_most


def test_less_lookahead_that_is_too_slow_in_a_short_block_is_found_in_a_longer_one(
    tiny: Config, made_up: Machine
) -> None:
    def share(config: Config, size: int) -> float:
        return (0.5 if config.export.lookahead == "exact" else 1.0) * 64 / size

    result = tune(tiny, made_up, share, 90.0, precisions=("float32",))
    assert [(row.lookahead_ms, row.buffer) for row in result.results] == [(None, 64), (82.0, None), (66.0, 128)]
    assert result.chosen == result.results[-1]


def test_a_lookahead_that_was_asked_for_is_kept_to(tiny: Config, made_up: Machine) -> None:
    result = tune(tiny, made_up, by_precision(0.1, 0.1), 20.0, lookaheads=(None, 50.0))
    assert result.chosen is None
    assert {row.lookahead_ms for row in result.results} == {None, 50.0}
    assert not result.passed
    assert (result.export, result.play, result.artifact) == (None, None, None)


def test_more_lookahead_sounds_better_than_more_precision(tiny: Config, made_up: Machine) -> None:
    result = tune(tiny, made_up, by_precision(0.1, 0.1), 60.0, lookaheads=(50.0, 30.0))
    assert [(row.lookahead_ms, row.precision) for row in result.results] == [
        (50.0, "float32"), (50.0, "bfloat16"), (30.0, "float32"), (30.0, "bfloat16"),
    ]  # fmt: skip
    assert result.export == "saoctl export --lookahead 50"


def test_where_none_keeps_up_none_is_chosen_and_the_nearest_is_told(tiny: Config, made_up: Machine) -> None:
    result = tune(tiny, made_up, by_precision(16.0, 8.0))
    assert not result.passed
    assert [(row.buffer, row.load) for row in result.results] == [(None, pytest.approx(4)), (None, pytest.approx(2))]


def test_a_candidate_that_cannot_be_exported_is_left_out_and_that_is_said(tiny: Config, made_up: Machine) -> None:
    warned = Warned()
    wanted = TuneChoices(("float32",), ("torchscript",), False, (None, 13.0))
    result = tuning.run(tiny, wanted, warned, "decode")
    assert [row.lookahead_ms for row in result.results] == [None]
    assert any("13 ms of lookahead is left out: a lookahead of 13 ms cannot be had" in each for each in warned.warnings)
    with pytest.raises(ConfigError, match="13 ms cannot be had"):
        tuning.run(tiny, TuneChoices(("float32",), ("torchscript",), False, (13.0,)), warned, "decode")


def test_a_format_of_fixed_blocks_has_a_file_for_each_block_size(tiny: Config, made_up: Machine) -> None:
    result = tune(tiny, made_up, by_precision(1.0, 1.0), formats=("executorch",))
    assert [task.file.path.suffix for task in made_up.tasks] == [".pte", ".pte"]
    sizes = {config.export.block_size for config in made_up.exported.values()}
    assert sizes == {64, 128}
    assert shlex.split(result.export or "")[-4:] == ["--format", "executorch", "--block-size", "128"]
    assert result.play is not None
    assert "docs/executorch.md" in result.play
    assert result.artifact == tiny.artifact.with_suffix(".pte")


def test_files_are_removed_unless_they_are_to_be_kept(tiny: Config, made_up: Machine, tmp_path: Path) -> None:
    tune(tiny, made_up, by_precision(0.1, 0.1))
    assert not any(path.exists() for path in made_up.exported)
    made_up.exported.clear()
    wanted = TuneChoices(("float32",), ("torchscript",), False, (None,))
    tuning.run(tiny, wanted, None, "decode", keep=tmp_path / "kept")
    (path,) = made_up.exported
    assert path.is_file()
    assert path.parent == tmp_path / "kept"


def test_block_sizes_that_no_buffer_has_are_refused(tiny: Config, made_up: Machine) -> None:
    config = tiny.model_copy(update={"bench": tiny.bench.model_copy(update={"block_sizes": [24]})})
    with pytest.raises(ConfigError, match="none of these block sizes"):
        tuning.run(config, TuneChoices(("float32",), ("torchscript",), False, (None,)))


def test_formats_that_run_on_the_cpu_alone_are_compared_there(
    tiny: Config, made_up: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saoctl.devices.available", lambda: ["mps", "cpu"])
    formats = ("torchscript", "onnx")
    auto = tiny.model_copy(update={"device": "auto"})
    assert tune(auto, made_up, by_precision(0.1, 0.1), formats=formats).device == "cpu"
    assert tune(auto, made_up, by_precision(0.1, 0.1)).device == "mps"
    with pytest.raises(ConfigError, match="ONNX files run on the CPU alone"):
        tune(tiny.model_copy(update={"device": "mps"}), made_up, by_precision(0.1, 0.1), formats=formats)


@pytest.mark.slow
def test_a_ratio_that_is_no_power_of_two_is_timed_in_buffers_of_nn_and_as_torchscript_alone(
    held: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up, listener = Machine(held, monkeypatch), Warned()
    config = held.model_copy(update={"bench": held.bench.model_copy(update={"block_sizes": [64, 128]})})
    wanted = TuneChoices(("float32",), ("torchscript", "onnx"), packed=False, lookaheads=(None,))
    result = tuning.run(config, wanted, listener, "forward")
    assert [(row.format, row.buffer) for row in result.results] == [("torchscript", 64)]
    assert {task.block_size for task in made_up.tasks} == {64}
    assert any("ONNX files are left out" in warning for warning in listener.warnings)
    with pytest.raises(ConfigError, match="No buffer can be named"):
        tuning.run(config, TuneChoices(("float32",), ("onnx",), packed=False, lookaheads=(None,)), None, "forward")
