"""The devices of this machine: their names, TF32, and the speed of their matrix products."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from saoctl.errors import ConfigError

# The dtype in which each precision computes its products, `mixed` most of them.
PRODUCT_DTYPES = {
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "mixed": torch.bfloat16,
}
PROBE_SIZE = 192  # rows of the matrices that a dtype is timed with: 14 MFLOP, at most 35 ms
PROBE_REPEATS = 10


def available() -> list[str]:
    """Return the devices of this machine, the fastest kind first."""
    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def resolve(name: str) -> torch.device:
    """Return the device that a config names; `auto` is the first that is available.

    Raises:
        ConfigError: this machine does not have it.
    """
    found = available()
    if name == "auto":
        return torch.device(found[0])
    if name in found:
        return torch.device(name)
    if name == "cuda" and "cuda:0" in found:
        return torch.device("cuda:0")
    raise ConfigError(f"The device {name} is not there.", f"This machine has: {', '.join(found)}.")


def synchronize(device: torch.device) -> None:
    """Wait until the device has finished all work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def timed(call: Callable[[], object], device: torch.device) -> float:
    """Return the seconds that a call takes, until the device is done with it."""
    synchronize(device)
    begin = time.perf_counter()
    call()
    synchronize(device)
    return time.perf_counter() - begin


def has_tf32(device: torch.device) -> bool:
    """Return whether the device has TF32, which rounds the inputs of float32 convolutions to 10 bits.

    torch allows it in convolutions by default.
    """
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)


@contextmanager
def tf32_convolutions(allowed: bool) -> Iterator[None]:
    """Allow or forbid TF32 in convolutions as long as the context lasts."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = allowed
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = before


def matrix_product_gflops(device: torch.device, dtype: torch.dtype, size: int, repeats: int) -> float:
    """Return the best rate of `repeats` products of two size x size matrices in GFLOP/s, after a warm-up."""
    a = torch.randn(size, size, device=device).to(dtype)
    b = torch.randn(size, size, device=device).to(dtype)
    seconds = [timed(lambda: torch.mm(a, b), device) for _ in range(repeats + 1)]
    return 2 * size**3 / min(seconds[1:]) / 1e9


def slow_precision(device: torch.device, precision: str) -> str | None:
    """Return a warning if a precision is slower than float32 on a device, by a short measurement; else None."""
    if precision == "float32" or device.type != "cpu":
        return None
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # on a busy machine, several threads would mostly wait for each other
    try:
        plain = matrix_product_gflops(device, torch.float32, PROBE_SIZE, PROBE_REPEATS)
        lower = matrix_product_gflops(device, PRODUCT_DTYPES[precision], PROBE_SIZE, PROBE_REPEATS)
    finally:
        torch.set_num_threads(threads)
    if lower >= plain:
        return None
    better = "Use bfloat16, mixed or float32 here, or a GPU." if precision == "float16" else "Use float32 here."
    return f"{precision} products run {plain / lower:.3g} times slower than float32 on this CPU. {better}"
