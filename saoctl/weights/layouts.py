"""Checkpoint files and their key layouts, all brought to one strictly checked state dict."""

import json
import pickle
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from saoctl.errors import FileError
from saoctl.oobleck import OobleckAutoencoder
from saoctl.weights.architecture import Architecture, UnsupportedArchitectureError, read_config

# (config, weights) as published, relative to a repo or a local folder, the smallest download first.
PUBLISHED = (
    ("vae/config.json", "vae/diffusion_pytorch_model.safetensors"),
    ("model_config.json", "model.safetensors"),
    ("model_config.json", "model.ckpt"),
)
INSIDE_VAE = ("config.json", "diffusion_pytorch_model.safetensors")
CONFIGS_BESIDE = ("model_config.json", "config.json")

# Where the autoencoder sits in a checkpoint, by the key of its first tensor.
PREFIXES = ("pretransform.model.", "autoencoder.", "")

# What safetensors and torch raise on files that are not theirs; a seek beyond a cut end is an OSError.
UNREADABLE = (SafetensorError, RuntimeError, ValueError, EOFError, KeyError, OSError, pickle.UnpicklingError)

NAMED = 5  # how many wrong tensors an error lists


@dataclass(frozen=True)
class Checkpoint:
    """A weights file and the config that describes it, if there is one."""

    weights: Path
    config: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.config, self.weights) if path is not None)


def locate(path: Path) -> Checkpoint:
    """The checkpoint in a local folder, or of a local weights file with its config beside it.

    Raises:
        FileError: there is none.
    """
    if path.is_dir():
        for config_name, weights_name in (*PUBLISHED, INSIDE_VAE):
            if (path / weights_name).is_file() and (path / config_name).is_file():
                return Checkpoint(path / weights_name, path / config_name)
        wanted = " or ".join(f"{weights_name} with {config_name}" for config_name, weights_name in PUBLISHED)
        raise FileError(f"The folder {path} has no checkpoint.", f"It must hold {wanted}.")
    if not path.is_file():
        raise FileError(f"The weights {path} do not exist.", "Check model.path.")
    config = next((path.parent / name for name in CONFIGS_BESIDE if (path.parent / name).is_file()), None)
    return Checkpoint(path, config)


def load(checkpoint: Checkpoint, architecture: Architecture | None = None) -> tuple[Architecture, dict[str, Tensor]]:
    """The architecture and the state dict, float32, in stable-audio-tools' names, complete and finite.

    Args:
        checkpoint: its files.
        architecture: taken instead of the config's, if given.

    Raises:
        FileError: a file is unreadable or not what it should be, or a tensor is missing, unexpected, of the wrong
            shape or not finite. The message names the first few.
    """
    if architecture is None:
        if checkpoint.config is None:
            names = " or ".join(CONFIGS_BESIDE)
            raise FileError(f"There is no {names} beside {checkpoint.weights}.", "Put it there.")
        architecture = load_architecture(checkpoint.config)
    state = _renamed(_read(checkpoint.weights), architecture)
    _check(state, architecture, checkpoint.weights)
    return architecture, state


