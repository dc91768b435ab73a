"""`saoctl models`: its work, and how its result is shown."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from saoctl.cli.command import Command
from saoctl.cli.execute import execute
from saoctl.cli.options import Options
from saoctl.cli.shown import Answer, Hint, Shown

if TYPE_CHECKING:
    from saoctl.config import Config
    from saoctl.progress import Progress
    from saoctl.weights.models import Model, ModelsResult

WIDTH = 80  # characters, so that the list fits into any terminal
# The columns, each with its width; numbers are aligned to the right.
COLUMNS = {"name": 23, "kHz": 4, "ratio": 5, "latents": 7, "latency": 7, "access": 6, "to fetch": 8, "licence": 12}
LEFT = ("name", "access", "licence")


@dataclass(frozen=True)
class Models(Command["ModelsResult"]):
    """The command that lists the known models."""

    name = "models"

    def run(self, config: "Config", progress: "Progress") -> "ModelsResult":
        from saoctl.weights import models

        return models.run()

    def shown(self, result: "ModelsResult") -> Iterator[Shown]:
        lines = [_line(list(COLUMNS)), *map(_row, result.models), ""]
        for other in result.unavailable:
            text = f"{other.name} cannot be had. {other.reason} {other.step}".rstrip()
            lines += textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
        yield Answer("\n".join(lines))
        untried = [model for model in result.models if not model.tried]
        if untried:
            yield Hint(
                f"No download of {'these' if len(untried) == len(result.models) else 'some of these'} was tried by"
                " saoctl's authors: repos and licences are as others report them, and each layout was tried with made"
                " weights. A file that differs is refused by the names of its tensors."
            )
        yield Hint("To fetch one: saoctl download -c NAME. The small model that is shipped is -c demo.")


def _row(model: "Model") -> str:
    return _line(
        [
            model.name,
            f"{model.sample_rate / 1e3:g}",
            str(model.ratio),
            str(model.latent_dim),
            f"{model.latency_ms:.0f} ms",
            "gated" if model.gated else "free",
            "here" if model.here else f"{model.bytes_to_fetch / 1e6:.0f} MB",
            model.licence or "see its page",
        ]
    )


def _line(cells: list[str]) -> str:
    """Return cells under each other's columns, as wide as WIDTH at most."""
    placed = [
        cell.ljust(width) if name in LEFT else cell.rjust(width)
        for (name, width), cell in zip(COLUMNS.items(), cells, strict=True)
    ]
    return " ".join(placed).rstrip()


def command(options: Options, models: Models) -> None:
    """List the public models that saoctl knows by name.

    The hub is not asked. Each name is taken by -c, and by the key model.architecture.

    Examples: saoctl models, or saoctl download -c ace-step-1.5
    """
    execute(options, [models])
