"""`saoctl export`: its options, its work, and how its result is shown."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saoctl.cli.command import Command
from saoctl.cli.execute import execute
from saoctl.cli.options import DeviceOption, Options, OverwriteOption, PathOption, PrecisionOption, weights_flags
from saoctl.cli.verify import Verify
from saoctl.errors import ConfigError
from saoctl.files import check_place, check_replaceable
from saoctl.formats import limits
from saoctl.kinds import exported_files, format_of_suffix
from saoctl.vocabulary import FORMAT_SUFFIXES

if TYPE_CHECKING:
    from saoctl.cli.shown import Shown
    from saoctl.config import Config
    from saoctl.formats.export import ExportResult
    from saoctl.progress import Progress


def command(
    options: Options,
    path: PathOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write: .ts, .onnx or .pte.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="torchscript, onnx or executorch. Default: by FILE."),
    ] = None,
    block_size: Annotated[
        int | None,
        typer.Option(
            "--block-size", metavar="SAMPLES", help="Size of every block, for executorch. Default: one latent frame."
        ),
    ] = None,
    device: DeviceOption = None,
    half: Annotated[bool, typer.Option("--half", help="Same as --precision float16.")] = False,
    precision: PrecisionOption = None,
    streaming: Annotated[
        bool | None, typer.Option("--streaming/--no-streaming", help="Export the streaming model, or the offline one.")
    ] = None,
    skip_bottleneck: Annotated[
        bool | None,
        typer.Option("--skip-bottleneck", help="Leave out the VAE's sampling: latents are the mean."),
    ] = None,
    lookahead: Annotated[
        str | None,
        typer.Option("--lookahead", metavar="MS|exact", help="Most latency of `forward`; below exact is estimated."),
    ] = None,
    lookahead_encode: Annotated[
        float | None, typer.Option("--lookahead-encode", metavar="MS", help="Most latency of `encode` within that.")
    ] = None,
    lookahead_decode: Annotated[
        float | None, typer.Option("--lookahead-decode", metavar="MS", help="Most latency of `decode` within that.")
    ] = None,
    basis: Annotated[
        Path | None,
        typer.Option("--basis", metavar="FILE", help="Use coordinates in this basis instead of latents."),
    ] = None,
    latents: Annotated[
        int | None,
        typer.Option("--latents", metavar="N", help="The number of directions of the basis. Default: all."),
    ] = None,
    packed: Annotated[
        bool | None,
        typer.Option("--packed/--no-packed", help="Pack the weights for x86: faster, but not for Apple Silicon."),
    ] = None,
    overwrite: OverwriteOption = False,
    test: Annotated[bool, typer.Option("--test", help="Run verify on the file that was written.")] = False,
) -> None:
    """Write the streaming model as a file for a host.

    The file is TorchScript for nn~, ONNX or ExecuTorch.

    Examples: saoctl export -c demo --test, or saoctl export --precision bfloat16 -o sao-bf16.ts
    """

    def flags() -> dict[str, object]:
        if half and precision not in (None, "float16"):
            raise ConfigError("--half and --precision contradict each other.", "Give one of them.")
        return {
            **weights_flags(path),
            "artifact": output and str(output),
            "device": device,
            "precision": "float16" if half else precision,
            "export.format": _format(form, output),
            "export.block_size": block_size,
            "export.streaming": streaming,
            "export.skip_bottleneck": skip_bottleneck,
            "export.lookahead": _milliseconds(lookahead),
            "export.lookahead_encode": lookahead_encode,
            "export.lookahead_decode": lookahead_decode,
            "export.basis": basis and str(basis),
            "export.latents": latents,
            "export.packed": packed,
        }

    exporting = Export(named=output is not None, overwrite=overwrite)
    execute(options, flags, [exporting, Verify()] if test else [exporting])


def _format(name: str | None, output: Path | None) -> str | None:
    """Return the format from --format or from the suffix of the file; the config refuses an unknown name."""
    of_file = None if output is None else format_of_suffix(output)
    if name is not None and of_file is not None and name != of_file:
        raise ConfigError(f"--format {name} and the name {output} contradict each other.", "Give one of them.")
    return name or of_file


def _milliseconds(lookahead: str | None) -> float | str | None:
    """Return the lookahead as a number if it is one; the config refuses other words than `exact`."""
    try:
        return None if lookahead is None else float(lookahead)
    except ValueError:
        return lookahead


class Export(Command["ExportResult"]):
    """The command that builds the model and writes it.

    Args:
        named: whether the user named the file. If the config names it, its folder may be missing.
        overwrite: whether it may replace a file of another kind.
    """

    name = "export"

    def __init__(self, named: bool = False, overwrite: bool = False) -> None:
        self.named, self.overwrite = named, overwrite

    def check(self, config: "Config") -> None:
        check_place(config.artifact, make_folder=not self.named)
        name = config.export.format or format_of_suffix(config.artifact)
        if name is None:
            *others, last = FORMAT_SUFFIXES.values()
            message = f"The name {config.artifact.name} has no suffix of a format."
            raise ConfigError(message, f"Let it end in {', '.join(others)} or {last}, or give --format.")
        limits.check_all(name, config, config.model.architecture)
        for path, kind in exported_files(name, config.artifact).items():
            check_place(path, make_folder=not self.named)
            if not self.overwrite:
                check_replaceable(path, kind)

    def run(self, config: "Config", progress: "Progress") -> "ExportResult":
        from saoctl.formats import export

        return export.run(config, progress)

    def shown(self, result: "ExportResult") -> "Iterator[Shown]":
        from rich.table import Table

        from saoctl.cli.shown import Answer, Hint, ends, right, size

        kind = "Streaming model" if result.streaming else "Offline model"
        if result.lookahead is not None:
            kind += ", less lookahead"
        if result.packed:
            kind += ", packed for x86"
        latency = right("latency", "ms")
        table = Table("method", "in", "out", *latency, title=f"{kind}, {result.precision}", title_justify="left")
        for method, signature in result.methods.items():
            late = result.latency_samples[method]
            table.add_row(method, *ends(signature), str(late), f"{late / result.sample_rate * 1e3:.0f}")
        yield table
        if result.basis is not None:
            yield Hint(f"basis: {result.basis}")
        yield Hint(f"{size(result.bytes)}, {result.parameters / 1e6:.1f} M parameters, sha256 {result.sha256[:16]}…")
        yield Answer("\n".join(str(file) for file in result.files))
