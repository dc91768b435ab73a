"""The config: one file for all commands, flags over it, and an exact message for whatever is wrong."""

from pathlib import Path

import pytest
import yaml

from saoctl import config
from saoctl.config import load, shipped, to_yaml
from saoctl.errors import ConfigError, ExitCode
from saoctl.models.oobleck.architecture import PartialOobleck
from saoctl.models.registry import known_models, unavailable_models


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(text: str) -> str:
        path = tmp_path / "my.yaml"
        path.write_text(text)
        return str(path)

    return write


def test_the_shipped_configs_load_and_are_what_the_names_say() -> None:
    stability = {"stable-audio-3-small", "stable-audio-open-1.0", "stable-audio-open-small"}
    assert set(shipped()) == {"ace-step-1.5", "demo", *stability}
    assert load("stable-audio-open-1.0").model.repo == "stabilityai/stable-audio-open-1.0"
    assert (load("demo").model.path / "model.safetensors").is_file()  # type: ignore[operator]


def test_the_default_is_the_local_file_and_else_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load() == load("stable-audio-open-1.0")
    Path("saoctl.yaml").write_text("model: {repo: someone/else}")
    assert load().model.repo == "someone/else"


def test_a_flag_beats_a_setting_beats_the_file() -> None:
    assert load("demo").device == "cpu"
    assert load("demo", ["device=auto", "seconds=4"]).device == "auto"
    assert load("demo", ["device=auto"], {"device": "mps", "precision": None}).device == "mps"
    assert load("demo", ["verify.min_snr_db.float32=90"]).verify.min_snr_db.float32 == 90
    assert load("demo", ["verify.block_sizes=[4096]"]).verify.block_sizes == [4096]


