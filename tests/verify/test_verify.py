"""The verify step, from a config to its result, on files of saoctl and of other tools."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor, nn

from saoctl import config, devices
from saoctl.bench import time_files as bench
from saoctl.cli.shown import Hint, Remark
from saoctl.cli.verify import Verify
from saoctl.config import Config
from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact, export, torchscript
from saoctl.formats.nn_tilde import NnTilde
from saoctl.models.oobleck.model import offline_model
from saoctl.models.oobleck.random import random_state
from saoctl.models.registry import family_of
from saoctl.verify import sentences, verify
from saoctl.verify.result import VerifyResult
from saoctl.verify.sentences import rounding, verdict
from saoctl.vocabulary import METHODS
from tests.architectures import TINY, USUAL, amplifying_state, offline
from tests.listeners import Warned
from tests.one_size import load_as_of_one_size

LENGTH = 1040  # samples of the test signal: enough to be conclusive, and no multiple of 24


@pytest.fixture(scope="module")
def _tiny(tiny_config: Path) -> Config:
    """The config of the tiny exported model, with a shorter signal."""
    loaded = config.load(str(tiny_config))
    return changed(loaded, seconds=LENGTH / TINY.sample_rate)


@pytest.fixture
def tiny(_tiny: Config) -> Config:
    return _tiny


def changed(config: Config, **settings: object) -> Config:
    """The config with other settings of verify, or of what verify shares with other commands."""
    shared = {name: settings.pop(name) for name in ("audio", "reference", "seconds") if name in settings}
    return config.model_copy(update={**shared, "verify": config.verify.model_copy(update=settings)})


def bounded(config: Config, **bounds: float) -> Config:
    """The config with other bounds."""
    return changed(config, min_snr_db=config.verify.min_snr_db.model_copy(update=bounds))


@pytest.mark.slow
def test_an_exact_artifact_passes_on_every_method_and_block_size(tiny: Config) -> None:
    result = verify.run(tiny)
    assert result.passed
    assert result.reference.startswith("stable-audio-tools")
    assert result.written_by_saoctl
    ways = [("fixed", 64), ("fixed", 256), ("frames", 8), ("random", max(result.random_blocks)), ("whole", LENGTH)]
    ways += [("reset", 256), ("batch", 256)]
    rows = [(row.method, row.schedule, row.block_size) for row in result.results]
    assert rows == [(method, *way) for method in METHODS for way in ways]
    for row in result.results:
        length = LENGTH // 2 if row.schedule in ("reset", "batch") else LENGTH
        assert row.snr_db >= 100
        assert row.first_sample_compared == 0
        assert row.samples_compared == (length // 8 if row.method == "encode" else length)
        assert row.latency_measured == row.latency_samples
        assert row.diagnosis is None


@pytest.mark.slow
def test_random_blocks_are_those_of_the_seed(tiny: Config) -> None:
    def blocks(seed: int) -> tuple[int, ...]:
        result = verify.run(changed(tiny, seed=seed, schedules=["random"], block_sizes=[64]))
        assert result.passed
        return result.random_blocks

    first = blocks(3)
    assert first == blocks(3) != blocks(4)
    assert sum(first) == LENGTH


def test_our_own_offline_model_can_be_the_reference(tiny: Config) -> None:
    result = verify.run(changed(tiny, reference="oobleck", schedules=["fixed"]))
    assert result.passed
    assert "oobleck" in result.reference


@pytest.mark.slow
def test_audio_of_another_rate_and_channel_count_is_taken(tiny: Config, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", np.random.default_rng(0).uniform(-0.5, 0.5, 3001), 11025)
    result = verify.run(changed(tiny, audio=tmp_path / "a.flac", seconds=1.0, schedules=["fixed"]))
    assert result.passed
    # 3001 samples at 11,025 Hz are 2178 at 8,000 Hz, and whole frames of 8 make it 2184.
    assert result.results[0].samples_compared == 2184 // 8


@pytest.mark.parametrize("seconds", [0.0001, 0.003], ids=["one frame", "shorter than the latency"])
def test_a_signal_shorter_than_the_latency_is_compared_whole_and_called_too_short(tiny: Config, seconds: float) -> None:
    result = verify.run(changed(tiny, seconds=seconds))
    assert result.passed
    assert result.results[0].samples_compared == -(-round(8000 * seconds or 1) // 8)
    assert not result.conclusive
    assert result.caveats[0].kind == "short"


def silence(tiny: Config, folder: Path, **changes: object) -> Config:
    """The config with silence as its audio."""
    soundfile.write(folder / "a.wav", np.zeros(LENGTH), 8000)
    return changed(tiny, audio=folder / "a.wav", schedules=["fixed", "reset"]).model_copy(update=changes)


def test_silence_raises_no_false_alarm_and_proves_nothing(tiny: Config, tmp_path: Path) -> None:
    result = verify.run(silence(tiny, tmp_path))
    assert result.passed
    assert not result.conclusive
    assert [caveat.kind for caveat in result.caveats] == ["silent"]
    assert (result.audio, result.seconds) == (tmp_path / "a.wav", LENGTH / TINY.sample_rate)
    assert verdict(result).startswith("passed, but inconclusive: ")
    (warning,) = [part.text for part in Verify().shown(result) if isinstance(part, Remark)]
    assert warning == sentences.caveats(result)[0]
    assert "are silent" in warning
    assert "## saoctl verify: passed, but inconclusive\n" in (report := Verify().markdown(result))
    assert f"- {warning}" in report
    assert not any("these weights" in sentence for sentence in rounding(result))


@pytest.mark.slow
def test_silence_in_low_precision_is_not_blamed_on_the_weights(tiny: Config, tmp_path: Path) -> None:
    wanted = silence(tiny, tmp_path, precision="bfloat16", artifact=tmp_path / "a.ts")
    export.run(wanted)
    # A bound that silence does not reach, with any weights.
    result = verify.run(bounded(wanted, bfloat16=90.0))
    assert not result.passed
    assert not result.conclusive
    assert {row.diagnosis.kind for row in result.results if row.diagnosis} == {"inconclusive"}
    assert verdict(result).startswith("failed: ")


@pytest.mark.slow
def test_the_built_in_signal_is_enough(tiny: Config) -> None:
    result = verify.run(changed(tiny, schedules=["fixed"]))
    assert result.conclusive
    assert result.caveats == ()
    assert (result.audio, result.seconds) == (None, LENGTH / TINY.sample_rate)


@pytest.mark.slow
def test_the_offline_export_is_compared_as_one_block(tiny: Config, tmp_path: Path) -> None:
    offline_export = tiny.model_copy(
        update={"artifact": tmp_path / "a.ts", "export": tiny.export.model_copy(update={"streaming": False})}
    )
    export.run(offline_export)
    result = verify.run(offline_export)
    assert result.passed
    assert [(row.method, row.block_size) for row in result.results] == [(method, LENGTH) for method in METHODS]


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["bfloat16", "float16", "mixed"])
def test_lower_precisions_pass_their_own_bound_and_not_float32s(tiny: Config, tmp_path: Path, precision: str) -> None:
    lower = tiny.model_copy(update={"artifact": tmp_path / "a.ts", "precision": precision})
    export.run(lower)
    result = verify.run(changed(lower, schedules=["fixed", "reset"]))
    assert result.passed
    assert result.min_snr_db == getattr(lower.verify.min_snr_db, precision)
    assert all(row.snr_db < 100 for row in result.results)


@pytest.mark.slow
def test_what_tf32_costs_is_measured_where_there_is_tf32(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = changed(tiny, schedules=["fixed"])
    assert verify.run(wanted).tf32_snr_db is None
    seen = []
    call = torchscript.TorchScriptArtifact.call

    def watching(self: torchscript.TorchScriptArtifact, method: str, block: Tensor) -> Tensor:
        seen.append(torch.backends.cudnn.allow_tf32)
        return call(self, method, block)

    monkeypatch.setattr(devices, "has_tf32", lambda device: True)
    monkeypatch.setattr(torchscript.TorchScriptArtifact, "call", watching)
    before = torch.backends.cudnn.allow_tf32
    result = verify.run(wanted)
    assert seen == sorted(seen), "the comparisons are made without TF32, before what TF32 costs is measured"
    assert set(seen) == {False, True}
    assert torch.backends.cudnn.allow_tf32 == before
    assert result.tf32_snr_db is not None
    assert result.tf32_snr_db >= 100


def test_a_block_size_that_is_no_multiple_of_the_ratio_is_refused(tiny: Config) -> None:
    with pytest.raises(ConfigError, match=r"verify.block_sizes: a block of 100 samples .* ratio 8. Use 96 or 104"):
        verify.run(changed(tiny, block_sizes=[64, 100]))


@pytest.mark.slow
def test_a_file_whose_blocks_have_one_size_is_judged_in_multiples_and_what_cannot_be_is_said(
    tiny: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_as_of_one_size(monkeypatch, 24)  # neither the signal nor its halves are a multiple
    warned = Warned()
    result = verify.run(changed(tiny, block_sizes=[24, 64, 72]), warned)
    assert result.passed
    assert all(row.samples_compared >= LENGTH // 2 for row in result.results if row.method != "encode")
    ways = [("fixed", 24), ("fixed", 72), ("random", max(result.random_blocks)), ("whole", LENGTH)]
    ways += [("reset", 72), ("batch", 72)]
    rows = [(row.method, row.schedule, row.block_size) for row in result.results]
    assert rows == [(method, *way) for method in METHODS for way in ways]
    assert not any(size % 24 for size in result.random_blocks[:-1])
    (warning,) = warned.warnings
    assert "takes blocks of 24 samples: blocks of 64 samples and single latent frames are not compared" in warning


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"block_sizes": [64, 32]}, "verify.block_sizes: the file takes blocks of 24 samples, not of 64 and 32"),
        ({"schedules": ["frames"], "block_sizes": None}, "verify.schedules: .* not single latent frames"),
    ],
    ids=["sizes", "schedules"],
)
def test_what_no_block_of_the_file_fits_is_an_error_and_no_pass(
    tiny: Config, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, object], words: str
) -> None:
    load_as_of_one_size(monkeypatch, 24)
    with pytest.raises(ConfigError, match=words):
        verify.run(changed(tiny, **wanted))


def test_sizes_that_nobody_chose_fit_the_files_blocks(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    load_as_of_one_size(monkeypatch, 24)
    warned = Warned()
    result = verify.run(changed(tiny, block_sizes=None, schedules=["fixed"]), warned)
    assert result.passed
    assert {row.block_size for row in result.results} == {2040, 4080, 8184}
    assert not warned.warnings


def test_an_artifact_of_another_model_is_refused(tiny: Config) -> None:
    other = TINY.model_copy(update={"latent_dim": 3})
    model = tiny.model.model_copy(update={"architecture": other})
    with pytest.raises(FileError, match="exported from another model"):
        verify.run(tiny.model_copy(update={"model": model}))


@pytest.mark.slow
def test_other_weights_of_the_same_architecture_fail(tiny: Config) -> None:
    model = tiny.model.model_copy(update={"seed": 2})
    assert not verify.run(tiny.model_copy(update={"model": model})).passed


# Files of other tools


class DelayedAudio(nn.Module):
    """An encoder for nn~ whose audio comes `delay` samples late, so that its latents are of another phase."""

    kept: Tensor

    def __init__(self, delay: int) -> None:
        super().__init__()
        self.inner = exported(streaming=True).model
        self.delay = delay
        self.register_buffer("encode_params", torch.tensor([2, 1, 2, 8]))
        self.register_buffer("kept", torch.zeros(1, 2, delay))

    def forward(self, x: Tensor) -> Tensor:
        return x

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        late = torch.cat((self.kept.expand(x.shape[0], -1, -1), x), dim=2)
        self.kept = late[:, :, x.shape[2] :]
        latents: Tensor = self.inner.encode(late[:, :, : x.shape[2]])
        return latents


class Altered(nn.Module):
    """Another tool's decoder, whose output is altered."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.inner = exported(streaming=True).model
        self.how = how
        self.calls = 0
        self.register_buffer("decode_params", torch.tensor([2, 8, 2, 1]))

    def forward(self, x: Tensor) -> Tensor:
        return x

    @torch.jit.export
    def decode(self, x: Tensor) -> Tensor:
        self.calls += 1
        y: Tensor = self.inner.decode(x)
        if self.how == "swapped":
            return y.flip(1)
        if self.how == "inverted":
            return -y
        if self.how == "NaN" and self.calls == 5:
            return y / 0.0
        if self.how == "raises":
            raise ValueError("no such block")
        return y


