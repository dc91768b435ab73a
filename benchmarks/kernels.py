"""Which form of a product is fastest for which layer: candidates side by side, inside the running model.

The whole model streams in each form by turns, and every product is timed in its place: alone in a loop, a layer would
find its weights in the cache, which it never does between all the others.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.model import method_input, streaming_model
from benchmarks.plan import Plan
from saoctl.bench.worker import peak_gflops
from saoctl.devices import PRODUCT_DTYPES, timed
from saoctl.streaming.oobleck.layers import Product
from saoctl.vocabulary import Method, Precision

CPU = torch.device("cpu")
CHOSEN = "chosen"  # the form that the model takes by itself
WARM, COUNTED = 1, 2  # blocks of a form in a row
READS = 3  # of memory, of which the fastest counts

Form = Callable[[Product, Tensor], Tensor]


@dataclass(frozen=True)
class Limits:
    """The limits of the machine.

    Args:
        gflops: arithmetic rate of a large matrix product, in 10⁹ multiplications and additions per second.
        gigabytes: read from memory in a second.
    """

    gflops: float
    gigabytes: float


@dataclass(frozen=True)
class Layers:
    """The products of one shape in a block.

    Args:
        outputs, inputs: of the matrix.
        frames: number of frames that are multiplied by it.
        count: number of products.
        value_bytes: bytes of a weight.
        milliseconds: of all of them together, by form.
    """

    outputs: int
    inputs: int
    frames: int
    count: int
    value_bytes: int
    milliseconds: dict[str, float]

    @property
    def gigaflop(self) -> float:
        """Arithmetic of all products."""
        return 2 * self.outputs * self.inputs * self.frames * self.count / 1e9

    @property
    def gigabytes(self) -> float:
        """Weights that all products read."""
        return self.outputs * self.inputs * self.count * self.value_bytes / 1e9


@dataclass(frozen=True)
class Block:
    """Where the time of a block goes.

    Args:
        precision, method, block_size: what was run; the block in audio samples.
        milliseconds: of the block in the chosen forms, products and all else.
        layers: the products, in the order in which they run.
    """

    precision: Precision
    method: str
    block_size: int
    milliseconds: float
    layers: tuple[Layers, ...]


def rows_of(product: Product, window: Tensor) -> Tensor:
    """Return the rows that a product multiplies, one for each frame of its output."""
    return product._rows(window, (window.shape[1] - product.span) // product.stride + 1)


def shaped(product: Product, window: Tensor, y: Tensor) -> Tensor:
    """Return the result of a product in the shape [B, T, outputs]."""
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
    CHOSEN: Product.forward,
    "frames·W": frames_by_weights,
    "W·frames": weights_by_frames,
    "grouped": grouped,
    "conv2d": convolution_2d,
    "conv1d": convolution_1d,
}


def limits(plan: Plan, precision: Precision) -> Limits:
    """Measure the limits of the machine in the dtype of a precision's products."""
    values = torch.ones(plan.memory_values)
    seconds = [timed(values.sum, CPU) for _ in range(READS)]
    peak = peak_gflops("cpu", precision, torch.get_num_threads())
    return Limits(peak, values.nbytes / min(seconds) / 1e9)


def methods(plan: Plan) -> list[Method]:
    """Return the methods whose products are measured: `forward` has those of encode and decode."""
    return [method for method in plan.methods if method != "forward"]


def measure(plan: Plan, precision: Precision) -> tuple[Limits, list[Block]]:
    """Measure blocks of every size and method, and the limits of the machine."""
    cases = [(method, block_size) for block_size in plan.block_sizes for method in methods(plan)]
    return limits(plan, precision), [measure_block(plan, precision, *case) for case in cases]


@torch.inference_mode()
def measure_block(plan: Plan, precision: Precision, method: Method, block_size: int) -> Block:
    """Measure the times of all products of a block, in every form."""
    model = streaming_model(plan.architecture, precision)
    block = method_input(plan.architecture, method, block_size)
    call = getattr(model, method)
    members: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    products: dict[tuple[int, int, int], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    blocks: list[float] = []

    def stream(form: str, counted: bool) -> None:
        def timed_product(product: Product, window: Tensor) -> Tensor:
            begin = time.perf_counter()
            y = FORMS[form](product, window)
            elapsed = time.perf_counter() - begin
            if counted:
                outputs, inputs = product.weight.shape
                shape = (outputs, inputs, y.shape[0] * y.shape[1])
                members[shape].add(id(product))
                products[shape][form].append(elapsed * 1e3)
            return y

        Product.forward = timed_product  # type: ignore[method-assign, assignment]
        seconds = timed(partial(call, block), CPU)
        if counted and form == CHOSEN:
            blocks.append(seconds * 1e3)

    try:
        for _ in range(plan.rounds):
            for form in FORMS:
                for counted in [False] * WARM + [True] * COUNTED:
                    stream(form, counted)
    finally:
        Product.forward = FORMS[CHOSEN]  # type: ignore[method-assign, assignment]
    layers = []
    for (outputs, inputs, frames), times in products.items():
        count = len(members[outputs, inputs, frames])
        totals = {form: statistics.median(each) * count for form, each in times.items()}
        layers.append(Layers(outputs, inputs, frames, count, PRODUCT_DTYPES[precision].itemsize, totals))
    return Block(precision, method, block_size, statistics.median(blocks), tuple(layers))
