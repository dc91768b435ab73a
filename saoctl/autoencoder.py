"""The Python API: load an autoencoder from a config, a checkpoint or an exported file, and run it as a stream."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import torch
from torch import Tensor

from saoctl import config as configs
from saoctl import devices, filetypes
from saoctl.config import Config, ModelConfig
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact as artifacts
from saoctl.formats import export
from saoctl.formats.format import Artifact
from saoctl.formats.info import receptive_field
from saoctl.formats.limits import check_methods
from saoctl.formats.torchscript import wrapped
from saoctl.models.checkpoint import is_index
from saoctl.models.registry import unavailable_models
from saoctl.progress import Progress, Silent
from saoctl.streaming.family import ReceptiveField
from saoctl.tensors import check_signal, wants_gradient
from saoctl.vocabulary import Method, Precision
from saoctl.weights.source import Source, find

CONFIG_SUFFIXES = (".yaml", ".yml")
READER = filetypes.Reader(
    "a model",
    (filetypes.CHECKPOINT,),
    give="Give the name of a config, a YAML config, a checkpoint or an exported file.",
    again="Fetch it again.",
)


class Autoencoder:
    """An autoencoder that runs block by block; `saoctl.load` returns one.

    After its latency, the output of a method equals that of the offline model for the whole signal, from the first
    sample on. A block is any whole number of latent frames, and may change from call to call. Each method is a separate
    stream. Another batch size begins a new stream. A file with a fixed block size, which `saoctl info` prints, takes
    multiples of it, and a shorter block only at the end of a signal.

    Blocks of float64, float16 and bfloat16 are converted to float32. Integers are refused, because only the caller
    knows their full scale, and so are arrays and lists. NaN and infinity are not refused; they spread through the
    model's receptive field. There are no gradients.

    Attributes:
        sample_rate: Hz; None for a file of another tool.
        ratio: audio samples per latent frame.
        audio_channels, latent_dim: channels of audio and of latents.
        latency: the latency of each method that the model has, in audio samples; empty for a file of another tool.
        receptive_field: that of each method of the offline model, which says by how much chunks must overlap; empty for
            a file of another tool.
        precision: of the computation.
        device: of the computation; outputs are on the device of the input.

    Shape:
        audio [B, audio_channels, F * ratio], latents [B, latent_dim, F]; outputs are float32.
    """

    def __init__(self, artifact: Artifact, sample_rate: int | None) -> None:
        self.sample_rate = sample_rate
        if artifact.description is None:
            encode = artifact.can.methods["encode"]
            self.audio_channels, self.latent_dim, self.ratio = encode.in_channels, encode.out_channels, encode.out_ratio
        else:
            architecture = artifact.description.architecture
            self.audio_channels, self.ratio = architecture.audio_channels, architecture.ratio
            self.latent_dim = artifact.description.latents
        self.latency: Mapping[str, int] = dict(artifact.can.latency_samples)
        self.receptive_field: Mapping[str, ReceptiveField] = receptive_field(
            artifact.description.architecture if artifact.description else None
        )
        self.precision, self.device = artifact.precision, artifact.device
        self._artifact = artifact

    def __repr__(self) -> str:
        description = self._artifact.description
        parts = [f"{self.audio_channels} channels", f"ratio {self.ratio}", f"{self.latent_dim} latents"]
        if description is None:
            source = f"{self._artifact.path}, written by another tool"
        else:
            exact = "exact stream" if description.lookahead is None else "stream with less lookahead"
            form = exact if description.streaming else "offline model"
            source = f"{description.source}, {form} of {description.family}"
            parts.insert(0, f"{self.sample_rate} Hz")
            if description.basis is not None:
                parts[-1] += " along a basis"
        parts.append(f"{self.precision} on {self.device}")
        late = ", ".join(f"{method} {samples}" for method, samples in self.latency.items())
        latency = f"; latency in samples: {late}" if late else ""
        return f"<saoctl.Autoencoder of {source}: {', '.join(parts)}{latency}>"

    def encode(self, audio: Tensor) -> Tensor:
        """Encode audio to latents, `latency["encode"] / ratio` frames late.

        Raises:
            TypeError: the block is not a tensor of floating-point numbers; see `saoctl.tensors.check_signal`.
            ValueError: the block is empty, or has a wrong shape.
            ConfigError: gradients would be recorded, or the model has no encoder.
        """
        return self._call("encode", audio, self.audio_channels, self.ratio)

    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents to audio, `latency["decode"]` samples late; raises what `encode` does."""
        return self._call("decode", latents, self.latent_dim, 1)

    def forward(self, audio: Tensor) -> Tensor:
        """Encode and decode audio, `latency["forward"]` samples late; raises what `encode` does."""
        return self._call("forward", audio, self.audio_channels, self.ratio)

    __call__ = forward

    def flush_encode(self) -> Tensor:
        """Return the latents still due at the end of the signal, [B, latent_dim, frames], and reset the stream.

        Without a block since the last reset, nothing is due, and the result has batch size 0.

        Raises:
            ValueError: the file was written by another tool, and has no flush.
        """
        return self._flush("encode")

    def flush_decode(self) -> Tensor:
        """Return the audio that `decode` still owes, [B, audio_channels, samples]; see `flush_encode`."""
        return self._flush("decode")

    def flush_forward(self) -> Tensor:
        """Return the audio that `forward` still owes, [B, audio_channels, samples]; see `flush_encode`."""
        return self._flush("forward")

    def reset(self) -> None:
        """Reset all methods: the next block of each begins a new stream."""
        self._artifact = self._artifact.fresh()

    def _call(self, method: Method, block: Tensor, channels: int, multiple: int) -> Tensor:
        self._check(method)
        block = check_signal(method, block, is_audio=method != "decode")
        if block.dim() != 3 or block.shape[1] != channels or block.shape[2] % multiple or not block.numel():
            unit = "frames" if multiple == 1 else f"a multiple of {multiple} samples"
            empty = "" if block.numel() else ", which is empty"
            raise ValueError(f"{method} takes blocks [batch, {channels}, {unit}], not {list(block.shape)}{empty}")
        if wants_gradient(block):
            raise ConfigError(
                "A stream records no gradients, so nothing can be trained through it.",
                "Use torch.no_grad(), or give block.detach().",
            )
        # Tensors of inference mode cannot be changed in place, so the caller gets a copy.
        return self._artifact.call(method, block.to(self.device, torch.float32)).clone().to(block.device)

    def _check(self, method: Method) -> None:
        if (description := self._artifact.description) is not None:
            check_methods(description.architecture, [method], description.source)

    def _flush(self, method: Method) -> Tensor:
        self._check(method)
        if not self._artifact.can.flushes:
            raise ValueError(f"{self._artifact.path} was not written by saoctl, and has no flush")
        return self._artifact.flush(method).clone()


