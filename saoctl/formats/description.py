"""The description in an exported file of any format: the model, the choices of the export and the weights."""

import json
from pathlib import Path
from typing import Annotated, Any, Self

import torch
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
)

from saoctl.errors import FileError
from saoctl.files import portable
from saoctl.models.family import Architecture
from saoctl.models.registry import FIRST, named
from saoctl.vocabulary import Precision, Signature, SourceKind, signatures
from saoctl.weights.basis import Basis

# The version of the description. It rises when an older saoctl would misunderstand the file: a file with less lookahead
# than the model has version 2, because an older saoctl would take it for exact. A file with a basis has version 3. A
# file that holds latents for several steps of a grid has version 4.
FORMAT = HELD_FORMAT = 4
BASIS_FORMAT = 3
LOOKAHEAD_FORMAT = 2
EXACT_FORMAT = 1

TENSORS = ("mean", "directions", "spread", "share")  # of a basis

# saoctl 0.1.0 wrote the absolute path of weights that were given by a path.
SourceName = Annotated[str, AfterValidator(portable)]


class BasisDescription(BaseModel):
    """The basis in an exported file, in float64; see `saoctl.weights.basis`.

    Args:
        latents: the number of coordinates that take the place of latents; they are the first ones.
        mean, directions, spread, share: the tensors of the whole basis.
        source: the name of the weights that the basis was made with.
        commit: the commit of the weights, if they are from a repo.
        frames: the number of latent frames that the basis was made from.
        audio: the names of the audio files that the basis was made from.
    """

    model_config = ConfigDict(extra="ignore")

    latents: int
    mean: list[float]
    directions: list[list[float]]
    spread: list[float]
    share: list[float]
    source: SourceName
    commit: str | None
    frames: int
    audio: list[str]

    @classmethod
    def from_basis(cls, basis: Basis, latents: int) -> Self:
        """Describe a basis, of which a file uses the first `latents` directions."""
        lists = {name: getattr(basis, name).tolist() for name in TENSORS}
        return cls.model_validate({**vars(basis), **lists, "latents": latents})

    def whole(self, architecture: Architecture) -> Basis:
        """Return the whole basis of a model of this architecture, as it was before the export."""
        tensors: dict[str, Any] = {name: torch.tensor(getattr(self, name), dtype=torch.float64) for name in TENSORS}
        return Basis(
            **tensors,
            sample_rate=architecture.sample_rate,
            ratio=architecture.ratio,
            source=self.source,
            commit=self.commit,
            frames=self.frames,
            audio=tuple(self.audio),
        )

    def summary(self) -> str:
        """Return a phrase that says which directions of which basis these are."""
        share, total = sum(self.share[: self.latents]), len(self.mean)
        files = ", ".join(self.audio[:3]) + (", and others" if self.audio[3:] else "")
        return f"the first {self.latents} of {total} directions ({share:.0%} of the variance) of {files}, {self.source}"


class Description(BaseModel):
    """The description of an exported file.

    Args:
        format: the version of this description.
        family: the family of the model; files written before there were several families do not have it.
        architecture: the numbers that define the model.
        precision, streaming, skip_bottleneck: the choices of the export.
        source_kind: what names the weights; None in files of saoctl 0.1.0.
        source, revision, commit: the name of the weights, see `saoctl.weights.source.Source`; the last two are for
            repos.
        versions: the versions of saoctl and torch.
        latency_samples: the latency of each method in audio samples.
        block_size: the size of blocks in audio samples; None if any whole number of latent frames is allowed.
        lookahead: how far each method looks ahead: encode in latent frames, decode and forward in steps of `step` audio
            samples; the core of the decoder has a value per `core_step` samples. None if the stream is exact.
        basis: the basis whose coordinates take the place of the latents, if any.
        weights: the fingerprint of the weights, see `saoctl.models.checkpoint.fingerprint`.
        packed: whether weights are packed for x86, see `saoctl.streaming.family.StreamingFamily.pack`.
        grid: if latents are held, audio samples per value of a latent signal; blocks are multiples of it. None: latents
            have a value per frame.
    """

    model_config = ConfigDict(extra="ignore")

    format: int = EXACT_FORMAT
    family: str = FIRST
    architecture: SerializeAsAny[Architecture]
    precision: Precision
    streaming: bool
    skip_bottleneck: bool
    source_kind: SourceKind | None = None
    source: SourceName
    revision: str | None
    commit: str | None
    versions: dict[str, str]
    latency_samples: dict[str, int]
    block_size: int | None = None
    lookahead: dict[str, int] | None = None
    basis: BasisDescription | None = None
    weights: str | None = None
    packed: bool = False
    grid: int | None = None

    @property
    def latents(self) -> int:
        """The number of channels that `encode` returns and `decode` takes."""
        return self.architecture.latent_dim if self.basis is None else self.basis.latents

    @property
    def signatures(self) -> dict[str, Signature]:
        """The signature of each method."""
        its = self.architecture
        own = signatures(its.audio_channels, self.latents, self.grid or its.ratio, its.methods)
        return {str(method): signature for method, signature in own.items()}

    @model_serializer(mode="wrap")
    def _serialize(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what files of before do not have, so that they stay the same, byte for byte."""
        fields: dict[str, Any] = {**written(self), "architecture": self.architecture.described()}
        if self.grid is None:
            fields.pop("grid", None)
        return fields

    @field_validator("architecture", mode="before")
    @classmethod
    def _validate_architecture(cls, numbers: object, info: ValidationInfo) -> object:
        family = named(info.data.get("family", ""))
        if family is None:
            raise ValueError(f"the family {info.data.get('family')} is not known")
        return family.architecture.model_validate(numbers)


def parse(text: str | bytes, path: Path) -> Description:
    """Return the description that a file holds as text.

    Args:
        text: the description, as JSON.
        path: the file, which an error names.

    Raises:
        FileError: this version cannot read the description.
    """
    try:
        content = json.loads(text)
        if isinstance(content, dict) and content.get("format", FORMAT) > FORMAT:
            raise FileError(
                f"{path} was written by a newer saoctl, as format {content['format']}; this one reads up to {FORMAT}.",
                "Update saoctl, or export it again.",
            )
        return Description.model_validate(content)
    except (ValidationError, ValueError, TypeError) as error:
        raise FileError(f"{path} has a description that this version cannot read.", "Export it again.") from error