@cache
def exported(streaming: bool) -> NnTilde:
    """What another tool might make of the weights of the tiny config."""
    return export.build(offline_model(TINY, random_state(TINY, 1), sampling=False), "float32", streaming)


def foreign(tiny: Config, tmp_path: Path, module: nn.Module, **settings: object) -> VerifyResult:
    """Return the verdict on a module that was written without a description."""
    torch.jit.script(module.eval()).save(tmp_path / "foreign.ts")
    return verify.run(changed(tiny, **settings).model_copy(update={"artifact": tmp_path / "foreign.ts"}))


@pytest.mark.slow
def test_a_sound_file_of_another_tool_passes_and_its_latency_is_measured(tiny: Config, tmp_path: Path) -> None:
    module = exported(streaming=True)
    latencies = export.latency_samples(module)
    result = foreign(tiny, tmp_path, module, block_sizes=[64], seconds=0.1)
    assert result.passed
    assert not result.written_by_saoctl
    assert {row.schedule for row in result.results} == {"fixed", "frames", "random", "whole", "batch"}
    for row in result.results:
        assert row.latency_samples == row.latency_measured == latencies[row.method]
        assert row.first_sample_compared == 0


@pytest.mark.slow
def test_an_offline_model_in_a_host_is_found_wrong_at_block_borders(tiny: Config, tmp_path: Path) -> None:
    result = foreign(
        tiny, tmp_path, exported(streaming=False), block_sizes=[64], schedules=["fixed", "random", "whole"]
    )
    assert not result.passed
    for row in result.results:
        assert row.passed == (row.schedule == "whole")
        if row.diagnosis is not None:
            assert row.diagnosis.kind == "borders"


