"""What an exported file says of itself, in every format: written at export, read by whoever opens it."""

import json
from pathlib import Path
from typing import Annotated, Self

import torch
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from torch import Tensor

from saoctl.errors import FileError
from saoctl.files import portable
from saoctl.models.family import Architecture
from saoctl.models.registry import FIRST, named
from saoctl.vocabulary import Precision, Signature, SourceKind, signatures
from saoctl.weights.basis import Basis

# Of the description; raised when an older saoctl would misunderstand it. A file with less lookahead than the model has
# is of format 2: an older one would take it for exact. One with a basis is of format 3.
FORMAT = 3
LOOKAHEAD_FORMAT = 2
EXACT_FORMAT = 1


# saoctl 0.1.0 wrote the absolute path of weights that were given as a path.
SourceName = Annotated[str, AfterValidator(portable)]


class BasisDescription(BaseModel):
    """The basis in an exported file, in float64; see `saoctl.weights.basis`.

    Args:
        latents: coordinates that the file takes and gives, the first ones.
        mean, directions, spread, share: of the whole basis.
        source: of the weights that it was made with.
        commit: of a repo.
        frames: latent frames that it is from.
        audio: names of the files.
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
    def of(cls, basis: Basis, latents: int) -> Self:
        """Of the first `latents` directions of a basis."""
        return cls(
            latents=latents,
            mean=basis.mean.tolist(),
            directions=basis.directions.tolist(),
            spread=basis.spread.tolist(),
            share=basis.share.tolist(),
            source=basis.source,
            commit=basis.commit,
            frames=basis.frames,
            audio=list(basis.audio),
        )

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Mean, directions, spread and share, in float64."""
        mean, directions, spread, share = (
            torch.tensor(each, dtype=torch.float64) for each in (self.mean, self.directions, self.spread, self.share)
        )
        return mean, directions, spread, share

    def whole(self, architecture: Architecture) -> Basis:
        """The basis as it was read."""
        mean, directions, spread, share = self.tensors()
        return Basis(
            mean=mean,
            directions=directions,
            spread=spread,
            share=share,
            sample_rate=architecture.sample_rate,
            ratio=architecture.ratio,
            source=self.source,
            commit=self.commit,
            frames=self.frames,
            audio=tuple(self.audio),
        )

    def told(self) -> str:
        """What it is, in a phrase."""
        share, whole = sum(self.share[: self.latents]), len(self.mean)
        files = ", ".join(self.audio[:3]) + (", and others" if self.audio[3:] else "")
        return f"the first {self.latents} of {whole} directions ({share:.0%} of the variance) of {files}, {self.source}"


class Description(BaseModel):
    """What an exported file says of itself.

    Args:
        format: of this description.
        family: of the model; files of before there were several do not say it.
        architecture: its numbers.
        precision, streaming, skip_bottleneck: the choices that it was exported with.
        source_kind: what names the weights; None in files of before it was told.
        source, revision, commit: what the weights are called, see `saoctl.weights.source.Source`; the last two for
            repos.
        versions: of saoctl and torch.
        latency_samples: per method, in audio samples.
        block_size: in audio samples, if its blocks have one size; None: any whole number of latent frames.
        lookahead: whether and how far each method looks ahead: encode in latent frames, decode and forward in steps of
            `step` audio samples, of which the core has one in `core_step` samples; None if it is exact.
        basis: whose coordinates take the place of the latents; None if none does.
        weights: what tells the weights from others, see `saoctl.models.checkpoint.fingerprint`.
        packed: whether weights are packed for x86, see `saoctl.streaming.family.StreamingFamily.pack`.
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

    @property
    def latents(self) -> int:
        """Channels that `encode` gives and `decode` takes."""
        return self.architecture.latent_dim if self.basis is None else self.basis.latents

    @property
    def signatures(self) -> dict[str, Signature]:
        """Of the methods."""
        own = signatures(self.architecture.audio_channels, self.latents, self.architecture.ratio)
        return {str(method): signature for method, signature in own.items()}

    @field_validator("architecture", mode="before")
    @classmethod
    def _of_its_family(cls, numbers: object, info: ValidationInfo) -> object:
        family = named(info.data.get("family", ""))
        if family is None:
            raise ValueError(f"the family {info.data.get('family')} is not known")
        return family.architecture.model_validate(numbers)


def parse(text: str | bytes, path: Path) -> Description:
    """The description in a file.

    Args:
        text: JSON.
        path: of the file, for what is said if it cannot be read.

    Raises:
        FileError: this version cannot read it.
    """
    try:
        content = json.loads(text)
        if isinstance(content, dict) and content.get("format", FORMAT) > FORMAT:
            raise FileError(
                f"{path} was written by a newer saoctl, as format {content['format']}; this one reads up to {FORMAT}.",
                "Update saoctl, or export it anew.",
            )
        return Description.model_validate(content)
    except (ValidationError, ValueError, TypeError) as error:
        raise FileError(f"{path} has a description that this version cannot read.", "Export it anew.") from error
