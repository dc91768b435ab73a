"""Devices are named as they are, and one that is not there is refused."""

import pytest
import torch

from saoctl import devices
from saoctl.errors import ConfigError


def test_auto_is_the_first_that_is_there() -> None:
    assert devices.resolve("auto") == torch.device(devices.available()[0])
    assert devices.available()[-1] == "cpu"


def test_cuda_without_a_number_is_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "available", lambda: ["cuda:0", "cuda:1", "cpu"])
    assert devices.resolve("cuda") == torch.device("cuda:0")
    assert devices.resolve("cuda:1") == torch.device("cuda:1")
    with pytest.raises(ConfigError, match=r"mps is not there. This machine has: cuda:0, cuda:1, cpu"):
        devices.resolve("mps")


@pytest.mark.parametrize(
    ("lower", "told"), [(400.0, None), (200.0, None), (100.0, "2 times slower"), (0.4, "500 times slower")]
)
def test_a_precision_is_slow_only_if_measured_so(
    monkeypatch: pytest.MonkeyPatch, lower: float, told: str | None
) -> None:
    rates = {torch.float32: 200.0}
    monkeypatch.setattr(devices, "matrix_product_gflops", lambda device, dtype, size, repeats: rates.get(dtype, lower))
    warning = devices.slow_precision(torch.device("cpu"), "bfloat16")
    assert (warning is None) if told is None else (warning is not None and told in warning)
    assert devices.slow_precision(torch.device("cpu"), "float32") is None


def test_the_matrix_product_is_measured() -> None:
    assert devices.matrix_product_gflops(torch.device("cpu"), torch.float32, 64, 2) > 0.01