def load_architecture(config: Path) -> Architecture:
    """The architecture that a config file describes.

    Raises:
        FileError: the file is unreadable, not JSON, or describes something that is not supported.
    """
    try:
        return read_config(json.loads(config.read_text(encoding="utf-8")))
    except OSError as error:
        raise FileError(f"{config} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        if isinstance(error, UnsupportedArchitectureError):
            raise FileError(f"{config}: {error}.") from error
        raise FileError(f"{config} is not valid JSON.", "Fetch it again.") from error


def expected_shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of an architecture's state dict."""
    with torch.device("meta"):
        return {name: tuple(tensor.shape) for name, tensor in OobleckAutoencoder(architecture).state_dict().items()}


def parameters(architecture: Architecture) -> int:
    """How many numbers an architecture's checkpoint holds."""
    return sum(torch.Size(shape).numel() for shape in expected_shapes(architecture).values())


def write_diffusers(path: Path, state: Mapping[str, Tensor], architecture: Architecture) -> None:
    """Write a state dict as `vae/diffusion_pytorch_model.safetensors` is laid out."""
    renamed = {}
    for name, tensor in state.items():
        snake = name.endswith((".alpha", ".beta"))
        renamed[to_diffusers_name(name, architecture)] = tensor[None, :, None] if snake else tensor
    safetensors.torch.save_file({name: tensor.contiguous() for name, tensor in renamed.items()}, path)


def write_prefixed(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write a state dict as the autoencoder's part of `model.safetensors` is laid out."""
    safetensors.torch.save_file({f"{PREFIXES[0]}{name}": tensor.contiguous() for name, tensor in state.items()}, path)


def to_diffusers_name(name: str, architecture: Architecture) -> str:
    """The name that diffusers' AutoencoderOobleck gives to a tensor of stable-audio-tools' autoencoder."""
    direction, tail = name.split(".layers.", 1)
    coder = architecture.encoder if direction == "encoder" else architecture.decoder
    blocks = len(coder.strides)
    index, _, rest = tail.partition(".")
    top = {0: "conv1", blocks + 1: "snake1", blocks + 2: "conv2"}
    if int(index) in top:
        return f"{direction}.{top[int(index)]}.{rest}"
    in_block, _, rest = rest.removeprefix("layers.").partition(".")
    if direction == "encoder":
        part = ("res_unit1", "res_unit2", "res_unit3", "snake1", "conv1")[int(in_block)]
    else:
        part = ("snake1", "conv_t1", "res_unit1", "res_unit2", "res_unit3")[int(in_block)]
    if part.startswith("res_unit"):
        in_unit, _, rest = rest.removeprefix("layers.").partition(".")
        part += "." + ("snake1", "conv1", "snake2", "conv2")[int(in_unit)]
    return f"{direction}.block.{int(index) - 1}.{part}.{rest}"


def _read(path: Path) -> dict[str, Tensor]:
    """All tensors of a file, memory-mapped."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        loaded = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except UNREADABLE as error:
        kind = "safetensors" if path.suffix == ".safetensors" else "torch checkpoint"
        raise FileError(
            f"{path} is not a valid {kind} file: truncated, or something else.", "Fetch it again."
        ) from error
    if isinstance(loaded, dict) and isinstance(loaded.get("state_dict"), dict):
        loaded = loaded["state_dict"]
    if not isinstance(loaded, dict) or not all(isinstance(value, Tensor) for value in loaded.values()):
        raise FileError(f"{path} does not hold a state dict.", "Give a checkpoint of an autoencoder.")
    return loaded


def _renamed(tensors: Mapping[str, Tensor], architecture: Architecture) -> dict[str, Tensor]:
    """The autoencoder's tensors under stable-audio-tools' names; what is not known keeps its name, to be refused."""
    prefix = next((p for p in PREFIXES if any(name.startswith(f"{p}encoder.") for name in tensors)), "")
    inner = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    if not any(re.match(r"(encoder|decoder)\.conv1\.", name) for name in inner):
        return inner
    back = {to_diffusers_name(name, architecture): name for name in expected_shapes(architecture)}
    state = {}
    for name, tensor in inner.items():
        snake = name.endswith((".alpha", ".beta")) and tensor.dim() == 3 and tensor.shape[::2] == (1, 1)
        state[back.get(name, name)] = tensor.flatten() if snake else tensor
    return state


def _check(state: dict[str, Tensor], architecture: Architecture, path: Path) -> None:
    """Make the state dict float32, after making sure that it is exactly what the architecture asks for."""
    expected = expected_shapes(architecture)
    missing = [name for name in expected if name not in state]
    unexpected = [name for name in state if name not in expected]
    misshapen = [
        f"{name} {list(state[name].shape)} instead of {list(shape)}"
        for name, shape in expected.items()
        if name in state and tuple(state[name].shape) != shape
    ]
    for kind, names in (("lacks", missing), ("has unexpected", unexpected), ("has misshapen", misshapen)):
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            listed = ", ".join(names[:NAMED])
            raise FileError(f"{path} {kind} tensors: {listed}{more}.", "Check that it belongs to its config.")
    for name, tensor in state.items():
        if not tensor.is_floating_point():
            raise FileError(f"{path}: the tensor {name} holds {tensor.dtype}, not floating point.")
        state[name] = tensor.float()
        if not torch.isfinite(state[name]).all():
            raise FileError(f"{path}: the tensor {name} has values that are not finite.", "Fetch it again.")
