"""The basis step: one's own sounds become directions, and what cannot be used is said."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from saoctl import audio
from saoctl.basis import make as basis_make
from saoctl.basis.fidelity import counts, spectral_distance
from saoctl.basis.make import BLOCK_FRAMES, make_basis
from saoctl.cli.app import app
from saoctl.cli.basis import BasisCommand, find
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.weights import basis as bases
from tests.architectures import TINY, judge
from tests.listeners import Warned

RATE, RATIO = TINY.sample_rate, TINY.ratio
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "basis.json"


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Makes files of noise."""

    def made(name: str, samples: int, rate: int = RATE, seed: int = 0, level: float = 0.3) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = level * np.random.default_rng(seed).standard_normal((samples, 2))
        soundfile.write(path, noise, rate, subtype="FLOAT", format="WAV")
        return path

    return made


def latents_of(*paths: Path) -> torch.Tensor:
    """What stable-audio-tools' model makes of whole files, [L, F]."""
    reference = judge(TINY, seed=1, dtype=torch.float64)
    parts = []
    for path in paths:
        samples = torch.from_numpy(soundfile.read(path)[0].T.copy())[None]
        parts.append(reference.encode(audio.to_whole_frames(samples, RATIO))[0])
    return torch.cat(parts, dim=1)


@pytest.mark.slow
def test_coordinates_over_the_sounds_have_variance_1_and_no_correlation(
    tiny: Config, make: Callable[..., Path], tmp_path: Path
) -> None:
    sounds = [make("a.wav", 3 * RATE + 3), make("b.wav", RATE, seed=1, level=0.1)]
    result = make_basis(tiny, sounds, tmp_path / "b.safetensors")
    basis, latents = bases.read(tmp_path / "b.safetensors"), latents_of(*sounds)
    assert basis.frames == result.frames == latents.shape[1]
    assert torch.allclose(basis.mean, latents.mean(1), rtol=1e-5, atol=1e-5)
    found = torch.cov(basis.coordinates(latents), correction=0)
    assert (found - torch.eye(2, dtype=torch.float64)).abs().max() < 0.01
    assert result.results[-1].snr_db is None
    assert result.results[-1].variance == pytest.approx(1)
    assert result.results[-1].spectral_db < 0.01
    assert [row.directions for row in result.results] == [1, 2]
    assert result.seconds == pytest.approx(4, abs=0.01)


@pytest.mark.slow
def test_what_few_directions_lose_is_measured_on_the_decoded_sound(
    tiny: Config, make: Callable[..., Path], tmp_path: Path
) -> None:
    sound = make("a.wav", 4 * RATE)
    result = make_basis(tiny, [sound], tmp_path / "b.safetensors")
    basis, latents = bases.read(tmp_path / "b.safetensors"), latents_of(sound)
    reference = judge(TINY, seed=1, dtype=torch.float64)
    whole = reference.decode(latents[None])
    kept = reference.decode(basis.latents(basis.coordinates(latents)[:1])[None])
    expected = 10 * torch.log10(whole.square().sum() / (whole - kept).square().sum())
    assert result.results[0].snr_db == pytest.approx(expected.item(), abs=0.01)
    assert result.results[0].spectral_db == pytest.approx(spectral_distance(whole, kept), abs=0.01)


@pytest.mark.slow
def test_the_same_sounds_give_the_same_file(tiny: Config, make: Callable[..., Path], tmp_path: Path) -> None:
    sound = make("a.wav", RATE)
    for name in ("one.safetensors", "two.safetensors"):
        make_basis(tiny, [sound], tmp_path / name)
    assert (tmp_path / "one.safetensors").read_bytes() == (tmp_path / "two.safetensors").read_bytes()


@pytest.mark.slow
def test_a_folder_is_searched_and_what_is_broken_is_left_out_and_told(
    tiny: Config, make: Callable[..., Path], tmp_path: Path
) -> None:
    good = [make("sounds/a.wav", RATE), make("sounds/deep/b.WAV", 48000, rate=48000)]
    make("sounds/c.wav", 100, level=0.0)
    (tmp_path / "sounds" / "d.flac").write_text("no audio")
    (tmp_path / "sounds" / "notes.txt").write_text("no audio either")
    progress = Warned()
    result = make_basis(tiny, find([tmp_path / "sounds", good[0]]), tmp_path / "b.safetensors", progress)
    assert set(result.audio) == set(good)
    assert len(result.left_out) == 2
    assert any("c.wav is silent" in reason for reason in result.left_out)
    assert any("d.flac is a text file, and cannot be read as audio" in reason for reason in result.left_out)
    assert [f"left out: {reason}" for reason in result.left_out] == progress.warnings[:2]


