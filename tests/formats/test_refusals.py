"""What a format of streams in float32 cannot hold, and what is no file of it, is refused by name."""

from pathlib import Path

import pytest
import torch

from saoctl.errors import ConfigError, FileError
from saoctl.formats import artifact, export
from saoctl.vocabulary import FormatName, Precision
from tests.architectures import TINY, description, offline

FORMATS: list[FormatName] = ["onnx", "executorch"]
CPU = torch.device("cpu")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("precision", "streaming", "message"),
    [
        ("mixed", True, "files are written in float32.*, not in mixed"),
        ("float32", False, "files hold streams, not the offline model"),
    ],
)
def test_what_has_no_form_in_a_format_is_refused_by_name_and_nothing_is_left(
    tmp_path: Path, name: FormatName, precision: Precision, streaming: bool, message: str
) -> None:
    kind = artifact.format_named(name)
    host = export.build(offline(TINY), precision, streaming)
    told = description(TINY, export.latency_samples(host))
    told = told.model_copy(update={"precision": precision, "streaming": streaming})
    with pytest.raises(ConfigError, match=f"{kind.title} {message}"):
        artifact.save(host, tmp_path / f"a{kind.suffix}", told)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x08\x09", "cannot be read as an {}: its content"),
        (b"something else" * 100, "is a text file, and cannot be read as an {}"),
        (b"PK\x03\x04" * 30, "is a zip archive, and cannot be read as an {}"),
    ],
    ids=["empty", "noise", "text", "zip"],
)
def test_what_is_no_file_of_a_format_is_refused(tmp_path: Path, name: FormatName, content: bytes, words: str) -> None:
    kind = artifact.format_named(name)
    path = tmp_path / f"a{kind.suffix}"
    path.write_bytes(content)
    with pytest.raises(FileError, match=words.format(f"{kind.title} file")):
        artifact.load(path, CPU)
