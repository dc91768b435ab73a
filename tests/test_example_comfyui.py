"""The nodes for ComfyUI give what its own nodes give, with as little memory for an hour as for a minute."""

import sys
from types import ModuleType
from typing import Any

import pytest
import torch

from saoctl.errors import ConfigError
from saoctl.verify.metrics import snr_db
from tests import comfyui
from tests.architectures import TINY

FLOAT32_SNR_DB = 100.0
RATE = TINY.sample_rate


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return comfyui.load(monkeypatch)


def vae(**more: Any) -> comfyui.VAE:
    return comfyui.VAE(TINY, audio_sample_rate=RATE, **more)


def latents(frames: int, batch: int = 1) -> dict[str, Any]:
    return {"samples": torch.randn(batch, TINY.latent_dim, frames), "type": "audio"}


def test_every_node_has_a_name_for_people_and_a_function(nodes: ModuleType) -> None:
    assert nodes.NODE_CLASS_MAPPINGS.keys() == nodes.NODE_DISPLAY_NAME_MAPPINGS.keys()
    for node in nodes.NODE_CLASS_MAPPINGS.values():
        assert callable(getattr(node, node.FUNCTION))


@pytest.mark.slow
@pytest.mark.parametrize("new", [True, False], ids=["parametrizations", "hooks"])
def test_decoding_gives_what_the_vae_gives_for_the_whole_signal(nodes: ModuleType, new: bool) -> None:
    model, given = vae(new=new), latents(120, batch=2)
    with torch.inference_mode():
        whole = model.decode(given["samples"]).movedim(-1, 1)
    audio = comfyui.run(nodes, "SaoctlDecodeAudio", samples=given, vae=model, block_frames=7, limit_level=False)
    assert audio["sample_rate"] == RATE
    assert audio["waveform"].shape == whole.shape == (2, 2, 120 * TINY.ratio)
    assert snr_db(whole, audio["waveform"]) >= FLOAT32_SNR_DB
    with torch.inference_mode():
        assert torch.equal(model.decode(given["samples"]).movedim(-1, 1), whole), "afterwards the VAE is as it was"


def test_loud_audio_gets_the_level_that_comfyuis_node_gives_it(nodes: ModuleType) -> None:
    model, given = vae(), latents(40, batch=2)
    given["samples"][1] *= 100
    plain, limited = (
        comfyui.run(nodes, "SaoctlDecodeAudio", samples=given, vae=model, limit_level=limit)["waveform"]
        for limit in (False, True)
    )
    for before, after in zip(plain, limited, strict=True):
        loud = 5 * float(before.std())
        torch.testing.assert_close(after, before / loud if loud > 1 else before)
    assert 5 * float(limited[1].std()) == pytest.approx(1)
    assert float(plain[1].std()) > 1


@pytest.mark.parametrize("channels", [1, 2])
def test_encoding_gives_what_the_vae_gives_for_the_whole_signal(nodes: ModuleType, channels: int) -> None:
    model = vae()
    waveform = torch.randn(2, channels, 100 * TINY.ratio + 5)
    with torch.inference_mode():
        torch.manual_seed(0)
        whole = model.encode(waveform.movedim(1, -1))
        torch.manual_seed(0)
    audio = {"waveform": waveform, "sample_rate": RATE}
    encoded = comfyui.run(nodes, "SaoctlEncodeAudio", audio=audio, vae=model, block_frames=7)
    assert encoded["samples"].shape == (2, TINY.latent_dim, 100)
    assert snr_db(whole, encoded["samples"]) >= FLOAT32_SNR_DB


