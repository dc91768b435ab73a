"""Writes the generated parts of README.md and docs/: `make docs`. A test fails where a page is out of date.

A page marks the place: `<!-- generated: NAME -->`, then the result of the function of that name in SECTIONS, then
`<!-- end -->`. Numbers come from the arithmetic of the layers, keys from the config's model, options from the commands.
"""

import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from saoctl.bench.buffers import host_delay, host_delay_of_two
from saoctl.blocks import grid_of
from saoctl.cli.app import app
from saoctl.config import DEFAULT_NAME, Config, shipped
from saoctl.models.family import Numbers
from saoctl.models.oobleck.architecture import Coder, OobleckArchitecture
from saoctl.models.registry import FAMILIES, family_of, known_models, references
from saoctl.streaming.delay import Grid, convolve, convolve_transposed
from saoctl.streaming.registry import streaming_of
from saoctl.vocabulary import METHODS
from saoctl.weights.models import Model
from saoctl.weights.models import run as run_models

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

# What a table of several models is of: their names, their sample rates, and their strides from the audio end.
MODELS = {
    "Stable Audio Open 1.0, Small": (44100, (2, 4, 4, 8, 8)),
    "ACE-Step 1.5": (48000, (2, 4, 4, 6, 10)),
}

# Stable Audio Open 1.0, with the paddings of stable-audio-tools' Oobleck.
SAMPLE_RATE, STRIDES = 44100, (2, 4, 4, 8, 8)
RATIO = math.prod(STRIDES)
# ACE-Step 1.5, whose ratio is no power of two.
ACE_STEP_RATE, ACE_STEP_STRIDES = MODELS["ACE-Step 1.5"]
BUFFERS = (2048, 4096, 8192)
CHANNELS = {1: "mono", 2: "stereo"}
WIDTH = 88  # of help texts, in characters


