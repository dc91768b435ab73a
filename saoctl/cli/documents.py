"""Writes a command's result as a document: JSON, CSV or markdown."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from saoctl.cli.command import Command, ReportCommand
from saoctl.files import atomic_file, check_output
from saoctl.kinds import Kind
from saoctl.vocabulary import SCHEMA_VERSION


def document(result: Any) -> dict[str, Any]:
    """Return the JSON object of a result, which is a dataclass; `saoctl.cli.schema` describes it."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(result), default=_plain, allow_nan=False))
    plain |= {old: plain[new] for old, new in old_names(type(result)).items()}
    return versioned(plain)


def old_names(result: type[Any]) -> dict[str, str]:
    """Return the old names of keys that were renamed, with the new ones; the document has both."""
    return {each.metadata["old_name"]: each.name for each in fields(result) if "old_name" in each.metadata}


def versioned(content: dict[str, Any]) -> dict[str, Any]:
    """Add the version of the schema to a JSON object."""
    return {"schema_version": SCHEMA_VERSION, **content}


def to_csv(result: Any) -> str:
    """Return the rows of a result as CSV with a header; a diagnosis becomes its sentence."""
    rows = document(result)["results"]
    for row in rows:
        if isinstance(row.get("diagnosis"), dict):
            row["diagnosis"] = row["diagnosis"]["message"]
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def render(command: Command[Any], result: Any, suffix: str) -> str:
    """Return a report of the kind that one of SUFFIXES names."""
    if suffix == ".json":
        return json.dumps(document(result), indent=2) + "\n"
    if suffix == ".csv":
        return to_csv(result)
    assert isinstance(command, ReportCommand)  # since only these have the options of a report
    return command.markdown(result)


FIRST_COLUMNS = ("method", "device", "directions", "given")  # of a CSV report, by which it is recognised
SUFFIXES = (".json", ".csv", ".md")


def check(paths: Sequence[Path], overwrite: bool) -> None:
    """Refuse reports that cannot be written. A missing folder is made, since CI jobs rely on it.

    Raises:
        ConfigError: the suffix is none of SUFFIXES.
        FileError: the file cannot be written, or would replace one that is not a report.
    """
    for path in paths:
        check_output(path, REPORT, overwrite=overwrite, make_folder=True)


def _is_report(path: Path) -> bool:
    """Tell whether a file is a report of saoctl, of this version or an older one."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix.lower() == ".json":
            content = json.loads(text)
            return isinstance(content, dict) and "results" in content
    except (OSError, ValueError):
        return False
    return text.startswith("## saoctl ") if path.suffix.lower() == ".md" else text.partition(",")[0] in FIRST_COLUMNS


REPORT = Kind("report of saoctl's", SUFFIXES, _is_report)


def write(command: Command[Any], result: Any, path: Path) -> None:
    """Write a report in the format that its suffix names.

    Raises:
        FileError: the report cannot be written.
    """
    text = render(command, result, path.suffix.lower())
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _plain(value: object) -> str | dict[str, Any]:
    """Convert a value that json cannot encode."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")
