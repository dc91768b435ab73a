"""What is tried is what the formats can hold, and each candidate is exported as its command says."""

from pathlib import Path

import pytest
import torch

from saoctl import devices
from saoctl.config import Config, load
from saoctl.errors import ConfigError
from saoctl.tune.candidates import Candidate, TuneChoices, export_config, export_options, lookahead_of
from saoctl.tune.files import without_slow

EXACT = Candidate("torchscript", "float32", False, None)


CONFIG = load("demo")


def wanted(**changed: object) -> TuneChoices:
    usual = {"precisions": None, "formats": ("torchscript",), "packed": None, "lookaheads": (None,)}
    return TuneChoices(**(usual | changed))  # type: ignore[arg-type]


def test_the_best_sounding_comes_first() -> None:
    found = wanted(packed=False, lookaheads=(100.0, None, 200.0), precisions=("bfloat16", "float32")).candidates(CONFIG)
    assert [(each.lookahead_ms, each.precision) for each in found] == [
        (None, "float32"), (None, "bfloat16"), (200.0, "float32"), (200.0, "bfloat16"), (100.0, "float32"),
        (100.0, "bfloat16"),
    ]  # fmt: skip


def test_only_what_a_format_can_hold_is_tried() -> None:
    found = wanted(formats=("torchscript", "onnx"), lookaheads=(None, 100.0)).candidates(CONFIG)
    of_onnx = [Candidate("onnx", "float32", False, lookahead) for lookahead in (None, 100.0)]
    assert [each for each in found if each.format == "onnx"] == of_onnx
    packed = {each.precision for each in found if each.packed}
    assert packed == {"float32", "mixed"}
    assert {each.precision for each in found if not each.packed} == {"float32", "mixed", "float16", "bfloat16"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"formats": ("onnx",), "precisions": ("mixed",)}, "ONNX files are written in float32"),
        ({"packed": True, "precisions": ("bfloat16",)}, "which bfloat16 does not have"),
    ],
)
def test_what_no_format_can_hold_is_refused(changed: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        wanted(**changed).candidates(CONFIG)


def test_a_precision_that_is_slower_than_float32_here_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "slow_precision", lambda _, precision: "slow" if precision == "float16" else None)
    found = without_slow(wanted(packed=False).candidates(CONFIG), torch.device("cpu"))
    assert [each.precision for each in found] == ["float32", "mixed", "bfloat16"]


@pytest.mark.parametrize(
    ("candidate", "options"),
    [
        (EXACT, []),
        (Candidate("torchscript", "bfloat16", False, None), ["--precision", "bfloat16"]),
        (Candidate("torchscript", "float32", True, 208.5), ["--packed", "--lookahead", "208.5"]),
        (Candidate("onnx", "float32", False, None), ["--format", "onnx"]),
    ],
)
def test_the_command_says_what_differs_from_the_config(tiny: Config, candidate: Candidate, options: list[str]) -> None:
    assert list(export_options(tiny, candidate)) == options


def test_what_the_config_chose_otherwise_is_taken_back(tiny: Config) -> None:
    choices = {"packed": True, "lookahead": 100.0, "lookahead_encode": 40.0, "latents": None}
    config = tiny.model_copy(update={"export": tiny.export.model_copy(update=choices)})
    assert list(export_options(config, EXACT)) == [
        "--no-packed", "--lookahead", "exact", "--set", "export.lookahead_encode=null",
    ]  # fmt: skip
    exact = export_config(config, EXACT, Path("a.ts")).export
    assert (exact.packed, exact.lookahead, exact.lookahead_encode) == (False, "exact", None)
    own = Candidate("torchscript", "float32", True, lookahead_of(config))
    assert list(export_options(config, own)) == []
    assert export_config(config, own, Path("a.ts")).export.lookahead_encode == 40.0
