"""The LV2 plug-in is the model in a host, which reads its ports from the bundle."""

from contextlib import closing
from pathlib import Path

import pytest
import torch
from torch import Tensor

from saoctl.verify.metrics import snr_db
from tests.plugin.conftest import FLOAT32_SNR_DB, RATE, demo, expected, with_tail
from tests.plugin.lv2_host import Lv2Host

pytestmark = [pytest.mark.plugin, pytest.mark.lv2, pytest.mark.slow]

LENGTH = 12_001


def play(host: Lv2Host, signal: Tensor, sizes: list[int]) -> Tensor:
    """What comes out for a signal, in time with it."""
    with closing(host):
        output = torch.from_numpy(host.play(with_tail(signal).numpy(), sizes, offline=True))
        return output[:, host.latency : host.latency + signal.shape[1]]


@pytest.mark.parametrize("sizes", [[256], [1, 64, 1000, 8192]], ids=str)
def test_a_rendering_is_the_model_from_the_first_sample_to_the_last(bundles: Path, sizes: list[int]) -> None:
    signal, host = demo(LENGTH), Lv2Host(bundles / "wide.lv2", RATE, max(sizes))
    assert host.name == "wide"
    assert snr_db(expected(signal), play(host, signal, sizes)) >= FLOAT32_SNR_DB
    assert host.values["missed"] == 0


def test_what_is_not_enabled_passes_in_time(bundles: Path) -> None:
    signal, host = demo(LENGTH), Lv2Host(bundles / "wide.lv2", RATE, 512)
    with closing(host):
        output = torch.from_numpy(
            host.play(with_tail(signal).numpy(), [512], offline=True, settings={"lv2_enabled": 0})
        )
        assert torch.equal(output[:, host.latency :][:, :LENGTH], signal)
