"""Checkpoint files: found in a folder, read without running code, loaded as one strictly checked state dict."""

import hashlib
import json
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from saoctl import filetypes
from saoctl.errors import FileError
from saoctl.models import gguf, pickled
from saoctl.models.family import Architecture, PartialArchitecture, UndecidedError, UnsupportedArchitectureError
from saoctl.models.layouts import DECODER, INDEX, LAYOUTS, PUBLISHED, LayoutError, half_names
from saoctl.models.registry import complete, family_of, read_config
from saoctl.vocabulary import Direction

FETCH_AGAIN = "Fetch it again."
READER = filetypes.Reader(
    "a checkpoint", (filetypes.CHECKPOINT,), give="Give a checkpoint of an autoencoder.", again=FETCH_AGAIN
)
JSON_READER = filetypes.Reader("JSON", (filetypes.JSON,), give=FETCH_AGAIN, again=FETCH_AGAIN)
CONFIGS_BESIDE = ("model_config.json", "config.json")
KINDS = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf")
LOOKED_AT = 64  # numbers of each tensor, by which weights are told from others


@dataclass(frozen=True)
class Checkpoint:
    """A file of weights, or the index of a sharded one, and the config that describes it, if there is one.

    Args:
        weights: the file or the index.
        config: the config.
        only: the direction that is taken from it; None: all that it has.
        beside: the checkpoint that the other direction is taken from.
    """

    weights: Path
    config: Path | None
    only: Direction | None = None
    beside: "Checkpoint | None" = None

    @property
    def files(self) -> tuple[Path, ...]:
        """All files of the checkpoint, with its shards if it is sharded.

        Raises:
            FileError: the index cannot be read.
        """
        shards = tuple(sorted(set(read_index(self.weights).values()))) if is_index(self.weights) else ()
        own = tuple(path for path in (self.config, self.weights) if path is not None) + shards
        return own if self.beside is None else tuple(dict.fromkeys((*own, *self.beside.files)))

    @property
    def parts(self) -> "tuple[Checkpoint, ...]":
        """The checkpoints that the directions are taken from."""
        return (self,) if self.beside is None else (self, self.beside)


def locate(path: Path, key: str = "model.path") -> Checkpoint:
    """Return the checkpoint in a local folder, or the one whose weights are a local file with its config beside it.

    Args:
        path: the folder or the file.
        key: of the config, that has the path.

    Raises:
        FileError: there is no checkpoint or more than one, or the file is empty or of another kind.
    """
    if path.is_dir():
        for config_name, weights_name in LAYOUTS:
            if (path / weights_name).is_file() and (path / config_name).is_file():
                return Checkpoint(path / weights_name, path / config_name)
        candidates = sorted(file for file in path.iterdir() if file.suffix in KINDS and file.is_file())
        taken = [file for file in candidates if READER.wrong(file) is None]
        if len(taken) > 1:
            names = ", ".join(file.name for file in taken)
            raise FileError(f"The folder {path} has several checkpoints: {names}.", "Give the path of one of them.")
        if not candidates:
            wanted = " or ".join(f"{weights_name} with {config_name}" for config_name, weights_name in PUBLISHED[::2])
            raise FileError(f"The folder {path} has no checkpoint.", f"It must hold {wanted}.")
        path = (taken or candidates)[0]
    if not path.exists():
        raise FileError(f"The weights {path} do not exist.", f"Check {key}.")
    if not is_index(path):
        READER.check(path)
    config = next((path.parent / name for name in CONFIGS_BESIDE if (path.parent / name).is_file()), None)
    return Checkpoint(path, config)


# The state dicts that `load` has read, while `loading_once` lasts.
_kept: dict[tuple[Checkpoint, Architecture], dict[str, Tensor]] | None = None


@contextmanager
def loading_once() -> Iterator[None]:
    """Let `load` read each checkpoint once as long as the context lasts, for commands of several steps."""
    global _kept
    _kept = {}
    try:
        yield
    finally:
        _kept = None