@pytest.mark.slow
def test_a_phase_within_the_frame_of_another_tools_encoder_is_found(tiny: Config, tmp_path: Path) -> None:
    result = foreign(tiny, tmp_path, DelayedAudio(3), schedules=["fixed", "whole"])
    assert {row.method for row in result.results} == {"encode"}
    for row in result.results:
        assert row.diagnosis is not None
        assert (row.diagnosis.kind, row.diagnosis.shift) == ("phase", 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("swapped", "channels", "in the order 2, 1"),
        ("inverted", "gain", "everything is inverted"),
        ("NaN", "not finite", "not finite"),
        ("raises", "crash", "no such block"),
    ],
)
def test_what_is_wrong_with_a_file_of_another_tool_is_named(
    tiny: Config, tmp_path: Path, how: str, kind: str, words: str
) -> None:
    late = export.latency_samples(exported(streaming=True))["decode"]
    for row in foreign(tiny, tmp_path, Altered(how), schedules=["fixed"]).results:
        assert row.diagnosis is not None
        assert (row.diagnosis.kind, words in row.diagnosis.message) == (kind, True), row.diagnosis
        assert row.latency_measured == (None if how == "raises" else late)


@pytest.mark.slow
def test_too_short_audio_to_measure_a_latency_is_told(tiny: Config, tmp_path: Path) -> None:
    for row in foreign(tiny, tmp_path, exported(streaming=True), seconds=0.001, schedules=["fixed"]).results:
        assert row.diagnosis is not None
        assert "give longer audio" in row.diagnosis.message


