"""What is shipped is what is needed."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_the_configs_and_the_demo_audio(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("saoctl-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"saoctl/cli/app.py", "saoctl/configs/demo.yaml", "saoctl/configs/demo.flac"} <= names
    assert {f"saoctl/configs/{path.name}" for path in (ROOT / "configs").iterdir()} <= names
    assert not any(name.startswith("tests/") for name in names)


def test_the_demo_audio_is_small_and_says_how_it_was_made() -> None:
    audio = ROOT / "configs" / "demo.flac"
    assert audio.stat().st_size <= 300_000
    assert audio.with_suffix(".flac.md").is_file()
