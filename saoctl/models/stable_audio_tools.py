"""stable-audio-tools as a judge: its own model, without the packages that its autoencoders never call."""

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from types import ModuleType
from typing import Any

from torch import Tensor

NAME = "stable-audio-tools"

# Its modules import these at the top; its autoencoders call none of them.
UNUSED_IMPORTS = ("torchaudio", "k_diffusion", "scipy", "torchsde", "pywt", "pytorch_lightning")


def installed_version() -> tuple[int, ...] | None:
    """Return the version of stable-audio-tools as numbers; None if it is not installed."""
    if importlib.util.find_spec("stable_audio_tools") is None:
        return None
    return tuple(int(part) for part in version(NAME).split(".") if part.isdigit())


@contextlib.contextmanager
def autoencoders() -> Iterator[Any]:
    """Give the module of its autoencoders, silently, and with stand-ins for what is not installed and never called."""
    # The modules print on import which packages they miss; standard output belongs to our results.
    with _stand_ins(UNUSED_IMPORTS), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield importlib.import_module("stable_audio_tools.models.autoencoders")


def build(config: Mapping[str, Any], state: Mapping[str, Tensor]) -> Any:
    """Return the autoencoder that stable-audio-tools builds from a config, with the given weights, for inference."""
    with autoencoders() as module:
        model = module.create_autoencoder_from_config(config)
    model.load_state_dict(dict(state), strict=True)
    return model.eval().requires_grad_(False)


def title() -> str:
    """Return what reports call the judge."""
    return f"{NAME} {version(NAME)}"


class _Attributes(type):
    """The class of classes that have any attribute."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything


class _Anything(metaclass=_Attributes):
    """The class of everything that a stand-in has: it can be subclassed."""


class _StandIn(ModuleType):
    """A module that does nothing, and from which any name can be imported."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Find stand-ins for packages and for the modules in them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        known = name.partition(".")[0] in self.names
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if known else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


@contextlib.contextmanager
def _stand_ins(names: Sequence[str]) -> Iterator[None]:
    """Replace packages that cannot be imported, as long as the context lasts."""
    missing = []
    for name in names:
        try:
            importlib.import_module(name)
        except (ImportError, OSError):
            missing.append(name)
    finder = _Finder(missing)
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for module in [module for module in sys.modules if module.partition(".")[0] in missing]:
            del sys.modules[module]
