"""saoctl.stream_vae: the autoencoder that another library has loaded computes block by block, in its place."""

import contextlib
from collections.abc import Iterator
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

# Where pipelines and wrappers keep their autoencoder, and how deep one is looked for.
HOLDERS = ("vae", "pretransform", "autoencoder", "model")
DEPTH = 3

ADAPTERS = [family.adapter for family in FAMILIES if family.adapter is not None]
TAKEN = f"Give {', '.join(each.classes for each in ADAPTERS)}, or what holds one as `.vae` or `.pretransform`."


def stream_vae(pipeline_or_vae: Any, *, block_frames: int = BLOCK_FRAMES) -> "StreamedVae":
    """Let an Oobleck autoencoder of diffusers or stable-audio-tools compute block by block, in place.

    Its encoder and its decoder give what they gave, from the first sample to the last, to the rounding of their dtype;
    but memory does not grow with the length of the signal, except for what goes in and comes out. The library's own
    `encode` and `decode` run as before, around them: arguments, return types, bottleneck and sampling are theirs. What
    the libraries do to save memory, and what is not exact (`enable_tiling`, `chunked=True`), is no longer done: the
    switches are taken, and the whole signal is computed.

    The original keeps its weights; the stream has a folded copy of those of each direction that is used. If a few
    numbers of each tensor tell that the weights are others, or if the dtype is, the next call copies them again; where
    they are moved, the copy follows. Autocast is left out: it computes in the dtype of the weights.

    There are no gradients. A call that would have them is refused: where gradients are enabled, and the input or an
    encoder or decoder in training mode asks for them. In evaluation mode the output just has none.

    Args:
        pipeline_or_vae: diffusers' AutoencoderOobleck, an autoencoder of stable-audio-tools (`AudioAutoencoder`), or
            what holds one: StableAudioPipeline, ACE-Step's pipelines, a pretransform, a diffusion model. Its dtype is
            float32, float16 or bfloat16.
        block_frames: how many latent frames are computed at a time. More need more memory.

    Returns:
        What undoes it, and decodes piece by piece. If it streams already, the new block size is taken over.

    Raises:
        ConfigError: no such autoencoder is there, or it differs from the published ones.

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
        raise ConfigError(f"There is no autoencoder in {_described(pipeline_or_vae)} that can stream.", TAKEN)
    vae = found.autoencoder
    there = vars(vae.encoder).get("forward")
    if isinstance(there, StreamedCoder) and there.installation is not None:
        installation = there.installation
        installation.encoder.block_frames = installation.decoder.block_frames = block_frames
    else:
        encoder = StreamedCoder(found.adapter, vae.encoder, "encoder", block_frames)
        decoder = StreamedCoder(found.adapter, vae.decoder, "decoder", block_frames)
        encoder.check()
        decoder.check()
        installation = Installation(vae, encoder, decoder)
    return StreamedVae(found, installation)


class StreamedVae:
    """An autoencoder that computes block by block; `stream_vae` gives one.

    As a context manager it undoes itself at the end.
    """

    def __init__(self, found: "Found", installation: "Installation") -> None:
        self._found, self._installation = found, installation

    def __repr__(self) -> str:
        kind, frames = type(self._found.autoencoder).__name__, self._installation.decoder.block_frames
        state = f"in blocks of {frames} latent frames" if self._installation.installed else "undone"
        return f"<saoctl.StreamedVae of {kind}: {state}>"

    def decode_iter(self, latents: Tensor, block_frames: int | None = None) -> Iterator[Tensor]:
        """Audio as it is ready: the pieces side by side are what `decode` gives for the same latents.

        `decode` is that of the autoencoder; of a pretransform, if one was given or is in what was given.

        Args:
            latents: [B, latent_dim, F].
            block_frames: how many latent frames are computed at a time; fewer give the first sound sooner. None: as
                `stream_vae` was told.

        Returns:
            Pieces [B, audio_channels, samples]. The last latents of a block need the next block, so the first piece is
            shorter than the others.

        Raises:
            ConfigError: it has been undone, gradients are asked for, or the autoencoder has a pretransform of its own,
                which needs the whole signal.
            TypeError: the latents are no tensor of floating-point numbers.
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
        # As diffusers does before its own methods, for weights that wait on the CPU.
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
        """Put everything back as it was, and drop the copied weights. A second time it does nothing.

        Raises:
            ConfigError: something else has been put in the same place since.
        """
        self._installation.undo()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.undo()


