"""A file with a basis says so, is judged as such by verify, and takes no basis that is not its model's."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import soundfile
import torch
from typer.testing import CliRunner

from saoctl.basis.make import make_basis
from saoctl.cli.app import app
from saoctl.config import Config, load
from saoctl.errors import FileError
from saoctl.formats import artifact, export, info
from saoctl.models.oobleck.random import random_state
from saoctl.models.registry import family_of
from saoctl.verify import verify
from saoctl.weights import basis as bases
from tests.architectures import TINY, WIDE

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def of_noise(tiny_config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("basis")
    noise = 0.3 * torch.randn(TINY.sample_rate, 2, generator=torch.Generator().manual_seed(0))
    soundfile.write(folder / "noise.wav", noise.numpy(), TINY.sample_rate, subtype="FLOAT")
    make_basis(load(str(tiny_config)), [folder / "noise.wav"], folder / "b.safetensors")
    return folder / "b.safetensors"


@pytest.fixture
def basis(of_noise: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(of_noise, tmp_path))


def with_basis(config: Config, basis: Path, **choices: Any) -> Config:
    folder = basis.parent
    wanted = config.export.model_copy(update={"basis": basis, **choices})
    return config.model_copy(update={"artifact": folder / "a.ts", "export": wanted})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("precision", "count", "lookahead"),
    [
        ("float32", 1, "exact"),
        pytest.param("bfloat16", 2, 20.0, marks=pytest.mark.slow),
        pytest.param("mixed", 2, "exact", marks=pytest.mark.slow),
    ],
)
def test_verify_judges_it_with_the_matrix(
    tiny: Config, basis: Path, precision: str, count: int, lookahead: str | float
) -> None:
    config = with_basis(tiny, basis, latents=count, lookahead=lookahead).model_copy(update={"precision": precision})
    exported = export.run(config)
    assert exported.methods["encode"].out_channels == exported.methods["decode"].in_channels == count
    result = verify.run(config)
    assert all(row.passed or (row.diagnosis and row.diagnosis.kind == "price") for row in result.results)
    assert {row.method for row in result.results} == {"encode", "decode", "forward"}


@pytest.mark.slow
def test_verify_finds_another_basis_in_its_place(tiny: Config, basis: Path) -> None:
    config = with_basis(tiny, basis)
    export.run(config)
    loaded = torch.jit.load(config.artifact)
    loaded.model.controls.to_coordinates.mul_(1.001)
    artifact.save(loaded, config.artifact, artifact.describe(config.artifact))
    failed = {row.method for row in verify.run(config).results if not row.passed}
    assert failed == {"encode", "forward"}


@pytest.mark.slow
def test_the_file_says_what_it_is(tiny: Config, basis: Path) -> None:
    config = with_basis(tiny, basis, latents=1)
    export.run(config)
    told = info.run(config.artifact).basis
    assert told is not None
    assert told.startswith("the first 1 of 2 directions (")
    assert told.endswith(" of noise.wav, seed 1")
    description = artifact.describe(config.artifact)
    assert description.format == 3
    assert description.latents == 1
    assert description.basis is not None
    again, original = description.basis.whole(TINY), bases.read(basis)
    assert torch.equal(again.directions, original.directions)
    assert torch.equal(again.mean, original.mean)
    host = torch.jit.load(config.artifact)
    share = original.share[0].item()
    assert host.encode_output_labels == host.decode_input_labels == [f"direction 1 ({share:.0%})"]


def test_a_file_without_a_basis_is_of_the_format_of_before(tiny: Config) -> None:
    assert artifact.describe(tiny.artifact).format == 1
    assert info.run(tiny.artifact).basis is None


def test_the_basis_of_another_model_is_refused_by_name(basis: Path, tiny: Config, tmp_path: Path) -> None:
    (tmp_path / "wide").mkdir()
    family_of(WIDE).write(tmp_path / "wide", WIDE, random_state(WIDE, 0))
    source = tiny.model.model_copy(update={"seed": None, "path": tmp_path / "wide", "architecture": None})
    with pytest.raises(FileError, match=r"basis of another model: it was made with seed 1, which has 2 latents of 8"):
        export.run(with_basis(tiny, basis).model_copy(update={"model": source}))


def test_the_basis_of_other_weights_of_the_same_architecture_is_refused_by_name(basis: Path, tiny: Config) -> None:
    other = tiny.model.model_copy(update={"seed": 2})
    with pytest.raises(FileError, match=r"basis of other weights: it was made with seed 1, whose"):
        export.run(with_basis(tiny, basis).model_copy(update={"model": other}))


@pytest.mark.slow
def test_a_decoder_alone_plays_along_the_basis_of_the_model_that_it_belongs_to(
    tiny: Config, decoder_config: Path, basis: Path
) -> None:
    decoder = tiny.model_copy(update={"model": load(str(decoder_config)).model})
    chosen = with_basis(decoder, basis, latents=1)
    assert export.run(chosen).methods["decode"].in_channels == 1
    assert verify.run(chosen).passed


def test_a_bad_basis_is_refused_before_the_weights_are_looked_for(tiny: Config, tmp_path: Path) -> None:
    nowhere = tiny.model.model_copy(update={"seed": None, "path": tmp_path / "nowhere", "architecture": None})
    (tmp_path / "b.safetensors").write_text("a basis")
    with pytest.raises(FileError, match="is a text file, and cannot be read as a basis"):
        export.run(with_basis(tiny, tmp_path / "b.safetensors").model_copy(update={"model": nowhere}))


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--latents", "0"], 2, "export.latents"),
        (["--latents", "65"], 2, "65 are more than the 2 directions"),
        (["--latents", "many"], 2, "many"),
        (["--basis", "missing.safetensors"], 4, "does not exist"),
        (["--set", "export.basis=null", "--set", "export.latents=2"], 2, "without a `basis`"),
    ],
)
def test_bad_input_is_one_clear_error(
    tiny_config: Path, basis: Path, tmp_path: Path, options: list[str], code: int, words: str
) -> None:
    given = [] if "export.basis=null" in options or "--basis" in options else ["--basis", str(basis)]
    result = CliRunner().invoke(
        app, ["export", "-c", str(tiny_config), "-o", str(tmp_path / "bad.ts"), *given, *options, "--json"]
    )
    assert result.exit_code == code, result.output
    if result.stdout.startswith("{"):
        assert words in json.loads(result.stdout)["error"]["message"]
    assert not (tmp_path / "bad.ts").exists()
