"""verify streams a file that holds latents in nn~'s blocks, and finds what is wrong with its queues."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.formats import artifact, export
from saoctl.formats.nn_tilde_held import HeldNnTilde
from saoctl.formats.torchscript import wrapped
from saoctl.verify import verify
from saoctl.verify.comparisons import make_cases
from saoctl.verify.schedules import schedules
from saoctl.vocabulary import METHODS
from tests.architectures import HELD, description, judge, offline
from tests.verify.broken import compared

GRID, HOLD, FRAMES = 4, 3, 120


def with_verify(config: Config, **settings: object) -> Config:
    return config.model_copy(update={"verify": config.verify.model_copy(update=settings)})


@pytest.mark.slow
def test_a_file_is_compared_in_multiples_of_its_grid_from_the_first_sample_on(held: Config) -> None:
    result = verify.run(with_verify(held, block_sizes=[20, 64]))
    assert result.passed
    assert {row.block_size for row in result.results if row.schedule == "fixed"} == {20, 64}
    assert {row.block_size for row in result.results if row.schedule == "frames"} == {HELD.ratio}
    assert all(size % GRID == 0 for size in result.random_blocks)
    assert all(row.latency_measured == row.latency_samples for row in result.results)
    assert {row.schedule for row in result.results} == {"fixed", "frames", "random", "whole", "reset", "batch"}


def test_a_block_that_is_no_multiple_of_the_grid_is_refused(held: Config) -> None:
    with pytest.raises(ConfigError, match=r"a block of 18 samples is no multiple of the file's grid 4\. Use 16 or 20"):
        verify.run(with_verify(held, block_sizes=[18]))


@pytest.mark.slow
def test_a_file_without_a_grid_goes_on_to_verify_in_whole_latent_frames(held: Config, tmp_path: Path) -> None:
    """Such files were written before latents were held."""
    found = artifact.describe(held.artifact)
    host = export.build(offline(HELD, seed=1), "float32", streaming=True)
    older = found.model_copy(update={"format": 1, "grid": None, "latency_samples": export.latency_samples(host)})
    artifact.save(host, tmp_path / "older.ts", older)
    config = with_verify(held, block_sizes=[24]).model_copy(update={"artifact": tmp_path / "older.ts"})
    result = verify.run(config)
    assert result.passed
    assert all(row.latency_samples % HELD.ratio == 0 for row in result.results if row.method == "encode")


@pytest.mark.slow
def test_estimates_are_those_of_the_frames_that_a_block_makes_whole(held: Config, tmp_path: Path) -> None:
    choices = held.export.model_copy(update={"lookahead": 30.0})
    bounds = held.verify.min_snr_db.model_copy(update={"lookahead": -100.0})
    config = with_verify(held, block_sizes=[20, 64], min_snr_db=bounds)
    config = config.model_copy(update={"export": choices, "artifact": tmp_path / "less.ts"})
    exported = export.run(config)
    assert exported.latency_samples["forward"] <= 0.03 * HELD.sample_rate
    assert verify.run(config).passed


def later_than_declared(host: HeldNnTilde) -> None:
    host.encode_queue.delay += 1


def not_reset(host: HeldNnTilde) -> None:
    def reset() -> None:
        host.model.reset()
        host.encode_queue.reset()
        host.decode_queue.reset()

    host.reset = reset  # type: ignore[method-assign]


def too_early(host: HeldNnTilde) -> None:
    host.decode_queue.delay -= GRID


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "method", "kind"),
    [
        (later_than_declared, "encode", "latency"),
        (not_reset, "forward", "preroll"),
        (too_early, "decode", "crash"),
    ],
)
def test_a_wrong_queue_is_found(spoil: Callable[[HeldNnTilde], None], method: str, kind: str) -> None:
    host = export.build(offline(HELD), "float32", streaming=True, grid=GRID)
    assert isinstance(host, HeldNnTilde)
    host.set_noise(0.0)
    about = description(HELD, export.latency_samples(host), GRID)
    spoil(host)
    reference = judge(HELD)
    signal = 0.3 * torch.randn(1, 2, FRAMES * HELD.ratio, generator=torch.Generator().manual_seed(0))
    chosen = schedules(["fixed", "reset"], FRAMES, [5, 16], 0, hold=HOLD)
    cases = make_cases(reference, signal, chosen, METHODS, HELD, grid=GRID)
    found = compared(wrapped(Path("a.ts"), host, torch.device("cpu"), about), reference, cases)
    for trace in found:
        row = trace.comparison
        if row.method != method:
            assert row.passed, row
    causes = {trace.comparison.diagnosis.kind for trace in found if trace.comparison.diagnosis is not None}
    assert causes == {kind}
