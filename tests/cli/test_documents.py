"""The same result as JSON, CSV and markdown: complete, parsable, and readable."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from saoctl.bench import time_files as bench
from saoctl.cli import documents
from saoctl.cli.app import app
from saoctl.cli.bench import Bench
from saoctl.cli.verify import Verify
from saoctl.config import Config, load
from saoctl.errors import ConfigError
from saoctl.verify import verify
from saoctl.verify.result import VerifyResult
from saoctl.verify.sentences import verdict

QUICK = ("--no-baselines", "--method", "decode")


def saoctl(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def cells(markdown: str) -> list[list[str]]:
    """The rows of the table in a markdown report, its header first."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "---" not in line]


@pytest.fixture(scope="module")
def result(tiny_config: Path) -> VerifyResult:
    """What verify finds in a file that passes."""
    return verify.run(load(str(tiny_config)))


@pytest.mark.slow
def test_csv_has_every_row_and_every_figure(result: VerifyResult) -> None:
    rows = list(csv.DictReader(io.StringIO(documents.to_csv(result))))
    assert [row["method"] for row in rows] == [row.method for row in result.results]
    for row, whole in zip(rows, documents.document(result)["results"], strict=True):
        assert row.keys() == whole.keys()
        assert float(row["snr_db"]) == whole["snr_db"]


@pytest.mark.slow
def test_markdown_has_every_row_and_the_verdict(result: VerifyResult) -> None:
    text = Verify().markdown(result)
    assert text.startswith("## saoctl verify: passed\n")
    header, *rows = cells(text)
    assert [row[:2] for row in rows] == [[row.method, row.blocks] for row in result.results]
    assert all(len(row) == len(header) for row in rows)
    assert verdict(result).capitalize() in text


@pytest.mark.slow
def test_what_failed_stands_in_all_of_them(tiny: Config) -> None:
    other = tiny.model.model_copy(update={"seed": 2})
    result = verify.run(tiny.model_copy(update={"model": other}))
    text = Verify().markdown(result)
    assert "## saoctl verify: failed" in text
    assert "**bad**" in text
    assert "- encode: the errors are everywhere: other weights" in text
    rows = list(csv.DictReader(io.StringIO(documents.to_csv(result))))
    assert rows[0]["diagnosis"].startswith("the errors are everywhere")


@pytest.mark.slow
def test_a_bench_report_has_rows_answers_and_what_failed(tiny: Config) -> None:
    result = bench.run(tiny.model_copy(update={"bench": tiny.bench.model_copy(update={"offline": True})}), min_rtf=1e9)
    text = Bench().markdown(result)
    assert text.startswith("## saoctl bench: failed\n")
    header, row = cells(text)
    assert len(row) == len(header)
    assert row[:4] == ["cpu", "float32", "decode", "512"]
    assert "offline" in header
    assert "- nn~ buffer for decode (cpu, float32): 512, latency" in text
    assert "offline model on cpu, as a whole: decode" in text
    assert "is below the 1e+09 asked for" in text
    (line,) = csv.DictReader(io.StringIO(documents.to_csv(result)))
    assert float(line["realtime_factor"]) == result.results[0].realtime_factor


@pytest.mark.slow
def test_reports_are_written_by_suffix_beside_the_usual_output(tiny_config: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "new" / f"bench{suffix}" for suffix in documents.SUFFIXES]
    options = [word for path in paths for word in ("--report", path)]
    result = saoctl("bench", "-c", tiny_config, *QUICK, "--json", *options)
    assert json.loads(paths[0].read_text()) == json.loads(result.stdout)
    assert paths[1].read_text().startswith("device,precision,method,block_size,")
    assert paths[2].read_text().startswith("## saoctl bench")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["verify", "bench"])
def test_csv_and_markdown_go_to_stdout(tiny_config: Path, command: str) -> None:
    quick = QUICK if command == "bench" else ("--schedule", "fixed")
    table = saoctl(command, "-c", tiny_config, *quick, "--csv")
    assert {"method", "block_size"} <= set(next(csv.reader(io.StringIO(table.stdout))))
    markdown = saoctl(command, "-c", tiny_config, *quick, "--markdown")
    assert markdown.stdout.startswith(f"## saoctl {command}")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--json", "--csv"], "exclude each other"),
        (["--csv", "--markdown"], "exclude each other"),
        (["--report", "a.txt"], "cannot be written as a.txt"),
    ],
)
@pytest.mark.parametrize("command", ["verify", "bench"])
def test_what_cannot_be_reported_is_refused_before_any_work(
    tiny_config: Path, command: str, options: list[str], words: str
) -> None:
    result = saoctl(command, "-c", tiny_config, "--artifact", "missing.ts", *options)
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_error_leaves_stdout_empty(tiny_config: Path) -> None:
    result = saoctl("verify", "-c", tiny_config, "--artifact", "missing.ts", "--csv")
    assert (result.exit_code, result.stdout) == (4, "")


def test_only_known_kinds_are_accepted() -> None:
    documents.check([Path("a.json"), Path("a.CSV"), Path("a.md")], overwrite=False)
    with pytest.raises(ConfigError):
        documents.check([Path("a.json"), Path("a")], overwrite=False)
