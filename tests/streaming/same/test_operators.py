"""CUDA and MPS have every operator of SAME's files, and nn~'s libtorch knows every operation."""

import pytest

from saoctl.formats import export
from tests.same import TINY_SAME, TINY_WINDOWS, same_offline
from tests.streaming.oobleck.test_operators import (
    CUDA,
    KNOWN_TO_LOAD,
    MPS,
    File,
    everything,
    recorded,
    refused_by_graphs,
    refused_by_run,
    saved,
)


@pytest.fixture(scope="module", params=["streaming", "offline", "windows-streaming", "windows-offline"])
def file(request: pytest.FixtureRequest) -> File:
    """A made model as a file has it."""
    architecture = TINY_WINDOWS if "windows" in request.param else TINY_SAME
    return saved(export.build(same_offline(architecture), "float32", "streaming" in request.param))


@pytest.mark.slow
def test_every_operation_is_known_to_load_in_the_hosts_libtorch(file: File) -> None:
    # `prim` is control flow, tuples and attributes: the language itself.
    used = {kind.removeprefix("aten::") for node in file.nodes if not (kind := node.kind()).startswith("prim::")}
    assert sorted(used - set(KNOWN_TO_LOAD.split())) == []


@pytest.mark.slow
def test_cuda_and_mps_have_every_operator(file: File) -> None:
    assert refused_by_graphs(file) == set()
    calls = recorded(file.module, everything)
    assert refused_by_run(calls, CUDA) | refused_by_run(calls, MPS) == set()
