"""The LV2 plug-in is the model in a host, which reads its ports from the bundle."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import torch
from torch import Tensor

from saoctl import audio
from saoctl.formats import artifact
from saoctl.verify.metrics import snr_db
from tests.formats.onnx_same import published_onnx
from tests.plugin.conftest import FLOAT32_SNR_DB, RATE, build, demo, expected, with_tail
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


def test_a_model_whose_blocks_are_several_frames_is_played_as_saoctl_plays_it(
    make: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file of SAME, whose blocks are chunks; tests of its own compare the file with its judge."""
    model = published_onnx(tmp_path_factory, "c")
    words = ("-DFORMATS=lv2", "-DNAME=same", "-DBLOCK=0")
    bundle = make("same", lambda folder: build(folder, model, *words)) / "bundles" / "same.lv2"
    loaded = artifact.load(model, torch.device("cpu"))
    assert loaded.description is not None
    rate, block = loaded.description.architecture.sample_rate, loaded.description.block_size
    signal = demo(LENGTH)
    whole = audio.to_whole_frames(with_tail(signal), block)[None]
    loaded.set_noise(0.0)
    late = loaded.can.latency_samples["forward"]
    streamed = torch.cat([loaded.call("forward", each) for each in torch.split(whole, 50 * block, dim=2)], dim=2)[0]
    played = play(Lv2Host(bundle, rate, 777), signal, [777])
    length = min(LENGTH, streamed.shape[1] - late)
    assert snr_db(streamed[:, late:][:, :length], played[:, :length]) >= FLOAT32_SNR_DB


def test_what_is_not_enabled_passes_in_time(bundles: Path) -> None:
    signal, host = demo(LENGTH), Lv2Host(bundles / "wide.lv2", RATE, 512)
    with closing(host):
        output = torch.from_numpy(
            host.play(with_tail(signal).numpy(), [512], offline=True, settings={"lv2_enabled": 0})
        )
        assert torch.equal(output[:, host.latency :][:, :LENGTH], signal)