def stages(strides: Sequence[int] = STRIDES) -> Iterator[tuple[str, str, Grid]]:
    """Yield every stage from sound to sound: its direction, its name, and the grid after it."""

    def units(grid: Grid) -> Grid:
        for dilation in (1, 3, 9):
            grid = convolve(grid, kernel=7, dilation=dilation, padding=3 * dilation).grid
        return grid

    grid = Grid(math.prod(strides))
    yield "encode", "sound in", grid
    grid = convolve(grid, kernel=7, padding=3).grid
    yield "encode", "convolution", grid
    for stride in strides:
        grid = units(grid)
        yield "encode", "residual units", grid
        grid = convolve(grid, kernel=2 * stride, stride=stride, padding=-(-stride // 2)).grid
        yield "encode", f"{stride} become 1", grid
    yield "encode", "convolution: latents", convolve(grid, kernel=3, padding=1).grid

    grid = convolve(Grid(1), kernel=7, padding=3).grid
    yield "decode", "convolution", grid
    for stride in reversed(strides):
        grid = convolve_transposed(grid, kernel=2 * stride, stride=stride, padding=-(-stride // 2)).grid
        yield "decode", f"1 becomes {stride}", grid
        grid = units(grid)
        yield "decode", "residual units", grid
    yield "decode", "convolution: sound out", convolve(grid, kernel=7, padding=3).grid


def late(grid: Grid, ratio: int = RATIO) -> int:
    """Return the delay of a grid in audio samples."""
    return grid.delay * ratio // grid.rate


def latencies(strides: Sequence[int] = STRIDES) -> dict[str, int]:
    """Return the latency of each method in audio samples."""
    ends = {direction: late(grid, math.prod(strides)) for direction, _, grid in stages(strides)}
    return {**ends, "forward": sum(ends.values())}


def milliseconds(samples: float, sample_rate: int = SAMPLE_RATE) -> int:
    return round(samples / sample_rate * 1e3)


def latency() -> str:
    """Return a table of the latency of each method."""
    rows = []
    for method, samples in latencies().items():
        frames = f" ({samples // RATIO} frames)" if samples % RATIO == 0 else ""
        rows.append([f"`{method}`", f"{samples:,}{frames}", f"{milliseconds(samples)} ms"])
    return table(["", "samples", "at 44.1 kHz"], rows)


def buffers() -> str:
    """Return a table of the delay from sound in to sound out with nn~'s buffers."""
    return _buffers(SAMPLE_RATE, STRIDES)


def ace_step_buffers() -> str:
    """Return the same table for ACE-Step's model."""
    return _buffers(ACE_STEP_RATE, ACE_STEP_STRIDES)


def _buffers(sample_rate: int, strides: Sequence[int]) -> str:
    model, ratio = latencies(strides)["forward"], math.prod(strides)
    queued = ratio - (grid_of(ratio) or ratio)  # by each of the queues
    delays = [
        (host_delay(buffer), model + queued + host_delay(buffer), model + 2 * queued + host_delay_of_two(buffer, ratio))
        for buffer in BUFFERS
    ]
    rows = [
        [buffer, *(f"{milliseconds(samples, sample_rate)} ms" for samples in delay)]
        for buffer, delay in zip(BUFFERS, delays, strict=True)
    ]
    return table(["buffer", "nn~ alone, one object", "`forward` in one object", "`encode` and `decode` in two"], rows)


def overlap() -> str:
    """Return a table of the receptive fields of several models, and of the overlap that chunks need."""
    rows: list[list[object]] = []
    for name, (rate, strides) in MODELS.items():
        coder = Coder(channels=128, c_mults=(1, 2, 4, 8, 16), strides=strides)
        architecture = OobleckArchitecture(
            sample_rate=rate, audio_channels=2, latent_dim=64, encoder=coder, decoder=coder
        )
        frame = architecture.ratio / rate * 1e3
        for method, field in streaming_of(architecture).receptive_field(architecture).items():
            sides = [f"{frames} frames, {frames * frame:.0f} ms" for frames in (field.back_frames, field.ahead_frames)]
            rows.append([name, f"`{method}`", *sides, f"{field.overlap_frames} frames"])
    return table(["model", "", "before", "after", "overlap"], rows)


def way() -> str:
    """Return a table of the delay after each stage, and of the samples per latent frame there."""
    lines = [f"{'':26}{'samples per frame':>19}{'late by, samples':>20}{'late by, ms':>15}"]
    begins = 0
    for direction, name, grid in stages():
        if direction == "decode" and not begins:
            begins = latencies()["encode"]
            lines.append("")
        samples = begins + late(grid)
        lines.append(f"{name:26}{grid.rate:>19,}{samples:>20,}{samples / SAMPLE_RATE * 1e3:>15.1f}")
    return fenced("\n".join(lines))


def life() -> str:
    """Draw one latent frame on the axis of time, with four characters per frame."""
    encode, forward = latencies()["encode"] // RATIO, latencies()["forward"] / RATIO
    cell, left = 4, 24
    columns = left + round(cell * (forward + 1)) + 1
    axis = "".join(f"{'n' if frame == 0 else f'+{frame}':<{cell}}" for frame in range(int(forward) + 2))

    def row(label: str, begin: float, end: float, fill: str, mark: str) -> str:
        first, last = left + round(cell * begin), left + round(cell * end)
        body = mark[0] + fill * (last - first - 2) + mark[1]
        return f"{label:<{first}}{body}".ljust(columns).rstrip()

    rows = [
        f"{'frame of the stream':<{left}}{axis}".rstrip(),
        row("frame n of the sound", 0, 1, "=", "[]"),
        row("the encoder waits", 1, encode + 1, ".", ".."),
        row("latent n comes out", encode, encode + 1, "=", "[]"),
        row("the decoder waits", encode + 1, forward + 1, ".", ".."),
        row("frame n is heard", forward, forward + 1, "=", "[]"),
    ]
    return fenced("\n".join(rows))


def config() -> str:
    """Return the shipped config, whose comments explain each key."""
    return fenced(shipped()[DEFAULT_NAME].read_text(encoding="utf-8").rstrip("\n"), "yaml")


def keys() -> str:
    """Return a table of every key of the config, with its allowed values and its default."""
    return table(
        ["key", "allowed", "default"], [[f"`{key}`", allowed, default] for key, allowed, default in key_rows()]
    )


def key_rows() -> Iterator[tuple[str, str, str]]:
    """Yield every key of the config, what may stand there, and its default."""
    rows: dict[str, tuple[str, str, str]] = {}
    for family in FAMILIES:  # an architecture has the keys of its family
        schema, architecture = Config.model_json_schema(), family.architecture.model_json_schema()
        architecture["properties"] |= {  # and those that only complete what the tensors show
            name: part
            for name, part in family.partial.model_json_schema()["properties"].items()
            if name not in architecture["properties"]
        }
        definitions = {**schema["$defs"], **architecture.pop("$defs", {}), Numbers.__name__: architecture}
        rows |= {row[0]: row for row in _keys(schema, definitions, "") if row[0] not in rows}
    yield from sorted(rows.values(), key=lambda row: not row[0].startswith("model."))


def _keys(section: dict[str, Any], definitions: dict[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    for name, part in section["properties"].items():
        if name == "architecture":
            yield f"{path}{name}", "a name that `saoctl models` lists, or the keys below, `null`", "`null`"
        inner = [definitions[each.rpartition("/")[2]] for each in _references(part)]
        if not any("properties" in each for each in inner):
            needed = name in section.get("required", ())
            default = "must be given" if needed else _value(part.get("default"))
            yield f"{path}{name}", _allowed(part, definitions, name), default
        for each in inner:
            yield from _keys(each, definitions, f"{path}{name}.") if "properties" in each else ()


def _references(part: dict[str, Any]) -> list[str]:
    members = part.get("anyOf") or part.get("oneOf") or [part]
    return [each["$ref"] for each in members if "$ref" in each]


def _allowed(part: dict[str, Any], definitions: dict[str, Any], name: str) -> str:
    """Describe what a JSON schema allows."""
    if "$ref" in part:
        part = definitions[part["$ref"].rpartition("/")[2]]
    members = part.get("anyOf") or part.get("oneOf")
    if members:
        return ", ".join(_allowed(each, definitions, name) for each in members)
    if "enum" in part or "const" in part or name == "reference":
        values = references() if name == "reference" else part.get("enum", [part.get("const")])
        return ", ".join(f"`{value}`" for value in values)
    if "pattern" in part:
        return {"repo": "`OWNER/NAME`", "file": "a path in the repo"}.get(name, "`cpu`, `cuda`, `cuda:N`, `mps`")
    if part.get("type") == "array":
        return f"a list of: {_allowed(part['items'], definitions, name)}"
    if part.get("type") == "object":
        return f"names, each with a {_allowed(part['additionalProperties'], definitions, name).removeprefix('a ')}"
    least = part.get("minimum", part.get("exclusiveMinimum"))
    bound = "" if least is None else f" {'from' if 'minimum' in part else 'above'} {least:g}"
    bound += " on" if "minimum" in part else ""
    kinds = {"integer": f"whole number{bound}", "number": f"number{bound}", "boolean": "`true`, `false`"}
    kinds |= {"null": "`null`", "string": "a path" if part.get("format") == "path" else "text"}
    return kinds[part["type"]]


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if value is None or isinstance(value, bool) else value}`".replace("`none`", "`null`")


def sound_of(model: Model) -> str:
    """Return the sample rate and the channels of a model, and whether it only decodes."""
    alone = ", decoder alone" if model.methods == ("decode",) else ""
    return f"{model.sample_rate / 1e3:g} kHz, {CHANNELS[model.audio_channels]}{alone}"


def models() -> str:
    """Return a table of the known models for people who choose one."""
    rows = [
        [
            f"`{each.name}`",
            each.title,
            sound_of(each),
            f"{each.latent_dim}, one per {each.ratio} samples",
            f"{each.latency_ms:.0f} ms",
            "gated" if each.gated else "free",
            each.licence or "see its page",
            f"{each.bytes_to_fetch / 1e6:.0f} MB",
        ]
        for each in run_models().models
    ]
    return table(["`-c`", "model", "sound", "latents", "latency", "access", "licence", "to fetch"], rows)


def choices() -> str:
    """Return a table of the names of the known whole models, with a row for all that have the same numbers."""
    alike: dict[tuple[str, ...], list[Model]] = {}
    for each in (each for each in run_models().models if each.methods == METHODS):
        sound = sound_of(each)
        latents = f"{each.latent_dim}, one per {each.ratio} samples"
        alike.setdefault((sound, latents, f"{each.latency_ms:.0f} ms"), []).append(each)
    rows = []
    for numbers, models in alike.items():
        names = [", ".join(f"`{each.name}`" for each in models if each.gated == gated) for gated in (False, True)]
        rows.append([*numbers, *names])
    return table(["sound", "latents", "latency of `forward`", "without an account", "gated"], rows)


def side_by_side() -> str:
    """Return a table of a model of each family: its latency, its arithmetic and its weights."""
    known = known_models()
    rows = []
    for name, block, words in (
        ("stable-audio-open-1.0", None, "Stable Audio Open"),
        ("stable-audio-3-small", None, "Stable Audio 3 Small, any block"),
        ("stable-audio-3-small", 8192, "Stable Audio 3 Small, blocks of 8192"),
    ):
        architecture = known[name].architecture
        family, streaming = family_of(architecture), streaming_of(architecture)
        frames = None if block is None else block // architecture.ratio
        late = {str(method): samples for method, samples in streaming.latency(architecture, frames).items()}
        delays = [f"{late[method]:,}" for method in ("encode", "decode", "forward")]
        delay = late["forward"] / architecture.sample_rate * 1e3
        work = family.arithmetic(architecture)["forward"]
        weights = family.parameters(architecture) * 4 / 1e6
        delays[-1] += f" ({delay:.0f} ms)"
        rows.append([words, *delays, f"{work:.0f} GFLOP/s", f"{weights:.0f} MB"])
    return table(["", "`encode`", "`decode`", "`forward`", "arithmetic", "weights"], rows)


def published() -> str:
    """Return a table of where the known models are published."""
    rows = [
        [f"`{each.name}`", f"`{each.repo}`", f"`{each.file}`" if each.file else "a usual layout"]
        for each in run_models().models
    ]
    return table(["`-c`", "repo on the hub", "file"], rows)


def unavailable() -> str:
    """Return a table of the models that cannot be streamed, and why."""
    rows = [[each.title, f"{each.reason} {each.step}".rstrip()] for each in run_models().unavailable]
    return table(["model", "why"], rows)


def commands() -> str:
    """Return the help of each command."""
    names = list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    return "\n\n".join(f"## saoctl {name}\n\n{fenced(help_of(name), 'text')}" for name in names)


def help_of(name: str) -> str:
    """Return the help of a command, as wide as a page."""
    options: dict[str, Any] = {"prog_name": "saoctl", "env": {"COLUMNS": str(WIDTH)}, "terminal_width": WIDTH}
    text = CliRunner().invoke(app, [name, "--help"], **options).stdout
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def fenced(text: str, language: str = "") -> str:
    return f"```{language}\n{text}\n```"


SECTIONS: dict[str, Callable[[], str]] = {
    each.__name__: each
    for each in (
        *(latency, buffers, ace_step_buffers, overlap, way, life, config, keys),
        *(choices, side_by_side, models, published, unavailable, commands),
    )
}


def filled(text: str) -> str:
    """Return a page with its generated parts filled in."""
    return MARKED.sub(lambda found: f"{found[1]}{SECTIONS[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    for page in PAGES:
        before = page.read_text(encoding="utf-8")
        after = filled(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            sys.stdout.write(f"{page.relative_to(ROOT)}\n")
