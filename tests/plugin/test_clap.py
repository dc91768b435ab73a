"""The CLAP plug-in is the model in a host, leaves its audio thread alone, and follows transport, state and sliders."""

import ctypes
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from saoctl.verify.metrics import snr_db
from tests.architectures import judge
from tests.formats.onnx_files import WIDE
from tests.plugin.conftest import FLOAT32_SNR_DB, ClapHost, build, demo, expected, with_tail

pytestmark = [pytest.mark.plugin, pytest.mark.slow]

LENGTH = 12_001
IN_OPEN = 0x20  # of Linux' inotify


def opened_in(folder: Path, work: Callable[[], Any]) -> tuple[Any, bytes]:
    """Return what the work returns, and inotify's records, which name the files that were opened in a folder."""
    libc = ctypes.CDLL(None)
    with os.fdopen(libc.inotify_init1(os.O_NONBLOCK), "rb", buffering=0) as events:
        assert libc.inotify_add_watch(events.fileno(), os.fsencode(folder), IN_OPEN) > 0
        return work(), events.read(1 << 16) or b""


def test_a_rendering_is_the_model_from_the_first_sample_to_the_last(clap: ClapHost) -> None:
    signal = demo(LENGTH)
    for sizes in ("1,64,1000,8192", "256"):
        played = clap(with_tail(signal), sizes, "offline")
        assert played.name == "wide"
        assert played.missed == 0
        assert snr_db(expected(signal), played.compensated(LENGTH)) >= FLOAT32_SNR_DB, sizes


def test_a_host_that_does_not_tell_that_it_renders_can_set_a_parameter(clap: ClapHost) -> None:
    signal = demo(LENGTH)
    played = clap(with_tail(signal), "777", "set:Wait=1")
    assert played.missed == 0
    assert snr_db(expected(signal), played.compensated(LENGTH)) >= FLOAT32_SNR_DB


def test_the_audio_thread_neither_allocates_nor_locks_nor_waits(clap: ClapHost) -> None:
    changes = ("set@2000:Latent 1=1", "set@4000:Bypass=1", "play=5000")
    played = clap(demo(LENGTH), "64,1,777", "warm", "paced", *changes, trapped=True)
    assert not (played.output[:, -2000:] == 0).all()
    clap(demo(LENGTH), "8192", "warm", *changes, trapped=True)  # faster than any model, so that blocks are dropped


def test_the_trap_of_that_test_works(clap: ClapHost) -> None:
    with pytest.raises(AssertionError, match="the audio thread allocates"):
        clap(demo(LENGTH), "64", "allocate", trapped=True)


def test_a_reset_and_a_start_of_the_transport_begin_a_fresh_signal(clap: ClapHost) -> None:
    signal = demo(LENGTH)
    again = clap(with_tail(signal), "512", "offline", "twice")
    assert snr_db(expected(signal), again.compensated(LENGTH)) >= FLOAT32_SNR_DB
    stop, start = 4 * 777, 5 * 777  # begins of buffers, less apart than the latency
    signal[:, stop:start] = 0
    started = clap(with_tail(signal), "777", "offline", f"stop={stop}", f"play={start}")
    fresh = signal[:, start:]
    assert snr_db(expected(fresh), started.compensated(LENGTH)[:, start:]) >= FLOAT32_SNR_DB
    assert (started.output[:, start : start + started.latency] == 0).all()  # nothing is left of what was before


def test_sound_that_a_host_gives_ahead_of_the_start_is_not_lost(clap: ClapHost) -> None:
    """Ardour gives it ahead by the latency in whole buffers, and only then lets the transport start."""
    signal = demo(2 * LENGTH)[:, LENGTH:]  # the demo itself begins with silence
    played = clap(with_tail(signal), "256", "offline", "play=768")
    assert played.latency <= 768
    assert snr_db(expected(signal), played.compensated(LENGTH)) >= FLOAT32_SNR_DB


def test_a_loop_leaves_no_hole(clap: ClapHost) -> None:
    """A jump of the transport while it plays: what was before it and what comes after it are one signal."""
    signal = demo(LENGTH)
    looped = clap(with_tail(signal), "512", "offline", "play=0", "jump=5120")
    assert snr_db(expected(signal), looped.compensated(LENGTH)) >= FLOAT32_SNR_DB


