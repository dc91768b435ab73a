"""Packed weights give the numbers of plain ones, are in memory once, and are what they were where they do not serve."""

import functools
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from saoctl.formats import export
from saoctl.formats.limits import PACKED_PRECISIONS
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.streaming.oobleck.layers import Product
from saoctl.streaming.oobleck.packed import PackedProduct
from saoctl.verify.metrics import snr_db
from saoctl.vocabulary import METHODS, Precision
from tests.architectures import WIDE, architectures, offline
from tests.examples import examples

pytestmark = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")

# What packs nothing is skipped on other processors, where it would compare a product with itself.
capability = torch.backends.cpu.get_cpu_capability()
PACKS = pytest.mark.skipif(capability not in ("AVX2", "AVX512"), reason="this processor packs nothing")
LEAST_DB: dict[Precision, float] = {"float32": 110.0, "mixed": 40.0}


@functools.cache
def written(architecture: OobleckArchitecture, precision: Precision, packed: bool) -> bytes:
    """The file of a made model."""
    file = io.BytesIO()
    model = offline(architecture)
    torch.jit.save(torch.jit.script(export.build(model, precision, streaming=True, packed=packed)), file)
    return file.getvalue()


def host(architecture: OobleckArchitecture, precision: Precision, packed: bool) -> Any:
    """A made model, as a file of it is loaded."""
    loaded = torch.jit.load(io.BytesIO(written(architecture, precision, packed)))  # type: ignore[no-untyped-call]
    loaded.set_noise(0.0)
    return loaded


def streamed(host: Any, method: str, blocks: list[Tensor]) -> Tensor:
    """The whole output of a stream, with what is due at its end."""
    with torch.inference_mode():
        came = [getattr(host, method)(block) for block in blocks]
        return torch.cat([*came, getattr(host, f"flush_{method}")()], dim=2)


def signal(architecture: OobleckArchitecture, method: str, sizes: list[int], batch: int = 1) -> list[Tensor]:
    """Random blocks of so many latent frames."""
    generator = torch.Generator().manual_seed(0)
    channels = architecture.latent_dim if method == "decode" else architecture.audio_channels
    step = 1 if method == "decode" else architecture.ratio
    return [torch.randn(batch, channels, size * step, generator=generator) * 0.5 for size in sizes]


def products(module: nn.Module) -> list[Any]:
    """The packed products in a stream."""
    return [part for part in module.modules() if hasattr(part, "packed")]


@pytest.mark.slow
@PACKS
@examples(2)
@given(architectures(), st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(1, 2))
def test_packed_weights_give_the_numbers_of_plain_ones_in_any_blocks(
    architecture: OobleckArchitecture, sizes: list[int], batch: int
) -> None:
    plain, packed = (host(architecture, "float32", packed) for packed in (False, True))
    for method in METHODS:
        blocks = signal(architecture, method, sizes, batch)
        assert snr_db(streamed(plain, method, blocks), streamed(packed, method, blocks)) > LEAST_DB["float32"]


@pytest.mark.slow
@PACKS
@pytest.mark.parametrize("precision", PACKED_PRECISIONS)
def test_products_in_float32_have_packed_weights_and_give_the_numbers_of_the_precision(precision: Precision) -> None:
    plain, packed = (host(WIDE, precision, packed) for packed in (False, True))
    for method in METHODS:
        blocks = signal(WIDE, method, [1, 1, 3, 40])
        assert snr_db(streamed(plain, method, blocks), streamed(packed, method, blocks)) > LEAST_DB[precision]
    dtypes = set()
    for product in products(packed):
        dtypes.add(product.bias.dtype)
        serves = not product.few_inputs and product.bias.dtype == torch.float32
        assert product.packed.is_mkldnn == serves
        assert (product.weight.numel() == 0) == serves  # in memory once
    assert dtypes == ({torch.float32} if precision == "float32" else {torch.float32, torch.bfloat16})


@PACKS
def test_plain_weights_come_back_bit_for_bit_where_they_are_wanted() -> None:
    plain = Product(torch.randn(96, 64, 7), torch.randn(96), dilation=3)
    weight = plain.weight.clone()
    window = torch.randn(1, 40, 64)
    expected = plain(window)
    packed = PackedProduct(plain)
    with torch.inference_mode():
        assert snr_db(expected, packed(window)) > LEAST_DB["float32"]
        assert packed.weight.numel() == 0
        packed.few_inputs = True  # for a block packed weights do not serve, as on a GPU
        packed(window)
        packed.few_inputs = False
        assert torch.equal(packed.weight, weight)
        assert torch.equal(packed.plain(window), expected)


@pytest.mark.slow
def test_a_processor_that_packs_nothing_gives_bit_for_bit_what_it_gave(tmp_path: Path) -> None:
    code = """
import sys, torch
outputs = []
for path in sys.argv[1:]:
    host = torch.jit.load(path)
    host.set_noise(0.0)
    torch.manual_seed(0)
    with torch.inference_mode():
        outputs.append([host.forward(torch.randn(1, 2, frames * 32)) for frames in (1, 3, 40)])
    assert not any(part.packed.is_mkldnn for part in host.modules() if hasattr(part, "packed"))
assert all(torch.equal(one, other) for one, other in zip(*outputs, strict=True))
assert float(outputs[0][-1].abs().max()) > 0
print(torch.backends.cpu.get_cpu_capability())
"""
    files = []
    for packed in (False, True):
        files.append(tmp_path / f"{packed}.ts")
        files[-1].write_bytes(written(WIDE, "float32", packed))
    # torch takes this for the processor's capability, which tells packed weights whether they serve.
    environment = {**os.environ, "ATEN_CPU_CAPABILITY": "default"}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, files)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == ["DEFAULT"]
