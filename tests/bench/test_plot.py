"""The picture is drawn in every format, with and without the offline model."""

from pathlib import Path

import pytest

from saoctl.bench.offline import OfflineTiming
from saoctl.bench.plot import LOOKS, draw
from saoctl.errors import FileError
from tests.bench.rows import timing

ROWS = [
    timing(method, block, factor * block / 4096, precision=precision)
    for method, factor in (("encode", 1.1), ("decode", 1.3), ("forward", 0.6))
    for precision in ("float32", "mixed", "bfloat16", "float16", "other")
    for block in (2048, 4096, 8192)
]


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_every_format_is_drawn(tmp_path: Path, suffix: str, magic: bytes) -> None:
    offline = [OfflineTiming("cpu", method, kind, 0.7, 3, None) for method in LOOKS for kind in ("offline", "overlap")]  # type: ignore[arg-type]
    draw(ROWS, offline, "title", tmp_path / f"speed{suffix}")
    assert (tmp_path / f"speed{suffix}").read_bytes().startswith(magic)


def test_one_row_is_drawn(tmp_path: Path) -> None:
    draw(ROWS[:1], [], "title", tmp_path / "speed.png")
    assert (tmp_path / "speed.png").stat().st_size > 5000


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="cannot be written"):
        draw(ROWS, [], "title", tmp_path / "file" / "speed.png")
