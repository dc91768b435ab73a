"""Published config files, read key by key: what is missing or impossible is refused by its name."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from saoctl.models.family import Architecture, UnsupportedArchitectureError

A = TypeVar("A", bound=Architecture)


def validated(kind: type[A], **fields: Any) -> A:
    """Return an architecture of a kind with these numbers.

    Raises:
        UnsupportedArchitectureError: a number is impossible; the message names the first one.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnsupportedArchitectureError(f"{where}: {first['msg']}" if where else str(first["msg"])) from error


def need(mapping: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key.

    Raises:
        UnsupportedArchitectureError: it is missing.
    """
    if mapping.get(key) is None:
        raise UnsupportedArchitectureError(f"the key `{key}` is missing")
    return mapping[key]