def load(checkpoint: Checkpoint, architecture: Architecture | None = None) -> tuple[Architecture, dict[str, Tensor]]:
    """Return the architecture and the state dict: float32, in stable-audio-tools' names, complete and finite.

    The tensors of float32 files are views of the memory-mapped file: loading copies nothing.

    Args:
        checkpoint: its files.
        architecture: takes the place of the config's, if given.

    Raises:
        FileError: a file is unreadable or not what it should be, or a tensor is missing, unexpected, of the wrong
            shape or not finite. The message names the first few.
    """
    architecture = architecture or load_architecture(checkpoint)
    if _kept is not None and (checkpoint, architecture) in _kept:
        return architecture, dict(_kept[checkpoint, architecture])
    family = family_of(architecture)
    state: dict[str, Tensor] = {}
    for part in checkpoint.parts:
        tensors, own = _read(part.weights), architecture
        try:
            if part.only is not None:
                tensors = {name: tensors[name] for name in half_names(tensors, part.only)}
                own = family.half(architecture, part.only)
            state |= family.to_state(tensors, own)
        except LayoutError as error:
            raise FileError(f"{part.weights} {error}.", "Check that it belongs to its config.") from error
    if _kept is not None:
        _kept[checkpoint, architecture] = dict(state)
    return architecture, state