def load(
    what: str | Path,
    *,
    precision: Precision | torch.dtype | None = None,
    device: str | torch.device | None = None,
    noise: float = 0.0,
    local_only: bool = False,
    progress: Progress | None = None,
) -> Autoencoder:
    """Load an autoencoder as a stream.

    Args:
        what: the name of a shipped config or of a known model such as `demo`, a YAML config, a checkpoint (a file or a
            folder), or an exported file. Missing weights of a config are downloaded.
        precision: of the computation, a name or a torch.dtype; None: the config's. An exported file has its own.
        device: auto, cpu, cuda, cuda:1 or mps, or a torch.device; None: the config's, and the CPU for an exported file.
        noise: the scale of the VAE's sampling noise that `encode` adds, 0 to 2: 0 gives the mean, 1 is what the model
            was trained with. A file of another tool ignores it.
        local_only: download nothing.
        progress: a listener.

    Raises:
        ConfigError: `what` does not exist, the config, the precision or the noise is impossible, or this machine does
            not have the device.
        WeightsError: the weights are missing and cannot be downloaded.
        FileError: a file is empty, damaged or of another kind.

    Example:
        >>> stream = load("demo")
        >>> stream.ratio, stream.latency["forward"]
        (2048, 35365)
        >>> stream.receptive_field["decode"].overlap_frames
        20
    """
    progress = progress or Silent()
    path = Path(what).expanduser()
    precision, device = _precision_name(precision), _device_name(device)
    if artifacts.is_exported(path):
        if precision is not None:
            raise ConfigError(f"{path} is an exported file, which has its own precision.", "Leave `precision` out.")
        artifact = artifacts.load_any(path, devices.resolve(device or "cpu")).in_frames()
    else:
        config = _config(what, path, precision, device)
        artifact = from_weights(config, _source(config.model, progress, local_only), progress)
    if artifact.description is None and "encode" not in artifact.can.methods:
        raise FileError(f"{path} has no method `encode` for nn~.", "Give a file of an autoencoder.")
    if artifact.description is None:
        return Autoencoder(artifact, sample_rate=None)
    set_noise(artifact, noise)
    return Autoencoder(artifact, artifact.description.architecture.sample_rate)


