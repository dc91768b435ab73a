"""Writes the patches into the folder above: `python -m patches.source`. A test fails where one is out of date."""

from pathlib import Path

from patches.source import ace_step, first_sound, help, latents_to_disk, morph, play, stable_audio_3

FOLDER = Path(__file__).parents[1]
PATCHES = {
    "first-sound": first_sound,
    "play": play,
    "morph": morph,
    "latents-to-disk": latents_to_disk,
    "help": help,
    "stable-audio-3": stable_audio_3,
}


def written() -> dict[str, str]:
    """Return the text of each file, by its name."""
    files = {}
    for name, patch in PATCHES.items():
        files[f"{name}.pd"] = patch.puredata().written()
        files[f"{name}.maxpat"] = patch.maxmsp().written()
    files["latent-track.pd"] = latents_to_disk.track().written()
    for suffix in (".pd", ".maxpat"):
        own = (FOLDER / f"stable-audio-open{suffix}").read_text(encoding="utf-8")
        files[f"ace-step{suffix}"] = ace_step.written(own)
    return files


if __name__ == "__main__":
    for name, text in written().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
