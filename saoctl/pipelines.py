"""saoctl.stream_vae: makes an autoencoder that another library has loaded compute block by block, in place."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn

from saoctl.errors import ConfigError
from saoctl.models.checkpoint import fingerprint
from saoctl.models.family import UnsupportedArchitectureError
from saoctl.models.layouts import LayoutError
from saoctl.streaming.family import Adapter, Follower
from saoctl.streaming.precision import DTYPES
from saoctl.streaming.registry import FAMILIES
from saoctl.tensors import check_signal, wants_gradient
from saoctl.vocabulary import Direction

BLOCK_FRAMES = 32

# The attributes in which pipelines and wrappers keep an autoencoder, and how many of them are followed.
HOLDERS = ("vae", "pretransform", "autoencoder", "model", "first_stage_model")
DEPTH = 3

Listener = Callable[[int, int], object]

ADAPTERS = [family.adapter for family in FAMILIES if family.adapter is not None]
ACCEPTED = (
    f"Give {', '.join(each.classes for each in ADAPTERS)},"
    " or what holds one as `.vae`, `.pretransform` or `.first_stage_model`."
)


def stream_vae(
    pipeline_or_vae: Any, *, block_frames: int = BLOCK_FRAMES, progress: Listener | None = None
) -> "StreamedVae":
    """Make an Oobleck autoencoder of diffusers, stable-audio-tools or ComfyUI compute block by block, in place.

    Its encoder and decoder return what they returned before, from the first sample to the last, within the rounding
    error of their dtype. But apart from the input and the output, memory does not grow with the length of the signal.
    The library's own `encode` and `decode` still run around them, with their arguments, return types, bottleneck and
    sampling. Their ways to save memory, which are not exact (`enable_tiling`, `chunked=True`), are accepted and have no
    effect: the whole signal is computed. ComfyUI's nodes with tiles cut the latents themselves, and stay inexact.

    The original keeps its weights; the stream has a folded copy of those of each direction that is used. Each call
    samples a few values of every tensor. If they or the dtype have changed, it copies the weights again; if the weights
    have moved to another device, so does the copy. Autocast has no effect: the dtype is that of the weights.

    There are no gradients. A call that would record them is refused: gradients are enabled, and the input requires
    them, or the encoder or decoder is in training mode. In evaluation mode the output simply has none.

    Args:
        pipeline_or_vae: diffusers' AutoencoderOobleck, an autoencoder of stable-audio-tools (`AudioAutoencoder`), or an
            object that holds one: StableAudioPipeline, AceStepPipeline, a pretransform, a diffusion model, the VAE that
            ComfyUI's nodes pass. Its dtype is float32, float16 or bfloat16.
        block_frames: the number of latent frames that are computed at a time. More need more memory.
        progress: a function that is called after each block of an encoder or decoder, but not in `decode_iter`, with
            the length of the output that is ready, and its whole length. If it raises an error, the call ends with it.

    Returns:
        An object that undoes the change, and decodes piece by piece. For an autoencoder that streams already, only the
        block size and the listener change.

    Raises:
        ConfigError: there is no such autoencoder, or it differs from the published ones.

    Example:
        >>> from diffusers import AutoencoderOobleck
        >>> vae = AutoencoderOobleck(
        ...     encoder_hidden_size=8, decoder_channels=8, decoder_input_channels=4, channel_multiples=[1, 2, 4, 4, 4]
        ... ).eval()
        >>> latents = torch.randn(1, 4, 50)
        >>> whole = vae.decode(latents).sample
        >>> with stream_vae(vae):
        ...     streamed = vae.decode(latents).sample
        >>> torch.allclose(streamed, whole, atol=1e-5)
        True
    """
    _check_frames(block_frames)
    found = _find(pipeline_or_vae, DEPTH)
    if found is None:
        raise ConfigError(f"There is no autoencoder in {_described(pipeline_or_vae)} that can stream.", ACCEPTED)
    vae = found.autoencoder
    current = vars(vae.encoder).get("forward")
    if isinstance(current, StreamedCoder) and current.installation is not None:
        installation = current.installation
    else:
        encoder = StreamedCoder(found.adapter, vae.encoder, "encoder")
        decoder = StreamedCoder(found.adapter, vae.decoder, "decoder")
        encoder.check()
        decoder.check()
        installation = Installation(vae, encoder, decoder)
    for coder in (installation.encoder, installation.decoder):
        coder.block_frames, coder.progress = block_frames, progress
    return StreamedVae(found, installation)


class StreamedVae:
    """An autoencoder that computes block by block; `stream_vae` returns one.

    As a context manager it calls `undo` at the end.
    """

    def __init__(self, found: "Found", installation: "Installation") -> None:
        self._found, self._installation = found, installation

    def __repr__(self) -> str:
        kind, frames = type(self._found.autoencoder).__name__, self._installation.decoder.block_frames
        state = f"in blocks of {frames} latent frames" if self._installation.installed else "undone"
        return f"<saoctl.StreamedVae of {kind}: {state}>"

    def decode_iter(self, latents: Tensor, block_frames: int | None = None) -> Iterator[Tensor]:
        """Return the audio piece by piece as it is ready; concatenated, the pieces equal the output of `decode`.

        `decode` is that of the pretransform, if `stream_vae` found the autoencoder in one, else of the autoencoder.

        Args:
            latents: [B, latent_dim, F].
            block_frames: the number of latent frames that are computed at a time; with fewer, the first piece is ready
                sooner. None: that of `stream_vae`.

        Returns:
            Pieces [B, audio_channels, samples]. The last latents of a block need the next block, so the first piece is
            shorter than the others.

        Raises:
            ConfigError: `undo` was called, gradients would be recorded, or the autoencoder has a pretransform of its
                own, which needs the whole signal.
            TypeError: the latents are not a tensor of floating-point numbers.
            ValueError: shape, dtype or device of the latents are wrong.
        """
        latents = check_signal("decode_iter", latents, is_audio=False)
        vae, outer, decoder = self._found.autoencoder, self._found.pretransform, self._installation.decoder
        if not self._installation.installed:
            raise ConfigError("This autoencoder does not stream any more.", "Call stream_vae again.")
        if getattr(vae, "pretransform", None) is not None:
            raise ConfigError("The autoencoder's own pretransform needs the whole signal.", "Use decode.")
        frames = decoder.block_frames if block_frames is None else block_frames
        _check_frames(frames)
        # diffusers calls this hook before its own methods, to move offloaded weights to the device.
        hook: Any = getattr(vae, "_hf_hook", None)
        if hasattr(hook, "pre_forward"):
            hook.pre_forward(vae)
        half = bool(getattr(outer, "model_half", False))
        if outer is not None:
            latents = latents * outer.scale
            if half:
                vae.half()
                latents = latents.half()
        if getattr(vae, "bottleneck", None) is not None:
            latents = vae.bottleneck.decode(latents)
        soft_clip = bool(getattr(vae, "soft_clip", False))

        def finished(piece: Tensor) -> Tensor:
            piece = torch.tanh(piece) if soft_clip else piece
            return piece.float() if half else piece

        return map(finished, decoder.pieces(latents, frames))

    def undo(self) -> None:
        """Restore the autoencoder, and release the copied weights. A second call does nothing.

        Raises:
            ConfigError: other code has replaced the same attribute since.
        """
        self._installation.undo()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.undo()


class StreamedCoder:
    """The replacement of the `forward` of an encoder or a decoder.

    It is not a module, so the autoencoder's `state_dict` and `to` ignore it.

    Args:
        adapter: of the original's family.
        coder: the original.
        direction: "encoder" or "decoder".

    Attributes:
        block_frames: the number of latent frames that are computed at a time.
        progress: the listener of `stream_vae`.
    """

    block_frames = BLOCK_FRAMES
    progress: Listener | None = None

    def __init__(self, adapter: Adapter, coder: nn.Module, direction: Direction) -> None:
        self.adapter = adapter
        self.coder, self.direction = coder, direction
        self.installation: Installation | None = None
        self._whole: Follower | None = None
        self._made_from: object = None

    def __call__(self, x: Tensor) -> Tensor:
        with _no_fallback(self.block_frames):
            return self._computed(*self._checked(x))

    def _computed(self, whole: Follower, x: Tensor) -> Tensor:
        with torch.no_grad():
            y = x.new_empty(x.shape[0], whole.gives, whole.length(x.shape[2]))
            begin = 0
            for piece in whole.pieces(x, self.block_frames):
                y[:, :, begin : begin + piece.shape[2]] = piece
                begin += piece.shape[2]
                if self.progress is not None:
                    self.progress(begin, y.shape[2])
        return y

    def pieces(self, x: Tensor, frames: int) -> Iterator[Tensor]:
        """Return the output piece by piece; errors in x are raised at once."""
        whole, x = self._checked(x)
        return whole.pieces(x, frames)

    def check(self) -> None:
        """Check that the original can be streamed.

        Raises:
            ConfigError: it cannot.
        """
        with _config_errors():
            self._tensors()
            self.adapter.check(self.coder, self.direction)

    def release(self) -> None:
        """Release the copied weights."""
        self._whole = self._made_from = None

    def _tensors(self) -> dict[str, Tensor]:
        """Return the original's current weights, if they can be streamed."""
        tensors = self.coder.state_dict()
        if any(tensor.is_meta for tensor in tensors.values()):
            raise ConfigError(
                f"The weights of the {self.direction} are not in memory: they have been offloaded layer by layer.",
                "Use enable_model_cpu_offload, or no offloading.",
            )
        dtypes = {tensor.dtype for tensor in tensors.values()}
        if len(dtypes) != 1 or not dtypes <= set(DTYPES.values()):
            raise ConfigError(
                f"The {self.direction} has weights in {', '.join(sorted(map(str, dtypes)))}.",
                "Only float32, float16 and bfloat16 can be streamed, one of them for all weights.",
            )
        return tensors

    def _checked(self, x: Tensor) -> tuple[Follower, Tensor]:
        """Return the streaming form of the original with its current weights, and x in their dtype."""
        x = check_signal(f"the {self.direction}", x, is_audio=self.direction == "encoder")
        trains = self.coder.training and any(map(wants_gradient, self.coder.parameters()))
        if trains or wants_gradient(x):
            raise ConfigError(
                f"A streamed {self.direction} records no gradients, so nothing can be trained through it.",
                "Use torch.no_grad() and eval(), or undo stream_vae.",
            )
        tensors = self._tensors()
        like = next(iter(tensors.values()))
        # Weights can change in many ways, such as in place or by another state dict, so their values are sampled.
        made_from = (fingerprint(tensors), like.dtype)
        if self._whole is None or self._made_from != made_from:
            self._whole = None  # frees its memory before the next is made
            with _config_errors(), torch.inference_mode(False), torch.no_grad():
                self._whole = self.adapter.follow(self.coder, self.direction).to(like.dtype)
            self._made_from = made_from
        whole = self._whole.to(like.device)
        if x.dim() != 3 or x.shape[1] != whole.channels:
            raise ValueError(f"the {self.direction} takes [batch, {whole.channels}, length], not {list(x.shape)}")
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(like.dtype)  # with autocast, the original takes any dtype
        if x.dtype != like.dtype or x.device != like.device:
            wanted, given = f"{like.dtype} on {like.device}", f"{x.dtype} on {x.device}"
            raise ValueError(f"the {self.direction} is in {wanted}, and its input in {given}")
        if whole.length(x.shape[2]) <= 0:
            raise ValueError(f"a length of {x.shape[2]} is too short for the {self.direction}")
        return whole, x


