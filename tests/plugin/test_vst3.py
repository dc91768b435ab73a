"""The VST3 plug-in is the model in pedalboard, a host that compensates the latency: at every buffer, at every rate."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
import torch
from torch import Tensor

from saoctl.verify.metrics import snr_db
from tests.plugin.conftest import FLOAT32_SNR_DB, RATE, demo, expected

pytestmark = [pytest.mark.plugin, pytest.mark.vst3, pytest.mark.slow]

LENGTH = 12_001


@pytest.fixture
def plugin(bundles: Path) -> Any:
    return load(bundles)


def load(bundles: Path) -> Any:
    from pedalboard import load_plugin

    return load_plugin(str(bundles / "wide.vst3"))


def through(plugin: Any, signal: Tensor, size: int = 512, rate: float = RATE, reset: bool = True) -> Tensor:
    return torch.from_numpy(plugin.process(signal.numpy(), rate, buffer_size=size, reset=reset))


def test_a_rendering_is_the_model_at_every_buffer(plugin: Any) -> None:
    signal = demo(LENGTH)
    wanted = expected(signal)
    for size in (1, 63, 512, 777, 8192):
        assert snr_db(wanted, through(plugin, signal, size)) >= FLOAT32_SNR_DB, size


def test_buffers_that_change_do_not_change_the_output(plugin: Any) -> None:
    """A signal that goes on from call to call, each of which ends with a shorter buffer, is not compensated."""
    signal = demo(LENGTH)
    pieces = torch.split(signal, [256, 1, 4000, 63, LENGTH - 4320], dim=1)
    output = torch.cat([through(plugin, piece, 255, reset=False) for piece in pieces], dim=1)
    output = output[:, plugin.reported_latency_samples :]
    assert output.shape[1] > LENGTH // 2
    assert snr_db(expected(signal)[:, : output.shape[1]], output) >= FLOAT32_SNR_DB


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_a_rendering_is_the_model_at_the_rates_of_hosts(plugin: Any, rate: int) -> None:
    """The judge resamples to the model's rate, runs the model as a whole, and resamples back."""
    length = 40_001
    signal = demo(length)

    def resampled(x: Tensor, a: float, b: float) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(soxr.resample(x.T.numpy(), a, b, quality="VHQ").T))

    # The judge's signals go on after the end, as the host's do.
    padded = resampled(torch.nn.functional.pad(signal, (0, rate)), rate, RATE)
    wanted = resampled(expected(padded), RATE, rate)[:, :length]
    for size in (512, 8192):
        assert snr_db(wanted, through(plugin, signal, size, rate)) >= FLOAT32_SNR_DB, size


def test_two_instances_do_not_disturb_each_other(bundles: Path) -> None:
    signals = [demo(LENGTH), demo(LENGTH).flip(1)]
    plugins = [load(bundles) for _ in signals]
    outputs: list[Tensor] = [torch.empty(0)] * 2

    def run(index: int) -> None:
        outputs[index] = through(plugins[index], signals[index])

    threads = [threading.Thread(target=run, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for signal, output in zip(signals, outputs, strict=True):
        assert snr_db(expected(signal), output) >= FLOAT32_SNR_DB


def test_sliders_scale_and_shift_latents_as_in_other_formats(plugin: Any) -> None:
    signal = demo(LENGTH)
    plugin.latent_1, plugin.latent_3, plugin.scale = 1.5, -2.0, 0.5
    offset = torch.tensor([plugin.latent_1, 0.0, plugin.latent_3, 0.0])[:, None]
    wanted = expected(signal, lambda latents: latents * float(plugin.scale) + offset)
    assert snr_db(wanted, through(plugin, signal)) >= FLOAT32_SNR_DB


def test_bypass_mix_and_level_are_in_time_with_the_dry_signal(plugin: Any) -> None:
    signal = demo(LENGTH)
    wet = through(plugin, signal)
    plugin.mix = 25.0
    assert snr_db(0.75 * signal + 0.25 * wet, through(plugin, signal)) >= FLOAT32_SNR_DB
    plugin.output_db = -20.0
    gain = 10.0 ** (plugin.output_db / 20.0)  # pedalboard rounds to steps
    assert snr_db(gain * (0.75 * signal + 0.25 * wet), through(plugin, signal)) >= FLOAT32_SNR_DB
    plugin.bypass = True
    assert torch.equal(through(plugin, signal), signal)


def test_freeze_holds_a_frame_and_noise_can_be_repeated(plugin: Any) -> None:
    signal = demo(LENGTH)
    plain = through(plugin, signal)
    plugin.noise = 1.0
    noisy = through(plugin, signal)
    assert not torch.equal(noisy, plain)
    assert torch.equal(through(plugin, signal, 100), noisy)
    plugin.noise, plugin.freeze = 0.0, True
    assert snr_db(expected(signal, torch.zeros_like), through(plugin, signal)) >= FLOAT32_SNR_DB  # the frame at first
