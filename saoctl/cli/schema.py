"""Derives JSON schemas of what the commands print with --json from the results' dataclasses and their docstrings.

`python -m saoctl.cli.schema docs/schemas` writes them.
"""

import inspect
import json
import re
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from saoctl.basis.make import BasisResult
from saoctl.bench.result import BenchResult
from saoctl.cli.documents import old_names
from saoctl.convert.collection import ConvertResult
from saoctl.formats.export import ExportResult
from saoctl.formats.info import InfoResult
from saoctl.frontier.frontier import FrontierResult
from saoctl.tune.tuning import TuneResult
from saoctl.verify.result import VerifyResult
from saoctl.vocabulary import METHODS, SCHEMA_VERSION
from saoctl.weights.download import DownloadResult, DryRunResult
from saoctl.weights.models import ModelsResult

# The dataclass of each command's results.
RESULTS: dict[str, type] = {
    "models": ModelsResult,
    "download": DownloadResult,
    "download-dry-run": DryRunResult,
    "export": ExportResult,
    "verify": VerifyResult,
    "bench": BenchResult,
    "tune": TuneResult,
    "frontier": FrontierResult,
    "basis": BasisResult,
    "info": InfoResult,
    **dict.fromkeys(METHODS, ConvertResult),
}

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ARGUMENT = re.compile(r"^    (\w+(?:, \w+)*): (.+?)(?=^    \S|^\S|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Error:
    """Why a command failed.

    Args:
        message: what is wrong.
        hint: the next step to take; can be empty.
        exit_code: the exit code of the command.
    """

    message: str
    hint: str
    exit_code: int


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each kind of document, by the name of its command."""
    documents = {name: _versioned(_schema(result)) for name, result in RESULTS.items()}
    nothing = _versioned({"type": "object", "properties": {}, "required": []})
    failure = {**nothing, "required": [*nothing["required"], "error"]}
    documents |= {
        "export": _extended(documents["export"], {"verify": documents["verify"]}),
        "run": _extended(nothing, {name: documents[name] for name in ("download", "export", "verify", "bench")}),
        "error": _extended(failure, {"error": _schema(Error)}),
    }
    return {name: {"$schema": DIALECT, "title": f"saoctl {name}", **document} for name, document in documents.items()}


def write(folder: Path) -> None:
    """Write one file per schema."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / f"{name}.json").write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")


def _schema(result: type) -> dict[str, Any]:
    """Return the schema of a dataclass; all keys are required, and no others are allowed."""
    schema = TypeAdapter(result).json_schema(mode="serialization")
    classes = {each.__name__: each for each in _classes(result)}
    for name, part in {result.__name__: schema, **schema.get("$defs", {})}.items():
        part.pop("title", None)
        if "properties" not in part:
            continue
        part["additionalProperties"] = False
        part["required"] = list(part["properties"])
        summary, arguments = _documented(classes.get(name))
        part["description"] = summary
        for key, value in part["properties"].items():
            value.pop("title", None)
            if key in arguments:
                value["description"] = arguments[key]
        if name == result.__name__:
            for old, new in old_names(result).items():
                part["properties"][old] = {**part["properties"][new], "description": f"the old name of `{new}`."}
                part["required"].append(old)
    whole: dict[str, Any] = _inlined(schema, schema.pop("$defs", {}))
    return whole


def _classes(annotation: Any) -> Iterator[type]:
    """Yield the dataclasses and models that a type consists of."""
    if isinstance(annotation, type) and (is_dataclass(annotation) or issubclass(annotation, BaseModel)):
        yield annotation
        for field in typing.get_type_hints(annotation).values():
            yield from _classes(field)
    for part in typing.get_args(annotation):
        yield from _classes(part)


def _documented(result: type | None) -> tuple[str, dict[str, str]]:
    """Return the summary of a docstring, and the description of each field from its `Args:` and those of its bases."""
    arguments = {}
    for each in reversed(inspect.getmro(result or object)):
        summary, _, rest = (inspect.getdoc(each) or "").partition("\n\nArgs:\n")
        for names, text in ARGUMENT.findall(rest):
            for name in names.split(", "):
                arguments[name] = " ".join(text.split()).replace("None", "null")
    return " ".join(summary.split("\n\n")[0].split()), arguments


def _inlined(part: Any, definitions: dict[str, Any]) -> Any:
    """Replace the references of a schema by what they refer to."""
    if isinstance(part, dict):
        if "$ref" in part:
            target = definitions[part["$ref"].rpartition("/")[2]]
            return _inlined({**target, **{key: value for key, value in part.items() if key != "$ref"}}, definitions)
        return {key: _inlined(value, definitions) for key, value in part.items()}
    return [_inlined(each, definitions) for each in part] if isinstance(part, list) else part


def _versioned(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the schema's version to the schema of an object."""
    version = {
        "const": SCHEMA_VERSION,
        "description": "of this schema; raised when a key changes or goes.",
    }
    properties = {"schema_version": version, **schema["properties"]}
    return {**schema, "properties": properties, "required": ["schema_version", *schema["required"]]}


def _extended(schema: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    """Add optional keys to the schema of an object."""
    return {**schema, "properties": {**schema["properties"], **optional}, "additionalProperties": False}


if __name__ == "__main__":
    write(Path(sys.argv[1]))