@pytest.mark.slow
def test_a_method_with_sampling_noise_is_told(tiny: Config, tmp_path: Path) -> None:
    noisy = export.build(offline_model(TINY, random_state(TINY, 1)), "float32", streaming=True)
    result = foreign(tiny, tmp_path, noisy, schedules=["fixed"])
    assert not result.passed
    said = {row.method: row.diagnosis.kind for row in result.results if row.diagnosis}
    assert said == {"encode": "varies", "forward": "varies"}


@pytest.mark.slow
def test_a_file_without_the_models_methods_is_refused(tiny: Config, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"has no methods for nn~\. .*encode_params"):
        foreign(tiny, tmp_path, nn.Linear(2, 2))
    wide = export.build(offline(TINY.model_copy(update={"latent_dim": 3})), "float32", streaming=True)
    wide.forward_params[0] = 1
    with pytest.raises(FileError, match=r"it has encode \[2, 1, 3, 8\]"):
        foreign(tiny, tmp_path, wide)


@pytest.mark.parametrize("step", [verify.run, bench.run])
def test_a_reference_that_is_not_installed_is_refused_before_any_work(
    tiny: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: Callable[[Config], object]
) -> None:
    timed = tiny.bench.model_copy(update={"offline": True})
    asked = changed(tiny, reference="stable-audio-tools")
    nothing = asked.model_copy(update={"artifact": tmp_path / "missing.ts", "bench": timed})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="stable-audio-tools is not installed"):
        step(nothing)


