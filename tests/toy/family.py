"""A second family of models, made for the tests: what keeps the contracts of `models/` and `streaming/` true.

It cuts a signal into latent frames and transforms them in pairs: each pair of audio frames is multiplied with a matrix,
and so is each pair of latent frames on the way back. A signal with an odd number of frames is padded with a frame of
zeros. So a frame depends on its partner, which may be the next one: the latency is one frame in each direction, and
none if blocks are whole pairs. Its noise acts in `decode`; it has no dial, no packed weights, one precision and one
format.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from saoctl.models import registry as models
from saoctl.models.family import Architecture, Count, Family
from saoctl.models.layouts import LayoutError, finite, refuse
from saoctl.models.own import OwnModel
from saoctl.streaming import registry as streams
from saoctl.streaming.controls import LatentControls
from saoctl.streaming.family import ReceptiveField, StreamingFamily
from saoctl.streaming.state import Cursor, Rows, StreamState
from saoctl.vocabulary import METHODS, Method

NOISE = 0.1  # standard deviation


class ToyArchitecture(Architecture):
    """The numbers of a toy.

    Args:
        hop: audio samples per latent frame.
    """

    hop: Count

    @property
    def ratio(self) -> int:
        return self.hop


def pairs(rows: Tensor, weight: Tensor) -> Tensor:
    """Transform frames two by two, [B, F, in] -> [B, F, out]; F is even, and the weight [2 * out, 2 * in]."""
    joined = rows.reshape(rows.shape[0], rows.shape[1] // 2, 2 * rows.shape[2])
    return torch.matmul(joined, weight.t()).reshape(rows.shape[0], rows.shape[1], weight.shape[0] // 2)


def padded(rows: Tensor) -> Tensor:
    """Append a frame of zeros if the number of frames is odd, [B, F, C]."""
    return nn.functional.pad(rows, [0, 0, 0, rows.shape[1] % 2])


class ToyAutoencoder(nn.Module):
    """The offline model; see `saoctl.models.family.Family.offline`."""

    sampling: Final[bool]

    def __init__(self, architecture: ToyArchitecture, state: Mapping[str, Tensor], sampling: bool) -> None:
        super().__init__()
        self.architecture, self.sampling, self.noise, self.spread = architecture, sampling, 0.0, NOISE
        self.ratio, self.audio_channels = architecture.ratio, architecture.audio_channels
        self.latent_dim = architecture.latent_dim
        self.encoder = nn.Parameter(state["encoder.weight"], requires_grad=False)
        self.decoder = nn.Parameter(state["decoder.weight"], requires_grad=False)

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        """[B, C, F * ratio] -> [B, L, F]."""
        rows = self.rows(audio)
        return pairs(padded(rows), self.encoder).narrow(1, 0, rows.shape[1]).transpose(1, 2)

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        """[B, L, F] -> [B, C, F * ratio]."""
        rows = self.noisy(latents.transpose(1, 2))
        return self.audio(pairs(padded(rows), self.decoder).narrow(1, 0, rows.shape[1]))

    @torch.jit.export
    def rows(self, audio: Tensor) -> Tensor:
        """[B, C, F * ratio] -> [B, F, ratio * C]."""
        frames = audio.shape[2] // self.ratio
        return audio.transpose(1, 2).reshape(audio.shape[0], frames, self.ratio * self.audio_channels)

    @torch.jit.export
    def audio(self, rows: Tensor) -> Tensor:
        """[B, F, ratio * C] -> [B, C, F * ratio]."""
        return rows.reshape(rows.shape[0], rows.shape[1] * self.ratio, self.audio_channels).transpose(1, 2)

    @torch.jit.export
    def noisy(self, latents: Tensor) -> Tensor:
        """The latents with as much noise as is set."""
        return latents + torch.randn_like(latents) * (self.noise * self.spread) if self.noise > 0.0 else latents

    def forward(self, audio: Tensor) -> Tensor:
        """[B, C, F * ratio] -> [B, C, F * ratio]."""
        return self.decode(self.encode(audio))


class Toy(Family[ToyArchitecture]):
    """The toy as a family of models."""

    name = "toy"
    title = "Toy"
    architecture = ToyArchitecture
    references = ("toy",)

    def recognises(self, config: Mapping[str, Any]) -> bool:
        return config.get("model_type") == "toy"

    def read_config(self, config: Mapping[str, Any]) -> ToyArchitecture:
        return ToyArchitecture.model_validate(config["model"])

    def shapes(self, architecture: ToyArchitecture) -> dict[str, tuple[int, ...]]:
        audio, latents = 2 * architecture.ratio * architecture.audio_channels, 2 * architecture.latent_dim
        return {"encoder.weight": (latents, audio), "decoder.weight": (audio, latents)}

    def to_state(self, tensors: Mapping[str, Tensor], architecture: ToyArchitecture) -> dict[str, Tensor]:
        shapes = self.shapes(architecture)
        refuse("lacks", sorted(shapes.keys() - tensors.keys()))
        if any(tuple(tensors[name].shape) != shape for name, shape in shapes.items()):
            raise LayoutError("has other shapes than its config")
        return {name: finite(name, tensors[name]) for name in shapes}

    def random_state(self, architecture: ToyArchitecture, seed: int) -> dict[str, Tensor]:
        latents, audio = self.shapes(architecture)["encoder.weight"]
        random = torch.randn(max(latents, audio), min(latents, audio), generator=torch.Generator().manual_seed(seed))
        turned = torch.linalg.qr(random).Q
        encoder = turned if latents > audio else turned.t()
        return {"encoder.weight": encoder.contiguous(), "decoder.weight": encoder.t().contiguous()}

    def write(self, folder: Path, architecture: ToyArchitecture, state: Mapping[str, Tensor]) -> None:
        config = {"model_type": "toy", "model": architecture.model_dump()}
        (folder / "model_config.json").write_text(json.dumps(config))
        save_file(dict(state), folder / "model.safetensors")

    def offline(
        self, architecture: ToyArchitecture, state: Mapping[str, Tensor], sampling: bool = True
    ) -> ToyAutoencoder:
        return ToyAutoencoder(architecture, state, sampling).eval()

    def reference(self, kind: str, architecture: ToyArchitecture, state: Mapping[str, Tensor]) -> OwnModel:
        self.check_reference(kind)
        return OwnModel(self.offline(architecture, state), "toy (the tests' own)")

    def arithmetic(self, architecture: ToyArchitecture) -> dict[Method, float]:
        latents, audio = self.shapes(architecture)["encoder.weight"]
        once = latents * audio * architecture.sample_rate / architecture.ratio / 1e9
        return {"encode": once, "decode": once, "forward": 2 * once}


class Paired(Rows):
    """One direction as a stream, [B, F, in] -> [B, F, out]; late by a frame, unless blocks are whole pairs."""

    def __init__(self, weight: Tensor, ratio: int, whole: bool) -> None:
        super().__init__(0 if whole else 2, weight.shape[1] // 2, 0)
        self.weight, self.ratio, self.whole = nn.Parameter(weight, requires_grad=False), ratio, whole

    def forward(self, x: Tensor, cursor: Cursor) -> Tensor:
        frames, begin = x.shape[1], cursor.begin // self.ratio
        if self.whole:
            if begin % 2 == 1 and frames > 0:
                raise ValueError("blocks must be whole pairs of frames, except for the last one of a signal")
            return pairs(padded(x), self.weight).narrow(1, 0, frames)
        history = self.history(cursor)
        window = torch.cat((history, x), dim=1)  # from frame begin - 2 on; what is due begins at begin - 1
        history.copy_(window.narrow(1, frames, 2))
        odd = begin % 2
        window = padded(window.narrow(1, odd, frames + 2 - odd))
        return pairs(window, self.weight).narrow(1, 1 - odd, frames)


class ToyStream(nn.Module):
    """The exact stream of a toy; see `saoctl.streaming.stream.Stream`."""

    sampling: Final[bool]

    def __init__(self, model: ToyAutoencoder, whole: bool) -> None:
        super().__init__()
        self.model, self.sampling, self.noise = model, model.sampling, 0.0
        self.ratio, self.audio_channels, self.latent_dim = model.ratio, model.audio_channels, model.latent_dim
        self.encoder, self.decoder = (Paired(weight, model.ratio, whole) for weight in (model.encoder, model.decoder))
        self.late = 0 if whole else 1
        self.latency_encode = self.latency_decode = self.late * self.ratio
        self.latency_forward = 2 * self.late * self.ratio
        self.encode_state, self.forward_encode_state = (StreamState(self.encoder.size) for _ in range(2))
        self.decode_state = StreamState(self.decoder.size)
        self.forward_decode_state = StreamState(self.decoder.size, lag=self.latency_encode)
        self.play_by(LatentControls(self.latent_dim, self.ratio, model.architecture.sample_rate))

    def play_by(self, controls: LatentControls) -> None:
        self.controls = controls
        self.decode_controls_state = StreamState(controls.state_size)
        self.forward_controls_state = StreamState(controls.state_size, lag=self.latency_encode)

    def _blanked(self, rows: Tensor, begin: int, end: int) -> Tensor:
        """Zero, in place, the frames before the signal and after its end; begin and end are audio samples."""
        first = begin // self.ratio
        rows.narrow(1, 0, min(max(-first, 0), rows.shape[1])).zero_()
        if end >= 0:
            inside = min(max(end // self.ratio - first, 0), rows.shape[1])
            rows.narrow(1, inside, rows.shape[1] - inside).zero_()
        return rows

    def _encoded(self, audio: Tensor, state: StreamState, end: int) -> Tensor:
        """Audio to rows of what is shown of the latents."""
        cursor = state.next(audio, audio.shape[2], end, -1)
        rows: Tensor = self.controls.shown(self.encoder(self.model.rows(audio), cursor))
        return self._blanked(rows, cursor.begin - self.late * self.ratio, end)

    def _decoded(self, rows: Tensor, state: StreamState, controls: StreamState, end: int) -> Tensor:
        samples = rows.shape[1] * self.ratio
        self.model.noise = self.noise
        played: Tensor = self.controls(rows, controls.next(rows, samples, -1, -1))
        cursor = state.next(rows, samples, end, -1)
        noisy = self._blanked(self.model.noisy(played), cursor.begin, end)
        return self.model.audio(self.decoder(noisy, cursor))

    @torch.jit.export
    def encode(self, audio: Tensor) -> Tensor:
        return self._encoded(audio, self.encode_state, -1).transpose(1, 2)

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        return self._decoded(latents.transpose(1, 2), self.decode_state, self.decode_controls_state, -1)

    def forward(self, audio: Tensor) -> Tensor:
        rows = self._encoded(audio, self.forward_encode_state, -1)
        return self._decoded(rows, self.forward_decode_state, self.forward_controls_state, -1)

    @torch.jit.export
    def flush_encode(self) -> Tensor:
        state = self.encode_state
        nothing = state.values.new_zeros([state.values.shape[0], self.audio_channels, self.late * self.ratio])
        latents = self._encoded(nothing, state, state.samples()).transpose(1, 2)
        state.reset()
        return latents

    @torch.jit.export
    def flush_decode(self) -> Tensor:
        state = self.decode_state
        nothing = state.values.new_zeros([state.values.shape[0], self.late, self.controls.channels])
        audio = self._decoded(nothing, state, self.decode_controls_state, state.samples())
        state.reset()
        self.decode_controls_state.reset()
        return audio

    @torch.jit.export
    def flush_forward(self) -> Tensor:
        encoding, end = self.forward_encode_state, self.forward_encode_state.samples()
        nothing = encoding.values.new_zeros([encoding.values.shape[0], self.audio_channels, 2 * self.late * self.ratio])
        rows = self._encoded(nothing, encoding, end)
        audio = self._decoded(rows, self.forward_decode_state, self.forward_controls_state, end)
        encoding.reset()
        self.forward_decode_state.reset()
        self.forward_controls_state.reset()
        return audio

    @torch.jit.export
    def warm_up(self, like: Tensor) -> None:
        """Do nothing: there is little to compile."""

    @torch.jit.export
    def reset(self) -> None:
        self.encode_state.reset()
        self.decode_state.reset()
        self.forward_encode_state.reset()
        self.forward_decode_state.reset()
        self.decode_controls_state.reset()
        self.forward_controls_state.reset()


class StreamingToy(StreamingFamily[ToyArchitecture]):
    """How the toy streams."""

    name = "toy"
    noise_in = "decode"
    latency_by_block = True

    def exact(self, offline: nn.Module, block_frames: int | None = None) -> Any:
        assert isinstance(offline, ToyAutoencoder)
        return ToyStream(offline, block_frames is not None and block_frames % 2 == 0)

    def receptive_field(self, architecture: ToyArchitecture) -> dict[Method, ReceptiveField]:
        partner = ReceptiveField.around(architecture.ratio, architecture.ratio, architecture.ratio)
        return dict.fromkeys(METHODS, partner)  # a pair that was encoded is decoded as the same pair

    def latency(self, architecture: ToyArchitecture, block_frames: int | None = None) -> dict[Method, int]:
        late = 0 if block_frames is not None and block_frames % 2 == 0 else architecture.ratio
        return {"encode": late, "decode": late, "forward": 2 * late}


@contextmanager
def registered() -> Iterator[None]:
    """Let saoctl know the toy as long as the context lasts."""
    models.FAMILIES.append(Toy())
    streams.FAMILIES.append(StreamingToy())
    try:
        yield
    finally:
        models.FAMILIES.pop()
        streams.FAMILIES.pop()
