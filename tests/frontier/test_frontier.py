"""The frontier tells what an exported stream of that lookahead really gives."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from typer.testing import CliRunner

from saoctl.cli.app import app
from saoctl.cli.frontier import Frontier
from saoctl.cli.shown import Remark
from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.formats import artifact, export
from saoctl.frontier import frontier
from saoctl.frontier.overlap import least
from saoctl.verify.metrics import snr_db
from tests.architectures import TINY, judge

CPU = torch.device("cpu")


@pytest.fixture
def short(tiny: Config, tmp_path: Path) -> Config:
    """A piece of noise, long enough to have a past."""
    noise = 0.3 * torch.randn(80 * TINY.ratio, 2, generator=torch.Generator().manual_seed(0))
    soundfile.write(tmp_path / "noise.wav", noise.numpy(), TINY.sample_rate, subtype="FLOAT")
    return tiny.model_copy(update={"audio": tmp_path / "noise.wav"})


@pytest.mark.slow
def test_more_latency_never_counts_for_less_and_all_of_it_is_exact(short: Config) -> None:
    result = frontier.run(short, block_size=2 * TINY.ratio)
    assert result.conclusive
    for method in ("encode", "decode", "forward"):
        own = [point for point in result.results if point.method == method]
        assert [point.latency_samples for point in own] == sorted({point.latency_samples for point in own})
        assert own[-1].exact
        assert own[-1].snr_db >= 100
        assert own[-1].arithmetic == 1.0
        assert all(point.arithmetic >= 1.0 for point in own)
    exact = {point.method: point.latency_samples for point in result.results if point.exact}
    assert exact == {"encode": 136, "decode": 149, "forward": 285}


@pytest.mark.slow
def test_the_told_price_is_that_of_the_exported_file(short: Config, tmp_path: Path) -> None:
    """To 0.01 dB: the frontier simulates, the file streams."""
    result = frontier.run(short, block_size=2 * TINY.ratio)
    point = next(each for each in result.results if each.method == "forward" and not each.exact)
    milliseconds = point.latency_samples / TINY.sample_rate * 1e3
    choices = short.export.model_copy(update={"lookahead": milliseconds, "skip_bottleneck": True})
    export.run(short.model_copy(update={"artifact": tmp_path / "a.ts", "export": choices}))
    file = artifact.load(tmp_path / "a.ts", CPU)
    assert file.can.latency_samples["forward"] == point.latency_samples
    data, _ = soundfile.read(tmp_path / "noise.wav", dtype="float32")
    audio = torch.from_numpy(data.T.copy())[None]
    streamed = torch.cat(list(file.blocks("forward", audio, [2 * TINY.ratio] * 40)), dim=2)[
        :, :, point.latency_samples :
    ]
    reference = judge(TINY, seed=1)
    exact = reference.decode(reference.encode(audio))
    assert snr_db(exact, streamed, TINY.ratio) == pytest.approx(point.snr_db, abs=0.01)
    assert snr_db(audio, streamed) == pytest.approx(point.input_snr_db, abs=0.01)


@pytest.mark.slow
def test_chunks_that_overlap_as_told_are_as_near_as_told_and_with_all_of_it_exact(tiny: Config, tmp_path: Path) -> None:
    noise = 0.3 * torch.randn(200 * TINY.ratio, 2, generator=torch.Generator().manual_seed(0))
    soundfile.write(tmp_path / "noise.wav", noise.numpy(), TINY.sample_rate, subtype="FLOAT")
    result = frontier.run(tiny.model_copy(update={"audio": tmp_path / "noise.wav"}))
    reference = judge(TINY, seed=1)
    latents = reference.encode(noise.t()[None])
    whole = reference.decode(latents)
    for method in ("encode", "decode"):
        own = [each for each in result.overlaps if each.method == method]
        assert [each.overlap_frames for each in own] == list(range(0, own[-1].overlap_frames + 1, 2))
        assert [each.exact for each in own] == [False] * (len(own) - 1) + [True]
        assert own[-1].snr_db >= 100
    for wanted in (40, 60):
        enough = least(result.overlaps, "decode", wanted)
        assert enough is not None
        with torch.no_grad():
            chunked = reference.model.decode_audio(  # type: ignore[attr-defined]
                latents, chunked=True, overlap=enough.overlap_frames, chunk_size=2 * enough.overlap_frames
            )
        assert wanted <= enough.snr_db <= snr_db(whole, chunked), (
            "and a whole signal is better than the ends of its chunks"
        )


def test_audio_that_is_too_short_for_two_chunks_has_no_overlaps(short: Config) -> None:
    silence = short.model_copy(update={"seconds": 20 * TINY.ratio / TINY.sample_rate})
    assert frontier.run(silence, block_size=2 * TINY.ratio).overlaps == ()


@pytest.mark.slow
def test_the_command_prints_a_table_draws_and_answers(short: Config, tiny_config: Path, tmp_path: Path) -> None:
    plot, report = tmp_path / "frontier.png", tmp_path / "frontier.md"
    given = ["frontier", "-c", str(tiny_config), "--audio", str(short.audio), "--block-size", "16"]
    result = CliRunner().invoke(app, [*given, "--plot", str(plot), "--report", str(report)])
    assert result.exit_code == 0, result.output
    assert "forward is exact at 36 ms" in result.stdout
    assert "chunks of decode reach 40 dB with an overlap of " in result.stdout
    assert "and are exact with 38\n" in result.stdout
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert report.read_text().startswith("## saoctl frontier\n")
    assert max(len(line) for line in result.stderr.splitlines() if line.startswith(("method", "forward"))) <= 80


def test_bad_input_is_refused_before_any_work(short: Config, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--block-size: a block of 9 samples is no multiple"):
        frontier.run(short, block_size=9)
    with pytest.raises(ConfigError, match=r"A plot cannot be written as f\.doc"):
        Frontier(plot=Path("f.doc")).check(short)


@pytest.mark.slow
@pytest.mark.parametrize(("samples", "kind"), [(np.zeros(640), "silent"), (np.ones(10) * [[1.0], [-1.0]], "short")])
def test_audio_that_says_too_little_of_the_price_is_named(
    tiny: Config, tmp_path: Path, samples: np.ndarray, kind: str
) -> None:
    soundfile.write(tmp_path / "a.wav", samples.ravel(), TINY.sample_rate)
    result = frontier.run(tiny.model_copy(update={"audio": tmp_path / "a.wav"}))
    assert not result.conclusive
    assert [caveat.kind for caveat in result.caveats] == [kind]
    (warning,) = [part.text for part in Frontier().shown(result) if isinstance(part, Remark)]
    assert warning.startswith("These figures say too little: ")
    assert f"- {warning}" in Frontier().markdown(result)