# Less lookahead


@pytest.fixture(scope="module")
def estimated(_tiny: Config, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """An exported stream with less lookahead than the tiny model has; random weights need more than is allowed."""
    file = tmp_path_factory.mktemp("estimated") / "a.ts"
    less = _tiny.model_copy(update={"artifact": file, "export": _tiny.export.model_copy(update={"lookahead": 8.0})})
    export.run(less)
    return bounded(changed(less, seconds=0.1, block_sizes=[16]), lookahead=3.0)


@pytest.mark.slow
def test_a_stream_with_less_lookahead_is_what_it_should_be_and_its_price_is_told(estimated: Config) -> None:
    result = verify.run(estimated)
    assert result.passed, [row for row in result.results if not row.passed]
    assert {row.schedule for row in result.results} == {"fixed", "frames", "random", "whole", "reset", "batch"}
    for row in result.results:
        assert row.snr_db >= 100  # to what such a stream should give
        assert row.latency_measured in (row.latency_samples, None)
        assert row.price_db is not None
        assert row.price_db >= 100 or row.schedule != "whole"  # the signal does end with its only block
    assert min(row.price_db or 0.0 for row in result.results) < 80
    assert result.min_price_db == 3.0


@pytest.mark.slow
def test_a_price_below_its_bound_fails_and_is_told_as_such(estimated: Config) -> None:
    result = verify.run(bounded(changed(estimated, schedules=["fixed"]), lookahead=400.0))
    assert not result.passed
    kinds = {row.diagnosis.kind for row in result.results if row.diagnosis}
    assert kinds == {"price"}


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_another_lookahead_than_the_file_says_is_found(
    estimated: Config, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """One step more or less is another stream: the judge is not the stream itself."""
    described = artifact.description(estimated.artifact)
    assert described is not None
    assert described.lookahead is not None
    lookahead = {**described.lookahead, method: described.lookahead[method] - 1}
    other = described.model_copy(update={"lookahead": lookahead})
    monkeypatch.setattr(torchscript.TorchScript, "describe", lambda self, path: other)
    wrong = {row.method for row in verify.run(changed(estimated, schedules=["fixed"])).results if not row.passed}
    assert method in wrong


# Pictures and audio


def test_a_plot_of_an_unknown_kind_is_refused_before_any_work(tmp_path: Path) -> None:
    loaded = config.load("demo", flags={"artifact": str(tmp_path / "missing.ts")})
    with pytest.raises(ConfigError, match=r"cannot be written as errors\.doc"):
        Verify(plot=tmp_path / "errors.doc").check(loaded)


@pytest.mark.slow
def test_plot_and_audio_are_written_and_listed(tiny: Config, tmp_path: Path) -> None:
    result = verify.run(tiny, plot_file=tmp_path / "errors.svg", save=tmp_path / "audio")
    assert result.files[0] == tmp_path / "errors.svg"
    assert set(result.files) == {path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(result.files) == 8


def write_amplifying(folder: Path, state: dict[str, Tensor] | None = None) -> Path:
    """Write weights that amplify rounding; the folder."""
    folder.mkdir(exist_ok=True)
    family_of(USUAL).write(folder, USUAL, amplifying_state(USUAL, 0, gain=2.0) if state is None else state)
    return folder


def export_amplifying(tiny: Config, folder: Path, lookahead: float | str = "exact") -> Config:
    """A config of weights that amplify rounding, with its exported file."""
    weights = {"seed": None, "path": write_amplifying(folder), "architecture": None}
    choices = tiny.export.model_copy(update={"lookahead": lookahead})
    source = tiny.model.model_copy(update=weights)
    wanted = tiny.model_copy(update={"model": source, "artifact": folder / "a.ts", "export": choices})
    export.run(wanted)
    return wanted


@pytest.fixture(scope="module")
def amplifying(_tiny: Config, tmp_path_factory: pytest.TempPathFactory) -> Config:
    return export_amplifying(_tiny, tmp_path_factory.mktemp("amplifying"))


@pytest.mark.slow
def test_weights_that_amplify_rounding_pass_and_that_is_told(amplifying: Config) -> None:
    result = verify.run(amplifying)
    assert result.passed
    forward = [row for row in result.results if row.method == "forward"]
    assert any(row.snr_db < 100 for row in forward)
    assert all(row.rounding_db is not None for row in forward)
    (sentence,) = rounding(result)
    assert sentence.startswith("forward: the offline model's own float32 is only 8")
    assert "amplify rounding" in sentence
    assert sentence in [part.text for part in Verify().shown(result) if isinstance(part, Hint)]
    assert sentence in Verify().markdown(result)


@pytest.mark.slow
def test_with_less_lookahead_too_rounding_is_no_error(tiny: Config, tmp_path: Path) -> None:
    less = export_amplifying(tiny, tmp_path / "weights", 20.0)
    result = verify.run(changed(less, schedules=["fixed", "reset"]))
    assert result.lookahead is not None
    assert all(row.passed or (row.diagnosis and row.diagnosis.kind == "price") for row in result.results)
    assert any(row.snr_db < 100 for row in result.results if row.method == "forward")


def test_a_bound_above_the_default_holds_as_it_is(amplifying: Config) -> None:
    result = verify.run(bounded(changed(amplifying, schedules=["fixed"]), float32=101.0))
    assert not result.passed
    assert all(row.rounding_db is None for row in result.results)


@pytest.mark.slow
def test_other_weights_are_no_rounding(amplifying: Config, tmp_path: Path) -> None:
    """The file of one model, compared with another that differs in a thousandth of one weight."""
    state = amplifying_state(USUAL, 0, gain=2.0)
    state["decoder.layers.0.weight_g"][0] *= 1.001
    source = amplifying.model.model_copy(update={"path": write_amplifying(tmp_path / "other", state)})
    result = verify.run(changed(amplifying, schedules=["fixed"]).model_copy(update={"model": source}))
    assert {row.method for row in result.results if row.passed} == {"encode"}
