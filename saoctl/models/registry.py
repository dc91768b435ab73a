"""The model families that saoctl knows, and how a config or a file finds its own."""

import difflib
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, SerializeAsAny

from saoctl.models.family import (
    Architecture,
    Family,
    KnownModel,
    Numbers,
    PartialArchitecture,
    UnavailableModel,
    UndecidedError,
    UnsupportedArchitectureError,
)
from saoctl.models.oobleck.family import Oobleck
from saoctl.models.same.family import Same

FAMILIES: list[Family[Any]] = [Oobleck(), Same()]

# Files of saoctl 0.1.0 do not name their family: there was one.
FIRST = FAMILIES[0].name


def architecture_of(numbers: object) -> object:
    """Return the architecture that a config describes; what is neither a name nor a mapping is returned as it is.

    Args:
        numbers: the name of a known model, or the numbers of the architecture by the names of its family's class.
            `family` names the family; without it, the family is the one whose names fit. Numbers that are all among
            those that tensors do not show become a `PartialArchitecture`.

    Raises:
        ValueError: the name or the family is unknown, or the numbers are not possible (then it is pydantic's own
            error).
    """
    if isinstance(numbers, str):
        if (known := known_models().get(numbers)) is None:
            near = nearest(numbers, known_models())
            advice = f"did you mean {near!r}?" if near else f"`saoctl models` lists them: {', '.join(known_models())}"
            raise ValueError(f"is {numbers!r}, which is no model that saoctl knows; {advice}")
        return known.architecture
    if not isinstance(numbers, Mapping):
        return numbers
    given = dict(numbers)
    if (name := given.pop("family", None)) is not None:
        if (family := named(name)) is None:
            raise ValueError(f"has the family {name}, and not one of {', '.join(each.name for each in FAMILIES)}")
    else:
        family = next((each for each in FAMILIES if given.keys() <= each.architecture.model_fields.keys()), FAMILIES[0])
    kind = family.partial if given and given.keys() <= family.partial.model_fields.keys() else family.architecture
    return kind.model_validate(given)


# The type of an architecture in a config, of any family, whole or partial.
AnArchitecture = Annotated[SerializeAsAny[Numbers], BeforeValidator(architecture_of)]

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


def known_models() -> dict[str, KnownModel]:
    """Return the public models that saoctl knows, by name."""
    return {model.name: model for family in FAMILIES for model in family.known}


def unavailable_models() -> dict[str, UnavailableModel]:
    """Return the public models that saoctl cannot stream, by name."""
    return {model.name: model for family in FAMILIES for model in family.unavailable}


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that a mistyped one probably stands for; None if none is near.

    >>> nearest("ACE-Step1.5", ["demo", "ace-step-1.5"])
    'ace-step-1.5'
    """
    by_lower = {each.lower(): each for each in names}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def complete(shapes: Mapping[str, tuple[int, ...]], partial: PartialArchitecture | None = None) -> Architecture:
    """Return the architecture of a checkpoint without a config, from the shapes of its tensors.

    What shapes do not show is taken from the person, else from the known models with these shapes.

    Args:
        shapes: the shape of each tensor, by its name in any published layout.
        partial: the numbers that the person gave.

    Raises:
        UnsupportedArchitectureError: the tensors are those of no family.
        UndecidedError: the numbers that shapes do not show are not known, or known models differ in them.
    """
    family, shown = recognise(shapes, partial)
    return _completed(family, shown, {} if partial is None else partial.given())


def recognise(
    shapes: Mapping[str, tuple[int, ...]], partial: PartialArchitecture | None = None
) -> tuple[Family[Any], dict[str, Any]]:
    """Return the family of a checkpoint, and the numbers that the shapes of its tensors show.

    Args:
        shapes: see `complete`.
        partial: see `complete`.

    Raises:
        UnsupportedArchitectureError: the tensors are those of no family.
        UndecidedError: see `saoctl.models.family.Family.read_shapes`.
    """
    refusals: list[UnsupportedArchitectureError] = []
    for family in FAMILIES:
        try:
            return family, family.read_shapes(shapes, partial)
        except UnsupportedArchitectureError as error:
            refusals.append(error)
    raise refusals[0]


def _completed(family: Family[Any], shown: Mapping[str, Any], given: Mapping[str, Any]) -> Architecture:
    """Return the architecture of a family with the numbers that shapes show; see `complete`."""
    whole = dict(shown)
    keys = [key for key in family.partial.model_fields if key in family.architecture.model_fields]
    given = {key: value for key, value in given.items() if key in keys}
    alike = {model.name: model.architecture for model in family.known if _has(model.architecture, shown)}
    alike = {name: each for name, each in alike.items() if _has(each, given)} or alike
    missing = []
    for key in keys:
        values = {getattr(each, key) for each in alike.values()}
        if key in shown:
            continue
        if key in given:
            whole[key] = given[key]
        elif len(values) == 1:
            (whole[key],) = values
        elif values:
            choices = " or ".join(f"{getattr(each, key)} ({name})" for name, each in alike.items())
            raise UndecidedError(
                f"could be any of {', '.join(alike)} by its tensors",
                f"Is its {key} {choices}? Say so: --set model.architecture.{key}=VALUE.",
            )
        elif key in family.partial.assumed:
            whole[key] = family.partial.assumed[key]
        else:
            missing.append(key)
    if missing:
        options = " ".join(f"--set model.architecture.{key}=VALUE" for key in missing)
        raise UndecidedError(
            f"is {family.title} with {_summary(shown)}, but its tensors do not show its {' and '.join(missing)}",
            f"Give {'it' if len(missing) == 1 else 'them'}: {options}. Or put its config beside it.",
        )
    return family.architecture.model_validate(whole)


def _has(architecture: Architecture, numbers: Mapping[str, Any]) -> bool:
    """Return whether an architecture has some numbers, given as in a config."""

    def holds(own: Mapping[str, Any], numbers: Mapping[str, Any]) -> bool:
        return all(
            holds(own.get(key) or {}, value) if isinstance(value, Mapping) else own.get(key) == value
            for key, value in numbers.items()
        )

    return holds(architecture.model_dump(mode="json"), numbers)


def _summary(numbers: Mapping[str, Any]) -> str:
    """Return numbers as text, those of a section in brackets."""
    return ", ".join(
        f"{key} ({_summary(value)})" if isinstance(value, Mapping) else f"{key} {value}"
        for key, value in numbers.items()
    )


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
