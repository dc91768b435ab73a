"""The families of models that saoctl knows."""

from collections.abc import Mapping
from typing import Any

from saoctl.models.family import Architecture, Family, UnsupportedArchitectureError
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.models.oobleck.family import Oobleck

FAMILIES: tuple[Family[Any], ...] = (Oobleck(),)

# What a config and a document may hold: the union of all families' classes, as soon as there is a second.
AnyArchitecture = OobleckArchitecture


def family_of(architecture: Architecture) -> Family[Any]:
    """The family of an architecture."""
    return next(family for family in FAMILIES if isinstance(architecture, family.architecture))


def named(name: str) -> Family[Any] | None:
    """The family of a name, if there is one."""
    return next((family for family in FAMILIES if family.name == name), None)


def check_reference(kind: str) -> None:
    """Refuse a reference that cannot be built, before any work for it.

    Raises:
        ConfigError: it is not installed.
    """
    for family in FAMILIES:
        family.check_reference(kind)


def read_config(config: object) -> Architecture:
    """The architecture that a published config file describes.

    Raises:
        UnsupportedArchitectureError: it describes no autoencoder that is supported; the message names what is wrong.
    """
    if not isinstance(config, Mapping):
        raise UnsupportedArchitectureError("the config is not a JSON object")
    family = next((family for family in FAMILIES if family.recognises(config)), FAMILIES[0])
    architecture: Architecture = family.read_config(config)
    return architecture