def test_the_host_saves_and_restores_every_parameter(clap: ClapHost, tmp_path: Path) -> None:
    signal, state = demo(2000), tmp_path / "state"
    values = {"Latent 3": 1.5, "Freeze": 1.0, "Glide": 250.0, "Scale": -0.5, "Noise": 0.25, "Mix": 30.0, "Output": -6.0}
    set_all = [f"set:{name}={value}" for name, value in values.items()]
    saved = clap(signal, "512", "offline", f"save={state}", *set_all, "set:Bypass=1")
    restored = clap(signal, "512", "offline", f"load={state}")
    assert restored.parameters == saved.parameters
    assert {name: restored.parameters[name] for name in values} == values
    assert torch.equal(restored.output, saved.output)


def test_automation_sounds_the_same_whatever_the_buffers(clap: ClapHost) -> None:
    signal = with_tail(demo(LENGTH))
    words = ("offline", "set@2048:Latent 1=2", "set@4096:Glide=200", "set@6144:Latent 1=-2", "set@8192:Noise=1")
    one, other = (clap(signal, size, *words) for size in ("256", "32"))
    assert torch.equal(one.output, other.output)
    assert not torch.equal(one.output, clap(signal, "256", "offline").output)


def test_a_plug_in_of_a_decoder_plays_a_loop_of_latents_and_its_sliders(
    clap: ClapHost, make: Callable[..., Path], onnx_files: dict[str, Path], tmp_path: Path
) -> None:
    model, frames = onnx_files["wide"].with_name("wide.decode.onnx"), LENGTH // WIDE.ratio
    loop = torch.randn(WIDE.latent_dim, 50, generator=torch.Generator().manual_seed(0))
    np.save(tmp_path / "loop.npy", loop.numpy())
    words = ("-DFORMATS=clap", "-DNAME=Its decoder", f"-DLATENTS={tmp_path / 'loop.npy'}")
    bundles = make("decoder", lambda folder: build(folder, model, *words)) / "bundles"
    plugin = bundles / "Its decoder-clap" / "Its decoder.clap"
    host = ClapHost(clap.program, clap.trap, plugin, clap.folder)
    bias = torch.tensor([0.0, 2.0, 0.0, -1.0])[:, None]
    for scale in (0.0, 0.5):  # the sliders alone, and the loop with them
        set_all = ("set:Latent 2=2", "set:Latent 4=-1", f"set:Scale={scale}")
        played = host(torch.zeros(2, LENGTH), "500", "offline", *set_all)
        length = LENGTH - played.latency - 2000  # the offline signal has an end, which the plug-in's has not
        latents = (scale * loop + bias).repeat(1, frames // 50 + 1)[None, :, :frames]
        assert played.name == "Its decoder"
        assert snr_db(judge(WIDE).decode(latents)[0, :, :length], played.compensated(length)) >= FLOAT32_SNR_DB


def test_a_bundle_has_the_licences_of_its_parts(clap: ClapHost) -> None:
    licences = clap.plugin.parent / "resources" / "licences"
    assert {"README.md", "saoctl.txt", "DPF.txt", "onnxruntime.txt"} <= {file.name for file in licences.iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which files a program has opened")
def test_a_scan_opens_neither_the_model_nor_onnxruntime(clap: ClapHost, tmp_path: Path) -> None:
    plugin = shutil.copytree(clap.plugin.parent, tmp_path / "own") / clap.plugin.name
    host = ClapHost(clap.program, clap.trap, plugin, clap.folder)
    scanned, opened = opened_in(plugin.parent / "resources", host.scan)
    assert b"onnx" not in opened
    assert not scanned.pop("onnxruntime")  # nor another copy of it
    played, opened = opened_in(plugin.parent / "resources", lambda: host(demo(1000), "512", "offline"))
    assert b"wide.onnx" in opened
    assert b"libonnxruntime" in opened
    assert scanned == {"name": played.name, "parameters": len(played.parameters)}


def test_a_broken_model_is_silent_and_the_host_learns_why(clap: ClapHost, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    plugin = folder / clap.plugin.name
    plugin.write_bytes(clap.plugin.read_bytes())
    resources = clap.plugin.parent / "resources"
    (folder / "resources").mkdir()
    for file in resources.iterdir():
        (folder / "resources" / file.name).symlink_to(file)
    broken = folder / "resources" / "wide.onnx"
    broken.unlink()
    broken.write_text("no model")
    host = ClapHost(clap.program, clap.trap, plugin, clap.folder)
    played = host(demo(3000), "512", "offline")
    assert (played.output == 0).all()
    assert played.log == f"wide: {broken} is not an ONNX file that onnxruntime can load.\n"
