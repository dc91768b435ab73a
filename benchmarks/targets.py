"""How fast the exported files are, beside the offline model and the machine's product: `saoctl bench` measures it."""

from pathlib import Path

from benchmarks.model import BenchResult, time_files, write_file
from benchmarks.plan import Plan


def write_files(plan: Plan, folder: Path) -> list[Path]:
    """Export the model in every precision, and return the files."""
    files = [folder / f"{precision}.ts" for precision in plan.precisions]
    for precision, path in zip(plan.precisions, files, strict=True):
        write_file(plan.architecture, precision, path)
    return files


def measure(plan: Plan, files: list[Path]) -> BenchResult:
    """Time the files by turns, in processes of their own.

    Args:
        plan: what to measure.
        files: of `write_files`.
    """
    settings = {"methods": plan.methods, "block_sizes": plan.block_sizes, "seconds": plan.seconds, "devices": ["cpu"]}
    return time_files(plan.architecture, settings, files)
