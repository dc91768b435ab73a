"""`saoctl export`: its options, its step, and what is shown of the result."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saoctl.cli.command import Step
from saoctl.cli.execute import execute
from saoctl.cli.options import DeviceOption, Options, PathOption, PrecisionOption, weights_flags
from saoctl.cli.verify import Verify
from saoctl.errors import ConfigError
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
        str | None, typer.Option("--format", metavar="NAME", help="torchscript, onnx or executorch; default: by FILE.")
    ] = None,
    block_size: Annotated[
        int | None,
        typer.Option(
            "--block-size", metavar="SAMPLES", help="Of every block, for executorch; default: a latent frame."
        ),
    ] = None,
    device: DeviceOption = None,
    half: Annotated[bool, typer.Option("--half", help="The same as --precision float16.")] = False,
    precision: PrecisionOption = None,
    streaming: Annotated[
        bool | None, typer.Option("--streaming/--no-streaming", help="The streaming model, or the offline one.")
    ] = None,
    skip_bottleneck: Annotated[
        bool | None, typer.Option("--skip-bottleneck", help="Leave out the VAE's sampling: latents are the mean.")
    ] = None,
    lookahead: Annotated[
        str | None,
        typer.Option("--lookahead", metavar="MS|exact", help="How late `forward` may be; below exact it is estimated."),
    ] = None,
    lookahead_encode: Annotated[
        float | None, typer.Option("--lookahead-encode", metavar="MS", help="How late `encode` may be, of that.")
    ] = None,
    lookahead_decode: Annotated[
        float | None, typer.Option("--lookahead-decode", metavar="MS", help="How late `decode` may be, of that.")
    ] = None,
    basis: Annotated[
        Path | None,
        typer.Option("--basis", metavar="FILE", help="Coordinates in this basis in the place of latents."),
    ] = None,
    latents: Annotated[
        int | None, typer.Option("--latents", metavar="N", help="Of the basis, the first N directions; default: all.")
    ] = None,
    packed: Annotated[
        bool | None,
        typer.Option("--packed/--no-packed", help="Pack the weights for x86: faster, but not for Apple Silicon."),
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Run verify on what was just written.")] = False,
) -> None:
    """Build the streaming model and write it, as TorchScript for nn~, as ONNX or for ExecuTorch.

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

    execute(options, flags, [Export(), Verify()] if test else [Export()])


def _format(name: str | None, output: Path | None) -> str | None:
    """The format that is asked for, by either of two; what is no format, the config judges."""
    of_file = None
    if output is not None:
        of_file = next((each for each, suffix in FORMAT_SUFFIXES.items() if output.suffix.lower() == suffix), None)
    if name is not None and of_file is not None and name != of_file:
        raise ConfigError(f"--format {name} and the name {output} contradict each other.", "Give one of them.")
    return name or of_file


def _milliseconds(lookahead: str | None) -> float | str | None:
    """A number if it is one; what it is otherwise, the config judges."""
    try:
        return None if lookahead is None else float(lookahead)
    except ValueError:
        return lookahead


class Export(Step["ExportResult"]):
    """Build the model and write it."""

    name = "export"

    @staticmethod
    def result_type() -> type[Any]:
        from saoctl.formats.export import ExportResult

        return ExportResult

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