class Unchunked:
    """The replacement of stable-audio-tools' `encode_audio` or `decode_audio`; it ignores the arguments of chunks."""

    def __init__(self, autoencoder: Any, method: str) -> None:
        self.autoencoder, self.method = autoencoder, method

    def __call__(
        self, signal: Tensor, chunked: bool = False, overlap: int = 32, chunk_size: int = 128, **more: Any
    ) -> Any:
        return getattr(self.autoencoder, self.method)(signal, **more)


UNCHUNKED = {"encode_audio": "encode", "decode_audio": "decode"}


class Replacement:
    """An attribute of an object that is replaced until `restore` is called.

    Args:
        owner, name: the object, and the name of the attribute.
        value: the new value.
    """

    def __init__(self, owner: Any, name: str, value: Any) -> None:
        self.owner, self.name, self.value = owner, name, value
        self.inherited = name not in vars(owner)  # from the class of the object
        self.before = getattr(owner, name)
        setattr(owner, name, value)

    @property
    def is_current(self) -> bool:
        """Whether the attribute still has the new value."""
        return vars(self.owner).get(self.name) is self.value

    def restore(self) -> None:
        """Give the attribute its old value."""
        delattr(self.owner, self.name)
        if not self.inherited:
            setattr(self.owner, self.name, self.before)


