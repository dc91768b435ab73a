"""A file names the weights that it was exported from, and an error names what would work."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml
from click.testing import Result
from typer.testing import CliRunner

from saoctl import config as configs
from saoctl.cli.app import app
from saoctl.config import Config, ModelConfig
from saoctl.formats import artifact, origin
from saoctl.formats.description import Description
from saoctl.progress import Silent
from saoctl.tune.precisions import files_in_precisions
from saoctl.weights.source import find, write_random
from tests.architectures import TINY, description

QUICK = ("--schedule", "whole", "--set", "verify.seconds=0.1")
MADE = json.dumps({"seed": 3, "architecture": TINY.model_dump(mode="json")})


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, without a config of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that was exported from the demo."""
    path = tmp_path_factory.mktemp("demo") / "eight.ts"
    good("export", "-c", "demo", "-o", path)
    return path


def saoctl(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def good(*arguments: str | Path) -> Result:
    result = saoctl(*arguments)
    assert result.exit_code == 0, result.output
    return result


def error(code: int, *arguments: str | Path) -> str:
    result = saoctl(*arguments)
    assert result.exit_code == code, result.output
    return str(result.stderr.strip().splitlines()[-1])


def weights_taken(*arguments: str | Path) -> dict[str, str | None]:
    taken: dict[str, str | None] = json.loads(good("verify", *arguments, *QUICK, "--json").stdout)["weights"]
    return taken


def exported(path: Path, **named: object) -> tuple[Config, Description]:
    """A config that nobody chose, with a file that was exported from such weights, as it is described."""
    default = configs.load(flags={"artifact": str(path)})
    return default, description(TINY, {}).model_copy(update=named)


class TestVerify:
    @pytest.mark.slow
    def test_takes_the_shipped_config_that_the_file_names_and_says_so(self, eight: Path) -> None:
        result = good("verify", eight, *QUICK)
        assert "weights: demo, as the file names them" in result.stderr

    @pytest.mark.slow
    def test_takes_random_weights_again(self) -> None:
        good("export", "--set", f"model={MADE}", "-o", "a.ts")
        assert weights_taken("a.ts") == {"source": "seed 3", "commit": None, "named_by": "artifact"}

    @pytest.mark.slow
    @pytest.mark.parametrize("command_folder", [".", "elsewhere"])
    def test_finds_a_path_from_the_working_folder_and_from_above_the_file(
        self, place: Path, monkeypatch: pytest.MonkeyPatch, command_folder: str
    ) -> None:
        write_random(place / "models" / "vae", TINY, seed=7)
        (place / "out").mkdir()
        (place / "elsewhere").mkdir()
        good("export", "--path", "models/vae", "-o", "out/a.ts")
        monkeypatch.chdir(place / command_folder)
        found = weights_taken(place / "out" / "a.ts")
        assert found == {"source": "models/vae", "commit": None, "named_by": "artifact"}

    @pytest.mark.slow
    def test_says_how_to_name_a_path_that_is_gone(self, place: Path) -> None:
        write_random(place / "vae", TINY, seed=7)
        good("export", "--path", place / "vae", "-o", "a.ts")
        (place / "vae").rename(place / "moved")
        told = error(4, "verify", "a.ts")
        assert "a.ts was exported from weights called vae" in told
        assert "--path WEIGHTS" in told
        assert weights_taken("a.ts", "--path", "moved")["named_by"] == "config"

    @pytest.mark.slow
    def test_notices_other_weights_in_the_place_of_those_that_the_file_names(self, place: Path) -> None:
        write_random(place / "vae", TINY, seed=7)
        good("export", "--path", "vae", "-o", "a.ts")
        shutil.rmtree(place / "vae")
        write_random(place / "vae", TINY, seed=8)
        told = error(4, "verify", "a.ts", *QUICK)
        assert "was exported from vae, and the weights of that name have other values here" in told
        assert "--path WEIGHTS" in told

    @pytest.mark.slow
    def test_compares_with_what_the_user_chooses(self, place: Path) -> None:
        write_random(place / "vae", TINY, seed=7)
        good("export", "--path", "vae", "-o", "a.ts")
        result = saoctl("verify", "a.ts", "--set", f"model={MADE}", *QUICK)
        assert result.exit_code == 1
        assert "a.ts was exported from vae, and is compared with seed 3." in result.stderr
        Path("saoctl.yaml").write_text(yaml.safe_dump({"model": {"path": "vae"}}))
        assert weights_taken("a.ts")["named_by"] == "config"

    @pytest.mark.slow
    def test_the_same_weights_in_another_place_are_no_reason_for_a_warning(self, place: Path) -> None:
        write_random(place / "vae", TINY, seed=3)
        good("export", "--path", "vae", "-o", "a.ts")
        assert "is compared with" not in good("verify", "a.ts", "--set", f"model={MADE}", *QUICK).stderr

    def test_of_another_model_than_the_configs_it_names_the_command_that_would_work(self, eight: Path) -> None:
        told = error(4, "verify", eight, "--set", f"model={MADE}")
        assert f"saoctl verify {eight} -c demo" in told


class TestOthers:
    @pytest.mark.slow
    def test_info_tells_the_options_that_choose_the_weights(self, eight: Path) -> None:
        assert f"saoctl verify {eight} -c demo" in good("info", eight).stderr.replace("\n", "")
        found = json.loads(good("info", eight, "--json").stdout)
        assert (found["source_kind"], found["source"], found["options"]) == ("config", "demo", "-c demo")

    @pytest.mark.slow
    def test_bench_exports_other_precisions_from_the_weights_that_the_file_names(self, place: Path) -> None:
        write_random(place / "vae", TINY, seed=7)
        good("export", "--path", "vae", "-o", "a.ts")
        default = configs.load(settings=["bench.precisions=[bfloat16]"], flags={"artifact": "a.ts"})
        with files_in_precisions(default, Silent()) as (half,):
            assert artifact.describe(half).weights == artifact.describe(Path("a.ts")).weights
            assert artifact.describe(half).precision == "bfloat16"


class TestWhatAFileNames:
    def test_a_repo_is_taken_at_the_commit_that_was_exported(self) -> None:
        default, repo = exported(Path("a.ts"), source_kind="repo", source="someone/else", revision="main", commit="abc")
        assert origin.with_weights_of(default, repo).model == ModelConfig(repo="someone/else", revision="abc")
        assert origin.options_for(repo) == "--set 'model={repo: someone/else, revision: abc}'"
        ours = repo.model_copy(update={"source": "stabilityai/stable-audio-open-1.0"})
        assert origin.options_for(ours) == "-c stable-audio-open-1.0 --set model.revision=abc"

    def test_files_that_name_nothing_leave_the_config_as_it_is(self) -> None:
        default, old = exported(Path("a.ts"), source="demo")
        for described in (old, None):
            assert origin.with_weights_of(default, described) is default

    @pytest.mark.parametrize(
        ("name", "settings", "flags"),
        [
            ("stable-audio-open-1.0", (), {}),
            (None, ("model.revision=main",), {}),
            (None, (), {"model": {"path": "vae"}}),
        ],
        ids=["-c", "--set", "--path"],
    )
    def test_weights_that_the_user_chose_stay(
        self, name: str | None, settings: tuple[str, ...], flags: dict[str, object]
    ) -> None:
        chosen = configs.load(name, settings, flags)
        _, named = exported(Path("a.ts"), source_kind="config", source="demo")
        assert origin.with_weights_of(chosen, named) is chosen
        assert not chosen.model.is_default
        assert configs.load(settings=("verify.seconds=4",), flags={"artifact": "a.ts"}).model.is_default

    def test_a_path_is_called_as_the_user_wrote_it(self, place: Path) -> None:
        write_random(place / "conf" / "models" / "vae", TINY, seed=7)
        (place / "conf" / "my.yaml").write_text(yaml.safe_dump({"model": {"path": "models/vae"}}))
        for written in ("conf/my.yaml", str(place / "conf" / "my.yaml")):
            assert find(configs.load(written).model, Silent()).name == "models/vae"
        demo = configs.shipped()["demo"].parent / "demo"
        for path, name in ((place / "conf" / "models" / "vae", "vae"), (Path("conf/models/vae"), "conf/models/vae")):
            assert find(ModelConfig(path=path), Silent()).name == name
        assert find(ModelConfig(path=demo), Silent()).kind == "config"


class TestErrorsWithoutAConfig:
    def test_the_ways_to_other_weights_are_named(self, place: Path) -> None:
        soundfile.write(place / "song.flac", np.zeros((400, 2)), 8000)
        told = error(3, "forward", "song.flac")
        words = ("saoctl download -c stable-audio-open-1.0", "-c demo", "--path", "--artifact FILE")
        assert [word for word in words if word not in told] == []
        assert "--artifact" not in error(3, "export")

    def test_the_download_of_the_weights_that_were_chosen_is_named(self) -> None:
        assert "saoctl download -c stable-audio-open-small" in error(3, "export", "-c", "stable-audio-open-small")

    @pytest.mark.parametrize("command", ["verify", "bench", "info"])
    def test_the_file_of_a_shipped_config_that_is_there_is_named(self, place: Path, command: str) -> None:
        told = error(4, command)
        assert f"Run `saoctl export` first, or name a file: `saoctl {command} FILE`." in told
        (place / "exports").mkdir()
        (place / "exports" / "demo.ts").touch()
        assert f"exports/demo.ts exists: run `saoctl {command} -c demo`." in error(4, command)
        assert "-c demo" not in error(4, command, "missing.ts")