def set_noise(artifact: Artifact, noise: float) -> None:
    """Set the scale of the sampling noise that `encode` adds.

    Raises:
        ConfigError: the scale is impossible.
    """
    if not artifact.set_noise(noise):
        raise ConfigError(f"Noise of {noise:g} is impossible here.", "Give 0, or up to 2 where the model samples.")


def _precision_name(precision: object) -> Precision | None:
    """Return the name of a precision.

    Raises:
        ConfigError: no precision has this name or dtype.
    """
    name = None if precision is None else str(precision).removeprefix("torch.")
    found = next((each for each in get_args(Precision) if each == name), None)
    if found is None and name is not None:
        raise ConfigError(f"The precision {name} is impossible.", f"Give one of: {', '.join(get_args(Precision))}.")
    return found


def _device_name(device: str | torch.device | None) -> str | None:
    """Return the name of a device, as configs spell it.

    Raises:
        ConfigError: this machine does not have the device.
    """
    if isinstance(device, torch.device):
        device = str(device) if device.type == "cuda" else device.type  # there is one device of each other type
    if device is not None:
        devices.resolve(device)
    return device


def _config(what: str | Path, path: Path, precision: Precision | None, device: str | None) -> Config:
    """Return the config that `what` names, or one for a checkpoint."""
    flags = {"precision": precision, "device": device}
    if str(what) in (*configs.names(), *unavailable_models()) or path.suffix.lower() in CONFIG_SUFFIXES:
        return configs.load(str(what), flags=flags)
    if not path.exists():
        raise ConfigError(
            f"There is no config, checkpoint or exported file {what}.",
            configs.advice_for(str(what), "a file or a folder"),
        )
    if path.is_file() and not is_index(path):
        READER.check(path)
    chosen = {key: value for key, value in flags.items() if value is not None}
    return Config.model_validate({"model": ModelConfig(path=path), **chosen})


def _source(model: ModelConfig, progress: Progress, local_only: bool) -> Source:
    """Return the weights of a config, fetched unless `local_only`."""
    if local_only:
        return find(model, progress)
    from saoctl.weights.fetch import fetch  # here, because commands that fetch nothing import this module too

    return fetch(model, progress)


def from_weights(config: Config, source: Source, progress: Progress) -> Artifact:
    """Return the streaming model of some weights, without a file.

    Args:
        config: its device, its precision, and the choices of its `export` section.
        source: the weights.
        progress: a listener.

    Raises:
        ConfigError: a choice is impossible, or the device is not there.
        FileError: the weights are not what they should be.
    """
    device = devices.resolve(config.device)
    host, description = export.build_from_weights(config, source, device, progress)
    artifact = wrapped(Path(description.source), host, device, description)
    artifact.reset()  # after the warm-up
    return artifact