class StreamedCoder:
    """What stands in the place of the `forward` of an encoder or a decoder.

    It is no module, so that the autoencoder's state dict and its `to` know nothing of it.

    Args:
        adapter: of the original's family.
        coder: the original.
        direction: which of the two it is.
        block_frames: how many latent frames are computed at a time.
    """

    def __init__(self, adapter: Adapter, coder: nn.Module, direction: Direction, block_frames: int) -> None:
        self.adapter = adapter
        self.coder, self.direction, self.block_frames = coder, direction, block_frames
        self.installation: Installation | None = None
        self._whole: Follower | None = None
        self._made_from: object = None

    def __call__(self, x: Tensor) -> Tensor:
        whole, x = self._checked(x)
        with torch.no_grad():
            y = x.new_empty(x.shape[0], whole.gives, whole.length(x.shape[2]))
            at = 0
            for piece in whole.pieces(x, self.block_frames):
                y[:, :, at : at + piece.shape[2]] = piece
                at += piece.shape[2]
        return y

    def pieces(self, x: Tensor, frames: int) -> Iterator[Tensor]:
        """The same piece by piece; what is wrong with x is told at once."""
        whole, x = self._checked(x)
        return whole.pieces(x, frames)

    def check(self) -> None:
        """Read the original as it will be followed.

        Raises:
            ConfigError: it cannot be.
        """
        with _told():
            self._tensors()
            self.adapter.check(self.coder, self.direction)

    def release(self) -> None:
        """Drop the copied weights."""
        self._whole = self._made_from = None

    def _tensors(self) -> dict[str, Tensor]:
        """The original's weights as they are now, if they can be followed."""
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
        """The streaming form of the original as it is now, and x as it takes it."""
        x = check_signal(f"the {self.direction}", x, is_audio=self.direction == "encoder")
        trains = self.coder.training and any(map(wants_gradient, self.coder.parameters()))
        if trains or wants_gradient(x):
            raise ConfigError(
                f"A streamed {self.direction} has no gradients, and so cannot be trained or optimised through.",
                "Use torch.no_grad() and eval(), or undo stream_vae.",
            )
        tensors = self._tensors()
        like = next(iter(tensors.values()))
        # A few numbers of each tensor, so that it is no matter by which way weights have changed.
        made_from = (fingerprint(tensors), like.dtype)
        if self._whole is None or self._made_from != made_from:
            self._whole = None  # before there is another one
            with _told(), torch.inference_mode(False), torch.no_grad():
                self._whole = self.adapter.follow(self.coder, self.direction).to(like.dtype)
            self._made_from = made_from
        whole = self._whole.to(like.device)
        if x.dim() != 3 or x.shape[1] != whole.channels:
            raise ValueError(f"the {self.direction} takes [batch, {whole.channels}, length], not {list(x.shape)}")
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(like.dtype)  # the original would take any dtype then
        if x.dtype != like.dtype or x.device != like.device:
            theirs, given = f"{like.dtype} on {like.device}", f"{x.dtype} on {x.device}"
            raise ValueError(f"the {self.direction} is in {theirs}, and what it was given in {given}")
        if whole.length(x.shape[2]) <= 0:
            raise ValueError(f"a length of {x.shape[2]} is too short for the {self.direction}")
        return whole, x


class Unchunked:
    """What stands in the place of stable-audio-tools' `encode_audio` or `decode_audio`: all at once, chunked or not."""

    def __init__(self, autoencoder: Any, method: str) -> None:
        self.autoencoder, self.method = autoencoder, method

    def __call__(
        self, signal: Tensor, chunked: bool = False, overlap: int = 32, chunk_size: int = 128, **more: Any
    ) -> Any:
        return getattr(self.autoencoder, self.method)(signal, **more)


UNCHUNKED = {"encode_audio": "encode", "decode_audio": "decode"}


@dataclass(frozen=True)
class Place:
    """An attribute of an object that something else stands in for.

    Args:
        owner, name: which attribute.
        value: what stands in.
        before: what the object itself had there, beside what its class gives; or nothing.
    """

    owner: Any
    name: str
    value: Any
    before: tuple[Any, ...]

    @property
    def holds(self) -> bool:
        """Whether it still stands there."""
        return vars(self.owner).get(self.name) is self.value

    def put_back(self) -> None:
        delattr(self.owner, self.name)
        for value in self.before:
            setattr(self.owner, self.name, value)


class Installation:
    """All that stands in for something of an autoencoder, from its making until it is undone."""

    def __init__(self, vae: Any, encoder: StreamedCoder, decoder: StreamedCoder) -> None:
        self.encoder, self.decoder = encoder, decoder
        # diffusers cuts long signals into tiles, and pipelines of ACE-Step switch that on by themselves.
        tiled = {"_tiled_encode": encoder, "_tiled_decode": decoder}
        unchunked = {name: Unchunked(vae, method) for name, method in UNCHUNKED.items()}
        wanted: list[tuple[Any, str, Any]] = [(vae.encoder, "forward", encoder), (vae.decoder, "forward", decoder)]
        wanted += [(vae, name, value) for name, value in {**tiled, **unchunked}.items() if hasattr(vae, name)]
        self.places = [
            Place(owner, name, value, tuple(there for key, there in vars(owner).items() if key == name))
            for owner, name, value in wanted
        ]
        self.installed = True
        encoder.installation = decoder.installation = self
        for place in self.places:
            setattr(place.owner, place.name, place.value)

    def undo(self) -> None:
        """See `StreamedVae.undo`."""
        if not self.installed:
            return
        lost = [place.name for place in self.places if not place.holds]
        if lost:
            raise ConfigError(f"Something else has taken the place of `{lost[0]}` since.", "Undo that first.")
        for place in self.places:
            place.put_back()
        self.installed = False
        self.encoder.release()
        self.decoder.release()


@dataclass(frozen=True)
class Found:
    """An autoencoder, the adapter of its family, and the pretransform of stable-audio-tools that it is in, if any."""

    autoencoder: Any
    adapter: Adapter
    pretransform: Any = None


def _find(what: Any, depth: int) -> Found | None:
    """The autoencoder that is given or held."""
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
    """What was given, for an error, with what it has where an autoencoder was looked for."""
    held = [(name, getattr(what, name, None)) for name in HOLDERS]
    parts = [f"`{name}` of type {type(value).__name__}" for name, value in held if value is not None]
    return f"what has the type {type(what).__name__}" + (f", with {' and '.join(parts)}" if parts else "")


def _check_frames(block_frames: object) -> None:
    if not isinstance(block_frames, int) or block_frames < 1:
        raise ConfigError(f"A block of {block_frames} latent frames is impossible.", "Give a whole number, 1 or more.")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tells in plain sentences what is wrong with an autoencoder."""
    try:
        yield
    except UnsupportedArchitectureError as error:
        raise ConfigError(f"This autoencoder cannot be streamed: {error}.", TAKEN) from error
    except LayoutError as error:
        raise ConfigError(f"This autoencoder {error}.", TAKEN) from error
