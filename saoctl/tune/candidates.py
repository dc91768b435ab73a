"""The files that tune tries, as far as the formats and the model can have them. Nothing here loads torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from saoctl.config import Config
from saoctl.errors import ConfigError
from saoctl.formats import limits
from saoctl.kinds import format_of_suffix
from saoctl.models.family import Architecture
from saoctl.vocabulary import FormatName, Precision

# From the most to the least accurate; docs/precision-and-speed.md has the SNRs.
FIDELITY: tuple[Precision, ...] = ("float32", "mixed", "float16", "bfloat16")


@dataclass(frozen=True)
class Candidate:
    """A file that can be exported.

    Args:
        format: of the file.
        precision: of its weights and its computation.
        packed: whether its weights are packed for x86.
        lookahead_ms: how late `forward` may be; None if the stream is exact.
    """

    format: FormatName
    precision: Precision
    packed: bool
    lookahead_ms: float | None

    @property
    def fidelity(self) -> tuple[float, int]:
        """How near it comes to the offline model, in order: its lookahead counts first, then its precision."""
        lookahead = float("inf") if self.lookahead_ms is None else self.lookahead_ms
        return lookahead, -FIDELITY.index(self.precision)

    def described(self) -> str:
        """Return its choices in a phrase."""
        form = "" if self.format == "torchscript" else f"{self.format} "
        packed = " packed" if self.packed else ""
        lookahead = "exact" if self.lookahead_ms is None else f"{self.lookahead_ms:g} ms of lookahead"
        return f"{form}{self.precision}{packed}, {lookahead}"


@dataclass(frozen=True)
class TuneChoices:
    """What tune is asked to try.

    Args:
        precisions: None: those that are not slower than float32 on the device.
        formats: of the files.
        packed: with packed weights, without, or None: both.
        lookaheads: in ms, None for exact.
    """

    precisions: tuple[Precision, ...] | None
    formats: tuple[FormatName, ...]
    packed: bool | None
    lookaheads: tuple[float | None, ...]

    def candidates(self, config: Config, architecture: Architecture | None = None) -> list[Candidate]:
        """Return what the formats and the model can have of it, the best-sounding first.

        Args:
            config: whose other choices of `export` the candidates have.
            architecture: of the model; None if it is not known yet.

        Raises:
            ConfigError: nothing is left; it says why the first was left out.
        """
        packings = (True, False) if self.packed is None else (self.packed,)
        found: list[Candidate] = []
        refusal: ConfigError | None = None
        for choices in product(self.formats, self.precisions or FIDELITY, packings, self.lookaheads):
            candidate = Candidate(*choices)
            precision = candidate.precision
            if self.precisions is None and limits.computes(candidate.format, precision) != precision:
                continue  # a smaller file, no faster than float32
            try:
                limits.check_all(candidate.format, export_config(config, candidate), architecture)
                found.append(candidate)
            except ConfigError as error:
                refusal = refusal or error
        if refusal is not None and not found:
            raise refusal
        return sorted(found, key=lambda each: each.fidelity, reverse=True)


def export_config(
    config: Config, candidate: Candidate, artifact: Path = Path(), block_size: int | None = None
) -> Config:
    """Return the config that exports a candidate.

    Args:
        config: whose weights, and whose choices of everything that a candidate does not say.
        candidate: what to export.
        artifact: the file to write.
        block_size: in audio samples, for a format that fixes it.
    """
    choices: dict[str, object] = {"packed": candidate.packed, "block_size": block_size, "format": candidate.format}
    if candidate.lookahead_ms != lookahead_of(config):
        choices |= {"lookahead": "exact" if candidate.lookahead_ms is None else candidate.lookahead_ms}
        choices |= {"lookahead_encode": None, "lookahead_decode": None}
    update = {"precision": candidate.precision, "artifact": artifact}
    return config.model_copy(update={**update, "export": config.export.model_copy(update=choices)})


def lookahead_of(config: Config) -> float | None:
    """Return the lookahead of a config in ms; None if it asks for the exact stream."""
    return None if config.export.lookahead == "exact" else config.export.lookahead


def export_options(config: Config, candidate: Candidate) -> Iterator[str]:
    """Yield the options with which `saoctl export` writes a candidate, where they differ from the config's."""
    if candidate.format != (config.export.format or format_of_suffix(config.artifact) or "torchscript"):
        yield from ("--format", candidate.format)
    if candidate.precision != config.precision:
        yield from ("--precision", candidate.precision)
    if candidate.packed != config.export.packed:
        yield "--packed" if candidate.packed else "--no-packed"
    if candidate.lookahead_ms != lookahead_of(config):
        yield from ("--lookahead", "exact" if candidate.lookahead_ms is None else f"{candidate.lookahead_ms:g}")
        for share in ("lookahead_encode", "lookahead_decode"):
            if getattr(config.export, share) is not None:
                yield from ("--set", f"export.{share}=null")
