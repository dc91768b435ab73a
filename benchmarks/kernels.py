"""Which form of a product is fastest for which layer: candidates side by side, inside the running model.

The whole model streams in each form by turns, and every product is timed where it stands: alone in a loop a layer finds
its weights in the cache, which it never does between all the others.

Run: python -m benchmarks.kernels [--precision float32|bfloat16] [--block-size N ...]
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.model import full_size, method_input
from saoctl.devices import matrix_product_gflops
from saoctl.formats.export import build
from saoctl.streaming.layers import Product

ROUNDS = 6
READ_SIZE = 64 * 1024 * 1024  # values of a sum that reads memory, 256 MB

Form = Callable[[Product, Tensor], Tensor]


def rows_of(product: Product, window: Tensor) -> Tensor:
    return product._rows(window, (window.shape[1] - product.span) // product.stride + 1)


def shaped(product: Product, window: Tensor, y: Tensor) -> Tensor:
    return y.view(window.shape[0], -1, product.outputs)


def frames_by_weights(product: Product, window: Tensor) -> Tensor:
    return shaped(product, window, F.linear(rows_of(product, window), product.weight, product.bias))


def weights_by_frames(product: Product, window: Tensor) -> Tensor:
    columns = torch.mm(product.weight, rows_of(product, window).t())
    return shaped(product, window, columns.t().contiguous().add_(product.bias))


def grouped(product: Product, window: Tensor) -> Tensor:
    return shaped(product, window, product._grouped(rows_of(product, window)))


def convolution_2d(product: Product, window: Tensor) -> Tensor:
    return product._convolution(window)


def convolution_1d(product: Product, window: Tensor) -> Tensor:
    weight = product.weight.view(product.outputs, product.kernel, product.inputs).transpose(1, 2)
    result = F.conv1d(window.transpose(1, 2), weight, product.bias, product.stride, 0, product.dilation)
    return result.transpose(1, 2).contiguous()


FORMS: dict[str, Form] = {
    "chosen": Product.forward,
    "frames·W": frames_by_weights,
    "W·frames": weights_by_frames,
    "grouped": grouped,
    "conv2d": convolution_2d,
    "conv1d": convolution_1d,
}


@dataclass
class Layers:
    """The products of one shape: how many a block has, and the milliseconds of each, by form."""

    members: set[int] = field(default_factory=set)
    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def total(self, form: str) -> float:
        return statistics.median(self.milliseconds[form]) * len(self.members)


@torch.inference_mode()
def measure(precision: str, method: str, block_size: int) -> dict[tuple[int, int, int], Layers]:
    """The times of all products by (outputs, inputs of the matrix, frames)."""
    model = build(full_size(), precision, streaming=True)
    block = method_input(method, block_size)
    call = getattr(model, method)
    layers: dict[tuple[int, int, int], Layers] = defaultdict(Layers)

    def stream(form: str, record: bool) -> None:
        def timed(product: Product, window: Tensor) -> Tensor:
            begin = time.perf_counter()
            y = FORMS[form](product, window)
            elapsed = time.perf_counter() - begin
            if record:
                entry = layers[(*product.weight.shape, y.shape[0] * y.shape[1])]
                entry.members.add(id(product))
                entry.milliseconds[form].append(elapsed * 1e3)
            return y

        Product.forward = timed  # type: ignore[method-assign]
        call(block)

    try:
        for _ in range(ROUNDS):
            for form in FORMS:
                for record in (False, True, True):
                    stream(form, record)
    finally:
        Product.forward = FORMS["chosen"]  # type: ignore[method-assign]
    return layers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--block-size", type=int, nargs="+", default=[2048, 4096, 16384])
    parser.add_argument("--method", choices=["encode", "decode"], nargs="+", default=["encode", "decode"])
    arguments = parser.parse_args()
    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[arguments.precision]
    peak = matrix_product_gflops(torch.device("cpu"), dtype, 2048, 10)
    values = torch.ones(READ_SIZE)
    begin = time.perf_counter()
    values.sum()
    bandwidth = values.nbytes / (time.perf_counter() - begin) / 1e9
    threads = torch.get_num_threads()
    print(f"{arguments.precision}, {threads} threads: peak {peak:.0f} GFLOP/s, memory {bandwidth:.0f} GB/s")
    for block_size in arguments.block_size:
        for method in arguments.method:
            layers = measure(arguments.precision, method, block_size)
            print(f"\n{method}, block {block_size}; ms of all layers of a shape, then GFLOP/s and GB/s as chosen\n")
            print(f"| layers | outputs x inputs | frames | {' | '.join(FORMS)} | GFLOP/s | GB/s |")
            print("|---|---|---|" + "---|" * (len(FORMS) + 2))
            for (outputs, inputs, frames), entry in layers.items():
                count, seconds = len(entry.members), entry.total("chosen") / 1e3
                totals = {form: entry.total(form) for form in FORMS}
                fastest = min(totals.values())
                cells = [f"**{total:.2f}**" if total == fastest else f"{total:.2f}" for total in totals.values()]
                gflops = 2 * outputs * inputs * frames * count / seconds / 1e9
                read = outputs * inputs * dtype.itemsize * count / seconds / 1e9
                row = [count, f"{outputs} x {inputs}", frames, *cells, f"{gflops:.0f}", f"{read:.0f}"]
                print(f"| {' | '.join(map(str, row))} |")
            sums = " | ".join(f"{sum(entry.total(form) for entry in layers.values()):.1f}" for form in FORMS)
            print(f"| all | | | {sums} | | |", flush=True)


if __name__ == "__main__":
    main()
