"""`saoctl export`: its options, its work, and how its result is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saoctl.cli.command import Command
from saoctl.cli.execute import execute
from saoctl.cli.options import ModelOptions, Options, OverwriteOption, PrecisionOption
from saoctl.cli.shown import Answer, Hint, Shown, ends, right, size, table
from saoctl.cli.verify import Verify
from saoctl.errors import ConfigError
from saoctl.files import check_place, check_replaceable
from saoctl.formats import limits
from saoctl.kinds import exported_files, format_of_suffix
from saoctl.vocabulary import FORMAT_SUFFIXES

if TYPE_CHECKING:
    from saoctl.config import Config
    from saoctl.formats.export import ExportResult
    from saoctl.progress import Progress


@dataclass(frozen=True)
class Export(ModelOptions, Command["ExportResult"]):
    """The command that builds the model and writes it."""

    name = "export"
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write: .ts, .onnx or .pte.")
    ] = None
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="torchscript, onnx or executorch. Default: by FILE."),
    ] = None
    block_size: Annotated[
        int | None,
        typer.Option(
            "--block-size", metavar="SAMPLES", help="Size of every block, for executorch. Default: one latent frame."
        ),
    ] = None
    half: Annotated[bool, typer.Option("--half", help="Same as --precision float16.")] = False
    precision: PrecisionOption = None
    streaming: Annotated[
        bool | None, typer.Option("--streaming/--no-streaming", help="Export the streaming model, or the offline one.")
    ] = None
    skip_bottleneck: Annotated[
        bool | None,
        typer.Option("--skip-bottleneck", help="Leave out the VAE's sampling: latents are the mean."),
    ] = None
    lookahead: Annotated[
        str | None,
        typer.Option("--lookahead", metavar="MS|exact", help="Most latency of `forward`; below exact is estimated."),
    ] = None
    lookahead_encode: Annotated[
        float | None, typer.Option("--lookahead-encode", metavar="MS", help="Most latency of `encode` within that.")
    ] = None
    lookahead_decode: Annotated[
        float | None, typer.Option("--lookahead-decode", metavar="MS", help="Most latency of `decode` within that.")
    ] = None
    basis: Annotated[
        Path | None,
        typer.Option("--basis", metavar="FILE", help="Use coordinates in this basis instead of latents."),
    ] = None
    latents: Annotated[
        int | None,
        typer.Option("--latents", metavar="N", help="The number of directions of the basis. Default: all."),
    ] = None
    packed: Annotated[
        bool | None,
        typer.Option("--packed/--no-packed", help="Pack the weights for x86: faster, but not for Apple Silicon."),
    ] = None
    overwrite: OverwriteOption = False

    def flags(self) -> dict[str, object]:
        if self.half and self.precision not in (None, "float16"):
            raise ConfigError("--half and --precision contradict each other.", "Give one of them.")
        return {
            **super().flags(),
            "artifact": self.output and str(self.output),
            "precision": "float16" if self.half else self.precision,
            "export.format": _format(self.form, self.output),
            "export.block_size": self.block_size,
            "export.streaming": self.streaming,
            "export.skip_bottleneck": self.skip_bottleneck,
            "export.lookahead": self.lookahead,
            "export.lookahead_encode": self.lookahead_encode,
            "export.lookahead_decode": self.lookahead_decode,
            "export.basis": self.basis and str(self.basis),
            "export.latents": self.latents,
            "export.packed": self.packed,
        }

    def check(self, config: "Config") -> None:
        make_folder = self.output is None  # the folder of a file that the config names may be missing
        check_place(config.artifact, make_folder=make_folder)
        name = config.export.format or format_of_suffix(config.artifact)
        if name is None:
            *others, last = FORMAT_SUFFIXES.values()
            message = f"The name {config.artifact.name} has no suffix of a format."
            raise ConfigError(message, f"Let it end in {', '.join(others)} or {last}, or give --format.")
        limits.check_all(name, config, config.model.whole_architecture)
        for path, kind in exported_files(name, config.artifact).items():
            check_place(path, make_folder=make_folder)
            if not self.overwrite:
                check_replaceable(path, kind)

    def run(self, config: "Config", progress: "Progress") -> "ExportResult":
        from saoctl.formats import export

        return export.run(config, progress)

    def shown(self, result: "ExportResult") -> Iterator[Shown]:
        kind = "Streaming model" if result.streaming else "Offline model"
        if result.lookahead is not None:
            kind += ", less lookahead"
        if result.packed:
            kind += ", packed for x86"
        shown = table(f"{kind}, {result.precision}", "method", "in", "out", *right("latency", "ms"))
        for method, signature in result.methods.items():
            late = result.latency_samples[method]
            shown.add_row(method, *ends(signature), str(late), f"{late / result.sample_rate * 1e3:.0f}")
        yield shown
        if result.basis is not None:
            yield Hint(f"basis: {result.basis}")
        yield Hint(f"{size(result.bytes)}, {result.parameters / 1e6:.1f} M parameters, sha256 {result.sha256[:16]}…")
        yield Answer("\n".join(str(file) for file in result.files))


def command(
    options: Options,
    export: Export,
    test: Annotated[bool, typer.Option("--test", help="Run verify on the file that was written.")] = False,
) -> None:
    """Write the streaming model as a file for a host.

    The file is TorchScript for nn~, ONNX or ExecuTorch.

    Examples: saoctl export -c demo --test, or saoctl export --precision bfloat16 -o sao-bf16.ts
    """
    execute(options, [export, Verify()] if test else [export])


def _format(name: str | None, output: Path | None) -> str | None:
    """Return the format from --format or from the suffix of the file; the config refuses an unknown name."""
    of_file = None if output is None else format_of_suffix(output)
    if name is not None and of_file is not None and name != of_file:
        raise ConfigError(f"--format {name} and the name {output} contradict each other.", "Give one of them.")
    return name or of_file
