"""What is shipped is what is needed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_wheel_holds_the_configs_and_the_demos_audio_and_model(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("saoctl-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"saoctl/cli/app.py", "saoctl/configs/demo.yaml", "saoctl/configs/demo.flac"} <= names
    assert {f"saoctl/{path.relative_to(ROOT)}" for path in (ROOT / "configs").rglob("*") if path.is_file()} <= names
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"saoctl"}, "nothing else is installed"


def test_the_demo_audio_is_small_and_says_how_it_was_made() -> None:
    audio = ROOT / "configs" / "demo.flac"
    assert audio.stat().st_size <= 300_000
    assert audio.with_suffix(".flac.md").is_file()


def test_the_demos_model_is_small_and_says_where_it_is_from() -> None:
    folder = ROOT / "configs" / "demo"
    assert (folder / "model.safetensors").stat().st_size <= 6_000_000
    assert "Training" in (folder / "README.md").read_text()