class Installation:
    """The attributes of an autoencoder that are replaced until `undo` is called."""

    def __init__(self, vae: Any, encoder: StreamedCoder, decoder: StreamedCoder) -> None:
        self.encoder, self.decoder = encoder, decoder
        # diffusers divides long signals into tiles, and the pipelines of ACE-Step enable that themselves.
        tiled = {"_tiled_encode": encoder, "_tiled_decode": decoder}
        unchunked = {name: Unchunked(vae, method) for name, method in UNCHUNKED.items()}
        self.replacements = [Replacement(each.coder, "forward", each) for each in (encoder, decoder)]
        wanted: dict[str, Any] = {**tiled, **unchunked}
        self.replacements += [Replacement(vae, name, value) for name, value in wanted.items() if hasattr(vae, name)]
        self.installed = True
        encoder.installation = decoder.installation = self

    def undo(self) -> None:
        """See `StreamedVae.undo`."""
        if not self.installed:
            return
        lost = [each.name for each in self.replacements if not each.is_current]
        if lost:
            raise ConfigError(f"Other code has replaced `{lost[0]}` since.", "Undo that first.")
        for each in self.replacements:
            each.restore()
        self.installed = False
        self.encoder.release()
        self.decoder.release()


@dataclass(frozen=True)
class Found:
    """An autoencoder, the adapter of its family, and the pretransform of stable-audio-tools that holds it, if any."""

    autoencoder: Any
    adapter: Adapter
    pretransform: Any = None


