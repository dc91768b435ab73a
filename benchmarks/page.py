"""The benchmarks of the exported model, whose results are the page RESULTS.md; a part of them is printed.

Run: python -m benchmarks.page [--precision P ...] [--method M ...] [--block-size N ...] [--only files|products]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks import kernels, tables
from benchmarks.kernels import Block, Limits
from benchmarks.model import model_config, write_files
from benchmarks.plan import FULL, QUICK, Plan
from saoctl.bench import machine, time_files
from saoctl.bench.process import fresh
from saoctl.bench.result import BenchResult
from saoctl.files import atomic_file, check_place

PAGE = Path(__file__).with_name("RESULTS.md")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for.

    Raises:
        FileError: there is no place for the page, or it cannot be written; an earlier page is still there.
    """
    plan, output = _parse(arguments)
    if output is not None:
        check_place(output)
    threads = torch.get_num_threads()
    begin, before = time.monotonic(), machine.read()
    sections = []
    if plan.precisions:
        sections.append(tables.files(measure_files(plan)))
    sections += [tables.products(limits, blocks) for limits, blocks in measure_products(plan)]
    about, seconds = machine.describe_machine(threads), time.monotonic() - begin
    disturbances = machine.disturbances(before, machine.read(), threads, cores=threads)  # the head tells of others
    text = tables.paragraphs(tables.head(plan.title, about, seconds, disturbances), *sections) + "\n"
    if output is None:
        print(text, end="")
    else:
        with atomic_file(output) as temporary:
            temporary.write_text(text, encoding="utf-8")


def measure_files(plan: Plan) -> list[BenchResult]:
    """Time the exported files by turns, and stable-audio-tools' offline model, in every run anew."""
    settings = {"methods": plan.methods, "block_sizes": plan.block_sizes, "seconds": plan.seconds, "devices": ["cpu"]}
    config = model_config(plan.architecture, bench=settings, reference="stable-audio-tools")
    with tempfile.TemporaryDirectory() as folder:
        tell("the files are exported")
        files = fresh(write_files, plan.architecture, plan.precisions, Path(folder))
        runs = []
        for number in range(plan.runs):
            tell(f"the files stream, run {number + 1} of {plan.runs}")
            runs.append(time_files.run(config, files=files))
    return runs


def measure_products(plan: Plan) -> list[tuple[Limits, list[Block]]]:
    """Measure the products in every form, and the limits of the machine, in each precision."""
    found = []
    for precision in plan.products:
        tell(f"products in every form, {precision}")
        found.append(fresh(kernels.measure, plan, precision))
    return found


def _parse(arguments: Sequence[str] | None) -> tuple[Plan, Path | None]:
    """Return what to measure, and where to write the page; None: it is printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--precision", nargs="+", choices=FULL.precisions, help="these alone")
    parser.add_argument("--method", nargs="+", choices=FULL.methods, help="these alone")
    parser.add_argument("--block-size", nargs="+", type=int, metavar="N", help="blocks of these sizes, in samples")
    parser.add_argument("--only", choices=["files", "products"], help="the exported files, or the forms of products")
    parser.add_argument("--runs", type=int, help="how often the exported files are measured")
    parser.add_argument("--quick", action="store_true", help="a tiny model, to try the benchmarks with")
    parser.add_argument("--output", type=Path, help=f"the page; if all is measured {PAGE.name} beside this file")
    given = parser.parse_args(arguments)
    whole = QUICK if given.quick else FULL
    precisions = tuple(dict.fromkeys(given.precision or whole.precisions))
    plan = replace(
        whole,
        precisions=() if given.only == "products" else precisions,
        products=() if given.only == "files" else tuple(p for p in whole.products if p in precisions),
        methods=tuple(dict.fromkeys(given.method or whole.methods)),
        block_sizes=tuple(dict.fromkeys(given.block_size or whole.block_sizes)),
        runs=whole.runs if given.runs is None else given.runs,
    )
    if kernels.methods(plan) == []:
        plan = replace(plan, products=())
    ratio = plan.architecture.ratio
    if uneven := [size for size in plan.block_sizes if size <= 0 or size % ratio]:
        parser.error(f"a block must be a multiple of {ratio} samples, not {uneven[0]}")
    if plan.runs < 1:
        parser.error("there must be at least one run")
    if not (plan.precisions or plan.products):
        parser.error("nothing is left to measure: products are those of encode and decode, float32 and bfloat16")
    return plan, given.output or (PAGE if plan == FULL else None)


def tell(what: str) -> None:
    """Say what is measured now."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
