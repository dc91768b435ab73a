"""`saoctl info`: its options, its work, and how its result is shown."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from saoctl.cli.command import Command
from saoctl.cli.execute import execute
from saoctl.cli.options import ModelArgument, Options, artifact_flag
from saoctl.cli.shown import Answer, Hint, Shown, ends, size
from saoctl.errors import FileError, WeightsError
from saoctl.formats.limits import LIMITS, alone
from saoctl.kinds import format_of_suffix
from saoctl.vocabulary import METHODS

if TYPE_CHECKING:
    from saoctl.config import Config
    from saoctl.formats.info import InfoResult
    from saoctl.progress import Progress


@dataclass(frozen=True)
class Info(Command["InfoResult"]):
    """The command that reads an exported file, or tells what the model of a config is."""

    name = "info"
    model: ModelArgument = None

    def flags(self) -> dict[str, object]:
        return {"artifact": artifact_flag(self.model)}

    def run(self, config: "Config", progress: "Progress") -> "InfoResult":
        from saoctl.formats import info

        if self.model is None and not config.artifact.exists():
            with suppress(WeightsError, FileError):  # then the file is what is missing
                return info.of_weights(config.model, progress)
        return info.run(config.artifact)

    def shown(self, result: "InfoResult") -> Iterator[Shown]:
        dtypes = ", ".join(f"{count / 1e6:.1f} M {name}" for name, count in result.dtypes.items())
        lines = ["no file is exported; this is the model, and its exact stream"]
        if result.artifact is not None:
            lines = [f"{result.artifact}: {size(result.bytes or 0)}, {dtypes or 'no numbers'}"]
        architecture, commit = result.architecture, f" at {result.commit}" if result.commit else ""
        if architecture is None:
            lines.append("not written by saoctl: what it does not say is unknown")
        elif result.source is not None:
            lines.append(f"weights: {result.source}{commit}")
        if architecture is not None and result.written_by_saoctl:
            kind = "streaming" if result.streaming else "offline"
            sampling = "without sampling" if result.skip_bottleneck else "with sampling"
            half = f", {alone(architecture)}" if architecture.methods != METHODS else ""
            packed = ", packed for x86" if result.packed else ""
            lines.append(f"model: {kind}{half or f', {sampling}'}, {result.precision}{packed}")
        if architecture is not None:
            strides = " x ".join(map(str, architecture.strides))
            factors = f" ({strides})" if len(architecture.strides) > 1 else ""
            lines.append(
                f"architecture: {architecture.sample_rate} Hz, {architecture.audio_channels} channels,"
                f" {architecture.latent_dim} latents, ratio {architecture.ratio}{factors}"
            )
        if result.versions:
            lines.append("written by: " + ", ".join(f"{name} {version}" for name, version in result.versions.items()))
        if result.block_size is not None and result.artifact is not None:
            fixed = LIMITS[format_of_suffix(result.artifact) or "torchscript"].fixed_blocks
            lines.append(f"blocks: {result.block_size} samples{' only' if fixed else ' or multiples of it'}")
        if result.grid is not None and result.architecture is not None:
            steps = result.architecture.ratio // result.grid
            lines.append(
                f"in nn~: buffers of a power of two from {result.grid} on; each latent is held for {steps} values"
            )
        if result.lookahead is not None:
            lines.append("lookahead: less than the model's own; verify measures what the estimates cost")
        if result.basis is not None:
            lines.append(f"basis: {result.basis}")
        for method, signature in result.methods.items():
            given, gives = ends(signature)
            line = f"{method}: {given} -> {gives}"
            if late := result.latency.get(method):
                line += f", late by {late.samples} samples, {late.frames:g} frames, {late.milliseconds:.0f} ms"
            lines.append(line)
        for method, field in result.receptive_field.items():
            lines.append(
                f"receptive field of {method}: {field.back_frames} frames back ({field.back_samples} samples),"
                f" {field.ahead_frames} ahead ({field.ahead_samples});"
                f" chunks are exact if they overlap by {field.overlap_frames} frames"
            )
        if result.attributes:
            lines.append("attributes: " + ", ".join(result.attributes))
        for kind, named in (("inputs", result.inputs), ("outputs", result.outputs)):
            if named:
                lines.append(f"{kind}: " + ", ".join(f"{name} {what}" for name, what in named.items()))
        if result.receptive_field:
            yield Hint("Half of the overlap of chunks is cut off at each side; docs/out-of-memory.md says more.")
        if result.options is not None:
            yield Hint(f"To compare it with its weights: saoctl verify {result.artifact} {result.options}")
        yield Answer("\n".join(lines))


def command(options: Options, info: Info) -> None:
    """Describe an exported file, or the model of a config.

    Files of other tools are described as far as they describe themselves. If the config's file is not exported, its
    model is described, if its weights are on this machine or `saoctl models` lists it.

    Examples: saoctl info -c demo, or saoctl info other.ts --json
    """
    execute(options, [info])