def fingerprint(state: Mapping[str, Tensor]) -> str:
    """Return a hash of a few numbers of each tensor, which differs for other weights of the same architecture.

    A few numbers are enough, because training changes all tensors; reading a whole file would take seconds.
    """
    found = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        numbers = tensor.reshape(-1)
        taken = numbers[:: max(numbers.numel() // LOOKED_AT, 1)][:LOOKED_AT].float().contiguous()
        found.update(f"{name} {list(tensor.shape)} ".encode() + taken.cpu().numpy().tobytes())
    return found.hexdigest()


def load_architecture(
    checkpoint: Checkpoint,
    partial: PartialArchitecture | None = None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
) -> Architecture:
    """Return the architecture that the config of a checkpoint describes; without a config, that of its tensors' shapes.

    Args:
        checkpoint: its files.
        partial: numbers that a person gave, which take the place of the config's, and of what shapes do not show.
        shapes: the shapes of the tensors that count; None: of all.

    Raises:
        FileError: a file cannot be read, the config is not JSON or describes something that is not supported, or the
            shapes of the tensors are not those of one model.
    """
    if checkpoint.only is not None:
        return _of_halves(checkpoint, partial)
    if checkpoint.config is None:
        try:
            return complete(shapes or _shapes(checkpoint.weights), partial)
        except UnsupportedArchitectureError as error:
            names = " or ".join(CONFIGS_BESIDE)
            raise FileError(
                f"{checkpoint.weights} has no {names} beside it, and cannot be recognised: {error}.",
                "`saoctl models` lists the models that saoctl knows.",
            ) from error
        except UndecidedError as error:
            raise FileError(f"{checkpoint.weights} {error.message}.", error.hint) from error
    try:
        architecture = read_config(_read_json(checkpoint.config))
    except UnsupportedArchitectureError as error:
        hint = "If the weights belong to a known model, name it: --set model.architecture=NAME."
        raise FileError(f"{checkpoint.config}: {error}.", hint) from error
    return partial.over(architecture) if partial else architecture


def _of_halves(checkpoint: Checkpoint, partial: PartialArchitecture | None) -> Architecture:
    """Return the architecture of a model whose directions are taken from one checkpoint each; see `load_architecture`.

    What a person gives is said of those that no config describes. The sample rate of the second one is that of the
    first, if nothing says it.
    """
    found: list[Architecture] = []
    for part in checkpoint.parts:
        assert part.only is not None
        try:
            shapes: dict[str, tuple[int, ...]] | None = None
            if part.config is None:
                every = _shapes(part.weights)
                shapes = {name: every[name] for name in half_names(every, part.only)}
                if found and (partial is None or partial.sample_rate is None):
                    given = {} if partial is None else partial.given()
                    given["sample_rate"] = found[0].sample_rate
                    partial = family_of(found[0]).partial.model_validate(given)
            given_to = None if part.config is not None else partial
            read = load_architecture(replace(part, only=None, beside=None), given_to, shapes)
            found.append(family_of(read).half(read, part.only))
        except (LayoutError, UnsupportedArchitectureError) as error:
            what = f"Give the weights of another {part.only} as `model.{part.only}`."
            raise FileError(f"{part.weights} {error}.", what) from error
    if len(found) == 1:
        return found[0]
    try:
        if type(found[0]) is not type(found[1]):
            raise UnsupportedArchitectureError("they are models of different kinds")
        joined: Architecture = family_of(found[0]).joined(*found)
    except UnsupportedArchitectureError as error:
        first, second = (part.weights for part in checkpoint.parts)
        message = f"{first} and {second} do not belong together: {error}."
        raise FileError(message, "Take an encoder and a decoder of the same latents.") from error
    return joined


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors of a file or of an index's shards."""
    if not is_index(path) and path.suffix != ".safetensors":
        return {name: tuple(tensor.shape) for name, tensor in _read(path).items()}
    shapes: dict[str, tuple[int, ...]] = {}
    for each in sorted(set(read_index(path).values())) if is_index(path) else [path]:
        READER.check(each)
        with _reading(each), safe_open(each, framework="pt") as file:
            shapes.update((name, tuple(file.get_slice(name).get_shape())) for name in file.keys())  # noqa: SIM118
    return shapes


def is_index(path: Path) -> bool:
    """Return whether a file is the index of a sharded checkpoint."""
    return path.name.endswith(INDEX)


def read_index(path: Path) -> dict[str, Path]:
    """Return the shard of each tensor: the `weight_map` of an index, as huggingface's libraries write it.

    Raises:
        FileError: the file cannot be read, or is not an index.
    """
    shards = weight_map(_read_json(path))
    if shards is None:
        raise FileError(f"{path} is not the index of a sharded checkpoint.", FETCH_AGAIN)
    return {name: path.parent / shard for name, shard in shards.items()}


def weight_map(index: object) -> dict[str, str] | None:
    """Return the file name of each tensor's shard, from the content of an index; None if that is not an index."""
    shards = index.get("weight_map") if isinstance(index, dict) else None
    # A path that leads elsewhere is not a shard.
    if not isinstance(shards, dict) or not all(isinstance(s, str) and s == Path(s).name for s in shards.values()):
        return None
    return shards


def _read(path: Path) -> dict[str, Tensor]:
    """Return all tensors of a file or of an index's shards, memory-mapped."""
    if is_index(path):
        shards = read_index(path)
        tensors = {}
        for shard in sorted(set(shards.values())):
            held = _read_safetensors(shard)
            if wrong := sorted(name for name in held if shards.get(name) != shard):
                raise FileError(f"{shard} holds {wrong[0]}, which its index does not place there.", FETCH_AGAIN)
            tensors.update(held)
        if absent := sorted(shards.keys() - tensors.keys()):
            raise FileError(f"The shards of {path} lack {absent[0]}.", "Fetch them again.")
        return tensors
    if path.suffix == ".safetensors":
        return _read_safetensors(path)
    READER.check(path)
    if path.suffix == ".gguf":
        try:
            return gguf.read(path)
        except ValueError as error:
            raise READER.refusal(path) from error
    return _read_torch(path)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    """Return all tensors of a file, which is mapped once for the decoder and once for everything else.

    A mapping stays in memory until its last tensor is dropped. With two mappings, the encoder's can be dropped as soon
    as the stream of the encoder is built.
    """
    READER.check(path)
    tensors: dict[str, Tensor] = {}
    with _reading(path):
        for decoder in (False, True):
            with safe_open(path, framework="pt") as file:
                names = [name for name in file.keys() if (DECODER in name) == decoder]  # noqa: SIM118 - not a dict
                tensors.update((name, file.get_tensor(name)) for name in names)
    return tensors


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn the errors of a damaged safetensors file into a sentence."""
    try:
        yield
    except (SafetensorError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise READER.refusal(path) from error


def _read_torch(path: Path) -> dict[str, Tensor]:
    """Return all tensors of a file of torch.save, without running code from it.

    Its pickle is read by the loader that accepts nothing but tensors. Of a file that this loader refuses, such as a
    checkpoint of a training, the tensors alone are read.
    """
    _check_records(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # of pickle protocols
            loaded = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except Exception as error:  # a damaged or hostile pickle makes the loader raise anything at all
        if "weights_only" in str(error).lower() and "unsupported" in str(error).lower():
            if tensors := pickled.read(path):
                return tensors
            raise FileError(
                f"{path} holds more than tensors, which could only be loaded by running code from it.",
                "Ask for it as safetensors.",
            ) from error
        raise READER.refusal(path) from error
    if isinstance(loaded, Mapping) and isinstance(loaded.get("state_dict"), Mapping):
        loaded = loaded["state_dict"]
    if not isinstance(loaded, Mapping) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in loaded.items()
    ):
        raise FileError(f"{path} does not hold a state dict.", "Give a checkpoint of an autoencoder.")
    return dict(loaded)


def _check_records(path: Path) -> None:
    """Check the checksum of every record of a zip, as torch.save writes it; torch.load does not."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise READER.refusal(path) from error
    if damaged is not None:
        raise READER.refusal(path)


def _read_json(path: Path) -> object:
    try:
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise JSON_READER.refusal(path) from error
    return content