def test_audio_of_another_rate_is_resampled_as_comfyuis_node_does(
    nodes: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    functional = ModuleType("torchaudio.functional")
    vars(functional)["resample"] = lambda waveform, given, rate: waveform.repeat_interleave(rate // given, dim=-1)
    monkeypatch.setitem(sys.modules, "torchaudio", ModuleType("torchaudio"))
    monkeypatch.setitem(sys.modules, "torchaudio.functional", functional)
    waveform = torch.randn(1, 2, 20 * TINY.ratio)
    found = []
    for rate, given in ((RATE // 2, waveform), (RATE, waveform.repeat_interleave(2, dim=-1))):
        torch.manual_seed(0)
        audio = {"waveform": given, "sample_rate": rate}
        found.append(comfyui.run(nodes, "SaoctlEncodeAudio", audio=audio, vae=vae())["samples"])
    assert torch.equal(*found)


def test_a_vae_that_tells_no_rate_has_that_of_stable_audio(nodes: ModuleType) -> None:
    audio = comfyui.run(nodes, "SaoctlDecodeAudio", samples=latents(9), vae=comfyui.VAE(TINY))
    assert audio["sample_rate"] == 44100
    given = {**latents(9), "sample_rate": 32000}
    assert comfyui.run(nodes, "SaoctlDecodeAudio", samples=given, vae=vae())["sample_rate"] == 32000


def test_the_memory_that_is_reserved_does_not_grow_with_the_signal(nodes: ModuleType) -> None:
    model = vae()
    theirs = (model.memory_used_encode, model.memory_used_decode)
    for frames in (50, 500):
        comfyui.run(nodes, "SaoctlDecodeAudio", samples=latents(frames), vae=model)
        audio = {"waveform": torch.randn(1, 2, frames * TINY.ratio), "sample_rate": RATE}
        comfyui.run(nodes, "SaoctlEncodeAudio", audio=audio, vae=model)
    short, long = model.reserved[:2], model.reserved[2:]
    assert short == long
    assert theirs == (model.memory_used_encode, model.memory_used_decode)
    assert theirs[1]((1, 2, 500), torch.float32) > long[0]


def test_the_bar_fills_to_the_end(nodes: ModuleType) -> None:
    comfyui.run(nodes, "SaoctlDecodeAudio", samples=latents(100), vae=vae(), block_frames=20)
    shown = comfyui.ProgressBar.shown
    assert len(shown) >= 5
    assert shown == sorted(shown)
    assert shown[-1] == (100 * TINY.ratio, 100 * TINY.ratio)


def test_an_interruption_ends_the_node_and_leaves_the_vae_as_it_was(
    nodes: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, given = vae(), latents(100)
    with torch.inference_mode():
        whole = model.decode(given["samples"])
    with monkeypatch.context() as patch, pytest.raises(comfyui.InterruptError):
        patch.setattr(comfyui.ProgressBar, "interrupted", True)
        comfyui.run(nodes, "SaoctlDecodeAudio", samples=given, vae=model, block_frames=5)
    assert len(comfyui.ProgressBar.shown) == 1
    with torch.inference_mode():
        assert torch.equal(model.decode(given["samples"]), whole)


def test_when_memory_runs_out_it_says_so_and_computes_no_tiles(
    nodes: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(comfyui.ProgressBar, "update_absolute", exhausted)
    model = vae()
    with pytest.raises(ConfigError, match=r"memory for blocks of 32 latent frames. Give a smaller `block_frames`"):
        comfyui.run(nodes, "SaoctlDecodeAudio", samples=latents(100), vae=model)
    assert model.tiled == 0


def test_another_vae_is_refused_by_what_it_is(nodes: ModuleType) -> None:
    model = vae()
    model.first_stage_model = torch.nn.Linear(1, 1)  # type: ignore[assignment]
    with pytest.raises(ConfigError, match="`first_stage_model` of type Linear"):
        comfyui.run(nodes, "SaoctlDecodeAudio", samples=latents(9), vae=model)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_vae_in_half_precision_is_no_less_exact_than_by_itself(nodes: ModuleType, dtype: torch.dtype) -> None:
    given = latents(100)
    with torch.inference_mode():
        exact, theirs = (vae(dtype=each).decode(given["samples"]).movedim(-1, 1) for each in (torch.float32, dtype))
    audio = comfyui.run(nodes, "SaoctlDecodeAudio", samples=given, vae=vae(dtype=dtype), limit_level=False)
    assert snr_db(exact, audio["waveform"]) >= snr_db(exact, theirs) - 3
