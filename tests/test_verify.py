"""verify passes what is exact, and fails what is not: a check that cannot fail proves nothing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from saoctl import artifact, config, devices, export, verify
from saoctl.artifact import Artifact
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.streaming.layers import Stack
from saoctl.streaming.nn_tilde import METHODS, NnTilde
from saoctl.verify import Comparison, compare
from tests.models import TINY, description, offline

CPU = torch.device("cpu")


def test_an_exact_artifact_passes_on_every_method_and_block_size(tiny: Config) -> None:
    result = verify.run(tiny)
    assert result.passed
    assert result.reference.startswith("stable-audio-tools")
    assert [(row.method, row.block_size) for row in result.results] == [(m, b) for m in METHODS for b in (64, 256)]
    for row in result.results:
        assert row.snr_db >= 100
        assert row.first_sample_compared == 0
        assert row.samples_compared == (4000 // 8 if row.method == "encode" else 4000)
        assert row.latency_measured == row.latency_samples


def test_our_own_offline_model_can_be_the_reference(tiny: Config) -> None:
    settings = tiny.verify.model_copy(update={"reference": "oobleck"})
    result = verify.run(tiny.model_copy(update={"verify": settings}))
    assert result.passed
    assert "oobleck" in result.reference


def test_audio_of_another_rate_and_channel_count_is_taken(tiny: Config, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", np.random.default_rng(0).uniform(-0.5, 0.5, 3001), 11025)
    settings = tiny.verify.model_copy(update={"audio": tmp_path / "a.flac"})
    result = verify.run(tiny.model_copy(update={"verify": settings}))
    assert result.passed
    # 3001 samples at 11,025 Hz are 2178 at 8,000 Hz, and whole frames of 8 make it 2184.
    assert result.results[-1].samples_compared == 2184


@pytest.mark.parametrize("seconds", [0.0001, 0.003], ids=["one frame", "shorter than the latency"])
def test_a_signal_shorter_than_the_latency_is_compared_whole(tiny: Config, seconds: float) -> None:
    settings = tiny.verify.model_copy(update={"seconds": seconds})
    result = verify.run(tiny.model_copy(update={"verify": settings}))
    assert result.passed
    assert result.results[-1].samples_compared == -(-round(8000 * seconds or 1) // 8) * 8


def test_silence_raises_no_false_alarm(tiny: Config, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(4000), 8000)
    settings = tiny.verify.model_copy(update={"audio": tmp_path / "a.wav"})
    assert verify.run(tiny.model_copy(update={"verify": settings})).passed


def test_the_offline_export_is_compared_as_one_block(tiny: Config, tmp_path: Path) -> None:
    offline_export = tiny.model_copy(
        update={"artifact": tmp_path / "a.ts", "export": tiny.export.model_copy(update={"streaming": False})}
    )
    export.run(offline_export)
    result = verify.run(offline_export)
    assert result.passed
    assert [(row.method, row.block_size) for row in result.results] == [(method, 4000) for method in METHODS]


@pytest.mark.parametrize("precision", ["bfloat16", "float16", "mixed"])
def test_lower_precisions_pass_their_own_bound_and_not_float32s(tiny: Config, tmp_path: Path, precision: str) -> None:
    lower = tiny.model_copy(update={"artifact": tmp_path / "a.ts", "precision": precision})
    export.run(lower)
    result = verify.run(lower)
    assert result.passed
    assert result.min_snr_db == getattr(lower.verify.min_snr_db, precision)
    if precision != "mixed":  # the tiny model has no layer that is wide enough to be lowered
        assert all(row.snr_db < 100 for row in result.results)


def layers(stack: Stack) -> list[Any]:
    return [link.layer for link in stack.links]


class Broken(NnTilde):
    """A host model that does one thing wrong."""

    def __init__(self, wrong: str) -> None:
        super().__init__(export.build(offline(TINY), "float32", streaming=True).model, torch.float32)
        self.wrong = wrong
        self.model.noise = 0.0
        if wrong == "no blanking":
            for module in self.model.modules():
                if hasattr(module, "shortfall"):
                    module.delay = -(10**6)
        if wrong == "wrong phase":
            window = next(
                m.window for m in layers(self.model.encoder) if getattr(m, "product", None) and m.product.stride > 1
            )
            window.rows -= 1
        if wrong == "stale history":
            window = layers(self.model.decoder)[-1].window
            window.kept = lambda block: torch.zeros(1, window.rows, window.channels)
        if wrong == "weights":
            layers(self.model.decoder)[0].product.weight += 1e-4

    def decode(self, x: Tensor) -> Tensor:
        return self.spoilt(super().decode(x))

    def forward(self, x: Tensor) -> Tensor:
        return self.spoilt(super().forward(x))

    def spoilt(self, y: Tensor) -> Tensor:
        if self.wrong == "silent":
            return torch.zeros_like(y)
        if self.wrong == "NaN":
            return torch.where(torch.arange(y.shape[2]) == 3, torch.nan, y)
        if self.wrong == "channels swapped":
            return y.flip(1)
        return y


def judged(wrong: str, method: str, late: int = 0) -> Comparison:
    """The comparison of a broken model, whose declared latency is `late` samples too large."""
    host = Broken(wrong)
    latency = export.latency_samples(host)
    described = description(TINY, {**latency, method: latency[method] + late})
    audio = torch.randn(1, 2, 4096, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        latents = offline(TINY).encode(audio)
        decoded = offline(TINY).decode(latents)
        given, expected = {
            "encode": (audio, latents),
            "decode": (latents, decoded),
            "forward": (audio, decoded),
        }[method]
        return compare(Artifact(Path("a.ts"), host, described, CPU), method, 512, given, expected, 100.0)[0]


@pytest.mark.parametrize("method", METHODS)
def test_the_sound_model_passes_the_same_way(method: str) -> None:
    assert judged("nothing", method).passed


@pytest.mark.parametrize(
    ("wrong", "method"),
    [
        ("no blanking", "encode"),
        ("no blanking", "decode"),
        ("wrong phase", "encode"),
        ("stale history", "decode"),
        ("weights", "decode"),
        ("silent", "forward"),
        ("NaN", "decode"),
        ("channels swapped", "decode"),
    ],
)
@pytest.mark.filterwarnings("ignore:Using padding")
def test_a_broken_model_fails(wrong: str, method: str) -> None:
    assert not judged(wrong, method).passed


@pytest.mark.parametrize("late", [-8, 8])
@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_declared_latency_fails_and_is_measured(method: str, late: int) -> None:
    comparison = judged("nothing", method, late)
    assert not comparison.passed
    assert comparison.latency_measured == comparison.latency_samples - late


def test_what_tf32_costs_is_measured_where_there_is_tf32(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify.run(tiny).tf32_snr_db is None
    seen = []

    original = verify.compare

    def watching(*arguments: object) -> object:
        seen.append(torch.backends.cudnn.allow_tf32)
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(devices, "has_tf32", lambda device: True)
    monkeypatch.setattr(verify, "compare", watching)
    before = torch.backends.cudnn.allow_tf32
    result = verify.run(tiny)
    assert seen == [False] * len(result.results) + [True] * 3
    assert torch.backends.cudnn.allow_tf32 == before
    assert result.tf32_snr_db is not None
    assert result.tf32_snr_db >= 100


def test_errors_at_block_borders_show_in_the_seams() -> None:
    assert judged("stale history", "decode").seam_error_ratio > 1.5  # type: ignore[operator]
    assert judged("nothing", "decode").seam_error_ratio == pytest.approx(1, abs=0.3)


def test_a_block_size_that_is_no_multiple_of_the_ratio_is_refused(tiny: Config) -> None:
    settings = tiny.verify.model_copy(update={"block_sizes": [64, 100]})
    with pytest.raises(ConfigError, match=r"verify.block_sizes: a block of 100 samples .* ratio 8. Use 96 or 104"):
        verify.run(tiny.model_copy(update={"verify": settings}))


def test_an_artifact_of_another_model_is_refused(tiny: Config) -> None:
    other = TINY.model_copy(update={"latent_dim": 3})
    model = tiny.model.model_copy(update={"architecture": other})
    with pytest.raises(FileError, match="exported from another model"):
        verify.run(tiny.model_copy(update={"model": model}))


def test_other_weights_of_the_same_architecture_fail(tiny: Config) -> None:
    model = tiny.model.model_copy(update={"seed": 2})
    assert not verify.run(tiny.model_copy(update={"model": model})).passed


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_plot_is_drawn(tiny: Config, tmp_path: Path, suffix: str) -> None:
    verify.run(tiny, plot=tmp_path / f"errors{suffix}")
    magic = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[suffix]
    assert (tmp_path / f"errors{suffix}").read_bytes().startswith(magic)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_plot_of_an_unknown_kind_is_refused_before_any_work(tmp_path: Path) -> None:
    loaded = config.load("demo", flags={"artifact": str(tmp_path / "missing.ts")})
    with pytest.raises(ConfigError, match=r"cannot be written as errors\.doc"):
        verify.run(loaded, plot=tmp_path / "errors.doc")


def test_a_trace_holds_the_error_behind_the_comparison(tiny: Config) -> None:
    loaded = artifact.load(tiny.artifact, CPU)
    loaded.module.set_noise(0.0)
    latents = torch.randn(1, 2, 50)
    with torch.inference_mode():
        expected = offline(TINY, seed=1).decode(latents)
    comparison, trace = compare(loaded, "decode", 80, latents, expected, 100.0)
    assert comparison.max_abs_error == pytest.approx(trace.error.abs().max().item())
    assert trace.snr_db == comparison.snr_db
    assert trace.error.shape == trace.offline.shape == expected[0].shape