@pytest.mark.parametrize(
    ("samples", "level", "words"),
    [(0, 0.3, "is empty"), (1000, 0.0, "is silent"), (RATIO, 0.3, "shorter than two latent frames")],
)
def test_a_sound_without_directions_is_refused_and_nothing_is_written(
    tiny: Config, make: Callable[..., Path], tmp_path: Path, samples: int, level: float, words: str
) -> None:
    sound = make("a.wav", samples, level=level)
    with pytest.raises(FileError, match=words):
        make_basis(tiny, [sound], tmp_path / "b.safetensors")
    assert not (tmp_path / "b.safetensors").exists()


def test_if_none_of_several_can_be_used_that_is_said(tiny: Config, make: Callable[..., Path], tmp_path: Path) -> None:
    sounds = [make("a.wav", 100, level=0.0), make("b.wav", 0)]
    with pytest.raises(FileError, match="None of the files can be used"):
        make_basis(tiny, sounds, tmp_path / "b.safetensors")


def test_few_frames_give_a_basis_and_a_warning(tiny: Config, make: Callable[..., Path], tmp_path: Path) -> None:
    progress = Warned()
    result = make_basis(tiny, [make("a.wav", 4 * RATIO)], tmp_path / "b.safetensors", progress)
    assert result.frames == 4
    assert progress.warnings == [
        "4 latent frames are few for 2 directions: the last of them are a matter of chance. Give more audio, a minute"
        " or more."
    ]


def test_names_and_outputs_are_checked_before_any_work(tiny: Config, make: Callable[..., Path], tmp_path: Path) -> None:
    sound, output = make("a.wav", RATE), tmp_path / "b.safetensors"
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="No sounds are named"):
        BasisCommand([], output).check(tiny)
    with pytest.raises(FileError, match="has no audio files in it"):
        BasisCommand([tmp_path / "empty"], output).check(tiny)
    with pytest.raises(FileError, match=r"missing\.wav does not exist"):
        BasisCommand([tmp_path / "missing.wav"], output).check(tiny)
    with pytest.raises(ConfigError, match=r"A basis cannot be written as b\.txt"):
        BasisCommand([sound], tmp_path / "b.txt").check(tiny)
    with pytest.raises(ConfigError, match=r"A plot cannot be written as b\.doc"):
        BasisCommand([sound], output, plot=tmp_path / "b.doc").check(tiny)


@pytest.mark.slow
def test_no_more_of_a_long_file_is_held_than_a_block(
    tiny: Config, make: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it is: each block is asked for when the one before has been encoded."""
    held: list[int] = []
    original = audio.blocks

    def watched(path: Path, sample_rate: int, channels: int, size: int) -> Iterator[torch.Tensor]:
        for block in original(path, sample_rate, channels, size):
            held.append(block.shape[1])
            yield block

    monkeypatch.setattr(audio, "blocks", watched)
    monkeypatch.setattr(basis_make, "LISTENED_SECONDS", 2.0)
    result = make_basis(tiny, [make("a.wav", 5 * RATE)], tmp_path / "b.safetensors")
    assert max(held) == BLOCK_FRAMES * RATIO
    assert sum(held) == 5 * RATE
    assert result.listened_seconds == pytest.approx(2, abs=0.01)


@pytest.mark.slow
def test_the_command_prints_a_table_that_fits_draws_and_answers(
    tiny_config: Path, make: Callable[..., Path], tmp_path: Path
) -> None:
    sound, output, plot = make("a.wav", RATE), tmp_path / "b.safetensors", tmp_path / "b.png"
    given = ["basis", str(sound), "-c", str(tiny_config), "-o", str(output)]
    result = CliRunner().invoke(app, [*given, "--plot", str(plot), "--report", str(tmp_path / "b.md")])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1] == "from 1.0 s of audio in 1 file, 1000 latent frames"
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "b.md").read_text().startswith("## saoctl basis\n")
    header = next(line for line in result.stderr.splitlines() if line.lstrip().startswith("directions"))
    assert len(header) <= 80
    document = json.loads(CliRunner().invoke(app, [*given, "--json"]).stdout)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert document["latent_dim"] == 2
    assert CliRunner().invoke(app, ["basis", "-c", str(tiny_config)]).exit_code == 2


def test_counts_double_up_to_all() -> None:
    assert counts(64) == [1, 2, 4, 8, 16, 32, 64]
    assert counts(6) == [1, 2, 4, 6]
    assert counts(1) == [1]


def test_spectra_that_differ_by_a_gain_differ_by_that_gain() -> None:
    sound = torch.randn(1, 2, 20_000, generator=torch.Generator().manual_seed(0))
    assert spectral_distance(sound, sound) == 0
    assert spectral_distance(sound, sound / 2) == pytest.approx(6.02, abs=0.05)
    assert spectral_distance(torch.zeros(1, 1, 5000), torch.zeros(1, 1, 5000)) == 0
    assert spectral_distance(sound[:, :, :100], sound[:, :, :100]) == 0
