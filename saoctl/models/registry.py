"""The model families that saoctl knows, and how a config or a file finds its own."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, SerializeAsAny

from saoctl.models.family import Architecture, Family, UnsupportedArchitectureError
from saoctl.models.oobleck.family import Oobleck

FAMILIES: list[Family[Any]] = [Oobleck()]

# Files of saoctl 0.1.0 do not name their family: there was one.
FIRST = FAMILIES[0].name


def architecture_of(numbers: object) -> object:
    """Return the architecture that a config describes; what is no mapping is returned as it is.

    Args:
        numbers: of the architecture, by the names of its family's class. `family` names the family; without it, the
            family is the one whose names fit.

    Raises:
        ValueError: the named family is unknown, or the numbers are not possible (then it is pydantic's own error).
    """
    if not isinstance(numbers, Mapping):
        return numbers
    given = dict(numbers)
    if (name := given.pop("family", None)) is not None:
        if (family := named(name)) is None:
            raise ValueError(f"has the family {name}, and not one of {', '.join(each.name for each in FAMILIES)}")
    else:
        family = next((each for each in FAMILIES if given.keys() <= each.architecture.model_fields.keys()), FAMILIES[0])
    return family.architecture.model_validate(given)


# The type of an architecture in a config, of any family.
AnArchitecture = Annotated[SerializeAsAny[Architecture], BeforeValidator(architecture_of)]

if TYPE_CHECKING:
    AnyArchitecture = Architecture
else:
    # The type of an architecture in a document, whose schema lists the families.
    AnyArchitecture = reduce(or_, (family.architecture for family in FAMILIES))


def family_of(architecture: Architecture) -> Family[Any]:
    """Return the family of an architecture."""
    return next(family for family in FAMILIES if isinstance(architecture, family.architecture))


def named(name: object) -> Family[Any] | None:
    """Return the family with a name, if there is one."""
    return next((family for family in FAMILIES if family.name == name), None)


def references() -> list[str]:
    """Return the names of all references of all families, and `auto`."""
    return list(dict.fromkeys(["auto", *(name for family in FAMILIES for name in family.references)]))


def check_reference(kind: str) -> None:
    """Refuse a reference that no family can build, before any work for it; see `Family.check_reference`.

    Raises:
        ConfigError: it is not installed.
    """
    having = [family for family in FAMILIES if kind == "auto" or kind in family.references]
    for family in having:
        family.check_reference(kind)


def read_config(config: object) -> Architecture:
    """Return the architecture that a published config file describes.

    Raises:
        UnsupportedArchitectureError: it describes no autoencoder that is supported; the message names what is wrong.
    """
    if not isinstance(config, Mapping):
        raise UnsupportedArchitectureError("the config is not a JSON object")
    family = next((family for family in FAMILIES if family.recognises(config)), FAMILIES[0])
    architecture: Architecture = family.read_config(config)
    return architecture
