"""What the commands print with --json is what the schemas in docs/ say, and nothing else."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from typer.testing import CliRunner

from saoctl.cli import schema
from saoctl.cli.app import app
from saoctl.formats import artifact
from tests.verify import broken

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


def kept(name: str) -> Draft202012Validator:
    """The schema of a command, as it is in docs/."""
    return Draft202012Validator(json.loads((FOLDER / f"{name}.json").read_text()))


def printed(*arguments: str | Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(CliRunner().invoke(app, [*map(str, arguments), "--json"]).stdout)
    return document


@pytest.mark.slow
def test_the_schemas_in_docs_are_those_of_the_code(tmp_path: Path) -> None:
    schema.write(tmp_path)
    expected = {path.name: path.read_text() for path in tmp_path.iterdir()}
    found = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert found == expected, "run `make schemas`"
    for text in found.values():
        Draft202012Validator.check_schema(json.loads(text))


def test_every_key_is_described() -> None:
    def undescribed(part: Any, path: str) -> list[str]:
        if not isinstance(part, dict):
            return []
        keys = part.get("properties", {})
        found = [f"{path}.{key}" for key, value in keys.items() if not value.get("description")]
        return found + [each for key, value in part.items() for each in undescribed(value, path)]

    assert [each for name, whole in schema.schemas().items() for each in undescribed(whole, name)] == []


@pytest.mark.slow
@pytest.mark.parametrize("command", ["download", "export", "verify", "bench", "info"])
def test_a_commands_document_is_valid(tiny_config: Path, tmp_path: Path, command: str) -> None:
    options = {"export": ["-o", tmp_path / "a.ts"], "bench": ["--method", "decode", "--together"]}.get(command, [])
    kept(command).validate(printed(command, "-c", tiny_config, *options))


@pytest.mark.slow
def test_the_documents_of_several_steps_are_valid(tiny_config: Path, tmp_path: Path) -> None:
    settings = ("-c", tiny_config, "--set", f"artifact={tmp_path / 'a.ts'}", "--set", "bench.baselines=false")
    kept("run").validate(printed("run", *settings))
    kept("export").validate(printed("export", "--test", *settings))
    failing = printed("run", *settings, "--set", "verify.min_snr_db.float32=400")
    kept("run").validate(failing)
    assert "bench" not in failing


@pytest.mark.slow
def test_a_failed_verify_and_an_error_are_valid(tiny_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept("error").validate(printed("verify", "-c", tiny_config, "--block-size", "9"))
    monkeypatch.setattr(artifact, "load_any", lambda *_: broken.artifact("NaN"))
    document = printed("verify", "-c", tiny_config, "--set", "model.seed=0")
    assert {row["diagnosis"]["kind"] for row in document["results"] if row["diagnosis"]} >= {"not finite"}
    kept("verify").validate(document)


def test_what_is_not_as_documented_is_refused(tiny_config: Path) -> None:
    document = printed("verify", "-c", tiny_config, "--schedule", "fixed")
    for spoil in (
        lambda d: d.pop("passed"),
        lambda d: d.update(more=1),
        lambda d: d["results"][0].update(snr_db="loud"),
        lambda d: d["results"][0].update(schedule="sometimes"),
        lambda d: d["results"][0].pop("latency_samples"),
    ):
        spoilt = copy.deepcopy(document)
        spoil(spoilt)
        with pytest.raises(ValidationError):
            kept("verify").validate(spoilt)