def _find(what: Any, depth: int) -> Found | None:
    """Return the autoencoder that is `what`, or that it holds; None if there is none."""
    encoder, decoder = getattr(what, "encoder", None), getattr(what, "decoder", None)
    for adapter in ADAPTERS:
        if adapter.recognises(encoder, decoder):
            return Found(what, adapter)
    for name in HOLDERS if depth else ():
        found = _find(getattr(what, name, None), depth - 1)
        if found is not None:
            is_pretransform = name == "model" and hasattr(what, "scale")
            return replace(found, pretransform=what) if is_pretransform else found
    return None


def _described(what: Any) -> str:
    """Describe what was given, and the attributes that could hold an autoencoder, for an error."""
    held = [(name, getattr(what, name, None)) for name in HOLDERS]
    parts = [f"`{name}` of type {type(value).__name__}" for name, value in held if value is not None]
    return f"an object of type {type(what).__name__}" + (f", with {' and '.join(parts)}" if parts else "")


def _check_frames(block_frames: object) -> None:
    if not isinstance(block_frames, int) or block_frames < 1:
        raise ConfigError(f"A block of {block_frames} latent frames is impossible.", "Give a whole number, 1 or more.")


@contextlib.contextmanager
def _no_fallback(frames: int) -> Iterator[None]:
    """Raise a ConfigError when a GPU's memory is exhausted, because ComfyUI would go on with inexact tiles."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise ConfigError(
            f"There is not enough memory for blocks of {frames} latent frames.", "Give a smaller `block_frames`."
        ) from error


@contextlib.contextmanager
def _config_errors() -> Iterator[None]:
    """Raise a ConfigError for an autoencoder that cannot be streamed."""
    try:
        yield
    except UnsupportedArchitectureError as error:
        raise ConfigError(f"This autoencoder cannot be streamed: {error}.", ACCEPTED) from error
    except LayoutError as error:
        raise ConfigError(f"This autoencoder {error}.", ACCEPTED) from error
