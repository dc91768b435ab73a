"""How much memory `saoctl encode`, `decode` and `forward` hold, by the length of the sound, and at full width."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import soundfile

from benchmarks.process import SAOCTL, Watched, watch
from saoctl.vocabulary import METHODS, Method

DEMO_SOUND = Path(__file__).parents[1] / "configs" / "demo.flac"


def by_length(config: str, lengths: Sequence[float]) -> dict[Method, dict[float, Watched]]:
    """Watch what each method of a config's model takes for sounds of some lengths in seconds.

    Each runs in a process of its own; what it held `after` is from the beginning of its output.
    """
    found: dict[Method, dict[float, Watched]] = {method: {} for method in METHODS}
    for seconds in lengths:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            sound, latents = folder / "in.wav", folder / "latents" / "in.safetensors"
            write_sound(sound, seconds)
            ways: list[tuple[Method, Path, Path]] = [
                ("encode", sound, latents),
                ("decode", latents, folder / "decode" / "out.wav"),
                ("forward", sound, folder / "forward" / "out.wav"),
            ]
            for method, given, output in ways:
                found[method][seconds] = _converted(config, method, given, output)
    return found


def write_sound(path: Path, seconds: float) -> None:
    """Write the demo's recording over and over, block by block, in 16 bits."""
    samples, rate = soundfile.read(DEMO_SOUND, dtype="int16")
    left = round(seconds * rate)
    with soundfile.SoundFile(path, "w", rate, samples.shape[1], "PCM_16") as file:
        while left:
            block = samples[:left]
            file.write(block)
            left -= len(block)


def _converted(config: str, method: Method, given: Path, output: Path) -> Watched:
    """Run one command. Its output begins when the model is loaded: then there is a file under a temporary name.

    Raises:
        RuntimeError: it failed.
    """
    command = [*SAOCTL, method, str(given), "-o", str(output), "-c", config, "--device", "cpu", "-q"]
    output.parent.mkdir()
    watched = watch(command, lambda: any(output.parent.iterdir()))
    if watched.code != 0:
        raise RuntimeError(f"{' '.join(command)}: {watched.output}")
    return watched
