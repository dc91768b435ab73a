"""Packages that only one format needs: how they are imported, and what they print."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from saoctl.errors import ConfigError
from saoctl.formats.limits import LIMITS
from saoctl.vocabulary import FormatName


def import_for(name: FormatName, *modules: str) -> list[Any]:
    """Import modules of packages that only one format needs, and which the extra of its name installs.

    Args:
        name: the name of the format.
        modules: the names of the modules.

    Raises:
        ConfigError: a package is not installed.
    """
    try:
        with quiet():
            return [import_module(module) for module in modules]
    except ImportError as error:
        message = f"{LIMITS[name].title} files need the package {error.name}."
        raise ConfigError(message, f"pip install 'saoctl[{name}]'") from error


@contextmanager
def quiet() -> Iterator[None]:
    """Hide the warnings of torch and of runtimes about optional packages and their own deprecations."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