def test_input_files_lie_beside_the_config_and_those_of_flags_in_the_working_folder(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    name = write("model: {path: weights}\naudio: song.wav\nartifact: out/x.ts")
    loaded = load(name)
    assert loaded.model.path == tmp_path / "weights"
    assert loaded.audio == tmp_path / "song.wav"
    assert loaded.artifact == Path("out/x.ts")
    assert load(name, flags={"audio": "other.wav"}).audio == Path("other.wav")


@pytest.mark.parametrize("name", config.names())
def test_the_printed_config_loads_as_itself(name: str, write) -> None:  # type: ignore[no-untyped-def]
    loaded = load(name)
    assert load(write(to_yaml(loaded))) == loaded


MODEL = "model: {repo: a/b}\n"


def test_old_names_of_keys_go_on_working_and_are_printed_as_the_new_ones(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    old = "verify: {audio: song.wav, seconds: 3, reference: oobleck, seed: 5}\nbench: {baselines: false}"
    new = "audio: song.wav\nseconds: 3\nreference: oobleck\nverify: {seed: 5}\nbench: {offline: false}"
    loaded = load(write(MODEL + old))
    assert (loaded.audio, loaded.seconds) == (tmp_path / "song.wav", 3)
    assert loaded == load(write(MODEL + new))
    assert "baselines" not in to_yaml(loaded)


def test_an_old_name_beats_what_came_before_and_yields_to_what_comes_after(write) -> None:  # type: ignore[no-untyped-def]
    name = write(MODEL + "seconds: 3")
    assert load(name, ["verify.seconds=4"]).seconds == 4
    assert load(name, ["verify={seconds: 5, seed: 7}"]).seconds == 5
    assert load(name, ["verify.seconds=4", "seconds=6"]).seconds == 6
    assert load(name, ["seconds=4"], {"verify.seconds": 8.0}).seconds == 8
    assert load(write(MODEL + "verify: {seconds: 3}"), ["seconds=4"]).seconds == 4


WRONG = {
    "a list": ("- model\n- device", ["is a list", "must begin with `model:`"]),
    "empty": ("", ["is empty"]),
    "text": ("hello", ["is a str"]),
    "not YAML": ("model: {repo: a/b", ["not valid YAML at line"]),
    "unknown key": (MODEL + "verfy: {seconds: 3}", ["my.yaml: unknown key `verfy`", "Did you mean `verify`?"]),
    "unknown key in a section": (
        MODEL + "bench: {colour: red}",
        [
            "unknown key `bench.colour`",
            "Allowed here: devices, methods, block_sizes, seconds, threads, precisions, offline, together, time_limit.",
        ],
    ),
    "no number": (MODEL + "verify: {min_snr_db: {float32: .nan}}", ["`verify.min_snr_db.float32` is nan"]),
    "wrong type": (MODEL + "seconds: soon", ["`seconds` is 'soon'", "must be a valid number"]),
    "wrong type under an old name": (MODEL + "verify: {seconds: soon}", ["`verify.seconds` is 'soon'"]),
    "wrong type in a list": (
        MODEL + "verify: {block_sizes: [2048, big]}",
        ["`verify.block_sizes.1` is 'big'", "must be a valid integer"],
    ),
    "a number for a switch": (MODEL + "export: {streaming: 1}", ["`export.streaming` is 1", "must be a valid boolean"]),
    "no truth value": (MODEL + "bench: {together: 1}", ["`bench.together` is 1", "must be a valid boolean"]),
    "zero block": (MODEL + "bench: {block_sizes: [0]}", ["`bench.block_sizes.0` is 0", "must be greater than 0"]),
    "no blocks": (MODEL + "bench: {block_sizes: []}", ["`bench.block_sizes` is []", "at least 1 item"]),
    "negative seconds": (MODEL + "seconds: -1", ["`seconds` is -1", "must be greater than 0"]),
    "unknown precision": (
        MODEL + "precision: int8",
        ["`precision` is 'int8'", "must be 'float32', 'float16', 'bfloat16' or 'mixed'"],
    ),
    "unknown device": (MODEL + "device: tpu", ["`device` is 'tpu'", "auto, cpu, cuda, cuda:N, mps"]),
    "unknown device in a list": (MODEL + "bench: {devices: [tpu]}", ["`bench.devices.0` is 'tpu'", "cuda:N"]),
    "unknown method": (MODEL + "bench: {methods: [forwards]}", ["`bench.methods.0` is 'forwards'", "'encode'"]),
    "section that is a value": (MODEL + "verify: 3", ["`verify` is 3", "must be a valid dictionary"]),
    "a state without its output": (
        MODEL + "verify: {onnx: {states: [h]}}",
        ["`verify.onnx.states` is ['h']", "must be a valid dictionary of keys"],
    ),
    "a constant in words": (
        MODEL + "verify: {onnx: {constants: {noise: none}}}",
        ["`verify.onnx.constants.noise` is 'none'", "must be a valid number"],
    ),
    "an unknown thing to state": (MODEL + "verify: {onnx: {inputs: x}}", ["`verify.onnx.inputs`", "`input`"]),
    "no model": ("device: cpu", ["the key `model` is missing"]),
    "two sources": ("model: {repo: a/b, seed: 1}", ["`model` needs exactly one of", "has `repo` and `seed`"]),
    "no source": ("model: {revision: main}", ["`model` needs exactly one of", "none of them"]),
    "a seed alone": ("model: {seed: 1}", ["with `seed` needs an `architecture`"]),
    "an architecture beside a repo": (
        "model: {repo: a/b, architecture: ace-step-1.5}",
        ["leave `architecture` out, or name the `file`"],
    ),
    "a file without a repo": ("model: {path: x, file: y}", ["`model` has a `file` without the `repo`"]),
    "a file outside of its repo": ("model: {repo: a/b, file: /x}", ["`model.file` is '/x'", "of a file in the repo"]),
    "an unknown architecture": (
        "model: {path: x, architecture: ace-step}",
        ["`model.architecture` is 'ace-step'", "no model that saoctl knows; did you mean 'ace-step-1.5'?"],
    ),
    "a part of an architecture for made weights": (
        "model: {seed: 1, architecture: {sample_rate: 8000}}",
        ["with `seed` needs an `architecture` too, with all of its numbers"],
    ),
    "not a repo": ("model: {repo: stable-audio}", ["`model.repo` is 'stable-audio'", "of the form OWNER/NAME"]),
    "stride of one": (
        "model: {seed: 0, architecture: {sample_rate: 8000, audio_channels: 1, latent_dim: 1, "
        "encoder: {channels: 1, c_mults: [1], strides: [1]}, decoder: {channels: 1, c_mults: [1], strides: [2]}}}",
        ["`model.architecture.encoder.strides.0` is 1", "must be greater than or equal to 2"],
    ),
    "a share of no lookahead": (MODEL + "export: {lookahead_encode: 40}", ["`export` has", "need a `lookahead`"]),
    "lookahead of the offline model": (
        MODEL + "export: {streaming: false, lookahead: 100}",
        ["`export` has a `lookahead` without `streaming`"],
    ),
    "packed weights of the offline model": (
        MODEL + "export: {streaming: false, packed: true}",
        ["`export` has `packed` without `streaming`"],
    ),
    "a lookahead in words": (
        MODEL + "export: {lookahead: soon}",
        ["`export.lookahead` is 'soon'", "'exact'", "number"],
    ),
    "different ratios": (
        "model: {seed: 0, architecture: {sample_rate: 8000, audio_channels: 1, latent_dim: 1, "
        "encoder: {channels: 1, c_mults: [1], strides: [4]}, decoder: {channels: 1, c_mults: [1], strides: [2]}}}",
        ["`model.architecture`", "multiply to 4, the decoder's to 2"],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_config_is_refused_with_file_key_found_and_allowed(case: str, write) -> None:  # type: ignore[no-untyped-def]
    text, words = WRONG[case]
    with pytest.raises(ConfigError) as error:
        load(write(text))
    message = str(error.value)
    assert error.value.exit_code == ExitCode.USAGE
    assert "my.yaml" in message
    assert [word for word in words if word not in message] == [], message


def test_the_message_names_the_flag_or_setting_that_is_wrong() -> None:
    with pytest.raises(ConfigError, match=r"^--set seconds: `seconds` is 'x'"):
        load("demo", ["seconds=x"])
    with pytest.raises(ConfigError, match=r"^--set verify: `verify.seconds` is 'x'"):
        load("demo", ["verify={seconds: x}"])
    with pytest.raises(ConfigError, match=r"^the flag for precision: `precision` is 'int4'"):
        load("demo", flags={"precision": "int4"})


def test_what_an_exporter_called_by_a_number_needs_no_quotes() -> None:
    stated = load("demo", ["verify.onnx.input=12", "verify.onnx.states={13: 14}"]).verify.onnx
    assert (stated.input, stated.states) == ("12", {"13": "14"})


@pytest.mark.parametrize("setting", ["seconds", "=4", "device.x=3", "seconds=[1"])
def test_a_setting_that_cannot_be_is_refused(setting: str) -> None:
    with pytest.raises(ConfigError):
        load("demo", [setting])


def test_a_config_that_is_not_there_is_refused_with_the_shipped_names(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing does not exist.*demo, stable-audio-3-small"):
        load("nothing")
    with pytest.raises(ConfigError, match="is a folder"):
        load(str(tmp_path))
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ConfigError, match="not a text file"):
        load(str(tmp_path / "binary.yaml"))


def test_each_known_model_is_a_config_by_its_name() -> None:
    for name, known in known_models().items():
        model = load(name).model
        assert (model.repo, model.file) == (known.repo, known.file)
        assert model.architecture == (None if known.file is None else known.architecture)
        assert load(name).artifact == Path(f"exports/{name}.ts")


def test_an_architecture_can_be_named_and_what_tensors_do_not_show_can_stand_alone(write) -> None:  # type: ignore[no-untyped-def]
    named = load(write("model: {path: x, architecture: ace-step-1.5}")).model
    assert named.whole_architecture == known_models()["ace-step-1.5"].architecture
    part = load(write("model: {path: x}"), ["model.architecture.sample_rate=24000"]).model
    assert part.whole_architecture is None
    assert part.architecture == PartialOobleck(sample_rate=24000)


def test_an_architecture_that_is_set_describes_the_weights_that_a_flag_names() -> None:
    flags = {"model": {"path": "x"}}
    assert load("demo", ["model.architecture=ace-step-1.5"], flags).model.whole_architecture is not None
    part = load("demo", ["model.architecture.sample_rate=24000", "model.repo=a/b"], flags).model
    assert (part.path, part.repo, part.architecture) == (Path("x"), None, PartialOobleck(sample_rate=24000))


@pytest.mark.parametrize("wrong", ["ace-step", "ACE-Step-1.5", "acestep1.5", "ace-step-15"])
def test_a_mistyped_name_gets_the_right_one(wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"does not exist\. Did you mean ace-step-1\.5\? "):
        load(wrong)


@pytest.mark.parametrize("name", unavailable_models())
def test_a_model_that_cannot_be_streamed_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(name)
    model = unavailable_models()[name]
    assert error.value.message == f"saoctl cannot stream {model.title}. {model.reason}"


def test_the_configs_of_the_contract_are_the_defaults(write) -> None:  # type: ignore[no-untyped-def]
    """What the shipped file spells out is what a config that says nothing else gets."""
    name = write(yaml.safe_dump({"model": {"repo": "stabilityai/stable-audio-open-1.0"}}))
    spelled_out = load("stable-audio-open-1.0").model_copy(
        update={"artifact": config.Config.model_fields["artifact"].default}
    )
    assert load(name) == spelled_out
