"""What can be listened to is what was compared, aligned and unclipped."""

from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
import torch

from saoctl.errors import FileError
from saoctl.verify.compare import Comparison, Trace
from saoctl.verify.listening import save, worst


def trace(method: str, schedule: str, snr: float, offline: torch.Tensor, error: torch.Tensor, rate: float) -> Trace:
    passed = snr >= 100
    row = Comparison(method, schedule, 512, passed, snr, 0.0, offline.shape[1], 0, 0, 0, None, None)
    return Trace(row, offline, offline + error, rate, ())


def test_input_and_outputs_are_written_as_they_are_and_the_difference_amplified(tmp_path: Path) -> None:
    audio, error = 3 * torch.randn(2, 1000), torch.full((2, 1000), 9e-5)
    traces = [
        trace("encode", "fixed", 110, torch.randn(4, 10), torch.zeros(4, 10), 80.0),
        trace("decode", "fixed", 90, audio, error, 8000.0),
    ]
    files = save(tmp_path / "new" / "folder", audio, 8000, traces)
    names = ["input.wav", "decode-offline.wav", "decode-streamed.wav", "decode-difference+60dB.wav"]
    assert [path.name for path in files] == names
    for path, expected in zip(files, (audio, audio, audio + error, 1000 * (audio + error - audio)), strict=True):
        samples, rate = soundfile.read(path, dtype="float32")
        assert rate == 8000
        torch.testing.assert_close(torch.from_numpy(samples.T.copy()), expected, rtol=1e-3, atol=1e-6)


def test_halves_are_written_where_they_belong(tmp_path: Path) -> None:
    whole = torch.arange(1.0, 11.0)[None]
    second = replace(trace("decode", "reset", 90, whole[:, 4:], torch.zeros(1, 6), 8000.0), begins=(4,))
    both = trace("forward", "batch", 90, torch.cat((whole[:, :6], whole[:, 4:]), dim=1), torch.zeros(1, 12), 8000.0)
    save(tmp_path, whole, 8000, [second, replace(both, begins=(0, 4))])
    reset, _ = soundfile.read(tmp_path / "decode-offline.wav", dtype="float32")
    assert reset.tolist() == [0, 0, 0, 0, 5, 6, 7, 8, 9, 10]
    batch, _ = soundfile.read(tmp_path / "forward-offline.wav", dtype="float32")
    assert batch.tolist() == whole[0].tolist()


def test_a_difference_of_another_run_does_not_stay(tmp_path: Path) -> None:
    audio = torch.randn(1, 100)
    for error in (1e-2, 2e-5):
        save(tmp_path, audio, 8000, [trace("decode", "fixed", 0, audio, torch.full((1, 100), error), 8000.0)])
    assert [path.name for path in tmp_path.glob("*difference*")] == ["decode-difference+70dB.wav"]


@pytest.mark.parametrize("error", [0.0, float("nan")])
def test_no_difference_and_nonsense_are_not_amplified(tmp_path: Path, error: float) -> None:
    audio = torch.randn(1, 100)
    files = save(tmp_path, audio, 8000, [trace("decode", "fixed", 0, audio, torch.full((1, 100), error), 8000.0)])
    assert files[-1].name == "decode-difference+0dB.wav"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="cannot be written"):
        save(tmp_path / "file" / "folder", torch.zeros(1, 10), 8000, [])


def test_what_failed_in_blocks_has_the_most_to_tell() -> None:
    audio = torch.ones(1, 10)
    rows = [("fixed", 120), ("random", 110), ("whole", 105)]
    sound = [trace("decode", schedule, snr, audio, 0 * audio, 8000.0) for schedule, snr in rows]
    assert worst(sound).comparison.schedule == "random"
    failed = trace("decode", "batch", 20, audio, audio, 8000.0)
    assert worst([*sound, failed]) is failed
    assert worst([*sound, failed, trace("decode", "fixed", 30, audio, audio, 8000.0)]).comparison.snr_db == 30


def test_a_full_disk_is_told_as_a_file_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: soundfile.SoundFile, samples: object) -> None:
        raise soundfile.LibsndfileError(2)

    monkeypatch.setattr(soundfile.SoundFile, "write", full)
    with pytest.raises(FileError, match=r"input\.wav cannot be written"):
        save(tmp_path, torch.zeros(1, 10), 8000, [])
    assert list(tmp_path.iterdir()) == []
